"""The explorer in a notebook: a widget whose page does all the arithmetic by itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from xrec_lessons.bundle import Bundle, load_bundle
from xrec_lessons.explorer.data import header_of
from xrec_lessons.explorer.kept import change_kept, checked, forget_kept, kept_place, read_kept
from xrec_lessons.explorer.page import data_of, listed
from xrec_lessons.explorer.scripts import explorer_script, explorer_style

__all__ = ["Explorer"]


class Explorer(anywidget.AnyWidget):
    """Rate films, switch ratings off, and see recommendations and their reasons change.

    It works in JupyterLab, Notebook, VS Code, Colab and under Voilà. It begins with what was kept
    in a file beside the notebook (see `kept.kept_place`), else with an invented person.

    Parameters
    ----------
    bundle : Bundle, optional
        By default the one that comes with the course.
    ratings : mapping of int to float, optional
        Film's id to rating: begin with these. Nothing is read from the file, or kept in it, then.

    Raises
    ------
    KeyError, ValueError
        For an unknown film, or a rating off the scale; and for a film with so few ratings that the
        page does not have it.

    Examples
    --------
    >>> explorer = Explorer(ratings={2571: 5.0})
    >>> explorer.rate(1721, 1.5)
    >>> explorer.ratings  # a copy
    {1721: 1.5, 2571: 5.0}
    >>> explorer.rate(1721, 7)
    Traceback (most recent call last):
        ...
    ValueError: Titanic (1997) cannot be rated 7: ratings go from 0.5 to 5 in steps of 0.5.
    """

    _esm = explorer_script()
    _css = explorer_style()
    # Pairs of id and rating, the newest first; of the invented person, as they are now.
    rated: traitlets.List[Any] = traitlets.List().tag(sync=True)
    sample: traitlets.List[Any] = traitlets.List(allow_none=True, default_value=None).tag(sync=True)
    own = traitlets.Bool(False).tag(sync=True)
    off = traitlets.List(traitlets.Int()).tag(sync=True)
    film = traitlets.Int(None, allow_none=True).tag(sync=True)
    notice = traitlets.Unicode("").tag(sync=True)
    place = traitlets.Unicode("").tag(sync=True)
    broken = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self, bundle: Bundle | None = None, ratings: Mapping[int, float] | None = None
    ) -> None:
        self._bundle = load_bundle() if bundle is None else bundle
        self._ids = frozenset(header_of(data_of(self._bundle))["films"]["ids"])
        self._keeps = ratings is None
        given: dict[int, float] = {}
        notice = ""
        if ratings is not None:
            given = self._all_checked(ratings.items())
        else:
            try:
                given = self._all_checked(read_kept(self._bundle).items())
            except (KeyError, ValueError) as error:
                notice = f"{error.args[0]} Until then what you rate is not kept."
        self._kept = given
        super().__init__(
            rated=[[m, r] for m, r in given.items()],
            own=ratings is not None or bool(given),
            notice=notice,
            broken=bool(notice),
            place=str(kept_place()) if self._keeps and not notice else "",
        )
        self.observe(self._keep, "rated")
        self.on_msg(self._receive)

    @property
    def ratings(self) -> dict[int, float]:
        """What has been rated: film's id to rating, the newest first; a copy."""
        return {movie: rating for movie, rating in self.rated}

    def rate(self, movie: int, rating: float) -> None:
        """Rate a film, or rate it anew, as the page does.

        Raises
        ------
        KeyError, ValueError
            As for the ratings at the beginning; then nothing has changed.
        """
        movie, rating = self._checked(movie, rating)
        before = self.ratings
        changed = before | {movie: rating} if movie in before else {movie: rating} | before
        with self.hold_sync():
            self.rated = [[m, r] for m, r in changed.items()]
            self.own = True

    def forget(self) -> None:
        """Forget all ratings, and delete the file in which they were kept."""
        if self._keeps:
            forget_kept()
        with self.hold_sync():
            self.rated, self.off, self.own, self.film = [], [], False, None
            self.notice, self.broken = "", False
            self.place = str(kept_place()) if self._keeps else ""

    def _checked(self, movie: object, rating: object) -> tuple[int, float]:
        movie, rating = checked(self._bundle, movie, rating)
        if movie not in self._ids:
            films = self._bundle.films
            raise ValueError(
                f"{films.name(movie)} has too few ratings ({films.n_ratings[films.row(movie)]}) "
                "to be rated in the explorer."
            )
        return movie, rating

    def _all_checked(self, pairs: Any) -> dict[int, float]:
        return dict(self._checked(*pair) for pair in pairs)

    @traitlets.validate("rated", "sample")
    def _valid(self, proposal: Any) -> Any:
        """Pairs from the page, or from whoever sets the trait."""
        try:
            return proposal.value and [list(self._checked(*pair)) for pair in proposal.value]
        except (KeyError, TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error.args[0])) from None

    def _keep(self, _change: object) -> None:
        """Keep what has changed. A file that cannot be read is left as it is."""
        now = self.ratings
        if not self._keeps or self.broken:
            return
        try:
            change_kept(self._bundle, self._kept, now)
            self._kept, self.notice = now, ""
        except (OSError, ValueError) as error:
            system = isinstance(error, OSError) and error.errno
            why = os.strerror(system) if system else str(error.args[0]).rstrip(".")
            place = kept_place().absolute()
            self.notice = f"What you rate is not kept in {place}: {why}."

    def _receive(self, _widget: object, message: Any, _buffers: object) -> None:
        """Send the data to a view that asks for them, or forget, as its button says."""
        if message.get("do") == "data":
            self.send({"explorer": "data"}, [data_of(self._bundle)])
        elif message.get("do") == "forget":
            self.forget()

    def __repr__(self) -> str:
        """Without anything that differs from run to run."""
        return f"Explorer({(n := len(self.rated))} rating{'s' * (n != 1)})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget; and where no kernel runs, what it would show at first."""
        found = super()._repr_mimebundle_(**options)
        data, metadata = found if isinstance(found, tuple) else (found or {}, {})
        said = {"text/plain": repr(self), "text/html": listed(self._bundle, self.ratings)}
        return {**data, **said}, metadata
