"""The exercises of lesson 02: matrix factorisation with SGD."""

from collections.abc import Iterator

import numpy as np

from xrec_lessons.checks import solutions
from xrec_lessons.checks.bundled import bundle
from xrec_lessons.checks.exercise import Exercise

__all__ = ["EXERCISES"]


def _score_films_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield 3.0, 0.5, np.array([0.0, 2.0]), np.array([1.0, 2.0]), np.array([[1.0, 0.0], [0.5, -1.0]])
    yield 3, 0.5, np.array([0, 1]), np.array([1, 2]), np.array([[1, 0], [0, -1]])
    yield 1, -0.5, np.array([-1.0, 0.0, 2.0]), np.array([2.0]), np.array([[-1.5], [0.5], [2.0]])
    yield 3.5, rng.normal(), rng.normal(0, 0.6, 6), rng.normal(0, 1, 4), rng.normal(0, 1, (6, 4))
    model = bundle().models[0]
    rows = rng.choice(len(model.ids), 30, replace=False)
    yield model.mu, rng.normal(0, 0.5), model.b[rows], rng.normal(0, 2, 50), model.q[rows]


SCORE_FILMS = Exercise(
    reference=solutions.score_films,
    where="lesson 02, “Taste as a number”",
    cases=_score_films_cases,
    mistakes="""
        mu + →
            The mean `mu` is missing: biases and taste say how far from it a rating lies.
        b_u + →
            The person's bias `b_u` is missing. It does not change the order of the films, but it
            changes the stars.
        b_i + →
            The films' biases `b_i` are missing.
        q @ p_u
            This is the taste alone: the mean and both biases are missing.
        np.clip(score_films(mu, b_u, b_i, p_u, q), 0.5, 5)
            You hold the scores between 0.5 and 5: here they should be left as they are, so that
            films above 5 keep their order.
        q @ p_u → (q * p_u).mean(axis=1)
            You take the mean of the products: the dot product is their sum.
        (mu + b_u + b_i)[:, None] + q * p_u
        q @ p_u → q * p_u
            The products of the factors are not added up yet: you need one number for each film.
        q @ p_u → (q * p_u).sum()
            You add up the products of all films together: add them up film by film, along the axis
            of the factors.
        q @ p_u → (q * p_u).sum(axis=0)
        q @ p_u → q.T @ p_u
            You add up along the films: each film needs a sum over its own row of factors (axis 1).
        q @ p_u → (q @ p_u)[:, None]
            The taste is a column of shape `(m, 1)`; with the films' biases, `(m,)`, NumPy makes of
            it a table of shape (m, m): keep `p_u` flat.
        score_films(mu, b_u, b_i, p_u, q)[:, None]
        score_films(mu, b_u, b_i, p_u, q)[None]
            The numbers are right, the shape is not: shape `(m,)` is a flat array, neither a column
            nor a row.
        score_films(mu, b_u, b_i, p_u, q).astype(b_i.dtype)
            Where the biases are whole numbers, the array for the result is one of whole numbers
            too (`np.zeros_like(b_i)`?), and what stands after the point is cut off.
        score_films(mu, b_u, b_i, p_u, q)[:1]
            This is the score of the first film alone. Is `return` inside the loop?
    """,
    hints=(
        "The formula has four parts. Only the last one, the dot product, differs from lesson 01. "
        "Each row of `q` is to be multiplied with `p_u` and added up.",
        "A matrix times a vector, `@` in NumPy, takes the dot product of every row with the "
        "vector: (m, k) times (k,) gives (m,). Then add the other three parts.",
    ),
    right="One product, and every film has its score.",
)


def _loss_cases(rng: np.random.Generator) -> Iterator[tuple]:
    people, films = np.array([0, 0, 1]), np.array([0, 1, 0])
    b_u, b_i = np.array([0.5, -0.5]), np.array([1.0, 0.0])
    p, q = np.array([[1.0, 0, 1], [-2, 1, 0]]), np.array([[1.0, 0.5, 0], [0.5, -1, 1]])
    stars = np.array([5.0, 3.0, 2.0])
    yield people, films, stars, 4.75, b_u, b_i, p, q, 0.1
    # two people and four films without a rating
    b_u, b_i, p, q = np.tile(b_u, 2), np.tile(b_i, 3), np.tile(p, (2, 1)), np.tile(q, (3, 1))
    yield people, films, stars, 4.75, b_u, b_i, p, q, 0.1
    one, zero = np.array([0]), np.zeros(1)
    yield one, one, np.array([4]), 3, zero, zero, np.array([[1.0]]), np.array([[2.0]]), 0.1
    for k, reg in ((3, 0.02), (5, 0.4)):
        u, i = rng.integers(0, 5, 24), rng.integers(0, 7, 24)
        biases = rng.normal(0, 0.5, 5), rng.normal(0, 0.5, 7)
        p, q = rng.normal(0, 0.8, (5, k)), rng.normal(0, 0.8, (7, k))
        yield u, i, rng.integers(1, 11, 24) / 2, rng.uniform(3, 4), *biases, p, q, reg


