"""The exercises of lesson 10: twenty million ratings."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from scipy import sparse

from xrec_lessons.checks import solutions
from xrec_lessons.checks.describe import describe
from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.checks.work import work

__all__ = ["EXERCISES"]


def _rows_of_users_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([2, 0, 2, 0, 2]), 4
    yield rng.integers(0, 5, 400), 5
    yield rng.choice([1, 2, 4], 60), 6


def _floats(answer: Callable) -> str:
    for name, numbers in zip(("order", "indptr"), answer(np.array([1, 0, 1]), 3), strict=True):
        if np.asarray(numbers).dtype.kind == "f":
            return (
                f"But `{name}` holds floats, and a place has to be a whole number: as the bound of "
                "a slice or of `range`, 2.0 is an error. (`np.zeros` makes floats unless it is "
                "told `dtype=int`.)"
            )
    return ""


ROWS_OF_USERS = Exercise(
    reference=solutions.rows_of_users,
    where="lesson 10, “What one rating costs”",
    cases=_rows_of_users_cases,
    mistakes="""
        , kind="stable" →
            The users are right, but within a user the rows are not in the order in which they
            came: NumPy's usual sort shuffles equals, `kind="stable"` leaves them.
        np.argsort(users, kind="stable") → np.sort(users)
            These are the users in order. Wanted are the *row numbers* that bring them into order:
            `np.argsort`.
        order, indptr → np.argsort(order), indptr
            This tells of every row where it goes to. Wanted is for every place which row comes
            there.
        order, indptr → order, indptr[1:]
            These are the ends. `indptr` begins with a 0, so that user u's part goes from
            `indptr[u]` to `indptr[u + 1]`, also for u = 0.
        order, indptr → order, indptr[:-1]
            These are the beginnings: the last user's end is missing. `indptr` has one entry more
            than there are users.
        np.cumsum →
        order, indptr → order, np.bincount(users, minlength=n_users)
        order, indptr → order, np.bincount(users, minlength=n_users + 1)
            These are the numbers of ratings: add them up, from the first user on, to get places.
        np.bincount(users, minlength=n_users) → np.unique(users, return_counts=True)[1]
            Users without a rating are forgotten: they have a part too, an empty one, or everybody
            behind them is taken for somebody else. `np.bincount` with `minlength=n_users` keeps
            them.
        , minlength=n_users →
            The last users have no rating, and `np.bincount` stops at the last one who has: tell it
            how many there are, with `minlength=n_users`.
        order, indptr → order
            This is the order; the pointers are missing: return both, `order, indptr`.
        order, indptr → indptr, order
            The two come in the wrong order: first the rows, then the pointers.
        np.argsort(users, kind="stable") → len(users) - 1 - np.argsort(users[::-1], kind="stable")
            The users are right, but the last of a user's rows comes first: within a user they stay
            as they came.
        minlength=n_users → minlength=n_users + 1
            There is one user too many at the end: `indptr` has `n_users` + 1 entries, and the first
            of them is the 0.
        [0], np.cumsum(np.bincount(users, minlength=n_users)) → \
            np.cumsum(np.bincount(users, minlength=n_users)), [0]
            The 0 stands at the end: `indptr` begins with it.
        return order, indptr → return order[: indptr[1]], indptr[:2]
            There is only the first user in it: does `return` stand inside the loop?
        return order, indptr → return order + 1, indptr
            The rows are counted from 1: they are counted from 0.
    """,
    hints=(
        "Two things are asked: an order of the rows that puts user 0 first, then user 1 …; and, "
        "from how many rows each user has, where each part begins.",
        '`np.argsort(users, kind="stable")` is the order. `np.bincount(users, '
        "minlength=n_users)` counts; `np.cumsum` of that are the ends, and each user begins "
        "where the one before ends.",
    ),
    right="Every user is a slice now, and no list has to be walked through.",
    way=_floats,
)


def _epoch_cases(rng: np.random.Generator) -> Iterator[tuple]:
    zeros = np.zeros(1), np.zeros(2)
    factors = np.ones((1, 1)), np.array([[1.0], [0.0]])
    yield np.array([0, 2]), np.array([0, 1]), np.array([5.0, 2.0]), 3.0, *zeros, *factors, 0.1, 0.5
    for counts, k, spread in (([4, 0, 6, 3], 3, 0.4), ([1, 5, 2, 7, 3], 4, 0.4), ([0, 8], 2, 8)):
        indptr = np.concatenate([[0], np.cumsum(counts)])
        n, m = indptr[-1], 8
        sizes = len(counts), m
        items = np.concatenate([rng.choice(m, count, replace=False) for count in counts])
        stars = rng.integers(1, 11, n) / 2
        biases = [
            rng.choice([-spread, spread], size) * rng.uniform(0.5, 1.5, size) for size in sizes
        ]
        factors = rng.normal(0, 0.6, (len(counts), k)), rng.normal(0, 0.6, (m, k))
        yield indptr, items, stars, rng.uniform(3, 4), *biases, *factors, 0.05, 0.2


def _together(groups: Iterable[range], *case: Any) -> list[np.ndarray]:
    """All ratings of a group take their steps from the same old numbers."""
    indptr, items, stars, mu, *numbers, lr, reg = case
    for rows in groups:
        visits = [(np.clip(indptr, row, row + 1), items, stars, mu) for row in rows]
        moved = [solutions.epoch(*[*visit, *numbers, lr, reg]) for visit in visits]
        numbers = [
            old + sum(new - old for new in each) for old, *each in zip(numbers, *moved, strict=True)
        ]
    return numbers


EPOCH = Exercise(
    reference=solutions.epoch,
    where="lesson 10, deeper, “An epoch as plain loops”",
    cases=_epoch_cases,
    mistakes="""
        e * old_p → e * p[u, f]
            The step of `q` uses the `p` that has just moved: keep the old value first, as in
            lesson 02.
        b_i[i] += lr → lr, then q[i, f] += lr → lr
            Only the users move: that is the fold-in. In training the films move too.
        b_u[u] += lr → lr, then b_i[i] += lr → lr
            The biases do not move yet: they have steps too.
        _together([range(len(stars))], indptr, items, stars, mu, b_u, b_i, p, q, lr, reg)
            All errors are computed from the old numbers and the steps come at the end. Here each
            rating moves the numbers at once, and the next rating meets them moved.
        indptr[u + 1] → indptr[u + 1] - 1
            The last rating of every user is left out: `range` stops before its end by itself.
        len(indptr) - 1 → len(indptr) - 2
            The last user is left out: `indptr` has one entry more than there are users, so there
            are `len(indptr) - 1` of them.
        mu + →
            The mean `mu` is missing in the prediction.
        + b_i[i] →
            The film's bias is missing in the prediction.
        b_u[u] + b_i[i] → b_i[i]
            The user's bias is missing in the prediction.
        + np.sum(p[u] * q[i]) →
            The dot product is missing in the prediction.
        epoch(indptr, items, stars, mu, b_u, b_i, p, q, lr, 0.0)
            The price `reg` is missing: every number is also pulled back towards 0.
        - reg * b_u[u] →, then - reg * b_i[i] →
            The biases pay no price: they too are pulled back towards 0, each by `reg` times itself.
        - reg * old_p →, then - reg * old_q →
            The factors pay no price: they too are pulled back towards 0, each by `reg` times
            itself.
        reg * b_i[i]) → reg * b_i[i]); e = stars[row] - (mu + b_u[u] + b_i[i] + p[u] @ q[i])
            The error is computed anew after the biases have moved: one visit has one error, from
            before all of its steps.
        return b_u, b_i, p, q → return p, q, b_u, b_i
            The four are right, in another order: return `b_u, b_i, p, q`.
        _together(map(range, indptr, indptr[1:]), indptr, items, stars, mu, b_u, b_i, p, q, lr, reg)
            All ratings of a user take their steps together, from the same old numbers. Here each
            rating moves the numbers at once, and the next rating meets them moved.
        items[row] → row % len(b_i)
            You take the row's number for the film's: the film is `items[row]`.
        e = stars[row] - ( → e = -stars[row] + (
            The sign of the error is wrong: it is what was given minus what is predicted.
        epoch(indptr, items, stars, mu, b_u, b_i, p, q, lr, -reg)
            The price is added: what pulls a number back towards 0 is taken off, `e - reg * …`.
        epoch(indptr, items, stars, mu, b_u, b_i, p, q, -lr, reg)
            You step uphill: each step is added, `+= lr * (…)`.
        for row in range(indptr[u], indptr[u + 1]) → \
            for row in reversed(range(indptr[u], indptr[u + 1]))
            You go through a user's ratings backwards: the steps are taken in this order, from
            `indptr[u]` upwards, and every step depends on those before it.
        stars[row] - (mu + b_u[u] + b_i[i] + np.sum(p[u] * q[i])) → \
            (rest := stars[row] - mu - b_u[u] - b_i[i]) - np.sum(p[u] * q[i]), \
            then old_p, old_q = → e = rest - np.sum(p[u] * q[i]); old_p, old_q =
        old_p, old_q = p[u, f], q[i, f] → e = stars[row] - (mu + b_u[u] + b_i[i] + \
            np.sum(p[u] * q[i])); old_p, old_q = p[u, f], q[i, f]
            The error is computed anew for every factor: one visit has one error, from before all of
            its steps.
        epoch(indptr[:2], items, stars, mu, b_u, b_i, p, q, lr, reg)
        epoch(np.minimum(indptr, 1), items, stars, mu, b_u, b_i, p, q, lr, reg)
            Only the first user moves, or only the first rating: does `return` stand inside the
            loop?
    """,
    hints=(
        "Two loops: over the users, and for each over the rows from `indptr[u]` to "
        "`indptr[u + 1]`. Inside stands the step of lesson 02.",
        "In the inner loop: `i = items[row]`, the error `e`, one step for `b_u[u]` and one for "
        "`b_i[i]`. Then a third loop over the factors `f`: keep `p[u, f]` and `q[i, f]` in two "
        "variables, then move both.",
    ),
    right="The same step for every rating, in slices. Now let a compiler see it.",
    changed="Begin with `b_u, b_i, p, q = b_u.copy(), b_i.copy(), p.copy(), q.copy()`.",
)


def _users_per_block_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield 1000, 1.0
    yield 1000, 2.5
    yield 26_744, 100.0
    yield 500_000, 2.0
    yield 20, 40.0
    yield 125, 0.9999995
    yield int(rng.integers(5_000, 60_000)), float(rng.integers(5, 400))


def _no_int(answer: Callable) -> str:
    if isinstance(got := answer(1000, 1.0), int | np.integer):
        return ""
    return (
        f"But it is {describe(type(got))}, and the lesson goes on with it in `range`, which takes "
        "an `int` only: turn it into one."
    )


USERS_PER_BLOCK = Exercise(
    reference=solutions.users_per_block,
    where="lesson 10, deeper, “How large a block?”",
    cases=_users_per_block_cases,
    mistakes="""
        int(megabytes * 1e6 // (8 * n_films))
            With very many films not even one user fits, and a loop with blocks of 0 users never
            ends: at least one.
        (8 * n_films) → n_films
            You count a score as one byte: a float64 takes 8.
        8 → 4
            You count a score as four bytes: that is a float32, a float64 takes 8.
        8 → 64
            64 is in bits: a float64 takes 8 bytes.
        1e6 → 2**20
            A megabyte is a million bytes here (2²⁰ bytes are a mebibyte).
        int → round, then // → /
        int → np.ceil, then // → /
            You round, so that sometimes one user too many comes in: round down.
        int →, then // → /
        megabytes * 1e6 / (8 * n_films)
            Users come whole: round down, to an `int`.
        * 1e6 →
        1e6 → 1e3
            A megabyte is a million bytes: as it stands you divide megabytes by bytes.
        // (8 * n_films) → / 8 * n_films
        (8 * n_films) → 8 * n_films
            Python divides by 8 and then *multiplies* by the films: put the bytes of one user in
            brackets, `(8 * n_films)`.
        megabytes → int(megabytes)
            You cut the megabytes off before you multiply: 2.5 megabytes are 2,500,000 bytes.
        max(1, int(np.ceil(megabytes * 1e6 / (8 * n_films))) - 1)
            Where the scores fill the megabytes to the last byte, it is one user too few. Exactly as
            many as fit are allowed: `<=` instead of `<`.
        int(megabytes * 1e6 // (8 * n_films)) + 1
            It is one too many: `max(1, …)` makes it at least one, and adds nothing where it is
            more.
    """,
    hints=(
        "One user needs one score a film. How many bytes is that?",
        "The bytes that there are, divided by those of one user, rounded down with `//`; and "
        "`max(1, …)`. Make it an `int`.",
    ),
    right="So many users at a time: the memory no longer depends on how many there are.",
    way=_no_int,
)


def _top_of_block_cases(rng: np.random.Generator) -> Iterator[tuple]:
    q = np.array([[1.0], [0.0], [-1.0], [0.5]])
    seen = np.array([[True, False, False, False], [False, False, True, False]])
    yield np.array([[1.0], [-2.0]]), np.array([0.0, 1.25, 0.0, 0.0]), q, seen, 2
    for users, films, k, n in ((5, 40, 3, 6), (3, 900, 5, 200)):
        factors = [rng.normal(0, 1, shape) for shape in ((users, k), films, (films, k))]
        yield *factors, rng.random((users, films)) < 0.3, n
    whole = rng.integers(-1, 2, (4, 2)).astype(float), rng.integers(-1, 2, (300, 2)).astype(float)
    yield whole[0], np.zeros(300), whole[1], rng.random((4, 300)) < 0.2, 5
    seen = np.array([[True, False, True, False]])
    yield np.zeros((1, 1)), np.zeros(4), np.ones((4, 1)), seen, 2  # all have the same score
    # Scores far below any that stand for “seen”, and users who have seen nearly all.
    p, b_i, q = rng.normal(0, 900, (4, 2)), rng.normal(-50, 1, 60), rng.normal(0, 1, (60, 2))
    unseen = rng.permuted(np.tile(np.arange(60), (4, 1)), axis=1) < [[3], [4], [8], [50]]
    yield p, b_i, q, ~unseen, 3
    yield p[:1], b_i, q, ~unseen[1:2], 1


TOP_OF_BLOCK = Exercise(
    reference=solutions.top_of_block,
    where="lesson 10, “Everybody's ten films”",
    cases=_top_of_block_cases,
    mistakes="""
        scores[seen] = -np.inf → pass
            Films that the user has seen are among them: give those a score below all others.
        -np.inf → 0
        -np.inf → -1
        -np.inf → -3
        -np.inf → -5
        -np.inf → -9
        -np.inf → -10
        -np.inf → -99
        -np.inf → -100
        -np.inf → -999
            A seen film gets a number here that another film's score can be below, and without the
            mean even 0 is a good score: only minus infinity, `-np.inf`, is below all.
        scores[seen] = -np.inf → scores = np.where(seen, scores.min(axis=1, keepdims=True), scores)
            A seen film gets the lowest score that there is, and so it is as low as another: give
            it one below all.
        scores[seen] → scores[:, seen.any(axis=0)]
            You leave out what anybody of the block has seen: each user has their own row in `seen`.
        [[film for film in row if not known[film]] for row, known in zip(np.argsort(-(b_i + p \
            @ q.T), axis=1, kind="stable")[:, :n].tolist(), seen)]
            You take the seen films out of the first n, and then fewer than n are left: take them
            out first.
        axis=1 → axis=None, then [:, :n] → [:n]
            This is one list for all users together: sort every row by itself, with `axis=1`.
        [:, :n] → [:1, :n]
            There is only the first user in it: does `return` stand inside the loop?
        [seen] → [~seen]
            These are the best among the films that were *seen*: it is the others that count.
        b_i + →
            The films' biases are missing: they differ from film to film, so they change the order.
            (μ and the user's own bias do not.)
        -scores → scores, then -np.inf → np.inf
        -scores → scores
            These are the worst films: `argsort` begins with the smallest.
        [:, :n] → [:, :n][:, ::-1]
            The right films, the best of them last: it has to come first.
        -scores → scores, then [:, :n] → [:, ::-1][:, :n]
            Of films with equal scores the later comes first: sorting backwards turns equals round
            too. Sort `-scores`, with `kind="stable"`.
        , kind="stable" →
            Right but for films with equal scores, which come in any order: `kind="stable"` keeps
            the lower row first.
        np.argsort(-scores, axis=1, kind="stable") → np.argpartition(-scores, n, axis=1)
            The n best are there, or some of equal score, but in no order: `argpartition` only
            divides, so sort after it.
        -scores → scores, then [:, :n] → [:, -n:]
            The right films, the best of them last: `argsort` goes upwards. Sort `-scores`.
        [np.argsort(-own[~known], kind="stable")[:n] for own, known in zip(b_i + p @ q.T, seen)]
            These are places in the list of the *unseen* films: when you take the seen ones out,
            all behind them get other numbers. Give them a score below all others instead.
        np.argsort(-scores, axis=1, kind="stable") → -np.sort(-scores)
            These are the scores: wanted are the films' row numbers, `np.argsort`.
        [:, :n] →
            This ranks all films: keep the first n of every row.
    """,
    hints=(
        "One matrix product gives the scores of the whole block, shape (users, films). Which part "
        "of the prediction can be left out without changing a user's order?",
        "`scores = b_i + p @ q.T`, then `scores[seen] = -np.inf`. `np.argsort(-scores, axis=1, "
        'kind="stable")` sorts every row, the best first.',
    ),
    right="One product for the whole block, and nobody's list needs the whole matrix.",
)


def _pair_counts_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield (sparse.csr_array(np.array([[1, 1], [1, 1], [0, 1], [1, 0]], dtype=bool)),)
    for people, films, share in ((30, 6, 0.4), (400, 4, 0.85)):
        yield (sparse.csr_array(rng.random((people, films)) < share),)


def _no_sparse_product(answer: Callable) -> str:
    people, films = 3_000, 40  # so few that a loop over all pairs of films ends
    places = np.arange(people), np.random.default_rng(0).integers(films, size=people)
    table = sparse.csr_array((np.ones(people, dtype=bool), places), shape=(people, films))
    done = work(answer, (table,))
    if done.lines > 150:
        return (
            f"But it is a loop, {done.lines:,} lines of Python for {people:,} people and {films} "
            "films: here one product of sparse tables is asked, which does it all at once."
        )
    if done.peak > 2.5 * people * films:  # in bytes: as True and False, and as whole numbers
        return (
            "But the whole table stands there with all its zeros, and for hundreds of thousands "
            "of people it has no room: leave it sparse, and make an array of the *product* only."
        )
    both = answer(sparse.csr_array(np.ones((70_000, 2), dtype=bool)))
    count = float((both.toarray() if sparse.issparse(both) else np.asarray(both))[0, 1])
    if count != 70_000:
        return (
            f"But where 70,000 people have both films, it counts {describe(count)}: so small a "
            "type overflows (an int16 ends at 32,767, a uint16 at 65,535, a float16 at 65,504). "
            "Take `np.int32`."
        )
    return ""


PAIR_COUNTS = Exercise(
    reference=solutions.pair_counts,
    where="lesson 10, deeper, “Pairs without a search”",
    cases=_pair_counts_cases,
    mistakes="""
        .astype(np.int32) →
            True times True is True, and so is any number of them added up: turn the baskets into
            whole numbers first, `.astype(np.int32)`.
        int32 → int8
        int32 → uint8
            So small a type overflows (an int8 ends at 127, a uint8 at 255) and then begins again
            from below: take `np.int32`.
        table.T @ table → table @ table.T
            This counts films that two *people* share. The sum has to run over the people: their
            axis stands inside, `table.T @ table`.
        pair_counts(baskets) - np.diag(baskets.sum(axis=0))
            The diagonal is 0: leave there how many baskets hold the film at all, it is needed for
            confidence and lift.
        pair_counts(baskets) / baskets.shape[0]
            These are shares of all baskets (the supports): here the counts are asked for.
        np.triu(pair_counts(baskets), 1)
            Each pair is counted once, and no film alone: fill both places of a pair, (a, b) and
            (b, a), and the diagonal.
        np.triu(pair_counts(baskets))
            Only one half is filled: a pair counts in both places, (a, b) and (b, a).
        baskets
            This is the table itself: between sparse tables `*` goes entry by entry; the matrix
            product is `@`, and on its left the table is transposed, `table.T @ table`.
        baskets.sum(axis=0)
            These are the films' own counts: wanted is one number for each *pair*.
    """,
    hints=(
        "Write the baskets as a table of 0 and 1, a row a person. Then “both” is a product: 1 · 1 "
        "is 1, all else is 0. What is left is a sum over the people.",
        "The sum over rows of products of columns is a matrix product: `table.T @ table`. Make the "
        "table whole numbers first; `.toarray()` makes the result a plain array.",
    ),
    right="All pairs in one product that never touches a 0.",
    changed="`.astype` makes a new table: leave `baskets.data` as it is.",
    way=_no_sparse_product,
)


def _growth_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([10, 100]), np.array([0.5, 50])
    yield np.array([1e5, 1e6, 2e7]), np.array([0.2, 2.4, 30.0])
    sizes = np.sort(10 ** rng.uniform(2, 7, 6))
    power = rng.uniform(0.3, 2.5)
    yield sizes, 1e-4 * sizes**power * rng.uniform(0.6, 1.6, 6)
    yield sizes[::-1], np.full(6, 0.03) * rng.uniform(0.9, 1.1, 6)
    order = rng.permutation(6)
    yield sizes[order], (2.0 / sizes * rng.uniform(0.6, 1.6, 6))[order]


GROWTH = Exercise(
    reference=solutions.growth,
    where="lesson 10, “How does it grow?”",
    cases=_growth_cases,
    mistakes="""
        np.polyfit(sizes, seconds, 1)[0]
            This is the slope on plain axes, seconds for each rating: take the logarithms of both
            first.
        growth(seconds, sizes)
            The axes are exchanged: how do the seconds follow from the size?
        [0] →
            `np.polyfit` gives the slope *and* where the line begins: return the first.
        [0] → [1]
            This is where the line begins: `np.polyfit` gives the slope first.
        np.log(seconds) → seconds
            Only the sizes are logarithms here: the seconds need them too.
        np.log(sizes) → sizes
            Only the seconds are logarithms here: the sizes need them too.
        np.log(seconds[-1] / seconds[0]) / np.log(sizes[-1] / sizes[0])
            This looks at the first and the last point only: let all points have a say, with the
            line that fits them best.
        (seconds[-1] / seconds[0]) / (sizes[-1] / sizes[0])
        seconds[-1] / seconds[0]
            This divides one ratio by the other: a power is a ratio of *logarithms*.
        np.mean(np.diff(np.log(seconds)) / np.diff(np.log(sizes)))
            This is the mean of the slopes from each point to the next, in which two points close to
            each other count as much as two far apart: fit one line to all points.
        np.log(sizes) @ np.log(seconds) / (np.log(sizes) @ np.log(sizes))
            This line is forced through the origin: c is not 1, so log c is not 0. Let the line
            begin where it fits best, too.
        np.corrcoef(np.log(sizes), np.log(seconds))[0, 1]
            This is the correlation, which says how well the points lie on a line: the slope of that
            line is asked.
        growth(sizes, seconds) / np.log(10)
        growth(sizes, seconds) * np.log(10)
            Both axes need the same logarithm: one is to the base of ten here, the other natural.
        1)[0] → 2)[0]
            This is the first number of a parabola: a line has degree 1, `np.polyfit(x, y, 1)`.
    """,
    hints=(
        "If the seconds are c · size^a, then their logarithm is log c + a · log size: a straight "
        "line, and a is its slope.",
        "`np.polyfit(x, y, 1)` fits a line and gives its slope first. Both x and y are logarithms.",
    ),
    right="One number that says what twenty times the data will cost: 20 to this power.",
)

CORE = (ROWS_OF_USERS, TOP_OF_BLOCK, GROWTH)
EXERCISES = (*CORE, EPOCH, PAIR_COUNTS, USERS_PER_BLOCK)
