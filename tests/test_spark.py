"""What Spark trained: against its own predictions, least squares, and mlxtend's rules.

One Spark in this process, on one core and on loopback only. Without PySpark or Java the slow tests
are skipped; where XREC_REQUIRE_SPARK is set, they fail.
"""

import importlib.util
import os
import re
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from by_mlxtend import mine

from xrec_lessons import data_path, movielens
from xrec_lessons.explanations import ByInfluence, ByRule, BySimilarUsers, explain
from xrec_lessons.fold_in import fold_in, ridge
from xrec_lessons.influence import influence
from xrec_lessons.mining import transactions
from xrec_lessons.model import ItemFactors, UserFactors
from xrec_lessons.rules import liked_films
from xrec_lessons.scale import spark

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")

REG = 0.15
PERSON = {260: 5.0, 1196: 4.5, 7153: 4.0, 318: 2.0, 1: 3.0}
SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",  # it starts sooner
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
}


def lacking():
    """What there is not of what Spark needs, in a sentence."""
    if importlib.util.find_spec("pyspark") is None:
        return 'This test needs PySpark: pip install "xrec_lessons[spark]".'
    home = os.environ.get("JAVA_HOME")
    program = os.path.join(home, "bin", "java") if home else "java"
    try:
        told = subprocess.run([program, "-version"], capture_output=True, text=True).stderr
    except OSError:
        told = ""
    version = re.search(r'version "(\d+)', told)
    return "" if version and int(version[1]) >= 17 else "This test needs Java 17 or later."


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    if reason := lacking():
        (pytest.fail if os.environ.get("XREC_REQUIRE_SPARK") else pytest.skip)(reason)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").appName("xrec_lessons' tests")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.chdir(folder)  # Spark leaves an empty folder where it was started
        started = builder.config("spark.local.dir", str(folder)).getOrCreate()
    started.sparkContext.setLogLevel("ERROR")
    yield started
    started.stop()


def as_table(session, ratings):
    rows = ratings[["userId", "movieId", "rating"]].itertuples(index=False, name=None)
    return session.createDataFrame(list(rows), "userId int, movieId int, rating double").cache()


def train(table, **settings):
    """Centre, train, convert: as the docstring of the module shows it."""
    from pyspark.ml.recommendation import ALS

    residuals, mu, biases = spark.centred(table)
    columns = {"userCol": "userId", "itemCol": "movieId", "ratingCol": "residual"}
    few = {"rank": 8, "maxIter": 6, "regParam": REG, "numUserBlocks": 1, "numItemBlocks": 1}
    als = ALS(seed=0, **columns, **(few | settings))
    model = als.fit(residuals)
    return model, als, spark.from_als(model, als, mu=mu, biases=biases)


def mine_there(session, baskets, support, confidence, **options):
    from pyspark.ml.fpm import FPGrowth

    table = session.createDataFrame([(sorted(films),) for films in baskets], "items array<int>")
    # A hair less: Spark takes 0.07 of 100 baskets for 8.
    miner = FPGrowth(itemsCol="items", minSupport=support - 1e-9)
    options |= {"n_transactions": len(baskets), "min_confidence": confidence}
    return spark.from_fpgrowth(miner.fit(table), **options)


def assert_same(rules, expected):
    assert rules.n_transactions == expected.n_transactions
    for column in ("antecedents", "consequent"):
        np.testing.assert_array_equal(getattr(rules, column), getattr(expected, column))
    for column in ("support", "confidence", "lift"):
        found, wanted = getattr(rules, column), getattr(expected, column)
        np.testing.assert_allclose(found, wanted, rtol=1e-12)


@pytest.fixture(scope="module")
def table(session, ratings):
    path = str(data_path("ratings.csv.gz"))
    return session.read.csv(path, header=True, inferSchema=True).cache()


@pytest.fixture(scope="module")
def als(table):
    """The model of Spark, what trained it, and its films as ours; on the bundled ratings."""
    return train(table)


@pytest.fixture(scope="module")
def rules(session, table):
    from pyspark.ml.fpm import FPGrowth

    miner = FPGrowth(itemsCol="items", minSupport=0.1)
    model = miner.fit(spark.liked_baskets(table))
    return spark.from_fpgrowth(model, n_transactions=671, max_len=3)


# Alternating least squares


