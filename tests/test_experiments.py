"""The measuring instruments, on cases worked by hand; the figures are shipped, not tested."""

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons.experiments import (
    NAMES,
    experiment,
    mean_sd,
    measure,
    plots,
    published,
    results,
    retraining,
    save,
    summary,
)
from xrec_lessons.experiments.__main__ import main
from xrec_lessons.experiments.accuracy import summarise as summarise_accuracy
from xrec_lessons.experiments.deletion import (
    EXPLAINERS,
    _changes,
    _mean,
    only,
    orders,
    predicted,
    without,
)
from xrec_lessons.experiments.deletion import summarise as summarise_deletion
from xrec_lessons.experiments.fidelity import fidelity
from xrec_lessons.experiments.fold_in import rmse_of
from xrec_lessons.experiments.influence import agreement, refit_error
from xrec_lessons.experiments.retraining import (
    _comparisons,
    compare,
    folded_effects,
    retrained_effects,
)
from xrec_lessons.mining import mine
from xrec_lessons.model import ItemFactors, UserFactors
from xrec_lessons.movielens import held_out, ratings_by_user
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.recommender import Recommender, retrained_scores
from xrec_lessons.svd import biases_only, train_svd
from xrec_lessons.svd import test_rmse as rmse_on

CHOOSING = range(5)  # the seeds on which settings were chosen
PAIRS = [(u, i) for u in range(1, 30) for i in range(1, 9) if (u + i) % 3]
GENRES = "|".join("0" * 19)


@pytest.fixture
def model():
    rng = np.random.default_rng(0)
    return ItemFactors(
        3.5, rng.normal(0, 0.3, 40), rng.normal(0, 0.5, (40, 5)), np.arange(40), 0.01, 60, 0.1
    )


@pytest.fixture
def biased():
    """Films that differ only in their bias: a person's ratings move all predictions alike."""
    return ItemFactors(
        3.0, np.array([0.5, 0.0, -0.5, 1.0]), np.zeros((4, 2)), np.arange(4), 0.1, 10, 0.5
    )


# The shipped rows and the interface to them


@pytest.mark.parametrize("name", NAMES)
def test_shipped_rows_hold_the_seeds_that_the_experiment_states(name):
    rows = results(name)
    seeds = experiment(name).SEEDS
    assert rows.columns[0] == "seed"
    assert rows["seed"].unique().tolist() == list(seeds)
    assert rows.groupby("seed").size().nunique() == 1
    assert set(seeds).isdisjoint(CHOOSING) == (name != "tune")


@pytest.mark.parametrize("name", NAMES)
def test_saving_the_shipped_rows_gives_the_shipped_file(name, tmp_path):
    from xrec_lessons import data_path

    path = save(name, results(name), tmp_path)
    assert path.read_bytes() == data_path(f"results/{name}.csv").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_summary_gives_a_title_and_a_table_for_each(name):
    tables = summary(name)
    assert tables
    assert all(title and len(table) for title, table in tables.items())
    assert not any("nan" in table.to_string() for table in tables.values())
    assert summary(name, results(name)).keys() == tables.keys()


def test_saved_numbers_keep_six_digits(tmp_path):
    rows = pd.DataFrame({"seed": [100], "model": ["ours"], "RMSE": [0.123456789]})
    assert save("accuracy", rows, tmp_path).read_text() == "seed,model,RMSE\n100,ours,0.123457\n"


def test_an_unknown_experiment_is_refused_with_the_choice():
    for ask in (results, summary, measure, lambda name: save(name, results("tune"))):
        with pytest.raises(ValueError, match=r"no experiment 'foldin': choose from .*fold-in"):
            ask("foldin")


