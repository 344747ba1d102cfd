# %% [markdown]
# # 03 · Folding in one user
#
# **Somebody new gives ten ratings. Must the whole model be trained again?**
#
# The model of [lesson 02, *Matrix factorisation with SGD*](02_matrix_factorisation.ipynb), knows the people that it was trained on, and nobody else. A shop meets new people all day, and in the study behind this course every participant was new. Here you add one person to a trained model without touching anything else, and test how good that is.
#
# *About 50 minutes. Needs lessons 01 (biases, damping, RMSE) and 02 (SGD), a matrix product, a transpose, a linear system and one derivative.* Afterwards you will be able to
#
# - **turn** a newcomer's ratings into an ordinary regression,
# - **solve** it in closed form, with a penalty that follows from the training,
# - **test** fairly how accurate a shortcut is.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

from xrec_lessons import checks, movielens, svd
from xrec_lessons.drawings import lesson_03 as drawings
from xrec_lessons.drawings import theme
from xrec_lessons.model import ItemFactors, UserFactors

theme.follow_theme()
SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## People whom the model has never met
#
# We hold out whole people: a hundred, drawn at random. Ten ratings of each are what the newcomer tells us (*told*). We hide all the others and judge with them (*hidden*). (A film that nobody in *train* rated drops out, so *told* has a few fewer than 1,000.)

# %% tags=["nbval-check-output"]
data = movielens.load()
films = data.films
sizes = {"n_users": 100, "given": 10, "fewer": True}  # fewer in a small table
train, given, rest = movielens.split_users(data.ratings, **sizes, seed=SEED)
given, rest = (part[part.movieId.isin(train.movieId)] for part in (given, rest))

print(f"train {len(train):,} ratings of {train.userId.nunique()} people")
print(f"told {len(given)} ratings, hidden {len(rest):,}, of {rest.userId.nunique()}")
told, hidden = map(movielens.ratings_by_user, (given, rest))  # person → {film: stars}

# %% [markdown]
# ## What it costs to train again
#
# First the long way: add the newcomers' ratings to the others and train everything from the beginning (once, for all hundred; for one person it would take as long).

# %%
# Plumbing: you need not read this cell.
import time

trained = svd.train_svd(train, seed=SEED)
model = ItemFactors.from_surprise(trained)

begin = time.perf_counter()
retrained = svd.train_svd(pd.concat([train, given]), seed=SEED)
seconds = time.perf_counter() - begin
n = given.userId.value_counts().max()
all_visits = model.n_epochs * (len(train) + n)
own_visits = model.n_epochs * n
print(f"training everything again: {seconds:.1f} seconds")
print(f"{all_visits:,} visits, of which {own_visits} to one newcomer's ratings")
print(f"one in {all_visits / own_visits:,.0f}")

# %% [markdown]
# For the article's 20 million ratings, its author measured 10 minutes and 53 seconds. And only one of more than 8,000 visits is to a rating of this newcomer. Do the other visits matter to them?
#
# ## Predict before you run
#
# The shortcut leaves everything as it was trained, and adds the newcomer only. Take its RMSE on the hidden ratings, minus the RMSE of training everything again. Type the difference that you expect, in stars, in place of the dots: above 0 if the shortcut is worse, below 0 if it is better.

# %%
difference = checks.guess("03 shortcut minus retraining", ...)
difference

# %% [markdown]
# ## What changes, and what can stay
#
# The model predicts, for person *u* and film *i* ([the glossary of symbols](symbols.md) has every letter),
#
# $$\hat r_{ui} = \mu + b_u + b_i + p_u \cdot q_i$$
#
# A newcomer brings a bias $b_u$ and factors $p_u$, one for each of the model's 50 factors: 51 new numbers. What a film is like, $b_i$ and $q_i$, was learned from the other people. So we **freeze** the films, as the article did, and compute only the new numbers. This is called *folding in*. Move the slider: each rating lights one film.

# %%
drawings.new_row()

