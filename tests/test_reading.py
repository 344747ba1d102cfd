"""Anybody's ratings: any ids, scale and dialect in, the same out; and what is refused, named."""

import bz2
import csv
import gzip
import io
import lzma
import os
import re
import warnings
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from xrec_lessons.mining import transactions
from xrec_lessons.movielens import load
from xrec_lessons.ratings import rows as rows_module
from xrec_lessons.ratings.formats import DataError
from xrec_lessons.ratings.rating_scale import STARS, RatingScale
from xrec_lessons.ratings.table import RatingsWarning

# Any table in any dialect, there and back

NAMES = {
    "user": ["userId", "user_id", "User-ID", "USER", "who", "reviewerID", "user_id:token", "uid"],
    "item": ["movieId", "movie_id", "ISBN", "asin", "film", "item_id:token", "Book ID", "what"],
    "rating": ["rating", "Book-Rating", "stars", "Score", "overall", "rating:float", "value"],
    "time": ["timestamp", "date", "Time", "timestamp:float"],
}
text_ids = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" \n\"';,|\\é"), max_size=8
).map(lambda text: f"x{text}y")
IDS = {
    "small": st.integers(0, 2**31 - 1),
    "huge": st.integers(2**31, 2**63 - 1),
    "negative": st.integers(-(2**40), -1),
    "mixed": st.integers(-9, 9) | text_ids,
    "text": text_ids,
}
SCALES = {
    (1, 5): st.integers(1, 5),
    (0.5, 5): st.integers(1, 10).map(lambda halves: halves / 2),
    (0, 10): st.integers(0, 10),
    (-10, 10): st.integers(-1000, 1000).map(lambda hundredths: hundredths / 100),
}
PACK = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


@st.composite
def tables(draw, min_size=2):
    """Rows (user, item, rating, time) with a person's film once, and their scale."""
    scale = draw(st.sampled_from(list(SCALES)))
    row = st.tuples(
        IDS[draw(st.sampled_from(list(IDS)))],
        IDS[draw(st.sampled_from(list(IDS)))],
        SCALES[scale],
        st.integers(0, 2**31),
    )
    unique = st.lists(row, min_size=min_size, max_size=8, unique_by=lambda row: row[:2])
    return draw(unique), scale


class Dialect:
    """How a table is written; the file, and the line on which each row begins."""

    def __init__(self, draw):
        pick = lambda *options: draw(st.sampled_from(options))  # noqa: E731
        self.separator = pick(",", ";", "\t", "|")
        self.encoding = pick("utf-8", "utf-8-sig", "utf-16")
        self.end = pick("\n", "\r\n", "\r")
        self.quoting = pick(csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)
        self.comma = self.separator != "," and pick(True, False)
        self.times = pick(None, "seconds", "dates", "milliseconds", "zoned")
        self.order = draw(st.permutations(["user", "item", "rating", "time"]))
        self.names = {role: pick(*names) for role, names in NAMES.items()}
        self.blank = pick(True, False)
        self.packing = pick(*PACK)

    def cells(self, row):
        user, item, rating, time = row
        rating = f"{rating:g}".replace(".", "," if self.comma else ".")
        cells = {"user": user, "item": item, "rating": rating, "time": self.time(time)}
        return [cells[role] for role in self.columns()]

    def columns(self):
        return [role for role in self.order if role != "time" or self.times]

    def time(self, seconds):
        when = pd.Timestamp(seconds, unit="s", tz="UTC")
        return {
            None: "",
            "seconds": seconds,
            "milliseconds": seconds * 1000,
            "dates": when.strftime("%Y-%m-%d %H:%M:%S"),
            "zoned": when.tz_convert("Asia/Kolkata").isoformat(),
        }[self.times]

    def write(self, folder, rows):
        """Write these cells; return the path, and the first line of each."""
        lines, text = [], self.line([self.names[role] for role in self.columns()])
        for cells in rows:
            text += self.end * self.blank
            lines.append(1 + len(re.findall("\r\n|\r|\n", text)))
            text += self.line(cells)
        path = Path(folder) / f"mine.csv{self.packing}"
        path.write_bytes(PACK[self.packing](text.encode(self.encoding)))
        return path, lines

    def line(self, cells):
        """A row; before Python 3.13 a break of another kind than the line's end had no quotes."""
        text = io.StringIO()
        csv.writer(text, delimiter=self.separator, quoting=self.quoting).writerow(cells)
        return text.getvalue().removesuffix("\r\n") + self.end


def triples(data):
    """What a source holds, in its own ids."""
    users, items = (
        table[ids] if labels is None else pd.Series(labels[table[ids] - 1])
        for table, ids, labels in (
            (data.ratings, "userId", data.user_labels),
            (data.ratings, "movieId", data.movie_labels),
        )
    )
    return list(zip(users.tolist(), items.tolist(), data.ratings["rating"].tolist(), strict=True))


def expected(rows):
    """Ids are whole numbers where all of a column are, and otherwise text."""
    columns = list(zip(*rows, strict=True))
    for place in (0, 1):
        if any(isinstance(label, str) for label in columns[place]):
            columns[place] = [str(label) for label in columns[place]]
    return list(zip(*columns[:3], strict=True))


def same_ids_twice(rows):
    return any(
        len({str(row[place]).strip() for row in rows}) < len({row[place] for row in rows})
        for place in (0, 1)
    )


@settings(deadline=None)
@given(st.data())
def test_any_table_in_any_dialect_is_read_as_it_was_written(data):
    (rows, scale), dialect = data.draw(tables()), Dialect(data.draw)
    assume(not same_ids_twice(rows))
    compact = data.draw(st.booleans())
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_module, "CHUNK", 2)
        path, _ = dialect.write(folder, map(dialect.cells, rows))
        found = load(path, rating_scale=scale, compact=compact)
    assert triples(found) == expected(rows)
    assert tuple(found.rating_scale) == scale
    assert found.ratings.attrs["rating_scale"] == found.rating_scale
    if dialect.times:
        times = found.ratings["timestamp"].tolist()
        if dialect.times == "milliseconds":  # told by their size
            assume(np.median([row[3] for row in rows]) > 1e9)
        assert times == [row[3] for row in rows]
    else:
        assert list(found.ratings) == ["userId", "movieId", "rating"]
    assert found.ratings["userId"].between(0, 2**31 - 1).all()


@settings(deadline=None)
@given(tables(), st.sampled_from(["frame", "dict", "arrays", "category"]))
def test_tables_and_arrays_give_the_same(table, how):
    rows, scale = table
    columns = [list(column) for column in zip(*rows, strict=True)]
    assume(not same_ids_twice(rows))
    frame = pd.DataFrame(dict(zip(["who", "film", "stars", "time"], columns, strict=True)))
    source = {
        "frame": frame.set_axis(range(50, 50 + len(frame))),
        "dict": frame.to_dict("list"),
        "arrays": tuple(columns),
        "category": frame.astype({"who": "category"}),
    }[how]
    before = frame.copy()
    found = load(source, rating_scale=scale)
    assert triples(found) == expected(rows)
    assert found.ratings["timestamp"].tolist() == columns[3]
    pd.testing.assert_frame_equal(frame, before)


