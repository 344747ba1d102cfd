"""The exercises of lesson 08: read the study."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.checks.solutions import (
    difference_interval,
    f_from_moments,
    holm,
    participant_means,
    repeated_measures_f,
)

__all__ = ["EXERCISES"]

KINDS = ("influence", "rule", "similar")
TOY = pd.DataFrame(
    [[1.0, 2, 3], [2, 5, 2], [3, 5, 4]], ["Ada", "Ben", "Cem"], ["similar", "rule", "influence"]
)
Three = tuple[float, float, float]


def _cells(answers: pd.DataFrame) -> object:
    return answers.groupby(["participant", "explanation"])["value"]


def _answer_cases(rng: np.random.Generator) -> Iterator[tuple]:
    small = [("P1", "rule", 4), ("P1", "rule", 5), ("P1", "similar", 2), ("P2", "similar", 3)]
    columns = ["participant", "explanation", "value"]
    yield (pd.DataFrame(small, columns=columns),)
    for people, n in ((9, 90), (12, 60)):
        names = rng.permutation([f"S{k:02}" for k in range(people)])
        rows = {"participant": rng.choice(names, n), "explanation": rng.choice(KINDS, n)}
        yield (pd.DataFrame(rows | {"value": rng.integers(1, 6, n)}),)


def _of_cells(how: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda answers: getattr(_cells(answers), how)().unstack()


def _halving(values: pd.Series) -> float:
    result = values.iloc[0]
    for value in values.iloc[1:]:
        result = (result + value) / 2
    return result


PARTICIPANT_MEANS = Exercise(
    reference=participant_means,
    where="lesson 08, “From answers to people”",
    cases=_answer_cases,
    mistakes="""
        participant_means(answers).T
            Rows and columns are exchanged: a row is a participant, a column an explanation.
        _cells(answers).mean()
        _cells(answers).mean().reset_index()
        _cells(answers).mean().to_frame()
        answers.groupby(["participant", "explanation"], as_index=False ).mean()
            This is one long column: the explanations are to become columns.
        participant_means(answers).fillna(0)
            Who gave no answer did not say 0: leave `nan` there.
        participant_means(answers).dropna()
            Participants with a gap are missing: whoever leaves them out has to say so, and this is
            not the place. Leave `nan` there.
        _of_cells("sum")
        _of_cells("sum")(answers).fillna(0)
            These are sums: who saw more films has more points. Take the mean.
        _of_cells("count")
        _of_cells("size")
        _of_cells("count")(answers).fillna(0)
        pd.crosstab(answers["participant"], answers["explanation"])
            This counts the answers: what they say is not in it.
        _of_cells("median")
            This is the median: the mean is asked.
        answers.groupby(["participant", "explanation"]).mean().unstack()
            The columns have two names, because the mean was taken of a whole table: choose the
            column `value` before.
        participant_means(answers).reset_index()
            The participants are a column: they name the rows, so leave them in the index.
        participant_means(answers).reindex(columns=["similar", "rule", "influence"] )
        participant_means(answers).reindex(columns=list(KINDS))
            The explanations are to be sorted, and those that occur in `answers`: no others.
        _of_cells("first")
        _of_cells("last")
        _of_cells("max")
        _of_cells("min")
            This is one answer of each cell only: the others are lost.
        _cells(answers).agg(_halving).unstack()
            You take the mean of the mean so far and the next answer: then the last one counts
            half. Add up first, divide once at the end.
        participant_means(answers).sub(answers.groupby("participant")["value"].mean(), axis=0 )
            The participants' own means are taken off: not yet, here their answers are asked as
            they are.
        answers.groupby("explanation")["value"].mean()
            This is one mean for each explanation, over all answers: first one for each participant.
        answers.groupby("participant")["value"].mean()
            This is one mean for each participant, over all explanations: keep these apart.
    """,
    hints=(
        "Put the answers together that have the participant *and* the explanation in common, take "
        "the mean of each group, and lay the groups out as a table.",
        '`answers.groupby([…, …])["value"].mean()` gives one long column with two names for each '
        "row; `.unstack()` makes the second name into columns. Or look at `pivot_table`.",
    ),
    right="One number for each person and explanation: now count people.",
)


def _own(d: pd.Series) -> float:
    """Standard error of the mean difference."""
    return d.std(ddof=1) / np.sqrt(len(d))


def _t(d: pd.Series) -> float:
    return stats.t.ppf(0.975, len(d) - 1)


def _interval(wide: pd.DataFrame, a: str, b: str, error: Callable = _own, times: Callable = _t,
              ) -> Three:  # fmt: skip
    d = wide[a] - wide[b]
    half = times(d) * error(d)
    return float(d.mean()), float(d.mean() - half), float(d.mean() + half)


def _interval_with(error: Callable = _own, times: Callable = _t) -> Callable[..., Three]:
    return lambda wide, a, b: _interval(wide, a, b, error, times)


def _of_strangers(wide: pd.DataFrame, a: str, b: str, df: int = 1) -> Three:
    n = len(wide)
    error = np.sqrt(wide[a].var() / n + wide[b].var() / n)
    return _interval(wide, a, b, lambda d: error, lambda d: stats.t.ppf(0.975, df * (n - 1)))


def _wide(rng: np.random.Generator, n: int, kinds: Sequence[str]) -> pd.DataFrame:
    """Participants' means as in a study: people differ, and so do their likings."""
    values = 3.4 + rng.normal(0, 0.6, (n, 1)) + rng.normal(0, 0.7, (n, len(kinds)))
    index = pd.Index([f"S{k:02}" for k in range(n)], name="participant")
    return pd.DataFrame(values.clip(1, 5).round(2), index, list(kinds))


