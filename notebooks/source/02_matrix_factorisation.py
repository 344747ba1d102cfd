# %% [markdown]
# # 02 · Matrix factorisation with SGD
#
# **What is taste, if all you have is ratings?**
#
# The biases of lesson 01 recommend the same films to everybody. In this lesson every person and every film gets a few more numbers. You derive how to find them, one rating at a time, and get the same numbers as a well-known library. Then you compare its default settings with the biases.
#
# *About 50 minutes. Needs lesson 01, array indexing, and that a slope says how fast something changes.* Afterwards you will be able to
#
# - **derive** the step of stochastic gradient descent (SGD) from what it minimises,
# - **train** a matrix factorisation, and stop before it learns the ratings by heart,
# - **judge** whether a method was compared with a fair rival.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display

from xrec_lessons import checks, movielens
from xrec_lessons.bundle import load_bundle
from xrec_lessons.drawings import lesson_02 as drawings
from xrec_lessons.drawings import theme
from xrec_lessons.explorer import kept_ratings
from xrec_lessons.fold_in import fold_in
from xrec_lessons.model import rank

theme.follow_theme()
SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## What the biases miss
#
# The data have the same three parts as in lesson 01. The yardstick is the model of biases, as the library *Surprise* computes it.

# %% tags=["nbval-check-output"]
# Plumbing: you need not read this cell.
from xrec_lessons.svd import biases_only, train_svd

data = movielens.load()
train, test = movielens.split(data.ratings, seed=SEED)
fit, validation = movielens.split(train, seed=SEED, test=0.2)
biases = biases_only(fit)

print(f"fit {len(fit):,}, validation {len(validation):,}, test {len(test):,}")

# %% [markdown]
# Subtract from every rating what the biases predict. Is what is left chance? Then what is left of two films would have nothing to do with each other. Here are the correlations of four films, over the people who rated both. (Near 1 they go up and down together, near −1 against each other, and 0 means neither.)

# %% tags=["nbval-check-output"]
# Plumbing: you need not read this cell.
FOUR = {260: "Star Wars IV", 1196: "Star Wars V", 296: "Pulp Fiction", 1721: "Titanic"}
if 260 not in data.films.find("Star Wars", similar=False):  # not MovieLens
    FOUR = {film: data.films.name(film) for film in data.films.most_rated(4)}
some = fit[fit.movieId.isin(FOUR)]
pairs = some[["userId", "movieId"]].to_numpy()
some = some.assign(left=some.rating - [biases.predict(u, i).est for u, i in pairs])

left = some.pivot(index="userId", columns="movieId", values="left").rename(columns=FOUR)
correlated = left[list(FOUR.values())].corr().round(2)
correlated.rename_axis(index=None, columns=None)

# %% [markdown]
# Each number comes from 34 to 83 people, so chance alone makes correlations of 0.1 or 0.2, but not of 0.6. People who gave *Star Wars IV* more than the biases expect also gave *Star Wars V* more (0.62). People who gave *Pulp Fiction* more gave *Titanic* less (−0.45). Not every pair is so clear. But this is the trace of taste.
#
# ## Taste as a number
#
# Three people and four films. What would you say about Ann and Bob?
#
# | | A | B | C | D | mean |
# |---|---|---|---|---|---|
# | Ann | 5 | 4 | 2 | 1 | 3 |
# | Bob | 1 | 2 | 4 | 5 | 3 |
# | Cleo | 3 | 3 | 3 | 3 | 3 |
# | mean | 3 | 3 | 3 | 3 | |
#
# All biases are 0, so lesson 01 can only predict 3 in every cell. But Ann and Bob have opposite tastes.
#
# Give every film *i* one number $q_i$ (2, 1, −1, −2), and every person *u* one number $p_u$ (Ann 1, Bob −1), and multiply them. Ann and A: 3 + 1 · 2 = 5. Bob and A: 3 + (−1) · 2 = 1. Which number does Cleo need? Say it before you look at the drawing. Then move Ann's number: what becomes of her row?

# %%
drawings.table()

