"""Lesson 07: wrong answers as students write them, and the lesson against the study's modules."""

import random
from collections import Counter, defaultdict
from itertools import pairwise, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import NOTEBOOKS, definitions, told
from study_steps import BUNDLE, Clock, at_the_films

from xrec_lessons import checks
from xrec_lessons.study.database import Store, participants
from xrec_lessons.study.designs import ORDERS, select_items
from xrec_lessons.study.export import export
from xrec_lessons.study.protocol import EXPLANATIONS, load_protocol
from xrec_lessons.study.simulate import simulate

LESSON = definitions("07")
LESSON |= {"bundle": BUNDLE, "films": BUNDLE.films, "well_known": BUNDLE.films.n_ratings >= 50}
LESSON |= {"ORDERS": [*permutations(LESSON["EXPLANATIONS"])]}
SOLVED = dict(LESSON)  # stays, when a test puts another version into the lesson
SEEDS = st.integers(0, 2**32 - 1)
BOTH = pytest.mark.parametrize("find", [checks.reference, SOLVED.get], ids=["checks", "lesson"])


# What students write, in other words than the catalogue of mistakes


def totals(items):
    found = defaultdict(int)
    for kind, number in items:
        found[kind] += number
    return found


def how_many(items):
    return Counter(kind for kind, _ in items)


def middle(items):
    return pd.DataFrame(items).groupby(0)[1].median()


def mean_of_all(items):
    whole = np.mean([number for _, number in items])
    return {kind: whole for kind in {kind for kind, _ in items}}


def by_all_films(items):
    return {kind: total / len(items) for kind, total in totals(items).items()}


def by_explanations(items):
    found = totals(items)
    return {kind: total / len(found) for kind, total in found.items()}


def overwritten(items):
    result = {}
    for kind, number in items:
        result[kind] = number
    return result


def first_met(items):
    result = {}
    for kind, number in items:
        if kind not in result:
            result[kind] = number
    return result


def mean_with_the_next(items):
    result = {}
    for kind, number in items:
        if kind in result:
            result[kind] = (result[kind] + number) / 2
        else:
            result[kind] = number
    return result


