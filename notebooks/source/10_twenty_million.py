# %% [markdown]
# # 10 · Twenty million ratings
#
# **Everything so far worked with a hundred thousand ratings. What breaks with twenty million, and what does not even notice?**
#
# The article's system was trained on MovieLens 20M: two hundred times as many ratings as in this course. A full retraining took 10 min 53 s there. Surprise's way of keeping ratings would need some seven gigabytes for them, more than many laptops have. In this lesson you take the chain of lessons 02 to 04 apart, ask of every link how its time and its memory *grow*, and rebuild those that grow too fast. In the end all of it runs in two minutes and little more than one gigabyte. No formula changes.
#
# *About 130 minutes; a good place for a break is before “Everybody's ten films”. Needs lessons 02 to 04; lesson 05 helps.* Afterwards you will be able to
#
# - **estimate**, before you run anything, how memory and time grow with the data,
# - **write** loops that a compiler makes hundreds of times as fast, and test that nothing else changed,
# - **replace** a search over people by a product of sparse tables, done in blocks.

# %%
import os
import sys
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

from xrec_lessons import checks, movielens

SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## Ratings that nobody gave
#
# MovieLens 20M may not be passed on, only downloaded from GroupLens. For most of this lesson we do not need it: what matters for speed is *how many* ratings there are and how unevenly they are spread, not what they say. So the course has a stand-in. `synthetic` makes ratings with the published *marginals* of MovieLens 20M, which means what one can count without looking at who rated what: as many users and films, the same few films that everybody rated and the same many that hardly anybody did, the same share of each number of stars. We begin with a million of them.

# %% tags=["nbval-check-output"]
from xrec_lessons.scale.synthetic import synthetic

data = synthetic(1_000_000, seed=SEED)
train, test = movielens.split(data.ratings, seed=SEED)

print(data)
print(data.ratings.head(3).to_string(index=False))
per_film = train.movieId.value_counts()
print(
    f"the most rated film has {per_film.max():,} ratings, half of the films at most "
    f"{per_film.median():.0f}"
)

# %% [markdown]
# The name says *synthetic*, and so do the films' titles. No person rated anything here. Behind the stars are a bias for each person and film, some invented taste, and chance. So the speed and the memory that you measure here are those that real ratings of that number would need. An *accuracy* that you measure here is not one of MovieLens, and this lesson will not claim that it is.
#
# ## Predict before you run
#
# Write your guesses down; round numbers are enough.
#
# 1. How many bytes does one rating take as a Python tuple `(film, stars)` in a list? And in two arrays?
# 2. Surprise trains one epoch of the bundled 100,004 ratings, shuffled, in some 50 milliseconds. With two hundred times as many ratings: how many times as long?
# 3. You fold one person with ten ratings into a model that was trained on 20 million ratings instead of 100,000. How many times as long does that take?
# 4. Recommend ten films to everybody, 138,493 people and 26,744 films. How large is the table of all their scores?
#
# ## What one rating costs
#
# Surprise keeps the training ratings in two dictionaries: for every user a list of tuples `(film, stars)`, and for every film a list of tuples `(user, stars)`. What does one rating weigh? (An *int32* is a whole number of 32 bits, which is 4 bytes, and a *float32* is a decimal number of as many. NumPy's usual float64 has 8 bytes and twice the digits.)

# %% tags=["nbval-check-output"]
pair, stars = (1721, 4.5), 4.5
parts = {"two tuples": 2 * sys.getsizeof(pair), "two places in lists": 2 * 8}
parts |= {"the float that both share": sys.getsizeof(stars)}
bytes_each = sum(parts.values())

print(parts, "together", bytes_each, "bytes")
print(f"20 million ratings: {bytes_each * 20e6 / 1e9:.1f} GB as tuples")
print(f"                    {(4 + 4) * 20e6 / 1e9:.2f} GB as an int32 and a float32")

