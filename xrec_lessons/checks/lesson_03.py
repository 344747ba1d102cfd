"""The exercises of lesson 03: folding in one user."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from xrec_lessons.bundle import load_bundle
from xrec_lessons.checks.exercise import Exercise, Mistake
from xrec_lessons.fold_in import design, ridge
from xrec_lessons.model import ItemFactors
from xrec_lessons.movielens import load

__all__ = ["EXERCISES"]


def _own_ratings(rng: np.random.Generator, items: ItemFactors, least: int) -> dict[int, float]:
    """All ratings of somebody with at least so many, in random order.

    Only of films whose id is below the number of films, so that an id taken for a row is not found
    out by an IndexError.
    """
    ratings = load().ratings
    ratings = ratings[ratings["movieId"] < len(items.ids)]
    sizes = ratings["userId"].value_counts().sort_index()
    own = ratings[ratings["userId"] == rng.choice(sizes.index[sizes >= least])]
    own = own.sample(frac=1, random_state=int(rng.integers(1000)))
    return dict(zip(own["movieId"].tolist(), own["rating"].tolist(), strict=True))


def _model(rng: np.random.Generator) -> ItemFactors:
    return rng.choice(np.array(load_bundle().models, dtype=object))


def residuals(items: ItemFactors, ratings: Mapping[int, float]) -> np.ndarray:
    """What the mean and the films' biases leave of the ratings, in the order given."""
    return design(items, ratings)[1]


def _residuals_cases(rng: np.random.Generator) -> Iterator[tuple]:
    ids, b = np.array([1, 2, 3, 5]), np.array([0.5, -0.5, 0.0, 0.25])
    yield ItemFactors(3.5, b, np.ones((4, 1)), ids, 0.01, 50, 0.0), {3: 3.0, 1: 5.0, 2: 3.5}
    items = _model(rng)
    yield items, _own_ratings(rng, items, 20)


def _stars(ratings: Mapping[int, float]) -> np.ndarray:
    return np.array(list(ratings.values()))


def _film_biases(items: ItemFactors, ratings: Mapping[int, float]) -> np.ndarray:
    return items.b[items.rows(ratings)]


RESIDUALS = Exercise(
    name="residuals",
    where="lesson 03, “What changes, and what can stay”",
    reference=residuals,
    cases=_residuals_cases,
    mistakes=(
        Mistake(
            lambda items, ratings: _stars(ratings) - _film_biases(items, ratings),
            "The mean `items.mu` is still in it: take it off too.",
        ),
        Mistake(
            lambda items, ratings: _stars(ratings) - items.mu,
            "The films' biases are still in it: take off `items.b` of each rated film.",
        ),
        Mistake(
            lambda items, ratings: _stars(ratings) - items.mu - items.b[list(ratings)],
            "You use the film's id as its row: row 3 is not the film with the id 3. `items.rows` "
            "gives the rows.",
        ),
        Mistake(
            lambda items, ratings: items.mu + _film_biases(items, ratings) - _stars(ratings),
            "The sign is the wrong way round: a rating above the expectation leaves a number "
            "above 0.",
        ),
        Mistake(
            lambda items, ratings: _stars(ratings) - items.mu + _film_biases(items, ratings),
            "The films' biases are added: a well-liked film has a bias above 0, and what it "
            "explains is to be taken off.",
        ),
        Mistake(
            lambda items, ratings: (
                _stars(ratings) - _stars(ratings).mean() - _film_biases(items, ratings)
            ),
            "You take off this person's own mean: take off the model's, `items.mu`. How generous "
            "the person is has yet to be found out.",
        ),
        Mistake(
            lambda items, ratings: residuals(items, dict(sorted(ratings.items()))),
            "The numbers are right and the order is not: keep the order of the dictionary.",
        ),
    ),
    hints=(
        "Each rating is mean + film's bias + something of the person. What is left when the first "
        "two are taken off?",
        "Make an array of the stars with `np.array(list(ratings.values()))`. "
        "`items.rows(ratings)` gives the rows of the films in the same order.",
    ),
    right="That is all that a person's numbers have to explain.",
)