@pytest.mark.slow
def test_centred_takes_off_the_mean_and_the_damped_bias(session, few):
    residuals, mu, biases = spark.centred(as_table(session, few), damping=3.0)
    assert mu == pytest.approx(few["rating"].mean(), rel=1e-12)
    expected = {
        movie: (stars - mu).sum() / (len(stars) + 3)
        for movie, stars in few.groupby("movieId")["rating"]
    }
    assert {row.movieId: row.bias for row in biases.collect()} == pytest.approx(expected)
    found = {(row.userId, row.movieId): row.residual for row in residuals.collect()}
    stars = few.set_index(["userId", "movieId"])["rating"]
    assert found == pytest.approx({(u, i): r - mu - expected[i] for (u, i), r in stars.items()})


@pytest.mark.slow
def test_predictions_are_sparks_own(als, table, ratings):
    trained, _, model = als
    users = {row.id: np.array(row.features) for row in trained.userFactors.collect()}
    predicted = trained.transform(table.where("movieId % 50 = 0")).collect()
    assert len(predicted) > 1000
    mu = ratings["rating"].mean()
    films = (ratings["rating"] - mu).groupby(ratings["movieId"])
    bias = films.sum() / (films.count() + 5)
    for row in predicted:
        ours = model.scores(UserFactors(b=0.0, p=users[row.userId]))[model.rows([row.movieId])[0]]
        assert ours == pytest.approx(mu + bias[row.movieId] + row.prediction, abs=1e-5)


@pytest.mark.slow
def test_ridge_without_the_intercept_is_sparks_last_step(als, ratings):
    trained, _, model = als
    assert model.penalty(10) == pytest.approx(10 * REG)
    users = {row.id: np.array(row.features) for row in trained.userFactors.collect()}
    assert sorted(users) == sorted(set(ratings["userId"]))
    for user, rated in ratings.groupby("userId"):
        rows = model.rows(rated["movieId"].to_numpy())
        y = rated["rating"].to_numpy() - model.mu - model.b[rows]
        p = ridge(model.q[rows], y, model.penalty(len(y)))
        np.testing.assert_allclose(p, users[user], rtol=0, atol=2e-5)


@pytest.mark.slow
def test_the_films_are_all_there_and_saved_as_ever(als, ratings, tmp_path):
    _, estimator, model = als
    assert model.ids.tolist() == sorted(set(ratings["movieId"]))
    assert (model.q.shape[1], model.n_epochs, model.lr) == (8, estimator.getMaxIter(), None)
    model.save(tmp_path / "model.npz")
    again = ItemFactors.load(tmp_path / "model.npz")
    np.testing.assert_array_equal(again.q, model.q)
    assert again.lr is None


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_people_held_out_are_predicted_better_than_by_the_films_alone(session, ratings, seed):
    training, given, rest = movielens.split_users(ratings, n_users=60, given=0.75, seed=seed)
    model = train(as_table(session, training))[2]
    given, rest = (part[part["movieId"].isin(model.ids)] for part in (given, rest))
    errors, baseline = [], []
    for user, rated in given.groupby("userId"):
        person = fold_in(model, dict(zip(rated["movieId"], rated["rating"], strict=True)))
        unseen = rest[rest["userId"] == user]
        rows, stars = model.rows(unseen["movieId"].to_numpy()), unseen["rating"].to_numpy()
        errors.extend(stars - model.scores(person)[rows])
        baseline.extend(stars - model.mu - model.b[rows])
    assert np.mean(np.square(errors)) < 0.9 * np.mean(np.square(baseline))


# Rules


@pytest.mark.slow
def test_liked_baskets_are_the_history(table, ratings):
    rows = sorted(spark.liked_baskets(table).collect())
    assert [set(row["items"]) for row in rows] == transactions("history", ratings)
    rows = sorted(spark.liked_baskets(table, liked=5.0).collect())
    baskets = [set(row["items"]) for row in rows]
    assert baskets == transactions("history", ratings, liked=5.0)
    assert set() in baskets


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "support", "confidence", "min_lift", "max_len"),
    [(0, 0.1, 0.3, 1.0, 2), (1, 0.2, 0.5, 1.0, 3), (2, 0.1, 0.25, 0.0, 4), (3, 0.2, 0.5, 1.1, 3)],
)
def test_rules_are_mlxtends(session, seed, support, confidence, min_lift, max_len):
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0.1, 0.9, (2, 7))  # two kinds of people
    baskets = [set(np.flatnonzero(rng.random(7) < shares[k % 2]).tolist()) for k in range(40)]
    options = {"min_lift": min_lift, "max_len": max_len}
    expected = mine(baskets, min_support=support, min_confidence=confidence, **options)
    assert len(expected) > 3
    assert_same(mine_there(session, baskets, support, confidence, **options), expected)


