"""Rules by mlxtend's apriori: what ours have to equal, to the last bit and in the same order."""

import pandas as pd
from mlxtend.frequent_patterns import apriori, association_rules
from mlxtend.preprocessing import TransactionEncoder

from xrec_lessons.rules import EPSILON, rules_from_lists


def mine(
    baskets,
    *,
    min_support=0.0075,
    min_confidence=0.3,
    min_lift=1.0,
    max_len=2,
    contents="liked+top",
):
    encoder = TransactionEncoder()
    table = pd.DataFrame(encoder.fit_transform(baskets), columns=encoder.columns_)
    frequent = table.loc[:, table.mean() >= min_support]
    itemsets = apriori(frequent, min_support=min_support, use_colnames=True, max_len=max_len)
    if (itemsets["itemsets"].map(len) < 2).all():
        return rules_from_lists([], [], [], [], [], len(baskets), contents)
    found = association_rules(
        itemsets,
        num_itemsets=len(baskets),
        metric="confidence",
        min_threshold=min_confidence - EPSILON,
        return_metrics=["support", "confidence", "lift"],
    )
    found = found[(found["consequents"].map(len) == 1) & (found["lift"] > min_lift + EPSILON)]
    return rules_from_lists(
        [sorted(films) for films in found["antecedents"]],
        [next(iter(films)) for films in found["consequents"]],
        *(found[name].tolist() for name in ("support", "confidence", "lift")),
        len(baskets),
        contents,
    )
