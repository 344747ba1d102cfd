"""The exercises of lesson 08: run the user study."""

from collections import Counter
from collections.abc import Iterator
from functools import reduce
from itertools import groupby, permutations

import numpy as np

from xrec_lessons.checks import solutions
from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.study.plan.conditions import EXPLANATIONS

__all__ = ["EXERCISES"]


def _popularity_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield ([("similar", 100), ("rule", 300), ("rule", 205)],)
    yield ([("rule", 200), ("similar", 0), ("rule", 200), ("rule", 350), ("similar", 120)],)
    yield ([("rule", 200), ("rule", 90), ("new", 120)],)
    for n, among in ((20, EXPLANATIONS), (30, ("rule", "influence", "new")), (7, EXPLANATIONS[:1])):
        drawn = rng.choice(among, n).tolist()
        yield (list(zip(drawn, rng.integers(50, 340, n).tolist(), strict=True)),)


POPULARITY_BY_EXPLANATION = Exercise(
    reference=solutions.popularity_by_explanation,
    where="lesson 08, deeper, “How large is the confound?”",
    cases=_popularity_cases,
    mistakes="""
        np.mean → sum
            These are sums: divide each by the number of films under that explanation.
        np.mean → len
            This counts the films: their popularity is not in it.
        np.mean → np.median
            This is the median: the mean is asked, the sum divided by the number.
        np.mean(numbers) → np.mean([number for _, number in items])
            Every explanation gets the mean of all films: take only the films under it. (And give
            each a list of its own: `dict.fromkeys(…, [])` puts one and the same list everywhere.)
        {name: np.mean([n for _, n in some]) for name, some in groupby(items, lambda pair: pair[0])}
            `groupby` groups neighbours only, and a later group overwrites an earlier one of the
            same explanation: sort `items` first.
        np.mean(numbers) → np.mean(list(set(numbers)))
            You count each number once, as in a set: two films may be equally popular.
        in items → in [pair for pair in items if pair[1]]
            Films with a popularity of 0 are missing: 0 is a number too.
        np.mean(numbers) → numbers
            These are the numbers of each explanation: take the mean of each.
        np.mean(numbers) → sum(numbers) / len(items)
            You divide by the number of all films: divide by the number of those under this
            explanation.
        np.mean(numbers) → sum(numbers) / len(found)
            You divide by the number of explanations: divide by the number of films under this
            explanation.
        dict(items)
            This is the last film of each explanation: every film of an explanation overwrites the
            one before it. Collect them first.
        np.mean(numbers) → numbers[0]
            This is the first film of each explanation only: the others are not in the mean.
        np.mean(numbers) → reduce(lambda mean, number: (mean + number) / 2, numbers)
            You take the mean of the mean so far and the next film: then the last film counts half.
            Add up first, divide once at the end.
        np.mean(numbers) → sum(numbers) // len(numbers)
            `//` cuts the decimals off: divide with `/`.
        dict.fromkeys(EXPLANATIONS, 0) | popularity_by_explanation(items)
        dict.fromkeys(EXPLANATIONS, np.nan) | popularity_by_explanation(items)
        {name: popularity_by_explanation(items).get(name, 0) for name in EXPLANATIONS}
        {name: popularity_by_explanation(items).get(name, np.nan) for name in EXPLANATIONS}
            An explanation without films has no mean: leave it out; 0 would be a lie, and `nan`
            spreads. Take the explanations from `items`.
        np.mean(numbers) → round(sum(numbers) / len(numbers))
        np.mean(numbers) → round(sum(numbers) / len(numbers), 1)
        np.mean(numbers) → round(sum(numbers) / len(numbers), 2)
            It is rounded: return the whole number of digits.
        list(popularity_by_explanation(items).values())
            These are the means without their names: return a dictionary from explanation to mean.
        list(popularity_by_explanation(items).items())
            These are pairs in a list: return a dictionary from explanation to mean.
    """,
    hints=(
        "You need two numbers for each explanation: the sum of the popularity and how many films "
        "there are. Or collect the numbers of each explanation in a list.",
        "Begin with `found = {}` and write `for explanation, number in items:`. In the loop, "
        "`found.setdefault(explanation, []).append(number)` collects; after the loop take the "
        "means.",
    ),
    right="With it you see which explanation stands on popular films.",
)


def _square_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield (["A", "B", "C"],)
    yield (rng.permutation(EXPLANATIONS).tolist(),)
    yield (["D", "A", "C", "B"],)
    for n in (2, 5, 4, 1):
        yield ([f"{letter}{n}" for letter in rng.permutation(list("stuvw"))[:n]],)


