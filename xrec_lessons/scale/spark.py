r"""Past one machine: what Spark trained on a cluster, taken into this package's arrays.

Spark trains the films' factors and counts the itemsets; from there on fold-in, influence, rules and
cards run as they do for Surprise and mlxtend, on the films' part alone. On a laptop or, with
another master, on a cluster (``pip install "xrec_lessons[spark]"``, and Java 17 or later)::

    from pyspark.ml.fpm import FPGrowth
    from pyspark.ml.recommendation import ALS
    from pyspark.sql import SparkSession
    from xrec_lessons import data_path
    from xrec_lessons.fold_in import fold_in
    from xrec_lessons.scale import spark

    session = SparkSession.builder.master("local[*]").getOrCreate()
    path = str(data_path("ratings.csv.gz"))  # or hdfs://…, s3a://…
    ratings = session.read.csv(path, header=True, inferSchema=True).cache()

    residuals, mu, biases = spark.centred(ratings)
    als = ALS(rank=50, maxIter=10, regParam=0.15, seed=0,
              userCol="userId", itemCol="movieId", ratingCol="residual")
    model = spark.from_als(als.fit(residuals), als, mu=mu, biases=biases)
    model.save("model.npz")
    print(model.top_n(fold_in(model, {260: 5.0, 1196: 4.5, 318: 2.0}), 5))

    baskets = spark.liked_baskets(ratings).cache()
    miner = FPGrowth(itemsCol="items", minSupport=0.1)
    rules = spark.from_fpgrowth(miner.fit(baskets), n_transactions=baskets.count())
    print(rules.frame())

Spark's ALS has no biases and penalises with :math:`reg \cdot n_u |p_u|^2`. So the ratings are
centred first, and fold-in's ridge with :math:`\lambda = reg \cdot n` on :math:`x_j = (1, q_j)` is
ALS's own last step for a user, but for the user bias that it adds. Each iteration of Spark ends
with the users, so that step was made from the very factors that the model holds.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from xrec_lessons.inputs.checked import id_array
from xrec_lessons.model import ItemFactors
from xrec_lessons.ratings.rating_scale import STARS, RatingScale
from xrec_lessons.rules import EPSILON, LIKED, Rules, rules_from_lists

if TYPE_CHECKING:
    from pyspark.ml.fpm import FPGrowthModel
    from pyspark.ml.recommendation import ALS, ALSModel
    from pyspark.sql import DataFrame

__all__ = ["centred", "from_als", "from_fpgrowth", "liked_baskets"]


def centred(ratings: DataFrame, *, damping: float = 5.0) -> tuple[DataFrame, float, DataFrame]:
    r"""Take the mean and the film's bias off every rating, on the cluster.

    .. math:: b_i = \frac{\sum_u (r_{ui} - \mu)}{n_i + damping}

    Parameters
    ----------
    ratings : pyspark.sql.DataFrame
        Columns `userId`, `movieId`, `rating` in stars; it is read several times, so cache it.
    damping : float
        So many imagined ratings of just the mean keep a film with few ratings near it.

    Returns
    -------
    residuals : pyspark.sql.DataFrame
        Columns `userId`, `movieId`, `residual` in stars, for ALS to train on.
    mu : float
        Mean rating, in stars.
    biases : pyspark.sql.DataFrame
        Columns `movieId`, `bias` in stars.

    Raises
    ------
    ModuleNotFoundError, ValueError
        Without PySpark; for another table, no rating, or one that is not a number.

    References
    ----------
    Koren (2010), Factor in the neighbors: scalable and accurate collaborative filtering, ACM TKDD
    4(1), section 2.1, for these biases.
    """
    functions = _functions(ratings)
    ((mu, rated, rows),) = ratings.agg(
        functions.avg("rating"), functions.count("rating"), functions.count("*")
    ).collect()
    if not rows or rated < rows or not np.isfinite(mu):
        raise ValueError("ratings must hold at least one row, and in every row a number of stars.")
    above, n = functions.col("rating") - mu, functions.count("rating")
    bias = (functions.sum(above) / (n + damping)).alias("bias")
    biases = ratings.groupBy("movieId").agg(bias)
    residual = (above - functions.col("bias")).alias("residual")
    return ratings.join(biases, "movieId").select("userId", "movieId", residual), mu, biases


def liked_baskets(ratings: DataFrame, *, liked: float = LIKED) -> DataFrame:
    """Lay out the people as baskets of liked films, on the cluster.

    As ``mining.transactions("history", ...)``: a person who liked nothing counts, with an empty
    basket.

    Parameters
    ----------
    ratings : pyspark.sql.DataFrame
        Columns `userId`, `movieId`, `rating` in stars.
    liked : float
        Stars from which on a film counts as liked.

    Returns
    -------
    pyspark.sql.DataFrame
        Columns `userId` and `items`, an array of MovieLens ids.

    Raises
    ------
    ModuleNotFoundError, ValueError
        As :func:`centred`.
    """
    functions = _functions(ratings)
    film = functions.when(functions.col("rating") >= liked, functions.col("movieId"))  # or null
    return ratings.groupBy("userId").agg(functions.collect_set(film).alias("items"))


def from_als(
    model: ALSModel,
    als: ALS,
    *,
    mu: float,
    biases: DataFrame,
    rating_scale: RatingScale | tuple[float, float] = STARS,
) -> ItemFactors:
    """Take the films out of a fitted ALS.

    Parameters
    ----------
    model : pyspark.ml.recommendation.ALSModel
        Fitted to the residuals of :func:`centred`.
    als : pyspark.ml.recommendation.ALS
        What it was fitted by, without further parameters in `fit`: the model itself does not tell
        its `regParam` and `maxIter`.
    mu, biases : float, pyspark.sql.DataFrame
        From :func:`centred`.
    rating_scale : RatingScale or pair of float
        Lowest and highest rating.

    Returns
    -------
    ItemFactors
        With `lr` None: the users' step of ALS is solved exactly, so the penalty is reg · n.

    Raises
    ------
    ValueError
        If the training was for implicit feedback or with nonnegative factors, where that step is
        another one; or if a film has no bias.

    References
    ----------
    Zhou, Wilkinson, Schreiber & Pan (2008), Large-scale parallel collaborative filtering for the
    Netflix prize, for ALS with this penalty.
    """
    if als.getImplicitPrefs() or als.getNonnegative():
        raise ValueError("The ALS needs implicitPrefs=False and nonnegative=False: train it again.")
    films = sorted((row["id"], row["features"]) for row in model.itemFactors.collect())
    bias = {row["movieId"]: row["bias"] for row in biases.collect()}
    ids = [movie for movie, _ in films]
    unknown = [movie for movie in ids if movie not in bias]
    if unknown:
        raise ValueError(f"The films {unknown[:5]} have no bias: use those that centred() gave.")
    return ItemFactors(
        mu=mu,
        b=np.array([bias[movie] for movie in ids], dtype=float),
        q=np.array([features for _, features in films], dtype=float),
        ids=id_array(ids),
        lr=None,
        n_epochs=als.getMaxIter(),
        reg=als.getRegParam(),
        rating_scale=RatingScale.of(rating_scale),
    )


def from_fpgrowth(
    model: FPGrowthModel,
    *,
    n_transactions: int,
    min_confidence: float = 0.3,
    min_lift: float = 1.0,
    max_len: int = 2,
    contents: str = "history",
) -> Rules:
    """Take the rules out of a fitted FPGrowth: those of `mining.mine`, in the same order.

    Parameters
    ----------
    model : pyspark.ml.fpm.FPGrowthModel
        Fitted to baskets of MovieLens ids, as from :func:`liked_baskets`.
    n_transactions : int
        How many baskets those were; a card tells it to people, so count them.
    min_confidence, min_lift, max_len : float, float, int
        As in `mining.mine`. The model's own `minConfidence`, 0.8 unless it is set, does not act.
    contents : {"history", "liked+top", "top"}
        What the baskets hold, as in `mining.transactions`; :func:`liked_baskets` are a "history".

    Returns
    -------
    Rules

    Raises
    ------
    ValueError
        If the supports are not shares of `n_transactions`, the confidence is not in (0, 1], or
        max_len is below 2.

    Notes
    -----
    FPGrowth has no `max_len`: it counts itemsets of every length before the short rules are taken
    here, and their number explodes as `minSupport` falls: for the bundled ratings' liked films
    533 at 0.1, 17,197 at 0.05 and 346,198 at 0.03. Begin high, look at
    ``model.freqItemsets.count()``, then lower it. Rounding may cost itemsets of exactly
    `minSupport` (7 of 100 baskets at 0.07): ask for a hair less.

    References
    ----------
    Li, Wang, Zhang, Zhang & Chang (2008), PFP: parallel FP-growth for query recommendation
    (RecSys).
    """
    if not (0 < min_confidence <= 1 and max_len >= 2):
        raise ValueError("Confidence lies above 0 and up to 1; max_len is 2 or more.")
    # PySpark hands a new minConfidence on to a copy, but not to a model that is there already.
    model = model.copy({model.minConfidence: min_confidence - EPSILON})
    found = model.associationRules.where(
        f"size(antecedent) < {max_len} AND lift > {min_lift + EPSILON}"
    ).collect()
    support, confidence, lift = (
        [row[metric] for row in found] for metric in ("support", "confidence", "lift")
    )
    people = np.array(support) * n_transactions
    if not np.allclose(people, people.round(), rtol=0, atol=1e-6):
        raise ValueError(f"The model was not mined from {n_transactions} baskets: count them.")
    antecedents = [sorted(row["antecedent"]) for row in found]
    consequents = id_array(row["consequent"][0] for row in found).tolist()
    return rules_from_lists(
        antecedents, consequents, support, confidence, lift, n_transactions, contents
    )


def _functions(ratings: DataFrame) -> ModuleType:
    """`pyspark.sql.functions`, if there is PySpark and `ratings` is a table of its kind."""
    try:
        from pyspark.sql import functions
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            'PySpark is missing: pip install "xrec_lessons[spark]"; it needs Java 17 or later.'
        ) from error
    if not hasattr(ratings, "groupBy"):
        raise ValueError(
            f"ratings must be a table of Spark, such as spark.read.csv(...) gives, not a "
            f"{type(ratings).__name__}."
        )
    missing = {"userId", "movieId", "rating"} - set(ratings.columns)
    if missing:
        raise ValueError(f"ratings lacks {sorted(missing)}; it has {ratings.columns}.")
    return functions
