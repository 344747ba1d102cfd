# %% [markdown]
# # 02 · Matrix factorisation with SGD
#
# **What is taste, if all you have is ratings?**
#
# The biases of lesson 01 know how generous a person is and how popular a film. They do not know that you love what your neighbour cannot stand: they recommend the same films to everybody. In this lesson every person and every film gets a few more numbers. You derive how to find these numbers, one rating at a time, write the step from which the algorithm is made, and get the same numbers as a well-known library. Then you put that library, as it comes, to the test against the biases.
#
# *About 75 minutes; a good place for a break is after exercise 4. Needs lesson 01, and for the derivation that a slope says how fast something changes.* Afterwards you will be able to
#
# - **derive** the step of stochastic gradient descent (SGD) from what it minimises,
# - **train** a matrix factorisation, and stop before it learns the ratings by heart,
# - **judge** what the learned numbers mean, and what they do not.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from ipywidgets import SelectionSlider, interact

from xrec_lessons import checks, movielens

SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## What the biases leave over
#
# The same three parts of the data as in lesson 01: *fit* to learn from, *validation* to compare settings, *test* for the very end. The yardstick is the model of biases, as the library Surprise computes it; you know what it does.

# %% tags=["nbval-check-output"]
from xrec_lessons.svd import biases_only, test_rmse

data = movielens.load()
train, test = movielens.split(data.ratings, seed=SEED)
fit, validation = movielens.split(train, seed=SEED, test=0.2)
biases = biases_only(fit)
yardstick = test_rmse(biases, validation)

print(f"fit {len(fit):,}, validation {len(validation):,}, test {len(test):,}")
print(f"biases only: validation RMSE {yardstick:.3f}")

# %% [markdown]
# (It was 0.89 on the test part in lesson 01, where the model learned from all of *train*. Here it has a fifth less to learn from, and another part to predict. This and what follows is measured on one split, seed 0; near the end you will see ten others.)
#
# Take from every rating what the biases predict. What is left is not explained by a generous person or a popular film. Is it chance? Then what is left of two films would have nothing to do with each other. Here are four films: the correlation between what is left, over the people who rated both.

# %% tags=["nbval-check-output"]
FOUR = {260: "Star Wars IV", 1196: "Star Wars V", 296: "Pulp Fiction", 1721: "Titanic"}
if 260 not in data.films.find("Star Wars", similar=False):  # not MovieLens
    FOUR = {film: data.films.name(film) for film in data.films.most_rated(4)}
some = fit[fit.movieId.isin(FOUR)]
pairs = some[["userId", "movieId"]].to_numpy()
some = some.assign(left=some.rating - [biases.predict(u, i).est for u, i in pairs])

left = some.pivot(index="userId", columns="movieId", values="left").rename(columns=FOUR)
left[list(FOUR.values())].corr().round(2)

# %% [markdown]
# Between 34 and 83 people stand behind each of these numbers, and with so few people chance alone makes correlations of 0.1 or 0.2. But not of 0.6: people who gave *Star Wars IV* more than the biases expect also gave *Star Wars V* more (0.62). People who gave *Pulp Fiction* more gave *Titanic* less (−0.45). That is the trace of taste, and the biases cannot follow it.
#
# ## Predict before you run
#
# Write three guesses down. You will meet the answers one after the other.
#
# 1. The SVD of a well-known library, with the settings it comes with, adds 100 numbers for every person and 100 for every film to the biases. By how much does the validation RMSE change?
# 2. A training runs through the ratings again and again. What happens to the error on the ratings that it learns from, and what to the error on others, if you let it run long?
# 3. A trained model has 50 numbers for every film. Sort the films by the first of these numbers. What will the films at the two ends have in common?
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
# Every person's mean is 3 and every film's mean is 3. So all biases are 0, and the best that lesson 01 can do is to predict 3 in every cell. But you see at once what is going on: Ann and Bob have opposite tastes, and Cleo does not care.
#
# Give every film *i* one number $q_i$, and every person *u* one number $p_u$, and multiply them:
#
# | | A | B | C | D |
# |---|---|---|---|---|
# | film, $q_i$ | 2 | 1 | −1 | −2 |
#
# | | Ann | Bob | Cleo |
# |---|---|---|---|
# | person, $p_u$ | 1 | −1 | **?** |
#
# Ann and A: 3 + 1 · 2 = 5. Bob and A: 3 + (−1) · 2 = 1. Which number does Cleo need? Say it before you look at the next cell.

# %% tags=["nbval-check-output"]
toy = np.array([[5.0, 4, 2, 1], [1, 2, 4, 5], [3, 3, 3, 3]])
by_hand_p, by_hand_q = np.array([1, -1, 0]), np.array([2, 1, -1, -2])

print(3 + np.outer(by_hand_p, by_hand_q))