def _pair_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield TOY[["similar", "rule"]], "rule", "similar"
    yield _wide(rng, 9, KINDS), "rule", "influence"
    yield _wide(rng, 5, ("new", "old")), "old", "new"
    yield _wide(rng, 32, KINDS), "similar", "rule"


DIFFERENCE_INTERVAL = Exercise(
    reference=difference_interval,
    where="lesson 08, “Everybody's own difference”",
    cases=_pair_cases,
    mistakes="""
        _interval_with(lambda d: d.std(ddof=0) / np.sqrt(len(d)))
            The standard deviation is divided by n: by n − 1, since the mean was computed from the
            same numbers. NumPy divides by n unless told `ddof=1`.
        _interval_with(lambda d: d.std(ddof=1))
        _interval_with(lambda d: d.std(ddof=0))
            That is how far *people* scatter: how far their *mean* would, is less by the root of n.
        _interval_with(lambda d: d.std(ddof=1) / len(d))
        _interval_with(lambda d: d.std(ddof=0) / len(d))
            You divide by n: the standard error is s divided by the *root* of n.
        _interval_with(lambda d: d.var(ddof=1) / np.sqrt(len(d)))
        _interval_with(lambda d: d.var(ddof=1) / len(d))
            The root is forgotten: this is the variance, and its root is the standard deviation.
        _interval_with(times=lambda d: 1.96)
        _interval_with(times=lambda d: stats.norm.ppf(0.975))
        _interval_with(times=lambda d: 2.0)
            1.96 is for very many people: with few, s itself is uncertain, and Student's t for n −
            1 is larger.
        _interval_with(times=lambda d: stats.t.ppf(0.95, len(d) - 1))
            `0.95` leaves 5 % above, and as much below: an interval of 95 % leaves 2.5 % on each
            side.
        _interval_with(times=lambda d: stats.t.ppf(0.975, len(d)))
        _interval_with(times=lambda d: stats.t.ppf(0.975, len(d) - 2))
            Student's t has n − 1 degrees of freedom here, not n.
        _interval_with(times=lambda d: stats.t.ppf(0.975, 2))
            You always take the t of three people: `n` is the number of participants in `wide`.
        _interval_with(times=lambda d: stats.t.pdf(0.975, len(d) - 1))
        _interval_with(times=lambda d: stats.t.cdf(0.975, len(d) - 1))
            `pdf` is the height of the curve: `ppf` says up to where 97.5 % of it lie.
        difference_interval((wide[a] - wide[b]).abs().to_frame(a).assign(**{b: 0.0}), a, b )
            A difference has a sign, and yours are all positive: no `abs` here.
        tuple(stats.ttest_rel(wide[a], wide[b]))
            This is t and p: the mean difference and its interval are asked.
        difference_interval(wide, a, b)[0]
            The interval is missing: return mean, low, high.
        _interval_with(times=lambda d: 1.0)
            That is one standard error to each side: an interval of 95 % takes t of them.
        _of_strangers
        _of_strangers(wide, a, b, df=2)
        _interval(wide, a, b, lambda d: 1, lambda d: 1.96 * np.hypot(wide[a].sem(), wide[b].sem()) )
            You treat the two columns as different people: take each participant's own difference
            first, and its standard deviation.
        difference_interval(wide, b, a)
            This is `b` minus `a`.
        (difference_interval(wide, a, b)[0], difference_interval(wide, a, b)[2], \
            difference_interval(wide, a, b)[1])
            The two ends have changed places: mean, low, high.
        difference_interval(wide, a, b)[1:]
            The mean is missing: return mean, low, high.
        (difference_interval(wide, a, b)[0], difference_interval(wide, a, b)[0] - \
            difference_interval(wide, a, b)[1])
            That is how far the interval reaches: return its two ends.
        (float((wide[a] - wide[b]).mean()), *map(float, (wide[a] - wide[b]).quantile([0.025, \
            0.975])))
            Between these two lie 95 % of the *people*: an interval of their mean is asked.
    """,
    hints=(
        "First one column: each participant's own difference. From here on `wide` is not needed. "
        "You want its mean, its standard deviation and how many there are.",
        "With `d = wide[a] - wide[b]` and `n = len(d)`, the interval reaches "
        "`stats.t.ppf(0.975, n - 1)` standard errors to each side. `d.std()` of pandas divides by "
        "n − 1 already.",
    ),
    right="It says how far the mean would move if other people had come.",
)


