"""The exercises of lesson 05: the influence of a rating."""

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from xrec_lessons.bundle import load_bundle
from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.checks.solutions import (
    additive_parts,
    exact_influence,
    influence_by_refit,
    leverages,
    same_top,
)
from xrec_lessons.fold_in import design, ridge, targets_design
from xrec_lessons.influence import additive, first_order, leave_one_out
from xrec_lessons.movielens import load

__all__ = ["EXERCISES"]

Arguments = tuple[np.ndarray, np.ndarray, float, np.ndarray]


_bundle = cache(load_bundle)
_data = cache(load)


def _people(rng: np.random.Generator) -> Iterator[Arguments]:
    """The toy person, one invented, and one of the bundled data with some of their ratings."""
    yield np.ones((2, 1)), np.array([2.0, 4.0]), 1.0, np.ones((1, 1))
    X = np.column_stack([np.ones(7), rng.normal(0, 1, (7, 2))])
    yield X, rng.normal(0, 1, 7), rng.uniform(0.5, 4), rng.normal(0, 1, (4, 3))
    bundle, ratings = _bundle(), _data().ratings
    model = bundle.models[int(rng.integers(len(bundle.models)))]
    # More ratings than factors, so that a forgotten penalty gives the same wrong numbers in
    # whichever way A is inverted.
    frequent = ratings["userId"].value_counts().loc[lambda count: count >= 100].index.sort_values()
    own = ratings[ratings["userId"] == rng.choice(frequent)].sample(80, random_state=rng)
    X, y, _ = design(model, dict(zip(own["movieId"], own["rating"], strict=True)))
    targets = rng.choice(bundle.films.most_rated(300), 3, replace=False)
    yield X, y, model.penalty(len(y)), targets_design(model, targets)


def _system(X: np.ndarray, penalty: float) -> np.ndarray:
    return X.T @ X + penalty * np.eye(X.shape[1])


def _pull(X: np.ndarray, y: np.ndarray, penalty: float, Xt: np.ndarray) -> np.ndarray:
    return X @ np.linalg.solve(_system(X, penalty), Xt.T)


def _residual(X: np.ndarray, y: np.ndarray, penalty: float) -> np.ndarray:
    return y - X @ ridge(X, y, penalty)