def sgd_fold_in(
    X: np.ndarray, y: np.ndarray, lr: float, reg: float, n_epochs: int, first: np.ndarray
) -> np.ndarray:
    """Gradient steps for one person, one rating after the other; the films are frozen."""
    w = np.array(first, dtype=float)
    for _ in range(n_epochs):
        for x_j, y_j in zip(X, y, strict=True):
            w += lr * ((y_j - x_j @ w) * x_j - reg * w)
    return w


def _sgd_cases(rng: np.random.Generator) -> Iterator[tuple]:
    X, y = np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([1.0, 0.5])
    yield X, y, 0.1, 0.5, 2, np.array([0.0, 1.0])
    for _ in range(2):
        n, k = int(rng.integers(3, 8)), int(rng.integers(2, 5))
        X = np.column_stack([np.ones(n), rng.normal(0, 0.8, (n, k))])
        yield X, rng.normal(0, 1, n), 0.05, 0.2, 6, np.append(0.1, rng.normal(0, 0.5, k))


def _visits(step, *, once: bool = False):
    """Make a wrong descent from its step: (w, x_j, y_j, lr, reg, w before the epoch) to new w."""

    def descent(X, y, lr, reg, n_epochs, first):
        w = first.copy()
        for _ in range(1 if once else n_epochs):
            before = w
            for x_j, y_j in zip(X, y, strict=True):
                w = step(w, x_j, y_j, lr, reg, before)
        return w

    return descent


def _bias_free(values: np.ndarray) -> np.ndarray:
    return np.append(0.0, values[1:])


def _batch(X, y, lr, reg, n_epochs, first):
    w = first.copy()
    for _ in range(n_epochs):
        w = w + lr * (X.T @ (y - X @ w) - reg * len(y) * w)
    return w


def _films_too(X, y, lr, reg, n_epochs, first):
    X, w = X.copy(), first.copy()
    for _ in range(n_epochs):
        for j in range(len(y)):
            error, q_j = y[j] - X[j] @ w, X[j, 1:].copy()
            X[j, 1:] += lr * (error * w[1:] - reg * q_j)
            w = w + lr * (error * np.append(1.0, q_j) - reg * w)
    return w


SGD_FOLD_IN = Exercise(
    name="sgd_fold_in",
    where="lesson 03, “The article's way: more of the same”",
    reference=sgd_fold_in,
    cases=_sgd_cases,
    mistakes=(
        Mistake(
            _visits(lambda w, x, y, lr, reg, _: w + lr * (y - x @ w) * x),
            "The penalty is missing: each visit also pulls `w` towards 0 by `lr * reg * w`.",
        ),
        Mistake(
            _visits(lambda w, x, y, lr, reg, _: w + lr * ((y - x @ w) * x + reg * w)),
            "The penalty has the wrong sign: it pulls `w` towards 0, not away from it.",
        ),
        Mistake(
            _visits(lambda w, x, y, lr, reg, _: w + lr * ((y - x @ w) * x - reg * _bias_free(w))),
            "You do not penalise the bias `w[0]`. Here it is treated like all the other numbers.",
        ),
        Mistake(
            _visits(lambda w, x, y, lr, reg, _: w + lr * _bias_free((y - x @ w) * x - reg * w)),
            "The bias `w[0]` never moves: it is learned like all the other numbers.",
        ),
        Mistake(
            _visits(lambda w, x, y, lr, reg, _: w + lr * (y - x @ w) * x - reg * w),
            "With you `lr` multiplies the error alone. In the rule it multiplies the penalty too.",
        ),
        Mistake(
            _visits(lambda w, x, y, lr, reg, before: w + lr * ((y - x @ before) * x - reg * w)),
            "The errors are computed once an epoch: compute each with the `w` of that moment, "
            "after the visit before it.",
        ),
        Mistake(
            _batch,
            "All ratings move `w` at once (that is a batch): visit them one by one, and let each "
            "see the `w` that the one before has left.",
        ),
        Mistake(
            _visits(lambda w, x, y, lr, reg, _: w + lr * ((y - x @ w) * x - reg * w), once=True),
            "You pass over the ratings once: do it `n_epochs` times.",
        ),
        Mistake(
            lambda X, y, lr, reg, n_epochs, first: sgd_fold_in(
                X, y, lr, reg, n_epochs, np.zeros(len(first))
            ),
            "It starts from zero, whatever `first` is: start from a copy of `first`.",
        ),
        Mistake(
            _films_too,
            "The films learn too: in a fold-in the rows of `X` stay as they are, and `w` alone "
            "moves.",
        ),
    ),
    hints=(
        "Two loops, one in the other: epochs, and in each epoch the ratings in their order. One "
        "visit computes one error and moves `w` once.",
        "Begin with `w = first.copy()`. In the inner loop the error is `y[j] - X[j] @ w`; the "
        "formula above the exercise says what to add to `w`.",
    ),
    right="Just what training does for a person, with the films frozen.",
    changed="Start from a copy of `first`, and leave the films in `X` frozen.",
)