def _total(*arrays: np.ndarray) -> float:
    return sum(np.sum(array**2) for array in arrays)


def _not_looked_up(u, i, r, mu, b_u, b_i, p, q, reg):
    e = r - (mu + b_u + b_i + (p * q).sum(axis=1))
    return np.sum(e**2 + reg * (b_u**2 + b_i**2 + (p**2 + q**2).sum(axis=1)))


LOSS = Exercise(
    reference=solutions.loss,
    where="lesson 02, deeper, “The loss”",
    cases=_loss_cases,
    mistakes="""
        np.sum(e**2 + reg * size) → np.sum(e**2) + reg * _total(b_u, b_i, p, q)
        np.sum(e**2 + reg * size) → np.sum(e**2) + reg * _total(*(v[set_] for v, set_ in \
            ((b_u, np.unique(u)), (b_i, np.unique(i)), (p, np.unique(u)), (q, np.unique(i)))))
            Here every person and every film pays once: in this loss they pay with each of their
            ratings, so the price belongs inside the sum over the ratings.
        b_u[u] ** 2 + b_i[i] ** 2 + (p[u] ** 2 + q[i] ** 2) → b_u[u] + b_i[i] + (p[u] + q[i])
            The price is for the squares of the numbers: without them, negative numbers would be
            rewarded.
        e**2 → e
            The errors are not squared: too much and too little cancel out.
        + reg * size →
            These are the squared errors alone: the price for size is missing.
        reg * size → size
            The sizes are not multiplied with their price `reg`.
        np.sum → np.mean
            This is the mean over the ratings: the loss is the sum.
        np.sum(e**2 + reg * size) → np.mean(e**2) + reg * np.sum(size)
        np.sum(e**2 + reg * size) → np.sqrt(np.mean(e**2)) + reg * np.sum(size)
        np.sum(e**2 + reg * size) → np.mean(e**2) + reg * _total(b_u, b_i, p, q)
        np.sum(e**2 + reg * size) → np.sqrt(np.mean(e**2)) + reg * _total(b_u, b_i, p, q)
            The fit is a mean here, or a root of it: the loss adds up the squared errors.
        np.sum →
            This is one number for each rating: add them up at the end.
        loss(u[:1], i[:1], r[:1], mu, b_u, b_i, p, q, reg)
            This is the loss of the first rating alone. Is `return` inside the loop?
        loss(u[-1:], i[-1:], r[-1:], mu, b_u, b_i, p, q, reg)
            This is the loss of the last rating alone: add up in the loop, with `+=`.
        loss(u[1:], i[1:], r[1:], mu, b_u, b_i, p, q, reg)
            The first rating is missing: `range(1, n)` begins with the second.
        np.sum(e**2 + reg * size) → np.sum(e**2 + reg * size) / 2
        reg * size → reg / 2 * size
        np.sum(e**2 + reg * size) → np.sum(e**2 / 2 + reg * size)
            Some textbooks halve the squares or the price: in this loss nothing is halved.
        r - ( → r - np.clip(, then (p[u] * q[i]).sum(axis=1) → (p[u] * q[i]).sum(axis=1), 0.5, 5
            The predictions are held on the scale here: for the loss they are left as they are.
        (p[u] * q[i]).sum(axis=1) → (p[u] * q[i]).sum(axis=0)
        q[i] ** 2).sum(axis=1) → q[i] ** 2).sum(axis=0)
        (p[u] * q[i]).sum(axis=1) → (p[u] * q[i]).sum(axis=0), \
            then q[i] ** 2).sum(axis=1) → q[i] ** 2).sum(axis=0)
            You add up over the ratings (axis 0) where each rating needs a sum of its own, along
            the factors (axis 1).
        _not_looked_up
        b_u[u] + b_i[i] + (p[u] * q[i]) → b_u + b_i + (p * q)
            `b_u`, `b_i`, `p` and `q` are for all people and films: `b_u[u]` and `p[u]` have the
            person of each rating.
        (p[u] * q[i]).sum(axis=1) → (p[u] * q[i]).sum()
        (p[u] * q[i]).sum(axis=1) → (p[u] * q[i]).sum(), then axis=1 →
        q[i] ** 2).sum(axis=1) → q[i] ** 2).sum()
            A sum over `p[u]` or `q[i]` without an axis runs over all ratings together: every
            rating needs a sum of its own.
        b_u[u] ** 2 + b_i[i] ** 2 + →
            The biases pay nothing: their squares belong to the price too.
        + (p[u] ** 2 + q[i] ** 2).sum(axis=1) →
            The factors pay nothing: the squares of `p` and `q` belong to the price too.
        mu + →
            The mean `mu` is missing in the prediction.
        + q[i] ** 2 →
        p[u] ** 2 + →
        + b_i[i] ** 2 →, then + q[i] ** 2 →
        b_u[u] ** 2 + →, then p[u] ** 2 + →
            Not everybody pays: the price counts the biases and the factors of both, the person and
            the film.
        (p[u] * q[i]).sum(axis=1) → p[u] @ q[i].T, then + reg * size) → ) + reg * np.sum(size)
            `p[u] @ q[i].T` multiplies the person of every rating with the film of every other
            rating: each person belongs with the film of the same rating only.
    """,
    hints=(
        "`b_u[u]` has the person's bias for each rating, and `p[u]` the person's factors, one row "
        "for each rating. First write the error of every rating.",
        "`(p[u] * q[i]).sum(axis=1)` is the dot product for each rating. With the errors `e`, "
        "write the size of all that took part in a rating, also one number for each rating; then "
        "add up `e**2` plus the price times the size.",
    ),
    right="Fit plus a price for size, paid with every rating.",
)