@settings(deadline=None)
@given(st.data())
def test_one_bad_cell_anywhere_is_named_with_its_line(data):
    (rows, scale), dialect = data.draw(tables()), Dialect(data.draw)
    assume(not same_ids_twice(rows))
    bad = data.draw(st.integers(0, len(rows) - 1))
    role = data.draw(st.sampled_from(dialect.columns()))
    if role == "rating":
        value, said = data.draw(
            st.sampled_from([("good", "'good'"), ("inf", "'inf'"), ("11", "11"), ("-99", "-99")])
        )
    else:
        value, said = ("soon", "'soon'") if role == "time" else ("", repr(dialect.names[role]))
    cells = [dialect.cells(row) for row in rows]
    cells[bad][dialect.columns().index(role)] = value
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_module, "CHUNK", 2)
        path, lines = dialect.write(folder, cells)
        with pytest.raises(DataError) as caught:
            load(path, rating_scale=scale)
    message = str(caught.value)
    assert re.search(rf"{path.name}, line {lines[bad]}(, column .+?)?: ", message)
    assert said in message
    assert message.endswith(".")
    assert "grouplens" not in message


@settings(deadline=None)
@given(st.data())
def test_a_row_of_another_width_is_named_with_its_line(data):
    (rows, scale), dialect = data.draw(tables(min_size=3)), Dialect(data.draw)
    bad = data.draw(st.integers(0, len(rows) - 1))
    cells = [dialect.cells(row) for row in rows]
    cells[bad] = data.draw(st.sampled_from([[*cells[bad], "7"], cells[bad][:-1]]))
    with TemporaryDirectory() as folder:
        path, lines = dialect.write(folder, cells)
        with pytest.raises(DataError, match=rf"line {lines[bad]}: there are {len(cells[bad])} col"):
            load(path, rating_scale=scale)


# Real formats, rebuilt small: files, what they hold, the titles, the scale, and what is said

