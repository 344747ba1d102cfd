"""The exercises of lesson 03: folding in one user."""

from collections.abc import Iterator

import numpy as np

from xrec_lessons.checks import solutions
from xrec_lessons.checks.bundled import bundle, ratings
from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.fold_in import design
from xrec_lessons.model import ItemFactors

__all__ = ["EXERCISES"]


def _own_ratings(rng: np.random.Generator, model: ItemFactors, least: int) -> dict[int, float]:
    """All ratings of somebody with at least so many, in random order.

    Only of films whose id is below the number of films, so that an id taken for a row
    raises no IndexError.
    """
    few = ratings()[ratings()["movieId"] < len(model.ids)]
    sizes = few["userId"].value_counts().sort_index()
    own = few[few["userId"] == rng.choice(sizes.index[sizes >= least])]
    own = own.sample(frac=1, random_state=int(rng.integers(1000)))
    return dict(zip(own["movieId"].tolist(), own["rating"].tolist(), strict=True))


def _model(rng: np.random.Generator) -> ItemFactors:
    return rng.choice(np.array(bundle().models, dtype=object))


def _residuals_cases(rng: np.random.Generator) -> Iterator[tuple]:
    ids, b = np.array([1, 2, 3, 5]), np.array([0.5, -0.5, 0.0, 0.25])
    yield ItemFactors(3.5, b, np.ones((4, 1)), ids, 0.01, 50, 0.0), {3: 3.0, 1: 5.0, 2: 3.5}
    model = _model(rng)
    yield model, _own_ratings(rng, model, 20)
    b, q, ids = np.array([0.5, -0.5, 0.0]), np.array([[1.0], [-1.0], [0.5]]), np.array([10, 20, 30])
    toy = ItemFactors(3.5, b, q, ids, 0.01, 50, 0.0)
    yield toy, {10: 5.0, 20: 3.5}
    yield toy, {30: 0.5}


RESIDUALS = Exercise(
    reference=solutions.residuals,
    where="lesson 03, “What changes, and what can stay”",
    cases=_residuals_cases,
    mistakes="""
        - model.mu →
            The mean `model.mu` is still in it: take it off too.
        - model.b[model.rows(ratings)] →
            The films' biases are still in it: take off `model.b` of each rated film.
        model.rows(ratings) → list(ratings)
            You use the film's id as its row: row 3 is not the film with the id 3. `model.rows`
            gives the rows.
        -residuals(model, ratings)
            The sign is the wrong way round: a rating above the expectation leaves a number above 0.
        - model.b → + model.b
            The films' biases are added: a well-liked film has a bias above 0, and what it explains
            is to be taken off.
        model.mu → stars.mean()
            You take off this person's own mean: take off the model's, `model.mu`. How generous the
            person is has yet to be found out.
        residuals(model, dict(sorted(ratings.items())))
            The numbers are right and the order is not: keep the order of the dictionary.
        model.rows(ratings) → model.rows(sorted(ratings))
            The stars are in the order of the dictionary and the biases in that of the ids: each
            rating gets the bias of another film.
        model.b[model.rows(ratings)] → model.b[: len(ratings)]
            These are the first biases of the model: take those of the rated films.
        stars - model.mu - model.b[model.rows(ratings)] → model.mu + model.b[model.rows(ratings)]
            This is what is expected: take it off the stars.
        ratings.values() → ratings
            These are the films' ids: the stars are the values of the dictionary.
        residuals(model, ratings)[:1]
            This is what is left of the first rating alone. Is `return` inside the loop?
        residuals(model, ratings).astype(int)
            The array for the result is one of whole numbers, and what stands after the point is
            cut off: make it with `np.zeros(len(ratings))`.
    """,
    hints=(
        "Each rating is mean + film's bias + something of the person. What is left when the first "
        "two are taken off?",
        "Make an array of the stars with `np.array(list(ratings.values()))`. "
        "`model.rows(ratings)` gives the rows of the films in the same order.",
    ),
    right="That is all that a person's numbers have to explain.",
)