def _f(above: float, below: float, df1: int, df2: int) -> Three:
    return float((above / df1) / (below / df2)), df1, df2


def _squares(wide: pd.DataFrame) -> Three:
    """Sums of squares: between explanations, left over, between people."""
    x = wide.to_numpy(dtype=float)
    person, kind = x.mean(axis=1, keepdims=True) - x.mean(), x.mean(axis=0) - x.mean()
    left = x - x.mean() - person - kind
    return len(x) * (kind**2).sum(), (left**2).sum(), x.shape[1] * (person**2).sum()


def _wide_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield (TOY,)
    yield (_wide(rng, 9, KINDS),)
    yield (_wide(rng, 4, ("a", "b", "c", "d", "e")),)
    yield (_wide(rng, 32, ("new", "old")),)


def _from_squares(f: Callable[..., Three]) -> Callable[[pd.DataFrame], Three]:
    """F from the three sums of squares, n and k."""
    return lambda wide: f(*_squares(wide), *wide.shape)


REPEATED_MEASURES_F = Exercise(
    reference=repeated_measures_f,
    where="lesson 08, “Three at once: repeated-measures ANOVA”",
    cases=_wide_cases,
    mistakes="""
        _from_squares(lambda b, e, p, n, k: _f(b, e + p, k - 1, k * (n - 1)))
        _from_squares(lambda b, e, p, n, k: _f(b, e + p, k - 1, (k - 1) * (n - 1)))
        _from_squares(lambda b, e, p, n, k: _f(b, e + p, k - 1, n * k - k))
        _from_squares(lambda b, e, p, n, k: (_f(b, e + p, k - 1, k * (n - 1))[0], k - 1, (k - 1) \
            * (n - 1)))
            The people are still in what is left over, as if every column held other people: take
            each participant's mean out.
        (repeated_measures_f(wide)[0], 2, 4)
            These degrees of freedom are the toy's: compute them from n and k.
        _from_squares(lambda b, e, p, n, k: _f(b, e, k - 1, k * (n - 1)))
        _from_squares(lambda b, e, p, n, k: _f(b, e, k - 1, n * k - 1))
        _from_squares(lambda b, e, p, n, k: _f(b, e, k - 1, n * k - k))
        _from_squares(lambda b, e, p, n, k: _f(b, e, k - 1, n * (k - 1)))
            The degrees of freedom below are too many: in what is left over the rows add up to zero
            *and* the columns do.
        _from_squares(lambda b, e, p, n, k: _f(b, e, k - 1, n - 1))
            Below there are (k − 1) times (n − 1) degrees of freedom: a factor is missing.
        _from_squares(lambda b, e, p, n, k: _f(b / n, e, k - 1, (k - 1) * (n - 1)))
            What an explanation adds is in every participant's row: its square counts n times.
        _from_squares(lambda b, e, p, n, k: _f(k * b / n, e, k - 1, (k - 1) * (n - 1)))
            What an explanation adds is in every participant's row: its square counts n times, not
            k times.
        _from_squares(lambda b, e, p, n, k: (b / e, k - 1, (k - 1) * (n - 1)))
            These are the sums themselves: divide each by its degrees of freedom first.
        _from_squares(lambda b, e, p, n, k: (e / b * (n - 1), k - 1, (k - 1) * (n - 1)))
        _from_squares(lambda b, e, p, n, k: (e / b / (n - 1), k - 1, (k - 1) * (n - 1)))
            The fraction is upside down: explanations above, what is left over below.
        _from_squares(lambda b, e, p, n, k: _f(b, b + e + p, k - 1, (k - 1) * (n - 1)))
        _from_squares(lambda b, e, p, n, k: _f(b, b + e + p, k - 1, n * k - 1))
            Below stands the scatter of everything: take out the people and the explanations, and
            keep what is left over.
        _from_squares(lambda b, e, p, n, k: _f(b, b + e, k - 1, (k - 1) * (n - 1)))
            The people are out of what is left over, and the explanations still in it: take out
            both.
        _from_squares(lambda b, e, p, n, k: _f(p, e, n - 1, (k - 1) * (n - 1)))
        _from_squares(lambda b, e, p, n, k: _f(p, e, k - 1, (k - 1) * (n - 1)))
            Rows and columns are exchanged: this asks whether the *participants* differ.
        _f(_squares(wide)[0], _squares(wide)[1] + wide.size * wide.to_numpy().mean() ** 2, \
            wide.shape[1] - 1, (wide.shape[1] - 1) * (len(wide) - 1))
            In what is left over the grand mean is taken off twice, with the row and with the
            column: add it once.
        _from_squares(lambda b, e, p, n, k: (0.0, k - 1, (k - 1) * (n - 1)))
            The explanations do not differ from your grand mean: is it one number? `wide.mean()` is
            one for each column, `wide.to_numpy().mean()` the mean of everything.
        _from_squares(lambda b, e, p, n, k: (np.inf, k - 1, (k - 1) * (n - 1)))
            Nothing is left over, so F is infinite: `wide - wide.mean(axis=1)` takes the
            participants' names for columns. Work on `wide.to_numpy()`, or use `wide.sub(…,
            axis=0)`.
        _from_squares(lambda b, e, p, n, k: _f(k * b / n, e, n - 1, (k - 1) * (n - 1)))
            n and k have changed places: `wide.shape` gives the rows first, the participants.
        repeated_measures_f(wide)[0]
            F alone cannot be judged: return its two degrees of freedom with it.
        (float(stats.f.sf(*repeated_measures_f(wide))), *repeated_measures_f(wide)[1:])
        float(stats.f.sf(*repeated_measures_f(wide)))
            This is p: F is asked.
        _from_squares(lambda b, e, p, n, k: (_f(b, e, 1, n - 1)[0], (k - 1) * (n - 1), k - 1))
            The degrees of freedom have changed places: first those of the explanations.
    """,
    hints=(
        "Do it as in the toy: the mean of each row, of each column, of everything; then what is "
        "left over at each place. The rest is squares, sums, and two divisions.",
        "With `x = wide.to_numpy()`, `x.mean(axis=0)` are the explanations' means and "
        "`x.mean(axis=1, keepdims=True)` the participants', as a column. Taking both off `x` takes "
        "the grand mean off twice: add it once.",
    ),
    right="The people are out of the way, and the explanations stand against what is left over.",
)


