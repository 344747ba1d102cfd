"""Drawings of lesson 04: association rules."""

__all__: list[str] = []
