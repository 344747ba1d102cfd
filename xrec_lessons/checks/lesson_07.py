"""The exercises of lesson 07: run the user study."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations
from statistics import mean, median

import numpy as np

from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.checks.solutions import (
    assign,
    latin_square,
    next_cell,
    popularity_by_kind,
    why_excluded,
)
from xrec_lessons.study.protocol import EXPLANATIONS

__all__ = ["EXERCISES"]

Items = list[tuple[str, int]]
Orders = Sequence[Sequence[str]]
Answers = Mapping[tuple[int, str], int]


def _grouped(items: Items) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for kind, number in items:
        found.setdefault(kind, []).append(number)
    return found


def _popularity_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield ([("similar", 100), ("rule", 300), ("rule", 205)],)
    for n, kinds in ((20, EXPLANATIONS), (30, ("rule", "influence", "new")), (7, EXPLANATIONS[:1])):
        drawn = rng.choice(kinds, n).tolist()
        yield (list(zip(drawn, rng.integers(50, 340, n).tolist(), strict=True)),)


def _of_each(number: Callable[[list[int]], float]) -> Callable[[Items], dict]:
    return lambda items: {kind: number(numbers) for kind, numbers in _grouped(items).items()}


def _with_all(absent: float) -> Callable[[Items], dict]:
    """Means of the study's three explanations, whichever there are in `items`."""
    return lambda items: {
        kind: popularity_by_kind(items).get(kind, absent) for kind in EXPLANATIONS
    }


def _halving(numbers: list[int]) -> float:
    result = numbers[0]
    for number in numbers[1:]:
        result = (result + number) / 2
    return result


POPULARITY_BY_KIND = Exercise(
    reference=popularity_by_kind,
    where="lesson 07, “The article's design”",
    cases=_popularity_cases,
    mistakes="""
        _of_each(sum)
            These are sums: divide each by the number of films under that explanation.
        _of_each(len)
            This counts the films: their popularity is not in it.
        _of_each(median)
            This is the median: the mean is asked, the sum divided by the number.
        {kind: mean(number for _, number in items) for kind, _ in items}
            Every explanation gets the mean of all films: take only the films of that kind.
        {k: sum(numbers) / len(items) for k, numbers in _grouped(items).items()}
            You divide by the number of all films: divide by the number of those under this
            explanation.
        {k: sum(numbers) / len(_grouped(items)) for k, numbers in _grouped(items).items() }
            You divide by the number of explanations: divide by the number of films under this
            explanation.
        dict
            This is the last film of each explanation: every film of a kind overwrites the one
            before it. Collect them first.
        _of_each(lambda numbers: numbers[0])
            This is the first film of each explanation only: the others are not in the mean.
        _of_each(_halving)
            You take the mean of the mean so far and the next film: then the last film counts half.
            Add up first, divide once at the end.
        _of_each(lambda numbers: sum(numbers) // len(numbers))
        _of_each(lambda numbers: int(mean(numbers)))
            `//` cuts the decimals off: divide with `/`.
        dict.fromkeys(EXPLANATIONS, 0) | popularity_by_kind(items)
        _with_all(0)
        _with_all(np.nan)
        _with_all(np.nan)(items) | popularity_by_kind(items)
            An explanation without films has no mean: leave it out; 0 would be a lie, and `nan`
            spreads. Take the explanations from `items`.
        _of_each(lambda numbers: round(mean(numbers), 1))
        _of_each(lambda numbers: round(mean(numbers)))
        _of_each(lambda numbers: round(mean(numbers), 2))
            It is rounded: return the whole number of digits.
        list(popularity_by_kind(items).values())
            These are the means without their names: return a dictionary from explanation to mean.
        list(popularity_by_kind(items).items())
            These are pairs in a list: return a dictionary from explanation to mean.
    """,
    hints=(
        "You need two numbers for each explanation: the sum of the popularity and how many films "
        "there are. Or collect the numbers of each explanation in a list.",
        "Begin with `found = {}` and write `for kind, number in items:`. In the loop, "
        "`found.setdefault(kind, []).append(number)` collects; after the loop take the means.",
    ),
    right="With it you see which explanation stands on popular films.",
)


