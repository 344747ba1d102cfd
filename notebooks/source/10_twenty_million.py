# %% [markdown]
# # 10 · Twenty million ratings
#
# **Everything so far worked with a hundred thousand ratings. What breaks with twenty million, and what does not even notice?**
#
# The article's system learned from MovieLens 20M, two hundred times as many ratings as in this course. You take the chain of lessons 02 to 04 apart and ask of every link how its time and its memory *grow*.
#
# *About 50 minutes. Needs lessons 02 to 04, and logarithms.* Afterwards you will be able to
#
# - **estimate**, before you run anything, how memory and time grow with the data,
# - **lay out** a huge, nearly empty table in three short arrays, and work through it in blocks,
# - **measure** how something grows, and **decide** what has to be rebuilt.

# %%
import sys
from functools import partial
from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display

from xrec_lessons import checks, movielens
from xrec_lessons.bundle import load_bundle
from xrec_lessons.drawings import lesson_10 as drawings
from xrec_lessons.drawings import theme
from xrec_lessons.explorer import kept_ratings

theme.follow_theme()
SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## Ratings that nobody gave
#
# MovieLens 20M may not be passed on. For speed it does not matter what the ratings say, only how many there are, and how unevenly they are spread. So `synthetic` makes ratings with the published counts of MovieLens 20M. You take a million. (The first time on a computer this takes a quarter of a minute.)

# %% tags=["nbval-check-output"]
from xrec_lessons.scale.synthetic import synthetic

data = synthetic(1_000_000, seed=SEED)
per_film = data.ratings.movieId.value_counts()  # the most rated film first

print(data)
print(data.ratings.head(3).to_string(index=False))
print(
    f"most ratings of a film: {per_film.max():,}, the median: {per_film.median():.0f}"
)

# %% [markdown]
# No person rated anything here, and no film exists. So this lesson claims no *accuracy*, only speed and memory.
#
# ## Predict before you run
#
# Round numbers are enough.
#
# 1. Surprise keeps every rating twice: as a tuple `(film, stars)` in a list of its user, and as a tuple `(user, stars)` in a list of its film. **How many bytes does one rating take?** The stars alone fit into 4.
# 2. Ten times as many ratings come, with more people and more films. If something then takes ten times as long, we say that it grows with the *power* 1. A hundred times as long is the power 2, about three times as long is the power ½, and just as long is the power 0. **Which powers do you expect?** Type four numbers in square brackets: for training the model, for everybody's ten best films, for mining the rules, for folding in one person.

# %%
bytes_guess = checks.guess("10 bytes of a rating", ...)
powers_guess = checks.guess("10 four powers", ...)
display(bytes_guess, powers_guess)

# %% [markdown]
# ## What one rating costs
#
# Python can weigh its objects:

# %% tags=["nbval-check-output"]
pair, stars = (1721, 4.5), 4.5
parts = {"two tuples": 2 * sys.getsizeof(pair), "two places in lists": 2 * 8}
parts |= {"the float that both share": sys.getsizeof(stars)}
bytes_each = sum(parts.values())

print(parts, "together", bytes_each, "bytes")
print(f"20 million ratings: {bytes_each * 20e6 / 1e9:.1f} GB as tuples")
print(f"                    {(4 + 4) * 20e6 / 1e9:.2f} GB in two arrays, 4 bytes each")

# %%
fig, ax = plt.subplots(figsize=(7, 2.2))
left = 0
for name, size in parts.items():
    ax.barh("Surprise", size, left=left, label=name)
    left += size
ax.barh("two arrays", 4 + 4, label="film and stars")
bytes_guess.draw(ax)
ax.set(xlabel="bytes for one rating", title="One rating, wrapped and unwrapped")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown]
# *In words:* two bars. Surprise's has three pieces: 112 bytes of tuples, 16 for their places in two lists, and 24 for the float. Together they are 152 bytes. The bar of the two arrays has 8: a whole number of 4 bytes for the film, a decimal number of 4 for the stars.
#
# All else is wrapping. But SGD wants the ratings *user by user*, and a flat array has no lists. It does not need them. Sort the rows by user, and write down where each user begins. Move the slider from user to user, and watch which two fingers hold the slice.

# %%
drawings.slices()

