"""A small form for notebook 00: rate films by typing, and see the explanations change."""

from collections.abc import Mapping

import ipywidgets as widgets

from xrec_lessons import cards
from xrec_lessons.bundle import Bundle
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.words import TEXTS, called, no_rule, on_scale, stars_in_words

__all__ = ["RatingForm", "explained"]

MOST = 101  # values to choose from; a finer scale offers round ones


def explained(bundle: Bundle, ratings: Mapping[int, float], movie: int) -> str:
    """All explanations of one film for one person's ratings, as HTML below its name.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> bundle = load_bundle()
    >>> "The Matrix (1999)" in explained(bundle, bundle.sample_person, 2571)
    True
    """
    texts, found = called(TEXTS, bundle.films.called), bundle.explain(ratings, movie)
    parts = [explanation._repr_html_() for explanation in found]
    if len(found) < 3:
        parts.insert(1, cards.card(texts["rule_kind"], no_rule(bundle.rating_scale, texts)))
    return cards.stack(bundle.films.name(movie), parts)


class RatingForm(widgets.VBox):
    """Rate films and see why three others are recommended.

    Until the first rating it shows a sample person's recommendations.

    Parameters
    ----------
    bundle : Bundle

    Attributes
    ----------
    ratings : dict of int to float
        What has been rated so far, film's id to rating; a copy.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> form = RatingForm(load_bundle())
    >>> form.rate(2571, 5.0)
    >>> form.ratings  # a copy
    {2571: 5.0}
    """

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._ratings: dict[int, float] = {}
        self._sample = bundle.sample_person  # it has as many ratings as tell something
        scale = bundle.rating_scale
        self._one, self._several = bundle.films.called
        self._texts = called(on_scale(TEXTS, scale), bundle.films.called)
        values = _offered(scale)
        wide = {"layout": widgets.Layout(width="98%"), "style": {"description_width": "7em"}}
        self._search = widgets.Text(
            description=self._one.capitalize(),
            placeholder=f"type a title, such as: {bundle.films.name(next(iter(self._sample)))}",
            **wide,
        )
        self._matches = widgets.Select(description="Found", rows=6, **wide)
        self._stars = widgets.Dropdown(
            description="Your stars" if scale.stars else "Your rating",
            options=[(stars_in_words(value, self._texts), value) for value in values],
            value=min(values, key=lambda value: abs(value - scale.liked)),
            **wide,
        )
        self._add = widgets.Button(description=f"Rate this {self._one}", icon="check")
        self._rated = widgets.Select(description="You rated", rows=10, options=[], **wide)
        self._remove = widgets.Button(description="Take it back", icon="undo")
        self._status = widgets.HTML()
        self._choice = widgets.Dropdown(description="Explain", **wide)
        self._cards = widgets.HTML()
        self._search.observe(self._find, "value")
        self._add.on_click(self._rate_chosen)
        self._remove.on_click(self._take_back)
        self._choice.observe(self._explain, "value")
        half = widgets.Layout(flex="1 1 22em", width="auto")
        left = widgets.VBox([self._search, self._matches, self._stars, self._add], layout=half)
        right = widgets.VBox([self._rated, self._remove], layout=half)
        row = widgets.HBox([left, right], layout=widgets.Layout(flex_flow="row wrap"))
        super().__init__([row, self._status, self._choice, self._cards])
        self._take({})
        self._find()

    @property
    def ratings(self) -> dict[int, float]:
        """What has been rated so far."""
        return dict(self._ratings)

    def rate(self, movie: int, stars: float) -> None:
        """Rate a film, or rate it anew, as the button does.

        Raises
        ------
        KeyError, ValueError
            For an unknown film, or a rating off the scale; then nothing has changed.
        """
        name, before = self._bundle.films.name(movie), self._ratings.get(movie)
        self._take(self._ratings | {movie: stars})
        now = stars_in_words(stars, self._texts)
        instead = f" instead of {before:g}" if before is not None else ""
        self._say(f"{name}: {now}{instead}. {self._progress()}")

    def _find(self, _change: object = None) -> None:
        films, query = self._bundle.films, self._search.value
        typed = bool(query.strip())
        sure = films.find(query, similar=False)
        found = sure or films.find(query) if typed else films.most_rated(8)
        self._matches.options = [(films.name(movie), movie) for movie in found]
        self._matches.description = "Found" if typed else "Most rated"
        self._matches.value = sure[0] if sure else None
        if not typed or sure:
            self._say(self._progress())
        elif found:
            self._say(f"No title has “{query}” in it. Did you mean one of these?")
        else:
            ends = f"; the newest are from {films.newest}" if films.newest else ""
            self._say(f"No {self._one} is called anything like “{query}”{ends}.")

    def _rate_chosen(self, _button: object) -> None:
        movie = self._matches.value
        if movie is None:
            self._say(f"Type a title, or choose a {self._one} from the list, first.")
        else:
            self._search.value = ""
            self.rate(movie, self._stars.value)
        self._search.focus()  # else the next title would be typed at the notebook itself

    def _take_back(self, _button: object) -> None:
        if self._rated.value is None:
            self._say("Choose a rating to take back first.")
        else:
            name = self._bundle.films.name(self._rated.value)
            self._take({m: r for m, r in self._ratings.items() if m != self._rated.value})
            self._say(f"{name}: taken back. {self._progress()}")
        self._rated.focus()

    def _take(self, mine: dict[int, float]) -> None:
        """Recommend by these ratings, and keep them unless they are refused."""
        films = self._bundle.films
        recommended = self._bundle.recommend(mine or self._sample, 3)
        self._ratings = mine
        self._rated.options = [
            (f"{stars_in_words(stars, self._texts)} – {films.name(movie)}", movie)
            for movie, stars in mine.items()
        ]
        self._rated.value = next(reversed(mine), None)
        before = self._choice.value
        self._choice.options = [
            (f"{place}. {films.name(movie)}", movie)
            for place, movie in enumerate(recommended, start=1)
        ]
        self._choice.value = before if before in recommended else next(iter(recommended), None)
        self._explain()

    def _progress(self) -> str:
        if not self._ratings:
            return (
                "Below: the recommendations of an invented sample person. "
                f"Rate a {self._one} to see your own."
            )
        count = len(self._ratings)
        if count >= len(self._sample):
            return f"You rated {count} {self._one if count == 1 else self._several}."
        of = f"{len(self._sample)} {self._several}"
        return f"You rated {count} of {of}; the more, the more personal."

    def _say(self, text: str) -> None:
        self._status.value = cards.status(text)

    def _explain(self, _change: object = None) -> None:
        person, movie = self._ratings or self._sample, self._choice.value
        if movie is None:
            self._cards.value = cards.status(self._texts["nothing_left"])
        else:
            self._cards.value = explained(self._bundle, person, movie)


def _offered(scale: RatingScale) -> list[float]:
    values = scale.values
    return values if len(values) <= MOST else RatingScale(scale.low, scale.high, step=0).values
