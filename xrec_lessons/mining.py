"""Mine association rules: from people's ratings and the model's lists to transactions to rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

import numpy as np

from xrec_lessons.rules import (
    EPSILON,
    LIKED,
    Rules,
    check_contents,
    check_mining,
    rules_from_lists,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["mine", "transactions"]


def transactions(
    contents: str,
    ratings: pd.DataFrame,
    *,
    recommend: Callable[[int], Iterable[int]] | None = None,
    liked: float = LIKED,
) -> list[set[int]]:
    """Lay out the people as baskets of films, in which rules can be mined.

    Parameters
    ----------
    contents : {"liked+top", "history", "top"}
        "history": the films that a person rated `liked` or better (``liked=0.5`` takes all that
        they rated). "top": the films that the model ranks first for them, seen ones included, as
        in the article. "liked+top": both together, our default.
    ratings : DataFrame
        Columns `userId`, `movieId`, `rating`.
    recommend : callable, optional
        From a `userId` to that user's top films, 30 in the article; not needed for "history".
    liked : float
        Stars from which on a film counts as liked.

    Returns
    -------
    list of set of int
        One set of MovieLens ids per user, in the order of their ids.

    Raises
    ------
    ValueError
        For unknown contents, or a missing `recommend`.

    References
    ----------
    Peake & Wang (2018), Explanation mining: post hoc interpretability of latent factor models for
    recommendation systems (KDD), for rules mined from a model's own recommendations.

    Examples
    --------
    >>> import pandas as pd
    >>> ratings = pd.DataFrame({"userId": [1, 1, 2], "movieId": [7, 8, 7], "rating": [5, 2, 4.5]})
    >>> transactions("history", ratings)
    [{7}, {7}]
    >>> transactions("liked+top", ratings, recommend=lambda user: [9])
    [{9, 7}, {9, 7}]
    """
    check_contents(contents)
    if recommend is None and contents != "history":
        raise ValueError(
            f"Transactions of the contents {contents!r} need recommend=, a user's top films."
        )
    if ratings["userId"].isna().any():
        raise ValueError(
            "A userId is missing: ratings.dropna(subset=['userId']) leaves such rows out."
        )
    users = np.unique(ratings["userId"])
    baskets: dict[int, set[int]] = {user: set() for user in users.tolist()}
    if contents != "top":
        ours = ratings[ratings["rating"] >= liked]
        baskets |= {user: set(group) for user, group in ours.groupby("userId")["movieId"]}
    if recommend is not None and contents != "history":
        for user, films in baskets.items():
            films.update(map(int, recommend(user)))
    return list(baskets.values())


def mine(
    transactions: Collection[set[int]],
    *,
    min_support: float = 0.0075,
    min_confidence: float = 0.3,
    min_lift: float = 1.0,
    max_len: int = 2,
    contents: str = "liked+top",
) -> Rules:
    """Mine rules with one consequent, with mlxtend's apriori.

    Parameters
    ----------
    transactions : collection of set of int
        From :func:`transactions`.
    min_support, min_confidence : float
        Rules at or above both are kept. The article states .05 and .3; the confidence that acted
        in it was mlxtend's default, reproduced by ``min_confidence=0.8``.
    min_lift : float
        Only rules *above* it are kept: at a lift of 1 the antecedents tell nothing about the
        consequent, below 1 they speak against it. The article set no such bound, that is 0.
    max_len : int
        Films in a rule, consequent included: 2 gives pair rules. Without a bound the itemsets run
        to hundreds of thousands.
    contents : {"liked+top", "history", "top"}
        What the transactions hold, as in :func:`transactions`; only the rules' cards use it.

    Returns
    -------
    Rules

    Raises
    ------
    ValueError
        If there is no transaction, or a threshold is not in (0, 1], or max_len is below 2.

    References
    ----------
    Agrawal & Srikant (1994), Fast algorithms for mining association rules (VLDB).

    Examples
    --------
    Films 1 and 2 share two of the four baskets; film 1 is in three, film 2 in two:

    >>> rules = mine([{1, 2}, {1, 2}, {1, 3}, {3}], min_support=0.5, min_confidence=0.5)
    >>> rule = rules.find([1], 2)
    >>> round(rule.support, 2), round(rule.confidence, 2), round(rule.lift, 2)
    (0.5, 0.67, 1.33)
    """
    check_mining(len(transactions), min_support, min_confidence, max_len)
    from mlxtend.frequent_patterns import apriori, association_rules

    table = _one_hot(transactions)
    frequent = table.loc[:, table.mean() >= min_support]
    itemsets = apriori(frequent, min_support=min_support, use_colnames=True, max_len=max_len)
    if (itemsets["itemsets"].map(len) < 2).all():
        return rules_from_lists([], [], [], [], [], len(transactions), contents)
    found = association_rules(
        itemsets,
        num_itemsets=len(transactions),
        metric="confidence",
        min_threshold=min_confidence - EPSILON,
        return_metrics=["support", "confidence", "lift"],
    )
    found = found[(found["consequents"].map(len) == 1) & (found["lift"] > min_lift + EPSILON)]
    return rules_from_lists(
        [sorted(films) for films in found["antecedents"]],
        [next(iter(films)) for films in found["consequents"]],
        found["support"].tolist(),
        found["confidence"].tolist(),
        found["lift"].tolist(),
        len(transactions),
        contents,
    )


def _one_hot(transactions: Collection[set[int]]) -> pd.DataFrame:
    import pandas as pd
    from mlxtend.preprocessing import TransactionEncoder

    encoder = TransactionEncoder()
    return pd.DataFrame(encoder.fit_transform(transactions), columns=encoder.columns_)