# %% [markdown]
# *In words:* five cards come in the order of the users 2, 0, 2, 0, 2. Sorted they are the rows 1, 3, 0, 2, 4. The fingers stand at **0, 2, 2, 5, 5**: where each of the four users begins, and where the last one ends. User u is the slice from finger u to finger u + 1. The users 1 and 3 have no card, so their two fingers stand at one place.
#
# If the films and the stars are put in the same order, this layout is called *compressed sparse rows* (CSR). Three arrays hold a huge, nearly empty table: `indptr` for the fingers, `indices` for the columns (here the films), `data` for the values (here the stars).
#
# ### Exercise 1: from rows to slices
#
# `users` has one whole number from 0 to `n_users` − 1 for every row. Return two arrays of whole numbers: `order`, the row numbers sorted by user (within a user in the order in which they came), and `indptr`, the fingers, with `n_users` + 1 entries. Example: `rows_of_users(np.array([2, 0, 2, 0, 2]), 4)` is `([1, 3, 0, 2, 4], [0, 2, 2, 5, 5])`. Begin with this; what is missing adds up the users' numbers of ratings:
#
# ```python
# order = np.argsort(users, kind="stable")  # equals stay in their order
# counts = np.bincount(users, minlength=n_users)
# indptr = ...  # a 0, then the sums so far: np.cumsum
# return order, indptr
# ```


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
# Now you are a card yourself. Put your own ratings from lesson 00 (or the sample person's) behind the 100,004 bundled ones, as one more user, and let your function sort all of them.

# %%
rows_of_users = checks.use(rows_of_users)
bundle = load_bundle()
mine = kept_ratings(bundle)
bundled = movielens.load().ratings[["userId", "movieId", "rating"]]
users, ids = pd.factorize(bundled["userId"])

order, indptr = rows_of_users(np.append(users, [len(ids)] * len(mine)), len(ids) + 1)
print(f"{mine.whose}: the slice from {indptr[-2]:,} up to {indptr[-1]:,}")
print(
    "half of the others have at most", int(np.median(np.diff(indptr[:-1]))), "ratings"
)

# %% [markdown]
# The course's module `xrec_lessons.scale` keeps its training ratings in just these slices, and walks through them in compiled loops. It can take the very steps of Surprise, to the last bit. ([*Twenty million, deeper*](10_twenty_million_deeper.ipynb) writes such a loop and compares.)
#
# ## One person
#
# Now you time the fold-in of lesson 03 and the influence of lesson 05, for yourself: first with the small model that comes with the course, then with one trained on the million. (The stand-in has no *Matrix*, so there you rate films that are *as well known*.) Run the five cells without reading them, and read the plot.


# %%
def timed(function, *arguments, times=1):
    """Return what a call returns, and the fewest seconds that it took in so many times."""
    seconds = []
    for _ in range(times):
        start = perf_counter()
        result = function(*arguments)
        seconds.append(perf_counter() - start)
    return result, min(seconds)


# %%
from xrec_lessons.fold_in import fold_in
from xrec_lessons.influence import influence_arrays
from xrec_lessons.model import ItemFactors
from xrec_lessons.svd import train_svd

trained = train_svd(data.ratings, seed=SEED)
small, large = bundle.models[0], ItemFactors.from_surprise(trained)


# %%
ranked = bundle.films.most_rated(len(bundle.films.ids))


def stand_ins(ratings, counts):
    """The same stars for films of the stand-in that are as well known; `counts` falls."""
    places = [min(ranked.index(film), len(counts) - 1) for film in ratings]
    return dict(zip(counts.index[places].tolist(), ratings.values(), strict=True))


