"""The exercises of lesson 06: three explanations side by side."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations, combinations_with_replacement, product

import numpy as np

from xrec_lessons.checks import solutions
from xrec_lessons.checks.bundled import bundle, ratings
from xrec_lessons.checks.describe import describe
from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.fold_in import fold_in
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
ANN = {1: 5.0, 2: 5.0, 3: 2.0}
# The films to recommend are predicted beyond the scale, above it or below.
HIGH, LOW = (replace(TOY, b=TOY.b + np.array([0, 0, 0, b, b])) for b in (1.5, -4.5))
TWINS = replace(TOY, q=np.array([[1.0], [1.0], [-1.0], [1.0], [0.0]]))  # 1 and 2 are alike


def _rank_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield ({30: 0.1, 10: -0.5, 20: 0.3},)
    yield ({50: -0.25, 40: 0.0, 60: 0.125, 70: -2.0},)
    yield ({7: -0.1},)
    for n in (6, 10):
        films, effects = rng.choice(5000, n, replace=False), rng.normal(0.02, 0.1, n)
        yield (dict(zip(films.tolist(), effects.tolist(), strict=True)),)


def _loses_equals(answer: Callable) -> str:
    effects = {30: 0.25, 10: -0.5, 20: 0.25, 40: -0.5}
    if sorted((got := np.asarray(answer(dict(effects)))).tolist()) == sorted(effects):
        return ""
    return (
        "But two films can have the same effect, and each of them has to be in the list once: "
        f"`rank_by_influence({describe(effects)})` gave {describe(got)}. Is a film looked up by "
        "its effect?"
    )


RANK_BY_INFLUENCE = Exercise(
    reference=solutions.rank_by_influence,
    where="lesson 06, deeper, “In which order?”",
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
        {film: effects[film] for film in rank_by_influence(effects)}
            This is a dictionary: you should return a list of its keys.
        [film for film in rank_by_influence(effects) if effects[film]]
            Ratings that do nothing are missing: they too have a place in the order.
    """,
    hints=(
        "`sorted` goes through the keys of a dictionary. By what should it compare them?",
        "`sorted(effects, key=...)` compares by what `key` returns for an id, such as "
        "`effects.get`. The largest has to come first: which other argument does that?",
    ),
    right="First what speaks for the film most, last what speaks against it most.",
    way=_loses_equals,
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
    yield TOY, ANN, 8
    for model, own in (_random_person(rng, 9, 5), _real_person(rng, 7)):
        yield model, own, int(rng.choice(np.setdiff1d(model.ids, list(own))))


