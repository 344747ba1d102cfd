"""The scale on which ratings are given: its ends, its steps, and from where on a film is liked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

__all__ = ["STARS", "RatingScale", "scale_of"]


@dataclass(frozen=True)
class RatingScale:
    """Lowest and highest rating, the step between two, and the rating that says "liked".

    It unpacks as the pair (low, high), which Surprise and NumPy's clip take.

    Parameters
    ----------
    low, high : float
    step : float
        Between two neighbouring ratings; 0 where any number may be given.
    liked : float, optional
        From here on a film counts as liked. By default as far up as 4 of .5 to 5 stars.

    Raises
    ------
    ValueError
        If `low` is not below `high`, or `step` or `liked` does not fit between them.

    Examples
    --------
    >>> scale = RatingScale(1, 10)
    >>> scale.liked, list(scale), scale.stars, scale.unit
    (8.0, [1.0, 10.0], False, 2.0)
    >>> 7.5 in scale, 10 in scale
    (False, True)
    >>> scale.values[:3]
    [10.0, 9.0, 8.0]
    >>> RatingScale(0.5, 5, 0.5).liked
    4.0
    """

    low: float
    high: float
    step: float = 1.0
    liked: float = np.nan

    def __post_init__(self) -> None:
        """Check the numbers, and place `liked` where it was not given."""
        for name in ("low", "high", "step", "liked"):
            object.__setattr__(self, name, float(getattr(self, name)))
        if not (np.isfinite([self.low, self.high]).all() and self.low < self.high):
            raise ValueError(
                f"A rating scale goes from a lower to a higher number, not from {self.low:g} to "
                f"{self.high:g}."
            )
        if not 0 <= self.step <= self.high - self.low:
            raise ValueError(
                f"The step {self.step:g} does not fit into {self.low:g} to {self.high:g}."
            )
        if np.isnan(self.liked):
            object.__setattr__(self, "liked", self._at(7 / 9))
        if not self.low <= self.liked <= self.high:
            raise ValueError(
                f"liked={self.liked:g} is not on the scale from {self.low:g} to {self.high:g}."
            )

    @classmethod
    def of(cls, scale: RatingScale | tuple[float, float]) -> RatingScale:
        """Take a scale as it is, or make one of a pair (low, high).

        Half stars where the pair has a half, else whole steps.

        Examples
        --------
        >>> RatingScale.of((0.5, 5)) == STARS, RatingScale.of((1, 5)).step
        (True, 1.0)
        """
        if isinstance(scale, cls):
            return scale
        low, high = scale
        return cls(low, high, 1.0 if float(low).is_integer() and float(high).is_integer() else 0.5)

    @property
    def stars(self) -> bool:
        """Whether ratings on it are called stars."""
        return self.high == 5 and self.low in (0, 0.5, 1)

    @property
    def unit(self) -> float:
        """How many points are as much as one star: 1 where they are stars, 2 from 1 to 10."""
        return 1.0 if self.stars else (self.high - self.low) / (STARS.high - STARS.low)

    @property
    def values(self) -> list[float]:
        """What can be given, highest first; of a scale without steps some twenty round values."""
        step = self.step or _round_step((self.high - self.low) / 20)
        count = int(np.floor((self.high - self.low) / step + 1e-9))
        return [round(self.low + k * step, 10) for k in range(count, -1, -1)]

    def __iter__(self) -> Iterator[float]:
        """Yield the lowest and the highest rating."""
        return iter((self.low, self.high))

    def __contains__(self, rating: float) -> bool:
        """Whether that can be given."""
        if not self.low <= rating <= self.high:
            return False
        steps = (rating - self.low) / self.step if self.step else 0.0
        return abs(steps - round(steps)) < 1e-6

    def _at(self, share: float) -> float:
        reach = self.high - self.low
        step = self.step or _round_step(reach / 20)
        return round(self.low + round(share * reach / step) * step, 10)


def _round_step(size: float) -> float:
    power = 10.0 ** np.floor(np.log10(size))
    return float(power * min((1, 2, 5, 10), key=lambda factor: abs(factor * power - size)))


STARS = RatingScale(0.5, 5, 0.5)  # of MovieLens since 2003, and of the bundled ratings


def scale_of(
    ratings: object, given: RatingScale | tuple[float, float] | None = None
) -> RatingScale:
    """The scale of a table: the one given, else the one that travels with it, else stars.

    A table that comes from `load` holds its scale in ``attrs``, which pandas keeps when rows are
    chosen; so a part of the table is on the scale of the whole. A merge, a new DataFrame and a file
    lose it: give it again, as in ``train_svd(merged, rating_scale=data.rating_scale)``.

    Examples
    --------
    >>> import pandas as pd
    >>> ratings = pd.DataFrame({"rating": [3, 8]})
    >>> ratings.attrs["rating_scale"] = RatingScale(1, 10)
    >>> scale_of(ratings[:1]).high, scale_of(ratings, (0, 8)).high, scale_of(None) == STARS
    (10.0, 8.0, True)
    """
    if given is None:
        given = getattr(ratings, "attrs", {}).get("rating_scale", STARS)
    return RatingScale.of(given)
