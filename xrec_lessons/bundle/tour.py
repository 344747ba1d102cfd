"""The command ``xrec tour``: three explained recommendations in a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Mapping, Sequence

from xrec_lessons.bundle import load_bundle
from xrec_lessons.ratings.films import display_title
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.words import (
    TEXTS,
    called,
    effect_in_words,
    no_rule,
    on_scale,
    part_in_words,
    stars_in_words,
)

__all__ = ["tour"]


def tour(rate: Sequence[str] = (), bundle: str | None = None) -> int:
    """Print three explained recommendations for ratings such as "Toy Story=5".

    Parameters
    ----------
    rate : sequence of str
        Title, "=", stars; with none, the sample person's ratings.
    bundle : str, optional
        A bundle's file; by default the one that comes with the course.

    Raises
    ------
    LookupError, ValueError
        For a title that fits no film or several, or stars that are not on the scale.

    Examples
    --------
    >>> tour(["the matrix=7"])
    Traceback (most recent call last):
        ...
    ValueError: “the matrix=7”: stars go from 0.5 to 5, such as "Toy Story=4".
    """
    own = f" --bundle {bundle}" if bundle else ""
    loaded = load_bundle(bundle)
    films = loaded.films
    words = called(on_scale(TEXTS, loaded.rating_scale), films.called)
    title, stars = next((films.titles[films.row(f)], r) for f, r in loaded.sample_person.items())
    example = f'"{display_title(title)}={stars:g}"'
    ratings = {}
    for text in rate:
        title, stars = _parse_rating(text, loaded.rating_scale, example)
        movie = films.match(title)
        if movie in ratings:
            raise ValueError(
                f"{films.name(movie)} is rated twice: give each {films.called[0]} once."
            )
        ratings[movie] = stars
    if ratings:
        print("Your rating" + "s" * (len(ratings) > 1))
    else:
        ratings = dict(loaded.sample_person)
        print(f"An invented person's ratings (give your own: xrec tour{own} --rate {example} …)")
    for movie, stars in sorted(ratings.items(), key=lambda item: -item[1]):
        print(f"  {stars:<4g} {films.name(movie)}")
    scores = dict(zip(films.ids.tolist(), loaded.scores(ratings).tolist(), strict=True))
    notes = [words["nothing_left"]]
    for place, movie in enumerate(loaded.recommend(ratings, 3), start=1):
        predicted = words["stars"].format(n=f"{scores[movie]:.1f}")
        print(f"\n{place}. {films.name(movie)}, predicted {predicted}")
        explanations = loaded.explain(ratings, movie)
        _print_explanations(explanations, words, loaded.rating_scale)
        titles = {"influence": f"Influence, of the last {films.called[0]}", "ease": "EASE"}
        notes = [
            f"{titles[by.explanation]}: {by.note}"
            for by in explanations
            if by.explanation in titles
        ]
    print()
    for note in notes:
        _print_wrapped(note, "")
    return 0


def _print_explanations(explanations: Sequence, words: Mapping, scale: RatingScale) -> None:
    for by in explanations:
        print(f"   {by.title}")
        _print_wrapped(by.sentence, " " * 6)
        for row in by.figures.get("rows", ()):
            if by.explanation == "ease":
                text = f"{row['film']}: {part_in_words(row['part'], words)}"
            else:
                effect = effect_in_words(row["effect"], row["spread"], words)
                text = f"{stars_in_words(row['stars'], words)} for {row['film']}: {effect}"
            _print_wrapped(text, " " * 8, "  ")
        if by.figures.get("others"):
            rest = part_in_words(by.figures["rest"], words)
            text = f"{words['ease_others'].format(n=by.figures['others'])}: {rest}"
            _print_wrapped(text, " " * 8, "  ")
        if by.explanation == "rule":
            _print_wrapped(by.note, " " * 6)
    if "rule" not in {by.explanation for by in explanations}:
        print(f"   {TEXTS['rule_kind']}")
        _print_wrapped(no_rule(scale, words), " " * 6)


def _print_wrapped(text: str, indent: str, hanging: str = "") -> None:
    width = max(min(shutil.get_terminal_size().columns, 100), 40)
    print(textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent + hanging))


def _parse_rating(text: str, scale: RatingScale, example: str) -> tuple[str, float]:
    title, _, stars = text.rpartition("=")
    if not title.strip():
        raise ValueError(f"“{text}” is not TITLE=RATING, such as {example}.")
    try:
        value = float(stars.replace(",", "."))
    except ValueError:
        value = float("nan")
    low, high = scale
    if not low <= value <= high:
        what = "stars" if scale.stars else "ratings"
        raise ValueError(f"“{text}”: {what} go from {low:g} to {high:g}, such as {example}.")
    return title, value