LATIN_SQUARE = Exercise(
    reference=solutions.latin_square,
    where="lesson 08, deeper, “How large is the confound?”",
    cases=_square_cases,
    mistakes="""
        explanations[i:] + explanations[:i] → explanations
        explanations[i:] + explanations[:i] → explanations[1:] + explanations[:1]
            Every row is the same, so each column holds one explanation only. Does each row begin
            one later? And is it a list of its own? One list put in several times changes in all
            places at once: put a copy in.
        explanations[i:] + explanations[:i] → explanations[-i:] + explanations[:-i]
            That is a Latin square too, but it turns the other way: the second row is to begin with
            the second explanation.
        explanations[i:] + explanations[:i] → explanations[i + 1 :] + explanations[: i + 1]
            It begins one row too late: the first row has the explanations as they are given.
        list(permutations(explanations))
            These are all possible orders: a Latin square has only as many rows as there are
            explanations.
        explanations[i:] + explanations[:i] → explanations[i:].extend(explanations[:i])
            Every row is `None`: `append` and `extend` change a list and return nothing; `+` puts
            two lists together.
        + explanations[:i] →
            The rows get shorter and shorter: what is cut off in front belongs at the end.
        [explanations]
        explanations
            There is only one row: does `return` stand inside the loop?
        sum(latin_square(explanations), [])
            This is one long list: each row is a list of its own, so put it in with `append`.
        explanations[i:] + explanations[:i] → explanations[:: (-1) ** i]
            Rows forwards and backwards are no Latin square: with three explanations the middle one
            stays in the middle.
        latin_square(explanations)[:-1]
        latin_square(explanations)[1:]
            A row is missing: there are as many rows as explanations.
        explanations[:i] → explanations[: i - 1]
        explanations[i:] → explanations[i + 1 :]
        explanations[:i] → explanations[: i + 1]
            The rows differ in length: `explanations[i:]` and `explanations[:i]` together are all
            explanations, each once.
        range(len(explanations)) → range(3)
            You always make three rows: there are as many rows as explanations.
        latin_square(range(len(explanations)))
            These are places: put in the explanation that stands at each place.
        explanations[i:] + explanations[:i] → (explanations[i:] + explanations[:i])[::-1]
            Every row runs backwards: only its beginning moves, the order stays.
        latin_square(sorted(explanations))
            The names are sorted: take them in the order in which they are given.
        ["".join(row) for row in latin_square(explanations)]
            Each row is one text: it is to be a list of its own, with the names in it.
        range(len(explanations)) → range(len(explanations) + 1)
            There is one row too many, the first once more: there are as many rows as explanations.
        dict(enumerate(latin_square(explanations)))
            This is a dictionary: return a list of the rows.
    """,
    hints=(
        "Write the three rows for A, B, C on paper. Row `i` begins with explanation number `i`, "
        "and what was cut off in front follows at the end.",
        "`explanations[i:]` is everything from place `i` on, and `explanations[:i]` what comes "
        "before it. Put them together in the right order, for each `i` in "
        "`range(len(explanations))`.",
    ),
    right="Every explanation stands once in each row and once in each column.",
    changed="Build new rows from `explanations`, and leave `explanations` as it is.",
)


def _assign_cases(rng: np.random.Generator) -> Iterator[tuple]:
    square, all_orders = solutions.latin_square(["A", "B", "C"]), list(permutations(EXPLANATIONS))
    yield square, 2, 6
    yield all_orders, int(rng.integers(2, 5)), 15
    yield square, 2, 15
    yield all_orders, 5, 9
    mixed = [all_orders[k] for k in rng.permutation(6)]
    yield mixed, int(rng.integers(6)), 30
    yield square, 2, 99
    yield [*mixed, *square], 7, 24


