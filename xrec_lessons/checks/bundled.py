"""The bundled ratings and models, read once: cases are drawn from them."""

from functools import cache

import pandas as pd

from xrec_lessons.bundle import Bundle, load_bundle
from xrec_lessons.movielens import load

__all__ = ["bundle", "ratings"]


@cache
def bundle() -> Bundle:
    """The bundled models and films."""
    return load_bundle()


@cache
def ratings() -> pd.DataFrame:
    """The bundled ratings; do not change them."""
    return load().ratings