# %% [markdown]
# All twelve ratings come from 3 + 4 numbers and a mean. The table is written as a product, so these numbers are called **factors**, and the method *matrix factorisation*.
#
# One number is rarely enough: somebody may like long films and dislike songs. So $p_u$ and $q_i$ become short lists of $k$ numbers each, one for every direction of taste, and the products are added up (the *dot product*). With $p_u$ = (1, ½) and $q_i$ = (2, −1) that is 1 · 2 + ½ · (−1) = 1½ stars more than without taste. The mean and the biases stay, so the prediction of this lesson is
#
# $$\hat r_{ui} = \mu + b_u + b_i + p_u \cdot q_i$$
#
# Nobody tells the model what the directions are. (All symbols: [the glossary of symbols](symbols.md).)
#
# ### Exercise 1: score all films for one person
#
# `mu` and `b_u` are numbers. `b_i` has one number for each of m films, shape `(m,)`. `p_u` has the shape `(k,)`, and `q` has the shape `(m, k)`: its row *i* is $q_i$. Return the m predictions in stars, shape `(m,)`. Do not clip them to the scale: for ranking it matters whether a film would get 5.2 or 5.6. Example: `score_films(3, 0.5, np.array([0, 1]), np.array([1, 2]), np.array([[1, 0], [0, -1]]))` is `[4.5, 2.5]`.


# %% tags=["exercise"]
def score_films(mu, b_u, b_i, p_u, q):
    """Predicted stars of all m films for one person, not clipped; shape (m,)."""
    # solution
    return mu + b_u + b_i + q @ p_u
    # end


# %%
checks.score_films(score_films)

# %% [markdown]
# ## What makes numbers good?
#
# The numbers should fit the ratings, and, as in lesson 01, large numbers should cost something: *fit plus a price for size*. For one rating, with the error $e = r_{ui} - \hat r_{ui}$,
#
# $$\underbrace{e^2}_{\text{fit}} + \underbrace{\text{reg} \cdot \left( b_u^2 + b_i^2 + p_u \cdot p_u + q_i \cdot q_i \right)}_{\text{price for size}}$$
#
# Here $p_u \cdot p_u$ is the sum of the squares in $p_u$, and reg (short for *regularisation*) is the price. The **loss** is the sum of this over all ratings in the training. So a film with 100 ratings pays 100 times; in lesson 01 it paid once.
#
# ## Which way is downhill?
#
# People and films are multiplied with each other, so there is no formula for all numbers at once, as there was for $b$. Start anywhere, find out which way is downhill, take a small step, repeat.
#
# Look at one rating. Nudge $b_u$ up by a tiny δ (“delta”). Then the error falls by δ, and the fit changes from $e^2$ to $(e - \delta)^2 = e^2 - 2 e \delta + \delta^2$: for a tiny δ, by $-2e\,\delta$. In the same way the price changes by $2\,\text{reg}\, b_u\,\delta$. So the slope for $b_u$ is $-2\,(e - \text{reg}\, b_u)$. A number of $p_u$ is multiplied with one of $q_i$, so a nudge of δ moves the prediction by $q_i \delta$: its slope is $-2\,(e\, q_i - \text{reg}\, p_u)$. Likewise, the slope for $q_i$ is $-2\,(e\, p_u - \text{reg}\, q_i)$.
#
# Downhill is *against* the slope. With a small step size lr (the *learning rate*, which swallows the 2):
#
# $$b_u \leftarrow b_u + \text{lr}\,(e - \text{reg}\, b_u) \qquad p_u \leftarrow p_u + \text{lr}\,(e\, q_i - \text{reg}\, p_u)$$
# $$b_i \leftarrow b_i + \text{lr}\,(e - \text{reg}\, b_i) \qquad q_i \leftarrow q_i + \text{lr}\,(e\, p_u - \text{reg}\, q_i)$$
#
# The drawing shows $p$ and $q$ with two factors, without biases and price. Move the step size. What happens if the step is long?

# %%
drawings.step()

# %% [markdown]
# All four formulas use the *old* values on the right: they are one step.
#
# ### By hand
#
# Ann gave A 5 stars, and μ = 3. Begin with $b_u = b_i = 0$ and one factor, $p_u = 0.5$, $q_i = 1$. With lr = 0.1 and reg = 0.1:
#
# | | before | step | after |
# |---|---|---|---|
# | prediction | 3 + 0.5 · 1 = 3.5 | | |
# | error $e$ | 5 − 3.5 = 1.5 | | |
# | $b_u$ | 0 | 0.1 · (1.5 − 0.1 · 0) | 0.15 |
# | $p_u$ | 0.5 | 0.1 · (1.5 · 1 − 0.1 · 0.5) | 0.645 |
# | $b_i$ | 0 | 0.1 · (1.5 − 0.1 · 0) | 0.15 |
# | $q_i$ | 1 | | **?** |
#
# Compute the last one.
#
# <details><summary>The last one, and the new prediction</summary>
#
# With the *old* p_u, q_i becomes 1 + 0.1 · (1.5 · 0.5 − 0.1 · 1) = 1.065. The new prediction is 3 + 0.15 + 0.15 + 0.645 · 1.065 = 3.987: the error went from 1.5 to 1.013.
# </details>
#
# ### Exercise 2: one step
#
# `r` is one rating in stars, `b_u` and `b_i` are two numbers, and `p_u` and `q_i` are arrays of shape `(k,)`. The error and the biases are there. Add the new `p_u` and `q_i`, and return the four new values as a tuple, `b_u, b_i, p_u, q_i`, each from the *old* ones. For example, `sgd_step(4, 3, 0, 0, np.array([1.0, 0.0]), np.array([0.0, 1.0]), 0.1, 0)` gives 0.1, 0.1, `[1, 0.1]` and `[0.1, 1]`.