KAGGLE_20M = {
    "rating.csv": (
        '"userId","movieId","rating","timestamp"\n"1","2","3.5","2005-04-02 23:53:47"\n'
        '"1","29","3.5","2005-04-02 23:31:16"\n"2","29","5","2005-04-02 23:33:39"\n'
    ),
    "movie.csv": (
        '"movieId","title","genres"\n"2","Jumanji (1995)","Adventure|Fantasy"\n'
        '"29","City of Lost Children, The (Cité, La) (1995)","Drama"\n'
    ),
    "link.csv": '"movieId","imdbId","tmdbId"\n"2","113497","8844"\n"29","0112682","902.0"\n',
    "genome_tags.csv": '"tagId","tag"\n"1","007"\n',
}
MOVIES_DATASET = {
    "ratings.csv": "userId,movieId,rating,timestamp\n1,110,1.0,1425941529\n2,147,4.5,867039166\n",
    "ratings_small.csv": "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n",
    "links.csv": "movieId,imdbId,tmdbId\n110,0112573,197\n147,0112461,10474\n31,0112792,\n",
    "movies_metadata.csv": (
        "adult,budget,genres,id,imdb_id,original_title,overview,release_date,title\n"
        "False,72000000,\"[{'id': 28, 'name': 'Action'}, {'id': 18, 'name': 'Drama'}]\",197,"
        'tt0112573,Braveheart,"Enraged at the slaughter, he\n rises.",1995-05-24,Braveheart\n'
        "False,0,[],10474,tt0112461,The Basketball Diaries,Film,1995-04-21,The Basketball Diaries\n"
        " - Written by Ørnås,0.065736,\"[{'name': 'Carousel'}]\",x\n"
        "False,0,[],110,tt0111495,Trois couleurs,Its TMDB id is another film's,1994-05-27,Red\n"
    ),
}
GOODBOOKS = {
    "ratings.csv": "user_id,book_id,rating\n1,258,5\n2,4081,4\n2,258,3\n",
    "books.csv": (
        "book_id,goodreads_book_id,best_book_id,work_id,books_count,isbn,isbn13,authors,"
        "original_publication_year,original_title,title,language_code\n"
        '258,1232,1232,3209783,279,143034901,9780143034900.0,"Carlos Ruiz Zafón, Lucia Graves",'
        '2001.0,La sombra,"The Shadow of the Wind (The Cemetery,  #1)",eng\n'
        "4081,231,231,1,1,,,Tom Wolfe,2004.0,I am,I am Charlotte Simmons,eng\n"
    ),
    "to_read.csv": "user_id,book_id\n9,8\n",
}
GOODBOOKS_OLD = {  # its book_id is Goodreads', and the ratings have its id
    "ratings.csv": "book_id,user_id,rating\n1,314,5\n2,439,3\n",
    "books.csv": (
        "id,book_id,best_book_id,authors,original_publication_year,title\n"
        "1,2767052,2767052,Suzanne Collins,2008.0,The Hunger Games\n"
        "2,3,3,J.K. Rowling,1997.0,Philosopher's Stone\n3,1,1,A,1999.0,Another\n"
    ),
}
BOOK_CROSSING = {
    "BX-Book-Ratings.csv": (
        '"User-ID";"ISBN";"Book-Rating"\r\n"276725";"034545104X";"0"\r\n"276726";"0155061224";"5"'
        '\r\n"276727";"0446520802";"0"\r\n"276729";"\\"0521795028";"10"\r\n'
    ),
    "BX-Books.csv": (
        '"ISBN";"Book-Title";"Book-Author";"Year-Of-Publication";"Publisher"\r\n'
        '"034545104X";"Les Particules Elémentaires";"M. J. Rose";"2002";"Ballantine"\r\n'
        '"0155061224";"Rites \\"quoted\\"; or &amp; not";"J. Smith";"0";"H"\r\n'
    ),
    "BX-Users.csv": '"User-ID";"Location";"Age"\r\n"1";"nyc, new york, usa";NULL\r\n',
}
TWEETINGS = {
    "ratings.dat": "1::0114508::8::1381006850\n2::0499549::9::1376753198\n2::0000008::0::9\n",
    "movies.dat": (
        "0000008::Edison Kinetoscopic Record of a Sneeze (1894)::Documentary|Short\n"
        "0114508::Species (1995)::Action\n0499549::Avatar (2009)::Action\n"
    ),
    "users.dat": "1::1381006850\n",
}
RECBOLE = {
    "ml-100k.inter": (
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
        "196\t242\t3\t881250949\n186\t302\t4\t891717742\n"
    ),
    "ml-100k.item": (
        "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
        "242\tKolya\t1996\tComedy Drama\n302\tL.A. Confidential\t1997\tCrime\n"
    ),
    "ml-100k.user": "user_id:token\tage:token\n196\t49\n",
}
ANIME = {
    "rating.csv": "user_id,anime_id,rating\n1,20,-1\n1,24,8\n2,20,10\n",
    "anime.csv": (
        'anime_id,name,genre,type,episodes,rating,members\n20,Naruto,"Action, Comedy",TV,9,7.81,6\n'
        "24,School Rumble,Comedy,TV,26,8.06,1\n"
    ),
}
X = ",99" * 20
SOURCES = {
    "Kaggle's 20M": (
        *(KAGGLE_20M, [(1, 2, 3.5), (1, 29, 3.5), (2, 29, 5)], STARS),
        {2: ("Jumanji", 1995), 29: ("City of Lost Children, The (Cité, La)", 1995)},
        "",
    ),
    "The Movies Dataset": (
        *(MOVIES_DATASET, [(1, 110, 1), (2, 147, 4.5)], STARS),
        {110: ("Braveheart", 1995), 147: ("The Basketball Diaries", 1995)},
        r"ratings_small.csv lies beside.*movies_metadata.csv, line 5: 1 row with another number",
    ),
    "Goodbooks-10k": (
        *(GOODBOOKS, [(1, 258, 5), (2, 4081, 4), (2, 258, 3)], RatingScale(1, 5)),
        {
            258: ("The Shadow of the Wind (The Cemetery,  #1)", 2001),
            4081: ("I am Charlotte Simmons", 2004),
        },
        "the scale is taken as 1 to 5",
    ),
    "Goodbooks, first edition": (
        *(GOODBOOKS_OLD, [(314, 1, 5), (439, 2, 3)], RatingScale(1, 5)),
        {1: ("The Hunger Games", 2008), 2: ("Philosopher's Stone", 1997)},
        "",
    ),
    "Book-Crossing": (
        BOOK_CROSSING,
        [
            *((276725, "034545104X", 0), (276726, "0155061224", 5)),
            *((276727, "0446520802", 0), (276729, '"0521795028', 10)),
        ],
        RatingScale(0, 10),
        {
            3: ("Les Particules Elémentaires", 2002),
            2: ('Rites "quoted"; or & not', None),
            4: ("0446520802", None),
        },
        r"50% of the ratings are 0: .* missing=\[0\]\).*2 rated films without a title",
    ),
    "MovieTweetings": (
        *(TWEETINGS, [(1, 114508, 8), (2, 499549, 9), (2, 8, 0)], RatingScale(0, 10)),
        {8: ("Edison Kinetoscopic Record of a Sneeze", 1894), 114508: ("Species", 1995)},
        "the scale is taken as 0 to 10",
    ),
    "RecBole": (
        *(RECBOLE, [(196, 242, 3), (186, 302, 4)], RatingScale(1, 5)),
        {242: ("Kolya", 1996), 302: ("L.A. Confidential", 1997)},
        "",
    ),
    "Anime": (
        *(ANIME, [(1, 24, 8), (2, 20, 10)], RatingScale(1, 10)),
        {20: ("Naruto", None), 24: ("School Rumble", None)},
        r"1 row with -1, which lies apart .* rating_scale=\(-1, 10\)",
    ),
    "Amazon, user first": (
        {
            "ratings.csv": (
                "A2CX7LUOHB2NDG,B000000001,5.0,1341100800\nA2NWSAGRHCP8N5,B000000002,1.0,1367193600"
            )
        },
        [("A2CX7LUOHB2NDG", "B000000001", 5), ("A2NWSAGRHCP8N5", "B000000002", 1)],
        *(RatingScale(1, 5), {}, "its columns are taken as user, item, rating, time"),
    ),
    "who or what": (
        {"ratings.csv": "ann,bob,5.0,1341100800\nbob,up,1.0,1367193600"},
        *(None, None, {}, "not sure which column is which: .*columns={'user': 0, 'item': 1,"),
    ),
    "Amazon, product first": (
        {
            "ratings_Books.csv": (
                "032173294X,A2CX7LUOHB2NDG,5.0,1341100800\nB000000001,A2NWSAGRHCP8N5,1.0,1367193600\n"
            )
        },
        [("A2CX7LUOHB2NDG", "032173294X", 5), ("A2NWSAGRHCP8N5", "B000000001", 1)],
        RatingScale(1, 5),
        {1: ("032173294X", None)},
        "no header; its columns are taken as item, user, rating, time",
    ),
    "Netflix prize": (
        {
            "combined_data_1.txt": (
                "1:\n1488844,3,2005-09-06\n822109,5,2005-05-13\n2:\n1488844,4,2005-10-19"
            )
        },
        [(1488844, 1, 3), (822109, 1, 5), (1488844, 2, 4)],
        RatingScale(1, 5),
        {1: ("Film 1", None)},
        "",
    ),
    "Last.fm": (
        {"user_artists_ratings.dat": "userID\tartistID\tweight\n2\t51\t13883\n2\t52\t11690\n"},
        [(2, 51, 13883), (2, 52, 11690)],
        RatingScale(11690, 13883),
        {},
        "look like counts",
    ),
    "FilmTrust": (
        {"ratings.txt": "1 1 2\n1 2 4\n2 1 3.5\n"},
        *([(1, 1, 2), (1, 2, 4), (2, 1, 3.5)], STARS, {}, "no header"),
    ),
    "Jester": (
        {"jester-data-1.csv": f"3,-7.82,99,8.79,-9.66{X}\n2,4.08,99,99,6.36{X}\n"},
        [
            *((1, "Joke 1", -7.82), (1, "Joke 3", 8.79), (1, "Joke 4", -9.66)),
            *((2, "Joke 1", 4.08), (2, "Joke 4", 6.36)),
        ],
        RatingScale(-10, 10, 0),
        {},
        "Read as Jester",
    ),
    "Jester, long": (
        {"jester.csv": "user_id,joke_id,rating\n1,1,-7.82\n1,2,99\n2,2,8.79\n"},
        *([(1, 1, -7.82), (2, 2, 8.79)], RatingScale(-10, 10, 0), {}, "1 row with 99"),
    ),
    "Jester, a row a joke": (
        {"UserRatings1.csv": "JokeId,User1,User2,User3\n0,5.1,4.9,\n1,4.9,,-4.17\n7,,,1\n"},
        [
            *(("User1", 0, 5.1), ("User2", 0, 4.9), ("User1", 1, 4.9)),
            *(("User3", 1, -4.17), ("User3", 7, 1)),
        ],
        RatingScale(-10, 10, 0),
        {7: ("Film 7", None)},
        "a row a film and a column a person",
    ),
    "a class": (
        {
            "class.csv": (
                "Name;The Matrix (1999);Heat (1995);Up;300\nAnn;5;;4,5;1\nBob;3;2;;\n\nZoë;;1;5;2\n"
            )
        },
        [
            *(("Ann", "The Matrix (1999)", 5), ("Ann", "Up", 4.5), ("Ann", "300", 1)),
            *(("Bob", "The Matrix (1999)", 3), ("Bob", "Heat (1995)", 2)),
            *(("Zoë", "Heat (1995)", 1), ("Zoë", "Up", 5), ("Zoë", "300", 2)),
        ],
        STARS,
        {1: ("300", None), 2: ("Heat", 1995), 3: ("The Matrix", 1999), 4: ("Up", None)},
        "blanks are no ratings",
    ),
    "a form": (
        {
            "form.csv": (
                '"Timestamp","Email Address","Your name","Rate [The Matrix (1999)]","Rate [Up]"\n'
                '"2024/03/01 10:00:00 AM GMT+1","a@x.de","Ann","5","4"\n'
                '"2024/03/01 10:01:00 AM GMT+1","b@x.de","Bob","3",""\n'
            )
        },
        [("Ann", "The Matrix (1999)", 5), ("Ann", "Up", 4), ("Bob", "The Matrix (1999)", 3)],
        RatingScale(1, 5),
        {1: ("The Matrix", 1999), 2: ("Up", None)},
        "Left out, as they hold no ratings: Timestamp, Email Address.",
    ),
}