# %% [markdown]
# Write *j* for a film that the newcomer rated and $r_j$ for the stars. We want $r_j \approx \mu + b_u + b_j + p_u \cdot q_j$. Move what is known to the left:
#
# $$\underbrace{r_j - \mu - b_j}_{y_j} \;\approx\; b_u + p_u \cdot q_j \;=\; \underbrace{(1, q_j)}_{x_j} \cdot \underbrace{(b_u, p_u)}_{w}$$
#
# The left side is a known number $y_j$: what the mean and the film's bias leave of the rating. The right side is a known row $x_j$ times an unknown $w$. That is an ordinary **regression**: find the $w$ for which $x_j \cdot w$ comes close to $y_j$.
#
# ### By hand
#
# A toy model with one factor, say *loud* (+1) or *quiet* (−1), and μ = 3.5. A newcomer gives two ratings:
#
# | | film A | film B | film C |
# |---|---|---|---|
# | bias $b_j$ | 0.5 | −0.5 | 0 |
# | factor $q_j$ | 1 | −1 | 0.5 |
# | stars $r_j$ | 5 | 3.5 | not rated |
# | $y_j = r_j - 3.5 - b_j$ | 1 | 0.5 | |
# | row $x_j = (1, q_j)$ | (1, 1) | (1, −1) | (1, 0.5) |
#
# Find $b_u$ and $p_u$ so that both ratings are met exactly.
#
# <details><summary>The newcomer's two numbers</summary>
#
# $b_u + p_u = 1$ and $b_u - p_u = 0.5$. Add the two: $2 b_u = 1.5$, so $b_u = 0.75$, and $p_u = 0.25$. The prediction for C is 3.5 + 0.75 + 0.5 · 0.25 = 4.375 stars.
# </details>
#
# Should you believe that much from two ratings? Lesson 01 would not have.

# %%
# Plumbing: the toy model, for the exercise.
toy = ItemFactors(
    mu=3.5,
    b=np.array([0.5, -0.5, 0.0]),
    q=np.array([[1.0], [-1.0], [0.5]]),
    ids=np.array([10, 20, 30]),
    lr=0.01,
    n_epochs=50,
    reg=0.0,
)

# %% [markdown]
# ### Exercise 1: what is left of a rating
#
# `model.mu` is a number, `model.b` an array with the bias of every film, and `model.rows(ids)` gives the places of several films in it. `ratings` is a dictionary from film id to stars; all of its films are known. The stars are there. **Write the last line**: return the array of the $y_j$, in the order of the dictionary. With the toy above, whose films have the ids 10, 20 and 30, `residuals(toy, {10: 5.0, 20: 3.5})` is `[1.0, 0.5]`.


# %% tags=["exercise"]
def residuals(model, ratings):
    """What the mean and the films' biases leave of the ratings; shape (n,), in stars."""
    stars = np.array(list(ratings.values()))
    # solution
    return stars - model.mu - model.b[model.rows(ratings)]
    # end


# %%
checks.residuals(residuals)

# %% [markdown]
# Now a real newcomer with ten ratings. The rows $x_j$ of the ten films make a table $X$.


# %% tags=["nbval-check-output"]
def rows_of(model, movies):
    """A row (1, q_j) for each film; shape (n, k + 1)."""
    q = model.q[model.rows(movies)]
    ones = np.full(len(q), model.unit**0.5)  # for stars: 1; ignore unit
    return np.column_stack([ones, q])


residuals = checks.use(residuals)
newcomer = told.get(4) or next(iter(told.values()))
X, y = rows_of(model, newcomer), residuals(model, newcomer)
print("X:", X.shape, " y:", y.shape)

