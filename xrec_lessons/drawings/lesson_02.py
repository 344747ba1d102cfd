"""Drawings of lesson 02: matrix factorisation."""

__all__: list[str] = []