# %% tags=["exercise"]
def sgd_step(r, mu, b_u, b_i, p_u, q_i, lr, reg):
    """The four values after one step on one rating: b_u, b_i, p_u, q_i."""
    e = r - (mu + b_u + b_i + p_u @ q_i)
    new_b_u = b_u + lr * (e - reg * b_u)
    new_b_i = b_i + lr * (e - reg * b_i)
    # solution
    return (
        new_b_u,
        new_b_i,
        p_u + lr * (e * q_i - reg * p_u),
        q_i + lr * (e * p_u - reg * q_i),
    )
    # end


# %%
checks.sgd_step(sgd_step)

# %% [markdown]
# ## The algorithm
#
# Visit every rating once and take one step for each: that is an **epoch**. Then do it again. This is *stochastic gradient descent*: the slopes of all numbers are the *gradient*, and each step looks at a single rating.

# %%
sgd_step = checks.use(sgd_step)


def sgd_epoch(u, i, r, mu, b_u, b_i, p, q, lr, reg):
    """Visit every rating once; b_u, b_i, p and q change in place."""
    for user, film, stars in zip(u, i, r, strict=True):
        b_u[user], b_i[film], p[user], q[film] = sgd_step(
            stars, mu, b_u[user], b_i[film], p[user], q[film], lr, reg
        )


# %% [markdown]
# Where to start? The biases start at 0. If $p$ and $q$ started at 0 too, nothing would ever happen to them: the step of $p_u$ is $e\, q_i$, and that of $q_i$ is $e\, p_u$. So the factors start with small random numbers, which give them a direction.


# %%
# Plumbing: you need not read this cell.
def random_start(n_people, n_films, n_factors, sd, seed):
    """Biases of 0 and small random factors, drawn as Surprise draws them."""
    draw = np.random.RandomState(seed).normal
    p = draw(0, sd, (n_people, n_factors))
    q = draw(0, sd, (n_films, n_factors))
    return np.zeros(n_people), np.zeros(n_films), p, q


# %% [markdown]
# ## Real ratings, and the same numbers as the library
#
# Surprise calls this algorithm `SVD`. Does your loop find the same numbers? Both must begin with the same random numbers and visit the ratings in the same order. So we take the library's order and row numbers.

# %%
# Plumbing: you need not read this cell.
from surprise import SVD

settings = {"n_factors": 10, "n_epochs": 8, "init_std_dev": 0.1, "random_state": SEED}
rows = train_svd(fit, seed=SEED).trainset
library = SVD(lr_all=0.03, reg_all=0.02, **settings).fit(rows)

u, i, r = (np.array(column) for column in zip(*rows.all_ratings(), strict=True))
people = pd.Index([rows.to_raw_uid(row) for row in rows.all_users()])
films = pd.Index([rows.to_raw_iid(row) for row in rows.all_items()])
val_u = people.get_indexer(validation.userId)
val_i = films.get_indexer(validation.movieId)  # -1 for a film that fit does not know
mu, val_r = r.mean(), validation.rating.to_numpy()

# %%
# Plumbing too: as in lesson 01, a film of row -1 adds nothing, and predictions stay on the scale.
rmse = checks.reference("rmse")


def predict_pairs(mu, b_u, b_i, p, q, u, i):
    """Predicted stars for pairs of row numbers; film -1 is unknown."""
    film = b_i[i] + (p[u] * q[i]).sum(axis=1)
    return np.clip(mu + b_u[u] + np.where(i >= 0, film, 0), *data.rating_scale)


# %% [markdown]
# Now our loop runs for eight epochs, with 10 factors. After every epoch it measures both errors.