def _sgd_cases(rng: np.random.Generator) -> Iterator[tuple]:
    X, y = np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([1.0, 0.5])
    yield X, y, 0.1, 0.5, 2, np.array([0.0, 1.0])
    for _ in range(2):
        n, k = int(rng.integers(3, 8)), int(rng.integers(2, 5))
        X = np.column_stack([np.ones(n), rng.normal(0, 0.8, (n, k))])
        yield X, rng.normal(0, 1, n), 0.05, 0.2, 6, np.append(0.1, rng.normal(0, 0.5, k))
    yield np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([1.0, 0.5]), 0.1, 0.0, 1, np.zeros(2)
    yield np.array([[1.0, 0.5]]), np.array([-2.0]), 0.01, 0.1, 70, np.array([0.5, -0.5])
    # from where both ratings are met, the penalty pulls away
    X, y = np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([1.0, 0.5])
    yield X, y, 0.1, 0.5, 3, np.array([0.75, 0.25])


SGD_FOLD_IN = Exercise(
    reference=solutions.sgd_fold_in,
    where="lesson 03, deeper, “The article's fold-in”",
    cases=_sgd_cases,
    mistakes="""
        - reg * w →
            The penalty is missing: each visit also pulls `w` towards 0 by `lr * reg * w`.
        - reg * w → + reg * w
            The penalty has the wrong sign: it pulls `w` towards 0, not away from it.
        reg * w → reg * np.append(0, w[1:])
            You do not penalise the bias `w[0]`. Here it is treated like all the other numbers.
        w += lr * (error * X[j] - reg * w) → w[1:] += lr * (error * X[j] - reg * w)[1:]
            The bias `w[0]` never moves: it is learned like all the other numbers.
        (error * X[j] - reg * w) → error * X[j] - reg * w
            With you `lr` multiplies the error alone. In the rule it multiplies the penalty too.
        first.copy() → first.copy(); errors = y - X @ w, then y[j] - X[j] @ w → errors[j]
            The errors are computed once, before the loops: compute each in its visit, with the `w`
            of that moment.
        for j in range(len(y)) → for j, error in enumerate(y - X @ w), \
            then error = y[j] - X[j] @ w → pass
            The errors are computed once an epoch: compute each with the `w` of that moment, after
            the visit before it.
        for j in range(len(y)) → for j, old in enumerate([w.copy()] * len(y)), \
            then X[j] @ w → X[j] @ old, then reg * w → reg * old
        range(len(y)) → [0], then y[j] - X[j] @ w → y - X @ w, then error * X[j] → X.T @ error
        range(len(y)) → [0], then y[j] - X[j] @ w → y - X @ w, then error * X[j] → \
            X.T @ error / len(y)
            All ratings move `w` at once (that is a batch): visit them one by one, and let each see
            the `w` that the one before has left.
        range(n_epochs) → range(1)
            This is what one epoch gives: do it `n_epochs` times, each from where the one before has
            ended. What stands once, `w = first.copy()` and `return`, stands outside of the loops.
        range(n_epochs) → range(1, n_epochs)
            This is one epoch too few: `range(1, n)` has n − 1 numbers.
        range(n_epochs) → range(n_epochs + 1)
            This is one epoch too many.
        range(len(y)) → range(1, len(y))
            The first rating is never visited: rows are counted from 0.
        range(len(y)) → range(len(y) - 1)
            The last rating is never visited: `range(n)` already ends before n.
        range(len(y)) → reversed(range(len(y)))
            You visit the last rating first: visit them in the given order.
        range(n_epochs) → range(len(y)), then for j in range(len(y)) → for j in [_] * n_epochs
            You visit each rating many times in a row: an epoch visits all of them once, so the loop
            over the epochs is the outer one.
        sgd_fold_in(X[:1], y[:1], lr, reg, 1, first)
            This is `w` after the very first visit. Is `return` inside the loop?
        first
            This is where it starts: nothing has moved.
        y[j] - X[j] @ w → X[j] @ w - y[j]
            The error has the wrong sign: it is what the rating has left, minus what `w` predicts.
        w += → w -=
            This goes uphill: the step is added to `w`.
        w += lr → w += 2 * lr
            The step is twice as long: in the rule `lr` has swallowed the 2 of the slope.
        first.copy() → np.zeros(len(first))
            It starts from zero, whatever `first` is: start from a copy of `first`.
        first.copy() → first.copy(); X = X.copy(), \
            then w += → X[j, 1:], w = X[j, 1:] + lr * (error * w[1:] - reg * X[j, 1:]), w +
            The films learn too: in a fold-in the rows of `X` stay as they are, and `w` alone moves.
    """,
    hints=(
        "Two loops, one in the other: epochs, and in each epoch the ratings in their order. One "
        "visit computes one error and moves `w` once.",
        "Begin with `w = first.copy()`. In the inner loop the error is `y[j] - X[j] @ w`; the "
        "formula above the exercise says what to add to `w`.",
    ),
    right="Just what training does for a person, with the films frozen.",
    changed="Start from a copy of `first`, and leave the films in `X` frozen.",
)