# %% [markdown]
# The whole table, all twelve ratings, from 3 + 4 numbers and a mean. The table was *factored*: written as a product. That is why such numbers are called **factors**, and the method *matrix factorisation*.
#
# One number is rarely enough: somebody may like long films and dislike songs. So $p_u$ and $q_i$ become short lists of $k$ numbers each, one for every direction of taste, and the products are added up (the *dot product*):
#
# $$p_u \cdot q_i = p_{u1} q_{i1} + p_{u2} q_{i2} + \dots + p_{uk} q_{ik}$$
#
# With $p_u$ = (1, ½) and $q_i$ = (2, −1) that is 1 · 2 + ½ · (−1) = 1½ stars more than without taste. Mean and biases stay, so the prediction of this lesson is
#
# $$\hat r_{ui} = \mu + b_u + b_i + p_u \cdot q_i$$
#
# Nobody tells the model what the directions are. There is no list of genres anywhere. It has the ratings, and has to find the numbers that fit them.
#
# ### Exercise 1: score all films for one person
#
# `mu` and `b_u` are numbers, `b_i` has one number for each of m films, shape `(m,)`; `p_u` has shape `(k,)`, and `q` has the shape `(m, k)`: row *i* is the film's $q_i$. Return the m predictions in stars, shape `(m,)`. Do not hold them between 0.5 and 5: for ranking it matters whether a film would get 5.2 or 5.6. Example: `score_films(3, 0.5, np.array([0, 1]), np.array([1, 2]), np.array([[1, 0], [0, -1]]))` is `[4.5, 2.5]`.


# %% tags=["exercise"]
def score_films(mu, b_u, b_i, p_u, q):
    """Predicted stars of all m films for one person, not clipped; shape (m,)."""
    # solution
    return mu + b_u + b_i + q @ p_u
    # end


# %%
checks.score_films(score_films)

# %%
score_films = checks.use(score_films)

# %% [markdown]
# ## What makes numbers good?
#
# The numbers should fit the ratings, so the squared error should be small. And, as in lesson 01, large numbers should cost something: *fit plus a price for size*. For one rating, with the error $e = r_{ui} - \hat r_{ui}$,
#
# $$\underbrace{e^2}_{\text{fit}} + \underbrace{\text{reg} \cdot \left( b_u^2 + b_i^2 + p_u \cdot p_u + q_i \cdot q_i \right)}_{\text{price for size}}$$
#
# Here $p_u \cdot p_u$ is the sum of the squares of the numbers in $p_u$, and reg (short for *regularisation*) is the price. The **loss** is the sum of this over all ratings from which the model learns.
#
# One thing differs from lesson 01: there a film paid once, here it pays *with every rating*. A film with 100 ratings pays 100 times, but its 100 errors count too.
#
# ### Exercise 2: the loss
#
# `u`, `i` and `r` have one entry for each rating: row number of the person, row number of the film, stars. `b_u` and `b_i` are now the biases of *all* people and *all* films, and `p` and `q` have one row for each person and each film. `reg` is the price. Return the loss, one number. Example: one person with bias 0 and $p$ = (1), one film with bias 0 and $q$ = (2), μ = 3, one rating of 4 stars, reg = 0.1: the error is 4 − 5 = −1, and the loss 1 + 0.1 · (0 + 0 + 1 + 4) = 1.5.


# %% tags=["exercise"]
def loss(u, i, r, mu, b_u, b_i, p, q, reg):
    """Squared errors plus the price for size, summed over the ratings."""
    # solution
    e = r - (mu + b_u[u] + b_i[i] + (p[u] * q[i]).sum(axis=1))
    size = b_u[u] ** 2 + b_i[i] ** 2 + (p[u] ** 2 + q[i] ** 2).sum(axis=1)
    return np.sum(e**2 + reg * size)
    # end


# %%
checks.loss(loss)

# %%
loss = checks.use(loss)

# %% [markdown]
# ## Which way is downhill?
#
# In lesson 01 we set the derivative to zero and solved for $b$. Here people and films are multiplied with each other, and there is no such formula for all numbers at once. One could take turns again, as with the biases. We take another way, that of the library: start anywhere, find out which way is downhill, take a small step, and repeat.
#
# Look at one rating. Nudge $b_u$ up by a tiny δ (“delta”). Then the prediction rises by δ, the error falls by δ, and
#
# - the fit changes from $e^2$ to $(e - \delta)^2 = e^2 - 2 e \delta + \delta^2$: for a tiny δ, by $-2e\,\delta$;
# - the price changes from $\text{reg} \cdot b_u^2$ to $\text{reg} \cdot (b_u + \delta)^2$: by $2\,\text{reg}\, b_u\,\delta$.
#
# So the slope for $b_u$ is $-2\,(e - \text{reg}\, b_u)$. Now nudge one number of $p_u$, say the first. It is multiplied with the first number of $q_i$, so the prediction rises by $q_{i1} \delta$, and the slope is $-2\,(e\, q_{i1} - \text{reg}\, p_{u1})$. For a number of $q_i$ the roles are exchanged.
#
# Downhill is *against* the slope. With a small step size lr (the *learning rate*, which swallows the 2):
#
# $$b_u \leftarrow b_u + \text{lr}\,(e - \text{reg}\, b_u) \qquad p_u \leftarrow p_u + \text{lr}\,(e\, q_i - \text{reg}\, p_u)$$
# $$b_i \leftarrow b_i + \text{lr}\,(e - \text{reg}\, b_i) \qquad q_i \leftarrow q_i + \text{lr}\,(e\, p_u - \text{reg}\, q_i)$$
#
# All four use the *old* values on the right: they are one step, taken at once. Read the first one aloud: “if I predicted too little, raise the bias by a part of what was missing, and pull it a little towards 0”. For $p_u$: “if I predicted too little, move the person a little towards the film.”
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
# | $b_i$ | 0 | | **?** |
# | $q_i$ | 1 | | **?** |
#
# Compute the last two, and then the new prediction.
#
# <details><summary>The last two, and the new prediction</summary>
#
# b_i is 0 + 0.1 · 1.5 = 0.15, like b_u. q_i is 1 + 0.1 · (1.5 · 0.5 − 0.1 · 1) = 1.065, with the old 0.5. The new prediction is 3 + 0.15 + 0.15 + 0.645 · 1.065 = 3.987: the error went from 1.5 to 1.013.
# </details>
#
# Is the slope right? Ask the computer: nudge $p_u$ by a millionth, and compare how fast the loss changes with what the formula says, −2 (1.5 · 1 − 0.1 · 0.5) = −2.9.

