"""The exercises of lesson 05: the influence of a rating."""

from collections.abc import Callable, Iterator

import numpy as np

from xrec_lessons.checks import solutions
from xrec_lessons.checks.bundled import bundle, ratings
from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.checks.work import work
from xrec_lessons.fold_in import design, targets_design

__all__ = ["EXERCISES"]


def _people(rng: np.random.Generator) -> Iterator[tuple]:
    """X, y, penalty and Xt of the toy person, three invented, and one of the bundled data."""
    yield np.ones((2, 1)), np.array([2.0, 4.0]), 1.0, np.ones((1, 1))
    X = np.column_stack([np.ones(7), rng.normal(0, 1, (7, 2))])
    yield X, rng.normal(0, 1, 7), rng.uniform(0.5, 4), rng.normal(0, 1, (4, 3))
    # Predictions far beyond the scale, a self-pull of almost 1, and more targets than ratings.
    X = np.array([[1.0, 0.2], [1.0, -0.4], [1.0, 0.4], [1.0, 9.0]])
    yield X, rng.uniform(3, 9, 4) * [1, -1, 1, -1], 0.1, rng.normal(0, 4, (6, 2))
    twice = np.array([[1.0, 0.5, -1.0]] * 2)  # two films alike
    X = np.vstack([twice, rng.normal(0, 1, (3, 3))])
    yield X, rng.normal(0, 1, 5), 2.0, np.vstack([twice, rng.normal(0, 1, (5, 3))])
    model = bundle().models[int(rng.integers(len(bundle().models)))]
    # More ratings than factors, so that a forgotten penalty gives the same wrong numbers in
    # whichever way A is inverted.
    sizes = ratings()["userId"].value_counts().sort_index()
    own = ratings()[ratings()["userId"] == rng.choice(sizes.index[sizes >= 100])]
    own = own.sample(80, random_state=rng)
    X, y, _ = design(model, dict(zip(own["movieId"], own["rating"], strict=True)))
    targets = rng.choice(bundle().films.most_rated(300), 3, replace=False)
    yield X, y, model.penalty(len(y)), targets_design(model, targets)


def _same_top_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([[0.3, 0.1], [-0.5, 0.2]]), np.array([[0.4, 0.2], [-0.1, 0.3]])
    yield (
        np.array([[0.3, 0.1, 0.4], [-0.5, 0.2, 0.3]]),
        np.array([[0.4, 0.2, 0.3], [-0.6, -0.1, 0.2]]),
    )
    for n, t in ((5, 40), (10, 25), (4, 3)):
        a = rng.normal(0.02, 0.1, (n, t))
        yield a, a + rng.normal(0, 0.08, (n, t))
    a = rng.normal(0, 0.1, (4, 6))
    yield a, a * [1, -1, 1, 1, -1, 1]  # the other sign, and the same top film
    yield a[:, :1], a[::-1, :1]
    yield a[:1], -a[1:2]  # one rating


SAME_TOP = Exercise(
    reference=solutions.same_top,
    where="lesson 05, deeper, “Measure the noise”",
    cases=_same_top_cases,
    mistakes="""
        abs(a) → a, then abs(b) → b
            You look for the largest value with its sign: an influence of -0.5 is larger in size
            than one of 0.3.
        same_top(a.T, b.T)
            You look for the top target of each rating: rows are ratings and columns are targets,
            and you need the top rating of each target.
        np.mean → np.sum
            This is the number of targets: a share is between 0 and 1.
        np.mean → np.sum, then axis=0)) → axis=0)) / len(a)
            You divide by the number of ratings, the rows: a share of the targets is divided by the
            number of targets.
        float(abs(a).argmax() == abs(b).argmax())
            Without an axis `argmax` finds one place in the whole array: find one for each target.
        a).argmax → a).max, then b).argmax → b).max
        a).argmax → a).max, then b).argmax → b).max, then np.mean →
            You compare how large the largest influences are: compare which rating they belong to.
        a).argmax → a).argmin, then b).argmax → b).argmin
            This finds the rating with the smallest influence: you need the largest.
        np.mean(np.sign(a) == np.sign(b))
            This is the share of equal signs: you need the share of equal top films.
        np.mean →
            This says yes or no for each target: you need one number, the share of yes.
        np.mean([abs(a[:, j]).argmax() == abs(b[:, j]).argmax() for j in range(len(a))])
            You count as many targets as there are ratings: `len(a)` is the number of the rows, and
            `a.shape[1]` that of the columns, the targets.
        np.mean → np.all
        np.mean → np.any
            This is one yes or no for all targets together: you need the share of yes.
        == → !=
            This is the other share, that of the targets whose top film is *not* the same.
        float(abs(a[:, 0]).argmax() == abs(b[:, 0]).argmax()) / a.shape[1]
        float(abs(a[:, 0]).argmax() == abs(b[:, 0]).argmax())
            Only the first target is counted: does `return` stand inside the loop?
    """,
    hints=(
        "`argmax` says at which place the largest value of an array stands; with `axis=0` it "
        "answers for every column. Which values should it compare?",
        "Find the top row of each column of `abs(a)`, do the same for `b`, compare the two arrays, "
        "and take the mean of yes and no.",
    ),
    right="Two runs can be compared with it, or two models, or two formulas.",
)