def _stepped(p: Sequence[float]) -> list[float]:
    """From the smallest up: times m, m - 1, ..."""
    return [(len(p) - rank) * value for rank, value in enumerate(sorted(p))]


def _upwards(values: Sequence[float]) -> np.ndarray:
    return np.minimum(1, np.maximum.accumulate(values))


def _downwards(values: Sequence[float]) -> np.ndarray:
    return np.minimum(1, np.minimum.accumulate(values[::-1])[::-1])


def _in_given_order(p: Sequence[float], ordered: Sequence[float]) -> list[float]:
    found = np.empty(len(p))
    found[np.argsort(p, kind="stable")] = ordered
    return found.tolist()


def _p_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield ([0.04, 0.01, 0.03],)
    yield ([0.7, 0.008, 0.5, 0.02],)
    for n in (6, 1, 5):
        yield (rng.permutation(rng.uniform(0, 1, n) ** 3).tolist(),)
    yield (rng.permutation([0.03, 0.031, 0.9, 0.6, 0.001]).tolist(),)


HOLM = Exercise(
    reference=holm,
    where="lesson 08, “Which pairs?”",
    cases=_p_cases,
    mistakes="""
        [min(1.0, len(p) * value) for value in p]
        [len(p) * value for value in p]
            This is Bonferroni: Holm multiplies only the smallest p by m, the next by m − 1, and so
            on.
        _in_given_order(p, np.minimum(1, _stepped(p)))
        _in_given_order(p, _stepped(p))
            A smaller p has a larger adjusted p than a larger one: go upwards from the smallest and
            keep the largest so far.
        _in_given_order(p, np.maximum.accumulate(_stepped(p)))
            No adjusted p is above 1: cap it there.
        _upwards(_stepped(p)).tolist()
        np.minimum(1, _stepped(p)).tolist()
        _stepped(p)
        [(3 - k) * v for k, v in enumerate(sorted(p))]
            They are sorted: return them in the order in which the p-values were given.
        _upwards(_stepped(p))[np.argsort(p, kind="stable")].tolist()
        [min(1.0, v * (len(p) - k)) for v, k in zip(p, np.argsort(p), strict=True) ]
            They are put back the wrong way: `argsort` says for each rank where it stood, so write
            *to* that place.
        _in_given_order(p, _upwards([(len(p) - k) * v for k, v in enumerate(p)]))
            Rank and place are mixed up: the factor goes by the rank, the p-value is the one that
            stands at the *place*, and that is where the result goes, too.
        list(p) * len(p)
            A list times a number is the list several times: multiply each p in a loop.
        _upwards([(len(p) - k) * v for k, v in enumerate(p)]).tolist()
        [min(1.0, (len(p) - k) * v) for k, v in enumerate(p)]
        [(3 - k) * v for k, v in enumerate(p)]
        [(len(p) - k) * v for k, v in enumerate(p)]
            You take the p-values in the order in which they came: the factors go by rank, from the
            smallest up.
        _in_given_order(p, _upwards([(rank + 1) * v for rank, v in enumerate(sorted(p))]) )
        _in_given_order(p, np.minimum(1, [(rank + 1) * v for rank, v in enumerate(sorted(p))]) )
            The factors run the wrong way: the smallest p is multiplied by m, the largest by 1.
        _in_given_order(p, _downwards(_stepped(p)))
            You go down from the largest and keep the smallest (Hochberg's method): Holm goes up
            from the smallest and keeps the largest.
        _in_given_order(p, _downwards([len(p) * v / (rank + 1) for rank, v in \
            enumerate(sorted(p))]) )
        _in_given_order(p, np.minimum(1, [len(p) * v / (r + 1) for r, v in enumerate(sorted(p))]) )
            This is Benjamini and Hochberg's method: it bounds the *share* of false findings, Holm
            the chance of any.
        _in_given_order(p, _upwards([(len(p) - 1 - rank) * v for rank, v in enumerate(sorted(p))]) )
        _in_given_order(p, [(len(p) - 1 - rank) * v for rank, v in enumerate(sorted(p))] )
            Every factor is one too small, so that the largest p becomes 0 or so: they go from m
            down to 1.
        list
            They are as they were: multiply them.
        [value / len(p) for value in p]
            Divided, a p looks stronger: more tests must make it weaker.
        [1 - (1 - value) ** len(p) for value in p]
            This is Šidák's correction, right for independent tests: Holm needs no such assumption.
    """,
    hints=(
        "Do the example on paper in three columns: in order, times, so far the largest. Then ask "
        "how each number finds its way back to where its p stood.",
        "`np.argsort(p)` lists the places from the smallest p to the largest. Go through it with "
        "`enumerate`: number `rank` is multiplied by `len(p) - rank`. Keep the largest so far in a "
        "variable, and write it to its place.",
    ),
    right="Now the chance of any false alarm among all of them is 5 % at most.",
    changed="`p.sort()` sorts the list itself: `sorted(p)` and `np.argsort(p)` leave it as it is.",
)


