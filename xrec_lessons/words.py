"""The words of an explanation: a table of texts, and how the data of an explanation fill it."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xrec_lessons.ratings.rating_scale import STARS, RatingScale

__all__ = [
    "TEXTS",
    "called",
    "effect_in_words",
    "no_rule",
    "note",
    "on_scale",
    "part_in_words",
    "sentence",
    "stars_in_words",
]

HARDLY = 0.005  # what is less would be said as 0.00
LEAST = 0.0005  # of a part of EASE's score, which is said in hundredths, with one digit

TEXTS: dict[str, str] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
# The word, and no {film} to be filled in.
FILM = re.compile(r"(?<![{\w])films?(?![\w}])", re.IGNORECASE)


def on_scale(texts: Mapping[str, str], scale: RatingScale) -> Mapping[str, str]:
    """Choose the words for ratings on a scale: the table itself where they are stars.

    Parameters
    ----------
    texts : mapping of str to str
        A table; what it does not say of other scales is taken from ours.
    scale : RatingScale

    Returns
    -------
    mapping of str to str
        All of it, with `stars` and the like said for that scale, and `size` for an effect.

    Examples
    --------
    >>> texts = on_scale(TEXTS, RatingScale(1, 10))
    >>> stars_in_words(8, texts), effect_in_words(-0.05, texts=texts)
    ('8 of 10', 'lowers it by 0.05 points')
    """
    if scale.stars:
        return texts
    chosen = dict(texts)
    for end in ("_points", "_signed")[: 1 + (scale.low < 0)]:
        ours = {f"{name}{end}": TEXTS.get(f"{name}{end}") for name in ("star", "stars", "size")}
        for name, text in (ours | dict(texts)).items():
            if text is not None and name.endswith(end):
                chosen[name.removesuffix(end)] = text
    for name in ("star", "stars"):
        for end, number in zip(("{low}", "{high}"), scale, strict=True):
            chosen[name] = chosen[name].replace(end, f"{number:g}")
    return chosen


def called(texts: Mapping[str, str], names: tuple[str, str]) -> Mapping[str, str]:
    """Choose the words for other things than films: `names` of one and of several.

    Examples
    --------
    >>> called({"rule": "Films: {film} is a film among films."}, ("book", "books"))["rule"]
    'Books: {film} is a book among books.'
    """
    if names == ("film", "films"):
        return texts
    one, several = names
    said = {"film": one, "films": several, "Film": one.capitalize(), "Films": several.capitalize()}
    return {key: FILM.sub(lambda film: said[film[0]], text) for key, text in texts.items()}


def no_rule(scale: RatingScale = STARS, texts: Mapping[str, str] = TEXTS) -> str:
    """Say that no rule applies, and from where on a film counts as liked.

    Examples
    --------
    >>> no_rule(RatingScale(1, 10))
    'No rule leads from films that you liked (8 or more) to this one.'
    """
    return on_scale(texts, scale)["rule_none"].format(liked=f"{scale.liked:g}")


def sentence(
    explanation: str, figures: Mapping[str, Any], film: str, texts: Mapping[str, str] = TEXTS
) -> str:
    """Say an explanation in one sentence.

    Parameters
    ----------
    explanation : {"similar", "rule", "influence", "ease"}
    figures : mapping
        Of an explanation in `explanations`: plain data.
    film : str
        Name of the recommended film.
    texts : mapping of str to str
        The words: these, or `Protocol.texts` of a study.

    Examples
    --------
    >>> sentence("similar", {}, "Fargo (1996)", {"similar": "Others liked {film}."})
    'Others liked Fargo (1996).'
    """
    if explanation == "rule":
        return _rule(figures, film, texts)
    if explanation == "influence":
        return _influence(figures, film, texts)
    if explanation == "ease":
        return _ease(figures, film, texts)
    return texts[explanation].format(film=film)


def note(
    explanation: str, figures: Mapping[str, Any], film: str, texts: Mapping[str, str] = TEXTS
) -> str:
    """Say what the figures of an explanation mean, as :func:`sentence`; "" without a text for it.

    Examples
    --------
    >>> note("influence", {"rows": [], "hidden": 0, "n_models": 1}, "Fargo (1996)")[:42]
    'Effect: the predicted stars for Fargo (199'
    """
    name = f"{explanation}_note"
    if name not in texts:
        return ""
    if explanation == "rule":
        return _rule_note(figures, texts)
    said = [texts[name].format(film=film)]
    if figures.get("n_models", 1) > 1:
        said.append(texts["spread_note"].format(n=figures["n_models"]))
    if n := figures.get("hidden"):
        said.append(texts["hidden_note_one" if n == 1 else "hidden_note"].format(n=n))
    return " ".join(said)


def stars_in_words(stars: float, texts: Mapping[str, str] = TEXTS) -> str:
    """Say a rating in stars, or as a table for another scale says it.

    Examples
    --------
    >>> stars_in_words(4.5), stars_in_words(1.0), stars_in_words(0.5)
    ('4.5 stars', '1 star', '0.5 stars')
    """
    return texts["star"] if stars == 1 else texts["stars"].format(n=_decimal(f"{stars:g}", texts))


def effect_in_words(effect: float, spread: float = 0.0, texts: Mapping[str, str] = TEXTS) -> str:
    """Say an influence, with its sign in words, and its spread if there is one.

    Examples
    --------
    >>> effect_in_words(0.214, 0.03), effect_in_words(-0.05), effect_in_words(0.001)
    ('raises it by 0.21 stars ± 0.03', 'lowers it by 0.05 stars', 'hardly moves it')
    """
    words = texts["hardly"]
    if abs(effect) >= HARDLY:
        words = texts["raises" if effect > 0 else "lowers"].format(effect=_size(effect, texts))
    return f"{words} {texts['spread'].format(sd=f'{spread:.2f}')}" if spread else words


def part_in_words(part: float, texts: Mapping[str, str] = TEXTS) -> str:
    """Say what a film adds to a score of EASE, in hundredths.

    Examples
    --------
    >>> part_in_words(0.042), part_in_words(-0.008), part_in_words(0.0001)
    ('adds 4.2', 'takes 0.8 away', 'adds next to nothing')
    """
    if abs(part) < LEAST:
        return texts["ease_hardly"]
    said = texts["ease_adds" if part > 0 else "ease_takes"]
    return said.format(part=_hundredths(abs(part), texts))


def _size(effect: float, texts: Mapping[str, str]) -> str:
    return texts.get("size", texts["stars"]).format(n=_decimal(f"{abs(effect):.2f}", texts))


def _decimal(number: str, texts: Mapping[str, str]) -> str:
    """A number as the language of the texts writes it."""
    return number.replace(".", texts.get("decimal_point", "."))


def _rule(figures: Mapping[str, Any], film: str, texts: Mapping[str, str]) -> str:
    share, antecedents = figures["share"], figures["antecedents"]
    if "over" in texts and share < round(10 * figures["confidence"]):
        share = texts["over"].format(n=share)
    return texts["rule"].format(
        film=film,
        films=f" {texts['and']} ".join(antecedents),
        it=texts["rule_it" if len(antecedents) == 1 else "rule_them"],
        share=share,
        anyway=figures["anyway"],
        inside=texts.get(f"inside_{figures['contents']}"),
    )


def _rule_note(figures: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    lift = figures["lift"]
    return texts["rule_note"].format(
        held=texts[f"held_{figures['contents']}"],
        both=round(figures["support"] * figures["n_people"]),
        n=figures["n_people"],
        all=texts["rule_both" if len(figures["antecedents"]) == 1 else "rule_all"],
        times=texts["rule_chance" if lift < 1.1 else "rule_times"].format(lift=f"{lift:.1f}"),
    )


def _influence(figures: Mapping[str, Any], film: str, texts: Mapping[str, str]) -> str:
    nothing: Mapping[str, Any] = {"film": "", "stars": 0, "effect": 0}
    top = max(figures["rows"], key=lambda row: abs(row["effect"]), default=nothing)
    case = "influence"
    if abs(top["effect"]) < HARDLY:
        case = "influence_none"
    elif len(figures["rows"]) + figures["hidden"] == 1:
        case = "influence_up" if top["effect"] > 0 else "influence_down"
    elif top["stars"] == 1:
        case = "influence_one"
    return texts.get(case, texts["influence"]).format(
        film=film,
        rated=top["film"],
        stars=stars_in_words(top["stars"], texts),
        effect=effect_in_words(top["effect"], texts=texts),
        size=_size(top["effect"], texts),
        least=_size(2 * HARDLY, texts),
    )


def _ease(figures: Mapping[str, Any], film: str, texts: Mapping[str, str]) -> str:
    top = figures["rows"][0]  # adds most
    case = "ease"
    if top["part"] < LEAST:
        case = "ease_against"
    elif len(figures["rows"]) == 1:
        case = "ease_one"
    return texts.get(case, texts["ease"]).format(
        film=film,
        rank=figures["rank"],
        n=figures["n_films"],
        score=_hundredths(figures["score"], texts),
        rated=top["film"],
        part=_hundredths(top["part"], texts),
    )


def _hundredths(score: float, texts: Mapping[str, str]) -> str:
    number = f"{100 * score:.1f}".replace("-0.0", "0.0")
    return _decimal(number.replace("-", "\N{MINUS SIGN}"), texts)
