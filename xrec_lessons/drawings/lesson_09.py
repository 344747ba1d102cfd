"""Drawings of lesson 09: read the study."""

__all__: list[str] = []
