"""Drawings of lesson 05: influence."""

__all__: list[str] = []
