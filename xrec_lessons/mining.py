"""Mine association rules: from people's ratings and the model's lists to transactions to rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from xrec_lessons.ratings.rating_scale import scale_of
from xrec_lessons.rules import Rules, check_contents

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["mine", "transactions"]


def transactions(
    contents: str,
    ratings: pd.DataFrame,
    *,
    recommend: Callable[[int], Iterable[int]] | None = None,
    liked: float | None = None,
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
    liked : float, optional
        From here on a film counts as liked; otherwise as the scale that travels with `ratings` has
        it, or 4 stars.

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
        liked = scale_of(ratings).liked if liked is None else liked
        ours = ratings[ratings["rating"] >= liked]
        baskets |= {user: set(group) for user, group in ours.groupby("userId")["movieId"]}
    if recommend is not None and contents != "history":
        for user, films in baskets.items():
            films.update(map(int, recommend(user)))
    return list(baskets.values())


def mine(
    transactions: Iterable[Collection[Any]] | pd.DataFrame | np.ndarray,
    *,
    min_support: float = 0.0075,
    min_confidence: float = 0.3,
    min_lift: float = 1.0,
    max_len: int = 2,
    contents: str = "liked+top",
    memory: float = 1.0,
) -> Rules:
    """Mine rules with one consequent, the same as those of mlxtend's apriori.

    Parameters
    ----------
    transactions : iterable of set, list or tuple; or DataFrame or ndarray
        From :func:`transactions`, or any others: their items are whole numbers or names, not both.
        Or a one-hot table, True or 1 where a transaction (row) has an item (column).
    min_support, min_confidence : float
        Rules at or above both are kept. The article states .05 and .3; the confidence that acted
        in it was mlxtend's default, reproduced by ``min_confidence=0.8`` (line 24 of
        ``src/apriori.py`` in the author's public ``villekuosmanen/SHProject``, commit 22b401e,
        calls ``association_rules`` without a threshold).
    min_lift : float
        Only rules *above* it are kept: at a lift of 1 the antecedents tell nothing about the
        consequent, below 1 they speak against it. The article set no such bound, that is 0.
    max_len : int
        Films in a rule, consequent included: 2 gives pair rules. Without a bound the itemsets run
        to hundreds of thousands.
    contents : {"liked+top", "history", "top"}
        What the transactions hold, as in :func:`transactions`; only the rules' cards use it.
    memory : float
        GB that the rules may take. They are counted before memory is taken for them.

    Returns
    -------
    Rules

    Raises
    ------
    ValueError
        If there is no transaction, one is not of items, a threshold is not in (0, 1], max_len is
        below 2, or the rules would take more than `memory`.

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

    Anything that has a name:

    >>> rules = mine([{"Milk", "Bread"}, ["Milk", "Bread"], ["Tea"]])
    >>> rules.explainable(["Milk"]).tolist()
    ['Bread']
    """
    from xrec_lessons.scale.longer_rules import mine_baskets
    from xrec_lessons.scale.one_hot import one_hot

    table, items = one_hot(transactions)
    return mine_baskets(
        table,
        items,
        max_len=max_len,
        min_support=min_support,
        min_confidence=min_confidence,
        min_lift=min_lift,
        contents=contents,
        memory=memory,
    )
