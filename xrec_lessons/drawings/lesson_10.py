"""Drawings of lesson 10: twenty million ratings."""

__all__: list[str] = []