def test_the_command_line_takes_fresh_seeds_and_prints_and_saves(monkeypatch, tmp_path, capsys):
    from xrec_lessons import experiments

    asked = []

    def fake(_, seed):
        asked.append(seed)
        models = {"biases only": 1.0, "ours": 1.0 - seed / 1000}
        return [{"model": model, "RMSE": rmse} for model, rmse in models.items()]

    monkeypatch.setattr(experiment("accuracy"), "measure", fake)
    monkeypatch.setattr(experiments, "data_path", lambda name: tmp_path / name)
    main(["accuracy", "--seeds", "2", "--save", "--anew"])
    assert asked == [100, 101]
    assert results("accuracy")["RMSE"].tolist() == [1.0, 0.9, 1.0, 0.899]
    assert "0.8995 ± 0.0007" in capsys.readouterr().out
    main(["accuracy", "--shipped"])
    assert "0.8995 ± 0.0007" in capsys.readouterr().out
    main(["accuracy", "--seeds", "2", "--first-seed", "7", "--anew"])
    assert asked == [100, 101, 7, 8]


def test_a_second_run_is_read_from_the_cache_until_the_code_changes(monkeypatch, tmp_path):
    from xrec_lessons import experiments

    asked = []

    def fake(_, seed):
        asked.append(seed)
        return [{"model": "ours", "RMSE": seed / 1000}]

    monkeypatch.setattr(experiment("accuracy"), "measure", fake)
    monkeypatch.setattr(experiments, "_version", lambda _: "one")
    first = measure("accuracy", [7, 8], cache_folder=tmp_path)
    again = measure("accuracy", [8, 7], cache_folder=tmp_path)
    assert asked == [7, 8]
    assert again["seed"].tolist() == [8, 7]
    assert sorted(first["RMSE"]) == sorted(again["RMSE"]) == [0.007, 0.008]
    monkeypatch.setattr(experiments, "_version", lambda _: "two")
    measure("accuracy", [7], cache_folder=tmp_path)
    assert asked == [7, 8, 7]