ASSIGN = Exercise(
    reference=solutions.assign,
    where="lesson 08, “The matched design by hand”",
    cases=_assign_cases,
    mistakes="""
        cell + k // 3 → cell
            Every three films get the same order, so in each three the best always gets the same
            explanation: go one order on after every third film.
        k // 3 → k
            You go on to the next order after every film: go on after every third.
        cell + k // 3 → k // 3
            Every cell gets the same: the first three films get `orders[cell]`.
        range(n_films) → range(0, n_films, 3), then order[k % 3] → order
        orders[cell:] + orders[:cell]
            These are whole orders, three films in each: the result is one flat list with one
            explanation for each film (`extend` instead of `append`).
        k // 3 → k // 3 + 1
        k // 3 → (k + 1) // 3
            You begin one order too late: the first three films get `orders[cell]`.
        cell + → cell - 1 +
            You begin one order too early: cells are counted from 0, and the first three films get
            `orders[cell]`.
        cell + → cell -
            You go through the orders backwards.
        cell + k // 3 → (cell + k) // 3
            `//` divides cell and film together: only the film is divided, `cell + k // 3`.
        k // 3 → k % 3, then [k % 3] → [k // 3 % 3]
            `//` and `%` have changed places: `k // 3` says in which three a film is, `k % 3` which
            of the three it is.
        range(n_films) → range(n_films - 1)
        range(n_films) → range(1, n_films)
            The last film has no explanation.
        range(n_films) → range(n_films + 1)
            There is one explanation more than there are films.
        range(n_films) → range(min(n_films, 3 * len(orders)))
        range(n_films) → range(min(n_films, 3 * (len(orders) - cell)))
            You stop after the last order: then the first order comes again, until all films have an
            explanation.
        (cell + k // 3) % len(orders) → min(cell + k // 3, len(orders) - 1)
            You stay at the last order: after it the first order comes again.
        range(n_films) → range(1)
            Only the first film has an explanation: does `return` stand inside the loop?
        range(n_films) → range(3)
            Only three films have an explanation: after them comes the next order, until all films
            have one.
        len(orders) → 3
            You begin again after three orders: `orders` may hold more, `len(orders)` says how many.
        cell + k // 3 → cell, then k % 3 → k // (n_films // 3)
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
    yield [0, 1, 0], 3
    yield [2, 2, 0, 2, 2, 2], 3  # the first has less than the mean, and the second least
    yield [1], 3
    for n_cells, n in ((6, 29), (6, 4), (5, 13), (3, 40)):
        yield rng.integers(0, n_cells, n).tolist(), n_cells


NEXT_CELL = Exercise(
    reference=solutions.next_cell,
    where="lesson 08, “Who gets which cell?”",
    cases=_next_cases,
    mistakes="""
        min → max
            This is the fullest cell: you need the one with the fewest.
        range(n_cells) → sorted(set(taken)) or [0]
        range(n_cells) → taken or [0]
        Counter(taken or [0]).most_common()[-1][0]
            A cell in which nobody is does not occur in `taken`, and so you never find it: go
            through all `n_cells` cells.
        min(map(taken.count, range(n_cells)))
            This says how many are in the emptiest cell: return the number of the cell.
        range(n_cells) → range(n_cells)[::-1]
            If several cells have the fewest, take the lowest number: you take the highest.
        range(n_cells) → range(1, n_cells + 1)
        next_cell(taken, n_cells) + 1
        range(n_cells) → range(1, n_cells)
            You count the cells from 1: they are counted from 0.
        len(taken) % n_cells
            This goes through the cells in turns. It is right only as long as nobody is released:
            count who is in each cell.
        (taken[-1] + 1) % n_cells if taken else 0
            This is the cell after that of the last participant, whoever else is there: count who is
            in each cell.
        [c for c in range(n_cells) if taken.count(c) == taken.count(next_cell(taken, n_cells))]
            These are all cells that have the fewest: return one, the lowest.
        n_cells → n_cells - 1
            You never look at the last cell.
        n_cells → 6
            You always look at six cells: `n_cells` says how many there are.
        n_cells → n_cells + 1
            You look at one cell too many: the highest number is `n_cells - 1`.
        min(taken, default=0)
            This is the lowest number in the list: count how often each cell is in it.
        next((cell for cell in range(n_cells) if cell not in taken), 0)
        next((cell for cell in range(n_cells) if cell not in taken), len(taken) % n_cells)
        next((cell for cell in range(n_cells) if cell not in taken), n_cells - 1)
            You find a cell that is empty. Where no cell is empty, look for the one with the fewest.
        0
            It is always cell 0: does `return` stand inside the loop?
        [0, *[cell for cell in range(n_cells) if taken.count(cell) < taken.count(0)]][-1]
            You compare every cell with cell 0, and take the last that has fewer: compare with the
            fewest so far, and keep them in a variable.
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


def _excluded_cases(rng: np.random.Generator) -> Iterator[tuple]:
    small, check = {(1, "trust"): 4, (2, "trust"): 3, (2, "attention"): 2}, {(2, "attention"): 2}
    yield small, check, 3
    yield small | {(2, "attention"): 5}, check, 3
    yield {(1, "trust"): 4}, check, 3
    yield small | {(2, "attention"): 1}, check, 3
    yield small | {(2, "attention"): 2.0}, check, 3
    yield small, {}, 3
    yield check, check, 1  # nothing else was asked
    two = {(1, "attention"): 5, (2, "attention"): 2, (2, "trust"): 3}
    yield two, {(1, "attention"): 2, (2, "attention"): 2}, 3
    names = [(place, name) for place in range(1, 9) for name in ("interest", "trust")]
    first, last = (3, "attention"), (6, "reading")
    right = dict(zip((first, last), rng.permutation([2, 3, 4])[:2].tolist(), strict=True))
    wrong = {key: value % 5 + 1 for key, value in right.items()}
    lower = {key: value - 1 for key, value in right.items()}
    order = sorted([*names, *right])
    for given, n in (
        (right, 18),
        (right | {first: wrong[first]}, 18),
        (right | {last: wrong[last]}, 18),
        (wrong, 18),
        (lower, 18),
        ({first: right[last], last: right[first]}, 18),
        (right, 17),  # without the last answer
        (right, int(rng.integers(3, 6))),  # before any check
        (wrong, int(rng.integers(12, 16))),
    ):
        answers = dict(zip(names, rng.integers(1, 6, 16).tolist(), strict=True)) | given
        yield {key: answers[key] for key in order[:n]}, right, 18
    yield dict.fromkeys(order, 4), dict.fromkeys(right, 4), 18


WHY_EXCLUDED = Exercise(
    reference=solutions.why_excluded,
    where="lesson 08, “Who counts?”",
    cases=_excluded_cases,
    mistakes="""
        why_excluded(dict.fromkeys(checks) | answers, checks, 0) \
            or why_excluded(answers, {}, n_answers)
        why_excluded(checks | answers, checks, 0) or why_excluded(answers, {}, n_answers)
            You look at the checks first: who left before a check has not failed it. Ask first
            whether they finished.
        answers[key] != right → all(answers[key] != checks[key] for key in checks)
            You exclude only who failed *every* check: one is enough.
        checks.items() → [*checks.items()][:1]
        checks.items() → [*checks.items()][:1], then return "" → return "" if checks else None
            You look at the first check only: does `return` stand inside the loop, after `else`?
        checks.items() → [*checks.items()][-1:]
            Only the last check counts: what an earlier one found is forgotten.
        not why_excluded(answers, checks, n_answers)
        bool(why_excluded(answers, checks, n_answers))
            This says yes or no: return the reason as text, and the empty text '' for none.
        return "" →
            Who counts gets the empty text '', and yours ends without `return`.
        why_excluded(checks | answers, checks, 0)
        why_excluded(dict.fromkeys(checks) | answers, checks, 0)
            You forget those who left: who has fewer than `n_answers` answers did not finish.
        why_excluded(answers, {}, n_answers)
            You forget the attention checks.
        < → <=
            Nobody ever finishes: who has given exactly `n_answers` answers has finished, and the
            checks are among them.
        n_answers → n_answers - 1
            You let somebody pass whose last answer is missing: the rule says *all* answers.
        != → ==
        answers[key] != right → all(answers[key] == checks[key] for key in checks)
            The checks are the wrong way round: an answer that equals the expected one passes.
        answers[key] != right → True
        "did not finish" if len(answers) < n_answers else "failed an attention check" \
            if answers != checks else ""
            Everybody who finished is told that they failed: compare each check with the answer to
            it, and with no other.
        answers[key] != right → right not in answers.values()
            You look whether the right number occurs anywhere: the answer to the check counts,
            `answers[key]`.
        return "" → others = {answers[key] for key in answers.keys() - checks}; \
            return "failed an attention check" if len(others) == 1 else ""
            You also exclude who always chose the same number. That may be wise, but the registered
            rule does not say it; rules that are added after a look at the data can make any result.
        return "" → return "included"
            Who counts gets the empty text '': there is no reason.
        len(answers) < → len(answers) - len(checks) <
            You take the checks off the number of answers: the checks are among the `n_answers`.
        != → >
            You look only for larger numbers than the right one: a smaller one is wrong too (`!=`).
        != → <
            You look only for smaller numbers than the right one: a larger one is wrong too (`!=`).
        answers[key] != right → abs(answers[key] - right) > 1
            An answer next to the right one passes: only the right one does.
        answers[key] != right → sum(answers[key] for key in checks) != sum(checks.values())
            You compare what the answers to all checks add up to: compare each by itself.
        answers[key] != right → answers[key] not in checks.values()
            The right number of any check passes: each check has its own, `checks[key]`.
        != → is not
            `is not` asks for one and the same object in memory, and 2.0 is not the same object as
            2: compare numbers with `!=`.
        "did not finish" if len(answers) < n_answers else "failed an attention check" \
            if sum(answers[key] != right for key, right in checks.items()) > 1 else ""
            You exclude only who failed two checks or more: one is enough.
    """,
    hints=(
        "The order of the two questions matters: who left early has no answer to the later "
        "checks. How do you see that somebody left early?",
        "`len(answers) < n_answers` tells. Then go through `checks.items()`; return as soon as "
        "one answer differs, and return '' only after the loop.",
    ),
    right="The same rule for everybody, written before anybody has seen an answer.",
)

EXERCISES = (ASSIGN, NEXT_CELL, WHY_EXCLUDED, POPULARITY_BY_EXPLANATION, LATIN_SQUARE)
