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
        utilisateur usuario 用户 用户id 用户名
    """),
    "item": _names("""
        movieid movieids mid itemid iid filmid bookid isbn asin parentasin productid jokeid
        animeid songid trackid artistid albumid gameid appid showid seriesid businessid
        restaurantid recipeid tmdbid imdbid item items movie movies film films book books
        product joke anime song track artist album game show series business restaurant recipe
        what was itemindex itemidx pelicula 电影 电影id 影片
    """),
    "rating": _names("""
        rating ratings yourrating myrating bookrating userrating movierating filmrating ratingvalue
        ratingscore stars star starrating reviewrating reviewscore overall overallrating score
        scores value points grade preference howmuch howmany wie bewertung sterne note playcount
        plays count weight ratingval myscore userscore 评分 个人评分
    """),
    "time": _names("""
        timestamp unixreviewtime unixtime time times ts datetime date ratingtimestamp ratingdate
        reviewtime reviewdate ratedat createdat updatedat created when zeit
        datum zeitstempel horodateur 时间 日期 打分日期
    """),
    "title": _names("""
        title movietitle filmtitle booktitle itemtitle producttitle moviename filmname bookname
        itemname productname originaltitle titel titre 标题 片名 电影名
    """),
}
# Only in what one person takes along from Letterboxd, IMDb, Goodreads or Douban.
EXPORTS = {"letterboxduri", "const", "yourrating", "myrating", "个人评分"}
WHO_OR_WHAT = "name"  # a person's beside a film, a film's beside a person
# Of a row or column that sums up the others.
SUMS = _names("""
    total totals sum average mean avg median summe gesamt mittelwert durchschnitt moyenne somme
""")
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
    alone = "user" not in given and not any(key in ROLES["user"] for key in keys)
    for role, known in ROLES.items():
        if role in given:
            continue
        found = [place for place, key in enumerate(keys) if key in known]
        ids = [place for place in found if keys[place].endswith(("id", "isbn", "asin"))]
        if role in ("user", "item") and ids:
            found = ids  # an id is surer than a name beside it
        elif role in ("time", "title"):
            found = sorted(found, key=lambda place: known.index(keys[place]))[:1]
        if role == "item" and alone:
            found = found[:1]  # without people it is no matter which
        if len(found) > 1:
            twice = names[found[0]] == names[found[1]]
            way = found[0] if twice else str(names[found[0]])
            candidates = " or ".join(repr(str(names[place])) for place in found)
            raise DataError(
                f"{where}: the column of the {_said(role)} may be {candidates}: say which, as in "
                f"load(..., columns={{{role!r}: {way!r}}})."
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


def ask(
    names: Sequence[object], roles: Mapping[str, int], where: str, row: Sequence[object] = ()
) -> DataError:
    """Say which column was not found, and how to name it; `row` is the first one."""
    absent = missing_roles(roles)
    keys = [plain(name) for name in names]
    title = next(
        (p for name in (*ROLES["title"], WHO_OR_WHAT) for p, k in enumerate(keys) if k == name),
        roles.get("item"),
    )
    if absent == ["user", "rating"] and "title" in roles:
        return DataError(
            f"{where}: these are titles without people and ratings; {has(names)}: load the table "
            "of ratings, and give this one as load(..., movies=...)."
        )
    taken = set(roles.values())
    free = [str(name) for place, name in enumerate(names) if plain(name) and place not in taken]
    free += ["..."] * len(absent)
    example = ", ".join(f"{role!r}: {name!r}" for role, name in zip(absent, free, strict=False))
    if "user" in absent and "rating" in roles and title is not None:
        film = str(row[title]) if len(row) > title else "Heat"
        if "year" in keys and len(row) > keys.index("year"):
            film += f" ({row[keys.index('year')]})"
        alone = (
            "one person's own ratings, such as an export of Letterboxd, IMDb or Goodreads, train "
            "no model, which learns from many people: give them to a bundle as a new person's, on "
            "its scale, as in bundle.recommend({bundle.films.match("
            f"{film!r}): 4.5}}) after bundle = load_bundle()"
        )
        if EXPORTS.intersection(keys):
            return DataError(f"{where}: there is no column of people; {has(names)}: {alone}.")
        return DataError(
            f"{where}: the names of the columns do not say where the people are; {has(names)}: say "
            f"so, as in load(..., columns={{{example}}}); but {alone}."
        )
    return DataError(
        f"{where}: the names of the columns do not say where the {_listed(map(_said, absent))} "
        f"are; {has(names)}: say so, as in load(..., columns={{{example}}})."
    )


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def has(names: Sequence[object]) -> str:
    """Say what there is."""
    shown = (
        ", ".join(" ".join(str(name).split())[:60] for name in names[:12])
        + (", …" if len(names) > 12 else "")
        or "none"
    )
    return f"there are {shown}"


def _said(role: str) -> str:
    return {"user": "people", "item": "films", "rating": "ratings", "time": "times"}.get(
        role, "titles"
    )