# %% [markdown]
# (And before that Surprise makes one list of all rows, which costs as much again. Together it needs some 7 GB, measured.) The number itself, 4.5 stars, fits into four bytes; all else is wrapping. There is a second cost, which does not show in bytes: a tuple lies anywhere in these gigabytes, while an array lies in one piece, and what comes next in it has been fetched already. How much that matters you will measure.
#
# But SGD wants the ratings *user by user*, and a flat array has no lists. It does not need them. Bring the rows into the order of their users, and write down where each user begins. With five rows and four users, by hand:
#
# | row | 0 | 1 | 2 | 3 | 4 |
# |---|---|---|---|---|---|
# | user | 2 | 0 | 2 | 0 | 2 |
#
# User 0 has the rows 1 and 3, user 2 the rows 0, 2 and 4, the users 1 and 3 have none. So the order is 1, 3, 0, 2, 4. The users begin at the places 0, 2, 2 and 5, and the last one ends at 5: **0, 2, 2, 5, 5**. From here on user u is the slice from entry u to entry u + 1. With the films and the stars in this order beside it, it is called *compressed sparse rows* (CSR): three arrays that hold a huge, nearly empty table. Their usual names are `indptr` for the pointers, `indices` for the columns (here the films) and `data` for the values (the stars).
#
# ### Exercise 1: from rows to slices
#
# `users` has one whole number from 0 to `n_users` − 1 for every row. Return two arrays of whole numbers: `order`, the row numbers sorted by user, within a user as they came; and `indptr`, with `n_users` + 1 entries. Example: `rows_of_users(np.array([2, 0, 2, 0, 2]), 4)` is `([1, 3, 0, 2, 4], [0, 2, 2, 5, 5])`. NumPy has `argsort`, `bincount` and `cumsum`.


# %% tags=["exercise"]
def rows_of_users(users, n_users):
    """The rows sorted by user, and where each user's part of them begins and ends."""
    # solution
    order = np.argsort(users, kind="stable")
    indptr = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=n_users))])
    return order, indptr
    # end


# %%
checks.rows_of_users(rows_of_users)

# %% [markdown]
# The module does the same in `ArrayTrainset`, with the film ids numbered too. It is a training set of Surprise, only without the lists. Here are both, made from the bundled ratings: the same ratings in the same order, in the slices of exercise 1.

# %% tags=["nbval-check-output"]
from surprise import SVD, Dataset, Reader

from xrec_lessons.scale.trainset import ArrayTrainset

SCALE = (0.5, 5.0)
bundled = movielens.load().ratings[["userId", "movieId", "rating"]]
lists = Dataset.load_from_df(bundled, Reader(rating_scale=SCALE)).build_full_trainset()
arrays = ArrayTrainset(*(bundled[name] for name in bundled), rating_scale=SCALE)

same = list(lists.all_ratings()) == list(arrays.all_ratings())
print("the same ratings in the same order:", same)
print("user 0 is the slice", arrays.indptr[:2].tolist(), "of the arrays")

# %% tags=["nbval-check-output"]
rows_of_users = checks.use(rows_of_users)
_, indptr = rows_of_users(pd.factorize(bundled["userId"])[0], arrays.n_users)
print("the same slices:", np.array_equal(indptr, arrays.indptr))

# %% [markdown]
# ## The same steps, compiled
#
# The step of SGD is the one of lesson 02. In plain Python it is slow: for every single `+` the interpreter looks up what kind of things it has before it. In lesson 02 we let whole rows be added at once by NumPy. But for 50 numbers NumPy takes longer to *begin* than to add.
#
# There is another way. **Numba** reads a Python function, asks once which types come in, and translates the loops to machine code. Then a loop over 50 numbers is what it is: 50 multiplications and additions, several of them at a time. What a compiler likes best is just what this course has avoided so far: plain loops over plain arrays.
#
# ### Exercise 2: an epoch as plain loops
#
# The ratings of user u are the rows from `indptr[u]` up to `indptr[u + 1]`; row number `row` is about the film `items[row]` and has `stars[row]`. For each of them, in this order, take the step of lesson 02. First compute the error, once, $e = r - (\mu + b_u + b_i + p_u \cdot q_i)$, and then:
#
# $$b_u \leftarrow b_u + lr \, (e - reg \, b_u) \qquad b_i \leftarrow b_i + lr \, (e - reg \, b_i)$$
#
# $$p_{uf} \leftarrow p_{uf} + lr \, (e \, q_{if} - reg \, p_{uf}) \qquad q_{if} \leftarrow q_{if} + lr \, (e \, p_{uf} - reg \, q_{if})$$
#
# with the *old* $p_{uf}$ in the last one. Unlike in lesson 02, change copies and return the four, `b_u, b_i, p, q`: then the check can call you twice. Loop over the factors too, so that the compiler sees it all. (`np.sum(p[u] * q[i])` is fine for the dot product.)


