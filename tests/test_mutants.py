"""Every small change of a solution is refused by its check, or is right for a reason."""

from pathlib import Path

import loaded
import pytest

from xrec_lessons import checks

ROOT = Path(__file__).parents[1]
tool = loaded.tool("mutants")
LESSONS = pytest.mark.parametrize("lesson", tool.LESSONS)


def faults(result):
    said = {
        "called right": result.wrong,
        "listed as right, and refused": result.refused,
        "listed, and no such mutant": result.unknown,
    }
    return {fault: changes for fault, changes in said.items() if changes}


@LESSONS
def test_a_sample_of_the_mutants_is_refused_or_right_for_a_reason(lesson):
    for exercise in tool.LESSONS[lesson]:
        assert faults(tool.run(lesson, exercise, sample=12)) == {}, exercise.name


@pytest.mark.slow
@LESSONS
def test_every_mutant_is_refused_or_right_for_a_reason(lesson):
    for exercise in tool.LESSONS[lesson]:
        assert faults(tool.run(lesson, exercise)) == {}, exercise.name


@LESSONS
def test_every_equivalent_belongs_to_an_exercise_and_has_a_reason(lesson):
    table = tool.equivalent(lesson)
    assert set(table) <= {exercise.name for exercise in tool.LESSONS[lesson]}
    for reasons in table.values():
        assert all(reason.endswith(".") for reason in reasons.values())


def changes(name):
    return [mutant.change for mutant in tool.mutants(checks.EXERCISES[name])]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("rmse", "return np.sqrt(np.mean(errors ** 2)) → return np.mean(errors ** 2)"),
        ("rmse", "return np.sqrt(np.mean(errors ** 2)) → return np.sqrt(errors ** 2)"),
        ("rmse", "return np.sqrt(np.mean(errors ** 2)) → return np.sqrt(np.sum(errors ** 2))"),
        ("rmse", "return np.sqrt(np.mean(errors ** 2)) → return np.sqrt(np.mean(errors ** 3))"),
        ("rmse", "errors = truth - predicted → errors = truth + predicted"),
        ("predict", "return np.clip(mu + person + film, 0.5, 5) → return mu + person + film"),
        (
            "predict",
            "film = np.where(films >= 0, b_i[films], 0) → "
            "film = np.where(films > 0, b_i[films], 0)",
        ),
        ("sgd_fold_in", "w = first.copy() → w = first"),
        ("sgd_fold_in", "for j in range(len(y)): → for j in range(1, len(y)):"),
        ("sgd_fold_in", "w += lr * (error * X[j] - reg * w) → w = lr * (error * X[j] - reg * w)"),
        ("solve_ridge", "return np.linalg.solve(A, X.T @ y) → return np.linalg.solve(X.T @ y, A)"),
        (
            "rank_by_influence",
            "return sorted(effects, key=effects.get, reverse=True) → "
            "return sorted(effects, key=effects.get)",
        ),
        ("why_excluded", "if answers[key] != right: → if answers[key] is not right:"),
        ("why_excluded", "if len(answers) < n_answers: → if not len(answers) < n_answers:"),
        (
            "same_top",
            "return np.mean(abs(a).argmax(axis=0) == abs(b).argmax(axis=0)) → "
            "return np.mean(abs(a).argmax(axis=1) == abs(b).argmax(axis=0))",
        ),
        ("pair_counts", "table = baskets.astype(np.int32) → table = baskets.astype(np.int16)"),
        (
            "smallest_set",
            "for size in range(1, len(ratings)): → for size in range(1, min(3, len(ratings))):",
        ),
        ("epoch", "b_i[i] += lr * (e - reg * b_i[i]) → pass"),
    ],
)
def test_these_are_among_the_mutants(name, change):
    assert changes(name).count(change) == 1


def test_no_two_mutants_are_the_same_and_each_is_a_function():
    for exercise in checks.EXERCISES.values():
        mutants = tool.mutants(exercise)
        assert len({m.source for m in mutants}) == len({m.change for m in mutants}) == len(mutants)
        for mutant in mutants[::25]:
            assert mutant.function(exercise).__name__ == exercise.name


def test_the_command_prints_a_table(capsys):
    tool.main(["ridge_penalty"])
    head, line, *_, total = capsys.readouterr().out.splitlines()
    assert head.split() == [
        "exercise",
        "mutants",
        "refused",
        "equivalent",
        "wrong",
        "median",
        "worst",
    ]
    assert line.startswith("03 ridge_penalty")
    assert total.startswith("all")
    assert tool.main(["rsme"]) == 2