def cut_off(items):
    n = how_many(items)
    return {kind: total // n[kind] for kind, total in totals(items).items()}


def rounded(items):
    return {kind: np.round(number, 2) for kind, number in by_pandas(items).items()}


def with_zeros(items):
    result = {}
    for wanted in ("similar", "rule", "influence"):
        numbers = [number for kind, number in items if kind == wanted]
        result[wanted] = sum(numbers) / len(numbers) if numbers else 0
    rest = [(kind, number) for kind, number in items if kind not in result]
    return result | by_pandas(rest) if rest else result


def by_pandas(items):
    return pd.DataFrame(items).groupby(0)[1].mean().to_dict()


def over_the_three(items):
    result = {}
    for wanted in ("similar", "rule", "influence"):
        result[wanted] = np.mean([number for kind, number in items if kind == wanted])
    return result


def means_alone(items):
    n = how_many(items)
    return [total / n[kind] for kind, total in totals(items).items()]


def the_same_row(kinds):
    rows = []
    for _ in kinds:
        rows.append(kinds)
    return rows


def one_list_many_times(kinds):
    row, rows = list(kinds), []
    for _ in kinds:
        rows.append(row)
        row.append(row.pop(0))
    return rows


def turned_the_other_way(kinds):
    rows, row = [], list(kinds)
    for _ in kinds:
        rows.append(row)
        row = [row[-1], *row[:-1]]
    return rows


def begins_with_the_second(kinds):
    rows, row = [], list(kinds)
    for _ in kinds:
        row = row[1:] + row[:1]
        rows.append(row)
    return rows


def all_orders(kinds):
    return sorted(map(list, permutations(kinds)), key=lambda row: [kinds.index(k) for k in row])


def shorter_rows(kinds):
    rows = []
    while len(rows) < len(kinds):
        rows.append(kinds[len(rows) :])
    return rows


def returns_the_first_row(kinds):
    rows = []
    for i in range(len(kinds)):
        rows.append(kinds[i:] + kinds[:i])
        return rows


def one_long_list(kinds):
    rows = []
    for i in range(len(kinds)):
        rows += kinds[i:] + kinds[:i]
    return rows


def one_row_too_few(kinds):
    return [kinds[i:] + kinds[:i] for i in range(len(kinds) - 1)]


def loses_one(kinds):
    return [kinds[i + 1 :] + kinds[:i] for i in range(len(kinds))]


def extends_in_place(kinds):
    return [list(kinds[i:]).extend(kinds[:i]) for i in range(len(kinds))]


def three_rows(kinds):
    return [kinds[i % len(kinds) :] + kinds[: i % len(kinds)] for i in (0, 1, 2)]


def places(kinds):
    n = len(kinds)
    return (np.arange(n)[:, None] + np.arange(n)) % n


def turns_what_it_is_given(kinds):
    rows = []
    for _ in kinds[:-1]:
        rows.append(list(kinds))
        kinds.append(kinds.pop(0))
    return [*rows, list(kinds)]


def one_order_for_all(orders, cell, n_films):
    return list(orders[cell]) * (n_films // 3)


def on_after_every_film(orders, cell, n_films):
    kinds, order = [], cell
    for k in range(n_films):
        kinds.append(orders[order][k % 3])
        order = order + 1 if order + 1 < len(orders) else 0
    return kinds


def by_threes(first, step=1, wrap=None):
    """Whole orders one after the other, from orders[first(cell)] on."""

    def answer(orders, cell, n_films):
        kinds = []
        for three in range(n_films // 3):
            kinds.extend(orders[(first(cell) + step * three) % (wrap or len(orders))])
        return kinds

    return answer


def whole_orders(orders, cell, n_films):
    kinds = []
    while 3 * len(kinds) < n_films:
        kinds.append(orders[(cell + len(kinds)) % len(orders)])
    return kinds


def moves_before_the_third(orders, cell, n_films):
    kinds = []
    for number in range(1, n_films + 1):
        kinds.append(orders[(cell + number // 3) % len(orders)][(number - 1) % 3])
    return kinds


def once_through_the_orders(orders, cell, n_films):
    kinds = []
    for order in list(orders[cell:]) + list(orders[:cell]):
        kinds += order
    return kinds[:n_films]


def without_brackets(orders, cell, n_films):
    return [orders[(cell + k) // 3 % len(orders)][k % 3] for k in range(n_films)]


def remainder_and_quotient(orders, cell, n_films):
    pairs = [divmod(k, 3) for k in range(n_films)]
    return [orders[(cell + rest) % len(orders)][three % 3] for three, rest in pairs]


def without_the_last_film(orders, cell, n_films):
    return by_threes(lambda cell: cell)(orders, cell, n_films)[:-1]


def only_three(orders, cell, n_films):
    return orders[cell]


def a_third_each(orders, cell, n_films):
    return [kind for kind in orders[cell] for _ in range(n_films // 3)]


def the_fullest(taken, n_cells):
    counts = [taken.count(cell) for cell in range(n_cells)]
    return counts.index(max(counts))


def rarest_that_occurs(taken, n_cells):
    if not taken:
        return 0
    counts = Counter(taken)
    return min(counts, key=lambda cell: (counts[cell], cell))


def how_few(taken, n_cells):
    return np.bincount(np.array(taken, dtype=int), minlength=n_cells).min()


def the_last_of_the_ties(taken, n_cells):
    best = 0
    for cell in range(n_cells):
        if taken.count(cell) <= taken.count(best):
            best = cell
    return best


def from_one(taken, n_cells):
    return np.argmin([taken.count(cell) for cell in range(n_cells)]) + 1


def in_turns(taken, n_cells):
    return len(taken) - n_cells * (len(taken) // n_cells)


def after_the_last(taken, n_cells):
    if len(taken) == 0:
        return 0
    return taken[-1] + 1 if taken[-1] + 1 < n_cells else 0


def all_ties(taken, n_cells):
    least = how_few(taken, n_cells)
    return [cell for cell in range(n_cells) if taken.count(cell) == least]


def never_the_last(taken, n_cells):
    return int(np.argmin([taken.count(cell) for cell in range(n_cells - 1)]))


def six_cells(taken, n_cells):
    counts = [taken.count(cell) for cell in (0, 1, 2, 3, 4, 5)]
    return counts.index(min(counts))


def the_lowest(taken, n_cells):
    return sorted(taken)[0] if taken else 0


def takes_a_place(taken, n_cells):
    cell = int(np.argmin([taken.count(cell) for cell in range(n_cells)]))
    taken.append(cell)
    return cell


def checks_first(answers, checks, n_answers):
    for key in checks:
        if key not in answers or answers[key] != checks[key]:
            return "failed an attention check"
    return "did not finish" if len(answers) < n_answers else ""


def if_all_failed(answers, checks, n_answers):
    if len(answers) < n_answers:
        return "did not finish"
    wrong = sum(answers[key] != checks[key] for key in checks)
    return "failed an attention check" if wrong == len(checks) else ""


def returns_inside(answers, checks, n_answers):
    if len(answers) < n_answers:
        return "did not finish"
    for key, right in checks.items():
        if answers[key] != right:
            return "failed an attention check"
        else:
            return ""


def the_last_check_decides(answers, checks, n_answers):
    reason = ""
    if len(answers) < n_answers:
        return "did not finish"
    for key, right in checks.items():
        reason = "" if answers[key] == right else "failed an attention check"
    return reason


def yes_or_no(answers, checks, n_answers):
    return len(answers) >= n_answers and all(answers[key] == checks[key] for key in checks)


def without_a_last_return(answers, checks, n_answers):
    if len(answers) < n_answers:
        return "did not finish"
    for key, right in checks.items():
        if answers[key] != right:
            return "failed an attention check"


def only_the_checks(answers, checks, n_answers):
    for key in answers.keys() & checks.keys():
        if answers[key] != checks[key]:
            return "failed an attention check"
    return ""


def only_the_end(answers, checks, n_answers):
    return "did not finish" if len(answers) != n_answers else ""


def at_most(answers, checks, n_answers):
    if len(answers) <= n_answers:
        return "did not finish"
    return ""


def checks_apart(answers, checks, n_answers):
    if len(answers) - len(checks) < n_answers:
        return "did not finish"
    return ""


def wrong_way_round(answers, checks, n_answers):
    if len(answers) < n_answers:
        return "did not finish"
    for key, right in checks.items():
        if answers[key] == right:
            return "failed an attention check"
    return ""


def compares_all_answers(answers, checks, n_answers):
    if len(answers) < n_answers:
        return "did not finish"
    return "failed an attention check" if answers != checks else ""


def looks_anywhere(answers, checks, n_answers):
    if len(answers) < n_answers:
        return "did not finish"
    for right in checks.values():
        if right not in answers.values():
            return "failed an attention check"
    return ""


def no_straight_lines(answers, checks, n_answers):
    if len(answers) < n_answers:
        return "did not finish"
    others = {value for key, value in answers.items() if key not in checks}
    wrong = any(answers[key] != right for key, right in checks.items())
    return "failed an attention check" if wrong or len(others) == 1 else ""


test_wrong_answers_are_told_what_is_wrong = told(
    [
        ("popularity_by_explanation", totals, "These are sums"),
        ("popularity_by_explanation", how_many, "This counts the films"),
        ("popularity_by_explanation", middle, "This is the median"),
        ("popularity_by_explanation", mean_of_all, "the mean of all films"),
        ("popularity_by_explanation", by_all_films, "by the number of all films"),
        ("popularity_by_explanation", by_explanations, "by the number of explanations"),
        ("popularity_by_explanation", overwritten, "overwrites the one before"),
        ("popularity_by_explanation", first_met, "the first film of each explanation only"),
        ("popularity_by_explanation", mean_with_the_next, "Add up first, divide once"),
        ("popularity_by_explanation", cut_off, "cuts the decimals off"),
        ("popularity_by_explanation", rounded, "It is rounded"),
        ("popularity_by_explanation", with_zeros, "0 would be a lie"),
        ("popularity_by_explanation", over_the_three, "`nan` spreads"),
        ("popularity_by_explanation", means_alone, "without their names"),
        ("latin_square", the_same_row, "Every row is the same"),
        ("latin_square", one_list_many_times, "put a copy in"),
        ("latin_square", turned_the_other_way, "it turns the other way"),
        ("latin_square", begins_with_the_second, "It begins one row too late"),
        ("latin_square", all_orders, "These are all possible orders"),
        ("latin_square", shorter_rows, "The rows get shorter"),
        ("latin_square", returns_the_first_row, "does `return` stand inside the loop"),
        ("latin_square", one_long_list, "one long list"),
        ("latin_square", one_row_too_few, "A row is missing"),
        ("latin_square", loses_one, "The rows differ in length"),
        ("latin_square", extends_in_place, "return nothing"),
        ("latin_square", three_rows, "You always make three rows"),
        ("latin_square", places, "These are places"),
        ("latin_square", turns_what_it_is_given, "leave `explanations` as it is"),
        ("assign", one_order_for_all, "Every three films get the same order"),
        ("assign", on_after_every_film, "after every film"),
        ("assign", by_threes(lambda cell: 0), "Every cell gets the same"),
        ("assign", whole_orders, "one flat list"),
        ("assign", by_threes(lambda cell: cell + 1), "one order too late"),
        ("assign", moves_before_the_third, "one order too late"),
        ("assign", by_threes(lambda cell: cell - 1), "one order too early"),
        ("assign", by_threes(lambda cell: cell, step=-1), "backwards"),
        ("assign", by_threes(lambda cell: cell, wrap=3), "begin again after three orders"),
        ("assign", once_through_the_orders, "You stop after the last order"),
        ("assign", without_brackets, "only the film is divided"),
        ("assign", remainder_and_quotient, "have changed places"),
        ("assign", without_the_last_film, "The last film has no explanation"),
        ("assign", only_three, "Only three films have an explanation"),
        ("assign", a_third_each, "that is a confound again"),
        ("next_cell", the_fullest, "This is the fullest cell"),
        ("next_cell", rarest_that_occurs, "does not occur in `taken`"),
        ("next_cell", how_few, "return the number of the cell"),
        ("next_cell", the_last_of_the_ties, "you take the highest"),
        ("next_cell", from_one, "counted from 0"),
        ("next_cell", in_turns, "through the cells in turns"),
        ("next_cell", after_the_last, "the cell after that of the last participant"),
        ("next_cell", all_ties, "return one, the lowest"),
        ("next_cell", never_the_last, "You never look at the last cell"),
        ("next_cell", six_cells, "You always look at six cells"),
        ("next_cell", the_lowest, "the lowest number in the list"),
        ("next_cell", takes_a_place, "it belongs to the study"),
        ("why_excluded", checks_first, "Ask first whether they finished"),
        ("why_excluded", if_all_failed, "one is enough"),
        ("why_excluded", returns_inside, "does `return` stand inside the loop"),
        ("why_excluded", the_last_check_decides, "what an earlier one found is forgotten"),
        ("why_excluded", yes_or_no, "This says yes or no"),
        ("why_excluded", without_a_last_return, "yours ends without `return`"),
        ("why_excluded", only_the_checks, "You forget those who left"),
        ("why_excluded", only_the_end, "You forget the attention checks"),
        ("why_excluded", at_most, "Nobody ever finishes"),
        ("why_excluded", checks_apart, "Nobody ever finishes"),
        ("why_excluded", wrong_way_round, "The checks are the wrong way round"),
        ("why_excluded", compares_all_answers, "and with no other"),
        ("why_excluded", looks_anywhere, "occurs anywhere"),
        ("why_excluded", no_straight_lines, "the registered rule does not say it"),
    ]
)


def with_a_variable_of_the_notebook(name, text, **space):
    exec(text, space)
    return checks.EXERCISES[name](space["answer"])


def test_a_variable_of_the_notebook_is_named():
    text = (
        "def answer(orders, cell, n): return [ORDERS[(cell + k // 3) % 6][k % 3] for k in range(n)]"
    )
    verdict = with_a_variable_of_the_notebook("assign", text, ORDERS=list(ORDERS))
    assert "It reads `ORDERS` from the notebook" in verdict.message
    text = "def answer(items): return {kind: means[kind] for kind, _ in items}"
    verdict = with_a_variable_of_the_notebook(
        "popularity_by_explanation", text, means={"similar": 1.0}
    )
    assert "It reads `means` from the notebook" in verdict.message


# Other right answers


def square_by_numpy(kinds):
    return np.array([np.roll(kinds, -i) for i in range(len(kinds))])


def square_by_deletion(kinds):
    rows = [tuple(kinds)]
    while len(rows) < len(kinds):
        first, *others = rows[-1]
        rows.append((*others, first))
    return rows


def next_by_sorting(taken, n_cells):
    return sorted(range(n_cells), key=lambda cell: (sum(t == cell for t in taken), cell))[0]


def next_by_numpy(taken, n_cells):
    return np.bincount(np.array(taken, dtype=int), minlength=n_cells).argmin()


def excluded_by_comparison(answers, checks, n_answers):
    if len(answers) != n_answers:
        return "did not finish"
    return "" if checks.items() <= answers.items() else "failed an attention check"


RIGHT = [
    ("popularity_by_explanation", by_pandas),
    ("popularity_by_explanation", lambda items: pd.DataFrame(items).groupby(0)[1].mean()),
    ("latin_square", square_by_numpy),
    ("latin_square", square_by_deletion),
    ("assign", by_threes(lambda cell: cell)),
    ("assign", lambda *a: tuple(by_threes(lambda cell: cell)(*a))),
    ("next_cell", next_by_sorting),
    ("next_cell", next_by_numpy),
    ("why_excluded", excluded_by_comparison),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT)
@pytest.mark.parametrize("seeds", [(1, 2, 3), (4, 5)], ids=str)
def test_other_right_answers_are_right(name, answer, seeds):
    assert checks.EXERCISES[name](answer, seeds=seeds).status == "right"


# The references and the lesson's solutions against the text, by hand


@BOTH
def test_the_examples_in_the_text(find):
    items = [("similar", 100), ("rule", 300), ("rule", 205)]
    assert find("popularity_by_explanation")(items) == {"similar": 100, "rule": 252.5}
    square = [["A", "B", "C"], ["B", "C", "A"], ["C", "A", "B"]]
    assert find("latin_square")(["A", "B", "C"]) == square
    assert find("assign")(square, 1, 6) == ["B", "C", "A", "C", "A", "B"]
    assert find("next_cell")([0, 0, 1, 3, 1], 4) == 2
    check, given = {(2, "attention"): 2}, {(1, "trust"): 4, (2, "trust"): 3, (2, "attention"): 5}
    assert find("why_excluded")(given, check, 3) == "failed an attention check"


@BOTH
def test_the_tables_of_the_toy_are_what_the_functions_give(find):
    square = find("latin_square")(list(EXPLANATIONS))
    text = (next((NOTEBOOKS / "source").glob("07_*.py"))).read_text(encoding="utf-8")
    for cell in (0, 1):
        row = " | ".join(find("assign")(square, cell, 6))
        assert f"# | cell {cell} | {row} |" in text
    assert find("assign")(square, 2, 6)[3:] == ["similar", "rule", "influence"]


@given(n=st.integers(1, 8))
def test_a_latin_square_has_every_kind_once_in_each_row_and_column(n):
    kinds = list("abcdefgh")[:n]
    for find in (SOLVED.get, checks.reference):
        square = find("latin_square")(kinds)
        assert len(square) == n
        assert all(sorted(line) == kinds for line in [*square, *zip(*square, strict=True)])


def test_only_all_six_orders_are_fair_to_neighbours():
    def neighbours(orders):
        return Counter(pair for order in orders for pair in pairwise(order))

    assert set(neighbours(LESSON["ORDERS"]).values()) == {2}
    three = neighbours(LESSON["latin_square"](LESSON["EXPLANATIONS"]))
    assert three[("similar", "rule")] == 2
    assert three[("rule", "similar")] == 0


# What the lesson defines and what the study does


def some_ratings(seed):
    rng = np.random.default_rng(seed)
    movies = rng.choice(BUNDLE.films.most_rated(300), 10, replace=False).tolist()
    return dict(zip(movies, rng.integers(1, 11, 10) / 2, strict=True))


def chosen(plan):
    return {(item.movie, item.explanation) for item in plan.items}


def test_the_lesson_names_the_explanations_and_orders_as_the_study_does():
    assert LESSON["EXPLANATIONS"] == list(EXPLANATIONS)
    assert LESSON["ORDERS"] == list(ORDERS)


@settings(max_examples=15)
@given(seed=SEEDS, cell=st.integers(0, 5), n=st.sampled_from([9, 12, 15, 30]))
@BOTH
def test_lesson_and_study_choose_the_same_matched_films(find, seed, cell, n):
    LESSON["assign"] = find("assign")
    ratings = some_ratings(seed)
    _, explained = LESSON["lists_of"](ratings)
    if len(explained) < n:
        return
    protocol = load_protocol({"design": {"recommendations": n}})
    plan = select_items(protocol, BUNDLE, ratings, cell=cell, rng=np.random.default_rng(seed))
    assert plan.design == "matched"
    assert chosen(plan) == set(LESSON["matched"](explained, cell, n))


@settings(max_examples=15)
@given(seed=SEEDS, each=st.integers(1, 7))
def test_lesson_and_study_choose_the_same_original_films(seed, each):
    protocol = load_protocol(
        {"design": {"kind": "original", "recommendations": 3 * each, "minimum": 3}}
    )
    ratings = some_ratings(seed)
    plan = select_items(protocol, BUNDLE, ratings, cell=0, rng=np.random.default_rng(seed))
    lists, rng = LESSON["lists_of"](ratings), np.random.default_rng(seed)
    assert chosen(plan) == set(LESSON["original"](*lists, rng, each=each))


@settings(max_examples=15)
@given(seed=SEEDS, n=st.integers(0, 25))
@BOTH
def test_lesson_and_study_give_the_same_next_cell(find, seed, n):
    """Who finished counts, who is active counts, who has been away for an hour does not."""
    draw, clock = random.Random(seed), Clock()
    store, protocol, counted = Store("sqlite://", clock=clock), load_protocol(), []
    digest = store.register(protocol)
    for _ in range(n):
        code, cell = store.begin(digest, "pilot"), draw.randrange(6)
        finished, away = draw.random() < 0.5, draw.randrange(120)
        values = {"cell": cell, "seen": clock() - 60 * away, "state": "show"}
        values["finished"] = clock() if finished else None
        with store.write() as connection:
            here = participants.c.code == code
            connection.execute(participants.update().where(here).values(**values))
        counted += [cell] if finished or away <= protocol.design.release_minutes else []
    code = store.begin(digest, "pilot")
    with store.write() as connection:
        row = connection.execute(participants.select().where(participants.c.code == code)).first()
        allocated = store.allocate(connection, row, protocol)
    assert find("next_cell")(counted, 6) == allocated


CHECKED = {
    "questions": [
        {"name": "interest", "text": "How much?"},
        {"name": "trust", "text": "How far?"},
        {"name": "early", "text": "Choose 2.", "at": 3, "expected": 2},
        {"name": "late", "text": "Choose 4.", "at": 11, "expected": 4},
    ]
}


@BOTH
@pytest.mark.parametrize("seed", [1, 2])
def test_lesson_and_export_exclude_the_same_participants(find, seed, tmp_path):
    store = simulate(load_protocol(CHECKED), n=15, seed=seed, dropout=0.4, careless=0.3)
    export([store], tmp_path / "data")
    folder = tmp_path / "data" / "simulated"
    people, given = (pd.read_csv(folder / f"{name}.csv") for name in ("participants", "answers"))
    LESSON["given"], reasons = given, set()
    for person in people.fillna({"excluded_because": ""}).itertuples():
        answers = LESSON["answers_of"](person.participant)
        right = {(3, "early"): 2, (11, "late"): 4}
        reason = find("why_excluded")(answers, right, 2 * person.n_items + 2)
        assert (reason == "") == person.included
        why = person.excluded_because.replace("too few films", "did not finish")
        assert why.startswith(reason)
        reasons.add(reason)
    assert reasons == {"", "did not finish", "failed an attention check"}


# What the lesson says


def test_recruiting_leaves_nobody_out_and_fills_the_gaps():
    LESSON["next_cell"] = checks.reference("next_cell")
    for choose in LESSON["WAYS"].values():
        everybody = LESSON["recruit"](choose, np.random.default_rng(1), leave=0)
        assert sum(everybody) == 30
    assert (
        LESSON["recruit"](LESSON["WAYS"]["in turns"], np.random.default_rng(1), leave=0) == [5] * 6
    )
    assert LESSON["recruit"](choose, np.random.default_rng(1), leave=0) == [5] * 6
    some = LESSON["recruit"](choose, np.random.default_rng(2), leave=0.5)
    assert 5 < sum(some) < 25


def test_without_release_the_fewest_is_in_turns():
    taken = []
    for number in range(40):
        taken.append(checks.reference("next_cell")(taken, 6))
        assert taken[-1] == number % 6


def test_a_participant_who_leaves_while_rating_has_no_cell():
    store = Store("sqlite://")
    store.begin(store.register(load_protocol()), "pilot")
    at_the_films(store)
    assert sorted((row["state"], row["cell"]) for row in store.rows("participants")) == [
        ("rate", None),
        ("show", 0),
    ]