# %% tags=["nbval-check-output"]
b_u, b_i, p, q = random_start(len(people), len(films), 10, sd=0.1, seed=SEED)
history = []
for _ in range(8):
    sgd_epoch(u, i, r, mu, b_u, b_i, p, q, lr=0.03, reg=0.02)
    on_fit = rmse(r, predict_pairs(mu, b_u, b_i, p, q, u, i))
    on_validation = rmse(val_r, predict_pairs(mu, b_u, b_i, p, q, val_u, val_i))
    history.append((on_fit, on_validation))

ours, theirs = (b_u, b_i, p, q), (library.bu, library.bi, library.pu, library.qi)
apart = max(abs(a - b).max() for a, b in zip(ours, theirs, strict=True))
print(f"{sum(a.size for a in ours):,} numbers, largest difference {apart:.10f}")

# %% [markdown]
# They are the same. What you wrote *is* the SVD of the library.
#
# ## How long?
#
# Our loop noted both errors after every epoch. After which of the eight is the error on *validation* lowest?

# %%
turn_guess = checks.guess("02 lowest validation epoch", ...)
turn_guess

# %%
curve = pd.DataFrame(history, index=range(1, 9), columns=["fit", "validation"])
fig, ax = plt.subplots()
ax.plot(curve["fit"], "--s", label="fit (learned from)")
ax.plot(curve["validation"], "-o", label="validation")
turn_guess.draw(ax)
ax.set(xlabel="epoch", ylabel="RMSE in stars", title="Both errors, epoch by epoch")
ax.legend()
plt.show()

# %% [markdown]
# *In words:* on the ratings that it learns from (dashed line, squares), the error falls with every epoch, from 0.885 to 0.668. On the validation part (full line, circles) it falls from 0.929 to 0.911 at the fourth epoch, and then rises to 0.927.
#
# From the fifth epoch on, the model learns what is true of these ratings but not of others: it **over-fits**. The cheapest cure is to stop in time: wait a few epochs, the *patience*, and if nothing better comes, take the best so far.
#
# ### Exercise 3: when to stop
#
# `validation_errors` holds the validation RMSE after epoch 1, 2, 3 …. Training stops as soon as `patience` epochs in a row have brought nothing below the lowest so far. The loop remembers the best epoch, counted from 0. Write what is missing: when does it stop? For example, `best_epoch([0.95, 0.92, 0.94, 0.93, 0.90], 2)` is 2: epochs 3 and 4 brought nothing better, and epoch 5 is never reached; with a patience of 3 it is 5.


# %% tags=["exercise"]
def best_epoch(validation_errors, patience):
    """Number of the epoch, from 1, whose model early stopping keeps."""
    best = 0
    for epoch, error in enumerate(validation_errors):
        if error < validation_errors[best]:
            best = epoch
        # solution
        if epoch - best == patience:
            break
        # end
    return best + 1


# %%
checks.best_epoch(best_epoch)

# %% tags=["nbval-check-output"]
best_epoch = checks.use(best_epoch)
print("keep the model of epoch", best_epoch(list(curve["validation"]), patience=2))

# %% [markdown]
# ## What everybody takes
#
# Many take the library's SVD as it is, with 100 factors. By how many stars is the RMSE of this SVD lower than that of the biases? Type a number below 0 if it is higher. (For comparison: the biases were better than μ by 0.16.)

# %%
gain_guess = checks.guess("02 SVD against biases", ...)
gain_guess

# %% [markdown]
# One split is luck. So take ten, and on each the *difference* from the biases (shipped results of `python -m xrec_lessons.experiments accuracy`). Beside the defaults stand the article's settings, and “ours”, chosen on validation parts, with a smaller random start. Three rows change one thing in ours; in “rows not shuffled”, it meets the ratings in the order of the file.

# %%
from xrec_lessons.experiments import results

by_split = results("accuracy").pivot(index="seed", columns="model", values="RMSE")
gain = by_split.rsub(by_split["biases only"], axis=0).drop(columns="biases only")
gain = gain[gain.mean().sort_values().index]  # the best last
fig, ax = plt.subplots()
for name in gain.columns[::-1]:
    ax.plot(gain[name], [name] * len(gain), "o", color="C0", mec="#767676")
ax.axvline(0, color="#767676", linestyle=":")
gain_guess.draw(ax)
ax.set(xlabel="stars better than the biases, same split", title="Ten splits")
plt.show()

