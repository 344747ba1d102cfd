"""The exercises of lesson 06: three explanations side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np

from xrec_lessons.bundle import load_bundle
from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.checks.solutions import (
    deletion_fall,
    random_fall,
    rank_by_influence,
    smallest_set,
    stability,
)
from xrec_lessons.fold_in import fold_in
from xrec_lessons.influence import influence_arrays
from xrec_lessons.model import ItemFactors
from xrec_lessons.movielens import load

__all__ = ["EXERCISES"]

People = Mapping[int, int]
Stars = Mapping[int, float]

# Films 1, 2 and 3 are rated; 8 and 9 can be recommended. The penalty is 1 for any number of them.
TOY = ItemFactors(
    mu=3.0,
    b=np.array([0.0, 0.0, 0.0, 0.0, 0.5]),
    q=np.array([[0.0], [1.0], [-1.0], [1.0], [0.0]]),
    ids=np.array([1, 2, 3, 8, 9]),
    lr=0.02,
    n_epochs=50,
    reg=0.0,
)


def _rank_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield ({30: 0.1, 10: -0.5, 20: 0.3},)
    for n in (6, 10):
        films, effects = rng.choice(5000, n, replace=False), rng.normal(0.02, 0.1, n)
        yield (dict(zip(films.tolist(), effects.tolist(), strict=True)),)


RANK_BY_INFLUENCE = Exercise(
    reference=rank_by_influence,
    where="lesson 06, “Take away the reasons”",
    cases=_rank_cases,
    mistakes="""
        sorted(effects, key=lambda film: -abs(effects[film]))
            You rank by size whatever the sign: a rating that lowers the prediction speaks against
            the film, so to take it away makes the prediction rise.
        sorted(effects, key=effects.get)
            This is the wrong way round: first must come the rating that raises the prediction most.
        sorted(effects.values(), reverse=True)
            These are the effects: you should return the ids of the films that they belong to.
        np.argsort(-np.array(list(effects.values()))).tolist()
            These are positions, 0, 1, 2 …: you should return the films' ids, the keys of `effects`.
        [film for film in rank_by_influence(effects) if effects[film] > 0]
            Ratings that lower the prediction are missing: they belong at the end.
        [(film, effects[film]) for film in rank_by_influence(effects)]
            The order is right, but these are pairs: you should return the ids alone.
        sorted(effects, reverse=True)
            This sorts the ids: sort by what stands behind them, their effects.
    """,
    hints=(
        "`sorted` goes through the keys of a dictionary. By what should it compare them?",
        "`sorted(effects, key=...)` compares by what `key` returns for an id, such as "
        "`effects.get`. The largest has to come first: which other argument does that?",
    ),
    right="First what speaks for the film most, last what speaks against it most.",
)


def _score(model: ItemFactors, ratings: Stars, film: int) -> float:
    return model.scores(fold_in(model, ratings))[model.rows([film])[0]]


def _without(ratings: Stars, gone: Sequence[int]) -> dict[int, float]:
    return {film: stars for film, stars in ratings.items() if film not in gone}


def _random_person(
    rng: np.random.Generator, n_films: int, n: int
) -> tuple[ItemFactors, dict[int, float]]:
    """A model of chance and somebody who rated `n` of its films."""
    model = ItemFactors(
        mu=3.4,
        b=rng.normal(0, 0.3, n_films),
        q=rng.normal(0, 0.8, (n_films, 2)),
        ids=np.sort(rng.choice(np.arange(1, 900), n_films, replace=False)),
        lr=0.02,
        n_epochs=50,
        reg=0.2,
    )
    rated, stars = rng.permutation(model.ids)[:n].tolist(), rng.integers(1, 11, n) / 2
    return model, dict(zip(rated, stars.tolist(), strict=True))


@cache
def _data() -> tuple:
    return load().ratings, load_bundle().models


def _real_person(rng: np.random.Generator, n: int) -> tuple[ItemFactors, dict[int, float]]:
    """Some ratings of a user of the bundled data, and a model of these and fifty other films."""
    ratings, models = _data()
    model = models[int(rng.integers(len(models)))]
    own = ratings[ratings["userId"] == rng.choice(ratings["userId"].unique())]
    own = own.sample(n, random_state=int(rng.integers(1000)))
    others = rng.choice(np.setdiff1d(model.ids, own["movieId"]), 50, replace=False)
    rows = model.rows(np.sort([*others, *own["movieId"]]))
    few = replace(model, b=model.b[rows], q=model.q[rows], ids=model.ids[rows])
    return few, dict(zip(own["movieId"].tolist(), own["rating"].tolist(), strict=True))


def _people(rng: np.random.Generator) -> Iterator[tuple[ItemFactors, dict[int, float], int]]:
    """The toy, a random model and a real one, each with a person and a film they did not rate."""
    yield TOY, {1: 5.0, 2: 5.0, 3: 2.0}, 8
    for model, own in (_random_person(rng, 9, 5), _real_person(rng, 7)):
        yield model, own, int(rng.choice(np.setdiff1d(model.ids, list(own))))


def _deletion_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for k, (model, own, target) in zip((1, 2, 3), _people(rng), strict=True):
        ranked = [2, 1, 3] if model is TOY else rng.permutation(list(own)).tolist()
        yield model, own, ranked, target, k


def _fall(model: ItemFactors, ratings: Stars, gone: Sequence[int], target: int) -> float:
    return deletion_fall(model, ratings, gone, target, len(gone))


def _sum_of_influences(model, ratings, ranked, target, k) -> float:
    values, rated = influence_arrays([model], ratings, np.array([target]))
    return values[0, np.isin(rated, ranked[:k]), 0].sum()


DELETION_FALL = Exercise(
    reference=deletion_fall,
    where="lesson 06, “Take away the reasons”",
    cases=_deletion_cases,
    mistakes="""
        -deletion_fall(model, ratings, ranked, target, k)
            The sign is wrong: a fall is the score with all ratings minus the score without some.
        _fall(model, ratings, ranked[-k:], target)
            You take the last `k` away: you should take the first `k` of `ranked`.
        _fall(model, ratings, ranked[k:], target)
            You keep the first `k` and take the others away. That is the insertion test: here the
            first `k` go and the others stay.
        _fall(model, ratings, ranked[: k + 1], target )
            You take one rating too many away: `k` of them, not `k` + 1.
        _fall(model, ratings, [ranked[k - 1]], target )
            You take a single rating away, the `k`-th: you should take the first `k` together.
        _fall(model, ratings, [ranked[k]], target)
            `ranked[k]` is a single rating, and the one after the `k`-th: you should take the first
            `k` together.
        _fall(model, ratings, ranked[: k - 1], target )
            You take one rating too few away: `k` of them, not `k` − 1.
        sum(_fall(model, ratings, [film], target) for film in ranked[:k] )
            You add up the falls without single ratings: falls do not add up, because one rating
            can stand in for another. Take all `k` away together.
        _fall(model, ratings, list(ratings)[:k], target )
            You take the first `k` of `ratings` away: the order to follow is that of `ranked`.
        _sum_of_influences
            You add up single influences: they do not add up, because one rating can stand in for
            another. Fold the person in again without all `k` of them.
        _score(model, _without(ratings, ranked[:k]), target )
            This is the score that is left: you should return how far it fell below the score with
            all ratings.
    """,
    hints=(
        "You need two scores of the same film: one with all ratings and one with fewer. First "
        "make a *new* dictionary that lacks the first `k` films of `ranked`.",
        "`{film: stars for film, stars in ratings.items() if film not in ranked[:k]}` is such a "
        "dictionary. `predicted(model, ..., target)` gives the score for either of the two.",
    ),
    right="That is what these ratings held up, all of them together.",
    changed="Make a new dictionary instead of taking entries out of `ratings`: the next test "
    "needs them all.",
)


def _falls(model: ItemFactors, ratings: Stars, target: int, k: int) -> list[float]:
    return [_fall(model, ratings, gone, target) for gone in combinations(ratings, k)]


def _random_fall_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for k, (model, own, target) in zip((2, 2, 3), _people(rng), strict=True):
        yield model, own, target, k


RANDOM_FALL = Exercise(
    reference=random_fall,
    where="lesson 06, “A yardstick”",
    cases=_random_fall_cases,
    mistakes="""
        float(np.sum(_falls(model, ratings, target, k)))
            This is the sum over all ways: take the mean.
        sum(_falls(model, ratings, target, k)) / len(ratings)
            You divide by the number of ratings: divide by the number of ways to choose `k`.
        _falls(model, ratings, target, k)[0]
        _falls(model, ratings, target, k)[-1]
            This is the fall of the first choice alone: is `return` inside the loop?
        -random_fall(model, ratings, target, k)
            The sign is wrong: a fall is the score with all ratings minus the score without some.
        random_fall(model, ratings, target, len(ratings) - k)
            You keep `k` ratings and take the others away: take `k` away.
        k * random_fall(model, ratings, target, 1)
            You multiply the mean fall without one rating by `k`: falls do not add up. Take `k`
            ratings away together.
        np.mean([_fall(model, ratings, list(ratings)[start : start + k], target) for start in \
            range(len(ratings) - k + 1) ] )
            You only take neighbours away: every choice of `k` ratings counts
            (`combinations(ratings, k)`).
        float(np.median(_falls(model, ratings, target, k)))
            This is the median: take the mean.
        np.concatenate([_falls(model, ratings, target, size) for size in range(1, k + 1)] ).mean()
            You also take fewer than `k` ratings away: exactly `k`, each time.
    """,
    hints=(
        "In how many ways can you choose 2 of 3 ratings? Write them down, each with its fall.",
        "`combinations(ratings, k)` goes through all choices of `k` films. For each, "
        "`deletion_fall` with the choice as `ranked` gives the fall; then take the mean.",
    ),
    right="An explanation has to beat this, or it names nothing in particular.",
    changed="Make a new dictionary instead of taking entries out of `ratings`.",
)


def _search(
    model: ItemFactors, ratings: Stars, sizes: Sequence[int], again: bool = False
) -> tuple[int, ...]:
    """Look through sets of these sizes; `again` lets what was taken away be recommended."""
    first = model.top_n(fold_in(model, ratings), 1, ratings)[0]
    for size in sizes:
        for gone in combinations(ratings, size):
            left = _without(ratings, gone)
            if model.top_n(fold_in(model, left), 1, left if again else ratings)[0] != first:
                return gone
    return ()


def _smallest_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield TOY, {1: 5.0, 2: 5.0, 3: 2.0}
    yield TOY, {1: 5.0, 3: 4.5}
    for n in (4, 5, 5, 6):
        yield _random_person(rng, n + 5, n)
    yield _real_person(rng, 6)


def _prefix(model: ItemFactors, ratings: Stars) -> tuple[int, ...]:
    first, films = model.top_n(fold_in(model, ratings), 1, ratings)[0], tuple(ratings)
    for size in range(1, len(films)):
        left = _without(ratings, films[:size])
        if model.top_n(fold_in(model, left), 1, ratings)[0] != first:
            return films[:size]
    return ()


def _by_score(model: ItemFactors, ratings: Stars) -> tuple[int, ...]:
    first = model.top_n(fold_in(model, ratings), 1, ratings)
    values, rated = influence_arrays([model], ratings, first)
    ranked = rated[np.argsort(-values[0, :, 0])].tolist()
    gone = _prefix(model, {film: ratings[film] for film in ranked})
    return tuple(film for film in ratings if film in gone)


def _sets(
    model: ItemFactors, ratings: Stars, *, changed: bool = True, keep: bool = False
) -> Iterator[tuple[int, ...]]:
    """All sets, small ones first, without (or with only) which the first film changed (or not)."""
    first = model.top_n(fold_in(model, ratings), 1, ratings)[0]
    for size in range(1, len(ratings)):
        for some in combinations(ratings, size):
            left = {film: stars for film, stars in ratings.items() if (film in some) == keep}
            if (model.top_n(fold_in(model, left), 1, ratings)[0] != first) == changed:
                yield some


def _first_set(model: ItemFactors, ratings: Stars, **way: bool) -> tuple[int, ...]:
    return next(_sets(model, ratings, **way), ())


def _last(model: ItemFactors, ratings: Stars) -> tuple[int, ...]:
    """What is left if every set that is found overwrites the one before."""
    return ((), *_sets(model, ratings))[-1]


def _may_be_rated(model: ItemFactors, ratings: Stars) -> tuple[int, ...]:
    first = model.top_n(fold_in(model, ratings), 1)[0]
    for size in range(1, len(ratings)):
        for gone in combinations(ratings, size):
            if model.top_n(fold_in(model, _without(ratings, gone)), 1)[0] != first:
                return gone
    return ()


SMALLEST_SET = Exercise(
    reference=smallest_set,
    where="lesson 06, “Why this film, and not the next?”",
    cases=_smallest_cases,
    mistakes="""
        _search(model, ratings, range(1, len(ratings)), again=True)
            A film whose rating you took away is recommended in your answer: leave out all films of
            `ratings`, those taken away too.
        _may_be_rated
            You let rated films be recommended: leave out all films of `ratings`.
        len(smallest_set(model, ratings))
            This is how many: you should return the ids of the films.
        tuple(_without(ratings, smallest_set(model, ratings)))
            These are the films that stay: you should return those whose ratings are taken away.
        _prefix
            You only try the first one, the first two, the first three of `ratings`: try every set
            of one, then every set of two (`combinations`).
        _search(model, ratings, [1])
            You only try single ratings: where no single one is enough, go on with two, then three.
        _search(model, ratings, range(len(ratings) - 1, 0, -1))
        _last
            This is a set of the largest size, not of the smallest: begin with sets of one, and
            stop at the first that is found (`break` leaves the inner loop only).
        smallest_set(model, ratings) or None
            Where no set changes the first film, your function returns nothing: after the loops it
            should return the empty tuple `()`.
        _first_set(model, ratings, changed=False)
            You stop at a set without which the first film is *the same*: is there `==` where `!=`
            should be?
        _first_set(model, ratings, keep=True)
            You keep the ratings of the set and take the others away: it is the other way round.
        _by_score
            You follow the influence on the first film's score: a rating may raise all films alike
            and decide nothing. Try every set, the small ones first.
    """,
    hints=(
        "Which film is first with all ratings? Keep it, to compare with. Then try every set of "
        "one rating, then every set of two, and stop at the first that changes it.",
        "One loop over the sizes `range(1, len(ratings))`, inside it one over "
        "`combinations(ratings, size)`. The first film is "
        "`model.top_n(fold_in(model, left), 1, ratings)[0]`.",
    ),
    right="No smaller set does it: you have tried them all.",
    changed="Make a new dictionary for each set instead of taking entries out of `ratings`.",
)


def _stability_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield {1: 70, 2: 80, 5: 90}, {2: 70, 1: 70, 5: 90, 6: 80}
    for n in (8, 30):
        named = []
        for _ in range(2):
            people = rng.permutation(n + 4)[:n].tolist()
            named.append(dict(zip(people, rng.integers(1, 4, n).tolist(), strict=True)))
        yield tuple(named)


def _agree(named_a: People, named_b: People) -> int:
    return sum(named_a[person] == named_b[person] for person in named_a.keys() & named_b.keys())


STABILITY = Exercise(
    reference=stability,
    where="lesson 06, “Does it hold still?”",
    cases=_stability_cases,
    mistakes="""
        _agree(named_a, named_b) / len(named_a)
            You divide by all people of the first dictionary: some of them have no explanation in
            the second, so there is nothing to compare. Divide by those who are in both.
        _agree(named_a, named_b) / len(named_b)
            You divide by all people of the second dictionary: divide by those who are in both.
        _agree(named_a, named_b) / len(named_a.keys() | named_b.keys())
            You divide by the people who are in either: divide by those who are in both.
        len(named_a.keys() & named_b.keys()) / len(named_a)
            This is the share of the people who are in both: of these, for how many is the same
            film named?
        _agree
            This is how many: a share is between 0 and 1.
        len(set(named_a.values()) & set(named_b.values())) / len(set(named_a.values()))
        len(set(named_a.values()) & set(named_b.values())) / len(named_a.keys() & named_b.keys())
        len(set(named_a.values()) & set(named_b.values())) / len({*named_a.values(), \
            *named_b.values()})
            You compare which films are named at all, by anybody: compare person by person.
        np.mean([x == y for x, y in zip(named_a.values(), named_b.values(), strict=False)])
            You go through both dictionaries side by side, but their people do not stand in the
            same order: look each person up.
        1 - stability(named_a, named_b)
            This is the share for whom the named film changed: return the share for whom it stayed.
    """,
    hints=(
        "Which people are in both dictionaries? Only for them can you tell whether the film "
        "stayed the same.",
        "`named_a.keys() & named_b.keys()` are the people in both. For each of them compare "
        "`named_a[person]` with `named_b[person]`. (Two Series can be compared with `==` only if "
        "they hold the same people in the same order.)",
    ),
    right="1 says that the same film is named for everybody who has an explanation in both.",
)

EXERCISES = (RANK_BY_INFLUENCE, DELETION_FALL, RANDOM_FALL, SMALLEST_SET, STABILITY)