def _parts(covariance: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Mean variance and mean covariance."""
    table = np.asarray(covariance, dtype=float)
    k, variances = len(table), np.trace(table)
    return variances / k, (table.sum() - variances) / (k * (k - 1))


def _moments_f(means: Sequence[float], n: int, below: float, df2: int | None = None) -> Three:
    k = len(means)
    above = n * np.var(means, ddof=1)
    return float(above / below), k - 1, df2 or (k - 1) * (n - 1)


def _squared_means_f(means: Sequence[float], n: int, below: float) -> Three:
    k = len(means)
    return float(n * np.square(means).sum() / (k - 1) / below), k - 1, (k - 1) * (n - 1)


def _moments_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield [2, 4, 3], [[1, 1.5, 0.5], [1.5, 3, 0], [0.5, 0, 1]], 3
    for n, k in ((32, 3), (11, 4), (20, 2)):
        wide = _wide(rng, n, [f"kind {number}" for number in range(k)]).to_numpy()
        yield wide.mean(axis=0).tolist(), np.cov(wide, rowvar=False).tolist(), n


def _with(f: Callable[..., float | Three]) -> Callable[..., Three]:
    """F from means, n and whatever `f` puts below, or all of it."""

    def answer(means: Sequence[float], covariance: Sequence, n: int) -> Three:
        found = f(means, n, *_parts(covariance))
        return found if isinstance(found, tuple) else _moments_f(means, n, found)

    return answer


def _scaled(times: Callable[[int, int], float]) -> Callable[..., Three]:
    """The right F times what depends on n and k."""

    def answer(means: Sequence[float], covariance: Sequence, n: int) -> Three:
        f, df1, df2 = f_from_moments(means, covariance, n)
        return f * times(n, len(means)), df1, df2

    return answer


F_FROM_MOMENTS = Exercise(
    reference=f_from_moments,
    where="lesson 08, “The article, from eighteen numbers”",
    cases=_moments_cases,
    mistakes="""
        _with(lambda means, n, variance, shared: variance)
        _with(lambda m, n, variance, shared: _moments_f(m, n, variance, len(m) * (n - 1)))
        _with(lambda m, n, variance, shared: variance * len(m) / (len(m) - 1))
            The covariances are not taken off: then the people are still in it, as if every column
            held others.
        _with(lambda means, n, variance, shared: variance + shared)
            The mean covariance is added: what people carry from one explanation to the next is
            taken *off*.
        _with(lambda means, n, variance, shared: variance - 2 * shared)
            The mean covariance is taken off twice. (So it is in the variance of a *difference*,
            where both variances are added.)
        _scaled(lambda n, k: 1 / n)
            n is missing above: a mean of many people counts for more.
        _scaled(lambda n, k: (n - 1) / n)
            Above stands n, not n − 1.
        _scaled(lambda n, k: (k - 1) / k)
            The squared distances of the means are divided by k: by k − 1. (`np.var` divides by k.)
        _scaled(lambda n, k: k - 1)
            The squared distances of the means are not divided: by k − 1, the degrees of freedom.
        _scaled(lambda n, k: k / (k - 1))
            Your mean covariance takes the diagonal in: there stand the variances.
        _with(lambda m, n, v, c: v - c * (len(m) - 1))
            The sum of the covariances is divided by k: there are k(k − 1) of them beside the
            diagonal.
        _with(lambda m, n, v, c: v - c * (len(m) - 1) / len(m))
        _with(lambda m, n, v, c: v - c * (len(m) - 1) / len(m) / 2)
            Zeros stand where you took the variances out, and they count in the mean: divide the
            sum of the covariances by their number, k(k − 1).
        _with(lambda m, n, v, c: v - c / 2)
            Each covariance stands in the table twice, above the diagonal and below: you add up one
            half, and divide by the number of both.
        _with(lambda m, n, v, c: (v - c) * len(m))
        _with(lambda m, n, v, c: len(m) * v - len(m) * (len(m) - 1) * c)
            These are sums of variances and covariances: the means are asked.
        _moments_f(means, n, _parts(covariance)[0] - _parts(covariance)[1], n - 1 )
        _moments_f(means, n, _parts(covariance)[0] - _parts(covariance)[1], len(means) * (n - 1) )
            Below there are (k − 1) times (n − 1) degrees of freedom: a factor is missing.
        _with(lambda m, n, v, c: _squared_means_f(m, n, v - c))
            You square the means themselves: their distances from the mean of the means are meant.
        f_from_moments(means, covariance, n)[0]
            F alone cannot be judged: return its two degrees of freedom with it.
    """,
    hints=(
        "Two numbers from the table: the mean of the diagonal, and the mean of what is beside it. "
        "Their difference stands below. Above stands n times the scatter of the means.",
        "`np.trace(covariance)` adds up the diagonal, `np.sum(covariance)` everything. What is "
        "beside the diagonal is the difference, and there are k(k − 1) of these.",
    ),
    right="Means, covariances and n: enough to check an article whose answers you do not have.",
)

EXERCISES = (PARTICIPANT_MEANS, DIFFERENCE_INTERVAL, REPEATED_MEASURES_F, HOLM, F_FROM_MOMENTS)