def _same_top_cases(rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    yield (
        np.array([[0.3, 0.1, 0.4], [-0.5, 0.2, 0.3]]),
        np.array([[0.4, 0.2, 0.3], [-0.6, -0.1, 0.2]]),
    )
    for n, t in ((5, 40), (10, 25)):
        a = rng.normal(0.02, 0.1, (n, t))
        yield a, a + rng.normal(0, 0.08, (n, t))


SAME_TOP = Exercise(
    reference=same_top,
    where="lesson 05, “Measure the noise”",
    cases=_same_top_cases,
    mistakes="""
        np.mean(a.argmax(axis=0) == b.argmax(axis=0))
            You look for the largest value with its sign: an influence of -0.5 is larger in size
            than one of 0.3.
        np.mean(abs(a).argmax(axis=1) == abs(b).argmax(axis=1))
            You look for the top target of each rating: rows are ratings and columns are targets,
            and you need the top rating of each target.
        np.sum(abs(a).argmax(axis=0) == abs(b).argmax(axis=0))
            This is the number of targets: a share is between 0 and 1.
        np.sum(abs(a).argmax(axis=0) == abs(b).argmax(axis=0)) / len(a)
            You divide by the number of ratings, the rows: a share of the targets is divided by the
            number of targets.
        float(abs(a).argmax() == abs(b).argmax())
            Without an axis `argmax` finds one place in the whole array: find one for each target.
        np.mean(abs(a).max(axis=0) == abs(b).max(axis=0))
            You compare how large the largest influences are: compare which rating they belong to.
        np.mean(abs(a).argmin(axis=0) == abs(b).argmin(axis=0))
            This finds the rating with the smallest influence: you need the largest.
        np.mean(np.sign(a) == np.sign(b))
            This is the share of equal signs: you need the share of equal top films.
        abs(a).argmax(axis=0) == abs(b).argmax(axis=0)
            This says yes or no for each target: you need one number, the share of yes.
    """,
    hints=(
        "`argmax` says at which place the largest value of an array stands; with `axis=0` it "
        "answers for every column. Which values should it compare?",
        "Find the top row of each column of `abs(a)`, do the same for `b`, compare the two arrays, "
        "and take the mean of yes and no.",
    ),
    right="Two runs can be compared with it, or two models, or two formulas.",
)


def _refits(
    how: Callable[[np.ndarray, np.ndarray, float, int], tuple[np.ndarray, np.ndarray, float]],
) -> Callable:
    """With all minus a refit of what `how` makes of the ratings for each j."""

    def influence(X: np.ndarray, y: np.ndarray, penalty: float, Xt: np.ndarray) -> np.ndarray:
        with_all = Xt @ ridge(X, y, penalty)
        return np.array([with_all - Xt @ ridge(*how(X, y, penalty, j)) for j in range(len(y))])

    return influence


def _but(
    X: np.ndarray, y: np.ndarray, penalty: float, j: int
) -> tuple[np.ndarray, np.ndarray, float]:
    return np.delete(X, j, axis=0), np.delete(y, j), penalty


def _with_zero(
    X: np.ndarray, y: np.ndarray, penalty: float, j: int
) -> tuple[np.ndarray, np.ndarray, float]:
    return X, np.where(np.arange(len(y)) == j, 0.0, y), penalty


def _scaled_penalty(
    X: np.ndarray, y: np.ndarray, penalty: float, j: int
) -> tuple[np.ndarray, np.ndarray, float]:
    n = len(y)
    return *_but(X, y, penalty, j)[:2], penalty * (n - 1) / n


def _without_only(X: np.ndarray, y: np.ndarray, penalty: float, Xt: np.ndarray) -> np.ndarray:
    return Xt @ ridge(X, y, penalty) - influence_by_refit(X, y, penalty, Xt)


INFLUENCE_BY_REFIT = Exercise(
    reference=influence_by_refit,
    where="lesson 05, “No steps at all: ridge”",
    cases=_people,
    mistakes="""
        -influence_by_refit(X, y, penalty, Xt)
            The sign is wrong: a rating that raises a prediction has an influence above 0. Which of
            the two predictions is subtracted?
        abs(influence_by_refit(X, y, penalty, Xt))
            You take away the sign: a rating that lowers a prediction has an influence below 0.
        influence_by_refit(X, y, penalty, Xt)[:1]
            There is only the first rating in it: does `return` stand inside the loop?
        _refits(_with_zero)
            You set the rating's `y` to 0, and that is an opinion too: “just what the film gets on
            average”. Take its row of `X` and its `y` out.
        _without_only
            These are the predictions without each rating: how far is each from the prediction with
            all?
        _refits(lambda X, y, penalty, j: (X[j : j + 1], y[j : j + 1], penalty))
            You keep rating `j` alone and leave all others out: leave `j` out and keep the others.
        _refits(_scaled_penalty)
            You make the penalty smaller for the refits: it is the same on both sides.
        influence_by_refit(X, y, 1e-9, Xt)
            This is without the penalty: hand `penalty` to `ridge` as it is.
        influence_by_refit(X, y, penalty, Xt).T
            This is transposed: one row for each rating, one column for each target.
        influence_by_refit(X, y, penalty, X)
            You predict the rated films themselves: predict the targets, `Xt`.
        influence_by_refit(X, y, penalty, np.eye(X.shape[1]))
            This is how `w` changes: the influence is how the predictions `Xt @ w` change.
    """,
    hints=(
        "One fit with all ratings, then a loop over `j` with one fit without rating `j`. "
        "`np.delete(X, j, axis=0)` is a copy of `X` without row `j`.",
        "Begin with `with_all = Xt @ ridge(X, y, penalty)` and an empty list. In the loop, append "
        "the predictions without `j`; at the end subtract.",
    ),
    right="That is the yardstick for every formula that follows.",
    changed="Work on copies: otherwise the next rating is judged without this one, too.",
)


def _leverage_cases(rng: np.random.Generator) -> Iterator[tuple[np.ndarray, float]]:
    yield np.array([[1.0, 0.0], [1.0, 1.0]]), 1.0
    for X, _, penalty, _ in _people(rng):
        yield X, penalty


LEVERAGES = Exercise(
    reference=leverages,
    where="lesson 05, “Without refitting”",
    cases=_leverage_cases,
    mistakes="""
        _pull(X, None, penalty, X)
            This holds the pull of every rating on every rated film: a leverage is the pull of a
            rating on its own film, so which of these entries do you need?
        (X @ np.linalg.pinv(X)).diagonal()
            The penalty is missing in A.
        (X @ (1 / _system(X, penalty)) @ X.T).diagonal()
            This divides 1 by each number of A: `A**-1` is no inverse, `np.linalg.inv(A)` is.
        (X @ np.linalg.pinv(X.T @ X + penalty) @ X.T).diagonal()
            You add the penalty to every entry of A: λI adds it on the diagonal only.
        (X @ _system(X, penalty) @ X.T).diagonal()
            A is not inverted: the formula has A to the power of -1 in the middle.
        np.linalg.inv(_system(X, penalty)).diagonal()
            This is the diagonal of the inverse of A, one number for each factor: the rows of `X`
            belong on both sides of it.
        1 - leverages(X, penalty)
            This is 1 minus the leverage.
        (X**2).sum(axis=1) / ((X**2).sum(axis=1) + penalty)
            This would be the leverage of each rating if there were no other: A adds up all ratings.
        leverages(X, penalty).sum()
            This is the sum of the leverages: one number for each rating is asked.
    """,
    hints=(
        "Build A first; `np.eye(d)` is the identity I. What shape has `X @ inverse @ X.T`, and "
        "what stands in its row j and column j?",
        "With A inverted, `X @ inverse @ X.T` holds all pulls between rated films. Its diagonal "
        "has the leverages.",
    ),
    right="All of them lie between 0 and 1.",
)


def _times(factor: Callable[[np.ndarray, np.ndarray, float], np.ndarray]) -> Callable:
    """Pull times something that the ratings give, one number for each."""

    def parts(X: np.ndarray, y: np.ndarray, penalty: float, Xt: np.ndarray) -> np.ndarray:
        return _pull(X, y, penalty, Xt) * factor(X, y, penalty)[:, None]

    return parts


EXACT_INFLUENCE = Exercise(
    reference=exact_influence,
    where="lesson 05, “Without refitting”",
    cases=_people,
    mistakes="""
        first_order
            This is pull times residual: a rating's own pull makes its residual smaller than the
            surprise was. What undoes that?
        additive
            This is pull times `y`: take what is left of `y` when the fit is taken off, and do not
            forget the leverage.
        _times(lambda X, y, penalty: y / (1 - leverages(X, penalty)))
            You divide `y` itself: above the line stands the residual, `y` minus the fitted values.
        _times(lambda X, y, penalty: (y - (y - _residual(X, y, penalty)) / (1 - leverages(X, \
            penalty)) ) )
            You divide only the fitted values by 1 minus the leverage: put brackets around the
            residual.
        -leave_one_out(X, y, penalty, Xt)
            The sign is wrong: the residual is what was given minus what is fitted, not the other
            way round.
        _times(lambda X, y, penalty: _residual(X, y, penalty) / leverages(X, penalty))
            You divide by the leverage: divide by 1 minus the leverage.
        _times(lambda X, y, penalty: _residual(X, y, penalty) * (1 - leverages(X, penalty)))
            You multiply by 1 minus the leverage: the surprise is larger than the residual, not
            smaller.
        _times(lambda X, y, penalty: _residual(X, y, penalty) / (1 + leverages(X, penalty)))
            You divide by 1 plus the leverage: look at the sign in line 5.
        _times(lambda X, y, penalty: (y - X @ np.linalg.pinv(X) @ y) / (1 - leverages(X, penalty)) )
            The residual comes from a fit without the penalty: use the ridge's `w`.
        leave_one_out(X, y, penalty, Xt).T
            This is transposed: one row for each rating, one column for each target.
        _times(lambda X, y, penalty: _residual(X, y, penalty) / (1 - leverages(X, 1e-9)))
            The leverages are without the penalty: it belongs into A there, too.
    """,
    hints=(
        "Three parts: the pull, shape (n, t); the residuals, shape (n,); the leverages, shape "
        "(n,). Compute each on its own line.",
        "The pull is `X @ inverse @ Xt.T`, with the inverse of A in the middle. To multiply each "
        "of its rows by one number, give the numbers a second axis: `numbers[:, None]`.",
    ),
    right="One fit, and it equals n refits up to rounding.",
    detours=("influence_by_refit", "delete"),
    detour="But it fits again for every rating: here the boxed formula is asked, with one fit.",
)


ADDITIVE_PARTS = Exercise(
    reference=additive_parts,
    where="lesson 05, “Two relatives, and what they mean”",
    cases=_people,
    mistakes="""
        first_order
            This is pull times residual: for the parts of the prediction, the pull is multiplied by
            `y` as it is.
        leave_one_out
            This is the exact influence: it does not add up to the prediction. No residual and no
            leverage are needed here.
        _times(lambda X, y, penalty: y / (1 - leverages(X, penalty)))
            You divide by 1 minus the leverage: for the parts, the pull is multiplied by `y` as it
            is.
        additive(X, y, penalty, Xt).sum(axis=0)
            This is the sum over the ratings: you need its terms, one for each rating.
        additive(X, y, penalty, Xt).T
            This is transposed: one row for each rating, one column for each target.
        _pull
            This is the pull, what one star more would do: multiply each row by its rating's `y`.
        additive(X, y, penalty, Xt) / additive(X, y, penalty, Xt).sum(axis=0)
            You divide by the sum, which gives shares: you need the terms, in stars.
        Xt * ridge(X, y, penalty)
            You take the sum over the factors apart: take the one over the ratings apart.
        (X @ Xt.T) * y[:, None]
            The inverse of A is missing between `X` and `Xt`.
    """,
    hints=(
        "In exercise 4 you had the pull of every rating on every target. What is it multiplied by "
        "here?",
        "Compute the pull, shape (n, t), and multiply row j by `y[j]`. Then check in a cell of "
        "your own that the columns add up to `Xt @ w`.",
    ),
    right="The columns add up to the person's part of the predictions.",
)

EXERCISES = (SAME_TOP, INFLUENCE_BY_REFIT, LEVERAGES, EXACT_INFLUENCE, ADDITIVE_PARTS)
