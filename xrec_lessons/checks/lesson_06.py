"""The exercises of lesson 06: three explanations side by side."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from xrec_lessons.checks import solutions
from xrec_lessons.checks.bundled import bundle, ratings
from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.influence import influence
from xrec_lessons.model import ItemFactors

__all__ = ["EXERCISES"]

Person = tuple[ItemFactors, dict[int, float]]  # a model, and somebody's ratings of its films

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
    reference=solutions.rank_by_influence,
    where="lesson 06, “Take away the reasons”",
    cases=_rank_cases,
    mistakes="""
        effects.get → lambda film: abs(effects[film])
            You rank by size whatever the sign: a rating that lowers the prediction speaks against
            the film, so to take it away makes the prediction rise.
        , reverse=True →
            This is the wrong way round: first must come the rating that raises the prediction most.
        sorted(effects, key=effects.get → sorted(effects.values()
            These are the effects: you should return the ids of the films that they belong to.
        np.argsort(list(effects.values()))[::-1]
            These are positions, 0, 1, 2 …: you should return the films' ids, the keys of `effects`.
        [film for film in rank_by_influence(effects) if effects[film] > 0]
            Ratings that lower the prediction are missing: they belong at the end.
        [(film, effects[film]) for film in rank_by_influence(effects)]
            The order is right, but these are pairs: you should return the ids alone.
        key=effects.get, →
            This sorts the ids: sort by what stands behind them, their effects.
    """,
    hints=(
        "`sorted` goes through the keys of a dictionary. By what should it compare them?",
        "`sorted(effects, key=...)` compares by what `key` returns for an id, such as "
        "`effects.get`. The largest has to come first: which other argument does that?",
    ),
    right="First what speaks for the film most, last what speaks against it most.",
)


def _random_person(rng: np.random.Generator, n_films: int, n: int) -> Person:
    b, q = rng.normal(0, 0.3, n_films), rng.normal(0, 0.8, (n_films, 2))
    ids = np.sort(rng.choice(np.arange(1, 900), n_films, replace=False))
    rated, stars = rng.permutation(ids)[:n].tolist(), rng.integers(1, 11, n) / 2
    model = ItemFactors(3.4, b, q, ids, lr=0.02, n_epochs=50, reg=0.2)
    return model, dict(zip(rated, stars.tolist(), strict=True))


def _real_person(rng: np.random.Generator, n: int) -> Person:
    """Some ratings of a user of the bundled data, and a model of these and fifty other films."""
    model = bundle().models[int(rng.integers(len(bundle().models)))]
    own = ratings()[ratings()["userId"] == rng.choice(ratings()["userId"].unique())]
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


DELETION_FALL = Exercise(
    reference=solutions.deletion_fall,
    where="lesson 06, “Take away the reasons”",
    cases=_deletion_cases,
    mistakes="""
        -deletion_fall(model, ratings, ranked, target, k)
            The sign is wrong: a fall is the score with all ratings minus the score without some.
        ranked[:k] → ranked[-k:]
            You take the last `k` away: you should take the first `k` of `ranked`.
        not in → in
            You keep the first `k` and take the others away. That is the insertion test: here the
            first `k` go and the others stay.
        ranked[:k] → ranked[: k + 1]
            You take one rating too many away: `k` of them, not `k` + 1.
        ranked[:k] → [ranked[k - 1]]
            You take a single rating away, the `k`-th: you should take the first `k` together.
        ranked[:k] → [ranked[k]]
            `ranked[k]` is a single rating, and the one after the `k`-th: you should take the first
            `k` together.
        ranked[:k] → ranked[: k - 1]
            You take one rating too few away: `k` of them, not `k` − 1.
        sum(deletion_fall(model, ratings, [film], target, 1) for film in ranked[:k])
            You add up the falls without single ratings: falls do not add up, because one rating can
            stand in for another. Take all `k` away together.
        ranked[:k] → list(ratings)[:k]
            You take the first `k` of `ratings` away: the order to follow is that of `ranked`.
        influence(model, ratings, [target]).loc[ranked[:k], target].sum()
            You add up single influences: they do not add up, because one rating can stand in for
            another. Fold the person in again without all `k` of them.
        predicted(model, ratings, target) - →
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


def _random_fall_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for k, (model, own, target) in zip((2, 2, 3), _people(rng), strict=True):
        yield model, own, target, k


RANDOM_FALL = Exercise(
    reference=solutions.random_fall,
    where="lesson 06, “A yardstick”",
    cases=_random_fall_cases,
    mistakes="""
        np.mean → sum
            This is the sum over all ways: take the mean.
        np.mean → sum, then in choices]) → in choices]) / len(ratings)
            You divide by the number of ratings: divide by the number of ways to choose `k`.
        combinations(ratings, k) → [*combinations(ratings, k)][:1]
        combinations(ratings, k) → [*combinations(ratings, k)][-1:]
            This is the fall of the first choice alone: is `return` inside the loop?
        -random_fall(model, ratings, target, k)
            The sign is wrong: a fall is the score with all ratings minus the score without some.
        random_fall(model, ratings, target, len(ratings) - k)
            You keep `k` ratings and take the others away: take `k` away.
        k * random_fall(model, ratings, target, 1)
            You multiply the mean fall without one rating by `k`: falls do not add up. Take `k`
            ratings away together.
        combinations(ratings, k) → [list(ratings)[i : i + k] for i in range(len(ratings) - k + 1)]
            You only take neighbours away: every choice of `k` ratings counts
            (`combinations(ratings, k)`).
        np.mean → np.median
            This is the median: take the mean.
        for c in choices → for size in range(1, k + 1) for c in combinations(ratings, size)
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


def _smallest_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield TOY, {1: 5.0, 2: 5.0, 3: 2.0}
    yield TOY, {1: 5.0, 3: 4.5}
    for n in (4, 5, 5, 6):
        yield _random_person(rng, n + 5, n)
    yield _real_person(rng, 6)


def _most_influential(
    model: ItemFactors, ratings: dict[int, float], film: int, n: int
) -> tuple[int, ...]:
    """The n ratings that raise a film's score most, in the order of `ratings`."""
    most = influence(model, ratings, [film])[film].nlargest(n).index
    return tuple(rated for rated in ratings if rated in most)


SMALLEST_SET = Exercise(
    reference=solutions.smallest_set,
    where="lesson 06, “Why this film, and not the next?”",
    cases=_smallest_cases,
    mistakes="""
        left), 1, ratings → left), 1, left
            A film whose rating you took away is recommended in your answer: leave out all films of
            `ratings`, those taken away too.
        ratings), 1, ratings → ratings), 1, then left), 1, ratings → left), 1
            You let rated films be recommended: leave out all films of `ratings`.
        len(smallest_set(model, ratings))
            This is how many: you should return the ids of the films.
        return gone → return tuple(left), then return () → return tuple(ratings)
            These are the films that stay: you should return those whose ratings are taken away.
        combinations(ratings, size) → [tuple(ratings)[:size]]
            You only try the first one, the first two, the first three of `ratings`: try every set
            of one, then every set of two (`combinations`).
        range(1, len(ratings)) → [1]
            You only try single ratings: where no single one is enough, go on with two, then three.
        range(1, len(ratings)) → range(len(ratings) - 1, 0, -1)
        first = → found = (); first =, \
            then return gone → found = gone, then return () → return found
            This is a set of the largest size, not of the smallest: begin with sets of one, and stop
            at the first that is found (`break` leaves the inner loop only).
        return () →
            Where no set changes the first film, your function returns nothing: after the loops it
            should return the empty tuple `()`.
        != → ==
            You stop at a set without which the first film is *the same*: is there `==` where `!=`
            should be?
        not in → in
            You keep the ratings of the set and take the others away: it is the other way round.
        combinations(ratings, size) → [_most_influential(model, ratings, first, size)]
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


STABILITY = Exercise(
    reference=solutions.stability,
    where="lesson 06, “Does it hold still?”",
    cases=_stability_cases,
    mistakes="""
        len(both) → len(named_a)
            You divide by all people of the first dictionary: some of them have no explanation in
            the second, so there is nothing to compare. Divide by those who are in both.
        len(both) → len(named_b)
            You divide by all people of the second dictionary: divide by those who are in both.
        len(both) → len(named_a | named_b)
            You divide by the people who are in either: divide by those who are in both.
        len(named_a.keys() & named_b.keys()) / len(named_a)
            This is the share of the people who are in both: of these, for how many is the same film
            named?
        / len(both) →
            This is how many: a share is between 0 and 1.
        len({*named_a.values()} & {*named_b.values()}) / len({*named_a.values()})
        len({*named_a.values()} & {*named_b.values()}) / len(named_a.keys() & named_b.keys())
        len({*named_a.values()} & {*named_b.values()}) / len({*named_a.values(), *named_b.values()})
            You compare which films are named at all, by anybody: compare person by person.
        np.mean([x == y for x, y in zip(named_a.values(), named_b.values())])
            You go through both dictionaries side by side, but their people do not stand in the same
            order: look each person up.
        == → !=
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