@pytest.mark.slow
def test_a_rule_at_the_thresholds_is_kept(session):
    baskets = [{1, 2}] * 7 + [{1}] * 3 + [{0}] * 90
    confidence = 0.1 * 7  # which is 0.7000000000000001
    expected = mine(baskets, min_support=0.07, min_confidence=confidence)
    assert len(expected) == 2
    assert_same(mine_there(session, baskets, 0.07, confidence), expected)


@pytest.mark.slow
def test_no_rule_is_no_rule(session):
    assert len(mine_there(session, [{1}, {2}], 0.5, 0.5)) == 0


@pytest.mark.slow
def test_rules_of_the_bundled_ratings_are_mlxtends(rules, ratings):
    baskets = transactions("history", ratings)
    expected = mine(baskets, min_support=0.1, min_confidence=0.3, max_len=3)
    assert len(expected) > 500
    assert_same(rules, expected)


@pytest.mark.slow
def test_sparks_own_confidence_hides_no_rule(session):
    from pyspark.ml.fpm import FPGrowth

    table = session.createDataFrame([([1, 2],), ([1],), ([1, 3],)], "items array<int>")
    model = FPGrowth(itemsCol="items", minSupport=0.3).fit(table)
    assert model.getMinConfidence() == 0.8
    rules = spark.from_fpgrowth(model, n_transactions=3, min_lift=0)
    assert [(rule.antecedents, rule.consequent) for rule in rules] == [
        ((2,), 1),
        ((3,), 1),
        ((1,), 2),
        ((1,), 3),
    ]
    assert model.getMinConfidence() == 0.8
    with pytest.raises(ValueError, match="not mined from 100 baskets"):
        spark.from_fpgrowth(model, n_transactions=100, min_lift=0)


# Explanations


@pytest.mark.slow
def test_explanations_run_on_what_spark_trained(als, rules, bundle):
    model = als[2]
    movie = model.top_n(fold_in(model, PERSON), 1, exclude=PERSON)[0]
    assert movie not in PERSON
    told = explain(movie, PERSON, models=[model], rules=rules, films=bundle.films)
    assert isinstance(told[-1], ByInfluence)
    likely = np.setdiff1d(rules.explainable(liked_films(PERSON)), list(PERSON))[0]
    told = explain(likely, PERSON, models=[model], rules=rules, films=bundle.films)
    assert [type(by) for by in told] == [BySimilarUsers, ByRule, ByInfluence]
    assert set(told[1].rule.antecedents) <= {260, 1196, 7153}
    assert all(bundle.films.name(likely) in re.sub("&#x27;", "'", by._repr_html_()) for by in told)


@pytest.mark.slow
def test_influence_is_leaving_the_rating_out_of_sparks_step(als):
    model = als[2]
    rows = model.rows(PERSON)
    X = np.column_stack([np.ones(5), model.q[rows]])
    y = np.array(list(PERSON.values())) - model.mu - model.b[rows]
    A = REG * 5 * np.eye(9)
    target = np.append(1.0, model.q[model.rows([2571])[0]])
    fitted = np.linalg.inv(X.T @ X + A) @ X.T @ y
    effects = influence(model, PERSON, [2571])[2571]
    for j, effect in enumerate(effects):
        rest = np.arange(5) != j
        refit = np.linalg.inv(X[rest].T @ X[rest] + A) @ X[rest].T @ y[rest]
        assert effect == pytest.approx(target @ (fitted - refit), abs=1e-10)
    assert np.abs(effects).max() > 0.01


@pytest.mark.slow
def test_the_modules_example_runs(session, tmp_path, monkeypatch, capsys):
    example = textwrap.dedent(re.search(r"::\n\n(.*\n)\nSpark's ALS", spark.__doc__, re.S)[1])
    assert "rank=50, maxIter=10" in example
    monkeypatch.chdir(tmp_path)
    exec(example.replace("rank=50, maxIter=10", "rank=4, maxIter=2"), {})
    top, table = capsys.readouterr().out.split("\n", 1)
    assert len(re.findall(r"\d+", top)) == 5
    assert "lift" in table
    assert (tmp_path / "model.npz").exists()


# Without Spark: the same conversion of rows as Spark would collect them


def collected(*rows):
    return SimpleNamespace(collect=lambda: list(rows))