def _turned(kinds: Sequence[str], start: int) -> list[str]:
    return [*kinds[start:], *kinds[:start]]


def _square_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield (["A", "B", "C"],)
    yield (rng.permutation(EXPLANATIONS).tolist(),)
    for n in (2, 5, 4):
        yield ([f"{letter}{n}" for letter in rng.permutation(list("stuvw"))[:n]],)


def _rows(row: Callable[[Sequence[str], int], list]) -> Callable[[Sequence[str]], list]:
    return lambda kinds: [row(kinds, i) for i in range(len(kinds))]


LATIN_SQUARE = Exercise(
    reference=latin_square,
    where="lesson 07, “The matched design by hand”",
    cases=_square_cases,
    mistakes="""
        _rows(lambda kinds, i: list(kinds))
        _rows(lambda kinds, i: _turned(kinds, 1))
            Every row is the same, so each column holds one kind only. Does each row begin one
            later? And is it a list of its own? One list put in several times changes in all places
            at once: put a copy in.
        _rows(lambda kinds, i: _turned(kinds, -i % len(kinds)))
            That is a Latin square too, but it turns the other way: the second row is to begin with
            the second kind.
        _rows(lambda kinds, i: _turned(kinds, (i + 1) % len(kinds)))
            It begins one row too late: the first row has the kinds as they are given.
        [list(order) for order in permutations(kinds)]
            These are all possible orders: a Latin square has only as many rows as there are kinds.
        _rows(lambda kinds, i: None)
            Every row is `None`: `append` and `extend` change a list and return nothing; `+` puts
            two lists together.
        _rows(lambda kinds, i: list(kinds[i:]))
            The rows get shorter and shorter: what is cut off in front belongs at the end.
        [list(kinds)]
        list
            There is only one row: does `return` stand inside the loop?
        [kind for row in latin_square(kinds) for kind in row]
            This is one long list: each row is a list of its own, so put it in with `append`.
        _rows(lambda kinds, i: list(kinds)[:: -1 if i % 2 else 1])
            Rows forwards and backwards are no Latin square: with three kinds the middle one stays
            in the middle.
        latin_square(kinds)[:-1]
        latin_square(kinds)[1:]
            A row is missing: there are as many rows as kinds.
        _rows(lambda kinds, i: [*kinds[i:], *kinds[: i - 1]])
        _rows(lambda kinds, i: [*kinds[i + 1 :], *kinds[:i]])
        _rows(lambda kinds, i: [*kinds[i:], *kinds[: i + 1]])
            The rows differ in length: `kinds[i:]` and `kinds[:i]` together are all kinds, each
            once.
        [_turned(kinds, i) for i in range(3)]
            You always make three rows: there are as many rows as kinds.
        _rows(lambda kinds, i: _turned(range(len(kinds)), i))
            These are places: put in the kind that stands at each place.
        _rows(lambda kinds, i: list(_turned(kinds, i)[::-1]))
            Every row runs backwards: only its beginning moves, the order stays.
    """,
    hints=(
        "Write the three rows for A, B, C on paper. Row `i` begins with kind number `i`, and what "
        "was cut off in front follows at the end.",
        "`kinds[i:]` is everything from place `i` on, and `kinds[:i]` what comes before it. Put "
        "them together in the right order, for each `i` in `range(len(kinds))`.",
    ),
    right="Every kind stands once in each row and once in each column.",
    changed="Build new rows from `kinds`, and leave `kinds` as it is.",
)


def _assign_cases(rng: np.random.Generator) -> Iterator[tuple]:
    square, all_orders = latin_square(["A", "B", "C"]), list(permutations(EXPLANATIONS))
    yield square, 1, 6
    yield all_orders, int(rng.integers(2, 5)), 15
    yield square, 2, 15
    yield all_orders, 5, 9
    mixed = [all_orders[k] for k in rng.permutation(6)]
    yield mixed, int(rng.integers(6)), 30


