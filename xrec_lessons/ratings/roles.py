"""Which column of a table says who, which what, and which how much."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from xrec_lessons.ratings.places import DataError

__all__ = ["named_roles", "plain"]


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Names in small letters and without punctuation, the surest first.
ROLES = {
    "user": _names("""
        userid userids uid users user userindex useridx reviewerid reviewer raterid rater
        customerid custid customer clientid personid person people participantid participant
        studentid student memberid member viewerid viewer judgeid judge accountid account
        username reviewername profilename nickname pseudonym alias codename who nutzerid nutzer wer
        utilisateur usuario
    """),
    "item": _names("""
        movieid movieids mid itemid iid filmid bookid isbn asin parentasin productid jokeid
        animeid songid trackid artistid albumid gameid appid showid seriesid businessid
        restaurantid recipeid tmdbid imdbid item items movie movies film films book books
        product joke anime song track artist album game show series business restaurant recipe
        what was itemindex itemidx pelicula
    """),
    "rating": _names("""
        rating ratings yourrating myrating bookrating userrating movierating filmrating ratingvalue
        ratingscore stars star starrating reviewrating reviewscore overall overallrating score
        scores value points grade preference howmuch howmany wie bewertung sterne note playcount
        plays count weight ratingval
    """),
    "time": _names("""
        timestamp unixreviewtime unixtime time times ts datetime date ratingtimestamp ratingdate
        reviewtime reviewdate ratedat createdat updatedat created when zeit datum
    """),
    "title": _names("""
        title movietitle filmtitle booktitle itemtitle producttitle moviename filmname bookname
        itemname productname originaltitle titel titre
    """),
}
WHO_OR_WHAT = "name"  # a person's beside a film, a film's beside a person
NEEDED = ("user", "item", "rating")


def plain(name: object) -> str:
    """A column's name in small letters, without punctuation and RecBole's type.

    Examples
    --------
    >>> plain("User-ID"), plain("movie_id:token"), plain(" Book Rating ")
    ('userid', 'movieid', 'bookrating')
    """
    text = str(name).removeprefix("\ufeff")
    text = re.sub(r":(token|float|token_seq|float_seq)$", "", text.strip())
    return re.sub(r"[\W_]+", "", text.casefold())


def named_roles(names: Sequence[object], where: str, given: Collection[str] = ()) -> dict[str, int]:
    """Guess which column has which role from its name.

    Parameters
    ----------
    names : sequence
        The header.
    where : str
        For the message.
    given : collection of str
        Roles that are known already.

    Returns
    -------
    dict of str to int
        Role to place, of those that were found.

    Raises
    ------
    DataError
        If two columns may be the same one.

    Examples
    --------
    >>> named_roles(["User-ID", "ISBN", "Book-Rating"], "Ratings.csv, line 1")
    {'user': 0, 'item': 1, 'rating': 2}
    """
    keys = [plain(name) for name in names]
    roles: dict[str, int] = {}
    for role, known in ROLES.items():
        if role in given:
            continue
        found = [place for place, key in enumerate(keys) if key in known]
        ids = [place for place in found if keys[place].endswith(("id", "isbn", "asin"))]
        if role in ("user", "item") and ids:
            found = ids  # an id is surer than a name beside it
        elif role in ("time", "title"):
            found = sorted(found, key=lambda place: known.index(keys[place]))[:1]
        if len(found) > 1:
            candidates = " or ".join(repr(str(names[place])) for place in found)
            raise DataError(
                f"{where}: the column of the {_said(role)} may be {candidates}: say which, as in "
                f"load(..., columns={{{role!r}: {str(names[found[0]])!r}}})."
            )
        if found:
            roles[role] = found[0]
    named = [place for place, key in enumerate(keys) if key == WHO_OR_WHAT]
    if len(named) == 1:
        if "user" not in roles and ("item" in roles or "title" in roles):
            roles["user"] = named[0]
        elif "user" in roles and "title" not in roles:
            roles["title"] = named[0]
        elif not roles:
            roles["user"] = named[0]
    other = _texts_beside_ids(keys, roles)
    if other is not None and "title" not in roles:
        roles["title"] = other
    if "item" not in roles and "title" in roles:
        roles["item"] = roles.pop("title")
    return roles


def _texts_beside_ids(keys: Sequence[str], roles: Mapping[str, int]) -> int | None:
    """The column "movie" beside "movieId" holds the titles."""
    if "item" not in roles:
        return None
    places = [p for p, key in enumerate(keys) if key in ROLES["item"] and p != roles["item"]]
    places = [p for p in places if not keys[p].endswith(("id", "isbn", "asin"))]
    return places[0] if len(places) == 1 else None


def given_roles(
    columns: Mapping[str, object], names: Sequence[object], guessed: Mapping[str, int], where: str
) -> dict[str, int]:
    """Take the roles that the user gave, by name or by place, and guess the others."""
    roles = {role: place for role, place in guessed.items() if role not in columns}
    for role, name in columns.items():
        if role not in ROLES:
            raise DataError(
                f"columns= has {role!r}, which is none of {', '.join(ROLES)}: write "
                "columns={'user': ..., 'item': ..., 'rating': ...}."
            )
        if name is None:
            continue
        matches = [place for place, other in enumerate(names) if other == name]
        matches = matches or [p for p, other in enumerate(names) if plain(other) == plain(name)]
        if not matches and isinstance(name, int) and 0 <= name < len(names):
            matches = [name]
        if len(matches) != 1:
            fault = "no column" if not matches else f"{len(matches)} columns"
            raise DataError(f"{where}: there is {fault} {name!r}: {has(names)}.")
        roles[role] = matches[0]
    taken = {place: role for role, place in roles.items() if role in columns}
    return {role: place for role, place in roles.items() if taken.get(place, role) == role}


def missing_roles(roles: Iterable[str]) -> list[str]:
    """Which of the three that are needed are not there."""
    return [role for role in NEEDED if role not in roles]


def ask(names: Sequence[object], roles: Mapping[str, int], where: str) -> DataError:
    """Say which column was not found, and how to name it."""
    absent = missing_roles(roles)
    taken = set(roles.values())
    free = [str(name) for place, name in enumerate(names) if plain(name) and place not in taken]
    free += ["..."] * len(absent)
    example = ", ".join(f"{role!r}: {name!r}" for role, name in zip(absent, free, strict=False))
    return DataError(
        f"{where}: the names of the columns do not say where the {_listed(map(_said, absent))} "
        f"are; {has(names)}: say so, as in load(..., columns={{{example}}})."
    )


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def has(names: Sequence[object]) -> str:
    """Say what there is."""
    shown = ", ".join(map(str, names[:12])) + (", …" if len(names) > 12 else "")
    return f"there are {shown}"


def _said(role: str) -> str:
    return {"user": "people", "item": "films", "rating": "ratings", "time": "times"}.get(
        role, "titles"
    )