# %% [markdown]
# Ten equations, 51 unknowns. Unlike in the toy, very many $w$ meet all ten ratings exactly. Which one do we want? The article met them only roughly: it took the $w$ at which SGD happened to stop, from a random start, so the same ten ratings gave another list each time ([the deeper notebook](03_folding_in_deeper.ipynb) measures how different).
#
# ## Which answer would be best?
#
# Lesson 01 had the answer for a single unknown, a bias. It minimised *fit plus a price for size*. Put $x_j \cdot w$ in the place of $b$, and the same price λ (“lambda”, the *penalty*) on each of the 51 numbers $w_c$:
#
# $$\text{cost}(w) = \sum_j (y_j - x_j \cdot w)^2 + \lambda \sum_c w_c^2$$
#
# With the price, exactly one $w$ is best. This is **ridge regression**. At the minimum the derivative with respect to each $w_c$ is zero. Write $x_{jc}$ for the number in row *j* and column *c*; then $x_j \cdot w$ changes by $x_{jc}$ when $w_c$ changes by 1, so
#
# $$-2 \sum_j x_{jc}\,(y_j - x_j \cdot w) + 2 \lambda w_c = 0 \quad\Longrightarrow\quad \sum_j x_{jc}\,(y_j - x_j \cdot w) = \lambda w_c$$
#
# In each column the ratings pull, and the price pulls back. $X^\top$ (“X transposed”) is $X$ laid on its side, so $X^\top(y - Xw)$ holds these sums, one for each column. With the identity $I$, ones on the diagonal, all 51 equations are
#
# $$X^\top (y - Xw) = \lambda w \quad\Longrightarrow\quad (X^\top X + \lambda I)\, w = X^\top y$$
#
# Check it with what you know: if $X$ is a single column of ones, then $X^\top X$ is *n*, $X^\top y$ is $\sum y_j$, and $w = \sum y_j / (n + \lambda)$: the damped mean of lesson 01.
#
# ### Ridge by hand
#
# For the toy, $X$ has the rows (1, 1) and (1, −1), and $y$ = (1, 0.5), so
#
# $$X^\top X = \begin{pmatrix} 1 + 1 & 1 - 1 \\ 1 - 1 & 1 + 1 \end{pmatrix} = \begin{pmatrix} 2 & 0 \\ 0 & 2 \end{pmatrix} \qquad X^\top y = \begin{pmatrix} 1 + 0.5 \\ 1 - 0.5 \end{pmatrix} = \begin{pmatrix} 1.5 \\ 0.5 \end{pmatrix}$$
#
# With λ = 0.5 each equation stands alone: $2.5\, b_u = 1.5$ and $2.5\, p_u = 0.5$, so $w$ = (0.6, 0.2). Without a price it was (0.75, 0.25): four fifths are left.
#
# In general, a single unknown solves $(s + \lambda)\, w = \sum_j x_j y_j$: it goes the share $s / (s + \lambda)$ of the way to the best fit, where $s = \sum_j x_j^2$ is how much the ratings say about it: here 2 / (2 + 0.5). The 51 numbers share their ratings, but can be mixed so that each mixture, called a *direction*, has an *s* of its own. (Two loud films say much about $b_u + p_u$, and nothing about $b_u - p_u$.) Below are two directions. The ratings pull at a bead, and the price pulls back. Move λ. Which one gives way first?

# %%
drawings.springs()

# %% [markdown]
# The price takes most where the ratings say least.
#
# ### Exercise 2: ridge
#
# `X` has shape (n, d), `y` shape (n,), `penalty` is λ, above 0. The matrix of the left side is there. **Write the last line**: return $w$, shape (d,). With the toy's two ratings, `solve_ridge(X, y, 0.5)` is `[0.6, 0.2]`. (`np.linalg.solve(A, c)` finds the $w$ for which $A w = c$.)


# %% tags=["exercise"]
def solve_ridge(X, y, penalty):
    """The w that minimises the squared errors plus penalty times w·w; shape (d,)."""
    A = X.T @ X + penalty * np.eye(X.shape[1])
    # solution
    return np.linalg.solve(A, X.T @ y)
    # end


# %%
checks.solve_ridge(solve_ridge)

# %% [markdown]
# ## How large is the price?
#
# One thing is missing: λ. The training has already decided how much it trusts ten ratings. It decided by *when it stopped*, after *T* epochs with the step *lr*. Stopping early holds $w$ back about as much as the price
#
# $$\lambda = \frac{1}{lr \cdot T}$$
#
# does (derived in the deeper notebook). Let the two race. Upwards lies a direction about which the ratings say much, to the right one about which they say little.

# %%
drawings.race()

# %% [markdown]
# Both start at 0 here (the films are frozen and not 0, so SGD gets away from it) and end at the best fit. They do not pass the same points: at every *T*, SGD is ahead. So ridge with this λ is the same kind of caution, and somewhat more of it.
#
# ### Exercise 3: the whole penalty
#
# That was stopping early alone. SGD also has a penalty of its own, *reg*: each *visit* pulls $w$ back by $lr \cdot reg \cdot w$. Ridge pays its price λ once for all *n* ratings of a person together, while SGD pays *reg* at each of the *n* visits of an epoch. Which λ stands for both, stopping after `n_epochs` epochs and paying `reg` at every visit? Return it, one number. If you are right, `ridge_penalty(0.01, 50, 0.1, 10)` is 3.0, and with `n` = 20 it is 4.0.


# %% tags=["exercise"]
def ridge_penalty(lr, n_epochs, reg, n):
    """Ridge penalty that stands for SGD from zero, for a person with n ratings."""
    # solution
    return 1 / (lr * n_epochs) + reg * n
    # end


# %%
checks.ridge_penalty(ridge_penalty)

# %% [markdown]
# For ten ratings, in our model and in one with the article's settings (stopping early + visits):

