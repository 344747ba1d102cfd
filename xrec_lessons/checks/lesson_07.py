"""The exercises of lesson 07: is the list any good?"""

from collections.abc import Callable, Iterator

import numpy as np
from scipy.sparse import csr_array

from xrec_lessons.checks import solutions
from xrec_lessons.checks.bundled import ratings
from xrec_lessons.checks.describe import describe
from xrec_lessons.checks.exercise import Exercise
from xrec_lessons.checks.work import work

__all__ = ["EXERCISES"]

# Three people like the first film, and two of them the second.
TOY = np.array([[1, 1], [1, 1], [1, 0]])


def _ndcg_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield [70, 80, 90, 60], {80, 60, 50}
    yield [70], {70, 80}
    yield [7, 8, 9], {5}
    yield [9, 4, 30], {4, 9, 30}
    for n, m in ((10, 3), (10, 25), (5, 5), (12, 1)):
        films = rng.choice(60, n, replace=False).tolist()
        yield films, {films[n // 3], *rng.choice(60, m, replace=False).tolist()}


NDCG = Exercise(
    reference=solutions.ndcg,
    where="lesson 07, “Points for places”",
    cases=_ndcg_cases,
    mistakes="""
        / points[: len(liked)].sum() →
            This is the DCG: divide it by that of the best list.
        points[: len(liked)] → points
            You divide by the points of a list in which every place is a hit. The best list has as
            many hits as there are liked films.
        points[: len(liked)] → points[: sum(hits)]
            You divide by the best order of the hits that the list has. Liked films that it misses
            count too: the best list would show them.
        / points[: len(liked)].sum() → / (1 / np.log2(np.arange(2, len(liked) + 2))).sum()
            You let the best list be longer than this one: it has no more places.
        / points[: len(liked)].sum() → / len(liked)
            You divide by the number of liked films, as if each hit were worth a whole point.
        sum(film in liked for film in ranked) / len(ranked)
            This is the share of hits in the list: a hit counts less the lower it stands.
        sum(film in liked for film in ranked) / len(liked)
            This is the recall, the share of the liked films that are in the list: a hit counts less
            the lower it stands.
        sum(film in liked for film in ranked) / min(len(liked), len(ranked))
            Every hit counts the same here: it counts 1/log₂(k + 1) at place k.
        np.arange(2, len(ranked) + 2) → np.arange(1, len(ranked) + 1) + 1e-12
            You begin with 1/log₂ 1, which is infinite: place k counts 1/log₂(k + 1), so the first
            counts 1/log₂ 2.
        np.log2(np.arange(2, len(ranked) + 2)) → np.arange(1, len(ranked) + 1)
            Place k counts 1/k here: it counts 1/log₂(k + 1).
        points[hits].sum() → points[: sum(hits)].sum()
            You put the hits at the top of the list: each counts at its own place.
        points[hits].sum() → points[hits].max()
        points[hits].sum() → points[hits][:1].sum()
            Only the first hit counts here: add up all of them.
        film in liked → film not in liked
            You count the films that are *not* liked.
    """,
    hints=(
        "Which of the `points` does the list get, and which would the best list get?",
        "`points[hits]`, with a list of True and False, picks from an array; and `points[:n]` are "
        "the first n, or all, if there are fewer. Add up each, and divide.",
    ),
    right="1 is a list that could not be better, 0 one without a hit.",
)


def _tables(rng: np.random.Generator) -> Iterator[tuple[np.ndarray, float]]:
    """Tables of likes: the toy, invented ones, and people and films of the bundled data."""
    yield TOY, 1
    yield (rng.random((12, 5)) < 0.5) * 1.0, rng.uniform(0.5, 4)
    yield (rng.random((4, 6)) < 0.6) * 1.0, 0.3  # fewer people than films
    liked = ratings()[ratings()["rating"] >= 4]
    films = rng.choice(liked["movieId"].value_counts().index[:200], 9, replace=False)
    table = liked[liked["movieId"].isin(films)].pivot_table(
        index="userId", columns="movieId", values="rating", aggfunc="size", fill_value=0
    )
    yield table.to_numpy(float), 50.0


def _film_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield TOY, 1, 1
    for B, penalty in _tables(rng):
        yield B, int(rng.integers(B.shape[1])), penalty
        yield B, 0, 2 * penalty


REGRESS_FILM = Exercise(
    reference=solutions.regress_film,
    where="lesson 07, deeper, “One film from all others”",
    cases=_film_cases,
    mistakes="""
        np.insert(weights, t, 0) → weights
            The place of film t is missing: return one weight for each column of B, with 0 at t
            (`np.insert`).
        ridge(np.delete(B, t, axis=1), B[:, t], penalty) → ridge(B, B[:, t], penalty), \
            then np.insert(weights, t, 0) → weights
            Film t is among the films that predict it, and so it predicts mostly itself: take its
            column out of the table first.
        ridge(np.delete(B, t, axis=1), B[:, t], penalty) → ridge(B, B[:, t], penalty), \
            then np.insert(weights, t, 0) → np.where(np.arange(B.shape[1]) == t, 0, weights)
            You fit with film t among the predictors and set its weight to 0 afterwards: the other
            weights then leave to it what they should say themselves. Take its column out before the
            fit.
        np.insert(weights, t, 0) → np.insert(weights, 0, 0)
            The 0 stands at the first place: it belongs at place t.
        np.insert(weights, t, 0) → np.append(weights, 0)
            The 0 stands at the last place: it belongs at place t.
        np.insert(weights, t, 0) → np.insert(weights, t, 1)
            A film says nothing about itself here: its weight is 0, not 1.
        B[:, t], penalty → B[:, t], 1e-9
            This is without the penalty: hand `penalty` to `ridge`.
        np.delete(B, t, axis=1), B[:, t] → np.delete(B, t, axis=0).T, B[t]
            You predict a person from the other people: films are the columns, so take `B[:, t]` and
            `np.delete(B, t, axis=1)`.
    """,
    hints=(
        "Two arrays go into `ridge`: the columns that predict, and the column that is predicted. "
        "Which column must not be among the first?",
        "`ridge(np.delete(B, t, axis=1), B[:, t], penalty)` gives one weight fewer than B has "
        "columns. `np.insert(weights, t, 0)` puts a 0 at place t.",
    ),
    right="That is one column of EASE.",
)


def _inverts_once(answer: Callable) -> str:
    B = (np.random.default_rng(0).random((60, 40)) < 0.3) * 1.0
    done = work(answer, (B, 5.0))
    names = ("solve", "inv", "pinv", "lstsq", "ridge")
    solved = sum(count for name, count in done.calls.items() if name.partition(".")[2] in names)
    if solved >= 20:
        return (
            f"But it solves {solved} systems for {B.shape[1]} films, one after the other: here the "
            "boxed formula is asked, with a single inverse."
        )
    return ""


EASE = Exercise(
    reference=solutions.ease,
    where="lesson 07, “All films at once”",
    cases=_tables,
    mistakes="""
        np.fill_diagonal(C, 0) →
            On the diagonal stands -1: a film says nothing about itself, so put 0 there
            (`np.fill_diagonal`).
        -P / P.diagonal() → P / P.diagonal()
            The sign is wrong: films that are liked together speak *for* each other.
        P.diagonal() → P.diagonal()[:, None]
            This is transposed, or divided row by row: column t is to be divided by P_tt.
        -P / P.diagonal() → -P
            The division by P_tt is missing.
        -P / P.diagonal() → -P * P.diagonal()
            You multiply by P_tt: divide by it.
        + penalty * np.eye(B.shape[1]) →
        + penalty * np.eye(B.shape[1]) → + 1e-9 * np.eye(B.shape[1])
            The penalty is missing.
        * np.eye(B.shape[1]) →
            You add the penalty to every number of BᵀB: λI adds it on the diagonal only.
        np.linalg.inv(B.T @ B + penalty * np.eye(B.shape[1])) → \
            B.T @ B + penalty * np.eye(B.shape[1])
            Nothing is inverted here: P is the inverse of G.
        np.linalg.inv(B.T @ B + penalty * np.eye(B.shape[1])) → \
            1 / (B.T @ B + penalty * np.eye(B.shape[1]))
            This divides 1 by each number: `np.linalg.inv(G)` is the inverse of the whole table.
        B.T @ B + penalty * np.eye(B.shape[1]) → B @ B.T + penalty * np.eye(B.shape[0])
            This is a table of people and people: films are the columns of B, so it has to be BᵀB.
        np.eye(B.shape[1]) - np.linalg.inv(B.T @ B + penalty * np.eye(B.shape[1])) * penalty
            This is a ridge regression in which each film also predicts itself: the condition
            that the diagonal is 0 makes the formula another one.
    """,
    hints=(
        "Two steps: divide `P` column by column and change the sign, then clear the diagonal.",
        "`C = -P / P.diagonal()`. What stands on its diagonal, and what should stand there?",
    ),
    right="All regressions at once, from one inverse.",
    way=_inverts_once,
)


def _parts_cases(rng: np.random.Generator) -> Iterator[tuple]:
    C = np.array([[0, 0.5, 0.1], [0.2, 0, 0.3], [0.4, 0.6, 0]])
    yield C, [0, 1], 2
    yield C, [0, 2], 2  # the film itself is liked
    yield C, [], 0
    yield C, [2], 0
    for n in (6, 300):  # and numbers of films that are no small integers
        C = rng.normal(0.02, 0.1, (n, n))
        np.fill_diagonal(C, 0)
        liked = rng.permutation(n)[: n // 2].tolist()
        yield C, liked, int(rng.integers(n))
        yield C, liked, int(str(max(liked)))  # an equal number, and another object


CARD_PARTS = Exercise(
    reference=solutions.card_parts,
    where="lesson 07, “A score that splits”",
    cases=_parts_cases,
    mistakes="""
        C[film, t] → C[t, film]
            You take row t: the weight with which film j speaks for film t stands in row j and
            column t.
        , reverse=True →
            The smallest part comes first here: begin with the largest.
        part[1] → abs(part[1])
            You sort by size whatever the sign: a part below 0 lowers the score and belongs at the
            end.
        part[1] → part[0]
            You sort by the number of the film: sort by its part.
        sorted(parts, key=lambda part: part[1], reverse=True) → parts
            They are not sorted: the largest part comes first.
        if film != t →
            Film t is among its own reasons: leave it out, for its part is always 0.
        [film for film, _ in card_parts(C, liked, t)]
            These are the films alone: return pairs of a film and its part.
        [part for _, part in card_parts(C, liked, t)]
            These are the parts alone: return pairs of a film and its part.
        dict(card_parts(C, liked, t))
            This is a dictionary: return a list of pairs.
        sum(part for _, part in card_parts(C, liked, t))
            This is the whole score: return its parts.
        if film != t → if film != t and C[film, t] > 0
            Parts below 0 are missing: without them the parts do not add up to the score.
        for film in liked → for film in range(len(C))
            You take every film: only those that the person liked have a part.
        (film, C[film, t]) → (film, C[film, t] / C[liked, t].sum())
            These are shares of the score: return the parts themselves.
    """,
    hints=(
        "One pair for each liked film other than t. In which row and which column of C does its "
        "weight stand?",
        "`[(film, C[film, t]) for film in liked]` are the pairs, with film t still among them.",
    ),
    right="They add up to the score: nothing is left over.",
)


def _honest_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([[0.1, 0.3, 0.2]]), np.array([[0.4, 0.5, 0.7]])
    yield np.array([[0.3, 0.1], [0.1, 0.3]]), np.array([[0.2, 0.25], [0.5, 0.4]])
    yield np.array([[0.9, 0.3, 0.2], [0.1, 0.2, 0.3]]), np.array([[0.1, 0.5, 0.7], [0.8, 0.1, 0.3]])
    for seeds, penalties in ((10, 8), (4, 3), (6, 5)):
        level = rng.uniform(0.1, 0.3, penalties)
        yield tuple(level + rng.normal(0, 0.02, (2, seeds, penalties)))


FLATTERY = Exercise(
    reference=solutions.flattery,
    where="lesson 07, deeper, “The penalty, honestly”",
    cases=_honest_cases,
    mistakes="""
        validation.argmax(axis=1) → test.argmax(axis=1)
            You choose by the test part both times: the honest choice looks at the validation part.
        test[np.arange(len(test)), validation.argmax(axis=1)] → validation.max(axis=1)
            You compare the test part with the validation part, whose level is another: choose on
            the validation part, then look up the *test* figure of that choice.
        test[np.arange(len(test)), validation.argmax(axis=1)] → \
            test[:, validation.mean(axis=0).argmax()]
            You choose one penalty for all splits together: each split chooses its own.
        test[np.arange(len(test)), validation.argmax(axis=1)] → \
            test[:, validation.argmax(axis=1)].mean(axis=1)
            `test[:, places]` takes every row at all these places: row i goes with place i.
        test.max(axis=1) - honest → honest - test.max(axis=1)
            The sign is wrong: the choice on the test part looks better, never worse.
        np.mean(test.max(axis=1) - honest) → np.max(test.max(axis=1) - honest)
        np.mean(test.max(axis=1) - honest) → np.sum(test.max(axis=1) - honest)
        np.mean(test.max(axis=1) - honest) → test.max(axis=1) - honest
            Return the mean over the splits.
        np.mean(test.max(axis=1) - honest) → np.mean(test.max(axis=1))
            This is the level of the choice on the test part: how much better is that than the
            honest one?
        np.mean(test.max(axis=1) - honest) → np.mean(honest)
            This is the honest level: how much better does the other choice look?
        np.mean(test.max(axis=1) - honest) → np.mean(test.max() - honest)
            You take the best of all splits together: take the best of each row.
    """,
    hints=(
        "For each split there are two choices of a place: the best on the validation part, and the "
        "best on the test part. Both are then read off the test part.",
        "`validation.argmax(axis=1)` is the chosen place of each split; "
        "`test[np.arange(len(test)), places]` reads one number from each row.",
    ),
    right="That is how much a figure flatters itself if one looks at the test part.",
)


def _place_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield {7: 0.5, 8: 0.9, 9: 0.7}, {8}, 7
    yield {7: 0.5, 8: 0.9, 9: 0.7}, {9: 4.0, 8: 1.0}, 7
    yield {3: 0.2, 5: 0.2, 4: 0.1}, set(), 5
    yield {3: 0.9, 5: 0.2, 4: 0.1}, {5: 1.0}, 4
    yield {3: -1.0, 5: 2.0}, {3}, 5
    for n in (12, 40):
        films, scores = rng.choice(900, n, replace=False).tolist(), rng.normal(0, 1, n).round(1)
        yield dict(zip(films, scores.tolist(), strict=True)), set(films[: n // 3]), films[-1]
        yield dict(zip(films, scores.tolist(), strict=True)), set(films[1 : n // 2]), films[-2]


PLACE_OF = Exercise(
    reference=solutions.place_of,
    where="lesson 07, deeper, “Still among the ten?”",
    cases=_place_cases,
    mistakes="""
        1 + sum → sum
            You count from 0: the first place is 1.
        scores[m] > scores[film] → scores[m] >= scores[film]
            You count the film itself, or films with the same score, as better: only a higher score
            pushes it down.
        for m in scores if m not in seen → for m in scores
            Films that the person has rated take places here: they are not recommended.
        scores[m] > scores[film] → scores[m] < scores[film]
            You count from the bottom: the highest score is at place 1.
        m not in seen → m in seen
            You count the rated films only: leave them out and count the others.
        sum(m not in seen for m in scores)
            This is the number of films that can be recommended: how many of them have a higher
            score?
    """,
    hints=(
        "A film's place is 1 if no film that can be recommended has a higher score. And if two "
        "have?",
        "Count the films in `scores` that are not in `seen` and whose score is higher than "
        "`scores[film]`, and add 1.",
    ),
    right="Place 11 and beyond: it has left the list of ten.",
)


def _block_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield csr_array(TOY), 2
    yield csr_array(TOY), 1
    yield csr_array(np.eye(3)), 50
    for people, films, size in ((23, 6, 5), (20, 4, 10), (7, 9, 3)):
        yield csr_array((rng.random((people, films)) < 0.4) * 1.0), size


def _holds_little(answer: Callable) -> str:
    B = csr_array((np.random.default_rng(0).random((4000, 30)) < 0.2) * 1.0)
    done = work(answer, (B, 100))
    if done.peak >= 8 * B.shape[0] * B.shape[1] / 2:  # half of the whole table
        return (
            f"But for {B.shape[0]:,} people and blocks of 100 it took {describe(done.peak / 1e6)} "
            "MB, as for the whole table: make only the rows of one block dense at a time."
        )
    return ""


PAIRS_BY_BLOCKS = Exercise(
    reference=solutions.pairs_by_blocks,
    where="lesson 07, deeper, “Twenty million ratings”",
    cases=_block_cases,
    mistakes="""
        pairs += → pairs =
            Only the last block is left: add up what the blocks give.
        range(0, B.shape[0], size) → range(0, B.shape[0] - size + 1, size)
            The people behind the last whole block are missing: a slice may end beyond the end.
        range(0, B.shape[0], size) → range(0, B.shape[0])
            The blocks overlap: the next one begins `size` rows later.
        range(0, B.shape[0], size) → range(0, size, size)
            Only the first block is counted: does `return` stand inside the loop?
        block.T @ block → block @ block.T
            This is people by people: films by films is BᵀB.
        pairs_by_blocks(B, size) - np.diag(pairs_by_blocks(B, size).diagonal())
            The diagonal is empty: there stand the likes of each film, and EASE needs them.
        np.minimum(pairs_by_blocks(B, size), 1)
            This says whether anybody likes both: count how many do.
        B[first : first + size] → B[:, first : first + size]
            These are blocks of films: take blocks of people, the rows.
    """,
    hints=(
        "BᵀB is a sum over people. So it is also a sum over blocks of people.",
        "Begin with `np.zeros` of films by films. In the loop, `B[a : a + size].toarray()` is one "
        "block; add `block.T @ block`.",
    ),
    right="It holds one block and one table of films by films, however many people there are.",
    way=_holds_little,
)

CORE = (NDCG, EASE, CARD_PARTS)
EXERCISES = (*CORE, REGRESS_FILM, FLATTERY, PLACE_OF, PAIRS_BY_BLOCKS)