# %% tags=["exercise"]
def epoch(indptr, items, stars, mu, b_u, b_i, p, q, lr, reg):
    """One epoch of SGD over all ratings, user by user; the new b_u, b_i, p and q."""
    # solution
    b_u, b_i, p, q = b_u.copy(), b_i.copy(), p.copy(), q.copy()
    for u in range(len(indptr) - 1):
        for row in range(indptr[u], indptr[u + 1]):
            i = items[row]
            e = stars[row] - (mu + b_u[u] + b_i[i] + np.sum(p[u] * q[i]))
            b_u[u] += lr * (e - reg * b_u[u])
            b_i[i] += lr * (e - reg * b_i[i])
            for f in range(p.shape[1]):
                old_p, old_q = p[u, f], q[i, f]
                p[u, f] += lr * (e * old_q - reg * old_p)
                q[i, f] += lr * (e * old_p - reg * old_q)
    return b_u, b_i, p, q
    # end


# %%
checks.epoch(epoch)

# %%
epoch = checks.use(epoch)

# %% [markdown]
# Now the function twice: as it stands, on the first 2,000 of the bundled ratings, and compiled by `njit`, on all of them. (The first call compiles; we do not time it. Numba knows only a part of Python, loops and arrays above all. If it cannot read your function, it says where, and the course's own is compiled.)

# %%
from time import perf_counter

from numba import njit

compiled = njit(epoch)


def timed(function, *arguments, times=1):
    """Return what a call returns, and the fewest seconds that it took in so many times."""
    seconds = []
    for _ in range(times):
        start = perf_counter()
        result = function(*arguments)
        seconds.append(perf_counter() - start)
    return result, min(seconds)


# %%
def start(trainset, k=50):
    """Where SGD begins: no biases, small random factors."""
    draw = np.random.RandomState(SEED)
    n, m = trainset.n_users, trainset.n_items
    p, q = draw.normal(0, 0.1, (n, k)), draw.normal(0, 0.1, (m, k))
    return np.zeros(n), np.zeros(m), p, q


everything = arrays.items, arrays.stars, arrays.global_mean, *start(arrays), 0.005, 0.02
whole = arrays.indptr[arrays.indptr <= 2000]  # of whole users
first = np.minimum(arrays.indptr, whole[-1])  # the others have no rows

# %%
from numba.core.errors import NumbaError

try:
    compiled(first, *everything)
except NumbaError as error:
    print("Numba cannot read your function:", error)
    compiled = njit(checks.reference("epoch"))
    compiled(first, *everything)

# %%
by_python, slow = timed(epoch, first, *everything)
by_machine, _ = timed(compiled, first, *everything)
_, fast = timed(compiled, arrays.indptr, *everything, times=3)

print(f"Python:   {slow / first[-1] * 1e6:.0f} µs a rating")
print(f"compiled: {fast / arrays.n_ratings * 1e6:.2f} µs a rating")
apart = [abs(a - b).max() for a, b in zip(by_python, by_machine, strict=True)]
print("largest difference:", max(apart))

# %% [markdown]
# Hundreds of times as fast, by one word. And is it the same? To within a unit of the last digit that a float64 has, for numbers around 0.1. The rest is the dot product: NumPy adds several partial sums and the compiled loop goes from left to right, and (a + b) + c is not quite a + (b + c) when a computer rounds.
#
# Do the sum for the article's training, 20 epochs of 20 million ratings: Python's time for a rating, times 400 million. Some five hours; compiled, less than a minute.
#
# One warning goes with it. Python tells you when you ask for row 7 of 5. Compiled code does not look: it reads, or writes, what lies behind the array, and at best it crashes. So test a function in Python first and compile it then. (The check of exercise 2 looks at the function in Python even if you have compiled it.)
#
# Why then is Surprise slower, which is compiled too? Its arithmetic is compiled. But for each rating it asks Python for the next tuple of a list. Let us see three side by side: Surprise; the course's copy of it in your kind of loop, `CompiledSVD`, told to do every single operation in Surprise's order; and the same without that order, so that several additions can be done at a time. All three train 20 epochs on the bundled ratings, with the article's settings; the fastest of three times counts.

# %%
from xrec_lessons.scale.compiled import CompiledSVD

setting = {"n_factors": 50, "n_epochs": 20, "random_state": SEED}
CompiledSVD(n_epochs=1).fit(arrays)  # compile, or read what an earlier run compiled
theirs, slow = timed(SVD(**setting).fit, lists, times=3)
print(f"Surprise:    {slow:.2f} s")

for name, exact in (("ours, exact:", True), ("ours:", False)):
    ours, fast = timed(CompiledSVD(exact=exact, **setting).fit, arrays, times=3)
    apart = max(abs(ours.pu - theirs.pu).max(), abs(ours.qi - theirs.qi).max())
    times = f"{slow / fast:.1f} times as fast"
    print(f"{name:12} {fast:.2f} s, {times}, factors at most {apart:.0e} apart")

