"""The examples printed in the exercises: each is a case of its check."""

import copy

import numpy as np
import pandas as pd
import pytest
from lessons import NOTEBOOKS
from scipy import sparse

from xrec_lessons import checks
from xrec_lessons.checks.compare import same
from xrec_lessons.checks.lesson_04 import SIX
from xrec_lessons.checks.lesson_06 import TOY as FILMS
from xrec_lessons.checks.lesson_09 import TOY as WIDE
from xrec_lessons.model import ItemFactors

RATINGS = pd.DataFrame(
    {"userId": [1, 1, 2, 2, 3, 3], "movieId": [7, 8, 8, 9, 8, 7], "rating": [5, 3, 4, 4, 2, 1]}
)
ONE, ZERO, HALF = np.array([0]), np.zeros(1), np.array([0.5])
X, Y = np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([1.0, 0.5])
B, Q, IDS = np.array([0.5, -0.5, 0.0]), np.array([[1.0], [-1.0], [0.5]]), np.array([10, 20, 30])
LOUD = ItemFactors(3.5, B, Q, IDS, lr=0.01, n_epochs=50, reg=0.0)
ERRORS = [0.95, 0.92, 0.94, 0.93, 0.90]
BASKET_MATRIX = np.zeros((6, 5))
BASKET_MATRIX[[0, 0, 0, 1, 1, 1, 2, 2], [0, 1, 2, 0, 1, 2, 0, 1]] = 1
BASKET_MATRIX[[3, 3, 4, 5, 5, 5], [0, 2, 2, 2, 3, 4]] = 1
THREE = [{1, 2}, {1}, {3}]
PERSON = np.ones((2, 1)), np.array([2.0, 4.0]), 1.0, np.ones((1, 1))
ANN = {1: 5.0, 2: 5.0, 3: 2.0}
SQUARE = [["A", "B", "C"], ["B", "C", "A"], ["C", "A", "B"]]
ROWS = [("P1", "rule", 4), ("P1", "rule", 5), ("P1", "similar", 2), ("P2", "similar", 3)]
COVARIANCE = [[1, 1.5, 0.5], [1.5, 3, 0], [0.5, 0, 1]]
LIKES = np.array([[1, 1], [1, 1], [1, 0]])
BASKETS = [[True, True], [True, True], [False, True], [True, False]]