# %% tags=["nbval-check-output"]
zero, first, tiny = np.zeros(1), np.array([0]), 1e-6


def loss_at(p_u):
    p, q = np.array([[p_u]]), np.array([[1.0]])
    return loss(first, first, np.array([5.0]), 3, zero, zero, p, q, 0.1)


print(f"slope: {(loss_at(0.5 + tiny) - loss_at(0.5)) / tiny:.3f}")

# %% [markdown]
# ### Exercise 3: one step
#
# `r` is one rating in stars, `b_u` and `b_i` are two numbers, `p_u` and `q_i` arrays of shape `(k,)`. Return the four new values as a tuple, `b_u, b_i, p_u, q_i`, and leave the old ones as they are. The example is the step above: `sgd_step(5, 3, 0, 0, np.array([0.5]), np.array([1.0]), 0.1, 0.1)` gives 0.15, 0.15, `[0.645]` and `[1.065]`.


# %% tags=["exercise"]
def sgd_step(r, mu, b_u, b_i, p_u, q_i, lr, reg):
    """The four values after one step on one rating: b_u, b_i, p_u, q_i."""
    # solution
    e = r - (mu + b_u + b_i + p_u @ q_i)
    return (
        b_u + lr * (e - reg * b_u),
        b_i + lr * (e - reg * b_i),
        p_u + lr * (e * q_i - reg * p_u),
        q_i + lr * (e * p_u - reg * q_i),
    )
    # end


# %%
checks.sgd_step(sgd_step)

# %% [markdown]
# ## The algorithm
#
# Visit every rating and take one step; that is an **epoch**. Then do it again. This is *stochastic gradient descent*: the *gradient* is the slopes of all numbers together, *descent* is downhill, and *stochastic* (“by chance”) because each step looks at a single rating and not at the whole loss. That is the whole algorithm:

# %%
sgd_step = checks.use(sgd_step)


def sgd_epoch(u, i, r, mu, b_u, b_i, p, q, lr, reg):
    """Visit every rating once; b_u, b_i, p and q change in place."""
    for user, film, stars in zip(u, i, r, strict=True):
        b_u[user], b_i[film], p[user], q[film] = sgd_step(
            stars, mu, b_u[user], b_i[film], p[user], q[film], lr, reg
        )


# %% [markdown]
# Where to start? The biases start at 0. **Guess:** what would happen if $p$ and $q$ started at 0 too? Look at the update of $p_u$ before you read on.
#
# <details><summary>What would happen</summary>
#
# Nothing, for ever. The step of p_u is e · q_i, which is 0 if q_i is 0, and the step of q_i is e · p_u, which is 0 if p_u is 0. The model would learn the biases and no taste. So the factors start with small random numbers, to have any direction at all.
# </details>


# %%
def random_start(n_people, n_films, n_factors, sd, seed):
    """Biases of 0 and small random factors, drawn as Surprise draws them."""
    draw = np.random.RandomState(seed).normal
    p = draw(0, sd, (n_people, n_factors))
    q = draw(0, sd, (n_films, n_factors))
    return np.zeros(n_people), np.zeros(n_films), p, q


# %% [markdown]
# Now the toy table, one factor. To see whether the model has understood something, hide one rating from it: Ann's of D, which is 1. **Guess:** will the prediction for this cell go straight down to 1?

# %%
toy_u, toy_i = np.nonzero(np.arange(12).reshape(3, 4) != 3)  # all cells but Ann and D
toy_r = toy[toy_u, toy_i]
toy_mu = toy_r.mean()

b_u, b_i, p, q = random_start(3, 4, 1, sd=0.1, seed=SEED)
seen, hidden = [], []
for _ in range(60):
    sgd_epoch(toy_u, toy_i, toy_r, toy_mu, b_u, b_i, p, q, lr=0.1, reg=0.02)
    guess = toy_mu + b_u[:, None] + b_i + p @ q.T
    seen.append(np.sqrt(np.mean((toy_r - guess[toy_u, toy_i]) ** 2)))
    hidden.append(guess[0, 3])

# %%
epochs = np.arange(1, 61)
fig, ax = plt.subplots()
ax.plot(epochs, seen, color="#0072b2", label="RMSE on the eleven known ratings")
ax.plot(epochs, hidden, "--", color="#e69f00", label="prediction for Ann and D")
ax.axhline(1, color="#767676", linestyle=":", label="Ann's rating of D, not shown")
ax.set(xlabel="epoch", ylabel="stars", ylim=(0, None))
ax.set_title("The toy table: first the biases learn, then the taste")
ax.legend()
plt.show()