def stored(how, top, files):
    """Store the files as people have them; return what they give to load."""
    if how == "folder":
        for name, content in files.items():
            (top / name).write_bytes(content)
        return top if len(files) > 1 else top / next(iter(files))
    path = top / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(how + name, content)
            archive.writestr(f"__MACOSX/{how}._{name}", b"\0\5\26\7")
        archive.writestr(".DS_Store", b"\0\0\0\1Bud1")
    return path


@pytest.mark.parametrize("how", ["folder", "", "data/inner/", "data\\inner\\"])
@pytest.mark.parametrize("source", SOURCES)
def test_a_real_format_is_read(source, how, tmp_path):
    files, rows, scale, titles, said = SOURCES[source]
    encoding = "latin-1" if source == "Book-Crossing" else "utf-8"
    path = stored(how, tmp_path, {name: text.encode(encoding) for name, text in files.items()})
    if rows is None:
        with pytest.raises(DataError, match=said):
            load(path)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RatingsWarning)
        data = load(path)
    assert triples(data) == rows
    assert data.rating_scale == scale
    films = data.movies.set_index("movieId")
    for movie, (title, year) in titles.items():
        assert films.title[movie] == title
        assert films.year[movie] == year if year else films.year[movie] is pd.NA
    assert set(data.ratings["movieId"]) <= set(films.index)
    assert films.index.is_unique
    assert re.search(said, " ".join(data.notes))


def test_links_come_with_the_films(tmp_path):
    for files, expected in (
        (KAGGLE_20M, [(2, "0113497", 8844), (29, "0112682", 902)]),
        (MOVIES_DATASET, [(110, "0112573", 197), (147, "0112461", 10474)]),
        (
            TWEETINGS,
            [(8, "0000008", pd.NA), (114508, "0114508", pd.NA), (499549, "0499549", pd.NA)],
        ),
    ):
        folder = tmp_path / str(len(expected)) / next(iter(files))
        folder.mkdir(parents=True)
        links = load(stored("folder", folder, {k: v.encode() for k, v in files.items()})).links
        rows = list(links.itertuples(index=False, name=None))
        assert [row[:2] for row in rows if row[0] != 31] == [row[:2] for row in expected]
        assert [str(row[2]) for row in rows if row[0] != 31] == [str(row[2]) for row in expected]


