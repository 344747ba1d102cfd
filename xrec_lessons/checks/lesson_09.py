"""The exercises of lesson 09: read the study."""

from collections.abc import Iterator
from functools import reduce

import numpy as np
import pandas as pd

from xrec_lessons.checks import solutions
from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.study.plan.conditions import EXPLANATIONS

__all__ = ["EXERCISES"]

TOY = pd.DataFrame([[1.0, 2, 3], [2, 5, 2], [3, 5, 4]], ["Ada", "Ben", "Cem"], EXPLANATIONS)


def _answers_cases(rng: np.random.Generator) -> Iterator[tuple]:
    small = [("P1", "rule", 4), ("P1", "rule", 5), ("P1", "similar", 2), ("P2", "similar", 3)]
    yield (pd.DataFrame(small, columns=["participant", "explanation", "value"]),)
    for people, n in ((9, 90), (12, 60)):
        names = rng.permutation([f"S{k:02}" for k in range(people)])
        answers = pd.DataFrame({"participant": rng.choice(names, n)})
        answers["explanation"] = rng.choice(sorted(EXPLANATIONS), n)
        yield (answers.assign(value=rng.integers(1, 6, n)),)
    # As the lesson gives it next: a part of a table with further columns.
    answers["explanation"] = rng.choice(["new", "old", "rule"], n)
    answers.insert(0, "place", rng.integers(1, 10, n))
    answers = answers.assign(value=rng.integers(0, 11, n), minutes=rng.uniform(0, 9, n))
    yield (answers[answers["place"] > 3],)


PARTICIPANT_MEANS = Exercise(
    reference=solutions.participant_means,
    where="lesson 09, “Why not all answers in one test?”",
    cases=_answers_cases,
    mistakes="""
        .unstack() → .unstack(0)
            Rows and columns are exchanged: a row is a participant, a column an explanation.
        .unstack() →
        .unstack() → .reset_index()
        .unstack() → .to_frame()
            This is one long column: the explanations are to become columns.
        participant_means(answers).fillna(0)
            Who gave no answer did not say 0: leave `nan` there.
        participant_means(answers).dropna()
            Participants with a gap are missing: whoever leaves them out has to say so, and this is
            not the place. Leave `nan` there.
        mean → sum
        mean().unstack() → sum().unstack(fill_value=0)
            These are sums: who saw more films has more points. Take the mean.
        mean → count
        mean().unstack() → count().unstack(fill_value=0)
            This counts the answers: what they say is not in it.
        mean → median
            This is the median: the mean is asked.
        ["value"] →
        answers.pivot_table(index="participant", columns="explanation")
            The columns have two names, because the mean was taken of a whole table: choose the
            column `value` before.
        participant_means(answers).reset_index()
            The participants are a column: they name the rows, so leave them in the index.
        participant_means(answers).reindex(columns=EXPLANATIONS)
        participant_means(answers).reindex(columns=sorted(EXPLANATIONS))
            The explanations are to be sorted, and those that occur in `answers`: no others.
        mean → first
        mean → last
        mean → max
        mean → min
            This is one answer of each cell only: the others are lost.
        mean() → agg(lambda cell: reduce(lambda so_far, value: (so_far + value) / 2, cell))
            You take the mean of the mean so far and the next answer: then the last one counts
            half. Add up first, divide once at the end.
        participant_means(answers).sub(answers.groupby("participant")["value"].mean(), axis=0)
            The participants' own means are taken off: not yet, here their answers are asked as
            they are.
        answers.groupby("explanation")["value"].mean()
            This is one mean for each explanation, over all answers: first one for each participant.
        answers.groupby("participant")["value"].mean()
            This is one mean for each participant, over all explanations: keep these apart.
        answers.groupby → answers.drop_duplicates(["participant", "explanation", "value"]).groupby
            You take each answer once, as in a set: if somebody gave a number twice, it counts
            twice.
        "explanation"]) → "explanation"], sort=False)
        participant_means(answers).reindex(answers["participant"].unique())
            Rows or columns come in the order of the table: both are to be sorted.
        participant_means(answers).fillna(participant_means(answers).mean())
        participant_means(answers).T.fillna(participant_means(answers).mean(axis=1)).T
            A gap is filled with a mean: nobody gave that answer. Leave `nan` there.
        answers.pivot_table("value", "participant", "explanation", margins=True)
            There is a last row and a last column for all together: leave these out.
    """,
    hints=(
        "Put the answers together that have the participant *and* the explanation in common, take "
        "the mean of each group, and lay the groups out as a table.",
        '`answers.groupby([…, …])["value"].mean()` gives one long column with two names for each '
        "row; `.unstack()` makes the second name into columns. Or look at `pivot_table`.",
    ),
    right="One number for each person and explanation: now count people.",
)