# %%
def one_person(model, ratings, repeats=200):
    """Median microseconds to fold a person in, and to explain ten films to them."""
    unrated = model.ids[~np.isin(model.ids, list(ratings))]
    targets = unrated[:: len(unrated) // 10][:10]
    fold, explain = [], []
    for _ in range(repeats):
        fold.append(timed(fold_in, model, ratings)[1])
        explain.append(timed(influence_arrays, [model], ratings, targets)[1])
    return np.median(fold) * 1e6, np.median(explain) * 1e6


# %%
costs = {"100,004 ratings": one_person(small, mine)}
costs["a million"] = one_person(large, stand_ins(mine, per_film))
costs = pd.DataFrame(costs, index=["fold-in", "influence on ten films"])

fig, ax = plt.subplots(figsize=(7, 2.4))
costs.plot.barh(ax=ax)
plt.setp(ax.containers[1], hatch="//")
ax.set(
    xlabel="millionths of a second", title="One person, in a small and a large model"
)
ax.legend(title="trained on", loc="upper left", bbox_to_anchor=(1, 1), reverse=True)
plt.show()

# %% [markdown]
# *In words:* two pairs of bars, each pair about equally long. A fold-in takes some 20 to 60 millionths of a second, and influence on ten films about twice as long, whichever model it is.
#
# It had to be so. Look at the formula ([the glossary of symbols](symbols.md) has all the letters):
#
# $$w = (X^\top X + \lambda I)^{-1} X^\top y$$
#
# $X$ has a row for each of *this person's* ratings and a column for each of the model's numbers. How many users there are is not in it, nor how many films. So the fold-in can answer while somebody waits, whatever the size of the shop.
#
# ## Everybody's ten films
#
# For rules and for fidelity we need the top films of *everybody*. One product does them all: the scores are $p \, q^\top$, with a row for every person and a column for every film. How large is that table for MovieLens 20M?

# %% tags=["nbval-check-output"]
people, films = 138_493, 26_744

print(f"{people * films:,} scores of 8 bytes: {people * films * 8 / 1e9:.0f} GB")

# %% [markdown]
# Too much for a laptop, and not needed. Once somebody's ten films are found, their row of scores can go. So take a **block** of people, score all films for them, keep ten for each, and go on to the next block. Move the slider: which sizes fit, and what do they cost?

# %%
drawings.window()

# %% [markdown]
# *In words:* a window lies on the table of people × films. For one person it holds 0.2 MB and has to be moved 138,493 times. For a hundred people it holds 21 MB and is moved 1,385 times. For everybody it is the whole table: 30 GB, more than a laptop has. A smaller window saves memory and costs more calls.
#
# ### Exercise 2: the best films for a block
#
# `p` has a row for each user of the block and `q` one for each film, `b_i` are the films' biases, and `seen` is a table of True and False: who has rated what. Return the row numbers of each user's `n` best films that they have *not* seen, in an array of shape (users, n): best first, and of equal scores the lower number first. Example: with `p` = `[[1], [-2]]`, `b_i` = `[0, 1.25, 0, 0]`, `q` = `[[1], [0], [-1], [0.5]]`, the first user has seen film 0 and the second film 2; the two best are `[[1, 3], [1, 3]]`. (The mean μ and the user's own bias add the same to all of a user's scores, so they are not needed.) Begin with this:
#
# ```python
# scores = ...  # shape (users, films)
# scores[seen] = -np.inf
# return np.argsort(-scores, axis=1, kind="stable")[:, :n]
# ```


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

# %% [markdown]
# Here is the loop over the blocks, with your function in it (three cells to run, not to read). Only films with at least 50 ratings are recommended.

# %%
from xrec_lessons.scale.population import Population, top_n

top_of_block = checks.use(top_of_block)
population = Population.from_surprise(trained, large)
well_known = np.sort(per_film.index[per_film >= 50])
rows = large.rows(well_known)


# %%
def top_in_blocks(n=10, megabytes=20):
    """Everybody's n best well-known films that they have not rated."""
    size = max(1, int(megabytes * 1e6 // (8 * len(rows))))  # 8 bytes a score
    for begin in range(0, len(population.ids), size):
        block = slice(begin, begin + size)
        seen = population.ratings[block][:, rows].toarray() > 0
        parts = population.p[block], large.b[rows], large.q[rows]
        yield well_known[top_of_block(*parts, seen, n)]


# %%
ours = np.concatenate(list(top_in_blocks()))
theirs = top_n(large, population, 10, candidates=well_known)
print(f"{len(ours):,} people, ten films each")
print(f"the same film as the module's in {np.mean(ours == theirs):.2%} of the places")

# %% [markdown]
# ## How does it grow?
#
# If the seconds are $c \cdot n^a$ for n ratings, then
#
# $$\log(\text{seconds}) = \log c + a \cdot \log n$$
#
# and that is a straight line with the slope $a$, if both axes count in powers of ten. The slope is the power of your guess. So measure at several sizes, take the logarithms, and fit a line.
#
# ### Exercise 3: the power
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

# %% [markdown]
# Now you run the whole chain at four sizes, up to the million, and time each link: train, find everybody's ten films, mine rules, and fold yourself in. (Run the cells without reading them; the last one takes some ten seconds.)

# %%
from xrec_lessons.scale.pair_rules import mine_pairs
from xrec_lessons.scale.population import baskets


def chain(n):
    """Seconds of four links, for n synthetic ratings."""
    data = synthetic(n, seed=SEED)
    counts = data.ratings.movieId.value_counts()
    known = {"candidates": np.sort(counts.index[counts >= 50])}
    trained, training = timed(partial(train_svd, data.ratings, seed=SEED), times=2)
    model = ItemFactors.from_surprise(trained)
    everybody = Population.from_surprise(trained, model)
    _, ranking = timed(partial(top_n, model, everybody, 10, **known), times=2)
    table = baskets("liked+top", everybody, model, **known)
    _, counting = timed(mine_pairs, table, model.ids, times=2)
    seconds = (
        training,
        ranking,
        counting,
        one_person(model, stand_ins(mine, counts))[0] / 1e6,
    )
    return dict(zip(LINKS, seconds, strict=True))


# %%
LINKS = ["training", "everybody's ten", "rules", "one person"]
SIZES = [100_000, 200_000, 500_000, 1_000_000]
measured = pd.DataFrame([chain(n) for n in SIZES], index=SIZES)

# %%
fig, ax = plt.subplots(figsize=(7, 4))
for link, marker in zip(measured, "oD^P", strict=True):
    ax.plot(measured.index, measured[link], marker=marker, label=link)
ax.set(xscale="log", yscale="log", xlabel="ratings", ylabel="seconds")
ax.set_title("Seconds of each link")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# *In words:* four lines from left to right, with a mark at each size. Training lies highest and rises about as fast as the ratings. Everybody's ten films rises about as fast. Rules rise slowly, and one person is a flat line at the bottom. Their slopes are the powers:

# %%
growth = checks.use(growth)
powers = measured.apply(
    lambda seconds: growth(measured.index.to_numpy(), seconds.to_numpy())
)

# %%
fig, ax = plt.subplots(figsize=(7, 2.6))
ax.plot(powers, powers.index, "o", markersize=10, label="measured")
if np.size(powers_guess.value) == len(LINKS):
    ax.plot(
        powers_guess.value,
        LINKS,
        "D",
        color="#eba91f",
        markersize=9,
        label="your guess",
    )
ax.set(
    xlabel="power of the number of ratings",
    xlim=(min(-0.2, powers.min() - 0.1), 2.2),
    title="How each link grows",
)
ax.invert_yaxis()
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()
print(powers.round(2).to_string())

# %% [markdown]
# *In words:* four dots on a line from 0 to 2; your guesses are the diamonds. Training and everybody's ten films lie highest, near 1 or somewhat below. Rules lie far lower, between 0 and ½: up to a million ratings most of their work is done once for each pair of films, however many people there are. One person lies near 0 (on a busy machine somewhat off).
#
# **That is not yet the power at twenty million.** From a hundred thousand ratings up to there it comes out as 1.1, 1.3, 0.6 and 0 (the deeper notebook measures it): for the ten films, because their work is people times films (ten times the ratings bring fewer than ten times the people and fewer than ten times the films: together some twenty times as many pairs, and 20 is 10 to the power 1.3), and for the rules, because the people count in the end.
#
# ## Decide: which link has to be rebuilt?
#
# A shop runs the chain every night. Each link has a machine of its own, and 15 minutes, which are 900 seconds. In a year the shop will have ten times as many ratings, with more people and more films, as here. So it reckons with the powers at twenty million, not with those of your plot. There is time to rebuild *one* link. **Which one, and how many seconds would it take otherwise?** Work it out before you type; the next cell answers.

# %%
today = pd.Series([60, 50, 200, 0.00004], index=LINKS, name="today")
power = pd.Series([1.1, 1.3, 0.6, 0], index=LINKS, name="power")

rebuild = checks.guess("10 link to rebuild", ...)  # LINKS[0], [1], [2] or [3]
seconds = checks.guess("10 its seconds in a year", ...)
display(pd.DataFrame([today, power]).T, rebuild, seconds)

# %%
in_a_year = (today * 10**power).rename("in a year")
print(pd.DataFrame([today, in_a_year]).T.to_string(float_format="{:.6g}".format))
late = in_a_year.index[in_a_year > 900]
print("not ready in 15 minutes:", ", ".join(late))
display(rebuild, seconds)

# %% [markdown]
# - *Rules* take longest today. But 200 s become 796 s: a low power forgives a slow start.
# - *Training* grows faster than the data, from 60 s to 755 s, and is still in time.
# - *Everybody's ten films* is the fastest of the three slow links today, but takes 998 s in a year. This is the link to rebuild.
#
# You need both, today's clock and the power. What would change your mind? If the shop gets more people but no more films, people times films grows only with the power 1, and 500 s are in time.
#
# ## What could mislead you here
#
# - **Faster is not better.** Not one prediction changed in this lesson. More data can make a model better; a faster loop only lets you find out.
# - **Synthetic is not real.** The stand-in has no series and no fashion. Its rules and recommendations are properties of a random generator.
# - **A time is a time on one machine.** On a busy machine the same loop can take twice as long. Believe ratios within one run, and slopes, more than seconds.
# - **A slope holds where it was measured**, as the powers of the rules show.
#
# ## Key points
#
# - Ask of every step how it grows: with the ratings, the people, the films, their square? The formula often tells you before any clock does.
# - At this size memory counts: eight bytes a rating against 152. (What that does for speed: deeper.)
# - Never hold a table of everybody and everything. Work in blocks, and keep what is asked for.
# - The fold-in and its influence depend on one person's ratings only. They are the same at any size.

# %%
checks.progress()

# %% [markdown]
# ## Questions
#
# Press an answer: it answers back.

# %%
checks.quiz("10")

# %% [markdown]
# **Where to go from here.** This was the last lesson of the core. [*Twenty million, deeper*](10_twenty_million_deeper.ipynb) writes the compiled loop, counts all pairs of films without a search, and runs everything at full size, with you among the people. If your question is about people rather than machines, run [the study of lesson 08](08_run_the_study.ipynb) with participants of your own.