def _all_from(orders: Orders, cell: int) -> list:
    return [*orders[cell:], *orders[:cell]]


def _each_film(kind: Callable[[Orders, int, int, int], str]) -> Callable[..., list]:
    return lambda orders, cell, n: [kind(orders, cell, n, k) for k in range(n)]


def _ordered(block: Callable[[int, int], int], place: Callable[[int], int]) -> Callable[..., list]:
    return _each_film(lambda orders, c, n, k: orders[block(c, k) % len(orders)][place(k) % 3])


ASSIGN = Exercise(
    reference=assign,
    where="lesson 07, “The matched design by hand”",
    cases=_assign_cases,
    mistakes="""
        _ordered(lambda cell, k: cell, lambda k: k)
            Every three films get the same order, so in each three the best always gets the same
            explanation: go one order on after every third film.
        _ordered(lambda cell, k: cell + k, lambda k: k)
            You go on to the next order after every film: go on after every third.
        _ordered(lambda cell, k: k // 3, lambda k: k)
            Every cell gets the same: the first three films get `orders[cell]`.
        [orders[(cell + b) % len(orders)] for b in range(n_films // 3)]
            These are whole orders, three films in each: the result is one flat list with one
            explanation for each film (`extend` instead of `append`).
        _ordered(lambda cell, k: cell + k // 3 + 1, lambda k: k)
        _ordered(lambda cell, k: cell + (k + 1) // 3, lambda k: k)
            You begin one order too late: the first three films get `orders[cell]`.
        _ordered(lambda cell, k: cell - 1 + k // 3, lambda k: k)
            You begin one order too early: cells are counted from 0, and the first three films get
            `orders[cell]`.
        _ordered(lambda cell, k: cell - k // 3, lambda k: k)
            You go through the orders backwards.
        _ordered(lambda cell, k: (cell + k) // 3, lambda k: k)
            `//` divides cell and film together: only the film is divided, `cell + k // 3`.
        _ordered(lambda cell, k: cell + k % 3, lambda k: k // 3)
            `//` and `%` have changed places: `k // 3` says in which three a film is, `k % 3` which
            of the three it is.
        assign(orders, cell, n_films - 1)
        assign(orders, cell, n_films)[1:]
            The last film has no explanation.
        assign(orders, cell, n_films + 1)
            There is one explanation more than there are films.
        [k for o in _all_from(orders, cell) for k in o][:n_films]
        [k for order in orders[cell:] for k in order][:n_films]
            You stop after the last order: then the first order comes again, until all films have
            an explanation.
        list(orders[cell])
        assign(orders, cell, 3)
            Only three films have an explanation: after them comes the next order, until all films
            have one.
        _each_film(lambda orders, cell, n, k: orders[(cell + k // 3) % 3][k % 3])
            You begin again after three orders: `orders` may hold more, `len(orders)` says how many.
        _each_film(lambda orders, cell, n, k: orders[cell][k // (n // 3)])
            The best third of the films gets one explanation, the next third another: that is a
            confound again. Every three films share the three explanations.
        [(cell + k // 3) % len(orders) for k in range(n_films)]
            These are the numbers of the orders: take from each the explanation that belongs to the
            film.
    """,
    hints=(
        "Count the films from 0. Film `k` belongs to three number `k // 3`, and is number `k % 3` "
        "in it. Which order does that three get?",
        "The order has the number `(cell + k // 3) % len(orders)`: the remainder `%` leads from "
        "the last order back to the first.",
    ),
    right="Over all cells, every rank gets every explanation equally often.",
)


def _next_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield [0, 0, 1, 3, 1], 4
    yield [1, 0, 0], 2
    yield [2, 1, 0, 2], 3
    yield [], 6
    for n_cells, n in ((6, 29), (6, 4), (5, 13), (3, 40)):
        yield rng.integers(0, n_cells, n).tolist(), n_cells