# %% [markdown]
# *In words:* the error on the eleven known ratings (full line) falls from 1.14 to almost 0. The prediction for the hidden rating (dashed line) first goes the wrong way, up to 4, then turns and falls towards 1, the dotted line. At first the factors are too small to say anything, and the biases learn alone: D's two known ratings are 5 and 3, Ann's three are 5, 4 and 2, so a model of biases expects Ann to like D. Then the factors grow and tell it that Ann likes what Bob does not.

# %% tags=["nbval-check-output"]
print(f"known ratings, RMSE: first {seen[0]:.2f}, last {seen[-1]:.2f}")
print(f"Ann and D: highest {max(hidden):.1f}, last {hidden[-1]:.1f}")
print("p:", p.round(1).ravel(), " q:", q.round(1).ravel())
print(np.round(toy_mu + b_u[:, None] + b_i + p @ q.T, 1))

# %% [markdown]
# The table is there again, and the hidden cell (first row, last column) is close: 1.4, and still falling a little. (It settles at 1.25, not at 1, because size has a price; try 1000 epochs, then also reg = 0.) Compare $p$ and $q$ with those by hand, (1, −1, 0) and (2, 1, −1, −2). They are not the same: Ann's is larger, A's is smaller, and their product is again about 2. Hold on to that: **the product is what the data determine, not the factors**.
#
# ## Real ratings, and the same numbers as the library
#
# Surprise calls this algorithm `SVD`. Does the loop above, with the step that you wrote, find the same? Only if both begin with the same random numbers and visit the ratings in the same order. So take two things from the library's side: an order of the ratings, and row numbers for people and films. (The course's own `train_svd` shuffles the ratings and lays them out for Surprise; here that is all we want of it.) (The name SVD is borrowed from mathematics: the *singular value decomposition* factors a table that has no empty cells.)

# %%
import time

from surprise import SVD

from xrec_lessons.svd import train_svd

settings = {"n_factors": 10, "n_epochs": 8, "init_std_dev": 0.1, "random_state": SEED}
library = SVD(lr_all=0.03, reg_all=0.02, **settings)
rows = train_svd(fit, seed=SEED).trainset

began = time.perf_counter()
library.fit(rows)
library_seconds = time.perf_counter() - began

# %%
u, i, r = (np.array(column) for column in zip(*rows.all_ratings(), strict=True))
people = pd.Index([rows.to_raw_uid(row) for row in rows.all_users()])
films = pd.Index([rows.to_raw_iid(row) for row in rows.all_items()])
val_u = people.get_indexer(validation.userId)
val_i = films.get_indexer(validation.movieId)  # -1 for a film that fit does not know
mu, val_r = r.mean(), validation.rating.to_numpy()

# %% [markdown]
# To see how the training goes, we need the predictions for many pairs of person and film. As in lesson 01, an unknown film (row −1) adds nothing, and predictions stay on the scale.

# %%
rmse = checks.reference("rmse")


def predict_pairs(mu, b_u, b_i, p, q, u, i):
    """Predicted stars for pairs of row numbers; film -1 is unknown."""
    film = b_i[i] + (p[u] * q[i]).sum(axis=1)
    return np.clip(mu + b_u[u] + np.where(i >= 0, film, 0), *data.rating_scale)


# %% [markdown]
# Now our loop, with 10 factors, eight epochs. After every epoch it measures both errors. It takes some seconds, because a loop in Python is slow, whatever it does.

# %%
b_u, b_i, p, q = random_start(len(people), len(films), 10, sd=0.1, seed=SEED)
history, began = [], time.perf_counter()
for _ in range(8):
    sgd_epoch(u, i, r, mu, b_u, b_i, p, q, lr=0.03, reg=0.02)
    on_fit = rmse(r, predict_pairs(mu, b_u, b_i, p, q, u, i))
    on_validation = rmse(val_r, predict_pairs(mu, b_u, b_i, p, q, val_u, val_i))
    history.append((on_fit, on_validation))
seconds = time.perf_counter() - began

print(f"our loop {seconds:.1f} s, the library {library_seconds:.1f} s")
print(f"that is {8 * len(r) / seconds:,.0f} ratings a second for our loop")

# %% [markdown]
# And the numbers of the library, from the same start?

# %% tags=["nbval-check-output"]
ours, theirs = (b_u, b_i, p, q), (library.bu, library.bi, library.pu, library.qi)
apart = max(abs(a - b).max() for a, b in zip(ours, theirs, strict=True))

print(f"{sum(a.size for a in ours):,} numbers, largest difference {apart:.10f}")

# %% [markdown]
# The same, all of them. What you derived *is* the SVD of the library. Its loop is compiled, and you saw how much time that saves (20 million ratings, in lesson 10, would take our loop an hour or more for 20 epochs). So from now on we let machine code do the work: `train_svd` takes the same steps as Surprise in a compiled loop of its own, some ten times faster still. Lesson 10 builds that loop, and tests that it finds Surprise's numbers to the last bit.
#
# ## Too much of a good thing
#
# Our loop noted both errors after every epoch. **Guess** again, now that you know the algorithm: how do the two curves go?

# %%
curve = pd.DataFrame(history, index=range(1, 9), columns=["fit", "validation"])
fig, ax = plt.subplots()
ax.plot(curve["fit"], "--s", color="#0072b2", label="fit (learned from)")
ax.plot(curve["validation"], "-o", color="#d55e00", label="validation")
ax.axhline(yardstick, color="#767676", ls=":", label="biases, validation")
ax.set(xlabel="epoch", ylabel="RMSE in stars")
ax.set_title("Learning by heart: one error falls, the other turns")
ax.legend()
plt.show()

