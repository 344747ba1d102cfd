"""The exercises of lesson 01: ratings and baselines."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xrec_lessons.checks import solutions
from xrec_lessons.checks.bundled import ratings
from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.movielens import split

__all__ = ["EXERCISES"]


def _table(people: list[int], films: list[int], stars: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"userId": people, "movieId": films, "rating": stars})


def _of_some_people(rng: np.random.Generator) -> pd.DataFrame:
    """Their ratings in the bundled data, with the row labels that they have there."""
    people = rng.choice(ratings()["userId"].unique(), 8, replace=False)
    return ratings()[ratings()["userId"].isin(people)]


def _top_share_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield _table([1, 1, 2, 2, 3, 3], [7, 8, 8, 9, 8, 7], [5, 3, 4, 4, 2, 1]), 1
    yield _table([1, 1, 2, 2], [7, 8, 8, 9], [5, 3, 4, 4]), 2  # as many ratings as the third
    large = _of_some_people(rng)
    films = large["movieId"].nunique()
    for n in (3, films * 4 // 5, films):
        yield large, n


TOP_SHARE = Exercise(
    reference=solutions.top_share,
    where="lesson 01, deeper, “The long tail”",
    cases=_top_share_cases,
    mistakes="""
        / len(ratings) →
            This counts the ratings: a share is a part of the whole, between 0 and 1.
        100 * top_share(ratings, n)
            This is in percent: give a share, between 0 and 1.
        n / len(ratings)
            You count the films themselves: add up the ratings that they have.
        iloc[:n] → iloc[: n + 1]
            This is one film too many.
        iloc[:n] → iloc[: n - 1]
            This is one film too few: `[:n]` already stops before place n.
        .iloc[:n].sum() → .iloc[n - 1]
            This is the share of the n-th film alone: add those before it.
        iloc[:n] → iloc[:1]
            This is the share of the first film, whatever `n` is. Is `return` inside the loop?
        .iloc[:n] → [lambda counts: counts >= counts.iloc[n - 1]]
            Where several films have as many ratings as the last of the `n`, you count them all:
            it should be `n` films.
        .iloc[:n] → .loc[:n]
        .iloc[:n].sum() → [n]
            This looks for the film whose id is `n`: the labels of the counts are the films' ids.
            For places there is `.iloc`.
        ratings.groupby("movieId")["rating"].sum().nlargest(n).sum() / len(ratings)
        ratings.groupby("movieId")["rating"].sum().nlargest(n).sum() / ratings["rating"].sum()
            You add up stars: count the ratings, whatever their stars.
        .sum() →
            These are the shares of the single films: add them up.
        "movieId" → "rating"
            You count how often each number of stars was given: count by `movieId`.
        n / ratings["movieId"].nunique()
            This is the share of the films: you need the share of the ratings that they hold.
        value_counts() → value_counts().sort_index()
            These are the films with the lowest ids, not the most rated: sort by the counts.
        "movieId" → "userId"
            These are the people who rated most: count by `movieId`.
        iloc[:n] → iloc[-n:]
            These are the films with the fewest ratings: take the other end.
        ratings["movieId"].isin(ratings["movieId"].unique()[:n]).mean()
            These are the first films in the table, not the most rated: sort by the counts.
        len(ratings) → len(counts)
            You divide by the number of films: divide by the number of ratings.
    """,
    hints=(
        "How many ratings has each film? pandas counts them: `value_counts()` sorts as it counts.",
        "Take the first `n` of `ratings['movieId'].value_counts()`, add them up, and divide by "
        "the number of rows.",
    ),
    right="That is how concentrated the ratings are.",
)


def _rmse_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([5.0, 3.0, 4.0, 2.0]), np.array([4.0, 3.0, 4.0, 4.0])
    truth = rng.integers(1, 11, 40) / 2
    yield truth, rng.uniform(0.5, 5, 40)
    yield np.array([4.5, 4.0, 1.5, 5.0]), 3.5  # one number for all
    yield np.array([4, 3, 5]), 3
    yield np.array([4, 2, 5]), np.array([3.5, 2.5, 5.0])
    yield np.array([4.0]), np.array([2.5])
    yield np.array([4.0, 2.5]), np.array([4.0, 2.25])
    yield truth, truth.mean()


RMSE = Exercise(
    reference=solutions.rmse,
    where="lesson 01, “How far off?”",
    cases=_rmse_cases,
    mistakes="""
        np.sqrt →
            This is the mean squared error: the root is missing.
        abs(truth - predicted).mean()
            This is the mean absolute error (MAE): square the errors before you take the mean.
        np.mean → np.sum
            This is the root of the sum: take the mean, or the error grows with every rating.
        np.mean(truth - predicted)
            This is the mean error: too much and too little cancel out in it. Square first.
        np.abs(np.mean(truth - predicted))
            The mean comes too early: too much and too little cancel out in it. Square first.
        np.mean(errors**2)) → np.sum(errors**2)) / len(errors)
            You divide by n twice, or after the root: divide the sum of the squares by n once, then
            take the root.
        errors**2 → errors
            The squares are missing: the root of a negative mean is not a number (`nan`).
        np.mean((truth - predicted) ** 2) / 2
            `** 1/2` is read as “to the power 1, then halved”: write `** 0.5`, or use `np.sqrt`.
        np.mean(errors**2) → np.sum(errors**2) / (len(errors) - 1)
            You divide by n - 1: the mean divides by n.
        np.std(truth - predicted)
            This is the standard deviation: it takes the mean error off first, so always being one
            star too high would not count.
        np.mean(errors**2) → np.sum(errors**2) / np.size(predicted)
        np.mean(errors**2) → np.sum(errors**2) / len(predicted)
        np.mean(errors**2) → np.sum(errors**2) / predicted.shape[0]
            You count the predictions, and there may be one number for all: count the ratings,
            `len(truth)`.
        np.mean(errors**2) → np.mean([(t - p) ** 2 for t, p in zip(truth, predicted)])
        np.mean(errors**2) → np.mean([(truth[k] - predicted[k]) ** 2 for k in range(len(truth))])
            `predicted` may be one number for all, and that has no places to go through:
            `truth - predicted` works for both.
        np.mean(errors**2) → errors[0] ** 2 / len(errors)
        np.mean(errors**2) → errors[0] ** 2
            This is the first error alone. Is `return` inside the loop?
        np.sqrt(np.median((truth - predicted) ** 2))
            This is the median: take the mean of the squares.
        (truth - predicted) ** 2
        np.sqrt((truth - predicted) ** 2)
            These are the squared errors, one for each rating: give one number for all.
    """,
    hints=(
        "The name says it, read backwards: first the errors, then squared, then mean, then root.",
        "`truth - predicted` is an array of errors; `np.mean` and `np.sqrt` do the rest.",
    ),
    right="In stars, and large errors weigh more than small ones.",
)


def _bias_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([0, 0, 1]), np.array([1.0, 2.0, -1.5]), 2, 1.0
    yield rng.integers(0, 7, 30), rng.normal(0.2, 1, 30), 8, 5.0
    # no film 0, and one without a rating between the others
    yield rng.choice([1, 2, 4], 60), rng.integers(1, 11, 60) / 2 - 3.5, 6, 2.5
    yield np.array([1, 0, 1, 1]), np.array([-3.0, 1.5, 0.0, -2.5]), 2, 0.25
    yield [0, 0, 1], [1, 2, -1.5], 2, 1


def _the_last(rows: np.ndarray, values: np.ndarray | int, size: int) -> np.ndarray:
    b = np.zeros(size)
    b[rows] += values
    return b


def _whole_sums(rows: np.ndarray, rest: np.ndarray, size: int) -> np.ndarray:
    total = np.zeros(size, int)
    for row, value in zip(rows, rest, strict=True):
        total[row] += value
    return total


BIAS = Exercise(
    reference=solutions.bias,
    where="lesson 01, “A film's bias”",
    cases=_bias_cases,
    mistakes="""
        (count + damping) → np.maximum(count, 1)
        (np.bincount(rows, rest) / np.maximum(np.bincount(rows), 1))[np.bincount(rows) > 0]
        (count + damping) → count
            This is the plain mean: add the damping to the count before you divide.
        count + damping → size + damping
            You divide by the number of films plus the damping: each film has a count of its own,
            the $n_i$ of the formula.
        (count + damping) → count + damping
        (count + damping) → np.maximum(count, 1) + damping
            The damping is added after the division: put brackets around count plus damping.
        (count + damping) → damping
            You divide by the damping alone: divide by the count plus the damping.
        / (count + damping) →
            These are the sums: divide each by the count plus the damping.
        rows, rest, → rows, rest - rest.mean(),
            You take a mean off once more: `rest` is already what is left of the ratings.
        count + damping → len(rows) + damping
            You divide by the number of all ratings: divide each film's sum by its own count plus
            the damping.
        np.bincount(rows, rest) / (np.bincount(rows) + damping)
        bias(rows, rest, size, damping)[np.bincount(rows, minlength=size) > 0]
            Films that have no rating are missing: the result needs `size` numbers (`minlength`).
        (count + damping) → np.maximum(count, damping)
            You take the larger of count and damping: add the two.
        count + damping → count + 1
            The damping of the example stands in your code: use the argument `damping`.
        np.bincount(rows, rest, minlength=size) → _the_last(rows, rest, size)
        np.bincount(rows, rest, minlength=size) → _the_last(rows, rest, size), \
            then np.bincount(rows, minlength=size) → _the_last(rows, 1, size)
            `b[rows] += rest` adds only one value to a row, the last, however often it occurs:
            `np.add.at(b, rows, rest)` adds all of them, and so does `np.bincount`.
        total / (count + damping) → (total / (count + damping)).astype(int)
        np.bincount(rows, rest, minlength=size) → _whole_sums(rows, rest, size)
            The array for the result is one of whole numbers, and what stands after the point is
            cut off: make it with `np.zeros(size)`.
        bias(rows, rest, size, damping)[:1]
        np.where(np.arange(size) == 0, bias(rows, rest, size, damping), 0)
        np.where(np.arange(size) == rows[0], bias(rows, rest, size, damping), 0)
            Only one film has its bias. Is `return` inside the loop?
        total / (count + damping) → np.where(count > 0, total / (count + damping), np.nan)
            A film without a rating has the bias 0, not `nan`.
        [rest[rows == k].sum() / ((rows == k).sum() + damping) for k in range(size)]
        [total / ((rows == k).sum() + damping) \
            for k, total in enumerate(np.bincount(rows, rest, minlength=size))]
        [1 / (len(rest[rows == k]) + damping) * rest[rows == k].sum() for k in range(size)]
            `rows` and `rest` may be lists, and a list compared with a number is just False: begin
            with `rows, rest = np.asarray(rows), np.asarray(rest)`.
    """,
    hints=(
        "Which of the two arrays stands above the line of the formula, and which below it?",
        "`total` is the sum above the line. Below it stands `count`, with the damping added.",
    ),
    right="Films with few ratings are pulled to 0, those with many hardly move.",
)


def _predict_cases(rng: np.random.Generator) -> Iterator[tuple]:
    b_u, b_i = np.array([0.5, -0.25]), np.array([1.0, -1.0, 0.75])
    yield 3.5, b_u, b_i, np.array([0, 1, 0, -1, -1]), np.array([1, -1, 0, 2, -1])
    b_u, b_i = np.array([2.5, -2.75]), np.array([-1.5, 0.5, -0.5])  # 4, 6, 0.75, -0.25 and 4.75
    yield 3.0, b_u, b_i, np.array([0, 0, 1, 1, 0, 1]), np.array([0, 1, 1, 2, 2, -1])
    b_u, b_i = rng.normal(0, 0.9, 6), rng.normal(0, 0.9, 9)
    users, films = rng.integers(-1, 6, 30), rng.integers(-1, 9, 30)
    yield rng.uniform(3, 4), b_u, b_i, users, films
    yield rng.uniform(3, 4), b_u, b_i, np.array([-1]), np.array([2])
    b_u, b_i = np.array([0.75, -2.0]), np.array([1.0, -1.5])
    yield 3.75, b_u, b_i, np.array([0, 1, 0, 1]), np.array([0, 1, 1, 0])  # all known


PREDICT = Exercise(
    reference=solutions.predict,
    where="lesson 01, “Predict with biases”",
    cases=_predict_cases,
    mistakes="""
        np.clip(mu + b_u[users] + b_i[films], 0.5, 5)
            Row -1 is NumPy's last row: the newcomer gets the bias of the last person, and the
            unknown film that of the last film. An unknown one has the bias 0.
        mu + b_u[users] + b_i[films]
            Row -1 is NumPy's last row, and an unknown one should have the bias 0; nor are the
            predictions held between 0.5 and 5 stars.
        np.clip(mu + person + film, 0.5, 5) → mu + person + film
            Some predictions leave the scale: hold them between 0.5 and 5 stars.
        mu + person → person
            The mean `mu` is missing: biases say how far from it a person or a film lies.
        np.where((users >= 0) & (films >= 0), predict(mu, b_u, b_i, users, films), mu)
            Where one of the two is unknown you fall back to `mu` alone: the other's bias is still
            known, so use it.
        + film → - film
            The film's bias has the wrong sign: a popular film has a bias above 0.
        users >= 0 → users > 0, then films >= 0 → films > 0
        users >= 0 → users > 0
        films >= 0 → films > 0
            Row 0 is a person, or a film, like any other: only −1 is unknown, so the question is
            `>= 0`.
        films >= 0 → (films >= 0) | (users < 0)
        users >= 0 → (users >= 0) | (films < 0)
            Where both are unknown you still take a bias, that of the last row: after `if` and
            `elif` only the first question is answered. Ask for each of the two by itself.
        predict(mu, b_u, b_i, users, films).astype(int)
            The array for the result is one of whole numbers (`np.zeros_like(users)`?), and what
            stands after the point is cut off: make it with `np.zeros(len(users))`.
        np.clip(mu + person + film → np.clip(np.clip(mu + person, 0.5, 5) + film
            You hold the sum on the scale before all of it is there: add everything, then clip once.
        0.5, 5 → 1, 5
        0.5, 5 → 0, 5
        np.clip(mu + person + film, 0.5, 5) → np.minimum(mu + person + film, 5)
            The scale begins at half a star: nothing below 0.5, and 0.5 itself may be predicted.
        np.clip(mu + person + film, 0.5, 5) → np.maximum(mu + person + film, 0.5)
            Some predictions are above 5 stars.
        users >= 0, b_u[users], 0 → users >= 0, b_u[users], np.nan, then \
            films >= 0, b_i[films], 0 → films >= 0, b_i[films], np.nan
            An unknown one has the bias 0: with `nan` the whole sum is `nan`.
        predict(mu, b_u, b_i, users, films)[:1]
            This is the first prediction alone. Is `return` inside the loop?
        predict(mu, b_u, b_i, users, films)[(users >= 0) & (films >= 0)]
            Some predictions are missing: there is one for each pair, also for the unknown.
    """,
    hints=(
        "Try `b_i[np.array([0, -1])]` in a cell of its own: what does NumPy give for row -1?",
        "`np.where(films >= 0, b_i[films], 0)` is the film's bias, or 0. Add `mu`, the person and "
        "the film, and hold the sum between 0.5 and 5 with `np.clip`.",
    ),
    right="Known or unknown, everybody gets a prediction on the scale.",
)


def _new_in_test_cases(rng: np.random.Generator) -> Iterator[tuple]:
    # 9 and 1 are people in train, and no films; film 9 is new twice
    train = _table([1, 1, 9], [7, 8, 7], [5, 3, 2])
    test = _table([2, 2, 1, 3], [9, 9, 7, 1], [4, 4, 1, 3]).set_index(pd.Index([5, 2, 4, 9]))
    yield train, test, "movieId"
    yield train, test, "userId"
    table = _of_some_people(rng)
    train, test = split(table, seed=int(rng.integers(1000)), test=0.5)
    yield train, test, "movieId"
    yield train, test, "userId"
    yield table[table["userId"] > table["userId"].median()], table, "userId"


NEW_IN_TEST = Exercise(
    reference=solutions.new_in_test,
    where="lesson 01, deeper, “What the split does to newcomers”",
    cases=_new_in_test_cases,
    mistakes="""
        ~known → known
            This is the share of those that are known: you need the new ones.
        (~train[column].isin(test[column])).mean()
            Train and test are the wrong way round: count the test's ratings, look them up in train.
        np.mean([v not in train[column] for v in test[column]])
            `in` looks among the row numbers of a Series, not among its values: use `.isin`.
        .mean() → .sum() / len(train)
            You divide by the size of train: you need the share of the test ratings.
        .mean() → .sum()
            This is how many: a share is between 0 and 1.
        len(set(test[column]) - set(train[column])) / test[column].nunique()
            You count each film (or person) once: you need the share of the test *ratings*, so one
            that was rated twice counts twice.
        len(set(test[column]) - set(train[column])) / len(test)
            Above the line you count each film (or person) once, below the line the ratings: count
            ratings in both.
        (~test["movieId"].isin(train["movieId"])).mean()
            It always looks at the films: use the argument `column`.
        np.mean([~(value in set(train[column])) for value in test[column]])
            `~` turns NumPy's and pandas' True into False, but Python's own True into −2: write
            `not` for a single value.
        (~test[column].isin(train.to_numpy().ravel())).mean()
        (~test[column].isin([*train["movieId"], *train["userId"]])).mean()
            You look in all columns of train, and a film's id may also be a person's: look in
            `train[column]`.
        1 - len(test.merge(train, on=column)) / len(test)
        test.merge(train, on=column, how="left", indicator=True)["_merge"].eq("left_only").mean()
            A merge has a row for each pair, so a film with many ratings in train counts many times:
            ask of each test rating once.
        np.mean(~test[column].isin(train[column])[:1]) / len(test)
            Only the first row is counted. Is `return` inside the loop?
        (~test.index.isin(train.index)).mean()
            You compare row numbers, and no row is in both parts: compare the values in `column`.
    """,
    hints=(
        "For each test rating there is one question with the answer yes or no: does its film "
        "(or person) occur anywhere in train?",
        "`test[column].isin(train[column])` answers it for all rows; `~` says not; the mean of "
        "yes and no is the share of yes.",
    ),
    right="The split makes no new people, but it does make new films.",
)

EXERCISES = (RMSE, BIAS, PREDICT, TOP_SHARE, NEW_IN_TEST)
