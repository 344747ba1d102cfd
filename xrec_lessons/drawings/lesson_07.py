"""Drawings of lesson 07: is the list any good?."""

__all__: list[str] = []