def _overlap_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([11, 12, 13, 14, 15]), np.array([13, 19, 11, 14, 18])
    popular = bundle().films.most_rated(16)
    for _ in range(2):
        yield tuple(rng.choice(popular, 10, replace=False) for _ in range(2))
    yield [7, 8], [9, 7]
    yield [1, 2, 3], [3, 1, 2]
    yield [1, 2, 3], [6, 5, 4]
    yield [1, 2, 3], [6, 3, 4]
    yield [400, 500, 600, 700], np.array([600, 800, 900, 1000])


OVERLAP = Exercise(
    reference=solutions.overlap,
    where="lesson 03, deeper, “Predict before you run”",
    cases=_overlap_cases,
    mistakes="""
        np.mean(a == b)
        np.mean(np.asarray(a) == np.asarray(b))
        np.mean(np.sort(a) == np.sort(b))
            You compare place by place: a film that is in both lists counts wherever it stands.
        len(a) → len(set(a) | set(b))
            You divide by the number of films in either list (the Jaccard index): divide by the
            length of one list.
        / len(a) →
            This is how many films they share: a share is between 0 and 1.
        len(a) → (len(a) + len(b))
            You divide by the length of both lists: two equal lists would share only half.
        & → -
            This is the share of films that are in one list only: you need those in both.
        2 - len(set(a + b)) / len(a)
            With arrays `a + b` adds the numbers, and only with lists it joins the two:
            `set(a) & set(b)` works for both.
        len(a) → 10
            The length of the lists stands in your code: use `len(a)`.
        (a[0] in b) / len(a)
            Only the first film is counted. Is `return` inside the loop?
        set(a) & set(b)
        sorted(set(a) & set(b))
            These are the films: return their share, one number.
        100 * overlap(a, b)
            This is in percent: give a share, between 0 and 1.
    """,
    hints=(
        "Count the films that are in both lists. Where they stand does not matter.",
        "Python's sets can do it: `set(a) & set(b)` holds what both have. Divide their number by "
        "the length of a list.",
    ),
    right="1 for the same films in any order, 0 for none in common.",
)


def _ridge_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([[1.0, 1.0], [1.0, -1.0], [1.0, 0.0]]), np.array([1.0, 0.5, 0.0]), 1.0
    model = _model(rng)
    X, y, _ = design(model, _own_ratings(rng, model, 40))
    yield X[:, :6], y, float(rng.uniform(1, 5))
    yield np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([1.0, 0.5]), 0.5
    yield np.ones((4, 1)), np.array([-3.0, -2.0, -4.0, -1.5]), 2.0
    yield X[:3, :7], y[:3], 0.3  # fewer ratings than unknowns