# Name, arguments, result as printed, the words of the lesson.
EXAMPLES = [
    ("top_share", (RATINGS, 1), 0.5, "has 3 of 6 ratings, `top_share(ratings, 1)` is 0.5"),
    (
        "rmse",
        (np.array([5.0, 3.0, 4.0, 2.0]), np.array([4.0, 3.0, 4.0, 4.0])),
        1.118,
        "√((1 + 0 + 0 + 4) / 4), about 1.118 stars",
    ),
    (
        "bias",
        ([0, 0, 1], [1, 2, -1.5], 2, 1),
        [1, -0.75],
        "`bias([0, 0, 1], [1, 2, -1.5], 2, damping=1)` is `[1, -0.75]`",
    ),
    (
        "score_films",
        (3, 0.5, np.array([0, 1]), np.array([1, 2]), np.array([[1, 0], [0, -1]])),
        [4.5, 2.5],
        "`score_films(3, 0.5, np.array([0, 1]), np.array([1, 2]), np.array([[1, 0], [0, -1]]))` is "
        "`[4.5, 2.5]`",
    ),
    (
        "loss",
        (ONE, ONE, np.array([4]), 3, ZERO, ZERO, np.array([[1.0]]), np.array([[2.0]]), 0.1),
        1.5,
        "the error is 4 − 5 = −1, and the loss 1 + 0.1 · (0 + 0 + 1 + 4) = 1.5",
    ),
    (
        "sgd_step",
        (4, 3, 0, 0, np.array([1.0, 0.0]), np.array([0.0, 1.0]), 0.1, 0),
        (0.1, 0.1, np.array([1, 0.1]), np.array([0.1, 1])),
        "`sgd_step(4, 3, 0, 0, np.array([1.0, 0.0]), np.array([0.0, 1.0]), 0.1, 0)` gives 0.1, "
        "0.1, `[1, 0.1]` and `[0.1, 1]`",
    ),
    ("best_epoch", (ERRORS, 2), 2, "`best_epoch([0.95, 0.92, 0.94, 0.93, 0.90], 2)` is 2"),
    ("best_epoch", (ERRORS, 3), 5, "with a patience of 3 it is 5"),
    (
        "nearest_films",
        (np.array([[1, 0], [5, 5], [2, 0.1], [-1, 0]]), 0, 2),
        [2, 1],
        "with `q = np.array([[1, 0], [5, 5], [2, 0.1], [-1, 0]])`, `nearest_films(q, 0, 2)` is "
        "`[2, 1]`",
    ),
    (
        "residuals",
        (LOUD, {10: 5.0, 20: 3.5}),
        [1.0, 0.5],
        "`residuals(toy, {10: 5.0, 20: 3.5})` is `[1.0, 0.5]`",
    ),
    (
        "sgd_fold_in",
        (X, Y, 0.1, 0.0, 1, np.zeros(2)),
        [0.15, 0.05],
        "`sgd_fold_in(X, y, 0.1, 0.0, 1, np.zeros(2))` is `[0.15, 0.05]`",
    ),
    ("overlap", ([7, 8], [9, 7]), 0.5, "`overlap([7, 8], [9, 7])` is 0.5"),
    ("solve_ridge", (X, Y, 0.5), [0.6, 0.2], "`solve_ridge(X, y, 0.5)` is `[0.6, 0.2]`"),
    (
        "solve_dual",
        (np.array([[1.0, 2.0]]), np.array([3.0]), 1.0),
        [0.5, 1.0],
        "`solve_dual(np.array([[1.0, 2.0]]), np.array([3.0]), 1.0)` is `[0.5, 1.0]`",
    ),
    ("ridge_penalty", (0.01, 50, 0.1, 10), 3.0, "`ridge_penalty(0.01, 50, 0.1, 10)` is 3.0"),
    ("support", ([{1, 2, 3}, {2}], {1, 2}), 0.5, "`support([{1, 2, 3}, {2}], {1, 2})` is 0.5"),
    ("support", ([{1, 2}, {3}, set()], set()), 1, "(An empty set lies in every basket.)"),
    ("support", ([*SIX], {"Alien", "Blade Runner"}), 0.5, "| Alien → Blade Runner | 3/6 |"),
    ("confidence", (THREE, {1}, 2), 0.5, "`confidence([{1, 2}, {1}, {3}], {1}, 2)` is 0.5"),
    ("confidence", ([*SIX], {"Alien"}, "Blade Runner"), 0.75, "Blade Runner | 3/6 | 3/4 |"),
    ("lift", (THREE, {1}, 2), 1.5, "`lift([{1, 2}, {1}, {3}], {1}, 2)` is 0.5 / (1/3) = 1.5"),
    ("lift", ([*SIX], {"Alien"}, "Shrek"), 0.9, "*Alien* → *Shrek* has (3/4) / (5/6) = 0.9"),
    ("lift", ([*SIX], {"Kolya"}, "Ran"), 6, "*Kolya* → *Ran* has 1 / (1/6) = 6"),
    (
        "frequent_pairs",
        (BASKET_MATRIX, 0.5),
        [[0, 1], [0, 2]],
        "with the six baskets and `min_support` 0.5 the pairs are (0, 1) and (0, 2)",
    ),
    (
        "fidelity",
        ([{1, 2}, {3}], [[1, 5], [4]]),
        0.25,
        "`fidelity([{1, 2}, {3}], [[1, 5], [4]])` is 0.25",
    ),
    (
        "same_top",
        (np.array([[0.3, 0.1], [-0.5, 0.2]]), np.array([[0.4, 0.2], [-0.1, 0.3]])),
        0.5,
        "in `a = np.array([[0.3, 0.1], [-0.5, 0.2]])` the second film is on top for both targets; "
        "in `b = np.array([[0.4, 0.2], [-0.1, 0.3]])` it is the first and the second; so the share "
        "is 0.5",
    ),
    (
        "influence_by_refit",
        PERSON,
        [[0], [1]],
        "`influence_by_refit(np.ones((2, 1)), np.array([2.0, 4.0]), 1.0, np.ones((1, 1)))` is "
        "`[[0], [1]]`",
    ),
    (
        "self_pulls",
        (PERSON[0], 1.0),
        [0.333, 0.333],
        "`self_pulls(np.ones((2, 1)), 1.0)` is `[0.333, 0.333]`",
    ),
    ("exact_influence", PERSON, [[0], [1]], "⅓ · 0 / (1 − ⅓) = 0 and ⅓ · 2 / (⅔) = 1"),
    ("additive_parts", PERSON, [[0.667], [1.333]], "they are `[[0.667], [1.333]]`"),
    (
        "rank_by_influence",
        ({30: 0.1, 10: -0.5, 20: 0.3},),
        [20, 30, 10],
        "`rank_by_influence({30: 0.1, 10: -0.5, 20: 0.3})` is `[20, 30, 10]`",
    ),
    (
        "deletion_fall",
        (FILMS, ANN, [3, 1, 2], 8, 1),
        0.15,
        "`deletion_fall(toy, ann, [3, 1, 2], 8, 1)` is 0.15",
    ),
    ("random_fall", (FILMS, ANN, 8, 1), 0.31, "k = 1 that is (0.42 + 0.35 + 0.15) / 3 = 0.31"),
    ("smallest_set", (FILMS, ANN), (3,), "`smallest_set(toy, ann)` is `(3,)`"),
    (
        "stability",
        ({1: 70, 2: 80, 5: 90}, {2: 70, 1: 70, 5: 90, 6: 80}),
        0.667,
        "with `{1: 70, 2: 80, 5: 90}` and `{2: 70, 1: 70, 5: 90, 6: 80}` three people are in both, "
        "for two of them the film is the same, and the result is 2/3",
    ),
    (
        "popularity_by_explanation",
        ([("similar", 100), ("rule", 300), ("rule", 205)],),
        {"similar": 100, "rule": 252.5},
        '`[("similar", 100), ("rule", 300), ("rule", 205)]` gives '
        '`{"similar": 100, "rule": 252.5}`',
    ),
    (
        "latin_square",
        (["A", "B", "C"],),
        SQUARE,
        '`latin_square(["A", "B", "C"])` is `[["A", "B", "C"], ["B", "C", "A"], ["C", "A", "B"]]`',
    ),
    (
        "ndcg",
        ([70, 80, 90, 60], {80, 60, 50}),
        0.498,
        "`ndcg([70, 80, 90, 60], {80, 60, 50})` is 0.498",
    ),
    (
        "regress_film",
        (LIKES, 1, 1),
        [0.5, 0],
        "`regress_film(np.array([[1, 1], [1, 1], [1, 0]]), 1, 1)` is [0.5, 0]",
    ),
    (
        "ease",
        (LIKES, 1),
        [[0, 0.5], [0.67, 0]],
        "`ease(np.array([[1, 1], [1, 1], [1, 0]]), 1)` is [[0, 0.5], [0.67, 0]]",
    ),
    (
        "card_parts",
        (np.array([[0, 0.5, 0.1], [0.2, 0, 0.3], [0.4, 0.6, 0]]), [0, 1], 2),
        [(1, 0.3), (0, 0.1)],
        "With C = [[0, 0.5, 0.1], [0.2, 0, 0.3], [0.4, 0.6, 0]], `card_parts(C, [0, 1], 2)` is "
        "[(1, 0.3), (0, 0.1)]",
    ),
    (
        "flattery",
        (np.array([[0.1, 0.3, 0.2]]), np.array([[0.4, 0.5, 0.7]])),
        0.2,
        "For `validation = [[0.1, 0.3, 0.2]]` and `test = [[0.4, 0.5, 0.7]]` it is 0.7 − 0.5 = 0.2",
    ),
    (
        "place_of",
        ({7: 0.5, 8: 0.9, 9: 0.7}, {8}, 7),
        2,
        "with the scores {7: 0.5, 8: 0.9, 9: 0.7} film 7 is at place 2 if 8 was seen",
    ),
    (
        "assign",
        (SQUARE, 2, 6),
        ["C", "A", "B", "A", "B", "C"],
        '`assign(orders, 2, 6)` is `["C", "A", "B", "A", "B", "C"]`',
    ),
    ("next_cell", ([0, 0, 1, 3, 1], 4), 2, "example `[0, 0, 1, 3, 1]`"),
    (
        "why_excluded",
        (
            {(1, "trust"): 4, (2, "trust"): 3, (2, "attention"): 5},
            {(2, "attention"): 2},
            3,
        ),
        "failed an attention check",
        'with `checks = {(2, "attention"): 2}`, `n_answers = 3` and the answers '
        '`{(1, "trust"): 4, (2, "trust"): 3, (2, "attention"): 5}` it is '
        '`"failed an attention check"`',
    ),
    (
        "participant_means",
        (pd.DataFrame(ROWS, columns=["participant", "explanation", "value"]),),
        pd.DataFrame({"rule": [4.5, np.nan], "similar": [2.0, 3.0]}, index=["P1", "P2"]),
        "from the rows (P1, rule, 4), (P1, rule, 5), (P1, similar, 2), (P2, similar, 3) comes the "
        "row P1 with rule 4.5 and similar 2, and the row P2 with rule `nan` and similar 3",
    ),
    (
        "difference_interval",
        (WIDE, "rule", "similar"),
        (2, -0.484, 4.484),
        '`difference_interval(toy, "rule", "similar")` is `(2, -0.48, 4.48)`, rounded here',
    ),
    ("repeated_measures_f", (WIDE,), (3, 2, 4), "For the toy: `(3, 2, 4)`"),
    (
        "holm",
        ([0.04, 0.01, 0.03],),
        [0.06, 0.03, 0.06],
        "`holm([0.04, 0.01, 0.03])` is `[0.06, 0.03, 0.06]`",
    ),
    (
        "f_from_moments",
        ([2, 4, 3], COVARIANCE, 3),
        (3, 2, 4),
        "`f_from_moments([2, 4, 3], [[1, 1.5, 0.5], [1.5, 3, 0], [0.5, 0, 1]], 3)` is `(3, 2, 4)`",
    ),
    (
        "rows_of_users",
        (np.array([2, 0, 2, 0, 2]), 4),
        ([1, 3, 0, 2, 4], [0, 2, 2, 5, 5]),
        "`rows_of_users(np.array([2, 0, 2, 0, 2]), 4)` is `([1, 3, 0, 2, 4], [0, 2, 2, 5, 5])`",
    ),
    ("users_per_block", (1000, 1.0), 125, "`users_per_block(1000, 1.0)` is 125"),
    (
        "top_of_block",
        (
            np.array([[1.0], [-2.0]]),
            np.array([0, 1.25, 0, 0]),
            np.array([[1.0], [0], [-1], [0.5]]),
            np.array([[True, False, False, False], [False, False, True, False]]),
            2,
        ),
        [[1, 3], [1, 3]],
        "with `p` = `[[1], [-2]]`, `b_i` = `[0, 1.25, 0, 0]`, `q` = `[[1], [0], [-1], [0.5]]`, the "
        "first user has seen film 0 and the second film 2; the two best are `[[1, 3], [1, 3]]`",
    ),
    (
        "pair_counts",
        (sparse.csr_array(np.array(BASKETS)),),
        [[3, 2], [2, 3]],
        "the baskets `[[True, True], [True, True], [False, True], [True, False]]` give "
        "`[[3, 2], [2, 3]]`",
    ),
    (
        "growth",
        (np.array([10, 100]), np.array([0.5, 50])),
        2,
        "`growth(np.array([10, 100]), np.array([0.5, 50]))` is 2",
    ),
]
BY_NAME = pytest.mark.parametrize(
    ("name", "arguments", "printed", "words"), EXAMPLES, ids=[words for *_, words in EXAMPLES]
)


def near(result, printed):
    """Whether two answers are the same but for the rounding in a text."""
    if isinstance(printed, list | tuple):
        return len(result) == len(printed) and all(map(near, result, printed))
    return abs(result - printed) < 0.005


@BY_NAME
def test_a_printed_example_is_in_the_text_and_among_the_cases(name, arguments, printed, words):
    where = checks.EXERCISES[name].where
    sources = (NOTEBOOKS / "source").glob(f"{where.split()[1].rstrip(',')}_*.py")
    (source,) = (s for s in sources if s.stem.endswith("_deeper") == (", deeper, " in where))
    assert words in source.read_text(encoding="utf-8")
    assert any(same(arguments, case, exact=True) for case, _ in checks.EXERCISES[name].drawn())


@BY_NAME
def test_a_printed_example_is_right(name, arguments, printed, words):
    result = checks.reference(name)(*copy.deepcopy(arguments))
    assert same(result, printed) or near(result, printed), result


def test_every_exercise_with_an_example_is_here():
    told = {name for name, *_ in EXAMPLES}
    # these are told in words and formulas
    none = {"new_in_test", "predict", "best_rule", "epoch", "pairs_by_blocks"}
    assert set(checks.EXERCISES) - told == none