# %% [markdown]
# *In words:* on the ratings that it learns from (dashed line, squares), the error falls with every epoch, from 0.885 to 0.668. On the validation part (full line, circles) it falls from 0.929 to 0.911 at the fourth epoch, and then rises to 0.927. And it never comes down to the dotted line: the biases alone have 0.903.
#
# %% tags=["nbval-check-output"]
curve.round(3).T

# %% [markdown]
# From the fifth epoch on the model learns what is true of these ratings but not of others: it **over-fits**. The cure that costs least is to stop in time. But while it trains, nobody knows whether the curve will turn down again; so one waits a few epochs, the *patience*, and then takes the best so far.
#
# ### Exercise 4: when to stop
#
# `validation_errors` holds the validation RMSE after epoch 1, 2, 3 …. Training stops as soon as `patience` epochs in a row have brought no error *below* the lowest one so far; the epochs after that are never seen. Return the number of the epoch whose model is kept: the lowest error seen, epochs counted from 1. If training never stops early, that is the best of all. Example: `best_epoch([0.95, 0.92, 0.94, 0.93, 0.90], 2)` is 2, because epochs 3 and 4 brought nothing better and epoch 5 is never reached; with a patience of 3 it is 5.


# %% tags=["exercise"]
def best_epoch(validation_errors, patience):
    """Number of the epoch, from 1, whose model early stopping keeps."""
    # solution
    best = 0
    for epoch, error in enumerate(validation_errors):
        if error < validation_errors[best]:
            best = epoch
        if epoch - best == patience:
            break
    return best + 1
    # end


# %%
checks.best_epoch(best_epoch)

# %% tags=["nbval-check-output"]
best_epoch = checks.use(best_epoch)

print("keep the model of epoch", best_epoch(list(curve["validation"]), patience=2))

# %% [markdown]
# ## A famous method loses
#
# Stopped in time, our small model still loses to the biases. Then let us take what everybody takes: Surprise's SVD with the settings that it comes with: 100 factors, 20 epochs, smaller steps. (`train_svd` also shuffles the ratings first; below you will see that this helps.) Compare with your first guess.

# %% tags=["nbval-check-output"]
DEFAULTS = {"n_factors": 100, "n_epochs": 20, "lr": 0.005, "reg": 0.02, "init_sd": 0.1}
defaults = train_svd(fit, seed=SEED, **DEFAULTS)

print(f"Surprise's defaults: validation RMSE {test_rmse(defaults, validation):.3f}")
print(f"biases only:         validation RMSE {yardstick:.3f}")

# %% [markdown]
# Worse than no taste at all, with a hundred times as many numbers. What went wrong?
#
# Look at the start. Every factor begins as a random number with a standard deviation of 0.1, which looks small. But a prediction adds up 100 products of two of them. Each product has a standard deviation of 0.1 · 0.1 = 0.01, and the standard deviation of a sum of 100 independent numbers is √100 = 10 times that of one, so that of the sum is 0.1. So **before it has learned anything, the model adds noise of a tenth of a star to every prediction**. Does the training remove that noise? Compare the trained $q$ with where it started, for films with few and with many ratings. (The same ratings and the same seed give the same order, so the row numbers `u` and `i` of `library` hold for this model and all that follow on *fit*.)

# %% tags=["nbval-check-output"]
_, _, p_start, q_start = random_start(len(people), len(films), 100, sd=0.1, seed=SEED)
print(f"SD of p_u · q_i at the start: {(p_start @ q_start.T).std():.3f} stars\n")

names = ["1 rating", "2 to 9", "10 to 49", "50 or more"]
groups = pd.cut(np.bincount(i), [0, 1, 9, 49, np.inf], labels=names)
for name in [name for name in names if name in set(groups)]:
    part = groups == name
    same = np.corrcoef(q_start[part].ravel(), defaults.qi[part].ravel())[0, 1]
    print(f"{name:10} {part.sum():5,} films, correlation with the start {same:.2f}")

# %% [markdown]
# Films with one rating *are* their random start: a correlation of 0.99. They were visited 20 times, and each visit moved them by a small step. Even films with fifty ratings or more keep much of it. So a large start does harm, and more factors make more noise. Change one thing after the other:

# %% tags=["nbval-check-output"]
FEWER = DEFAULTS | {"n_factors": 50}
fewer = train_svd(fit, seed=SEED, **FEWER)
smaller = train_svd(fit, seed=SEED, **FEWER | {"init_sd": 0.025})

models = {
    "biases only": biases,
    "defaults": defaults,
    "50 factors": fewer,
    "50 factors, start 0.025": smaller,
}
scores = {name: test_rmse(model, validation) for name, model in models.items()}
pd.Series(scores, name="validation RMSE").round(3).to_frame()

# %% [markdown]
# Fewer factors and a smaller start repair most of the damage (0.917 → 0.906). But 0.906 is still no better than the biases. Does taste say anything yet, in this last model? See how large $p_u \cdot q_i$ is over the ratings that it learned from.

# %% tags=["nbval-check-output"]
taste = (smaller.pu[u] * smaller.qi[i]).sum(axis=1)
print(f"SD of p_u · q_i after 20 epochs: {taste.std():.2f} stars")