def my(folder, text, name="my.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def refused(source, *parts, **options):
    """Check that it is refused in one sentence with these parts, and return that."""
    with pytest.raises(DataError) as caught:
        load(source, **options)
    message = str(caught.value)
    for part in parts:
        assert re.search(part, message), message
    assert "\n" not in message
    assert message.endswith(".")
    return message


# Form


@pytest.mark.parametrize("n", range(6500, 6540, 3))
def test_a_sample_may_end_anywhere(tmp_path, n):
    rows = [(k, f"film\n{k}", k % 5 + 1) for k in range(1, n)]
    text = "".join(f'{user},"{film}",{rating}\n' for user, film, rating in rows)
    assert triples(load(my(tmp_path, f"user,film,rating\n{text}"))) == rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("far", [0, 200_000])
def test_names_are_read_in_any_encoding(tmp_path, encoding, far):
    rows = "".join(f"user {k};film;{k % 5 + 1}\n" for k in range(far // 15))
    path = my(
        tmp_path, f"who;what;rating\n{rows}José;Amélie “x”;4,5\nZoë;Up;3\n", encoding=encoding
    )
    data = load(path)
    assert triples(data)[-2:] == [("José", "Amélie “x”", 4.5), ("Zoë", "Up", 3)]


def test_films_are_read_in_any_encoding(tmp_path):
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        my(tmp_path, "userId,movieId,rating,timestamp\n1,2,3,9\n", "ratings.csv", encoding)
        my(tmp_path, "movieId,title,genres\n2,Amélie (2001),Comedy\n", "movies.csv", encoding)
        assert load(tmp_path).movies.title.tolist() == ["Amélie"]
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        folder = tmp_path / encoding
        folder.mkdir()
        my(folder, "1::2::3::9\n", "ratings.dat", encoding)
        my(folder, "2::Amélie (2001)::Comedy\n", "movies.dat", encoding)
        assert load(folder).movies.title.tolist() == ["Amélie"]


@pytest.mark.parametrize(
    "text",
    [
        "user::film::rating\n1::2::3\n2::2::4.5\n",
        "user\t\tfilm\t\trating\n1\t\t2\t\t3\n2\t\t2\t\t4.5\n",
        "sep=;\nuser;film;rating\n1;2;3\n2;2;4,5\n",
        "\n\nuser,film,rating,\n1,2,3,\n,,,\n2,2,4.5,\n",
        "user film rating\n1 2 3\n2   2 4.5",
        '"user","film","rating"\n"1","2","3"\n"2","2","4.5"',
        ",user,film,rating\n0,1,2,3\n1,2,2,4.5\n",
        "rating;user;more;film\n3;1;x;2\n4,5;2;;2\n",
        "user,film,rating\n1.0,2.0,3\n2.0,2.0,4.50\n",
        "user,film,rating\n01,002,3\n02,002,4.5e0\n",
    ],
)
def test_forms_that_people_have(tmp_path, text):
    assert triples(load(my(tmp_path, text))) == [(1, 2, 3), (2, 2, 4.5)]


DATES = {
    "2000-12-31 22:12:40": 978300760,
    "2000-12-31T22:12:40Z": 978300760,
    "2001-01-01 00:12:40+02:00": 978300760,
    "978300760": 978300760,
    "978300760.0": 978300760,
    "9.7830076e8": 978300760,
    "978300760123": 978300760,
    "978300760123456": 978300760,
    "31.12.2000": 978220800,
    "31/12/2000": 978220800,
    "12/31/2000": 978220800,
    "20001231": 978220800,
    "2000-12-31": 978220800,
    "Dec 31, 2000": 978220800,
}


@pytest.mark.parametrize("date", DATES)
def test_times_are_seconds(tmp_path, date):
    path = my(tmp_path, f'user,film,rating,date\n1,2,3,"{date}"\n2,2,4,"{date}"\n')
    assert load(path).ratings["timestamp"].tolist() == [DATES[date]] * 2


def test_times_that_some_rows_lack_are_left_out_and_said(tmp_path):
    data = load(my(tmp_path, "user,film,rating,date\n1,2,3,2024-01-01\n2,2,4,\n"))
    assert list(data.ratings) == ["userId", "movieId", "rating"]
    assert re.search(
        r"No time in 1 row, as in .*my.csv, line 3: the times are left out\.", " ".join(data.notes)
    )
    data = load(my(tmp_path, "user,film,rating,date\n1,2,3,x\n2,2,4,\n"), columns={"time": None})
    assert list(data.ratings) == ["userId", "movieId", "rating"]


FAST = {
    "ml-20m": "userId,movieId,rating,timestamp\n1,2,3.5,9\n1,3,4,9\n",
    "ml-1m": "user::film::rating::time\n1::2::3.5::9\n1::3::4::9\n",
    "Kaggle": (
        'userId,movieId,rating,timestamp\n"1","2","3.5","1970-01-01 00:00:09"\n'
        "1,3,4,1970-01-01 00:00:09\n"
    ),
    "text": "user,film,rating,time\nann,up,3.5,9\nann,é,4,9\n",
    "cp1252": "user;film;rating;time\nann;up;3.5;9\nann;é;4;9\n",
}


@pytest.mark.parametrize("case", FAST)
def test_plain_files_go_the_fast_way_and_give_what_the_slow_way_gives(case, tmp_path, monkeypatch):
    text = FAST[case] + FAST[case].splitlines()[-1].replace("1", "2").replace("ann", "bob") + "\n"
    path = my(tmp_path, text, encoding="cp1252" if case == "cp1252" else "utf-8")
    monkeypatch.setattr(rows_module, "CHUNK", 2)
    with monkeypatch.context() as patch:
        patch.setattr(rows_module, "_read_slow", None)
        fast = load(path)
    monkeypatch.setattr(rows_module, "_read_fast", lambda *_: None)
    slow = load(path)
    assert triples(fast) == triples(slow)
    pd.testing.assert_frame_equal(fast.ratings, slow.ratings)
    assert fast.notes == slow.notes


@pytest.mark.parametrize("separator", ["::", "\t\t"])
@pytest.mark.parametrize("size", range(1, 12))
def test_a_separator_of_two_is_whole_wherever_a_block_ends(separator, size):
    content = "1::2::3::4\n5::6::7::8".replace("::", separator).encode()
    form = SimpleNamespace(separator=separator, skip=0, encoding="utf-8")
    stream = rows_module._Stream(io.BytesIO(content), form)
    blocks = list(iter(lambda: stream.read(size), b""))
    assert b"".join(blocks) == content.replace(separator.encode(), b"\x1f")


# Columns


def test_columns_are_named_where_their_names_do_not_tell(tmp_path):
    path = my(tmp_path, "a,b,c\nann,Up,3\nbob,Heat,5\n")
    names = {"user": "a", "item": "b", "rating": "c"}
    for columns in (names, {"user": 0, "item": 1, "rating": 2}):
        assert triples(load(path, columns=columns)) == [("ann", "Up", 3), ("bob", "Heat", 5)]
    headless = my(tmp_path, "ann,Up,3\nbob,Heat,5\n", "b.csv")
    columns = {"user": 0, "item": 1, "rating": 2}
    assert triples(load(headless, columns=columns)) == [("ann", "Up", 3), ("bob", "Heat", 5)]
    refused(
        path,
        "my.csv, line 1: the names of the columns do not say where the people, films and ratings",
        r"are; there are a, b, c: .*columns={'user': 'a', 'item': 'b', 'rating': 'c'}",
    )
    refused(path, "there is no column 'x': there are a, b, c", columns=names | {"user": "x"})
    refused(path, "columns= has 'who', which is none of user, item", columns={"who": "a"})


def test_two_columns_that_may_be_the_same_are_asked_about(tmp_path):
    path = my(tmp_path, "user_id,customer_id,film,stars\n1,7,Up,3\n2,8,Up,4\n")
    refused(path, r"line 1: .* people may be 'user_id' or 'customer_id': .*'user': 'user_id'")
    assert triples(load(path, columns={"user": "customer_id"})) == [(7, "Up", 3), (8, "Up", 4)]


def test_titles_beside_the_ratings_name_the_films(tmp_path):
    path = my(
        tmp_path, "userId,user name,movieId,title,rating\n1,Ann,7,Heat (1995),3\n2,B,8,Up,4\n"
    )
    data = load(path)
    assert data.movies[["movieId", "title"]].values.tolist() == [[7, "Heat"], [8, "Up"]]
    assert data.movies.year.tolist() == [1995, pd.NA]


# Rows


def test_duplicates_keep_the_last_by_time_or_the_mean():
    frame = pd.DataFrame(
        {"user": [1, 1, 1, 2], "film": [7, 7, 7, 7], "rating": [1, 5, 3, 2], "time": [9, 20, 10, 1]}
    )
    for columns, how, kept in (
        ({}, "last", 5),
        ({"time": None}, "last", 3),
        ({}, "mean", 3),
    ):
        with pytest.warns(RatingsWarning, match=r"^2 ratings of a film .* the table, row 0 \(ind"):
            data = load(frame, columns=columns, duplicates=how)
        assert triples(data) == [(1, 7, kept), (2, 7, 2)]
        assert any("2 ratings of a film" in note for note in data.notes)
    refused(frame, "duplicates='first' is not known: 'last' keeps", duplicates="first")


@settings(deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(0, 3)] * 2, st.integers(1, 5)), min_size=1, max_size=30),
    st.booleans(),
    st.sampled_from(["last", "mean"]),
    st.integers(1, 7),
)
def test_duplicates_against_a_dictionary(rows, in_order, how, block):
    rows = sorted(rows) if in_order else rows
    by_pair = {}
    for user, film, rating in rows:
        by_pair.setdefault((user, film), []).append(rating)
    last = how == "last"
    kept = {pair: own[-1] if last else np.mean(own) for pair, own in by_pair.items()}
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore", RatingsWarning)
        patch.setattr("xrec_lessons.ratings.table.BLOCK", block)
        found = load(
            tuple(zip(*rows, strict=True)), duplicates=how, rating_scale=RatingScale(1, 5, 0)
        )
    assert {(u, i): r for u, i, r in triples(found)} == pytest.approx(kept)
    assert len(found.ratings) == len(kept)


def test_rows_without_a_rating_are_left_out_and_said(tmp_path):
    path = my(tmp_path, "user,film,rating\n1,2,\n\n1,3,NaN\n1,4,not seen\n2,2,0\n2,3,5\n2,4,4\n")
    with pytest.warns(RatingsWarning, match=r"^4 rows have no rating .* as in .*my.csv, line 2\.$"):
        data = load(path, missing=["not seen", 0])
    assert triples(data) == [(2, 3, 5), (2, 4, 4)]
    refused(path, r"my.csv, line 5, column 'rating': 'not seen' is .* missing=\['not seen'\]")
    whole = my(tmp_path, "user,film,rating\n1,2,0\n1,3,7\n2,3,5\n")
    with pytest.warns(RatingsWarning, match="^1 row has no rating and is left out"):
        assert triples(load(whole, missing=0)) == [(1, 3, 7), (2, 3, 5)]


def test_the_same_rating_everywhere_is_refused(tmp_path):
    path = my(tmp_path, "user,item,rating\n1,2,1\n1,3,1\n2,3,1\n")
    refused(path, "my.csv has the rating 1 in every row, .*rank by chance.*rating_scale=")
    assert len(load(path, rating_scale=(1, 5)).ratings) == 3
    path = my(tmp_path, "user,item\n1,2\n1,3\n2,3\n")
    refused(path, "line 1: the names .* where the ratings are; there are user, item: say so")


# Scale