# %% tags=["nbval-check-output"]
solve_ridge = checks.use(solve_ridge)
ridge_penalty = checks.use(ridge_penalty)
articles = ItemFactors.from_surprise(svd.train_svd(train, seed=SEED, **svd.ARTICLE))

for name, m in {"article's": articles, "ours": model}.items():
    parts = ridge_penalty(m.lr, m.n_epochs, 0, n), m.reg * n
    print(f"{name:9} {parts[0]:.1f} + {parts[1]:.1f} = {sum(parts):.1f}")

# %% [markdown]
# ## Fold yourself in
#
# Your three functions make a person. Here are your own ratings from [lesson 00](00_start_here.ipynb), or the sample person's.


# %%
def fold(model, ratings):
    """One newcomer's bias and factors, by ridge with the derived penalty."""
    X, y = rows_of(model, ratings), residuals(model, ratings)
    w = solve_ridge(X, y, ridge_penalty(model.lr, model.n_epochs, model.reg, len(y)))
    return UserFactors(w[0] * model.unit**0.5, w[1:])  # for stars: w[0]


# %%
# Plumbing, but for the line with fold.
from xrec_lessons.bundle import load_bundle
from xrec_lessons.explorer import kept_ratings
from xrec_lessons.recommender import min_ratings_for

kept = kept_ratings(load_bundle())
mine = {film: stars for film, stars in kept.items() if model.rows([film])[0] >= 0}
me = fold(model, mine)
rated = train.movieId.value_counts()
least = min_ratings_for(train.userId.nunique(), rated.to_numpy())  # 50
few = rated.index[rated < least]  # hardly anybody knows these
first = model.top_n(me, 1, exclude=[*few, *mine])

print(f"{kept.whose}: bias {me.b:+.2f} stars; first film: {films.name(first[0])}")

# %% [markdown]
# The bias is what is left of your generosity when taste has explained its part: both share your ratings. (So it is another number than in lesson 01, which knew no taste. From lesson 00 it may differ a little: here a hundred people are left out of the training.) In the library all this is one call. How long does it take?

# %%
from xrec_lessons.fold_in import fold_in

begin = time.perf_counter()
for _ in range(200):
    user = fold_in(model, mine)
each = (time.perf_counter() - begin) / 200

print("the same:", np.allclose(user.p, me.p, atol=1e-9))
print(f"{each * 1e6:.0f} microseconds; retraining: {seconds / each:,.0f} times as long")

# %% [markdown]
# ## As accurate as training again?
#
# Now the question from the beginning. In `retrained`, the newcomers' ratings could also change the films. Both ways predict the same hidden ratings.

# %%
# Plumbing: you need not read this cell.
rmse = checks.reference("rmse")  # of lesson 01


def predicted(person):
    """Predicted stars of all hidden ratings, on the scale; person(user) gives the factors."""
    parts = [
        model.scores(person(user))[model.rows(rated_films)]
        for user, rated_films in hidden.items()
    ]
    return np.concatenate(parts).clip(*data.rating_scale)


# %%
asked = [(user, film) for user in hidden for film in hidden[user]]
truth = np.array([hidden[user][film] for user, film in asked])

guesses = {
    "film bias only": predicted(lambda user: UserFactors(0.0, np.zeros(50))),
    "fold-in": predicted(lambda user: fold(model, told[user])),
    "retraining": np.array([retrained.predict(*pair).est for pair in asked]),
}
errors = pd.Series({way: rmse(truth, g) for way, g in guesses.items()})

print((errors - errors["retraining"]).map("{:+.3f}".format).to_string())

# %% [markdown]
# With the films' biases alone the error is 0.050 stars above that of retraining: so much are the ten ratings worth. The fold-in lies 0.005 *below* retraining. But one draw proves little. So here are five seeds, each with its own people, split and models (`python -m xrec_lessons.experiments fold-in`), after ten ratings and after three quarters of all that a person rated. The dashed line is your guess, or an arrow, if it lies outside.

# %%
from xrec_lessons.experiments import results

runs = results("fold-in").query("model == 'ours'")
runs = runs.pivot(index=["given", "seed"], columns="way", values="RMSE")
runs["minus"] = runs["ridge, derived λ"] - runs["full retraining"]

ax = sns.swarmplot(runs.reset_index(), x="minus", y="given", hue="given", size=9)
ax.axvline(0, color="grey", linestyle=":")
difference.draw(ax)
ax.set(title="Fold-in against retraining, one point a seed", ylabel="ratings told")
ax.set_xlabel("RMSE of the fold-in minus that of retraining, in stars")
ax.set_xticks([-0.01, -0.005, 0, 0.005])
plt.show()