# %% [markdown]
# Hardly anything. Remember how the toy model needed some epochs before its factors said something: with a small start, 20 epochs of small steps are too few. So train longer, 40 epochs, with steps of 0.01. But then the model will over-fit, unless size costs more.
#
# ## Choose the penalty
#
# The price for size, reg, decides how much the model dares to believe. Train with five prices, on *fit*, and measure on both parts. (Five trainings; a few seconds.)


# %%
def both_errors(model):
    """RMSE of a model of Surprise on fit and on validation."""
    learned = mu, model.bu, model.bi, model.pu, model.qi
    on_fit = rmse(r, predict_pairs(*learned, u, i))
    return on_fit, rmse(val_r, predict_pairs(*learned, val_u, val_i))


LONGER = {"n_factors": 50, "n_epochs": 40, "lr": 0.01, "init_sd": 0.025}
trained = {
    reg: train_svd(fit, seed=SEED, reg=reg, **LONGER)
    for reg in (0.02, 0.04, 0.06, 0.08, 0.12)
}
by_reg = {reg: both_errors(model) for reg, model in trained.items()}

# %% [markdown]
# **Guess** before you move the slider: how does the error on *fit* change when the price rises? And the one on *validation*? (With the keyboard: <kbd>Tab</kbd> to the slider, then the arrow keys.)


# %%
@interact(reg=SelectionSlider(options=list(by_reg), value=0.02))
def show(reg):
    on_fit, on_validation = by_reg[reg]
    print(f"reg {reg}: RMSE {on_fit:.3f} on fit, {on_validation:.3f} on validation")


# %%
valley = pd.DataFrame(by_reg, index=["fit", "validation"]).T
fig, ax = plt.subplots()
ax.plot(valley["validation"], "-o", color="#d55e00", label="50 factors")
ax.axhline(yardstick, color="#767676", ls=":", label="biases only")
ax.set(xlabel="price for size, reg", ylabel="validation RMSE in stars")
ax.set_title("Too low a price over-fits, too high a price learns little")
ax.legend()
plt.show()

# %% [markdown]
# *In words:* a valley again. At a price of 0.02, Surprise's default, the validation RMSE is 0.913: trained so long, the model over-fits. At 0.06 it is lowest, 0.894, well below the dotted line of the biases at 0.903. At 0.12 it is 0.902, almost that of the biases again: at this price there is little taste left that helps.

# %% tags=["nbval-check-output"]
best = trained[0.06]
taste = (best.pu[u] * best.qi[i]).sum(axis=1)
print(f"SD of p_u · q_i at reg 0.06: {taste.std():.2f} stars")
valley.round(3)

# %% [markdown]
# Now taste speaks: 0.31 stars instead of 0.03. On *fit* the error only rises with the price, from 0.382 to 0.781. If you judge a model by the ratings that it learned from, you take the worst of the five.
#
# The winner, 50 factors, 40 epochs, lr 0.01, reg 0.06 and a start of 0.025, is what `train_svd` does if you ask for nothing else. It was chosen on the validation parts of five splits, seeds 0 to 4, among 27 settings: three numbers of epochs (20, 40, 60), three prices (0.06, 0.08, 0.1), three starts (0.025, 0.05, 0.1). That takes minutes, so the course brings the result; the command `python -m xrec_lessons.experiments tune` measures it anew. The best three, by mean RMSE:

# %% tags=["nbval-check-output"]
from xrec_lessons.experiments import results

tried = results("tune").groupby(["n_epochs", "reg", "init_sd"])["RMSE"].mean()
tried.nsmallest(3).round(3).reset_index()

# %% [markdown]
# The winner lies at the edge of what was tried: the lowest price and the smallest start. That is a reason to look beyond the edge. The valley above does so for the price, on one split, and finds nothing better at 0.04. For the start it is left to you: train with `init_sd=0.0125` on *fit* and compare on *validation*.
#
# ## One split is luck
#
# The choice is made, so now look at the test part, once. The final model learns from all of *train*.

# %% tags=["nbval-check-output"]
trained = train_svd(train, seed=SEED)

print(f"tuned:       test RMSE {test_rmse(trained, test):.3f}")
print(f"biases only: test RMSE {test_rmse(biases_only(train), test):.3f}")

# %% [markdown]
# Better by 0.016 stars, on this split. Lesson 01 showed that the same method moves by several thousandths from split to split, so take ten other splits, and on each the *difference* to the biases on the same split. (The command `python -m xrec_lessons.experiments accuracy` measures it anew, in a minute or two; the course brings the result.)

# %%
by_split = results("accuracy").pivot(index="seed", columns="model", values="RMSE")
gain = by_split.rsub(by_split["biases only"], axis=0).drop(columns="biases only")
gain = gain[gain.mean().sort_values().index]  # the best last
ax = sns.stripplot(data=gain, orient="h", color="#0072b2", jitter=False, alpha=0.6)
ax.axvline(0, color="#767676", linestyle=":")
ax.set(xlabel="stars better than the biases, same split", ylabel="")
ax.set_title("Ten splits: left of the line loses to the biases")
plt.show()

# %% [markdown]
# *In words:* six rows of ten dots, each dot one split. The two upper rows, Surprise's defaults and the settings of the article from which the course starts (the same, with 50 factors), lie left of the dotted line on every one of the ten splits: they lose to the biases. “Ours” are `train_svd`'s own settings and three variants. With a price of 0.12 the dots lie at the line or a little right of it; the three lowest rows lie far right of it on every split.