@pytest.mark.parametrize(
    ("ratings", "scale"),
    [
        ([1, 4], RatingScale(1, 5)),
        ([0.5, 5], STARS),
        ([1.5, 3], STARS),
        ([0, 4], RatingScale(0, 5)),
        ([0, 3.5], RatingScale(0, 5, 0.5)),
        ([1.25, 3], RatingScale(1, 5, 0)),
        ([2, 10], RatingScale(1, 10)),
        ([0, 10], RatingScale(0, 10)),
        ([7.5, 10], RatingScale(1, 10, 0.5)),
        ([35, 80], RatingScale(1, 100)),
        ([0, 100], RatingScale(0, 100)),
        ([-3, 5], RatingScale(-10, 10)),
        ([0, 1], RatingScale(0, 1)),
        ([-1, 1], RatingScale(-1, 1, 2)),
        ([-1, 0, 1], RatingScale(-1, 1)),
        ([0.25, 0.75], RatingScale(0, 1, 0)),
        ([1, 900], RatingScale(1, 900)),
        ([-50.5, 3], RatingScale(-50.5, 3, 0.5)),
    ],
)
def test_the_scale_is_seen_and_said(ratings, scale):
    films = list(range(len(ratings)))
    data = load((films, films, ratings))
    assert data.rating_scale == data.ratings.attrs["rating_scale"] == scale
    assert f"the scale is taken as {scale.low:g} to {scale.high:g}" in data.notes[0]
    assert load((films, films, ratings), liked=scale.high).rating_scale.liked == scale.high


def test_a_rating_off_the_given_scale_is_named():
    frame = pd.DataFrame({"user": [1, 2], "film": [7, 7], "rating": [3, 8]}, index=["a", "b"])
    refused(
        frame,
        r"^the table, row 1 \(index 'b'\): the rating 8 is not on the scale from 1 to 5 in steps",
        r"rating_scale=\(1, 10\)",
        rating_scale=(1, 5),
    )
    frame["rating"] = [3, 4.5]
    assert load(frame, rating_scale=(1, 5)).rating_scale == RatingScale(1, 5, 0.5)
    refused(frame, "4.5 is not on the scale", rating_scale=RatingScale(1, 5, 1))


# Tables


def test_a_table_names_the_row_that_is_wrong():
    frame = pd.DataFrame({"user": ["a", "b"], "film": [7, 8], "rating": [3.0, 4]}, index=[10, 20])
    refused(frame.assign(user=["a", None]), r"row 1 \(index 20\): 'user' is missing.*dropna")
    refused(frame.assign(film=[7, np.nan]), r"row 1 \(index 20\): 'film' is missing")
    refused(frame.assign(rating=[3, "x"]), r"row 1 \(index 20\), column 'rating': 'x' is no number")
    refused(frame.assign(rating=[3, np.inf]), r"row 1 \(index 20\): the rating inf is no number")
    refused(frame.assign(rating=[True, False]), "column 'rating': True is no number: .*astype")
    refused(frame.assign(time=["2024-01-01", "x"]), r"row 1 \(index 20\): the time 'x' is no date")
    refused(frame[:0], "the table has no ratings")
    refused(([1, 2], [3], [4, 5]), "have 2 and 1 and 2 values")
    refused(object(), "A object is no source of ratings: give a path, a DataFrame")


def test_a_wide_table_and_a_pivot_give_the_same():
    wide = pd.DataFrame({"Name": ["Ann", "Bob"], "Up": [5, np.nan], "Heat (1995)": [2, 4.5]})
    rows = [("Ann", "Up", 5), ("Ann", "Heat (1995)", 2), ("Bob", "Heat (1995)", 4.5)]
    assert triples(load(wide)) == rows
    assert triples(load(wide.set_index("Name"))) == rows
    long = pd.DataFrame(rows, columns=["Name", "film", "rating"])
    assert triples(load(long)) == rows
    assert triples(load(long.set_index(["Name", "film"]))) == rows


def test_years_and_minutes_are_no_ratings(tmp_path):
    imdb = "Const,Your Rating,Date Rated,Title,IMDb Rating,Runtime (mins),Year\n"
    path = my(tmp_path, imdb + "tt0113277,9,2020-01-01,Heat,8.2,170,1995\n")
    refused(path, "line 1: there is no column of people; there are Const.*match..Heat .1995.")
    wide = pd.DataFrame({"Name": ["A", "B"], "Born": [1990, 2001], "Up": [5, 4], "Heat": [1, 2]})
    data = load(wide)
    assert set(data.movies.title) == {"Up", "Heat"}
    assert "Left out, as they hold no ratings: Born." in data.notes


def test_a_header_tells_how_many_columns_there_are(tmp_path):
    path = my(tmp_path, "user,film,rating\nann,Me, Myself,3\nbob,Up, too,4\ncem,Up,5\n")
    refused(path, "line 2: there are 4 columns and not 3 in 'ann,Me, Myself,3': put quotes round")


def test_transactions_of_a_missing_person_are_refused():
    frame = pd.DataFrame({"userId": [1, np.nan], "movieId": [7, 8], "rating": [5.0, 5]})
    with pytest.raises(ValueError, match=r"A userId is missing: ratings.dropna\(subset=\['userId"):
        transactions("history", frame)


# Films


MY_RATINGS = "userId,movieId,rating,timestamp\n1,1,3.5,9\n1,2,4,9\n"


@pytest.mark.parametrize(
    "line",
    [
        "1,American President, The (1995),Comedy|Drama",
        "1,Good, the Bad and the Ugly, The (1966),(no genres listed)",
        "1,Me, Myself & Irene (2000),Comedy",
    ],
)
def test_a_comma_without_quotes_is_mended_where_that_is_sure(tmp_path, line):
    my(tmp_path, MY_RATINGS, "ratings.csv")
    my(tmp_path, f"movieId,title,genres\n{line}\n2,Heat (1995),Action\n", "movies.csv")
    data = load(tmp_path)
    _, *title, genres = line.split(",")
    film = data.movies.iloc[0]
    assert f"{film.title} ({film.year})" == ",".join(title)
    assert film.genres == genres
    assert "movies.csv, line 2: a comma in a title without quotes (1 such row)" in data.notes[0]


@pytest.mark.parametrize(
    "line", ["1,American President, The,Comedy", "1,Heat (1995),Action,Crime", "1,Heat (1995)"]
)
def test_any_other_comma_is_refused(tmp_path, line):
    my(tmp_path, MY_RATINGS, "ratings.csv")
    my(tmp_path, f"movieId,title,genres\n2,Up (2009),Drama\n{line}\n", "movies.csv")
    refused(tmp_path, "movies.csv, line 3: there are . columns and not 3 in .*: put quotes round")


def test_films_that_lie_beside_by_chance_are_left_alone(tmp_path):
    path = my(tmp_path, "user_id,book_id,rating\n1,2,3\n2,5,4\n3,6,4\n")
    my(tmp_path, "movieId,title,genres\n2,Amélie (2001),Comedy\n5,Up,\n", "movies.csv")
    data = load(path)
    assert data.movies.title.tolist() == ["Film 2", "Film 5", "Film 6"]
    assert re.search("movies.csv lies beside .* movies='.*movies.csv'", " ".join(data.notes))
    assert load(path, movies=tmp_path / "movies.csv").movies.title.tolist()[:2] == ["Amélie", "Up"]
    frame = pd.DataFrame({"id": [2, 5, 6], "title": ["A", "B", "C"]})
    assert load(path, movies=frame).movies.title.tolist() == ["A", "B", "C"]


def test_tmdb_ids_without_links_are_refused(tmp_path):
    files = {name: text for name, text in MOVIES_DATASET.items() if name != "links.csv"}
    path = stored("folder", tmp_path, {name: text.encode() for name, text in files.items()})
    refused(path, "movies_metadata.csv has TMDB's ids and .* put links.csv beside it")