# %% [markdown]
# *In words:* after ten ratings four of the five points lie left of zero, by 0.007 to 0.012 stars, and one lies 0.001 right of it. After three quarters of the ratings four of five lie right of zero.
#
# So for one person with ten ratings: **no worse**, and mostly some thousandths of a star better, perhaps because ridge is a little more cautious. With three quarters of all that each person rated, retraining gains some thousandths, perhaps since the films learn from them too.
#
# ## Decide: may the shop choose another λ?
#
# A shop runs a model with the article's settings, for which λ is 10.2. Somebody proposes: “Try many λ, and take the one with the lowest error.” Here is the error on fifty of your hundred newcomers. (The cross marks the derived λ.)


# %%
# Plumbing: you need not read this cell.
def sweep(model, people, penalties):
    """RMSE on the hidden ratings of these people, for each λ."""
    errors = []
    for user in people:
        X, y = rows_of(model, told[user]), residuals(model, told[user])
        ws = np.array([solve_ridge(X, y, price) for price in penalties])
        left = residuals(model, hidden[user])
        stars = np.array(list(hidden[user].values()))
        scores = stars - left + ws @ rows_of(model, hidden[user]).T
        errors.append((scores.clip(*data.rating_scale) - stars) ** 2)
    return np.sqrt(np.concatenate(errors, axis=1).mean(axis=1))


some, others = np.array_split(sorted(hidden), 2)
penalties = np.logspace(-1, 2, 25)[5:]  # from 0.4 to 100

# %%
fig, ax = plt.subplots()
for name, m, mark in (("the shop's model", articles, "s--"), ("ours", model, "o-")):
    found = sweep(m, some, [*penalties, m.penalty(n)])
    (curve,) = ax.plot(penalties, found[:-1], mark, markersize=4, label=name)
    ax.plot(m.penalty(n), found[-1], "X", c=curve.get_color(), ms=14, zorder=3)
ax.set(title="Fifty newcomers", xscale="log", xlabel="ridge penalty λ")
ax.set_ylabel("RMSE on their hidden ratings, in stars")
ax.legend()
plt.show()

# %% [markdown]
# *In words:* two valleys, both with their bottom near λ = 4. The cross of our model, 3.1, lies at the bottom. The cross of the shop's model, 10.2, lies on the slope right of it.
#
# And on the other fifty people, who had no part in the choice?

# %% tags=["nbval-check-output"]
# Plumbing: you need not read this cell.
for name, m in (("the shop's model", articles), ("ours", model)):
    best = penalties[sweep(m, some, penalties).argmin()]
    derived, found = sweep(m, others, [m.penalty(n), best])
    print(f"{name}: {derived:.3f} with the derived λ = {m.penalty(n):.1f},", end=" ")
    print(f"{found:.3f} with the lowest of the first fifty, {best:.1f}")

# %% [markdown]
# On these fifty the shop gains 0.009 stars, and our model loses 0.002: there was nothing to gain. What may the shop do? Press an answer.

# %%
checks.quiz("03 decide")

# %% [markdown]
# ## What could mislead you here
#
# - **Frozen films do not learn.** After a thousand newcomers the films' factors are out of date. So a shop folds in by day and trains again by night.
# - **These were not really newcomers.** We drew ten of all ratings that they ever gave. Somebody's *first* ten ratings are another sample.
# - **λ says how the training would treat ten ratings, not how much they are worth.** The shop's training was stopped too early, and λ inherits the fault.
#
# ## Key points
#
# - Freeze the films, and a newcomer is an ordinary regression: $y_j = r_j - \mu - b_j$ on $x_j = (1, q_j)$.
# - Ridge, $(X^\top X + \lambda I)\,w = X^\top y$, has one answer; SGD from a random start has many.
# - Stopping early acts like a price, $1/(lr \cdot T)$, and what each visit pays adds $reg \cdot n$: together they are λ. SGD from 0 and ridge start and end together, and are not equal in between.
# - After ten ratings, folding in is no worse than training everything again, on the hidden ratings of held-out people, and more than a thousand times faster.
#
# ## Questions
#
# Press an answer: it answers back. Below them stands what you have solved.

# %%
checks.quiz("03")

# %%
checks.progress()

# %% [markdown]
# **Next:** [lesson 04, *Association rules*](04_association_rules.ipynb): which films people have together, and what that explains. Or first [this lesson, deeper](03_folding_in_deeper.ipynb): what remains of a random start, as many equations as ratings, and where λ comes from.