SOLVE_RIDGE = Exercise(
    reference=solutions.solve_ridge,
    where="lesson 03, “Which answer would be best?”",
    cases=_ridge_cases,
    mistakes="""
        + penalty * np.eye(X.shape[1]) →
        np.linalg.pinv(X) @ y
            The penalty is missing: this is least squares without a price for size.
        penalty * np.eye(X.shape[1]) → penalty
            The penalty is added to every entry of the matrix: it belongs on the diagonal only
            (`np.eye` makes the identity).
        np.linalg.solve(X @ X.T + penalty * np.eye(len(X)), y)
            This has one number for each rating: one for each column of `X` is asked. Look which of
            the two `X` stands on its side.
        solve_ridge(X, y, len(y) * penalty)
            The penalty counts n times: either you multiply it by the number of ratings, or you
            take means where the formula has sums.
        solve_ridge(X, y, penalty) / len(y)
            You divide by the number of ratings: the formula has sums and no means.
        np.eye(X.shape[1]) → np.diag(np.arange(X.shape[1]) > 0)
            You do not penalise the bias. In this course every number of `w` has its price.
        solve_ridge(X, y, penalty / 2)
            The penalty is halved: the price λw² has the derivative 2λw, and the 2 cancels with
            that of the squared errors.
        + penalty → - penalty
            The penalty has the wrong sign: it makes the diagonal larger.
        penalty * np.eye → penalty**2 * np.eye
            The penalty is squared: where it comes as further rows of `X`, those have its root.
        penalty * np.eye → np.sqrt(penalty) * np.eye
            This is the root of the penalty: λ itself stands on the diagonal.
        np.linalg.solve(A, X.T @ y) → (A**-1) @ X.T @ y
        np.linalg.solve(A, X.T @ y) → A**-1 @ (X.T @ y)
            `A ** -1` and `1 / A` go entry by entry: the inverse of a matrix is `np.linalg.inv(A)`,
            and `np.linalg.solve` does without it.
        np.eye(X.shape[1]) → np.eye(len(y))
            Your identity has a row for each rating: it needs one for each column of `X`.
        solve_ridge(X - X.mean(axis=0), y - y.mean(), penalty)
            Here the data are centred, which means an intercept of its own (in scikit-learn it is
            `fit_intercept`): in `X` the bias already has its column.
        X.T @ y / ((X**2).sum(axis=0) + penalty)
            You compute each number by itself, from the diagonal: all equations belong together.
        solve_ridge(X, y, penalty)[:, None]
            This is a column, shape `(d, 1)`: keep `y` flat, shape `(n,)`.
        X @ solve_ridge(X, y, penalty)
            These are the predictions, `X @ w`: `w` itself is asked.
    """,
    hints=(
        "Two things are needed: the matrix XᵀX + λI and the vector Xᵀy. Which shapes have they?",
        "`X.T @ X` is XᵀX, `np.eye(d)` the identity with d rows, and `np.linalg.solve(A, c)` finds "
        "the w for which `A @ w` is `c`.",
    ),
    right="No start, no steps, no chance: the same answer every time.",
)


def _penalty_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield 0.01, 50, 0.1, 10
    for _ in range(3):
        lr, reg = rng.uniform(0.002, 0.03), rng.uniform(0.01, 0.2)
        yield float(lr), int(rng.integers(10, 90)), float(reg), int(rng.integers(2, 60))
    yield 0.02, 40, 0, 10
    yield 0.002, 20, 0.1, 30
    yield 0.005, 30, 0.02, 300