# Files and zips


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        (
            "a.xlsx",
            None,
            ["a.xlsx is a spreadsheet", r"save it as CSV, or load\(pandas.read_excel\("],
        ),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", ["an old Excel file", "pandas.read_excel"]),
        ("a.parquet", b"PAR1\x15\x04", ["a Parquet file", "pandas.read_parquet"]),
        ("a.json", b'[{"user": 1}]', ["is JSON", r"pandas.read_json\(.*lines=False\)"]),
        ("a.jsonl", b'{"user": 1}\n', ["is JSON", r"lines=True\)"]),
        ("a.csv", b"<!DOCTYPE html><html>", ["is a web page and no table"]),
        ("a.csv", b"\0\1\2\3", ["is no text: save the table as CSV"]),
        ("a.csv", b"", ["a.csv is empty"]),
        ("a.csv", b"\n \n", ["a.csv is empty"]),
        ("a.csv", b"user\n1\n", ["line 1: there are no columns in 'user'"]),
        ("a.csv", b'user,film,rating\n1,2,3\n2,"2,4\n', ["line 3: a quotation mark is opened"]),
        ("a.csv.gz", b"no gzip", ["cannot be read", "Not a gzipped file", "get it again from"]),
        ("a.zip", b"PK\3\4", ["cannot be read", "get it again from where it came"]),
    ],
)
def test_what_is_no_table_is_told_what_to_do(tmp_path, name, content, parts):
    path = tmp_path / name
    if content is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("xl/workbook.xml", "<workbook/>")
    else:
        path.write_bytes(content)
    message = refused(path, re.escape(str(path)), *parts)
    assert "grouplens" not in message


def test_a_damaged_release_is_to_be_downloaded_again(tmp_path):
    refused(my(tmp_path, b"PK\3\4", "ml-20m.zip"), "download its zip again from grouplens.org")