def _deletion_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield TOY, ANN, [3, 1, 2], 8, 1
    for k, (model, own, target) in zip((1, 2, 3), _people(rng), strict=True):
        ranked = [2, 1, 3] if model is TOY else rng.permutation(list(own)).tolist()
        yield model, own, ranked[: k + 2], target, k
    yield HIGH, ANN, [1, 3, 2], 8, 1
    yield LOW, ANN, [2, 3, 1], 9, 1
    yield TOY, {8: 4.0, 2: 1.5, 9: 5.0, 3: 2.0}, [9, 3, 2, 8], 1, 2  # the target's id is 1
    model, own, target = [*_people(rng)][1]
    yield model, own, list(own)[::-1], target, 4


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
        max(0, deletion_fall(model, ratings, ranked, target, k))
        abs(deletion_fall(model, ratings, ranked, target, k))
            You let nothing be below 0: without some ratings the score can rise, and then the fall
            has a minus.
        np.clip(predicted(model, ratings, target), 0.5, 5) - np.clip(predicted(model, ratings, \
            target) - deletion_fall(model, ratings, ranked, target, k), 0.5, 5)
        min(predicted(model, ratings, target), 5) - min(predicted(model, ratings, target) \
            - deletion_fall(model, ratings, ranked, target, k), 5)
            You cut the scores off at the ends of the scale, and that hides a fall: clip what you
            show, not what you subtract.
        stars for film, stars in ratings.items() if film not in ranked[:k] → \
            0.5 if film in ranked[:k] else stars for film, stars in ratings.items()
        stars for film, stars in ratings.items() if film not in ranked[:k] → \
            1 if film in ranked[:k] else stars for film, stars in ratings.items()
        stars for film, stars in ratings.items() if film not in ranked[:k] → \
            model.mu if film in ranked[:k] else stars for film, stars in ratings.items()
            You give these films other stars, and that is an opinion too: leave them out of the
            dictionary.
        ranked[:k] → ranked[:1]
            You take only the first one away, whatever `k` is: does `return` stand inside the loop?
    """,
    hints=(
        "You need two scores of the same film: one with all ratings and one with those that are "
        "left. Which of the two is usually higher?",
        "`predicted(model, ratings, target)` is the first, `predicted(model, left, target)` the "
        "second.",
    ),
    right="That is what these ratings held up, all of them together.",
    changed="Make a new dictionary instead of taking entries out of `ratings`: the next test "
    "needs them all.",
)


def _random_fall_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield TOY, ANN, 8, 1
    for k, (model, own, target) in zip((2, 2, 3), _people(rng), strict=True):
        yield model, own, target, k
    yield TWINS, {1: 4.0, 2: 4.0, 3: 2.0}, 8, 1  # two falls are the same
    for model in (HIGH, LOW):
        yield model, ANN, 8, 2
    yield TOY, {8: 4.0, 2: 1.5, 9: 5.0, 3: 2.0}, 1, 2
    model, own, target = [*_people(rng)][1]
    yield model, own, target, 4


RANDOM_FALL = Exercise(
    reference=solutions.random_fall,
    where="lesson 06, “Take away the reasons”",
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
        combinations(ratings, k) → combinations(ratings, 1)
            You take one rating at a time: take `k` together.
        combinations(ratings, k) → [list(ratings)[i : i + k] for i in range(len(ratings) - k + 1)]
            You only take neighbours away: every choice of `k` ratings counts
            (`combinations(ratings, k)`).
        np.mean → np.median
            This is the median: take the mean.
        for c in choices → for size in range(1, k + 1) for c in combinations(ratings, size)
            You also take fewer than `k` ratings away: exactly `k`, each time.
        combinations(ratings, k) → combinations_with_replacement(ratings, k)
        combinations(ratings, k) → product(ratings, repeat=k)
            The same rating is in some of your choices more than once, and then fewer than `k` are
            taken away: take `combinations`.
        0
            It is always 0: `combinations` can be gone through only once, and a first loop, or
            `list(…)` to count them, has used it up. Make a list of it and use that.
        np.mean →
            These are the falls, one for each choice: take the mean.
        deletion_fall(model, ratings, c, target, k) → \
            abs(deletion_fall(model, ratings, c, target, k))
        deletion_fall(model, ratings, c, target, k) → \
            max(0, deletion_fall(model, ratings, c, target, k))
            You let no fall be below 0: without some ratings the score can rise, and that counts in
            the mean.
        deletion_fall(model, ratings, c, target, k) → np.clip(predicted(model, ratings, target), \
            0.5, 5) - np.clip(predicted(model, ratings, target) - deletion_fall(model, ratings, \
            c, target, k), 0.5, 5)
            You cut the scores off at the ends of the scale, and that hides a fall: clip what you
            show, not what you subtract.
    """,
    hints=(
        "In how many ways can you choose 2 of 3 ratings? Write them down, each with its fall.",
        "`[deletion_fall(model, ratings, choice, target, k) for choice in choices]` are the falls.",
    ),
    right="An explanation has to beat this, or it names nothing in particular.",
    changed="Make a new dictionary instead of taking entries out of `ratings`.",
)


def _one_against_all(rng: np.random.Generator, n: int) -> Person:
    """All of n ratings but one have to go before another film comes first.

    All that can be recommended is predicted above the scale, or below it.
    """
    q = np.append(np.ones(n), [1.0, 0.0, -1.0])
    q[against := int(rng.integers(n))] = -1.0
    b = np.append(np.zeros(n), np.array([0, -0.01, 0]) + rng.choice([3.0, -6.0]))
    stars = dict.fromkeys(range(1, n + 1), 4.0) | {against + 1: 3.5}
    ids = np.arange(1, n + 4)
    return replace(TOY, b=b, q=q[:, None], ids=ids), stars


def _smallest_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield TOY, ANN
    yield TOY, {1: 5.0, 3: 4.5}
    yield TOY, {1: 5.0, 2: 5.0}
    yield TOY, {2: 5.0}  # this one stays
    for n in (3, 7):
        yield _one_against_all(rng, n)
    for n in (4, 5, 5, 6):
        yield _random_person(rng, n + 5, n)
    # Here the smallest set, of two, does not have the rating that does most.
    yield _random_person(np.random.default_rng(57), 9, 5)
    # And here the smallest has three of five.
    yield _random_person(np.random.default_rng(6), 9, 5)
    yield _real_person(rng, 6)


def _most_influential(
    model: ItemFactors, ratings: dict[int, float], film: int, n: int
) -> tuple[int, ...]:
    """The n ratings that raise a film's score most, in the order of `ratings`."""
    most = influence(model, ratings, [film])[film].nlargest(n).index
    return tuple(rated for rated in ratings if rated in most)


def _one_by_one(model: ItemFactors, ratings: dict[int, float], gap: bool) -> tuple[int, ...]:
    """Take away the rating that does most, of those that are left the one that does most …"""
    first = model.top_n(fold_in(model, ratings), 1, ratings)[0]
    others = [film for film in model.ids.tolist() if film not in ratings and film != first]

    def lead(film: int) -> float:
        scores = model.scores(fold_in(model, {f: s for f, s in left.items() if f != film}))
        best = max(scores[model.rows(others)]) if gap else 0.0
        return float(scores[model.rows([first])[0]] - best)

    left = dict(ratings)
    while len(left) > 1:
        left.pop(min(left, key=lead))
        if model.top_n(fold_in(model, left), 1, ratings)[0] != first:
            return tuple(film for film in ratings if film not in left)
    return ()


