"""Drawings of lesson 00: start here."""

__all__: list[str] = []