RIDGE_PENALTY = Exercise(
    reference=solutions.ridge_penalty,
    where="lesson 03, “How large is the price?”",
    cases=_penalty_cases,
    mistakes="""
        reg * n
            Early stopping is missing: with `reg` = 0 the penalty would be 0, and yet stopping
            early holds w near 0.
        1 / (lr * n_epochs) + reg
            The penalty `reg` is paid at every visit: how many visits has an epoch?
        1 / (lr * n_epochs)
            This is early stopping alone: the penalty that each visit pays is missing.
        lr * n_epochs + reg * n
            Early stopping is upside down: the more steps, the less is w held near 0.
        1 / lr * n_epochs + reg * n
            Python reads `1 / lr * n_epochs` as (1 / lr) · n_epochs: put brackets around the
            product.
        (1 / (lr * n_epochs) + reg) * n
            Early stopping is multiplied by n as well: only `reg` is paid once for each rating.
        1 / (lr * n_epochs * n) + reg * n
            An epoch counts here as n steps: in the derivation it is one step of the summed
            gradient, whatever n is.
        1 / (lr * n_epochs + reg * n)
        1 / (lr * (n_epochs + reg * n))
            All of it stands in one denominator: only the steps are divided by, and the penalty of
            the visits is added to the fraction.
        1 / (lr * n_epochs) + reg / n
            You divide `reg` by n: every rating pays it, so it is multiplied.
        1 / (lr * n_epochs) + reg * n * n_epochs
            With you every epoch adds to the price: λ says how far `w` is held back in the end, and
            the epochs count in the first part only.
        1 / (lr * n_epochs) + lr * reg * n
            `lr` is still in the second part: written as a penalty, step and epochs have gone into
            the first.
        1 / (lr * n_epochs) * reg * n
            The two parts are multiplied: they are two prices, and prices add up.
    """,
    hints=(
        "Two prices add up: one for stopping after `n_epochs` steps, one that every visit to a "
        "rating pays.",
        "The first is one divided by (step times epochs). For the second, count the visits in one "
        "epoch.",
    ),
    right="One price for when the training stopped, one for each visit: no λ had to be tried out.",
)


def _dual_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([[1.0, 2.0]]), np.array([3.0]), 1.0
    model = _model(rng)
    X, y, _ = design(model, _own_ratings(rng, model, 40))
    yield X[:10], y[:10], float(rng.uniform(1, 5))
    yield np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([1.0, 0.5]), 0.5
    yield X[:5, :3], y[:5], 0.3  # more ratings than unknowns


SOLVE_DUAL = Exercise(
    reference=solutions.solve_dual,
    where="lesson 03, deeper, “As many equations as ratings”",
    cases=_dual_cases,
    mistakes="""
        + penalty * np.eye(len(y)) →
        np.linalg.pinv(X) @ y
            The penalty is missing: λ stands on the diagonal of XXᵀ.
        X.T @ a → a
            This is *a*, one number for each rating: w is Xᵀa.
        penalty * np.eye(len(y)) → penalty
            The penalty is added to every entry of the matrix: it belongs on the diagonal only
            (`np.eye` makes the identity).
        + penalty → - penalty
            The penalty has the wrong sign: it makes the diagonal larger.
        X.T @ a → X.T @ a / penalty
            λ is already in the system: w is Xᵀa, without a further division.
        penalty * np.eye → penalty**2 * np.eye
            The penalty is squared: λ itself stands on the diagonal.
        X.T @ a → X @ X.T @ a
            These are the predictions for the rated films, `X @ w`: `w` itself is asked.
        solve_dual(X, y, len(y) * penalty)
            The penalty counts n times: the formula has λ once.
    """,
    hints=(
        "First *a*, one number for each rating; then w = Xᵀa.",
        "`X @ X.T` has shape (n, n), and so has `np.eye(len(y))`. `np.linalg.solve(K, y)` finds "
        "the a for which `K @ a` is `y`.",
    ),
    right="The same answer as with one equation for each unknown.",
)

EXERCISES = (RESIDUALS, SOLVE_RIDGE, RIDGE_PENALTY, SGD_FOLD_IN, OVERLAP, SOLVE_DUAL)