INFLUENCE_BY_REFIT = Exercise(
    reference=solutions.influence_by_refit,
    where="lesson 05, “No chance: ridge”",
    cases=_people,
    mistakes="""
        with_all - np.array(without) → np.array(without) - with_all
            The sign is wrong: a rating that raises a prediction has an influence above 0. Which of
            the two predictions is subtracted?
        abs(influence_by_refit(X, y, penalty, Xt))
            You take away the sign: a rating that lowers a prediction has an influence below 0.
        without.append(Xt @ w) → return [with_all - Xt @ w]
            There is only the first rating in it: does `return` stand inside the loop?
        np.delete(X, j, axis=0) → X, then np.delete(y, j) → np.where(np.arange(len(y)) == j, 0, y)
            You set the rating's `y` to 0, and that is an opinion too: “just what the film gets on
            average”. Take its row of `X` and its `y` out.
        with_all - →
            These are the predictions without each rating: how far is each from the prediction with
            all?
        np.delete(y, j), penalty → y, penalty
            Rating `j` is out of `X` and still in `y`: take it out there, too, with
            `np.delete(y, j)`.
        np.delete(X, j, axis=0), np.delete(y, j) → X[[j]], y[[j]]
            You keep rating `j` alone and leave all others out: leave `j` out and keep the others.
        np.delete(y, j), penalty → np.delete(y, j), penalty * (1 - 1 / len(y))
            You make the penalty smaller for the refits: it is the same on both sides.
        influence_by_refit(X, y, 1e-9, Xt)
            This is without the penalty: hand `penalty` to `ridge` as it is.
        ridge(X, y → _free(X, y, then ridge(np.delete → _free(np.delete
            You leave the person's bias, the first number of w, without a penalty: the bias pays it
            too, the penalty stands in all of the diagonal.
        influence_by_refit(X, y, penalty, Xt).sum(axis=1)
            This is one number for each rating, the sum over the targets: give one column for each
            target.
        np.delete(X, j, axis=0), np.delete(y, j) → X[j + 1 :], y[j + 1 :]
            You take the ratings away one after the other, and never put one back: in row j only
            rating j is missing. Begin with a new copy in every turn.
        Xt @ ridge(X, y, penalty) → np.clip(Xt @ ridge(X, y, penalty), 0.5, 5), \
            then Xt @ w → np.clip(Xt @ w, 0.5, 5)
        Xt @ ridge(X, y, penalty) → np.minimum(Xt @ ridge(X, y, penalty), 5), \
            then Xt @ w → np.minimum(Xt @ w, 5)
        Xt @ ridge(X, y, penalty) → np.clip(Xt @ ridge(X, y, penalty), -4.5, 4.5), \
            then Xt @ w → np.clip(Xt @ w, -4.5, 4.5)
        Xt @ ridge(X, y, penalty) → np.clip(Xt @ ridge(X, y, penalty), -5, 5), \
            then Xt @ w → np.clip(Xt @ w, -5, 5)
            You cut the predictions off, and that hides influence: clip what you show, not what you
            subtract. (And these are what is left of the stars, so they may well be below 0.)
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


def _free(X: np.ndarray, y: np.ndarray, penalty: float) -> np.ndarray:
    """A fit in which the first number of w, the person's bias, pays no penalty."""
    return np.linalg.solve(X.T @ X + penalty * np.diag(np.arange(X.shape[1]) > 0), X.T @ y)


def _self_pull_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([[1.0, 0.0], [1.0, 1.0]]), 1.0
    for X, _, penalty, _ in _people(rng):
        yield X, penalty
    yield np.array([[rng.uniform(1, 3)]]), 0.5  # a rating that is alone


SELF_PULLS = Exercise(
    reference=solutions.self_pulls,
    where="lesson 05, “Without refitting”",
    cases=_self_pull_cases,
    mistakes="""
        .diagonal() →
            This holds the pull of every rating on every rated film: a self-pull is the pull of a
            rating on its own film, so which of these entries do you need?
        + penalty * np.eye(X.shape[1]) →
            The penalty is missing in A.
        np.linalg.inv(A) → A**-1
            This divides 1 by each number of A: `A**-1` is no inverse, `np.linalg.inv(A)` is.
        * np.eye(X.shape[1]) →
            You add the penalty to every entry of A: λI adds it on the diagonal only.
        np.eye(X.shape[1]) → np.diag(np.arange(X.shape[1]) > 0)
            The first place of the diagonal, that of the person's bias, is without the penalty: the
            bias pays it too.
        .diagonal() → .sum(axis=1)
            This is the sum of each row, all pulls on one film: its own pull stands on the diagonal.
        .diagonal() → .diagonal()[:1]
        pulls.diagonal() → pulls[0, 0]
            This is the first self-pull alone: does `return` stand inside the loop?
        np.linalg.inv(A) → A
            A is not inverted: the formula has A to the power of -1 in the middle.
        X @ np.linalg.inv(A) @ X.T → np.linalg.inv(A)
            This is the diagonal of the inverse of A, one number for each factor: the rows of `X`
            belong on both sides of it.
        1 - self_pulls(X, penalty)
            This is 1 minus the self-pull.
        (X**2).sum(axis=1) / ((X**2).sum(axis=1) + penalty)
            This would be the self-pull of each rating if there were no other: A adds up all
            ratings.
        diagonal → trace
            This is the sum of the self-pulls: one number for each rating is asked.
    """,
    hints=(
        "Build A first; `np.eye(d)` is the identity I. What shape has `X @ inverse @ X.T`, and "
        "what stands in its row j and column j?",
        "With A inverted, `X @ inverse @ X.T` holds all pulls between rated films. Its diagonal "
        "has the self-pulls.",
    ),
    right="All of them lie between 0 and 1.",
)


SOLVERS = ("solve", "inv", "pinv", "lstsq", "qr", "svd", "eigh", "cholesky", "cho_factor")


def _fits_again(answer: Callable) -> str:
    X, y, penalty, Xt = [*_people(np.random.default_rng(0))][-1]
    done = work(answer, (X, y, penalty, Xt))
    solved = [done.calls[f"{library}.{name}"] for library in ("numpy", "scipy") for name in SOLVERS]
    matrices = done.peak / (8 * X.shape[1] ** 2)  # those that would fit into the memory it took
    if sum(solved) >= 10 or matrices >= len(y) / 2:  # a fit, the pull, the self-pulls: three do
        many = f"{sum(solved)} systems of equations" if sum(solved) >= 10 else "one big system"
        return (
            f"But it fits again for every rating, or inverts A in every turn of the loop ({many} "
            f"for {len(y)} ratings): here the boxed formula is asked, with one fit, and one "
            "inverse before the loop, in your `self_pulls` too."
        )
    return ""


EXACT_INFLUENCE = Exercise(
    reference=solutions.exact_influence,
    where="lesson 05, “Without refitting”",
    cases=_people,
    mistakes="""
        / (1 - self_pulls(X, penalty)) →
            This is pull times residual: a rating's own pull makes its residual smaller than the
            surprise was. What undoes that?
        surprise[:, None] → y[:, None]
            This is pull times `y`: take what is left of `y` when the fit is taken off, and do not
            forget the self-pull.
        residual / → y /
            You divide `y` itself: above the line stands the residual, `y` minus the fitted values.
        residual / (1 → y - (y - residual) / (1
            You divide only the fitted values by 1 minus the self-pull: put brackets around the
            residual.
        -exact_influence(X, y, penalty, Xt)
            The sign is wrong: the residual is what was given minus what is fitted, not the other
            way round.
        1 - self_pulls → self_pulls
            You divide by the self-pull: divide by 1 minus the self-pull.
        residual / → residual *
            You multiply by 1 minus the self-pull: the surprise is larger than the residual, not
            smaller.
        1 - self_pulls → 1 + self_pulls
            You divide by 1 plus the self-pull: look at the sign in line 4.
        ridge(X, y, penalty) → np.linalg.pinv(X) @ y
            The residual comes from a fit without the penalty: use the ridge's `w`.
        exact_influence(X, y, penalty, Xt).T
            This is transposed: one row for each rating, one column for each target.
        1 - self_pulls(X, penalty) → 1 - self_pulls(X, penalty).mean()
            You divide by 1 minus the mean of the self-pulls: each rating has its own.
        np.linalg.inv(A) @ Xt.T → A @ Xt.T
            A is not inverted: the formula has A to the power of -1 between the two rows.
        np.linalg.inv(A) @ Xt.T → Xt.T
            The inverse of A is missing between `X` and `Xt`.
        np.eye(X.shape[1]) → np.diag(np.arange(X.shape[1]) > 0), then ridge → _free, \
            then self_pulls(X, penalty) → (X @ np.linalg.solve(A, X.T)).diagonal()
            The first place of the diagonal, that of the person's bias, is without the penalty: the
            bias pays it too.
        pull * surprise[:, None] → (pull * surprise[:, None])[:1]
            This is the row of the first rating alone: does `return` stand inside the loop?
        self_pulls(X, penalty) → self_pulls(X, 1e-9)
            The self-pulls are without the penalty: it belongs into A there, too.
    """,
    hints=(
        "Three parts: the pull, shape (n, t); the residuals, shape (n,); the self-pulls, shape "
        "(n,). Compute each on its own line.",
        "The pull is `X @ inverse @ Xt.T`, with the inverse of A in the middle. To multiply each "
        "of its rows by one number, give the numbers a second axis: `numbers[:, None]`.",
    ),
    right="One fit, and it equals n refits up to rounding.",
    way=_fits_again,
)


ADDITIVE_PARTS = Exercise(
    reference=solutions.additive_parts,
    where="lesson 05, deeper, “Two relatives, and what they mean”",
    cases=_people,
    mistakes="""
        y[:, None] → (y - X @ ridge(X, y, penalty))[:, None]
            This is pull times residual: for the parts of the prediction, the pull is multiplied by
            `y` as it is.
        exact_influence
            This is the exact influence: it does not add up to the prediction. No residual and no
            self-pull are needed here.
        y[:, None] → (y / (1 - self_pulls(X, penalty)))[:, None]
            You divide by 1 minus the self-pull: for the parts, the pull is multiplied by `y` as it
            is.
        additive_parts(X, y, penalty, Xt).sum(axis=0)
            This is the sum over the ratings: you need its terms, one for each rating.
        additive_parts(X, y, penalty, Xt).T
            This is transposed: one row for each rating, one column for each target.
        * y[:, None] →
            This is the pull, what one star more would do: multiply each row by its rating's `y`.
        pull * y[:, None] → pull * y[:, None] / (y @ pull)
            You divide by the sum, which gives shares: you need the terms, in stars.
        Xt * ridge(X, y, penalty)
            You take the sum over the factors apart: take the one over the ratings apart.
        np.linalg.solve(A, Xt.T) → Xt.T
            The inverse of A is missing between `X` and `Xt`.
        np.linalg.solve(A, Xt.T) → A @ Xt.T
            A is not inverted: the sum has A to the power of -1 between the two rows.
        Xt.T) → X.T)
            These are parts of the predictions of the rated films: predict the targets, `Xt`.
        y[:, None] → (X @ ridge(X, y, penalty))[:, None]
            You multiply the pull by the fitted values: it is multiplied by `y` as it is.
        (X @ Xt.T) * (y / ((X**2).sum(axis=1) + penalty))[:, None]
            You fit each rating as if it were the only one: A adds up all ratings.
        pull * y[:, None] → (pull * y[:, None])[:1]
            This is the row of the first rating alone: does `return` stand inside the loop?
    """,
    hints=(
        "In lesson 05, exercise 3, you had the pull of every rating on every target. What is it "
        "multiplied by here?",
        "Compute the pull, shape (n, t), and multiply row j by `y[j]`. Then check in a cell of "
        "your own that the columns add up to `Xt @ w`.",
    ),
    right="The columns add up to the person's part of the predictions.",
)

EXERCISES = (INFLUENCE_BY_REFIT, SELF_PULLS, EXACT_INFLUENCE, SAME_TOP, ADDITIVE_PARTS)