def _sgd_step_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield 4.0, 3.0, 0.5, 0.25, np.array([1.0, 0.5]), np.array([-1.0, 1.0]), 0.1, 0.2
    yield 5, 3, 0, 0, np.array([0.5]), np.array([1.0]), 0.1, 0.1
    yield 4, 3, 0, 0, np.array([1.0, 0.0]), np.array([0.0, 1.0]), 0.1, 0
    yield 1.0, 4.5, 0.75, 0.5, np.array([1.0, 0.5]), np.array([0.5, 0.5]), 0.2, 0.1  # predicts 6.5
    for k, lr, reg in ((3, 0.01, 0.06), (8, 0.05, 0.3)):
        stars, mu = rng.integers(1, 11) / 2, rng.uniform(3, 4)
        p_u, q_i = rng.normal(0, 0.7, k), rng.normal(0, 0.7, k)
        yield stars, mu, rng.normal(0, 0.6), rng.normal(0, 0.6), p_u, q_i, lr, reg


def _in_turn(r, mu, b_u, b_i, p_u, q_i, lr, reg):
    b_u = b_u + lr * (r - mu - b_u - b_i - p_u @ q_i - reg * b_u)
    b_i = b_i + lr * (r - mu - b_u - b_i - p_u @ q_i - reg * b_i)
    p_u = p_u + lr * ((r - mu - b_u - b_i - p_u @ q_i) * q_i - reg * p_u)
    q_i = q_i + lr * ((r - mu - b_u - b_i - p_u @ q_i) * p_u - reg * q_i)
    return b_u, b_i, p_u, q_i