# %% [markdown]
# *In words:* six rows of ten dots, each dot one split. The two upper rows, Surprise's defaults and the article's settings, lie left of the dotted line on every split: they lose to the biases, the defaults by 0.010. With a price of 0.12 the dots lie at the line or a little right of it. The three lowest rows lie far right of it; “ours” wins by 0.014.
#
# A hundred more numbers for every person and every film, and worse than no taste at all! The random start is too large: most films have too few ratings to unlearn it. Ours starts smaller (0.025, not 0.1), trains longer (40 epochs, not 20) and lets size cost more (0.06, not 0.02); 0.12 is too much. But that holds on *these* data: on MovieLens 100K, Surprise's own table has its SVD at 0.934 and the biases at 0.944.
#
# ## Decide: what is this paper worth?
#
# A paper reports: “Our new method beats SVD by 0.010 stars on these ten splits: RMSE 0.889.” Its SVD is Surprise's with the defaults. You review the paper. Here are the means over the ten splits.

# %% tags=["nbval-check-output"]
by_split.mean().sort_values().round(3).to_frame("mean RMSE")

# %% [markdown]
# With which row would you compare the new method? And how many stars of the gain are left against that rival? (Below 0 if the new method loses.) Type both.

# %%
rival = checks.guess("02 fair rival", ...)  # a row of the table
rest = checks.guess("02 gain that is left", ...)
display(rival, rest)

# %%
against = by_split.mean().sort_values() - 0.889
looks = ["C1" if name == rival.value else "C0" for name in against.index]
marks = ["//" if name == rival.value else "" for name in against.index]
fig, ax = plt.subplots()
ax.barh(against.index, against, color=looks, hatch=marks)
rest.draw(ax)
ax.set(title="The new method against each rival", xlabel="stars by which it is better")
plt.show()

# %% [markdown]
# *In words:* seven bars, your rival's hatched. The new method beats Surprise's defaults by 0.010 and the article's settings by 0.006. Against the biases nothing is left, and against “ours” it loses.
#
# Nobody had tuned the defaults or the article's settings. *Biases only* is the least that a reviewer should ask for; *ours* is fair if the paper tuned its own method as well. “Ours, 100 factors” is stricter still: against it the new method loses by 0.017.
#
# ## You: with and without taste
#
# Your ratings from lesson 00, or the sample person's, give you a $b_u$ and a $p_u$ (`fold_in` finds them; lesson 03 derives it). Score all films twice with your `score_films`, once with $p_u$ = 0. How many of the five best (with 50 ratings or more) will be the same?

# %%
# Plumbing, but for the line with score_films.
score_films = checks.use(score_films)
bundle = load_bundle()
mine, model = kept_ratings(bundle), bundle.models[0]
person = fold_in(model, mine)
left_out = [*mine, *model.ids[~bundle.well_known]]

print(f"{mine.whose + ', biases alone':40} with taste")
lists = []
for p_u in (0 * person.p, person.p):
    scores = score_films(model.mu, person.b, model.b, p_u, model.q)
    lists.append(bundle.films.names(rank(model.ids, scores, 5, left_out)))
for alone, tasted in zip(*lists, strict=True):
    print(f"{alone:40.39} {tasted}")

# %% [markdown]
# The list of the biases is the same for everybody, except for the films already rated. For the sample person, taste puts *The Empire Strikes Back* first and keeps only two of the five.
#
# ## What could mislead you here
#
# - **The RMSE says little about what people get to see.** 0.014 stars sounds like nothing, and yet most of the list has changed. The RMSE does not say whether the new list is better; lesson 07 asks.
# - **A library's defaults are not a yardstick.** [*On the difficulty of evaluating baselines*](https://arxiv.org/abs/1905.01395) tells of a famous example (Rendle, Zhang and Koren, 2019).
#
# ## Key points
#
# - Taste, here, is $p_u \cdot q_i$: what a person's and a film's numbers add to the mean and the biases.
# - SGD: one rating, one error, one small step for $b_u, b_i, p_u, q_i$ at once, from the old values.
# - More training fits the known ratings ever better, but from some epoch on it fits other ratings ever worse. Stop early, make size cost something, start small.
# - On these data Surprise's defaults lose to the biases; with chosen settings the same algorithm wins.

# %%
checks.progress()

# %% [markdown]
# ## Questions
#
# Press an answer: it answers back.

# %%
checks.quiz("02")

# %% [markdown]
# **Next:** [lesson 03, *Folding in one user*](03_folding_in.ipynb): somebody new arrives with ten ratings, and nobody wants to train everything again. If you like, go [*deeper*](02_matrix_factorisation_deeper.ipynb): what went wrong at the start, and what a single factor means (guess first: can it be “romance”?).