# %% [markdown]
# With `exact=True` the difference is **0**: not a small number, but nothing at all, to the last of the 64 bits of a float64. That is the best test that a faster program can pass. Without it the sums are reordered; that is faster still, and the difference is around the sixteenth digit.
#
# And where is the second cost, that tuples can lie anywhere? It has not shown yet. The file lists its ratings user after user, so Surprise made its tuples in just the order in which it visits them, and they lie side by side. But a training set is usually *shuffled*: `train_test_split` and cross-validation in Surprise do it, so the article's split did it, and `train_svd` does it, because it predicts better (lesson 02). Then neighbours in a user's list lie far apart, and the processor waits for each of them. The same ratings, shuffled:

# %%
mixed = bundled.sample(frac=1, random_state=SEED)
scattered = Dataset.load_from_df(
    mixed, Reader(rating_scale=SCALE)
).build_full_trainset()
in_rows = ArrayTrainset(*(mixed[name] for name in mixed), rating_scale=SCALE)

_, shuffled = timed(SVD(**setting).fit, scattered, times=3)
_, ours_shuffled = timed(CompiledSVD(**setting).fit, in_rows, times=3)
print(f"Surprise: {slow:.2f} s in the order of the file, {shuffled:.2f} s shuffled")
print(
    f"ours:     {fast:.2f} s in the order of the file, {ours_shuffled:.2f} s shuffled"
)

# %% [markdown]
# Already with a hundred thousand ratings Surprise takes several times as long, and ours hardly notices: it lays its rows out anew, in the order of its visits, whatever order they come in. And these tuples still fit into the processor's *cache*, a small and fast memory of its own. Those of twenty million do not.
#
# All lessons have used the faster one since `train_svd` first appeared. A training of more than two seconds shows a bar, and with `progress=True` every one does; it counts the epochs and says the *training error*: the error of every rating just before its own step.

# %%
from xrec_lessons.svd import train_svd

trained = train_svd(train, seed=SEED, progress=True)


# %% tags=["nbval-check-output"]
def rmse(trained, test):
    """Test RMSE in stars, without a list of tuples."""
    predicted = trained.predict_many(test.userId, test.movieId)
    return np.sqrt(np.mean((test.rating.to_numpy(float) - predicted) ** 2))


biases = train_svd(train, seed=SEED, n_factors=0)  # biases only
print(f"test RMSE, a million synthetic ratings: {rmse(trained, test):.3f}")
print(f"biases alone, by the same SGD:          {rmse(biases, test):.3f}")

# %% [markdown]
# The second number is there as a yardstick, as in lesson 02. The model is well below it, so it has found the invented taste: the training works at this size. How *large* the gap is says nothing of films; it was put in.
#
# ## What does not grow: one person
#
# Now the fold-in of lesson 03, on this model, for an invented person with ten ratings; and the influence of those ten on ten films (lesson 05). Beside it the small model that comes with the course. What do you expect (question 3)?

# %%
from xrec_lessons.bundle import load_bundle
from xrec_lessons.fold_in import fold_in
from xrec_lessons.influence import influence_arrays
from xrec_lessons.model import ItemFactors