def overlap(a: Sequence[int], b: Sequence[int]) -> float:
    """Share of the films that two lists of the same length have in common."""
    return len(set(a) & set(b)) / len(a)


def _overlap_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([11, 12, 13, 14, 15]), np.array([13, 19, 11, 14, 18])
    popular = load_bundle().films.most_rated(16)
    for _ in range(2):
        yield tuple(rng.choice(popular, 10, replace=False) for _ in range(2))


OVERLAP = Exercise(
    name="overlap",
    where="lesson 03, “Predict before you run”",
    reference=overlap,
    cases=_overlap_cases,
    mistakes=(
        Mistake(
            lambda a, b: np.mean(np.asarray(a) == np.asarray(b)),
            "You compare place by place: a film that is in both lists counts wherever it stands.",
        ),
        Mistake(
            lambda a, b: len(set(a) & set(b)) / len(set(a) | set(b)),
            "You divide by the number of films in either list (the Jaccard index): divide by the "
            "length of one list.",
        ),
        Mistake(
            lambda a, b: len(set(a) & set(b)),
            "This is how many films they share: a share is between 0 and 1.",
        ),
        Mistake(
            lambda a, b: len(set(a) & set(b)) / (len(a) + len(b)),
            "You divide by the length of both lists: two equal lists would share only half.",
        ),
        Mistake(
            lambda a, b: len(set(a) - set(b)) / len(a),
            "This is the share of films that are in one list only: you need those in both.",
        ),
        Mistake(
            lambda a, b: 100 * overlap(a, b),
            "This is in percent: give a share, between 0 and 1.",
        ),
    ),
    hints=(
        "Count the films that are in both lists. Where they stand does not matter.",
        "Python's sets can do it: `set(a) & set(b)` holds what both have. Divide their number by "
        "the length of a list.",
    ),
    right="1 for the same films in any order, 0 for none in common.",
)


def _ridge_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([[1.0, 1.0], [1.0, -1.0], [1.0, 0.0]]), np.array([1.0, 0.5, 0.0]), 1.0
    items = _model(rng)
    X, y, _ = design(items, _own_ratings(rng, items, 40))
    yield X[:, :6], y, float(rng.uniform(1, 5))


def _solve(A: np.ndarray, c: np.ndarray) -> np.ndarray:
    return np.linalg.solve(A, c)


def _not_on_the_bias(X: np.ndarray, y: np.ndarray, penalty: float) -> np.ndarray:
    prices = np.full(X.shape[1], penalty)
    prices[0] = 0.0
    return _solve(X.T @ X + np.diag(prices), X.T @ y)


