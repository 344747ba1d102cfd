"""The exercises of lesson 04: association rules."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import chain

import numpy as np
import pandas as pd

from xrec_lessons.checks import solutions
from xrec_lessons.checks.bundled import ratings
from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.mining import transactions

__all__ = ["EXERCISES"]

Baskets = list[set[int]]
CHANGED = "`antecedents.add(...)` changes the set itself: `a | b` joins two sets into a new one."


@cache
def _everybody() -> tuple[set[int], ...]:
    return tuple(transactions("history", ratings()))


def _liked(rng: np.random.Generator, people: int, films: int) -> Baskets:
    """What some people of the bundled data liked, among the films that most of them liked."""
    baskets = [_everybody()[k] for k in rng.choice(len(_everybody()), people, replace=False)]
    most = Counter(chain.from_iterable(map(sorted, baskets))).most_common(films)
    return [basket & {film for film, _ in most} for basket in baskets]


def _drawn(rng: np.random.Generator, people: int, films: int) -> Baskets:
    """Random baskets of films 1, 2, …; the last two hold all of them and none."""
    chance = rng.uniform(0.2, 0.8, films)
    chosen = rng.random((people, films)) < chance
    baskets = [set((1 + np.flatnonzero(row)).tolist()) for row in chosen]
    return [*baskets, set(range(1, films + 1)), set()]


SIX = (  # those that the lesson works by hand
    {"Alien", "Blade Runner", "Shrek"},
    {"Alien", "Blade Runner", "Shrek"},
    {"Alien", "Blade Runner"},
    {"Alien", "Shrek"},
    {"Shrek"},
    {"Shrek", "Kolya", "Ran"},
)


def _support_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield [{1, 2, 3}, {1, 2}, {1}, {3}, {2}], {1, 2}
    yield _drawn(rng, 12, 6), {2}
    yield _drawn(rng, 20, 5), {1, 3, 4}
    people = _liked(rng, 30, 8)
    yield people, set(sorted(set().union(*people))[:2])
    yield [{1, 2, 3}, {2}], {1, 2}
    yield [*SIX], {"Alien", "Blade Runner"}
    yield [{1, 2}, {3}, set()], set()


SUPPORT = Exercise(
    reference=solutions.support,
    where="lesson 04, “Six baskets by hand”",
    cases=_support_cases,
    mistakes="""
        np.mean → sum
            This counts the baskets: a share is a part of all of them, between 0 and 1.
        films <= basket → films & basket
            `films & basket` is a set, what both have in common: each basket has to be asked
            something that is true or false, such as `films <= basket`.
        sum(films <= basket for basket in baskets) / len(films)
            You divide by the number of films that are asked for: divide by that of the baskets.
        sum(len(films & basket) for basket in baskets) / len(baskets)
            You count films: count the baskets that hold all of them.
        films <= basket → bool(films & basket)
            You also count baskets that hold only some of the films: all have to be in it.
        <= → <
            `<` asks for a basket with more than these films: also the basket with these films and
            no other holds them all, so it is `<=`.
        min(support(baskets, {film}) for film in films)
            This is the share of the rarest film alone: ask each basket whether it holds all.
        (films <= baskets[0]) / len(baskets)
            Only the first basket is counted. Is `return` inside the loop?
        for basket in baskets → for basket in {frozenset(basket) for basket in baskets}
            You count equal baskets once: two people who like the same films are two.
        in baskets → in baskets if basket
            You leave the empty baskets out: they belong to all of them, too.
        <= → ==
            You count baskets that hold these films and no other: further films do no harm.
        <= → >=
            The comparison is the wrong way round: the films have to lie in the basket, not the
            basket among the films.
        100 * support(baskets, films)
            This is in percent: give a share, between 0 and 1.
        sum(films <= basket for basket in baskets) / len(set().union(*baskets))
            You divide by the number of different films: divide by the number of baskets.
        in baskets → in baskets if films & basket
            You divide by the baskets that hold at least one of the films: divide by all baskets.
        <= → in
            No basket is ever counted. `films in basket` asks whether the whole set is *one*
            element of the basket: for all of its films there is `<=`.
        np.prod([support(baskets, {film}) for film in films])
            You multiply the shares of the single films: that is what chance would give. Ask each
            basket whether it holds all of them.
    """,
    hints=(
        "For each basket there is one question with the answer yes or no: does it hold all of "
        "these films?",
        "For two sets, `films <= basket` is True if every film is in the basket. Count how often, "
        "and divide by the number of baskets.",
    ),
    right="All of the films, whatever else is in the basket, as a part of all baskets.",
)


def _rule_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield [{1, 2}, {1, 2}, {1}, {2, 3}, {2}, {3}, {3}], {1}, 2
    yield _drawn(rng, 15, 5), {2}, 4
    yield _drawn(rng, 25, 5), {1, 3}, 5
    people = _liked(rng, 40, 6)
    first, second = sorted(set().union(*people))[:2]
    yield people, {second}, first
    yield [{1, 2}, {1}, {3}], {1}, 2
    yield [*SIX], {"Alien"}, "Blade Runner"
    yield [*SIX], {"Alien"}, "Shrek"
    yield [*SIX], {"Kolya"}, "Ran"


CONFIDENCE = Exercise(
    reference=solutions.confidence,
    where="lesson 04, “Six baskets by hand”",
    cases=_rule_cases,
    mistakes="""
        support(baskets, antecedents | {consequent}) / support(baskets, {consequent})
            The rule is the wrong way round: you divide by the support of the consequent. Of which
            baskets do you ask whether the consequent is in them too?
        / support(baskets, antecedents) →
            This is the support of the whole rule, a part of all baskets: you need the part of the
            baskets that hold the antecedents.
        np.mean([consequent in basket for basket in baskets if antecedents & basket])
            You also count baskets that hold only some of the antecedents: all have to be in it.
        support(baskets, {consequent})
            This is how frequent the consequent is in all baskets: look only at the baskets that
            hold the antecedents.
        lift(baskets, antecedents, consequent)
            This is already the lift: do not divide by the support of the consequent.
        support(baskets, antecedents) / support(baskets, {consequent})
            You divide two supports, but neither says who has both: above the line belongs the
            support of the antecedents and the consequent together.
        antecedents | {consequent} → antecedents | set(consequent)
        antecedents | {consequent} → antecedents.union(consequent)
            `set(…)` and `.union(…)` go through what they are given: an id has nothing to go
            through, and of a title Python takes its letters. `{consequent}` holds the one film.
        np.mean([consequent in basket for basket in baskets if antecedents < basket])
            `<` leaves out the baskets that hold the antecedents and nothing else: it is `<=`.
        1 / confidence(baskets, antecedents, consequent)
            The fraction is upside down: a share cannot be above 1.
        | → &
            A share cannot be above 1. `&` keeps what two sets have in common, here nothing at all:
            above the line belong all the films, united.
        1 + support(baskets, {consequent}) / support(baskets, antecedents)
            A share cannot be above 1. You add two supports: above the line belongs *one* support,
            of all the films together.
    """,
    hints=(
        "Throw away every basket without the antecedents. What part of the rest holds the "
        "consequent?",
        "`support` twice: once for the antecedents and the consequent together (for sets, "
        "`a | {b}` joins), once for the antecedents alone.",
    ),
    right="A rule has a direction: exchange the two sides and the confidence changes.",
    changed=CHANGED,
)


LIFT = Exercise(
    reference=solutions.lift,
    where="lesson 04, deeper, “The lift, from both sides”",
    cases=_rule_cases,
    mistakes="""
        / → -
            This is a difference: the lift is a ratio, how many *times* as frequent.
        {consequent} → antecedents
            You divide by the support of the antecedents: the confidence has done that already.
            Compare with how frequent the consequent is anyway.
        confidence
            This is the confidence: compare it with how frequent the consequent is anyway.
        1 / lift(baskets, antecedents, consequent)
            The ratio is upside down: a lift above 1 should say that the antecedents make the
            consequent more frequent.
        support(baskets, antecedents) * (confidence(baskets, antecedents, consequent) \
            - support(baskets, {consequent}))
            This is the leverage, a difference of shares: the lift is a ratio.
        support(baskets, antecedents | {consequent}) / support(baskets, {consequent})
            You divide the support of the whole rule by that of the consequent: begin with the
            confidence.
        lift(baskets, antecedents, consequent) - 1
            You take 1 off: films that have nothing to do with each other should have the lift 1.
        / → *
            You multiply by the support of the consequent: how many *times* as frequent is a
            quotient. (Python reads `a / b * c` as (a / b) · c: put brackets around a product.)
        confidence(baskets, antecedents, consequent) \
            / support([basket for basket in baskets if not antecedents <= basket], {consequent})
            You compare with those without the antecedents: the lift compares with all baskets.
        support(baskets, {consequent}) → support(baskets, set(consequent))
            `set(consequent)` goes through the film: an id has nothing to go through, and of a title
            Python takes its letters. `{consequent}` is a set of the one film.
        max(1, lift(baskets, antecedents, consequent))
            A lift may be below 1: then the antecedents speak against the consequent.
    """,
    hints=(
        "How frequent is the consequent among those who have the antecedents, and how frequent is "
        "it among all?",
        "The first is `confidence(...)`, the second the `support` of a set with one film. Divide.",
    ),
    right="Above 1 the antecedents speak for the consequent, at 1 they say nothing about it.",
    changed=CHANGED,
)


def _one_hot(baskets: Baskets) -> np.ndarray:
    films = sorted(set().union(*baskets))
    return np.array([[float(film in basket) for film in films] for basket in baskets])


def _frequent_pairs_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([[1.0, 1, 0, 0], [1, 1, 1, 0]]), 0.5
    yield np.array([[1.0, 1, 0, 0], [1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 1]]), 0.5
    # 16 and 32 baskets: shares of them are exact, so a pair can lie just at the threshold
    for B in (_one_hot(_drawn(rng, 14, 7)), _one_hot(_liked(rng, 32, 12))):
        shares = np.sort((B.T @ B / len(B))[np.triu_indices(B.shape[1], 1)])
        yield B, float(shares[round(0.6 * len(shares))])
    yield _one_hot([{1, 2, 3}, {1, 2, 3}, {1, 2}, {1, 3}, {3}, {3, 4, 5}]), 0.5
    # a pair of 2 baskets in 5 is below both; 2 is what int and round make of them
    B = np.array([[1.0, 1, 0, 1], [1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 1], [0, 0, 1, 0]])
    for min_support in (0.5, 0.45):
        yield B, min_support
    yield np.less(np.arange(128)[:, None], [128, 64, 63]).astype(float), 0.5  # 64 and 63 of 128
    yield np.array([[1.0, 0, 1, 1], [0, 0, 1, 1]]), 0.75  # fewer people than films
    # none, but two of the three that are not empty
    yield np.array([[1.0, 1, 0], [1, 0, 1], [0, 0, 0], [1, 1, 1]]), 0.6


FREQUENT_PAIRS = Exercise(
    reference=solutions.frequent_pairs,
    where="lesson 04, deeper, “Too many to try them all”",
    cases=_frequent_pairs_cases,
    mistakes="""
        >= → >
            A pair whose support equals `min_support` is missing: “at least” is `>=`.
        np.triu(together >= min_support, k=1) → together - np.eye(len(together)) >= min_support
            Every pair comes twice, as (i, j) and as (j, i): give it once, with i < j.
        together >= min_support → B.T @ B >= int(min_support * len(B))
        together >= min_support → B.T @ B >= round(min_support * len(B))
            The threshold, `min_support` times the number of baskets, need not be whole: here it is
            cut off or rounded, and pairs below it come in. Compare without rounding.
        >= min_support → >= 0.5
            The `min_support` of the example stands in your code: use the argument.
        np.argwhere → np.nonzero
            These are two arrays, all i and all j: `np.argwhere` gives pairs, and so does
            `list(zip(i, j))`.
        set(map(tuple, frequent_pairs(B, min_support).tolist()))
            A set has no order: give the pairs sorted, in a list or an array.
        [pair for pair in frequent_pairs(B, min_support).tolist() if pair[0] == 0]
            These are the pairs of column 0 alone. Is `return` inside the loop?
        [(i, j) for i in range(len(B)) for j in range(i + 1, len(B)) \
            if (B[:, i] * B[:, j]).mean() >= min_support]
            `len(B)` is the number of people, the rows: there are `B.shape[1]` columns.
        k=1 → k=0
            There are pairs of a film with itself: the diagonal holds single films.
        np.triu(together >= min_support, k=1) → together >= min_support
            There are pairs of a film with itself, and every other pair comes twice: give each
            once, with i < j.
        / len(B) →
            You compare counts with a share: divide by the number of baskets first.
        np.argwhere(min_support <= B.T @ B)
        np.argwhere((min_support <= B.T @ B) & ~np.eye(B.shape[1], dtype=bool))
            You compare counts with a share: divide by the number of baskets first. And give each
            pair once, with i < j: here are films with themselves and pairs in both orders.
        np.argwhere(np.triu(together >= min_support, k=1)) → together >= min_support
        np.argwhere →
        min_support <= B.T @ B
        np.triu(min_support <= B.T @ B, k=1)
            This is a table of True and False: you need the places where it is True, each pair once.
        B.T @ B → B @ B.T
        B.T @ B / len(B) → B @ B.T / B.shape[1]
            These are pairs of people: `B @ B.T` counts the films that two people share. Which
            product counts the people that two films share?
        B.T @ B / len(B) → np.minimum.outer(B.mean(axis=0), B.mean(axis=0))
            These are pairs of films each of which is frequent: that is needed, but not enough. How
            many baskets hold both?
        len(B) → B.shape[1]
            You divide by the number of films: divide by the number of baskets.
        np.triu → np.tril, then k=1 → k=-1
            The larger number comes first: give each pair as (i, j) with i < j.
        np.triu → np.tril, then k=1)) → k=-1))[:, ::-1]
        sorted(frequent_pairs(B, min_support).tolist(), \
            key=lambda pair: -(B[:, pair[0]] @ B[:, pair[1]]))
            The pairs are right, their order is not: sort by i, then by j.
    """,
    hints=(
        "Column i times column j of `B`, added up over the people, counts the baskets with both "
        "films. One matrix product does that for all pairs of columns.",
        "`B.T @ B` holds the counts, with single films on the diagonal and each pair on both "
        "sides of it. `np.triu(..., k=1)` keeps what is above the diagonal, `np.argwhere` says "
        "where something is True.",
    ),
    right="One matrix product has tried all pairs.",
)


def _all_rules(baskets: Baskets) -> pd.DataFrame:
    """All rules between two films that share a basket."""
    films = sorted(set().union(*baskets))
    rows = [
        (
            antecedent,
            consequent,
            solutions.support(baskets, {antecedent, consequent}),
            solutions.confidence(baskets, {antecedent}, consequent),
            solutions.lift(baskets, {antecedent}, consequent),
        )
        for antecedent in films
        for consequent in films
        if antecedent != consequent and solutions.support(baskets, {antecedent, consequent})
    ]
    return pd.DataFrame(rows, columns=["antecedent", "consequent", "support", "confidence", "lift"])


def _best_rule_cases(rng: np.random.Generator) -> Iterator[tuple]:
    rows = [
        (14, 20, 0.30, 0.50, 1.25),
        (15, 20, 0.295, 0.52, 1.30),
        (11, 20, 0.05, 1.00, 2.50),
        (12, 20, 0.24, 0.60, 1.50),
        (16, 20, 0.15, 0.80, 2.00),
        (13, 20, 0.32, 0.80, 2.00),
        (20, 14, 0.30, 0.75, 1.25),
        (11, 21, 0.25, 0.90, 2.25),
    ]
    columns = ["antecedent", "consequent", "support", "confidence", "lift"]
    rules = pd.DataFrame(rows, columns=columns)
    yield rules, {11, 12, 14, 15, 16}, 20
    yield rules, {14}, 20
    yield rules, {13, 21}, 12
    yield (
        rules.iloc[[3, 6, 7, 2, 0, 5, 4, 1]],
        {11, 12, 14, 15, 20},
        20,
    )  # as `keep` leaves the labels
    rows = [(14, 20, 0.3, 0.45, 0.75), (15, 20, 0.16, 0.42, 0.7), (16, 20, 0.2, 0.36, 0.6)]
    yield pd.DataFrame(rows, columns=columns), {14, 15, 16}, 20  # all speak against the film
    for baskets in (_drawn(rng, 60, 9), _liked(rng, 60, 8)):
        rules = _all_rules(baskets)
        rules = rules[(rules["lift"] > 1) & (rules["confidence"] > 0.4)]
        rules = rules.sample(frac=1, random_state=int(rng.integers(1000)))
        films = rng.permutation(rules["consequent"].unique()).tolist()
        for movie in films[:4]:
            liked = set(films) - {movie, films[-1]}
            found = rules[rules["antecedent"].isin(liked) & (rules["consequent"] == movie)]
            if solutions.leverage(found).round(9).nlargest(2).is_unique:  # the text breaks no ties
                yield rules, liked, movie


BEST_RULE = Exercise(
    reference=solutions.best_rule,
    where="lesson 04, deeper, “The rule that a card shows”",
    cases=_best_rule_cases,
    mistakes="""
        leverage(found) → found["confidence"]
            This rule has the highest confidence (or lift: for one consequent they give the same
            order), and may rest on a handful of people. Choose by the leverage.
        leverage(found) → found["support"]
            This rule has the highest support: a film that everybody has wins that. Choose by the
            leverage.
        (rules["antecedent"].isin(liked)) & →
            The antecedent is a film that this person may not have liked: keep only rules whose
            antecedent is in `liked`.
        & (rules["consequent"] == movie) →
            This rule leads to another film: keep only rules whose consequent is the recommended
            one.
        ["antecedent"] → ["x"], then ["consequent"] → ["antecedent"], then ["x"] → ["consequent"], \
            then , "antecedent" → , "consequent"
            The rule is the wrong way round: it leads from the recommended film to one that the
            person liked.
        leverage(found).idxmax() → found.index[0]
            This is the first rule that applies, in the order of the table: choose the one with the
            highest leverage.
        leverage(found).idxmax() → found.index[-1]
            This is the last rule that applies, in the order of the table: choose the one with the
            highest leverage.
        idxmax → idxmin
            This is the rule with the *lowest* leverage.
        len(found) == 0 → len(found) == 0 or leverage(found).max() <= 0
        (rules["consequent"] == movie) → (rules["consequent"] == movie) & (rules["lift"] > 1)
            A leverage may be below 0, where the lift is below 1, and one of the rules still has the
            highest: begin below all of them, with `-np.inf`, not with 0.
        leverage(found) → leverage(found).abs()
            You take the size of the leverage: one below 0 speaks against the film.
        found.loc[leverage(found).idxmax(), "antecedent"] → \
            rules.iloc[leverage(found).idxmax()]["antecedent"]
        found.loc[leverage(found).idxmax(), "antecedent"] → \
            found.iloc[leverage(found).idxmax()]["antecedent"]
        found.loc[leverage(found).idxmax(), "antecedent"] → \
            rules.loc[leverage(found).argmax(), "antecedent"]
        found.loc[leverage(found).idxmax(), "antecedent"] → \
            found.loc[leverage(found).argmax(), "antecedent"]
            The label of a row is not its place: `idxmax` gives a label, for `.loc`, and `argmax` a
            place, for `.iloc`, both of the table that was asked.
        , "antecedent"] → ]
            This is the whole row of the rule: its antecedent is asked.
        , "antecedent"] → , "consequent"]
            This is the recommended film itself: the antecedent explains it.
        leverage(found) → (found["support"] * found["lift"])
            You multiply support and lift: the leverage is support · (1 − 1 / lift).
        found.loc[leverage(found).idxmax(), "antecedent"] → leverage(found).idxmax()
            This is the label of the rule's row: you need the antecedent that stands there.
        found.loc[leverage(found).idxmax(), "antecedent"] → leverage(found).max()
            This is the leverage itself: you need the antecedent of the rule that has it.
        None
        & (rules["consequent"] == movie) → & rules["consequent"] == movie
            It is `None` even where a rule applies. Did you forget `return`? Or the brackets: `a &
            b == c` is read as `(a & b) == c`, which no row fulfils.
    """,
    hints=(
        "First keep the rules that can explain this film to this person; two conditions. Then "
        "choose one of them.",
        "`rules['antecedent'].isin(liked)` is the first condition. Mind the person for whom no "
        "rule is left. A column's `idxmax()` gives the row label of its highest value, for `.loc`.",
    ),
    right="The rule that says most, for this film and this person, or none.",
    changed="A new column stands in the table of the caller too: give the column to a copy, "
    "`found.assign(leverage=…)`.",
)


def _fidelity_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield [{1, 2, 3, 9}, {4}, set()], [[1, 2, 5], [4, 6], [7, 8]]
    sizes = rng.integers(2, 9, 12)
    lists = [rng.choice(20, size, replace=False).tolist() for size in sizes]
    yield _drawn(rng, 10, 20), lists
    people = [basket for basket in _liked(rng, 30, 40) if basket]
    yield people, [sorted(basket)[-10:] for basket in [*people[1:], people[0]]]
    yield [{1, 2}, {3}], [[1, 5], [4]]


FIDELITY = Exercise(
    reference=solutions.fidelity,
    where="lesson 04, “How many can be explained?”",
    cases=_fidelity_cases,
    mistakes="""
        append(np.mean → append(any
            This is the share of the people with at least one explained film (the coverage): you
            need the share of the films.
        append(np.mean → extend(list
            You throw everybody's films into one heap, where long lists weigh more: take each
            person's share first, then the mean over the people.
        np.mean([film in found for film in films]) → len(found & set(films)) / max(len(found), 1)
            You divide by the number of films that rules can explain: divide by the number of films
            that were recommended.
        append(np.mean → append(sum
            This is how many films are explained, per person: a share is between 0 and 1.
        np.mean([film in found for film in films]) → len(found & set(films)) / len({*found, *films})
            You divide by the films of both sets together: divide by the number of films that were
            recommended.
        np.mean(shares) → shares
            This is one share a person: return the mean over the people.
        fidelity(explainable[:1], recommended[:1])
            This is the share of the first person alone. Is `return` inside the loop?
        fidelity(explainable[-1:], recommended[-1:])
            This is the share of the last person alone: collect the shares in a list.
        [film in found for film in films] → \
            [film in set().union(*explainable) for film in films]
            You take everybody's rules for everybody: a rule explains a film to those who liked its
            antecedent.
        np.mean(np.cumsum([sum(film in found for film in films) for found, films \
            in zip(explainable, recommended)]) / [len(films) for films in recommended])
            The count goes on from person to person: for each of them the count begins again at 0.
        [film in found for film in films] → np.isin(films, found)
            `np.isin` takes a set for *one* thing, so nothing is ever found: give it `list(known)`.
        fidelity(*zip(*[pair for pair in zip(explainable, recommended) if pair[0]]))
        np.mean(shares) → np.mean([share for share in shares if share])
            You leave out the people for whom nothing is explained: their share is 0, and it counts.
        1 - fidelity(explainable, recommended)
            This is the share that *cannot* be explained.
        append(np.mean → append(all
            This is the share of the people whose films are *all* explained: count films.
        np.mean(shares) → sum(shares)
            You add up the people's shares: take their mean.
        np.mean([film in found for film in films]) → len(found) / len(films)
            You count every film that rules can explain, also those that were not recommended: how
            many of the recommended films are among them?
    """,
    hints=(
        "For one person: which part of the recommended films is in the set? Then the mean over "
        "all people.",
        "`zip(explainable, recommended)` goes through the people. `np.isin(films, list(known))` "
        "says for each recommended film whether it is in the set; the mean of that is a share.",
    ),
    right="Of what was recommended, the share that some rule explains.",
)

EXERCISES = (SUPPORT, CONFIDENCE, FIDELITY, LIFT, FREQUENT_PAIRS, BEST_RULE)
