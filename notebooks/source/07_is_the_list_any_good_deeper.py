# %% [markdown]
# # 07 · Is the list any good?, deeper
#
# ### Exercise 5: flattery

# %%
import numpy as np


# %% tags=["exercise"]
def flattery(validation, test):
    """How much better the choice on the test part looks than the honest one."""
    # solution
    honest = test[np.arange(len(test)), validation.argmax(axis=1)]
    return np.mean(test.max(axis=1) - honest)
    # end


# %% tags=["exercise"]
def place_of(scores, seen, film):
    """Place of a film in a ranking without the films that the person has rated, from 1."""
    # solution
    return 1 + sum(
        scores[other] > scores[film] for other in scores if other not in seen
    )
    # end


# %% tags=["exercise"]
def pairs_by_blocks(B, size):
    """How many people like both of two films, counted some people at a time."""
    # solution
    pairs = np.zeros((B.shape[1], B.shape[1]))
    for first in range(0, B.shape[0], size):
        block = B[first : first + size].toarray()
        pairs += block.T @ block
    return pairs
    # end