def _means(rng: np.random.Generator, n: int, *names: str) -> pd.DataFrame:
    """Participants' means as in a study: people differ, and so do their likings."""
    names = names or tuple(sorted(EXPLANATIONS))
    values = 3.4 + rng.normal(0, 0.6, (n, 1)) + rng.normal(0, 0.7, (n, len(names)))
    index = pd.Index([f"S{k:02}" for k in range(n)], name="participant")
    return pd.DataFrame(values.clip(1, 5).round(2), index, names)


def _pair_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield TOY, "rule", "similar"
    yield TOY[["similar", "rule"]], "rule", "similar"
    yield _means(rng, 9), "rule", "influence"
    yield _means(rng, 5, "new", "old"), "old", "new"
    yield _means(rng, 32), "similar", "rule"
    yield _means(rng, 120), "influence", "rule"
    yield _means(rng, 2, "new", "old"), "new", "old"
    yield 20 * _means(rng, 7), "rule", "influence"  # a scale up to 100


DIFFERENCE_INTERVAL = Exercise(
    reference=solutions.difference_interval,
    where="lesson 09, “Everybody's own difference”",
    cases=_pair_cases,
    mistakes="""
        ddof=1 → ddof=0
            The standard deviation is divided by n: by n − 1, since the mean was computed from the
            same numbers. NumPy divides by n unless told `ddof=1`.
        / np.sqrt(n) →
        d.std(ddof=1) / np.sqrt(n) → d.std(ddof=0)
            That is how far *people* scatter: how far their *mean* would, is less by the root of n.
        np.sqrt(n) → n
        d.std(ddof=1) / np.sqrt(n) → d.std(ddof=0) / n
            You divide by n: the standard error is s divided by the *root* of n.
        std → var
        d.std(ddof=1) / np.sqrt(n) → d.var(ddof=1) / n
            The root is forgotten: this is the variance, and its root is the standard deviation.
        stats.t.ppf(0.975, n - 1) → 1.96
        stats.t.ppf(0.975, n - 1) → stats.norm.ppf(0.975)
        stats.t.ppf(0.975, n - 1) → 2
            1.96 is for very many people: with few, s itself is uncertain, and Student's t for n −
            1 is larger.
        stats.t.ppf(0.975, n - 1) * d.std(ddof=1) → 1.96 * d.std(ddof=0)
        stats.t.ppf(0.975, n - 1) * d.std(ddof=1) → stats.norm.ppf(0.975) * d.std(ddof=0)
            Two things make it too narrow. 1.96 is for very many people: take Student's t for n − 1.
            And the standard deviation is divided by n: NumPy does that unless told `ddof=1`.
        wide[a] - wide[b] → wide["rule"] - wide["similar"]
            You always take the same two columns: `a` and `b` say which.
        0.975 → 0.95
            `0.95` leaves 5 % above, and as much below: an interval of 95 % leaves 2.5 % on each
            side.
        n - 1 → n
        n - 1 → n - 2
            Student's t has n − 1 degrees of freedom here, not n.
        n - 1 → 2
            You always take the t of three people: `n` is the number of participants in `wide`.
        ppf → pdf
        ppf → cdf
            `pdf` is the height of the curve: `ppf` says up to where 97.5 % of it lie.
        wide[a] - wide[b] → abs(wide[a] - wide[b])
            A difference has a sign, and yours are all positive: no `abs` here.
        stats.ttest_rel(wide[a], wide[b])
            This is t and p: the mean difference and its interval are asked.
        difference_interval(wide, a, b)[0]
            The interval is missing: return mean, low, high.
        stats.t.ppf(0.975, n - 1) * →
            That is one standard error to each side: an interval of 95 % takes t of them.
        d.std(ddof=1) → np.hypot(wide[a].std(), wide[b].std())
        n - 1 → 2 * (n - 1), then d.std(ddof=1) → np.hypot(wide[a].std(), wide[b].std())
        stats.t.ppf(0.975, n - 1) * d.std(ddof=1) → 1.96 * np.hypot(wide[a].std(), wide[b].std())
            You treat the two columns as different people: take each participant's own difference
            first, and its standard deviation.
        difference_interval(wide, b, a)
            This is `b` minus `a`.
        d.mean() - half, d.mean() + half → d.mean() + half, d.mean() - half
            The two ends have changed places: mean, low, high.
        difference_interval(wide, a, b)[1:]
            The mean is missing: return mean, low, high.
        d.mean() - half, d.mean() + half → half
            That is how far the interval reaches: return its two ends.
        d.mean() - half, d.mean() + half → *d.quantile([0.025, 0.975])
            Between these two lie 95 % of the *people*: an interval of their mean is asked.
        return d.mean(), d.mean() - half → return d.mean() - half, d.mean()
            The three are right, in another order: mean, low, high.
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


def _means_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield (TOY,)
    yield (_means(rng, 9),)
    yield (_means(rng, 4, *"abcde"),)
    yield (_means(rng, 32, "new", "old"),)
    yield (20 * _means(rng, 7),)  # a scale up to 100


REPEATED_MEASURES_F = Exercise(
    reference=solutions.repeated_measures_f,
    where="lesson 09, “Three at once”",
    cases=_means_cases,
    mistakes="""
        - person - explanation + grand → - explanation
        - person - explanation + grand → - explanation, then (k - 1) * (n - 1) → k * (n - 1)
        - person - explanation + grand → - explanation, then left / df2 → left / (k * (n - 1))
            The people are still in what is left over, as if every column held other people: take
            each participant's mean out.
        (repeated_measures_f(wide)[0], 2, 4)
            These degrees of freedom are the toy's: compute them from n and k.
        (k - 1) * (n - 1) → k * (n - 1)
        (k - 1) * (n - 1) → (k - 1) * n
        (k - 1) * (n - 1) → k * n - 1
            The degrees of freedom below are too many: in what is left over the rows add up to zero
            *and* the columns do.
        (k - 1) * (n - 1) → n - 1
            Below there are (k − 1) times (n − 1) degrees of freedom: a factor is missing.
        n * np.sum → np.sum
            What an explanation adds is in every participant's row: its square counts n times.
        n * np.sum → k * np.sum
            What an explanation adds is in every participant's row: its square counts n times, not
            k times.
        (between / df1) / (left / df2) → between / left
            These are the sums themselves: divide each by its degrees of freedom first.
        (between / df1) / (left / df2) → (left / df2) / (between / df1)
        (between / df1) / (left / df2) → (left / df1) / (between / df2)
            The fraction is upside down: explanations above, what is left over below.
        - person - explanation + grand → - grand
        - person - explanation + grand → - grand, then (k - 1) * (n - 1) → k * n - 1
            Below stands the scatter of everything: take out the people and the explanations, and
            keep what is left over.
        - explanation + grand →
            The people are out of what is left over, and the explanations still in it: take out
            both.
        repeated_measures_f(wide.T)
        n * np.sum((explanation → k * np.sum((person
            Rows and columns are exchanged: this asks whether the *participants* differ.
        + grand →
            In what is left over the grand mean is taken off twice, with the row and with the
            column: add it once.
        x.mean() → x.mean(axis=0)
            The explanations do not differ from your grand mean: is it one number? `wide.mean()` is
            one for each column, `wide.to_numpy().mean()` the mean of everything.
        (np.inf, *repeated_measures_f(wide)[1:])
            Nothing is left over, so F is infinite: `wide - wide.mean(axis=1)` takes the
            participants' names for columns. Work on `wide.to_numpy()`, or use `wide.sub(…,
            axis=0)`.
        n, k = x.shape → k, n = x.shape
            n and k have changed places: `wide.shape` gives the rows first, the participants.
        repeated_measures_f(wide)[0]
            F alone cannot be judged: return its two degrees of freedom with it.
        stats.f.sf(*repeated_measures_f(wide))
        (stats.f.sf(*repeated_measures_f(wide)), *repeated_measures_f(wide)[1:])
            This is p: F is asked.
        (left / df2), df1, df2 → (left / df2), df2, df1
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


def _p_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield ([0.04, 0.01, 0.03],)
    yield ([0.7, 0.008, 0.5, 0.02],)
    for n in (6, 1, 5):
        yield (rng.permutation(rng.uniform(0, 1, n) ** 3).tolist(),)
    yield (rng.permutation([0.03, 0.031, 0.9, 0.6, 0.0012]).tolist(),)
    yield ([0.02, 0.5, 0.02, 0.02, 0.01],)
    yield ([1.0, 0.0, 0.5, 0.0],)


def _looked_up(p: list[float]) -> list[float]:
    """Put each back to where `index` finds its p, which is the first of equals."""
    found, largest = list(p), 0.0
    for rank, value in enumerate(sorted(p)):
        largest = max(largest, (len(p) - rank) * value)
        found[p.index(value)] = min(1.0, largest)
    return found


HOLM = Exercise(
    reference=solutions.holm,
    where="lesson 09, deeper, “Many tests, and what they pay”",
    cases=_p_cases,
    mistakes="""
        [min(1, len(p) * value) for value in p]
        [len(p) * value for value in p]
            This is Bonferroni: Holm multiplies only the smallest p by m, the next by m − 1, and so
            on.
        max(largest, (len(p) - rank) * p[place]) → (len(p) - rank) * p[place]
        max(largest, (len(p) - rank) * p[place]) → (len(p) - rank) * p[place], \
            then min(1.0, largest) → largest
            A smaller p has a larger adjusted p than a larger one: go upwards from the smallest and
            keep the largest so far.
        min(1.0, largest) → largest
            No adjusted p is above 1: cap it there.
        sorted(holm(p))
        [min(1, (len(p) - rank) * value) for rank, value in enumerate(sorted(p))]
        [(len(p) - rank) * value for rank, value in enumerate(sorted(p))]
        [(3 - rank) * value for rank, value in enumerate(sorted(p))]
        adjusted[place] = min(1.0, largest) → adjusted[rank] = largest
        sorted(holm(p), reverse=True)
            They are sorted: return them in the order in which the p-values were given.
        np.sort(holm(p))[np.argsort(p)]
        np.minimum(1, (len(p) - np.argsort(p)) * p)
            They are put back the wrong way: `argsort` says for each rank where it stood, so write
            *to* that place.
        p[place] → p[rank]
            Rank and place are mixed up: the factor goes by the rank, the p-value is the one that
            stands at the *place*, and that is where the result goes, too.
        p * len(p)
            A list times a number is the list several times: multiply each p in a loop.
        np.argsort(p) → range(len(p))
        [min(1, (len(p) - rank) * value) for rank, value in enumerate(p)]
        [(len(p) - rank) * value for rank, value in enumerate(p)]
        [(3 - rank) * value for rank, value in enumerate(p)]
            You take the p-values in the order in which they came: the factors go by rank, from the
            smallest up.
        len(p) - rank → rank + 1
            The factors run the wrong way: the smallest p is multiplied by m, the largest by 1.
        , 0.0 → , 1.0, then enumerate(np.argsort(p)) → reversed([*enumerate(np.argsort(p))]), \
            then max → min
            You go down from the largest and keep the smallest (Hochberg's method): Holm goes up
            from the smallest and keeps the largest.
        stats.false_discovery_control(p)
        max(largest, (len(p) - rank) * p[place]) → len(p) * p[place] / (rank + 1)
            This is Benjamini and Hochberg's method: it bounds the *share* of false findings, Holm
            the chance of any.
        len(p) - rank → len(p) - 1 - rank
        max(largest, (len(p) - rank) * p[place]) → (len(p) - 1 - rank) * p[place], \
            then min(1.0, largest) → largest
            Every factor is one too small, so that the largest p becomes 0 or so: they go from m
            down to 1.
        p
            They are as they were: multiply them.
        [value / len(p) for value in p]
            Divided, a p looks stronger: more tests must make it weaker.
        [1 - (1 - value) ** len(p) for value in p]
        (len(p) - rank) * p[place] → 1 - (1 - p[place]) ** (len(p) - rank)
            This is Šidák's correction, right for independent tests: Holm needs no such assumption.
        _looked_up
            Two p-values can be equal, and `index` always finds the first of them: go through the
            places, with `np.argsort(p)`.
        [int(value) for value in holm(p)]
            You write into an array of whole numbers, which cuts the decimals off: begin with
            `np.zeros(len(p))`, or with a list.
        [min(1.0, len(p) * min(p)) if place == np.argmin(p) else 0.0 for place in range(len(p))]
            Only the smallest p is adjusted: does `return` stand inside the loop?
        [value < 0.05 for value in holm(p)]
        [value <= 0.05 for value in holm(p)]
            This says yes and no: return the adjusted p-values themselves.
        dict(zip(p, holm(p)))
            This is a dictionary, in which equal p-values are one: return a list.
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


def _moments_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield [2, 4, 3], [[1, 1.5, 0.5], [1.5, 3, 0], [0.5, 0, 1]], 3
    yield [3.5, 2.5, 4], [[2, -0.5, -1], [-0.5, 1.5, 0], [-1, 0, 3]], 12
    for n, names in ((32, "abc"), (11, "abcd"), (20, "ab")):
        wide = _means(rng, n, *names)
        yield wide.mean().tolist(), wide.cov().to_numpy().tolist(), n
    wide *= 20  # a scale up to 100
    yield wide.mean().tolist(), wide.cov().to_numpy().tolist(), n


F_FROM_MOMENTS = Exercise(
    reference=solutions.f_from_moments,
    where="lesson 09, deeper, “F from eighteen numbers”",
    cases=_moments_cases,
    mistakes="""
        - shared →
        - shared →, then (k - 1) * (n - 1) → k * (n - 1)
        variance - shared → variance * k / (k - 1)
            The covariances are not taken off: then the people are still in it, as if every column
            held others.
        - shared → + shared
            The mean covariance is added: what people carry from one explanation to the next is
            taken *off*.
        - shared → - 2 * shared
            The mean covariance is taken off twice. (So it is in the variance of a *difference*,
            where both variances are added.)
        n * np.sum → np.sum
            n is missing above: a mean of many people counts for more.
        n * np.sum → (n - 1) * np.sum
            Above stands n, not n − 1.
        ** 2) / (k - 1) → ** 2) / k
            The squared distances of the means are divided by k: by k − 1. (`np.var` divides by k.)
        ** 2) / (k - 1) → ** 2)
            The squared distances of the means are not divided: by k − 1, the degrees of freedom.
        (covariance.sum() - np.trace(covariance)) / (k * (k - 1)) → covariance.mean()
            Your mean covariance takes the diagonal in: there stand the variances.
        k * (k - 1) → k
            The sum of the covariances is divided by k: there are k(k − 1) of them beside the
            diagonal.
        k * (k - 1) → k**2
        k * (k - 1) → 2 * k**2
            Zeros stand where you took the variances out, and they count in the mean: divide the
            sum of the covariances by their number, k(k − 1).
        k * (k - 1) → 2 * k * (k - 1)
            Each covariance stands in the table twice, above the diagonal and below: you add up one
            half, and divide by the number of both.
        np.trace(covariance) / k → np.trace(covariance), then k * (k - 1) → k - 1
        np.trace(covariance) / k → np.trace(covariance), then / (k * (k - 1)) →
            These are sums of variances and covariances: the means are asked.
        (k - 1) * (n - 1) → n - 1
        (k - 1) * (n - 1) → k * (n - 1)
            Below there are (k − 1) times (n − 1) degrees of freedom: a factor is missing.
        means - means.mean() → means
            You square the means themselves: their distances from the mean of the means are meant.
        between / (variance - shared) → (variance - shared) / between
            The fraction is upside down: the scatter of the means above, what is left over below.
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
