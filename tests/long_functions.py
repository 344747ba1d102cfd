"""Runs long functions, one after the other, while test_interrupts.py presses Ctrl-C.

It is a process of its own: a line of its input names the function, and it says when it begins, and
how it ended.
"""

import json
import os
import signal
import sys
import time
import zipfile
from pathlib import Path

import numpy as np

from xrec_lessons import cli, movielens
from xrec_lessons.experiments import measure
from xrec_lessons.explorer import page
from xrec_lessons.mining import mine
from xrec_lessons.model import ItemFactors
from xrec_lessons.scale import pair_rules, population, synthetic
from xrec_lessons.study.export import export
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.simulate import simulate
from xrec_lessons.svd import train_svd

N = 1_000_000


def functions():
    """Name to function, on data that are made once."""
    data = synthetic.synthetic(N, seed=0)
    small = synthetic.synthetic(100_000, seed=0)
    with zipfile.ZipFile("ml-1m.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("ml-1m/ratings.csv", data.ratings.to_csv(index=False))
    small.ratings.to_csv("small.csv", index=False)
    trained = train_svd(data.ratings, seed=0, n_epochs=1, n_factors=20)
    model = ItemFactors.from_surprise(trained)
    people = population.Population.from_surprise(trained, model)
    top = population.top_n(model, people, 10)
    baskets = population.baskets("liked+top", people, model)
    rules = pair_rules.mine_pairs(baskets, model.ids, min_support=0.02)
    likes = population.liked(people)
    few = np.argsort(-np.bincount(likes.indices))[:100].tolist()
    sets = [
        set(likes.indices[a:b]) & set(few) for a, b in np.c_[likes.indptr[:-1], likes.indptr[1:]]
    ]
    sets = [each for each in sets if len(each) > 1][:3000]
    study = simulate(load_protocol(), n=20, seed=1)
    Path("my.npz").write_bytes(b"before")
    Path("page.html").write_bytes(b"before")
    bundle = ["bundle", "small.csv", "--out", "my.npz", "--seeds", "2"]
    return {
        "reading a zip": lambda: movielens.load("ml-1m.zip"),
        "reading a file": lambda: movielens.load("small.csv"),
        "synthetic": lambda: synthetic.synthetic(N, seed=1),
        "split": lambda: movielens.split(data.ratings, seed=1),
        "training": lambda: train_svd(data.ratings, seed=1, n_epochs=2, n_factors=50),
        "training exactly": lambda: train_svd(small.ratings, seed=1, n_epochs=5, exact=True),
        "population": lambda: population.Population.from_surprise(trained, model),
        "top-N": lambda: population.top_n(model, people, 10),
        "pairs": lambda: pair_rules.mine_pairs(baskets, model.ids, min_support=0.005),
        "longer rules": lambda: mine(sets, max_len=3, min_support=0.02),
        "best rules": lambda: pair_rules.best_rules(rules, likes, top, model.ids),
        "bundle": lambda: cli.main(bundle),
        "page": lambda: page.write(None, "page.html"),
        "simulate": lambda: simulate(load_protocol(), n=40, seed=2),
        "export": lambda: export([study], "data"),
        "experiment": lambda: measure("accuracy", [100, 101], n_jobs=1),
        "experiment in two processes": lambda: measure("accuracy", [100, 101, 102], n_jobs=2),
    }


def say(**what):
    """Tell the test, in a line that no other output begins as."""
    told.write(json.dumps(what) + "\n")
    told.flush()


def run(function):
    """How it ended, when, and after how much work of this process."""
    came = []
    armed = False

    def handler(number, frame):
        came.append(armed)
        if armed:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, handler)
    say(began=time.monotonic())
    how = "done"
    try:
        armed = True
        status = function()
        if isinstance(status, int) and status == 130:  # a command has said so
            how = "stopped"
        armed = False
    except KeyboardInterrupt:
        how = "stopped"
    except BaseException as error:
        how = f"{type(error).__name__}: {error}"
    at, work = time.monotonic(), time.process_time()
    armed = False
    if any(came) and how != "stopped":
        how = f"swallowed, {how}"
    elif not any(came) and how == "done":
        how = "late"
    say(how=how, at=at, work=work)


if __name__ == "__main__":
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else is printed
    known = functions()
    say(ready=list(known))
    for line in sys.stdin:
        run(known[line.strip()])
