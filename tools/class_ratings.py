"""Write data/class.csv: what a class of 25 might type, with simulated people.

``python tools/class_ratings.py`` writes it, the same bytes each time; ``--measure`` prints how well
ratings of a class are predicted, the figures of notebooks/instructor/own_ratings.md.
"""

import csv
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from xrec_lessons import movielens
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.running.interrupts import answered
from xrec_lessons.running.writing import written
from xrec_lessons.svd import biases_only, train_svd

TARGET = Path(__file__).resolve().parents[1] / "data" / "class.csv"
PEOPLE = (
    "badger", "bat", "beaver", "bear", "crane", "crow", "deer", "eagle", "falcon", "fox", "hare",
    "heron", "horse", "ibex", "jay", "lynx", "magpie", "otter", "owl", "raven", "seal", "stork",
    "swan", "wolf", "wren",
)  # fmt: skip
FILMS = (
    "Get Out (2017)", "Coco (2017)", "Spider-Man: Into the Spider-Verse (2018)", "Parasite (2019)",
    "Knives Out (2019)", "Joker (2019)", "Soul (2020)", "Dune (2021)", "Top Gun: Maverick (2022)",
    "Everything Everywhere All at Once (2022)", "Barbie (2023)", "Oppenheimer (2023)",
)  # fmt: skip
SCALE = RatingScale(1, 10)
SEEDS = range(100, 120)


def simulated(seed):
    """What simulated people gave to the films, from 1 to 10; NaN for those not seen.

    Who likes much and what is liked much add up, two tastes go with the films more or less, and
    the rest is mood.
    """
    rng = np.random.default_rng(seed)
    person, film = rng.normal(0, 1, len(PEOPLE)), rng.normal(0, 0.8, len(FILMS))
    taste = rng.normal(size=(len(PEOPLE), 2)) @ rng.normal(size=(2, len(FILMS)))
    mood = rng.normal(0, 1, taste.shape)
    ratings = np.clip(np.rint(7 + person[:, None] + film + 0.7 * taste + mood), 1, 10)
    return np.where(rng.random(taste.shape) < 0.75, ratings, np.nan)


def drawn(seed, people=25, films=12):
    """People of the bundled set, drawn from those who rated most of its most rated films."""
    ratings = movielens.load().ratings
    known = ratings["movieId"].value_counts().index[:films]
    table = ratings[ratings["movieId"].isin(known)].pivot(
        index="userId", columns="movieId", values="rating"
    )
    able = table[table.notna().mean(axis=1) >= 0.6]
    return able.sample(people, random_state=seed).to_numpy()


def errors(table, seed, scale):
    """RMSE on a fifth of the ratings, held out: by the mean, biases alone, the SVD."""
    long = pd.DataFrame(
        [(u, i, r) for (u, i), r in np.ndenumerate(table) if np.isfinite(r)],
        columns=["userId", "movieId", "rating"],
    )
    long.attrs["rating_scale"] = scale
    train, test = movielens.split(long, seed=seed, test=0.2)
    truth = test["rating"].to_numpy()
    found = {"mean": train["rating"].mean() - truth}
    for name, model in {"biases": biases_only(train), "svd": train_svd(train, seed=seed)}.items():
        pairs = zip(test["userId"], test["movieId"], strict=True)
        found[name] = np.array([model.predict(u, i).est for u, i in pairs]) - truth
    return {name: float(np.sqrt(np.mean(error**2))) for name, error in found.items()}


def measure():
    """Print the errors of several seeds: of simulated classes and of classes drawn."""
    stars = RatingScale(0.5, 5, 0.5)
    for title, make, scale in (
        ("simulated, 25 people x 12 films, points of 1 to 10", simulated, SCALE),
        ("drawn from the bundled set, 25 x 12, stars", drawn, stars),
        ("drawn, 100 people x 40 films, stars", lambda seed: drawn(seed, 100, 40), stars),
    ):
        rows = pd.DataFrame([errors(make(seed), seed, scale) for seed in SEEDS])
        gain = rows["mean"] - rows["svd"]
        more = rows["biases"] - rows["svd"]
        said = ", ".join(f"{k} {v.mean():.2f} ± {v.std():.2f}" for k, v in rows.items())
        print(f"{title}: RMSE {said}; SVD below the mean by {gain.mean():.2f} ± {gain.std():.2f}, "
              f"in {(gain > 0).sum()} of {len(rows)}; below the biases by {more.mean():.3f} ± "
              f"{more.std():.3f}, in {(more > 0).sum()}")  # fmt: skip


def main():
    """Write the file, or measure."""
    if sys.argv[1:] == ["--measure"]:
        measure()
        return 0
    with written(TARGET, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["who", *FILMS])
        for name, row in zip(PEOPLE, simulated(0), strict=True):
            writer.writerow([name, *("" if np.isnan(r) else int(r) for r in row)])
    return 0


if __name__ == "__main__":
    sys.exit(answered(main)())