SGD_STEP = Exercise(
    reference=solutions.sgd_step,
    where="lesson 02, “Which way is downhill?”",
    cases=_sgd_step_cases,
    mistakes="""
        e * p_u → e * (p_u + lr * (e * q_i - reg * p_u))
            `q_i` moves by the *new* `p_u`: all four updates use the old values, so keep `p_u`
            until `q_i` is done.
        e * q_i → e * (q_i + lr * (e * p_u - reg * q_i))
            `p_u` moves by the *new* `q_i`: all four updates use the old values, so keep `q_i`
            until `p_u` is done.
        e * q_i → later * q_i, then e * p_u → later * p_u, \
            then p_u @ q_i) → p_u @ q_i); later = e - lr * (2 * e - reg * (b_u + b_i))
        _in_turn
            The error is computed again after the biases have moved: it is one step, all four with
            the error from before.
        r - (mu + b_u + b_i + p_u @ q_i) → (r - (mu + b_u + b_i + p_u @ q_i)) ** 2
            The step uses the squared error: the slope of e² contains e itself, and its sign says
            which way to go.
        sgd_step(r, mu, b_u, b_i, p_u, q_i, -lr, reg)
            This goes uphill: the step is against the slope, so the new values make the error
            smaller.
        r - ( → -r + (
            The error has the wrong sign: it is the rating minus the prediction.
        r - (mu + b_u + b_i + p_u @ q_i) → abs(r - (mu + b_u + b_i + p_u @ q_i))
            This is the size of the error: its sign says which way to go.
        (mu + b_u + b_i + p_u @ q_i) → np.clip(mu + b_u + b_i + p_u @ q_i, 0.5, 5)
            The prediction is held on the scale here: the step takes it as the formula gives it.
        (e - reg * b_u) → e, then (e - reg * b_i) → e
            The biases pay nothing: `reg` pulls them towards 0 too.
        e * q_i - reg * p_u → e * q_i, then e * p_u - reg * q_i → e * p_u
            The factors pay nothing: `reg` pulls them towards 0 too.
        r - ( → 2 * r - 2 * (
            The error counts twice: in the formulas `lr` has swallowed the 2 of the slope, that of
            the error and that of the penalty.
        sgd_step(r, mu, b_u, b_i, p_u, q_i, lr, 0)
            The penalty is missing: `reg` should pull every number a little towards 0.
        sgd_step(r, mu, b_u, b_i, p_u, q_i, lr, -reg)
            The penalty has the wrong sign: it should pull towards 0, and here it pushes away.
        sgd_step(r, mu, b_u, b_i, p_u, q_i, lr, reg / lr)
            The penalty is not multiplied with `lr`: it stands inside the bracket.
        mu + →
            The mean `mu` is missing in the prediction, so the error is far too large.
        + p_u @ q_i →
            The prediction in your error has no taste: add the dot product of `p_u` and `q_i`.
        b_u + b_i + →
        + b_i + p_u → + p_u
        b_u + b_i + → b_i +
            A bias is missing in the prediction of your error: it has `b_u` and `b_i`.
        p_u @ q_i → p_u * q_i
            `p_u * q_i` is one product for each factor: a prediction is one number, so they have to
            be added up.
        p_u + lr * (e * q_i - reg * p_u) → p_u + lr * (e * p_u - reg * q_i), \
            then q_i + lr * (e * p_u - reg * q_i) → q_i + lr * (e * q_i - reg * p_u)
            In the brackets of `p_u` and `q_i` both terms are exchanged: the error moves each along
            the *other*, the penalty pulls each towards 0 by *itself*.
        e * q_i → e, then e * p_u → e
            The factors move like biases here: in their formulas the error is multiplied, by the
            factors of the other side.
        e * q_i - reg * p_u → e * p_u - reg * p_u, then e * p_u - reg * q_i → e * q_i - reg * q_i
            Each factor moves along itself: the person moves towards the film, the film towards the
            person.
        sgd_step(r, mu, b_u, b_i, p_u, q_i, 2 * lr, reg)
            The step is twice too long: in the formulas `lr` has swallowed the 2 of the slope.
        sgd_step(r, mu, b_u, b_i, p_u, q_i, 1, reg)
            The learning rate is missing: multiply the step with `lr`.
        [sgd_step(r, mu, b_u, b_i, p_u, q_i, lr, reg)[k] for k in (2, 3, 0, 1)]
        [sgd_step(r, mu, b_u, b_i, p_u, q_i, lr, reg)[k] for k in (0, 2, 1, 3)]
        [sgd_step(r, mu, b_u, b_i, p_u, q_i, lr, reg)[k] for k in (1, 0, 3, 2)]
            The values are right, in another order: return b_u, b_i, p_u, q_i.
        b_u + lr → lr, then b_i + lr → lr, then p_u + lr → lr, then q_i + lr → lr
            These are the four steps: add each to its old value.
        (b_u, b_i, p_u, q_i)
            These are the old values: return the new ones.
    """,
    hints=(
        "Two lines are missing, one for each formula; nothing on their right side may be new.",
        "Give the new values new names, such as `new_p = p_u + …`, and return all four together.",
    ),
    right="All four move at once, from the old values.",
    changed="`p_u += …` changes the array itself, and then `q_i` meets the new one: write "
    "`new_p = p_u + …` instead.",
)


