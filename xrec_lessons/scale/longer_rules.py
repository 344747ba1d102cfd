"""Rules with several antecedents: every frequent set of films once, depth first.

mlxtend's apriori keeps all candidates of a length side by side, people by candidates, or, with
``low_memory=True``, a Python object for each set. Here one set is held at a time, with the people
who have it as bits, so rules can be counted before memory is taken for them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array

from xrec_lessons.rules import EPSILON, Rules, check_mining
from xrec_lessons.running.bars import bar
from xrec_lessons.running.blocks import blocks, compiled
from xrec_lessons.scale.pair_rules import (
    MEMORY,
    check_memory,
    frequent_films,
    least_count,
    mine_pairs,
    rules_memory,
    rules_of_counts,
)

__all__ = ["mine_baskets"]

WORK = 1 << 27  # words of bits looked at before Ctrl-C is heard again
FURTHER = 3  # times `memory` up to which rules are counted, to say what they would take


def mine_baskets(
    baskets: csr_array,
    ids: np.ndarray,
    *,
    max_len: int = 2,
    min_support: float = 0.0075,
    min_confidence: float = 0.3,
    min_lift: float = 1.0,
    contents: str = "liked+top",
    memory: float = MEMORY,
) -> Rules:
    """Mine rules as `pair_rules.mine_pairs`, with up to `max_len` films, consequent included.

    References
    ----------
    Zaki (2000), Scalable algorithms for association mining, IEEE TKDE 12(3): depth first, with the
    transactions of each set at hand (Eclat).

    Examples
    --------
    >>> baskets = csr_array([[1, 1, 1], [1, 1, 1], [1, 0, 1], [0, 0, 0]])
    >>> rules = mine_baskets(baskets, np.array([1, 2, 3]), max_len=3, min_support=0.5)
    >>> [rule.antecedents for rule in rules if rule.consequent == 2]
    [(1,), (1, 3), (3,)]
    """
    check_mining(baskets.shape[0], min_support, min_confidence, max_len)
    if max_len == 2:
        return mine_pairs(
            baskets,
            ids,
            min_support=min_support,
            min_confidence=min_confidence,
            min_lift=min_lift,
            contents=contents,
            memory=memory,
        )
    films, count, table = frequent_films(baskets, ids, min_support)
    n = table.shape[0]
    max_len = max(2, min(max_len, len(films)))
    asked = _bits(table), least_count(n, min_support), min_confidence - 2 * EPSILON
    most = int(FURTHER * memory / rules_memory(1, max_len))
    pairs = _grow(*asked, most, *_room(0, 2))  # soon told, and they are among the others
    n_rules = pairs if pairs > most else _grow(*asked, most, *_room(0, max_len))
    check_memory(n_rules, max_len, memory, at_least=n_rules > most)
    antecedents, consequent, both, have = room = _room(n_rules, max_len)
    _grow(*asked, most, *room)
    counts = both, have, count[consequent]
    found = films[antecedents], films[consequent]
    return rules_of_counts(*found, *counts, n, min_confidence, min_lift, contents)


def _room(n: int, max_len: int) -> tuple[np.ndarray, ...]:
    return np.empty((n, max_len - 1), np.int32), *np.empty((3, n), np.int32)


def _bits(table: csr_array) -> np.ndarray:
    """Who has each film, shape (films, words), a bit for each person."""
    n, m = table.shape
    words = np.zeros((m, (n + 63) // 64), np.uint64)
    for a, b in blocks(table.indptr):
        person = np.repeat(np.arange(a, b), np.diff(table.indptr[a : b + 1]))
        bit = np.uint64(1) << (person % 64).astype(np.uint64)
        films = table.indices[table.indptr[a] : table.indptr[b]]
        np.bitwise_or.at(words, (films, person // 64), bit)
    return words


def _grow(
    words: np.ndarray, least: int, min_confidence: float, most: int, *room: np.ndarray
) -> int:
    """Write the rules of all sets of `least` people while there is room; how many there are.

    Counting stops above `most`.
    """
    max_len = room[0].shape[1] + 1
    own = np.full(max_len, -1)  # the set's films
    people = np.empty((max_len, words.shape[1]), np.uint64)  # who has the first, the first two, …
    state = np.array([1, 0])  # the set's size, and the rules found
    steps = max(1, WORK // (max_len * max(1, words.shape[1])))

    def parts() -> Iterator[int]:
        while state[0] and state[1] <= most:
            _grow_on(words, least, min_confidence, most, *room, own, people, state, steps)
            yield int(state[1])

    for _ in bar(parts(), "mining", unit=" parts", note=lambda found: f"{found:,} rules"):
        pass
    return int(state[1])


@compiled()
def _grow_on(
    words,
    least,
    min_confidence,
    most,
    antecedents,
    consequent,
    both,
    have,
    own,
    people,
    state,
    steps,
):
    """Go on for so many sets. A film that is added comes after those in it: each is met once."""
    n_films = len(words)
    max_len = antecedents.shape[1] + 1
    size, found = state
    while size and steps and found <= most:
        steps -= 1
        own[size - 1] += 1
        if own[size - 1] == n_films:
            size -= 1
            continue
        people[size - 1] = words[own[size - 1]]
        if size > 1:
            people[size - 1] &= people[size - 2]
        count = _ones(people[size - 1])
        if count < least:
            continue
        for place in range(size if size > 1 else 0):
            with_others = _without(words, own, size, place)
            if count >= min_confidence * with_others:
                if found < len(both):
                    for i in range(max_len - 1):  # the last antecedent is repeated
                        j = min(i, size - 2)
                        antecedents[found, i] = own[j + (j >= place)]
                    consequent[found], both[found], have[found] = own[place], count, with_others
                found += 1
        if size < max_len:
            own[size] = own[size - 1]
            size += 1
    state[0], state[1] = size, found


@compiled()
def _without(words, own, size, place):
    """Count the people who have all films of a set but the one at a place."""
    first = 1 if place == 0 else 0
    people = words[own[first]].copy()
    for other in range(first + 1, size):
        if other != place:
            people &= words[own[other]]
    return _ones(people)


M1, M2, M4 = (np.uint64(int(mask * 8, 16)) for mask in ("55", "33", "0f"))
S1, S2, S4, S56, H01 = (np.uint64(v) for v in (1, 2, 4, 56, 0x0101010101010101))


@compiled()
def _ones(words):
    """Count the bits that are set: side by side in each word, as `int.bit_count`."""
    total = np.int64(0)
    for x in words:
        x = x - ((x >> S1) & M1)
        x = (x & M2) + ((x >> S2) & M2)
        x = (x + (x >> S4)) & M4
        total += np.int64((x * H01) >> S56)
    return total