# %% tags=["nbval-check-output"]
gain.agg(["mean", "std", "min", "max"]).T.round(4)

# %% [markdown]
# The defaults lose by 0.010 ± 0.002 stars, the tuned model wins by 0.014 ± 0.002 (mean ± standard deviation over ten splits; the settings were chosen on other splits, though of the same ratings). Three more things are in this table. At a price of 0.12 next to nothing is gained, as in the valley. With 100 factors the tuned model is better by another 0.002, on average: with its small start more factors add hardly any noise. The course keeps 50, as in the article. And the order of the ratings matters. Surprise goes through the ratings person by person, and MovieLens sorts a person's ratings by the number of the film; then films with high numbers always have the last word. `train_svd` shuffles the ratings first, in the two upper rows too. Only the row “rows not shuffled” goes without shuffling, and its gain is 0.004 smaller.
#
# ## What does a factor mean?
#
# Now to your third guess. Take the films with 50 ratings or more, sort them by the first of their 50 numbers, and look at both ends. Can you find a name for it?

# %%
from xrec_lessons.bundle import load_bundle
from xrec_lessons.model import ItemFactors, UserFactors

bundle = load_bundle()
title = data.films.name
model = ItemFactors.from_surprise(trained)  # mu, b, q; a row for each film, by its id

counts = train.movieId.value_counts().loc[model.ids].to_numpy()
known = model.ids[counts >= bundle.min_ratings]  # 50
known_q = model.q[model.rows(known)]


# %% tags=["nbval-check-output"]
def ends(ids, q, factor, n=4):
    """Print the films at the two ends of a factor."""
    order = ids[np.argsort(q[:, factor])]
    print("lowest: ", "; ".join(map(title, order[:n])))
    print("highest:", "; ".join(map(title, order[-n:])))


ends(known, known_q, factor=0)

# %% [markdown]
# One can always find a name. Try; then do something strange. In the plane, turn a map: every town gets other coordinates, but the distances between the towns stay. The same can be done with 50 coordinates. A matrix $R$ that turns is called *orthogonal*: $R^{\mathsf T}$, the same numbers with rows and columns exchanged, turns everything back, so $R R^{\mathsf T}$ changes nothing. By hand, with two factors: turn (x, y) into (0.6x − 0.8y, 0.8x + 0.6y). The person (1, 2) becomes (−1, 2) and the film (5, 0) becomes (3, 4): their product was 5 and still is 5, though the film now has a second factor. (`np.linalg.qr` makes a turn of 50 factors from random numbers.) Turn people and films alike, and the prediction becomes
#
# $$(p_u R) \cdot (q_i R) = p_u R R^{\mathsf T} q_i = p_u \cdot q_i$$
#
# The same as before, for every person and every film. (So are the sizes $p_u \cdot p_u$ and $q_i \cdot q_i$, so the loss does not change either.) Do it, for one person and all films:

# %% tags=["nbval-check-output"]
R, _ = np.linalg.qr(np.random.default_rng(SEED).normal(size=(50, 50)))
three = [user for user in (100, 200, 15) if user in people] or [people[0]]
person = UserFactors.from_surprise(trained, three[0])

before = score_films(model.mu, person.b, model.b, person.p, model.q)
after = score_films(model.mu, person.b, model.b, person.p @ R, model.q @ R)
print(f"largest change of a prediction: {abs(before - after).max():.10f} stars\n")
ends(known, known_q @ R, factor=0)

# %% [markdown]
# Not one prediction has changed, and the first factor is another one, with other films at its ends. Both models are equally good, so neither list is “the” meaning of the first factor. “But this one means something: three *Star Wars* films at one end!” They are near each other, and near films stay together however one turns; this turn, made of random numbers, happened to bring them to an end. **A single factor means nothing.** Whoever tells you that a model “has found out that factor 7 is romance” has looked at one of endlessly many equally good rotations.
#
# What does *not* change when everything is turned? Distances and angles, as on the map. How much two films point in the same direction is measured by the **cosine** of the angle between them:
#
# $$\cos(q_i, q_j) = \frac{q_i \cdot q_j}{\lVert q_i \rVert\, \lVert q_j \rVert} \qquad \text{with the length } \lVert q_i \rVert = \sqrt{q_i \cdot q_i}$$
#
# It is 1 if they point in the same direction, 0 if they have nothing to do with each other, −1 if they are opposite.
#
# ### Exercise 5: the nearest films
#
# `q` has shape `(m, k)`, one row for each film. Return the row numbers of the `n` films with the highest cosine with film number `row`, the nearest first, without the film itself. Example: with `q = np.array([[1, 0], [5, 5], [2, 0.1], [-1, 0]])`, `nearest_films(q, 0, 2)` is `[2, 1]`: the row of film 1 is longer, but film 2 points more in the direction of film 0.


# %% tags=["exercise"]
def nearest_films(q, row, n):
    """Rows of the n films whose factors point most in the direction of film `row`."""
    # solution
    unit = q / np.linalg.norm(q, axis=1, keepdims=True)
    cosine = unit @ unit[row]
    cosine[row] = -np.inf
    return np.argsort(-cosine)[:n]
    # end


# %%
checks.nearest_films(nearest_films)

# %% tags=["nbval-check-output"]
nearest_films = checks.use(nearest_films)

for film in list(FOUR)[::2]:
    place = np.flatnonzero(known == film)[0]
    print(f"{FOUR[film]}:")
    for near in nearest_films(known_q, place, 4):
        print("   ", title(known[near]))

