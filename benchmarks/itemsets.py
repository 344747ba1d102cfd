"""Rules with several antecedents: ours and mlxtend's three ways, in CPU seconds and memory.

    python benchmarks/itemsets.py

What the people of the bundled ratings liked, a confidence of .3 and any lift. Each figure comes
from a process of its own; the memory is what comes on top of imports and ratings. Linux only.
"""

import sys
from time import process_time

import pandas as pd
from processes import memory, run, work

ASKED = ((0.05, 3), (0.03, 4), (0.02, 3))  # support, films in a rule
WAYS = ("mine", "apriori, low_memory", "apriori", "fpgrowth")


def rules(way: str, support: float, max_len: int) -> dict:
    """Mine in one of the ways; mlxtend has its table of frequent films before the clock starts."""
    from mlxtend.frequent_patterns import apriori, association_rules, fpgrowth
    from mlxtend.preprocessing import TransactionEncoder

    from xrec_lessons.mining import mine, transactions
    from xrec_lessons.movielens import load

    likes = transactions("history", load().ratings)
    encoder = TransactionEncoder()
    table = pd.DataFrame(encoder.fit_transform(likes), columns=encoder.columns_)
    table = table.loc[:, table.mean() >= support]
    mine([{1, 2, 3}], max_len=3)  # compiled
    before, start = memory(), process_time()
    if way == "mine":
        found = mine(likes, min_support=support, max_len=max_len, min_lift=0)
    else:
        options = {"min_support": support, "use_colnames": True, "max_len": max_len}
        options |= {"low_memory": True} if way.endswith("low_memory") else {}
        itemsets = (fpgrowth if way == "fpgrowth" else apriori)(table, **options)
        metrics = ["support", "confidence", "lift"]
        found = association_rules(itemsets, min_threshold=0.3, return_metrics=metrics)
    seconds = process_time() - start
    return {"seconds": seconds, "memory": memory() - before, "rules": len(found)}


def main() -> None:
    print("| support, films in a rule |", " | ".join(WAYS), "|")
    print("|---|" + "---|" * len(WAYS))
    for support, max_len in ASKED:
        cells = []
        for way in WAYS:
            asked = {"way": way, "support": support, "max_len": max_len}
            found = run("itemsets.py", "rules", seconds=600, environment={}, **asked)
            cells.append(
                found.get("stopped")
                or f"{found['seconds']:.2g} s, {found['memory']:,.0f} MB, {found['rules']:,} rules"
            )
        print(f"| {support}, {max_len} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["rules"]:
        work({"rules": rules})
    else:
        main()