def _fewest(taken: list[int], n_cells: int) -> list[int]:
    counts = Counter(taken)
    least = min(counts[cell] for cell in range(n_cells))
    return [cell for cell in range(n_cells) if counts[cell] == least]


NEXT_CELL = Exercise(
    reference=next_cell,
    where="lesson 07, “Who gets which cell?”",
    cases=_next_cases,
    mistakes="""
        max(range(n_cells), key=taken.count)
            This is the fullest cell: you need the one with the fewest.
        min(sorted(set(taken)) or [0], key=taken.count)
        min(taken or [0], key=taken.count)
        Counter(taken).most_common()[-1][0] if taken else 0
            A cell in which nobody is does not occur in `taken`, and so you never find it: go
            through all `n_cells` cells.
        min((taken.count(cell) for cell in range(n_cells)))
            This says how many are in the emptiest cell: return the number of the cell.
        _fewest(taken, n_cells)[-1]
            If several cells have the fewest, take the lowest number: you take the highest.
        min(range(1, n_cells + 1), key=taken.count)
        next_cell(taken, n_cells) + 1
        min(range(1, n_cells), key=taken.count)
            You count the cells from 1: they are counted from 0.
        len(taken) % n_cells
            This goes through the cells in turns. It is right only as long as nobody is released:
            count who is in each cell.
        (taken[-1] + 1) % n_cells if taken else 0
            This is the cell after that of the last participant, whoever else is there: count who
            is in each cell.
        _fewest
            These are all cells that have the fewest: return one, the lowest.
        min(range(n_cells - 1), key=taken.count)
            You never look at the last cell.
        min(range(6), key=taken.count)
            You always look at six cells: `n_cells` says how many there are.
        min(range(n_cells + 1), key=taken.count)
            You look at one cell too many: the highest number is `n_cells - 1`.
        min(taken, default=0)
            This is the lowest number in the list: count how often each cell is in it.
    """,
    hints=(
        "How many are in cell 0, in cell 1, …? Remember that a cell may be empty, and that for "
        "the first participant the whole list is.",
        "`taken.count(cell)` counts; `range(n_cells)` has all cells. `min(…, key=…)` gives the "
        "first of those for which the key is smallest.",
    ),
    right="Whoever is released leaves a gap, and the next participant fills it.",
    changed="Count, and leave the list as it is: it belongs to the study.",
)


UNFINISHED, FAILED = "did not finish", "failed an attention check"


def _if(condition: bool, reason: str) -> str:
    return reason if condition else ""


def _failed(answers: Answers, checks: Answers) -> list[bool]:
    """Whether each check that was answered is failed; one that was not answered is."""
    return [answers.get(key) != right for key, right in checks.items()]


def _answered_wrongly(answers: Answers, checks: Answers) -> bool:
    return any(answers.get(key, right) != right for key, right in checks.items())


def _excluded_cases(rng: np.random.Generator) -> Iterator[tuple]:
    small = {(1, "trust"): 4, (2, "trust"): 3, (2, "attention"): 2}
    check = {(2, "attention"): 2}
    yield small, check, 3
    yield small | {(2, "attention"): 5}, check, 3
    yield {(1, "trust"): 4}, check, 3
    names = [(place, name) for place in range(1, 9) for name in ("interest", "trust")]
    checks = {(3, "attention"): int(rng.integers(1, 4)), (6, "attention"): int(rng.integers(2, 6))}
    order = sorted([*names, *checks])
    wrong = {key: right % 5 + 1 for key, right in checks.items()}
    first, last = checks
    for given, n in (
        (checks, 18),
        ({**checks, first: wrong[first]}, 18),
        ({**checks, last: wrong[last]}, 18),
        (wrong, 18),
        (checks, 17),  # without the last answer
        (checks, int(rng.integers(3, 6))),  # before any check
        (wrong, int(rng.integers(12, 16))),
    ):
        values = dict(zip(names, rng.integers(1, 6, 16).tolist(), strict=True)) | given
        yield {key: values[key] for key in order[:n]}, checks, 18
    same = dict.fromkeys(order, 4)
    yield same, dict.fromkeys(checks, 4), 18


