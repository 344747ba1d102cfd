"""The exercises of lesson 02: matrix factorisation with SGD."""

import inspect
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from xrec_lessons.bundle import load_bundle
from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.checks.solutions import best_epoch, loss, nearest_films, score_films, sgd_step
from xrec_lessons.model import ItemFactors

__all__ = ["EXERCISES"]


@cache
def _items() -> ItemFactors:
    """The films of one shipped model."""
    return load_bundle().models[0]


def _but(function: Callable, **changes) -> Callable:
    """The same function with other arguments: values, or functions of the old value."""
    names = inspect.signature(function).parameters

    def changed(*arguments: object) -> object:
        values = dict(zip(names, arguments, strict=True))
        for name, change in changes.items():
            values[name] = change(values[name]) if callable(change) else change
        return function(**values)

    return changed


def _score_films_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield 3.0, 0.5, np.array([0.0, 2.0]), np.array([1.0, 2.0]), np.array([[1.0, 0.0], [0.5, -1.0]])
    yield 3.5, rng.normal(), rng.normal(0, 0.6, 6), rng.normal(0, 1, 4), rng.normal(0, 1, (6, 4))
    items = _items()
    rows = rng.choice(len(items.ids), 30, replace=False)
    yield items.mu, rng.normal(0, 0.5), items.b[rows], rng.normal(0, 2, 50), items.q[rows]


SCORE_FILMS = Exercise(
    reference=score_films,
    where="lesson 02, “Taste as a number”",
    cases=_score_films_cases,
    mistakes="""
        _but(score_films, mu=0)
            The mean `mu` is missing: biases and taste say how far from it a rating lies.
        _but(score_films, b_u=0)
            The person's bias `b_u` is missing. It does not change the order of the films, but it
            changes the stars.
        _but(score_films, b_i=0)
            The films' biases `b_i` are missing.
        q @ p_u
            This is the taste alone: the mean and both biases are missing.
        np.clip(score_films(mu, b_u, b_i, p_u, q), 0.5, 5)
            You hold the scores between 0.5 and 5: here they should be left as they are, so that
            films above 5 keep their order.
        mu + b_u + b_i + (q * p_u).mean(axis=1)
            You take the mean of the products: the dot product is their sum.
        (mu + b_u + b_i)[:, None] + q * p_u
            The products of the factors are not added up yet: you need one number for each film.
        mu + b_u + b_i + (q * p_u).sum()
            You add up the products of all films together: add them up film by film, along the axis
            of the factors.
    """,
    hints=(
        "The formula has four parts. Only the last one, the dot product, differs from lesson 01. "
        "Each row of `q` is to be multiplied with `p_u` and added up.",
        "A matrix times a vector, `@` in NumPy, takes the dot product of every row with the "
        "vector: (m, k) times (k,) gives (m,). Then add the other three parts.",
    ),
    right="One product, and every film has its score.",
)