SOLVE_RIDGE = Exercise(
    name="solve_ridge",
    where="lesson 03, “All equations at once”",
    reference=ridge,
    cases=_ridge_cases,
    mistakes=(
        Mistake(
            lambda X, y, penalty: _solve(X.T @ X, X.T @ y),
            "The penalty is missing: this is least squares without a price for size.",
        ),
        Mistake(
            lambda X, y, penalty: _solve(X.T @ X + penalty, X.T @ y),
            "The penalty is added to every entry of the matrix: it belongs on the diagonal only "
            "(`np.eye` makes the identity).",
        ),
        Mistake(
            lambda X, y, penalty: _solve(X @ X.T + penalty * np.eye(len(X)), y),
            "This has one number for each rating: one for each column of `X` is asked. Look which "
            "of the two `X` stands on its side.",
        ),
        Mistake(
            lambda X, y, penalty: ridge(X, y, len(y) * penalty),
            "The penalty counts n times: either you multiply it by the number of ratings, or you "
            "take means where the formula has sums.",
        ),
        Mistake(
            lambda X, y, penalty: ridge(X, y, penalty) / len(y),
            "You divide by the number of ratings: the formula has sums and no means.",
        ),
        Mistake(
            _not_on_the_bias,
            "You do not penalise the bias. In this course every number of `w` has its price.",
        ),
        Mistake(
            lambda X, y, penalty: ridge(X, y, penalty / 2),
            "The penalty is halved: the price λw² has the derivative 2λw, and the 2 cancels with "
            "that of the squared errors.",
        ),
        Mistake(
            lambda X, y, penalty: _solve(X.T @ X - penalty * np.eye(X.shape[1]), X.T @ y),
            "The penalty has the wrong sign: it makes the diagonal larger.",
        ),
    ),
    hints=(
        "Two things are needed: the matrix XᵀX + λI and the vector Xᵀy. Which shapes have they?",
        "`X.T @ X` is XᵀX, `np.eye(d)` the identity with d rows, and `np.linalg.solve(A, c)` finds "
        "the w for which `A @ w` is `c`.",
    ),
    right="No start, no steps, no chance: the same answer every time.",
)


def ridge_penalty(lr: float, n_epochs: int, reg: float, n: int) -> float:
    """Ridge penalty that stands for SGD from zero: early stopping plus the price of each visit."""
    return 1 / (lr * n_epochs) + reg * n


def _penalty_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield 0.01, 50, 0.1, 10
    for _ in range(3):
        lr, reg = rng.uniform(0.002, 0.03), rng.uniform(0.01, 0.2)
        yield float(lr), int(rng.integers(10, 90)), float(reg), int(rng.integers(2, 60))


RIDGE_PENALTY = Exercise(
    name="ridge_penalty",
    where="lesson 03, “Stopping early is a price for size”",
    reference=ridge_penalty,
    cases=_penalty_cases,
    mistakes=(
        Mistake(
            lambda lr, n_epochs, reg, n: reg * n,
            "Early stopping is missing: with `reg` = 0 the penalty would be 0, and yet stopping "
            "early holds w near 0.",
        ),
        Mistake(
            lambda lr, n_epochs, reg, n: 1 / (lr * n_epochs) + reg,
            "The penalty `reg` is paid at every visit: how many visits has an epoch?",
        ),
        Mistake(
            lambda lr, n_epochs, reg, n: 1 / (lr * n_epochs),
            "This is early stopping alone: the penalty that each visit pays is missing.",
        ),
        Mistake(
            lambda lr, n_epochs, reg, n: lr * n_epochs + reg * n,
            "Early stopping is upside down: the more steps, the less is w held near 0.",
        ),
        Mistake(
            lambda lr, n_epochs, reg, n: 1 / lr * n_epochs + reg * n,
            "Python reads `1 / lr * n_epochs` as (1 / lr) · n_epochs: put brackets around the "
            "product.",
        ),
        Mistake(
            lambda lr, n_epochs, reg, n: (1 / (lr * n_epochs) + reg) * n,
            "Early stopping is multiplied by n as well: only `reg` is paid once for each rating.",
        ),
        Mistake(
            lambda lr, n_epochs, reg, n: 1 / (lr * n_epochs * n) + reg * n,
            "An epoch counts here as n steps: in the derivation it is one step of the summed "
            "gradient, whatever n is.",
        ),
        Mistake(
            lambda lr, n_epochs, reg, n: 1 / (lr * n_epochs) * reg * n,
            "The two parts are multiplied: they are two prices, and prices add up.",
        ),
    ),
    hints=(
        "Two prices add up: one for stopping after `n_epochs` steps, one that every visit to a "
        "rating pays.",
        "The first is one divided by (step times epochs). For the second, count the visits in one "
        "epoch.",
    ),
    right="Nothing is left to choose: the training has settled it.",
)

EXERCISES = (RESIDUALS, SGD_FOLD_IN, OVERLAP, SOLVE_RIDGE, RIDGE_PENALTY)
