"""Drawings of lesson 08: run the study."""

__all__: list[str] = []
