"""Drawings of lesson 06: three explanations."""

__all__: list[str] = []