def _best_epoch_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield [0.95, 0.92, 0.93, 0.91, 0.92, 0.91, 0.90], 2
    yield [0.95, 0.93, 0.94, 0.92, 0.93, 0.925, 0.91, 0.90, 0.91, 0.95, 0.96, 0.89], 3
    yield [0.97, 0.94, 0.93, 0.92], 2
    yield [0.95, 0.92, 0.93], 2
    yield [0.95, 0.92, 0.94, 0.93, 0.90], 2
    yield [0.95, 0.92, 0.94, 0.93, 0.90], 3
    yield [1.3, 1.2, 1.25, 1.1, 1.15, 1.15], 2
    yield [0.9, 0.899999, 0.95, 0.899998, 0.96, 0.97, 0.8], 2
    yield [0.93], 2
    yield [2.6, 2.4, 2.5], 2
    yield [0.9, 0.95, 0.8], 2
    yield [0.95, 0.92], 2  # patience for all epochs, and for more
    yield [0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.93], 8
    yield [6.0, 5.5, 5.2, 5.3, 5.1, 0.45, 0.43, 0.44, 0.46, 0.4], 2
    # a patience above 256, so `is` is not `==`
    yield [0.9, *[0.95] * 250, 0.85, *[0.95] * 400, 0.8], 300
    for patience in (1, 2, 4):
        curve = 0.9 + np.cumsum(rng.normal(0.0, 0.01, 25))
        yield curve.round(3).tolist(), patience


BEST_EPOCH = Exercise(
    reference=solutions.best_epoch,
    where="lesson 02, “How long?”",
    cases=_best_epoch_cases,
    mistakes="""
        np.argmin(validation_errors) + 1
        np.argmin(validation_errors)
            This is the lowest error of all: training has stopped before it, so that epoch is never
            seen.
        best + 1 → best
            The epochs are counted from 1, not from 0.
        best + 1 → (best if epoch - best == patience else epoch) + 1
            Where training never stops early you keep the last epoch: keep the best one.
        validation_errors[best] → validation_errors[epoch - 1]
            You compare each error with the one before it: compare with the lowest so far.
        best + 1 → epoch + 1
        best + 1 → epoch
        best + 1 → (epoch if epoch - best == patience else best) + 1
            This is the epoch after which training stops: you need the best epoch before it.
        1
            This is the first epoch, whatever the errors. Is `return` inside the loop?
        error < validation_errors[best] → error < validation_errors[best] - 1e-4
        error < validation_errors[best] → error < validation_errors[best] - 1e-3
        error < validation_errors[best] → round(error, 3) < round(validation_errors[best], 3)
        error < validation_errors[best] → round(error, 4) < round(validation_errors[best], 4)
            A small improvement does not count with you: any error below the lowest is better,
            however little.
        best = 0 → best = -1, then validation_errors[best] → \
            (validation_errors[best] if best >= 0 else 1)
            An error above 1 never counts as better: begin with the first error, or with `np.inf`,
            not with 1.
        len(validation_errors)
            This is the last epoch: you need the best one before training stops.
        == patience → == 1
        == patience → == 1, then best + 1 → best
            You stop at the first epoch that is not better: wait for `patience` of them.
        == patience → == patience + 1
            You wait one epoch too long: stop when `patience` epochs in a row were no better.
        == patience → == max(patience - 1, 1)
        == patience → == patience - 1
            You stop one epoch too early: the best epoch itself is not one of the `patience` that
            were no better.
        best = 0 → best = bad = 0, then epoch - best == patience → \
            (bad := bad + 1 if epoch and error >= validation_errors[epoch - 1] else 0) == patience
            You compare each epoch with the one before it: compare with the lowest error so far.
        best = 0 → best = bad = 0, then epoch - best == → (bad := bad + (best != epoch)) ==
            You count all epochs that were no better: after a new lowest error the count begins
            again.
        error < → error <=
            An error equal to the lowest counts as better here: it has to be below it.
        best + 1 → validation_errors[best]
            This is the error: you need the number of its epoch.
    """,
    hints=(
        "`best` is the best epoch so far. How many epochs ago was that?",
        "If `epoch - best` has come to `patience`, `break`.",
    ),
    right="It never looks at an epoch that would not have been run.",
)


def _nearest_films_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([[3.0, 1.0], [1.0, 0.5], [4.0, 5.0], [-6.0, -1.5]]), 1, 2
    yield rng.normal(0.3, 1, (12, 4)) * rng.uniform(0.2, 4, (12, 1)), int(rng.integers(12)), 4
    q = bundle().models[0].q
    yield q[rng.choice(len(q), 60, replace=False)], int(rng.integers(60)), 5
    yield np.array([[1.0, 0.0], [-1.0, 0.1], [-1.0, -0.5]]), 0, 2
    yield np.array([[1, 0], [5, 5], [2, 0.1], [-1, 0]]), 0, 2
    for row in (0, 2):  # opposite
        yield np.array([[1.0, 0.0], [0.0, 1.0], [-2.0, 0.0]]), row, 2
    for row in (0, 1):  # in the same direction
        yield np.array([[2.0, 0.0], [1.0, 0.0], [0.0, 3.0], [-1.0, 1.0]]), row, 2