def _below_the_second(model: ItemFactors, ratings: dict[int, float]) -> tuple[int, ...]:
    """Where the first film's score falls below what the second one had."""
    first, second = model.top_n(fold_in(model, ratings), 2, ratings)[:2].tolist()
    score = solutions.predicted
    for size in range(1, len(ratings)):
        for gone in combinations(ratings, size):
            left = {film: stars for film, stars in ratings.items() if film not in gone}
            if score(model, left, first) < score(model, ratings, second):
                return gone
    return ()


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
        set(smallest_set(model, ratings))
            This is a set: you should return a tuple, in the order of `ratings`.
        len(smallest_set(model, ratings))
            This is how many: you should return the ids of the films.
        return gone → return tuple(left), then return () → return tuple(ratings)
            These are the films that stay: you should return those whose ratings are taken away.
        combinations(ratings, size) → [tuple(ratings)[:size]]
            You only try the first one, the first two, the first three of `ratings`: try every set
            of one, then every set of two (`combinations`).
        range(1, len(ratings)) → [1]
        range(1, len(ratings)) → [1][: len(ratings) - 1]
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
        _one_by_one(model, ratings, gap=False)
            You follow the influence on the first film's score: a rating may raise all films alike
            and decide nothing. Try every set, the small ones first.
        _one_by_one(model, ratings, gap=True)
            You take one rating away after the other, each time the one that does most: two that do
            less alone can do it together. Try every set, the small ones first.
        _below_the_second
            You wait until the first film's score falls below what the second one had. The other
            films move too: ask which film is first now.
        range(1, len(ratings)) → range(1, len(ratings) - 1)
            You never take all away but one. At least one rating stays, so the largest sets have
            `len(ratings) - 1`, and `range` stops before its end by itself.
        range(1, len(ratings)) → range(1, min(3, len(ratings)))
        range(1, len(ratings)) → range(1, min(4, len(ratings)))
        range(1, len(ratings)) → range(1, min(5, len(ratings)))
        range(1, len(ratings)) → range(1, min(6, len(ratings)))
            You give up at a size that you have chosen: go on to larger sets as long as a rating
            stays.
        combinations(ratings, size) → combinations(sorted(ratings), size)
            You go through the films in the order of their ids: `combinations(ratings, size)` takes
            them in the order of `ratings`.
        combinations(ratings, size) → [*combinations(ratings, size)][::-1]
            Of the sets of the smallest size this is the last: return the one that `combinations`
            comes to first, as soon as it is found.
        range(1, len(ratings)) → [1][: len(ratings) - 1], \
            then combinations(ratings, size) → [tuple(ratings)[:1]]
            You return after the first set that you try: does `return ()` stand inside the loop?
        return gone → return gone if size > 1 else gone[0]
            A tuple of one film has a comma: `(m,)`. `(m)` is the film itself, in brackets.
        stars for film, stars in ratings.items() if film not in gone → \
            0.5 if film in gone else stars for film, stars in ratings.items()
            You give these films the lowest stars, and that is an opinion too: leave them out of the
            dictionary.
    """,
    hints=(
        "Make a dictionary of what is left without `gone`. Which film is first for it?",
        "`model.top_n(fold_in(model, left), 1, ratings)[0]` is the first film with what is left. "
        "If it is not `first`, return `gone`.",
    ),
    right="No smaller set does it: you have tried them all.",
    changed="Make a new dictionary for each set instead of taking entries out of `ratings`.",
)


def _stability_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield {1: 70, 2: 80, 5: 90}, {2: 70, 1: 70, 5: 90, 6: 80}
    yield {3: 296}, {4: 1200, 3: 296}
    yield {4: 1200, 3: 296}, {3: 1200, 4: 296}
    yield {7: 300, 8: 301}, {8: 301, 7: 301}
    for n in (8, 30):
        named = []
        for _ in range(2):
            people = rng.permutation(n + 4)[:n].tolist()
            films = (1000 * rng.integers(1, 4, n)).tolist()
            named.append(dict(zip(people, films, strict=True)))
        yield tuple(named)


STABILITY = Exercise(
    reference=solutions.stability,
    where="lesson 06, deeper, “Does it hold still?”",
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
        == → is
            `is` asks whether two numbers are one object in memory, and that holds for small numbers
            only: compare with `==`.
        float([named_a[p] == named_b[p] for p in named_a.keys() & named_b.keys()][0])
        float([named_a[p] == named_b[p] for p in named_a if p in named_b][0])
        float([named_a[p] == named_b[p] for p in sorted(named_a.keys() & named_b.keys())][0])
            Only one person is looked at: does `return` stand inside the loop?
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

EXERCISES = (DELETION_FALL, RANDOM_FALL, SMALLEST_SET, RANK_BY_INFLUENCE, STABILITY)