# %% [markdown]
# The two sequels come first, and the model has never seen a title. It knows only that the same people gave these films more, or less, than expected. That is all that “near” says; *The Untouchables* is a gangster film, and yet it is near.
#
# Is it luck? The course's bundle has five models, trained on all ratings, that differ only in the seed. Compare the first two of them: are the first factors alike? Are the cosines between films alike?

# %% tags=["nbval-check-output"]
one, two = (m.q[m.rows(known)] for m in bundle.models[:2])
pairs = np.triu_indices(len(known), 1)


def cosines(q):
    unit = q / np.linalg.norm(q, axis=1, keepdims=True)
    return (unit @ unit.T)[pairs]


alike = [abs(np.corrcoef(one[:, f], two[:, f])[0, 1]) for f in range(50)]
print(f"factor by factor, mean size of the correlation: {np.mean(alike):.2f}")
print(f"cosines of {len(pairs[0]):,} pairs of films, correlation: ", end="")
print(f"{np.corrcoef(cosines(one), cosines(two))[0, 1]:.2f}")

# %% [markdown]
# Factor by factor, the two models have little in common. On the angles between films they largely agree. But only largely: ask all five for the four films nearest to *Star Wars IV*.

# %% tags=["nbval-check-output"]
place = np.flatnonzero(known == next(iter(FOUR)))[0]
found = [known[nearest_films(m.q[m.rows(known)], place, 4)] for m in bundle.models]

named, votes = np.unique(np.concatenate(found), return_counts=True)
for k in np.argsort(-votes, kind="stable"):
    print(votes[k], "of 5:", title(named[k]))

# %% [markdown]
# What all five say, the ratings say, even of *The Untouchables*: whatever the reason, it is no accident of one start. What one of five says may be.
#
# ## What the library holds
#
# You have derived all of `xrec_lessons.svd` and most of `xrec_lessons.model`. `ItemFactors` holds what a model knows about films, `UserFactors` what it knows about one person; `model.scores(person)` is your first exercise, and `model.top_n` sorts. Here is what it puts first for person 100, without the films that they rated, and how many ratings each film has in *train*:

# %% tags=["nbval-check-output"]
print("same as score_films:", np.allclose(model.scores(person), before), "\n")

rated = train.movieId[train.userId == three[0]]
n_ratings = dict(zip(model.ids, counts, strict=True))
for film in model.top_n(person, 5, exclude=rated):
    print(f"{n_ratings[film]:3} ratings  {title(film)}")

# %% [markdown]
# Good films, perhaps, but on the word of four to twenty people. That is why the recommendations of lesson 00 left out films with fewer than 50 ratings. Do the same, for two more people too, and beside each list the one of the biases alone ($p_u$ = 0):

# %% tags=["nbval-check-output"]
too_rare = np.setdiff1d(model.ids, known)
for user in three:
    person = UserFactors.from_surprise(trained, user)
    left_out = {*train.movieId[train.userId == user], *too_rare}
    print(f"person {user}: {'biases alone':36} with taste")
    lists = [
        model.top_n(UserFactors(person.b, p), 5, exclude=left_out)
        for p in (0 * person.p, person.p)
    ]
    for films_of_both in zip(*lists, strict=True):
        alone, tasted = (title(film).split(" (")[0] for film in films_of_both)
        print(f"            {alone:36} {tasted}")

# %% [markdown]
# Person 100 gets nearly the list of the biases: four of five films. Of the lists of 200 and 15 only one film is the biases' own. (15 has rated so many films that even the biases' list is another one.)
#
# ## What could mislead you here
#
# - **The RMSE says little about what people get to see.** 0.014 stars sounds like nothing. But the biases recommend the same films to everybody, save those already rated, and the factors change that list: for some people almost wholly, for others hardly. Whether it is then better, the RMSE does not say.
# - **A library's defaults are not a yardstick.** A new method that beats “SVD” at its defaults has shown little: on these data the biases beat it too. A famous example is told in [*On the difficulty of evaluating baselines*](https://arxiv.org/abs/1905.01395) (Rendle, Zhang and Koren, 2019).
# - **A prediction does not say how sure it is.** The model predicts stars for a film with one rating as readily as for one with two hundred, although the first one's factors are hardly more than the random start.
# - **A seed can look like a finding.** Before you tell a story about a factor or a neighbour, train again with another seed and see whether it is still there.
# - **Near is not alike.** Films are near each other because the same people liked them more than expected. That may be their genre, their year, or who happened to rate on this site.
#
# ## Key points
#
# - Taste, here, is $p_u \cdot q_i$: what a person's and a film's numbers add to mean and biases.
# - SGD: one rating, one error, one small step for $b_u, b_i, p_u, q_i$ at once, from the old values.
# - More training fits the known ratings ever better, and from some epoch on other ratings ever worse. Stop early, make size cost, start small.
# - Surprise's defaults lose to the biases on these data; with settings chosen on a validation part the same algorithm wins.
# - Turned factors predict the same. Single factors mean nothing; angles between films do.
#
# ## Two questions
#
# Press an answer: it answers back.

# %%
checks.quiz("02")

# %% [markdown]
# **Next:** [lesson 03, *Folding in one user*](03_folding_in.ipynb): somebody new arrives with ten ratings, and nobody wants to train everything again.