def _or_else(first: Callable[[Answers, Answers, int], str]) -> Callable[..., str]:
    """Did not finish, or what else."""
    return lambda answers, checks, n: UNFINISHED if len(answers) < n else first(answers, checks, n)


def _straight(answers: Answers, checks: Answers, n: int) -> str:
    return why_excluded(answers, checks, n) or _if(
        len({value for key, value in answers.items() if key not in checks}) == 1, FAILED
    )


WHY_EXCLUDED = Exercise(
    reference=why_excluded,
    where="lesson 07, “Who counts?”",
    cases=_excluded_cases,
    mistakes="""
        FAILED if any(_failed(answers, checks)) else _if(len(answers) < n_answers, UNFINISHED)
        FAILED if _answered_wrongly(answers, checks) else _if(len(answers) < n_answers, UNFINISHED)
            You look at the checks first: who left before a check has not failed it. Ask first
            whether they finished.
        _or_else(lambda answers, checks, n: _if(all(_failed(answers, checks)), FAILED))
            You exclude only who failed *every* check: one is enough.
        _or_else(lambda answers, checks, n: _if(_failed(answers, checks)[0], FAILED))
            You look at the first check only: does `return` stand inside the loop, after `else`?
        _or_else(lambda answers, checks, n: _if(_failed(answers, checks)[-1], FAILED))
            Only the last check counts: what an earlier one found is forgotten.
        why_excluded(answers, checks, n_answers) == ""
        why_excluded(answers, checks, n_answers) != ""
            This says yes or no: return the reason as text, and the empty text '' for none.
        why_excluded(answers, checks, n_answers) or None
            Who counts gets the empty text '', and yours ends without `return`.
        _if(_answered_wrongly(answers, checks), FAILED)
        _if(any(_failed(answers, checks)), FAILED)
            You forget those who left: who has fewer than `n_answers` answers did not finish.
        _if(len(answers) < n_answers, UNFINISHED)
            You forget the attention checks.
        UNFINISHED
            Nobody ever finishes: who has given exactly `n_answers` answers has finished, and the
            checks are among them.
        UNFINISHED if len(answers) < n_answers - 1 else _if(_answered_wrongly(answers, checks), \
            FAILED)
            You let somebody pass whose last answer is missing: the rule says *all* answers.
        _or_else(lambda answers, checks, n: _if(not all(_failed(answers, checks)), FAILED))
        _or_else(lambda a, checks, n: _if(not any(_failed(a, checks)), FAILED))
            The checks are the wrong way round: an answer that equals the expected one passes.
        _or_else(lambda answers, checks, n: FAILED)
            Everybody who finished is told that they failed: compare each check with the answer to
            it, and with no other.
        _or_else(lambda answers, checks, n: _if(not {*checks.values()} <= {*answers.values()}, \
            FAILED ) )
            You look whether the right number occurs anywhere: the answer to the check counts,
            `answers[key]`.
        _straight
            You also exclude who always chose the same number. That may be wise, but the registered
            rule does not say it; rules that are added after a look at the data can make any
            result.
        why_excluded(answers, checks, n_answers) or "included"
            Who counts gets the empty text '': there is no reason.
    """,
    hints=(
        "The order of the two questions matters: who left early has no answer to the later "
        "checks. How do you see that somebody left early?",
        "`len(answers) < n_answers` tells. Then go through `checks.items()`; return as soon as "
        "one answer differs, and return '' only after the loop.",
    ),
    right="The same rule for everybody, written before anybody has seen an answer.",
)

EXERCISES = (POPULARITY_BY_KIND, LATIN_SQUARE, ASSIGN, NEXT_CELL, WHY_EXCLUDED)