NEAREST_FILMS = Exercise(
    reference=solutions.nearest_films,
    where="lesson 02, deeper, “What does a factor mean?”",
    cases=_nearest_films_cases,
    mistakes="""
        cosine[row] = -np.inf →, then [:n] → [1 : n + 1]
        cosine[row] = -np.inf →, then -cosine)[:n] → cosine)[::-1][1 : n + 1]
            The first is not always the film itself: another film may point in just the same
            direction, and comes before it. Leave out the film by its row.
        -np.inf → -1
            A film in the opposite direction has a cosine of −1 too: give the film itself one below
            that, or leave it out by its row.
        [:n] → [: n + 1]
        np.argsort(-cosine)[:n] → [k for k in np.argsort(-cosine) if k != row][: n + 1]
            This is one too many.
        set(nearest_films(q, row, n).tolist())
            A set has no order: the nearest comes first, so return an array or a list.
        nearest_films(q, row, n) + 1
            The rows are counted from 0, and with you from 1.
        -np.inf → 0
            You give the film itself a cosine of 0, and films in the opposite direction are below
            0: then it is among its own neighbours.
        np.argsort(-(q @ q[row]))[1 : n + 1]
            This ranks by the dot product, so long rows win, and the first is not always the film
            itself: divide by the length of each row.
        cosine[row] = -np.inf →
            The film itself is among its neighbours: leave it out.
        unit @ unit[row] → q @ q[row]
            This ranks by the dot product, so long rows win: divide by the lengths of the rows, one
            length for each row (`axis`).
        np.argsort(-(q @ q[row]))[:n]
            This ranks by the dot product, so long rows win, and the film itself can stand
            anywhere: divide by the lengths, one for each row (`axis`), and leave it out.
        unit @ unit[row] → q @ q[row] / (q**2).sum(axis=1)
        np.argsort(-(q @ q[row]) / (q**2).sum(axis=1))[1 : n + 1]
            You divide by the squares of the lengths: the root is missing.
        -cosine → -np.delete(cosine, row)
            You take the film out before sorting, and the films after it move up by one row: keep
            all rows until they are sorted.
        cosine[row] = -np.inf →, then -cosine)[:n] → cosine)[-n:]
            `np.argsort` sorts from low to high: the last are the nearest, but the nearest comes
            last, and the film itself is still there.
        unit @ unit[row] → -unit @ unit[row]
        cosine[row] = -np.inf →, then -cosine → cosine
        -cosine → cosine
            These are the films that point most in the opposite direction: `np.argsort` puts the
            smallest first.
        unit @ unit[row] → -np.linalg.norm(q - q[row], axis=1)
        np.argsort(np.linalg.norm(q - q[row], axis=1))[:n]
            This ranks by distance: you need the angle, for which the lengths of the rows do not
            matter.
        [:n] → [: n - 1]
            One film is missing: leave the film itself out before you take the first `n`.
        unit @ unit[row] → abs(unit @ unit[row])
            You take the size of the cosine: −1 means the opposite direction, and that is far.
        unit = → q = q / np.linalg.norm(q, axis=0); unit =
            You divide by the lengths of the columns: a film is a row (`axis=1`).
        axis=1 → axis=0
            You divide by the lengths of the columns instead of the rows: a film is a row
            (`axis=1`).
        np.argsort → -np.sort
            These are the cosines: you need the row numbers of the films.
        [:n] → [:n][::-1]
            These are the right films in the wrong order: the nearest comes first.
    """,
    hints=(
        "Divide every row by its length; then the dot product of two rows is their cosine. "
        "`np.linalg.norm(q, axis=1)` gives the lengths.",
        "Compute the cosine of every film with film `row`, shape (m,). `np.argsort` sorts from low "
        "to high; minus the cosine turns it round. Give the film itself a cosine below −1.",
    ),
    right="Turning all factors would not change this answer.",
    changed="Dividing with `q /= …` changes the caller's array: give the result a new name.",
)

EXERCISES = (SCORE_FILMS, SGD_STEP, BEST_EPOCH, LOSS, NEAREST_FILMS)