@pytest.mark.slow
def test_two_processes_measure_the_same_as_one():
    one, two = (measure("accuracy", [100, 101], n_jobs=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize("name", NAMES)
def test_every_experiment_is_drawn_and_said_with_the_same_numbers(name):
    said = [line for line in plots.words(name).splitlines() if "95 % interval" in line]
    assert said
    figure = plots.plot(name)
    drawn = [bar.get_children()[0].get_xdata()[0] for bar in figure.axes[0].containers]
    numbers = [float(line.rpartition(": ")[2].split(" ")[0]) for line in said]
    assert sorted(numbers) == pytest.approx(sorted(drawn), abs=6e-4)
    assert figure.axes[0].get_xlabel() == plots.VIEWS[name][1]


SLOWLY = [pytest.param(name, marks=pytest.mark.slow) for name in NAMES if name != "deletion"]


@pytest.mark.parametrize("name", ["deletion", *SLOWLY])
def test_the_figure_is_saved_and_said(name, tmp_path, capsys):
    main([name, "--shipped", "--plots", str(tmp_path)])
    assert (tmp_path / f"{name}.png").stat().st_size > 5000
    assert plots.words(name) in capsys.readouterr().out


def test_the_interval_is_students():
    from scipy import stats

    values = np.random.default_rng(0).normal(size=7)
    low, high = stats.t.interval(0.95, 6, loc=values.mean(), scale=stats.sem(values))
    assert plots.interval(values) == pytest.approx((values.mean(), low, high))
    assert np.isnan(plots.interval([1.0])[1])


def test_one_seed_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["accuracy", "--seeds", "1"])
    assert "a spread needs two" in capsys.readouterr().err


def test_importing_the_package_leaves_the_heavy_libraries_alone():
    import subprocess

    code = (
        "import sys, xrec_lessons.experiments\n"
        "print(sorted({'surprise', 'mlxtend', 'scipy', 'seaborn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# What several experiments share


def test_mean_and_spread_use_n_minus_1():
    assert mean_sd([1.0, 2.0, 3.0], 2) == "2.00 ± 1.00"


def test_ratings_by_user_keeps_the_order_of_the_ratings():
    table = pd.DataFrame({"userId": [2, 1, 2], "movieId": [9, 5, 3], "rating": [1.0, 2.0, 3.0]})
    assert list(ratings_by_user(table)[2].items()) == [(9, 1.0), (3, 3.0)]


def test_held_out_people_are_new_and_their_films_are_known():
    films = {user: range(25) for user in range(1, 7)} | {7: range(100, 160)}
    rows = [(user, movie, 3.0) for user in films for movie in films[user]]
    ratings = pd.DataFrame(rows, columns=["userId", "movieId", "rating"])
    train, people = held_out(ratings, n_users=6, given=10, seed=1)
    (left,) = train["userId"].unique()
    assert left != 7  # so 7, whose films nobody else rated, was held out and then left out
    assert set(people) == {1, 2, 3, 4, 5, 6} - {left}
    assert all(len(own) == 10 and set(own) <= set(range(25)) for own in people.values())


def test_recommender_ranks_films_with_enough_ratings(few):
    recommender = Recommender(few, seed=0, min_ratings=8, n_factors=4, n_epochs=4)
    user = recommender.users[3]
    enough = few["movieId"].value_counts().loc[lambda counts: counts >= 8].index
    scores = pd.Series(recommender.model.scores(user), index=recommender.model.ids)
    expected = scores.loc[sorted(enough)].sort_values(ascending=False, kind="stable").index
    assert recommender.best(user, 5).tolist() == expected[:5].tolist()
    assert recommender.best(user, 4, exclude=expected[:1]).tolist() == expected[1:5].tolist()


def test_a_recommender_s_rules_say_what_the_transactions_held(few):
    recommender = Recommender(few, seed=0, n_factors=2, n_epochs=1)
    for contents in ("history", "top"):
        assert recommender.mine(contents, min_support=0.9).contents == contents


def _toy():
    """Three trained people and two new ones, whose ratings are about to change."""
    train = pd.DataFrame(
        [(u, m, 1.0 + (u * m) % 5) for u in (1, 2, 3) for m in (4, 5, 6, 7)],
        columns=["userId", "movieId", "rating"],
    )
    people = {9: {4: 5.0, 5: 2.0, 6: 4.0}, 8: {7: 1.0, 4: 3.0, 5: 3.0}}
    return train, people, {9: np.array([7, 4]), 8: np.array([6, 5])}


def test_retrained_scores_are_those_of_a_model_trained_on_all():
    train, people, targets = _toy()
    own = [(u, m, stars) for u in people for m, stars in people[u].items()]
    rows = pd.concat(
        [train.sample(frac=1, random_state=3), pd.DataFrame(own, columns=train.columns)]
    )
    model = train_svd(rows, seed=3, shuffle=False, n_factors=2)
    expected = [[model.predict(u, int(m), clip=False).est for m in targets[u]] for u in people]
    found = retrained_scores(train, people, targets, seed=3, n_factors=2)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_retraining_keeps_to_the_scale_of_the_ratings():
    train, people, targets = _toy()
    ten = train.assign(rating=2 * train["rating"])
    ten.attrs["rating_scale"] = RatingScale(1, 10)
    doubled = {u: {m: 2 * stars for m, stars in own.items()} for u, own in people.items()}
    found = retrained_scores(ten, doubled, targets, seed=3, n_factors=2)
    expected = retrained_scores(train, people, targets, seed=3, n_factors=2)
    np.testing.assert_allclose(found, 2 * expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("left_out", [4, 5, 6])
def test_retrainings_with_and_without_a_rating_share_their_random_start(left_out):
    train, people, targets = _toy()
    fewer = people | {9: {m: stars for m, stars in people[9].items() if m != left_out}}
    start = {"seed": 0, "n_factors": 3, "n_epochs": 1, "lr": 1e-9, "init_sd": 1.0}
    with_it = retrained_scores(train, people, targets, **start)
    difference = with_it - retrained_scores(train, fewer, targets, **start)
    # untrained, predictions are mean + p·q: only the mean of the ratings may have moved
    stars = [*train["rating"], *people[9].values(), *people[8].values()]
    moved = np.mean(stars) - (sum(stars) - people[9][left_out]) / (len(stars) - 1)
    assert np.ptp(with_it) > 0.1
    np.testing.assert_allclose(difference, moved, rtol=0, atol=1e-6)


# Accuracy and fold-in


def test_rmse_counts_every_rating_once_and_clips_predictions():
    model = ItemFactors(3.0, np.array([0.0, 4.0]), np.zeros((2, 1)), np.array([1, 2]), 0.01, 1, 0.1)
    rest = {7: {1: 4.0}, 8: {1: 3.0, 2: 5.0}}  # errors 1, 0 and, clipped to 5, 0
    given = {7: {}, 8: {}}
    nobody = UserFactors(0.0, np.zeros(1))
    assert rmse_of(lambda *_: nobody, model, given, rest) == pytest.approx(np.sqrt(1 / 3))


def test_rmse_of_a_surprise_model_is_the_root_of_the_mean_square():
    train = pd.DataFrame({"userId": [1, 1, 2], "movieId": [7, 8, 7], "rating": [5.0, 3.0, 4.0]})
    test = pd.DataFrame({"userId": [2, 3], "movieId": [8, 7], "rating": [1.0, 5.0]})
    model = biases_only(train)
    errors = [model.predict(2, 8).est - 1.0, model.predict(3, 7).est - 5.0]
    assert rmse_on(model, test) == pytest.approx(np.sqrt(np.mean(np.square(errors))))


def test_gains_are_taken_within_each_seed():
    rows = pd.DataFrame(
        {"seed": [1, 1, 2, 2], "model": ["biases only", "ours"] * 2, "RMSE": [0.9, 0.8, 1.0, 0.95]}
    )
    (table,) = summarise_accuracy(rows).values()
    assert table.loc["ours"].tolist() == ["0.8750 ± 0.1061", "0.0750 ± 0.0354", 0.05]


# MovieLens 100K, against what Surprise has published


@given(st.integers(5, 60), st.integers(0, 2**32 - 1))
def test_every_rating_is_in_one_of_five_folds_of_a_size(n, seed):
    sizes = np.bincount(published.folds(n, seed), minlength=5)
    assert sizes.sum() == n
    assert len(sizes) == 5
    assert np.ptp(sizes) <= 1


def test_published_errors_are_those_of_surprises_own_cross_validation(few, monkeypatch):
    from surprise import BaselineOnly, Dataset, Reader, accuracy

    monkeypatch.setattr(published, "SETTINGS", {})
    (found,) = published.measure(few, 3)
    fold, expected = published.folds(len(few), 3), []
    for k in range(5):
        table = few[fold != k][["userId", "movieId", "rating"]]
        trainset = Dataset.load_from_df(table, Reader(rating_scale=(0.5, 5))).build_full_trainset()
        options = {"method": "als", "reg_i": 5, "reg_u": 8, "n_epochs": 20}
        model = BaselineOnly(options, verbose=False).fit(trainset)
        test = few[fold == k][["userId", "movieId", "rating"]].itertuples(index=False, name=None)
        said = model.test(list(test))
        expected.append([accuracy.rmse(said, verbose=False), accuracy.mae(said, verbose=False)])
    assert [found["RMSE"], found["MAE"]] == pytest.approx(np.mean(expected, axis=0))
    assert found["SD between folds"] == pytest.approx(np.std(np.array(expected)[:, 0], ddof=1))


def test_other_data_are_measured_where_the_experiment_names_them(monkeypatch, tmp_path, capsys):
    folder = tmp_path / "ml-100k"
    folder.mkdir()
    (folder / "u.data").write_text("".join(f"{u}\t{i}\t{1 + u * i % 5}\t9\n" for u, i in PAIRS))
    (folder / "u.item").write_text("".join(f"{i}|Film {i} (1990)||||{GENRES}\n" for i in range(9)))
    asked = []
    monkeypatch.setattr(
        published,
        "measure",
        lambda table, seed: (
            asked.append((len(table), seed))
            or [{"model": "ours", "RMSE": 0.9, "MAE": 0.7, "SD between folds": 0.01}]
        ),
    )
    main(["published", "--anew", "--seeds", "2", "--data", str(folder)])
    assert asked == [(len(PAIRS), 100), (len(PAIRS), 101)]
    assert "Surprise's SVD++, published" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["accuracy", "--data", str(folder)])
    assert "--data is for published" in capsys.readouterr().err


# Fidelity and influence


def test_fidelity_by_hand():
    rules = mine([{1, 2}, {1, 2}, {1, 3}, {3}, {4}], min_support=0.2, min_confidence=0.6)
    people = {10: {1: 5.0}, 11: {1: 2.0}}  # only the first liked film 1, which explains film 2
    found = fidelity(rules, people, {10: [2, 9], 11: [2, 9]})
    assert found["fidelity"] == pytest.approx((1 / 2 + 0) / 2)
    assert found["coverage"] == pytest.approx(1 / 2)
    assert found["lift"] == pytest.approx((2 / 3) / (2 / 5))


def test_agreement_with_itself_and_with_its_opposite():
    a = np.array([[0.3, 0.1], [-0.1, -0.4], [0.2, 0.2]])
    assert agreement(a, a) == pytest.approx(
        {"same top film": 1.0, "same sign": 1.0, "correlation": 1.0}
    )
    assert agreement(a, -a) == pytest.approx(
        {"same top film": 1.0, "same sign": 0.0, "correlation": -1.0}
    )


def test_refit_error_sees_a_wrong_formula(model, monkeypatch):
    from xrec_lessons.experiments import influence
    from xrec_lessons.influence import first_order

    ratings = {movie: 4.0 - movie % 3 for movie in range(10)}
    targets = model.ids[20:25]
    assert refit_error(model, ratings, targets, 2.0) < 1e-12
    monkeypatch.setattr(influence, "leave_one_out", first_order)
    assert refit_error(model, ratings, targets, 2.0) > 1e-3


# Deletion and insertion


def test_the_first_k_films_are_left_out_or_kept_alone():
    ratings, order = {7: 5.0, 8: 2.0, 9: 4.0}, np.array([9, 7, 8])
    assert without(ratings, order, 2) == {8: 2.0}
    assert only(ratings, order, 2) == {7: 5.0, 9: 4.0}
    assert without(ratings, order, 0) == only(ratings, order, 3) == ratings


def test_prediction_by_hand_where_films_differ_in_their_bias_alone(biased):
    # λ = 1 / (.1 · 10) + .5 n; residuals 5 - 3.5 = 1.5 and 2 - 3 = -1; b_u = their sum / (n + λ)
    own = np.array([4.0, 2.5])  # mu + b_i
    targets = np.array([3, 2])
    np.testing.assert_allclose(predicted(biased, {0: 5.0, 1: 2.0}, targets), own + 0.5 / (2 + 2))
    np.testing.assert_allclose(predicted(biased, {0: 5.0}, targets), own + 1.5 / (1 + 1.5))
    np.testing.assert_allclose(predicted(biased, {}, targets), own)


def test_orders_by_hand_where_films_differ_in_their_bias_alone(biased):
    ratings = {0: 3.0, 1: 5.0, 2: 4.0}  # residuals -.5, 2 and 1.5
    rules = mine([{2, 3}, {2, 3}, {1, 3}, {0}], min_support=0.2, min_confidence=0.6)
    found = orders(biased, ratings, 3, rules=rules, counts={0: 9, 1: 2, 2: 5}, seed=0, n_random=200)
    assert tuple(found) == EXPLAINERS
    for name in ("exact influence", "first-order influence", "additive decomposition"):
        assert found[name][0].tolist() == [1, 2, 0]
    assert found["rule"][0][0] == 2  # two people have films 2 and 3, one has 1 and 3
    assert found["most rated film"][0].tolist() == [0, 2, 1]
    assert found["highest stars"][0].tolist() == [1, 2, 0]
    assert {tuple(order.tolist()) for order in found["random"]} == {
        (0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)
    }  # fmt: skip


def test_exact_order_follows_refits_and_the_article_s_draw_depends_on_its_seed(model):
    ratings = {movie: 1.0 + movie % 5 for movie in range(10)}
    rules = mine([{38}, {39}], min_support=0.4)
    given = {"rules": rules, "counts": dict.fromkeys(range(40), 1)}
    found = orders(model, ratings, 30, seed=0, **given)
    penalty = 1 / (0.01 * 60) + 0.1 * 10

    def score(ratings):
        rows = list(ratings)
        X = np.column_stack([np.ones(len(rows)), model.q[rows]])
        y = np.array(list(ratings.values())) - model.mu - model.b[rows]
        w = np.linalg.solve(X.T @ X + penalty * np.eye(6), X.T @ y)
        return np.array([1.0, *model.q[30]]) @ w

    left = {m: score({o: r for o, r in ratings.items() if o != m}) for m in ratings}
    assert found["exact influence"][0].tolist() == sorted(left, key=left.get)
    article = [
        orders(model, ratings, 30, seed=seed, **given)["article's way, one draw"][0].tolist()
        for seed in (0, 0, 1)
    ]
    assert article[0] == article[1] != article[2]


def test_falls_and_rises_are_counted_from_all_ratings_and_from_none():
    people = {1: {7: 5.0, 8: 1.0}, 2: {7: 3.0, 9: 2.0}}
    ranked = {
        u: {name: [np.array(list(own))] for name in EXPLAINERS}
        | {"random": [np.array(list(own)), np.array(list(own)[::-1])]}
        for u, own in people.items()
    }

    def score(people):
        return np.mean([[sum(own.values()), 2 * len(own)] for own in people.values()], axis=0)

    rows = pd.DataFrame(_changes(score, people, ranked, np.array([0.5, 1.0]), [1], 2))
    found = rows.set_index(["test", "explainer"])[["stars", "beyond other films"]]
    whole, rest, first = 5.5, (1 + 2) / 2, (5 + 3) / 2
    np.testing.assert_allclose(found.loc["insertion", "all ratings"], [whole - 0.5, 4 - 1])
    np.testing.assert_allclose(found.loc["deletion", "rule"], [whole - rest, 4 - 2])
    np.testing.assert_allclose(found.loc["insertion", "rule"], [first - 0.5, 2 - 1])
    np.testing.assert_allclose(found.loc["deletion", "random"], [whole - (rest + first) / 2, 2])


def test_a_film_is_measured_against_the_mean_of_the_other_films():
    # people 1 and 2: the recommended film at 5 and 4 stars, two others at 3 and 4, and 1 and 2
    scores = np.array([[5.0, 3.0, 4.0], [4.0, 1.0, 2.0]])
    np.testing.assert_allclose(_mean(scores), [4.5, ((5 - 3.5) + (4 - 1.5)) / 2])


def test_deletion_is_compared_with_random_within_each_seed():
    stars = {"exact influence": (0.3, 0.5), "random": (0.1, 0.2), "all ratings": (1.0, 1.0)}
    cases = [("insertion", "all ratings", 10), *(("deletion", name, 1) for name in EXPLAINERS)]
    rows = pd.DataFrame(
        {"seed": seed, "scoring": "fold-in", "test": test, "explainer": name, "k": k}
        | {"stars": stars.get(name, (0.0, 0.0))[seed], "beyond other films": 0.1 * seed}
        for seed in (0, 1)
        for test, name, k in cases
    )
    table, scale = summarise_deletion(rows).values()
    assert table.loc["exact influence"].tolist() == [
        "0.400 ± 0.141", "0.250 ± 0.071", "0.050 ± 0.071"
    ]  # fmt: skip
    assert scale.loc["fold-in"].tolist() == ["1.000 ± 0.000", "0.050 ± 0.071"]


def test_explainers_are_compared_within_each_seed_where_a_retraining_judges():
    falls = dict.fromkeys(EXPLAINERS, (0.2, 0.1)) | {"exact influence": (0.3, 0.05)}
    rows = pd.DataFrame(
        {"seed": seed, "scoring": "retraining", "test": "deletion", "explainer": name, "k": k}
        | {"stars": 0.0, "beyond other films": fall[seed]}
        for seed in (0, 1)
        for name, fall in falls.items()
        for k in (1, 3)
    )
    (table,) = (t for name, t in summarise_deletion(rows).items() if "minus the others" in name)
    assert table.index.tolist() == list(EXPLAINERS[1:])
    assert table.loc["random"].tolist() == ["0.0250 ± 0.1061", "-0.0500", "0.1000", "1 of 2"]


# Influence against full retraining


def test_effects_are_predictions_with_all_minus_without_each(biased):
    people, targets = {1: {0: 5.0, 1: 2.0}, 2: {1: 4.0, 2: 2.5}}, {1: np.array([2, 3]), 2: [0]}
    with_all, without_0, without_1 = 0.5 / 4, -1.0 / 2.5, 1.5 / 2.5
    found = folded_effects(biased, people, targets)
    assert found.shape == (2, 3)
    np.testing.assert_allclose(found[:, 0], [with_all - without_0, with_all - without_1])
    np.testing.assert_allclose(found[:, 1], found[:, 0])
    np.testing.assert_allclose(found[:, 2], [1 / 4 - 0, 1 / 4 - 1 / 2.5])


def test_influence_is_measured_against_retraining_for_each_model_and_way(monkeypatch):
    rng = np.random.default_rng(0)
    pairs = [(user, film) for user in range(80) for film in rng.permutation(30)[:26]]
    ratings = pd.DataFrame(pairs, columns=["userId", "movieId"])
    ratings["rating"] = rng.integers(1, 11, len(ratings)) / 2
    monkeypatch.setattr(retraining, "SETTINGS", {"small": {"n_factors": 2, "n_epochs": 2}})
    monkeypatch.setattr(retraining, "N_PEOPLE", 2)
    monkeypatch.setattr(retraining, "N_MODELS", 2)
    rows = pd.DataFrame(retraining.measure(ratings, seed=1))
    assert rows["model"].unique().tolist() == ["small"]
    assert rows["way"].tolist() == results("retraining")["way"].unique().tolist()
    assert not rows.drop(columns=["model", "way"]).isna().any(axis=None)


def test_retrained_effects_leave_everybody_s_rating_j_out():
    train, people, targets = _toy()
    found = retrained_effects(train, people, targets, seed=0, n_factors=2)
    fewer = {9: {4: 5.0, 6: 4.0}, 8: {7: 1.0, 5: 3.0}}  # without their second ratings
    scores = [retrained_scores(train, p, targets, seed=0, n_factors=2) for p in (people, fewer)]
    np.testing.assert_array_equal(found[1], (scores[0] - scores[1]).ravel())


def test_slope_says_how_large_effects_are():
    reference = np.array([[0.2, 0.1], [-0.1, 0.3]])
    found = compare(-0.5 * reference, reference)
    assert found["slope"] == pytest.approx(-0.5)
    assert found["correlation"] == pytest.approx(-1.0)


def test_a_model_is_compared_with_the_retrainings_of_the_others_alone():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(10, 5))
    retrained = np.array([truth, truth, truth + 100 * rng.normal(size=truth.shape)])
    effects = {"exact": [truth] * 3, "full retraining": list(retrained)}
    rows = {row["way"]: row for row in _comparisons(effects)}
    # the last is noise: two references contain it, and only the third is the truth itself
    each = [
        np.corrcoef(truth.ravel(), other.ravel())[0, 1]
        for other in (retrained[1:].mean(axis=0), retrained[::2].mean(axis=0), truth)
    ]
    assert rows["exact, one model"]["correlation"] == pytest.approx(np.mean(each))
    mean = np.corrcoef(truth.ravel(), retrained.mean(axis=0).ravel())[0, 1]
    assert rows["exact, mean of the models"]["correlation"] == pytest.approx(mean)