def test_one_of_several_is_chosen_or_asked_for(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        my(tmp_path / folder, MY_RATINGS, "ratings.csv")
    message = refused(tmp_path, "holds several tables of ratings, one/ratings.csv and two/rat")
    source = re.search(r"load\((.*)\)", message)[1].strip("'")
    assert len(load(source).ratings) == 2
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name in ("one/ratings.csv", "two/ratings.csv"):
            archive.writestr(name, MY_RATINGS)
    assert len(load(tmp_path / "x.zip" / "two" / "ratings.csv").ratings) == 2
    refused(tmp_path / "x.zip" / "three.csv", "x.zip has no three.csv: it has one/ratings.csv, two")


def test_both_formats_side_by_side_are_one(tmp_path):
    my(tmp_path, MY_RATINGS, "ratings.csv")
    my(tmp_path, "1::1::5::9\n", "ratings.dat")
    my(tmp_path, "movieId,title,genres\n1,Up,Drama\n2,Heat,\n", "movies.csv")
    my(tmp_path, "1::Up::Drama\n", "movies.dat")
    data = load(tmp_path)
    assert len(data.ratings) == 2
    assert "ratings.dat lies beside ratings.csv and was not read" in data.notes[0]


def test_ctrl_c_while_reading_stays_ctrl_c(tmp_path, monkeypatch):
    path = my(tmp_path, MY_RATINGS, "ratings.csv")

    class Pressed(io.BytesIO):
        times = 0

        def read(self, size=-1):
            if self.tell() and not Pressed.times:  # once: another try would read the file
                Pressed.times += 1
                raise KeyboardInterrupt
            return super().read(size)

    place = "xrec_lessons.ratings.places.DataFile"
    monkeypatch.setattr(f"{place}.sample", lambda _: path.read_bytes())
    monkeypatch.setattr(f"{place}.open", lambda _: Pressed(path.read_bytes()))
    with pytest.raises(KeyboardInterrupt):
        load(path)


def test_ctrl_c_that_pandas_takes_for_a_fault_of_the_source_stays_ctrl_c(tmp_path, monkeypatch):
    def interrupted(*_, **__):
        message = "Error tokenizing data. C error: Calling read(nbytes) on source failed."
        raise pd.errors.ParserError(message)

    monkeypatch.setattr(pd, "read_csv", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load(my(tmp_path, MY_RATINGS, "ratings.csv"))


# What people have besides: exports, and accidents


ALONE = {
    "Letterboxd": (
        "Date,Name,Year,Letterboxd URI,Rating\n2020-01-01,Heat,1995,https://boxd.it/29Dy,4.5\n"
        "2020-01-02,Up,2009,https://boxd.it/1jv2,4\n",
        r"there is no column of people; .*films.match\('Heat \(1995\)'\): 4.5}\)",
    ),
    "Goodreads": (
        "Book Id,Title,Author,ISBN,ISBN13,My Rating,Average Rating\n7,Dune,Herbert,1,2,5,4.25\n",
        r"there is no column of people; .* bundle.recommend\({bundle.films.match\('Dune'\): 4.5}\)",
    ),
    "Trakt": (
        "rated_at,type,title,year,imdb_id,tmdb_id,rating\n2020-01-01,movie,Heat,1995,tt1,949,9\n",
        r"do not say where the people are; .* columns={'user': 'type'}\); but one person's own",
    ),
    "Douban": (
        "标题,个人评分,打分日期\n霸王别姬,5,2020-01-01\n",
        r"no column of people; .*'霸王别姬'",
    ),
    "films": (
        "movieId,title,genres\n1,American President, The (1995),Comedy|Drama\n",
        "these are titles without people and ratings; .* load the table of ratings",
    ),
}


@pytest.mark.parametrize("case", ALONE)
def test_one_persons_export_is_told_from_a_table_of_ratings(case, tmp_path):
    text, said = ALONE[case]
    refused(my(tmp_path, text), said)


def test_the_line_for_one_persons_export_runs(tmp_path, bundle):
    message = refused(my(tmp_path, ALONE["Letterboxd"][0]), "bundle.recommend")
    line = re.search(r"bundle\.recommend\(.*?4\.5}\)", message)[0]
    assert len(eval(line, {"bundle": bundle})) == 3


FORMS = {
    "a title above": (
        "My ratings,,\n,,\nuser,film,rating\nann,Up,3\nbob,Up,4\n",
        "1 row above the",
    ),
    "two titles": ("A\nB\n\nuser,film,rating\nann,Up,3\nbob,Up,4\n", "2 rows above the header are"),
    "a remark": (
        "# by me\nuser;film;rating\nann;Up;3\nbob;Up;4\n",
        "1 row above the header is left",
    ),
    "above a class": ("Class 7b,,,,\nName,Up,A,B,C\nann,3,1,1,1\nbob,4,1,2,1\n", "1 row above"),
    "an id a row": ("ID;Up;A;B;C\nann;3;1;1;1\nbob;4;1;2;1\n", "a row a person"),
    "no names": (
        "ID;Startzeit;E-Mail;Name;Up;A;B;C\nann;03.01.2024 10:00;x;;3;1;1;2\n"
        "bob;03.01.2024 10:01;x;;4;1;1;2\n",
        "Left out, as they hold no ratings: Startzeit, E-Mail, Name",
    ),
    "times and addresses": (
        "Horodateur,Adresse e-mail,Votre nom,N [Up],N [A]\n3/1/2024,a@b.fr,ann,3,1\n"
        "4/1/2024,c@b.fr,bob,4,2\n",
        "Left out, as they hold no ratings: Horodateur, Adresse e-mail",
    ),
    "sums": (
        "Name,Up,A,B,C,Mean\nann,3,1,1,1,3\nbob,4,1,2,1,4\nAverage,3.5,1,1,1,\n",
        "'Average' sums up",
    ),
    "a mark within": ("user,film,rating\nann,Up,3\n\ufeffbob,\ufeffUp,4\n", ""),
    "Chinese": ("用户,电影,评分\nann,Up,3\nbob,Up,4\n", ""),
}


@pytest.mark.parametrize("case", FORMS)
def test_more_forms_that_people_have(case, tmp_path):
    text, said = FORMS[case]
    data = load(my(tmp_path, text))
    assert [row for row in triples(data) if row[1] == "Up"] == [("ann", "Up", 3), ("bob", "Up", 4)]
    assert {user for user, _, _ in triples(data)} == {"ann", "bob"}
    assert set(data.movies.title) <= {"Up", "A", "B", "C"}
    assert said in " ".join(data.notes)


def test_ids_are_kept_apart_or_refused(tmp_path):
    rows = "user,film,rating\n007,1,3\n7,1,4\n"
    assert triples(load(my(tmp_path, rows))) == [("007", 1, 3), ("7", 1, 4)]
    rows = "user,film,rating\nNan,NA,3\nNone,True,4\n"
    assert triples(load(my(tmp_path, rows))) == [("Nan", "NA", 3), ("None", "True", 4)]
    refused(my(tmp_path, "user,film,rating\n1,2,3\nnan,2,4\n"), "line 3: 'user' is 'nan', and a")
    isbn = "user,film,rating\n1,9.78014E+12,3\n1,9.78014E+12,4\n"
    refused(my(tmp_path, isbn), "line 2: the id '9.78014E.12' has lost digits in a spreadsheet")
    huge = pd.DataFrame({"user": np.array([2**64 - 1, 1], "uint64"), "film": 1, "rating": [3, 4]})
    assert triples(load(huge)) == [(str(2**64 - 1), 1, 3), ("1", 1, 4)]


def test_accidents_are_named(tmp_path):
    head = "user,film,rating\n"
    refused(my(tmp_path, f"{head}a,Up,3\n{head}b,Up,4\n"), "line 3: the header stands here again")
    refused(my(tmp_path, "user,film,rating,rating\na,Up,3,4\n"), "columns={'rating': 2}")
    refused(my(tmp_path, head + "a,Up,3\n(2 rows)\n"), "line 3: there is 1 column and not 3")
    refused(my(tmp_path, head + f'a,"{"x" * 140_000}",3\n'), "or a value has more than 131,072")
    late = head.encode() + b"a,Up,3\n" * 20_000 + b"b,U\0p,4\n"
    refused(my(tmp_path, late), "is no text")
    odd = (head + "a,Up,3\n").encode("utf-16") + b"x"
    refused(my(tmp_path, odd), "is no text")
    refused(my(tmp_path, "<?xml version='1.0'?><a/>", "a.xml"), "a.xml is XML and no table")
    refused(my(tmp_path, '[{"user": 1}]', "a.txt"), "a.txt is JSON")
    refused("https://example.org/a.csv", r"is an address and no file: .*pandas.read_csv")
    refused("", "There is no release ''")
    refused("~nobody-of-that-name/a.csv", "cannot be read")
    refused(my(tmp_path, head + "1,1,101\n"), "has the rating 101 in every row")


def test_a_wrong_encoding_is_said(tmp_path):
    data = load(my(tmp_path, "user,film,rating\n张三,Up,3\n李四,Up,4\n", encoding="gbk"))
    assert "is not in UTF-8 and is read as Windows-1252" in data.notes[0]
    assert "Windows" not in " ".join(load(my(tmp_path, "user,film,rating\né,Up,3\n")).notes)


def test_what_lies_beside_by_chance_stops_nothing(tmp_path):
    my(tmp_path, "name,address\nann,x\n", "links.csv")
    my(tmp_path, "a,b\n1,2\n", "movies.csv")
    data = load(my(tmp_path, "user,film,rating\nann,Up,3\nbob,Up,4\n"))
    assert len(data.ratings) == 2
    for name in ("links.csv", "movies.csv"):
        assert f"{name} lies beside the ratings and is not read" in " ".join(data.notes)


def test_a_header_may_be_long(tmp_path):
    names = [f"A film with a title of some length ({1900 + k % 100}) no {k}" for k in range(4000)]
    row = ",".join(["4"] * len(names))
    data = load(my(tmp_path, f"Name,{','.join(names)}\nann,{row}\nbob,{row.replace('4', '2')}\n"))
    assert len(data.ratings) == 8000


def test_tables_in_other_shapes():
    rows = [("ann", "Up", 3), ("bob", "Up", 4), ("bob", "Heat", 5)]
    frame = pd.DataFrame(rows, columns=["user", "film", "rating"])
    pivot = frame.pivot(index="user", columns="film", values="rating")
    by_person = {"ann": {"Up": 3}, "bob": {"Up": 4, "Heat": 5}}
    for source in (
        *(rows, frame.to_dict("records"), np.array(rows, dtype=object), by_person),
        *(frame.set_index(["user", "film"])["rating"], SimpleNamespace(to_pandas=lambda: frame)),
        *(pivot, pivot.rename_axis(None), frame.pivot(index="user", columns="film")),
    ):
        assert sorted(triples(load(source))) == sorted(rows)
    some = pd.DataFrame({"Wer bist du": ["x", "ann", "bob"], "Up": [1, 3, 4], "Heat": [1, 1, 5]})
    assert {user for user, _, _ in triples(load(some[1:].assign(A=2, B=3)))} == {"ann", "bob"}
    refused(frame.set_index("user", drop=False).drop(columns="rating"), "may be 'user' or 'user'")
    numbers = [(1, 2, 3), (1, 3, 4), (2, 2, 5)]
    assert triples(load(numbers)) == numbers
    assert triples(load(np.array(numbers))) == numbers


def test_tables_that_are_none_are_refused():
    frame = pd.DataFrame({"user": ["a", "b"], "film": [7, 8], "rating": [3.0, 4]})
    refused(frame.assign(user=[[1], [2]]), r"row 0 .*: 'user' is \[1\], and a person or a film is")
    refused(frame.assign(rating=[1j, 2]), "column 'rating': 1j is no number")
    refused(frame.assign(time=[1.0, np.inf]), r"row 1 .*: the time 'inf' is no date")
    refused({"user": [1, 2], "film": [1], "rating": [3]}, "make no table .*one length")
    refused((np.ones((2, 2)), [1, 2], [3, 4]), "need one dimension each")
    refused(frame, "columns='user' does not say which", columns="user")
    refused(frame, r"rating_scale=\(5, 1\) is no scale", rating_scale=(5, 1))
    refused(frame, "rating_scale=5 is no scale", rating_scale=5)
    refused(frame, "liked=99 is not on the scale from 1 to 5", liked=99)
    refused(frame, "liked='x' is no rating", liked="x")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "is a pipe")