def als_settings(implicit=False, nonnegative=False):
    values = {"ImplicitPrefs": implicit, "Nonnegative": nonnegative, "MaxIter": 7, "RegParam": 0.2}
    return SimpleNamespace(**{f"get{name}": lambda v=value: v for name, value in values.items()})


FACTORS = SimpleNamespace(
    itemFactors=collected({"id": 30, "features": [3.0, 0.5]}, {"id": 4, "features": [1.0, -1.0]})
)
BIASES = [{"movieId": 9, "bias": 0.9}, {"movieId": 30, "bias": 0.3}, {"movieId": 4, "bias": -0.4}]


def test_rows_in_any_order_make_films_by_id():
    model = spark.from_als(
        FACTORS, als_settings(), mu=3.5, biases=collected(*BIASES), rating_scale=(1.0, 5.0)
    )
    assert (model.mu, model.lr, model.n_epochs, model.reg) == (3.5, None, 7, 0.2)
    assert tuple(model.rating_scale) == (1.0, 5.0)
    assert model.ids.tolist() == [4, 30]
    assert model.b.tolist() == [-0.4, 0.3]
    assert model.q.tolist() == [[1.0, -1.0], [3.0, 0.5]]


def test_a_film_without_a_bias_is_refused():
    with pytest.raises(ValueError, match=r"films \[4\] have no bias"):
        spark.from_als(FACTORS, als_settings(), mu=3.5, biases=collected(*BIASES[:2]))


@pytest.mark.parametrize("kind", ["implicit", "nonnegative"])
def test_another_kind_of_als_is_refused(kind):
    with pytest.raises(ValueError, match="implicitPrefs=False and nonnegative=False"):
        spark.from_als(FACTORS, als_settings(**{kind: True}), mu=3.5, biases=collected(*BIASES))


def mined(*found):
    columns = ("antecedent", "consequent", "support", "confidence", "lift")
    rows = [dict(zip(columns, values, strict=True)) for values in found]
    table = SimpleNamespace(where=lambda condition: collected(*rows))
    model = SimpleNamespace(minConfidence="minConfidence", associationRules=table)
    model.copy = lambda extra: model
    return model


def test_rows_in_any_order_make_rules_best_first():
    model = mined(([7, 5], [1], 0.25, 0.5, 2.0), ([5], [7], 0.5, 1.0, 2.0))
    rules = spark.from_fpgrowth(model, n_transactions=4, max_len=3)
    assert [(rule.antecedents, rule.consequent) for rule in rules] == [((5,), 7), ((5, 7), 1)]
    assert (rules[0].support, rules[1].confidence, rules.n_transactions) == (0.5, 0.5, 4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_transactions": 5}, "not mined from 5 baskets"),
        ({"n_transactions": 4, "max_len": 1}, "max_len is 2 or more"),
        ({"n_transactions": 4, "min_confidence": 0.0}, "Confidence lies above 0"),
    ],
)
def test_wrong_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        spark.from_fpgrowth(mined(([5], [7], 0.5, 1.0, 2.0)), **options)


def test_films_are_whole_numbers():
    with pytest.raises(ValueError, match="whole number"):
        spark.from_fpgrowth(mined((["5"], ["7"], 0.5, 1.0, 2.0)), n_transactions=4)


@pytest.mark.parametrize("function", [spark.centred, spark.liked_baskets])
def test_without_pyspark_it_says_what_to_install(function, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "xrec_lessons\[spark\]"'):
        function(None)


@pytest.mark.slow
@pytest.mark.parametrize("function", [spark.centred, spark.liked_baskets])
def test_ratings_that_are_none_are_refused(function, session):
    with pytest.raises(ValueError, match=r"a table of Spark, .* not a DataFrame"):
        function(pd.DataFrame({"userId": [1], "movieId": [2], "rating": [3.0]}))
    with pytest.raises(ValueError, match=r"ratings lacks \['rating'\]"):
        function(session.createDataFrame([(1, 2)], "userId int, movieId int"))


@pytest.mark.slow
@pytest.mark.parametrize("stars", [[], [3.0, float("nan")], [3.0, None]])
def test_no_mean_is_refused(session, stars):
    rows = [(1, movie, rating) for movie, rating in enumerate(stars)]
    table = session.createDataFrame(rows, "userId int, movieId int, rating double")
    with pytest.raises(ValueError, match="at least one row, and in every row a number"):
        spark.centred(table)