def _taste(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    return (p * q).sum(axis=-1)


def _errors(u, i, r, mu, b_u, b_i, p, q) -> np.ndarray:
    return r - (mu + b_u[u] + b_i[i] + _taste(p[u], q[i]))


def _sizes(u, i, b_u, b_i, p, q) -> np.ndarray:
    return b_u[u] ** 2 + b_i[i] ** 2 + _taste(p[u], p[u]) + _taste(q[i], q[i])


def _loss_cases(rng: np.random.Generator) -> Iterator[tuple]:
    people, films = np.array([0, 0, 1]), np.array([0, 1, 0])
    b_u, b_i = np.array([0.5, -0.5]), np.array([1.0, 0.0])
    p, q = np.array([[1.0, 0.0], [-2.0, 1.0]]), np.array([[1.0, 0.5], [0.5, -1.0]])
    yield people, films, np.array([5.0, 3.0, 2.0]), 3.0, b_u, b_i, p, q, 0.1
    for k, reg in ((3, 0.02), (5, 0.4)):
        u, i = rng.integers(0, 5, 24), rng.integers(0, 7, 24)
        biases = rng.normal(0, 0.5, 5), rng.normal(0, 0.5, 7)
        p, q = rng.normal(0, 0.8, (5, k)), rng.normal(0, 0.8, (7, k))
        yield u, i, rng.integers(1, 11, 24) / 2, rng.uniform(3, 4), *biases, p, q, reg


def _price_once(u, i, r, mu, b_u, b_i, p, q, reg) -> float:
    fit = loss(u, i, r, mu, b_u, b_i, p, q, 0.0)
    return fit + reg * sum(np.sum(a**2) for a in (b_u, b_i, p, q))


def _price_not_squared(u, i, r, mu, b_u, b_i, p, q, reg) -> float:
    size = b_u[u] + b_i[i] + p[u].sum(axis=1) + q[i].sum(axis=1)
    return loss(u, i, r, mu, b_u, b_i, p, q, 0.0) + reg * np.sum(size)


def _price_without(*names: str) -> Callable:
    def part_of_loss(u, i, r, mu, b_u, b_i, p, q, reg) -> float:
        paying = {"b_u": b_u, "b_i": b_i, "p": p, "q": q}
        paying |= {name: 0 * paying[name] for name in names}
        fit = loss(u, i, r, mu, b_u, b_i, p, q, 0.0)
        return fit + reg * np.sum(_sizes(u, i, **paying))

    return part_of_loss


def _every_pair(u, i, r, mu, b_u, b_i, p, q, reg) -> float:
    e = r - (mu + b_u[u] + b_i[i] + p[u] @ q[i].T)
    return np.sum(e**2) + reg * np.sum(_sizes(u, i, b_u, b_i, p, q))


def _without_axis(fit: bool, price: bool) -> Callable:
    def sums_of_all(u, i, r, mu, b_u, b_i, p, q, reg) -> float:
        taste = (p[u] * q[i]).sum(axis=None if fit else 1)
        size = (p[u] ** 2 + q[i] ** 2).sum(axis=None if price else 1)
        e = r - (mu + b_u[u] + b_i[i] + taste)
        return np.sum(e**2 + reg * (b_u[u] ** 2 + b_i[i] ** 2 + size))

    return sums_of_all


def _mean_fit(root: float, price: Callable) -> Callable:
    def mean_and_price(*arguments) -> float:
        fit = _but(loss, reg=0.0)(*arguments)
        return (fit / len(arguments[0])) ** root + price(*arguments) - fit

    return mean_and_price


def _errors_not_squared(u, i, r, mu, b_u, b_i, p, q, reg) -> float:
    e = _errors(u, i, r, mu, b_u, b_i, p, q)
    return np.sum(e + reg * _sizes(u, i, b_u, b_i, p, q))


LOSS = Exercise(
    reference=loss,
    where="lesson 02, “What makes numbers good?”",
    cases=_loss_cases,
    mistakes="""
        _price_once
            Here every person and every film pays once: in this loss they pay with each of their
            ratings, so the price belongs inside the sum over the ratings.
        _price_not_squared
            The price is for the squares of the numbers: without them, negative numbers would be
            rewarded.
        _errors_not_squared
            The errors are not squared: too much and too little cancel out.
        _but(loss, reg=0.0)
            These are the squared errors alone: the price for size is missing.
        _but(loss, reg=1.0)
            The sizes are not multiplied with their price `reg`.
        loss(u, i, r, mu, b_u, b_i, p, q, reg) / len(u)
            This is the mean over the ratings: the loss is the sum.
        _mean_fit(1, loss)
        _mean_fit(0.5, loss)
        _mean_fit(1, _price_once)
        _mean_fit(0.5, _price_once)
            The fit is a mean here, or a root of it: the loss adds up the squared errors.
        _errors(u, i, r, mu, b_u, b_i, p, q) ** 2 + reg * _sizes(u, i, b_u, b_i, p, q)
            This is one number for each rating: add them up at the end.
        _without_axis(fit=True, price=False)
        _without_axis(fit=True, price=True)
        _without_axis(fit=False, price=True)
            A sum over `p[u]` or `q[i]` without an axis runs over all ratings together: every
            rating needs a sum of its own.
        _price_without("b_u", "b_i")
            The biases pay nothing: their squares belong to the price too.
        _price_without("p", "q")
            The factors pay nothing: the squares of `p` and `q` belong to the price too.
        _but(loss, mu=0.0)
            The mean `mu` is missing in the prediction.
        _price_without("q")
        _price_without("p")
        _price_without("b_i", "q")
        _price_without("b_u", "p")
            Not everybody pays: the price counts the biases and the factors of both, the person and
            the film.
        _every_pair
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


def _step(e, b_u, b_i, p_u, q_i, lr, reg) -> tuple:
    return (
        b_u + lr * (e - reg * b_u),
        b_i + lr * (e - reg * b_i),
        p_u + lr * (e * q_i - reg * p_u),
        q_i + lr * (e * p_u - reg * q_i),
    )


def _sgd_step_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield 4.0, 3.0, 0.5, 0.25, np.array([1.0, 0.5]), np.array([-1.0, 1.0]), 0.1, 0.2
    for k, lr, reg in ((3, 0.01, 0.06), (8, 0.05, 0.3)):
        stars, mu = rng.integers(1, 11) / 2, rng.uniform(3, 4)
        p_u, q_i = rng.normal(0, 0.7, k), rng.normal(0, 0.7, k)
        yield stars, mu, rng.normal(0, 0.6), rng.normal(0, 0.6), p_u, q_i, lr, reg


def _new_p_for_q(r, mu, b_u, b_i, p_u, q_i, lr, reg) -> tuple:
    e = r - (mu + b_u + b_i + p_u @ q_i)
    new = _step(e, b_u, b_i, p_u, q_i, lr, reg)
    return *new[:3], q_i + lr * (e * new[2] - reg * q_i)


def _error_after_biases(r, mu, b_u, b_i, p_u, q_i, lr, reg) -> tuple:
    new_u, new_i, *_ = sgd_step(r, mu, b_u, b_i, p_u, q_i, lr, reg)
    e = r - (mu + new_u + new_i + p_u @ q_i)
    return new_u, new_i, *_step(e, 0, 0, p_u, q_i, lr, reg)[2:]


def _squared_error(r, mu, b_u, b_i, p_u, q_i, lr, reg) -> tuple:
    return _step((r - (mu + b_u + b_i + p_u @ q_i)) ** 2, b_u, b_i, p_u, q_i, lr, reg)


def _error_turned(r, mu, b_u, b_i, p_u, q_i, lr, reg) -> tuple:
    return _step(mu + b_u + b_i + p_u @ q_i - r, b_u, b_i, p_u, q_i, lr, reg)


def _own_factor(r, mu, b_u, b_i, p_u, q_i, lr, reg) -> tuple:
    e = r - (mu + b_u + b_i + p_u @ q_i)
    biases = _step(e, b_u, b_i, p_u, q_i, lr, reg)[:2]
    return *biases, p_u + lr * (e * p_u - reg * p_u), q_i + lr * (e * q_i - reg * q_i)


def _predicted_by(prediction: Callable) -> Callable:
    """One step with another prediction, a function of mu, b_u, b_i, p_u and q_i."""

    def step(r, mu, b_u, b_i, p_u, q_i, lr, reg) -> tuple:
        e = r - prediction(mu, b_u, b_i, p_u, q_i)
        return _step(e, b_u, b_i, p_u, q_i, lr, reg)

    return step


def _exchanged(r, mu, b_u, b_i, p_u, q_i, lr, reg) -> tuple:
    e = r - (mu + b_u + b_i + p_u @ q_i)
    biases = _step(e, b_u, b_i, p_u, q_i, lr, reg)[:2]
    return *biases, p_u + lr * (e * p_u - reg * q_i), q_i + lr * (e * q_i - reg * p_u)


def _factors_like_biases(r, mu, b_u, b_i, p_u, q_i, lr, reg) -> tuple:
    e = r - (mu + b_u + b_i + p_u @ q_i)
    return tuple(value + lr * (e - reg * value) for value in (b_u, b_i, p_u, q_i))


def _steps_only(r, mu, b_u, b_i, p_u, q_i, lr, reg) -> tuple:
    new = sgd_step(r, mu, b_u, b_i, p_u, q_i, lr, reg)
    return tuple(a - b for a, b in zip(new, (b_u, b_i, p_u, q_i), strict=True))


def _full_penalty(r, mu, b_u, b_i, p_u, q_i, lr, reg) -> tuple:
    return sgd_step(r, mu, b_u, b_i, p_u, q_i, lr, reg / lr)


def _in_order(*order: int) -> Callable:
    return lambda *arguments: tuple(sgd_step(*arguments)[place] for place in order)


SGD_STEP = Exercise(
    reference=sgd_step,
    where="lesson 02, “Which way is downhill?”",
    cases=_sgd_step_cases,
    mistakes="""
        _new_p_for_q
            `q_i` moves by the *new* `p_u`: all four updates use the old values, so keep `p_u`
            until `q_i` is done.
        _error_after_biases
            The error is computed again after the biases have moved: it is one step, all four with
            the error from before.
        _squared_error
            The step uses the squared error: the slope of e² contains e itself, and its sign says
            which way to go.
        _but(sgd_step, lr=np.negative)
            This goes uphill: the step is against the slope, so the new values make the error
            smaller.
        _error_turned
            The error has the wrong sign: it is the rating minus the prediction.
        _but(sgd_step, reg=0.0)
            The penalty is missing: `reg` should pull every number a little towards 0.
        _but(sgd_step, reg=np.negative)
            The penalty has the wrong sign: it should pull towards 0, and here it pushes away.
        _full_penalty
            The penalty is not multiplied with `lr`: it stands inside the bracket.
        _but(sgd_step, mu=0.0)
            The mean `mu` is missing in the prediction, so the error is far too large.
        _predicted_by(lambda mu, b_u, b_i, p_u, q_i: mu + b_u + b_i)
            The prediction in your error has no taste: add the dot product of `p_u` and `q_i`.
        _predicted_by(lambda mu, b_u, b_i, p_u, q_i: mu + p_u @ q_i)
        _predicted_by(lambda mu, b_u, b_i, p_u, q_i: mu + b_u + p_u @ q_i)
        _predicted_by(lambda mu, b_u, b_i, p_u, q_i: mu + b_i + p_u @ q_i)
            A bias is missing in the prediction of your error: it has `b_u` and `b_i`.
        _predicted_by(lambda mu, b_u, b_i, p_u, q_i: mu + b_u + b_i + p_u * q_i)
            `p_u * q_i` is one product for each factor: a prediction is one number, so they have to
            be added up.
        _exchanged
            In the brackets of `p_u` and `q_i` both terms are exchanged: the error moves each along
            the *other*, the penalty pulls each towards 0 by *itself*.
        _factors_like_biases
            The factors move like biases here: in their formulas the error is multiplied, by the
            factors of the other side.
        _own_factor
            Each factor moves along itself: the person moves towards the film, the film towards the
            person.
        _but(sgd_step, lr=lambda lr: 2 * lr)
            The step is twice too long: in the formulas `lr` has swallowed the 2 of the slope.
        _but(sgd_step, lr=1.0)
            The learning rate is missing: multiply the step with `lr`.
        _in_order(2, 3, 0, 1)
        _in_order(0, 2, 1, 3)
        _in_order(1, 0, 3, 2)
            The values are right, in another order: return b_u, b_i, p_u, q_i.
        _steps_only
            These are the four steps: add each to its old value.
        (b_u, b_i, p_u, q_i)
            These are the old values: return the new ones.
    """,
    hints=(
        "First the prediction, then the error e = rating − prediction. Then four lines, one for "
        "each formula; nothing on their right side may be new already.",
        "Begin with `e = r - (mu + b_u + b_i + p_u @ q_i)`. Give the four new values new names, "
        "such as `new_p = p_u + …`, and return them together.",
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
    for patience in (1, 2, 4):
        curve = 0.9 + np.cumsum(rng.normal(0.0, 0.01, 25))
        yield curve.round(3).tolist(), patience


def _seen(errors: list[float], patience: int) -> int:
    """How many epochs are run before training stops."""
    return min(best_epoch(errors, patience) + patience, len(errors))


def _last_if_not_stopped(errors: list[float], patience: int) -> int:
    best = best_epoch(errors, patience)
    return best if best - 1 + patience < len(errors) else len(errors)


def _below_the_one_before(errors: list[float], patience: int) -> int:
    best = bad = 0
    for epoch in range(1, len(errors)):
        better = errors[epoch] < errors[epoch - 1]
        best, bad = (epoch, 0) if better else (best, bad + 1)
        if bad == patience:
            break
    return best + 1


def _slightly_falling(errors: list[float]) -> list[float]:
    return [error - 1e-9 * epoch for epoch, error in enumerate(errors)]


def _rises_in_a_row(errors: list[float], patience: int) -> int:
    rises, last = 0, len(errors)
    for epoch in range(1, len(errors)):
        rises = rises + 1 if errors[epoch] >= errors[epoch - 1] else 0
        if rises == patience:
            last = epoch + 1
            break
    return int(np.argmin(errors[:last])) + 1


def _never_reset(errors: list[float], patience: int) -> int:
    best = bad = 0
    for epoch, error in enumerate(errors):
        if error < errors[best]:
            best = epoch
        elif epoch:
            bad += 1
        if bad == patience:
            break
    return best + 1


BEST_EPOCH = Exercise(
    reference=best_epoch,
    where="lesson 02, “Too much of a good thing”",
    cases=_best_epoch_cases,
    mistakes="""
        int(np.argmin(validation_errors)) + 1
        int(np.argmin(validation_errors))
            This is the lowest error of all: training has stopped before it, so that epoch is never
            seen.
        best_epoch(validation_errors, patience) - 1
            The epochs are counted from 1, not from 0.
        _last_if_not_stopped
            Where training never stops early you keep the last epoch: keep the best one.
        _below_the_one_before
            You compare each error with the one before it: compare with the lowest so far.
        _seen
        _seen(validation_errors, patience) - 1
            This is the epoch after which training stops: you need the best epoch before it.
        len(validation_errors)
            This is the last epoch: you need the best one before training stops.
        _but(best_epoch, patience=1)
        best_epoch(validation_errors, 1) - 1
            You stop at the first epoch that is not better: wait for `patience` of them.
        _but(best_epoch, patience=lambda patience: patience + 1)
            You wait one epoch too long: stop when `patience` epochs in a row were no better.
        _but(best_epoch, patience=lambda patience: max(patience - 1, 1))
        _but(best_epoch, patience=lambda patience: patience - 1)
            You stop one epoch too early: the best epoch itself is not one of the `patience` that
            were no better.
        _rises_in_a_row
            You compare each epoch with the one before it: compare with the lowest error so far.
        _never_reset
            You count all epochs that were no better: after a new lowest error the count begins
            again.
        _but(best_epoch, validation_errors=_slightly_falling)
            An error equal to the lowest counts as better here: it has to be below it.
        validation_errors[best_epoch(validation_errors, patience) - 1]
            This is the error: you need the number of its epoch.
    """,
    hints=(
        "Go through the errors one after the other and remember which epoch was the best so far. "
        "How many epochs ago was that?",
        "`for epoch, error in enumerate(validation_errors)` counts from 0. If the error is below "
        "the best, remember the epoch; if the best is `patience` epochs ago, `break`.",
    ),
    right="It never looks at an epoch that would not have been run.",
)


def _cosine(q: np.ndarray, row: int) -> np.ndarray:
    unit = q / np.linalg.norm(q, axis=1, keepdims=True)
    return unit @ unit[row]


def _best(score: np.ndarray, row: int, n: int) -> np.ndarray:
    score = score.astype(float)
    score[row] = -np.inf
    return np.argsort(-score, kind="stable")[:n]


def _nearest_films_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([[3.0, 1.0], [1.0, 0.5], [4.0, 5.0], [-6.0, -1.5]]), 1, 2
    yield rng.normal(0.3, 1, (12, 4)) * rng.uniform(0.2, 4, (12, 1)), int(rng.integers(12)), 4
    q = _items().q[rng.choice(len(_items().ids), 60, replace=False)]
    yield q, int(rng.integers(60)), 5
    yield np.array([[1.0, 0.0], [-1.0, 0.1], [-1.0, -0.5]]), 0, 2


def _with_zero_for_itself(q: np.ndarray, row: int, n: int) -> np.ndarray:
    cosine = _cosine(q, row)
    cosine[row] = 0
    return np.argsort(-cosine)[:n]


NEAREST_FILMS = Exercise(
    reference=nearest_films,
    where="lesson 02, “What does a factor mean?”",
    cases=_nearest_films_cases,
    mistakes="""
        _with_zero_for_itself
            You give the film itself a cosine of 0, and films in the opposite direction are below
            0: then it is among its own neighbours.
        np.argsort(-(q @ q[row]))[1 : n + 1]
            This ranks by the dot product, so long rows win, and the first is not always the film
            itself: divide by the length of each row.
        np.argsort(-_cosine(q, row))[:n]
            The film itself is among its neighbours: leave it out.
        _best(q @ q[row], row, n)
            This ranks by the dot product, so long rows win: divide by the lengths of the rows, one
            length for each row (`axis`).
        np.argsort(-(q @ q[row]))[:n]
            This ranks by the dot product, so long rows win, and the film itself can stand
            anywhere: divide by the lengths, one for each row (`axis`), and leave it out.
        _best(q @ q[row] / (q**2).sum(axis=1), row, n)
        np.argsort(-(q @ q[row]) / (q**2).sum(axis=1))[1 : n + 1]
            You divide by the squares of the lengths: the root is missing.
        np.argsort(-np.delete(_cosine(q, row), row))[:n]
            You take the film out before sorting, and the films after it move up by one row: keep
            all rows until they are sorted.
        np.argsort(_cosine(q, row))[-n:]
            `np.argsort` sorts from low to high: the last are the nearest, but the nearest comes
            last, and the film itself is still there.
        _best(-_cosine(q, row), row, n)
        np.argsort(_cosine(q, row))[:n]
        np.r_[row, _best(-_cosine(q, row), row, n - 1)]
            These are the films that point most in the opposite direction: `np.argsort` puts the
            smallest first.
        _best(-np.linalg.norm(q - q[row], axis=1), row, n)
        np.argsort(np.linalg.norm(q - q[row], axis=1))[:n]
            This ranks by distance: you need the angle, for which the lengths of the rows do not
            matter.
        _but(nearest_films, n=lambda n: n - 1)
            One film is missing: leave the film itself out before you take the first `n`.
        _best(abs(_cosine(q, row)), row, n)
            You take the size of the cosine: −1 means the opposite direction, and that is far.
        _best(_cosine(q / np.linalg.norm(q, axis=0), row), row, n)
            You divide by the lengths of the columns: a film is a row (`axis=1`).
        _best((q / np.linalg.norm(q, axis=0)) @ (q / np.linalg.norm(q, axis=0))[row], row, n )
            You divide by the lengths of the columns instead of the rows: a film is a row
            (`axis=1`).
        _cosine(q, row)[nearest_films(q, row, n)]
            These are the cosines: you need the row numbers of the films.
        nearest_films(q, row, n)[::-1]
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

EXERCISES = (SCORE_FILMS, LOSS, SGD_STEP, BEST_EPOCH, NEAREST_FILMS)
