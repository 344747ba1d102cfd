"""Drawings of lesson 03: folding in."""

__all__: list[str] = []