def one_person(model, repeats=200):
    """Median microseconds to fold in a person with ten ratings, and to explain."""
    films = model.ids[:: len(model.ids) // 20][:20]
    ratings, targets = dict.fromkeys(films[:10].tolist(), 4.0), films[10:]
    fold, explain = [], []
    for _ in range(repeats):
        fold.append(timed(fold_in, model, ratings)[1])
        explain.append(timed(influence_arrays, [model], ratings, targets)[1])
    return np.median(fold) * 1e6, np.median(explain) * 1e6


# %%
small, large = load_bundle().models[0], ItemFactors.from_surprise(trained)
for name, model in (("100,004 ratings:", small), ("750,000 ratings:", large)):
    folding, explaining = one_person(model)
    print(
        f"{name} fold-in {folding:.0f} µs, influence on ten films {explaining:.0f} µs"
    )

# %% [markdown]
# The same, but for what else the machine does. It had to be. Look at the formula of the fold-in,
#
# $$w = (X^\top X + \lambda I)^{-1} X^\top y$$
#
# $X$ has a row for each of *this person's* ratings, and a column of ones for the bias and one for each factor. The number of users is not in it, nor the number of films, nor that of all ratings. What grows with the data is the training, and the fold-in leaves that alone; its cost depends on the person. That is the reason why it can answer while somebody waits, whatever the size of the shop.
#
# ## Everybody's ten films
#
# For rules and for fidelity we need the top films of *everybody*. `top_n` sorts one person's scores, and calling it for everybody is a loop in Python. One product does them all: the table of scores is $p \, q^\top$, with a row for every person and a column for every film. Question 4:

# %% tags=["nbval-check-output"]
people, films = 138_493, 26_744

print(f"{people * films:,} scores of 8 bytes: {people * films * 8 / 1e9:.0f} GB")

# %% [markdown]
# Too much for a laptop, and not needed: once somebody's ten films are found, their row of scores can go. So we take a **block** of people, score all films for them, keep ten for each, and go on to the next block. The larger the block, the less often Python has to do anything; the smaller, the less memory.
#
# ### Exercise 3: how many people at a time?
#
# Return, as an `int`, the largest number of users whose scores, a float64 of 8 bytes for each film, fit into so many megabytes (a million bytes each); but at least 1. Example: `users_per_block(1000, 1.0)` is 125.


# %% tags=["exercise"]
def users_per_block(n_films, megabytes):
    """How many users' scores fit into so many megabytes; at least one."""
    # solution
    return max(1, int(megabytes * 1e6 // (8 * n_films)))
    # end


# %%
checks.users_per_block(users_per_block)

# %%
users_per_block = checks.use(users_per_block)

# %% [markdown]
# ### Exercise 4: the best films for a block
#
# `p` has a row for each user of the block and `q` one for each film, `b_i` are the films' biases, and `seen` is a table of True and False: who has rated what. Return the row numbers of each user's `n` best films that they have *not* seen, best first, of equal scores the lower number first; shape (users, n). The mean μ and the user's own bias are not among the arguments. Why not? Example: with `p` = `[[1], [-2]]`, `b_i` = `[0, 1.25, 0, 0]`, `q` = `[[1], [0], [-1], [0.5]]`, the first user has seen film 0 and the second film 2; the two best are `[[1, 3], [1, 3]]`.


# %% tags=["exercise"]
def top_of_block(p, b_i, q, seen, n):
    """Rows of the n best unseen films for each user of a block, best first; shape (users, n)."""
    # solution
    scores = b_i + p @ q.T
    scores[seen] = -np.inf
    return np.argsort(-scores, axis=1, kind="stable")[:, :n]
    # end


# %%
checks.top_of_block(top_of_block)

# %%
top_of_block = checks.use(top_of_block)

# %% [markdown]
# μ and $b_u$ are the same for all films of a person, so they change no order. Here is the loop over the blocks, made of the two functions. `Population` holds everybody who was in the training data: ids, biases, factors, and their ratings as a sparse table, in the slices of exercise 1. As before, only films with at least 50 ratings are recommended. The module's `top_n` does the same, but does not sort thousands of scores to keep ten: it goes through them once and remembers the ten best so far.

# %%
from xrec_lessons.scale.population import Population, top_n

model = ItemFactors.from_surprise(trained)
population = Population.from_surprise(trained, model)
well_known = np.sort(per_film.index[per_film >= 50])
rows = model.rows(well_known)


# %%
def top_in_blocks(n=10, megabytes=20):
    """Everybody's n best well-known films that they have not rated."""
    size = users_per_block(len(rows), megabytes)
    for begin in range(0, len(population.ids), size):
        block = slice(begin, begin + size)
        seen = population.ratings[block][:, rows].toarray() > 0
        parts = population.p[block], model.b[rows], model.q[rows]
        yield well_known[top_of_block(*parts, seen, n)]


# %%
ours, sorting = timed(lambda: np.concatenate(list(top_in_blocks())))
scan = partial(top_n, model, population, 10, candidates=well_known)
recommended, scanning = timed(scan)

print(f"{len(ours):,} people: sorted in {sorting:.1f} s, scanned in {scanning:.1f} s")
print(f"the same film in {np.mean(ours == recommended):.2%} of the places")

# %% [markdown]
# Scanning is several times as fast as sorting, because most films fall at the first comparison: they are worse than the tenth so far. Try other blocks, such as `top_in_blocks(megabytes=0.2)` or `200`: from some hundred people in a block on, its size makes hardly any difference to the time.
#
# ## Pairs without a search
#
# Now the rules of lesson 04. There $B$ was a table of 0 and 1, with a row for each person and a column for each film, and one product counted all pairs at once:
#
# $$(B^\top B)_{ab} = \sum_u B_{ua} B_{ub}$$
#
# Each term is 1 if person u has both films, and otherwise 0; on the diagonal stands how many have the film at all. So why not do just this? Because $B$ as a plain array has 138,493 · 26,744 places, 30 GB once more. And mlxtend's apriori, which lesson 04 used, does worse: for every pair of frequent films it compares two columns as long as there are people, and it holds the results for all pairs. With the bundled 671 people's liked and recommended films and a support of 0.0075 there are some two million pairs, and it takes 3.5 gigabytes. For 1,000 people it took 6.4 GB, and for 2,000 it gave up (measured beforehand, with at most ten gigabytes allowed).
#
# But nearly all of $B$ is 0: who has 80 films of 10,000 in their list has 80 entries that matter. Keep those alone, in the three arrays of exercise 1. SciPy does it:

# %% tags=["nbval-check-output"]
from scipy.sparse import csr_array

toy = csr_array(np.array([[1, 1, 0], [1, 1, 1], [1, 0, 0]], dtype=bool))

print("indptr", toy.indptr, "indices", toy.indices, "data", toy.data)
print((toy.astype(int).T @ toy.astype(int)).toarray())

# %% [markdown]
# Row 0 is the slice from 0 to 2 of `indices`: the films 0 and 1. The product of sparse tables, also with `@`, goes from person to person and from film to film in their list. It meets the pairs that exist, and never touches a 0. Two of the three people have the films 0 and 1, and three have film 0. Mind the type: what is made of True and False stays True and False, so we turned it into whole numbers before we added anything up.
#
# ### Exercise 5: count all pairs
#
# `baskets` is a `csr_array` of True and False, a row a person and a column a film. Return the counts of all pairs, with the films' own on the diagonal, as a sparse table or a plain array. There may be hundreds of thousands of people, so take one product of sparse tables, no loop and no table that holds the zeros. Example: the baskets `[[True, True], [True, True], [False, True], [True, False]]` give `[[3, 2], [2, 3]]`.


# %% tags=["exercise"]
def pair_counts(baskets):
    """How many baskets hold both films, for all pairs; on the diagonal each film alone."""
    # solution
    table = baskets.astype(np.int32)
    return (table.T @ table).toarray()
    # end


# %%
checks.pair_counts(pair_counts)

# %% [markdown]
# Support, confidence and lift follow from these counts, as in lesson 04. The module's `mine_pairs` counts in the same way, only that its loop over the pairs of each list is compiled, which takes a fifth of the time of SciPy's product. Does it find what apriori finds? A test on real baskets: what all people of the bundled data liked, at the article's support of 5 %.

# %% tags=["nbval-check-output"]
from mlxtend.frequent_patterns import apriori

from xrec_lessons.scale.population import baskets, liked

pair_counts = checks.use(pair_counts)
known = ItemFactors.from_surprise(theirs)  # Surprise's own model of the bundled ratings
history = baskets("history", Population.from_surprise(theirs, known), known)
counts = csr_array(pair_counts(history)).toarray()
often = np.triu(counts, k=1) >= 0.05 * history.shape[0]

table = pd.DataFrame(history.toarray(), columns=known.ids)
frequent = apriori(table, min_support=0.05, use_colnames=True, max_len=2)
pairs = frequent["itemsets"].str.len() == 2
print(f"frequent pairs: {pairs.sum():,} by apriori, {often.sum():,} by counting")

# %% [markdown]
# The same pairs. And the rules, in the order of their films:

# %%
from mlxtend.frequent_patterns import association_rules

from xrec_lessons.scale.pair_rules import mine_pairs

by_counting = mine_pairs(history, known.ids, min_support=0.05).frame()
by_apriori = association_rules(frequent, min_threshold=0.3)
by_apriori = by_apriori[by_apriori["lift"] > 1]

one = {"consequent": by_apriori["consequents"].map(min)}  # of a set of one film
by_apriori = by_apriori.assign(antecedent=by_apriori["antecedents"].map(min), **one)
by_counting = by_counting.assign(antecedent=by_counting["antecedents"].map(min))
by_apriori = by_apriori.sort_values(["antecedent", "consequent"])
by_counting = by_counting.sort_values(["antecedent", "consequent"])

# %% tags=["nbval-check-output"]
print(f"{len(by_apriori):,} rules by apriori, {len(by_counting):,} by counting")
for part in ("antecedent", "consequent", "support", "confidence", "lift"):
    print(f"  {part} equal: {np.array_equal(by_apriori[part], by_counting[part])}")

# %% [markdown]
# Equal, every rule, to the last bit. Now for everybody of the million, and with the rules the *fidelity* of lesson 04: which share of all people's ten films can be explained by a rule whose antecedent they liked? (Lists of the kind “liked+top”, as in lesson 04: what a person liked, and the 30 films that the model ranks first.)

# %% tags=["nbval-check-output"]
from xrec_lessons.scale.pair_rules import best_rules, fidelity_all

table = baskets("liked+top", population, model, candidates=well_known)
rules = mine_pairs(table, model.ids)
found = best_rules(rules, liked(population), recommended, model.ids)
measured = fidelity_all(rules, found, recommended)

print(f"{len(rules):,} rules from {table.shape[0]:,} baskets,")
print(f"with {table.nnz / table.shape[0]:.0f} films in each on average")
print({name: round(value, 2) for name, value in measured.items()})

# %% [markdown]
# (*Coverage* is the share of people with at least one explained film, *lift* the median of the rules for the first three. Synthetic people again: the figures say that the chain works, not that films are like this.)
#
# ## How does it grow?
#
# Everything is in place for the large sizes. One question before: how does one *say* how something grows? If the seconds are $c \cdot n^a$ for n ratings, then
#
# $$\log(\text{seconds}) = \log c + a \cdot \log n$$
#
# and that is a straight line with the slope $a$, if both axes count in powers of ten. With $a = 1$, ten times the data take ten times as long; with $a = 2$ a hundred times, with $a = ½$ three times, and with $a = 0$ it does not care. The other way round: measure at several sizes, take the logarithms, fit a line.
#
# ### Exercise 6: the power
#
# `sizes` and `seconds` are arrays of the same length. Return the slope of the line that fits their logarithms best (least squares; NumPy has `polyfit`). Example: 10 and 100 ratings in 0.5 and 50 seconds: `growth(np.array([10, 100]), np.array([0.5, 50]))` is 2.


# %% tags=["exercise"]
def growth(sizes, seconds):
    """The power of the size with which the seconds grow: the slope on logarithmic axes."""
    # solution
    return np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
    # end


# %%
checks.growth(growth)

# %%
growth = checks.use(growth)

# %% [markdown]
# ## All twenty million
#
# Which powers do you expect for the training, for everybody's top ten, for the rules, for one person's fold-in? Write them down. The next cells run the whole chain at three sizes and take the time of every link. With all twenty million they need **one to three minutes and 1.2 gigabytes**; on a small machine, such as a free one on Binder, put `LARGEST = 1_000_000`.
#
# For the largest size this looks for the *real* MovieLens 20M: in the folder that the environment variable `XREC_DATA_DIR` names, or else at GroupLens (199 MB, once). If there is no network, it says so and takes the stand-in.

# %%
from xrec_lessons.ratings.places import DataError
from xrec_lessons.ratings.releases import is_offline

LARGEST = int(os.environ.get("XREC_LARGEST", 20_000_263))
SIZES = [n for n in (100_000, 1_000_000, 20_000_263) if n <= LARGEST]


# %%
def ratings_of(n):
    """MovieLens 20M itself if it is to be had, otherwise a stand-in of n ratings."""
    if n == 20_000_263:
        print("looking for MovieLens 20M …")
        try:
            return movielens.load("20m", compact=True)
        except DataError as error:
            if not is_offline(error):
                raise  # it is there and cannot be read: no reason to go on with something else
            print(error)
            print("So this goes on with a synthetic stand-in.")
    return synthetic(n, seed=SEED)


# %%
def chain(n):
    """Seconds of every link, for n ratings."""
    data = ratings_of(n)
    print(data)
    counts = data.ratings.movieId.value_counts()
    candidates = np.sort(counts.index[counts >= 50])
    trained, training = timed(partial(train_svd, data.ratings, seed=SEED))
    del data, counts  # their memory is needed
    model = ItemFactors.from_surprise(trained)
    everybody = Population.from_surprise(trained, model)
    del trained
    folding, explaining = np.array(one_person(model)) / 1e6
    seconds = {"training": training, "fold-in": folding, "influence": explaining}
    return {"ratings": n} | seconds | for_all(model, everybody, candidates)


# %%
def for_all(model, everybody, candidates):
    """Seconds for everybody's ten films, for the rules, and for the fidelity."""
    known = {"candidates": candidates}
    top, scoring = timed(partial(top_n, model, everybody, 10, **known))
    table = baskets("liked+top", everybody, model, **known)
    rules, counting = timed(mine_pairs, table, model.ids)
    found, looking = timed(best_rules, rules, liked(everybody), top, model.ids)
    share = fidelity_all(rules, found, top)["fidelity"]
    print(f"  {len(rules):,} rules explain {share:.0%} of all recommendations")
    return {"top 10 for all": scoring, "rules": counting, "fidelity": looking}


# %%
measured = pd.DataFrame([chain(n) for n in SIZES]).set_index("ratings")
measured.round(5)

# %% [markdown]
# (Why do a hundred thousand ratings give more rules than a million? A support of 0.0075 is six people of 692, and six people have many a pair in common by chance. Why not the number from above? Those rules came from three quarters of the ratings.)

# %%
if len(measured) > 1:
    for link, seconds in measured.items():
        print(f"{link:15} grows with power {growth(measured.index, seconds):.2f}")

# %%
fig, ax = plt.subplots(figsize=(7, 5))
colors = sns.color_palette("colorblind", 6)
for link, color, marker in zip(measured, colors, "osD^vP", strict=True):
    ax.plot(measured.index, measured[link], marker=marker, color=color, label=link)
ax.set(xscale="log", yscale="log", xlabel="ratings", ylabel="seconds")
ax.set_title("Training, top films and rules grow with the data; one person does not")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# *In words:* six lines from left to right, with a mark at each size; the powers are those of the run in which this was written. Everybody's ten films is the steepest, with a power of 1.3: its work is people times films, and there are more of both. Training follows with 1.1, a little more than the ratings alone would ask. Rules and fidelity rise more slowly, with 0.6: much of the work for rules is done once for each pair of frequent films, and more people do not make more of those. Fold-in and influence are two flat lines at the bottom, some 30 and 40 millionths of a second at every size, with a power of 0.
#
# Where do the guesses stand?
#
# 1. **A rating:** 88 bytes as a tuple in one list, 152 as Surprise keeps it, 8 in two arrays.
# 2. **An epoch:** with 200 times as many ratings our loop takes some 180 times as long. Surprise's takes 200 times as long if the rows come in the order of the file, and 400 times if they are shuffled, because the tuples no longer fit into any cache. In one run of the benchmark below, on three quarters of 20 million ratings, Surprise's training (20 epochs, shuffled, set-up included) took almost seven minutes and 5.2 GB, ours eleven seconds and 0.7 GB.
# 3. **A person:** no longer at all. In the article the fold-in took 0.01 to 0.4 seconds; the closed form takes some 30 millionths of a second.
# 4. **The table of all scores:** 30 GB, of which nobody needs more than a block at a time.
#
# All of this compared with other libraries, with growth curves and memory, one process for each figure: `python benchmarks/scale.py`.
#
# ## What could mislead you here
#
# - **Faster is not better.** Not one prediction changed in this lesson, nor should it: with `exact=True` the model is Surprise's to the last bit. More data can make a model better; a faster loop only lets you find out.
# - **Synthetic is not real.** The stand-in has no series, no sequels and no fashion. Its RMSE, its rules and its fidelity are properties of a random generator. If the last step found the real MovieLens 20M, its fidelity is the one figure above that speaks of films.
# - **A time is a time on one machine.** Between two runs on a busy machine the same loop can take twice as long. Believe ratios within one run, and slopes, more than seconds.
# - **A slope holds where it was measured.** Ten times the data can cross a border: what fitted into the processor's cache does not any more, what fitted into memory is written to disk. With shuffled rows Surprise crossed one; our loop crosses its own later, not never.
# - **Rules do not grow with people alone.** Twenty times as many people make the same table of counts, only the sums are larger. But a lower support lets in more films, and pairs grow with their square. With three films in a rule, they grow with the cube.
#
# ## Key points
#
# - Ask of every step how it grows: with the ratings, the people, the films, their square? The formula often tells before any clock does.
# - At this size memory is speed. Eight bytes in a row beat 150 bytes scattered.
# - A compiler makes plain loops fast. Test a faster version against the old one, if possible to the last bit.
# - Never hold a table of everybody and everything. Work in blocks, keep what is asked for.
# - A count over people is a matrix product, and a sparse one never touches a 0.
# - The fold-in and its influence depend on one person's ratings only. They are the same at any size.

# %%
checks.progress()

# %% [markdown]
#
# ## Two questions
#
# Press an answer: it answers back.

# %%
checks.quiz("10")

# %% [markdown]
# **Where to go from here.** This was the last lesson. You have derived a recommender, explanations that one can test, a study that one can trust, and the arithmetic that makes them fit a laptop. If one machine is not enough, `xrec_lessons.scale.spark` takes factors and rules that Spark learned on a cluster, and everything of lessons 03 to 06 runs on them unchanged. If your question is about people rather than machines: [lesson 08, *Run the user study*](08_run_the_study.ipynb), with participants of your own.
