# %% [markdown]
# # 03 · Folding in one user
#
# **Somebody new gives ten ratings. Must the whole model be trained again?**
#
# The model of [lesson 02, *Matrix factorisation with SGD*](02_matrix_factorisation.ipynb), knows the people that it was trained on, and nobody else. A shop meets new people all day, and so did the study from which this course starts: every participant was new. In this lesson you add one person to a trained model without touching anything else. You do it first as the article did, and find out how much of the answer is chance. Then you derive a formula that needs no steps, no start and no luck, and at the end you test whether it is as good as training everything again.
#
# *About 90 minutes; a good place for a break is before “A sweep of λ”. Needs lessons 01 (biases, damping, RMSE) and 02 (matrix factorisation by SGD).* Afterwards you will be able to
#
# - **turn** a newcomer's ratings into an ordinary regression,
# - **derive** ridge regression, and the size of its penalty, from the way in which the model was trained,
# - **test** fairly whether a shortcut is as accurate as the long way.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from ipywidgets import IntSlider, interact

from xrec_lessons import checks, movielens, svd
from xrec_lessons.model import ItemFactors

SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## People whom the model has never met
#
# Lesson 01 found that a split by single ratings leaves no newcomer in the test part. So now we hold out whole people: a hundred of them, drawn at random. Of each we take ten ratings, also at random, as what the newcomer tells us (*given*); all the others we hide and use to judge (*rest*).

# %% tags=["nbval-check-output"]
data = movielens.load()
sizes = {"n_users": 100, "given": 10, "fewer": True}  # fewer in a small table
train, given, rest = movielens.split_users(data.ratings, **sizes, seed=SEED)
n = given.userId.value_counts().max()

print(f"train {len(train):,} ratings of {train.userId.nunique()} people")
print(
    f"given {len(given):,} ratings and rest {len(rest):,}, of {rest.userId.nunique()}"
)

# %% [markdown]
# Some films were rated by nobody in *train*. No model can know them, so we leave them out, and make a dictionary for each person: film id → stars.

# %% tags=["nbval-check-output"]
from xrec_lessons.movielens import ratings_by_user

given, rest = (part[part.movieId.isin(train.movieId)] for part in (given, rest))
told, hidden = ratings_by_user(given), ratings_by_user(rest)

print(f"left: {len(given)} given ratings and {len(rest):,} hidden ones")

# %% [markdown]
# ## What it costs to train again
#
# First the long way: put the newcomers' ratings to the others and train everything from the beginning. We do it once, for all hundred people together. For a single one it would take as long.

# %%
import time

trained = svd.train_svd(train, seed=SEED)

begin = time.perf_counter()
retrained = svd.train_svd(pd.concat([train, given]), seed=SEED)
seconds = time.perf_counter() - begin
print(f"training everything again: {seconds:.1f} seconds")

# %% [markdown]
# A moment, on a small data set and with a compiled loop. (Surprise's own training takes ten times as long.) For the 20 million ratings that the article used, its author measured 10 minutes and 53 seconds, and after the newcomer's eleventh rating it would all begin again.
#
# How much of that work has to do with the newcomer? Count the visits: in every epoch, training visits each rating once.

# %% tags=["nbval-check-output"]
model = ItemFactors.from_surprise(trained)
all_visits = model.n_epochs * (len(train) + n)
own_visits = model.n_epochs * n

print(f"{all_visits:,} visits, of which {own_visits} to the newcomer's ratings")
print(f"one in {all_visits / own_visits:,.0f}")

# %% [markdown]
# More than 8,000 visits for each one that is about the newcomer. That is absurd, unless the other visits change something that matters. Keep that question; the end of the lesson answers it by measuring.
#
# ## What changes, and what can stay
#
# The model predicts
#
# $$\hat r_{ui} = \mu + b_u + b_i + p_u \cdot q_i$$
#
# A newcomer brings two new things: a bias $b_u$ and factors $p_u$. All the rest is there already. What a film is like, $b_i$ and $q_i$, was learned from the other people.

# %% tags=["nbval-check-output"]
n_films, k = model.q.shape

print(f"there already: {1 + n_films + n_films * k:,} numbers (mu, b_i, q_i)")
print(f"new:           {1 + k} numbers (b_u, p_u)")

# %% [markdown]
# So we **freeze** the films, as the article did: μ, $b_i$ and $q_i$ stay as they are, and only the 51 new numbers are computed. This is called *folding in*.
#
# Write *j* for a film that the newcomer rated and $r_j$ for the stars. We want $r_j \approx \mu + b_u + b_j + p_u \cdot q_j$. Move what is known to the left:
#
# $$\underbrace{r_j - \mu - b_j}_{y_j} \;\approx\; b_u + p_u \cdot q_j \;=\; \underbrace{(1, q_j)}_{x_j} \cdot \underbrace{(b_u, p_u)}_{w}$$
#
# On the left stands a known number, $y_j$: what the mean and the film's bias leave of the rating. On the right stands a known row $x_j$ times an unknown $w$. That is an ordinary **regression**: find the $w$ for which $x_j \cdot w$ comes close to $y_j$. All of matrix factorisation has shrunk to a problem that is two hundred years old.
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
# | $y_j = r_j - 3.5 - b_j$ | 1 | **?** | |
# | row $x_j = (1, q_j)$ | (1, 1) | (1, −1) | (1, 0.5) |
#
# Compute the missing *y*. Then find $b_u$ and $p_u$ so that both ratings are met exactly.
#
# <details><summary>The newcomer's two numbers</summary>
#
# For B, y = 3.5 − 3.5 + 0.5 = 0.5. So $b_u + p_u = 1$ and $b_u - p_u = 0.5$. Add the two: $2 b_u = 1.5$, so $b_u = 0.75$, and $p_u = 0.25$. The newcomer is generous, and likes it a little loud. The prediction for C is 3.5 + 0.75 + 0.5 · 0.25 = 4.375 stars.
# </details>
#
# Two ratings, two unknowns, both met exactly. Should you believe that this person is three quarters of a star more generous than the others, from two ratings? Lesson 01 would not have. We come back to it.

# %%
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
# `model` is a trained model: `model.mu` is a number, `model.b` an array with the bias of every film, and `model.rows(ids)` gives the rows in which films stand. `ratings` is a dictionary from film id to stars; all of its films are known. Return the array of the $y_j$, in stars, in the order of the dictionary. With the toy above, whose films have the ids 10, 20 and 30, `residuals(toy, {10: 5.0, 20: 3.5})` is `[1.0, 0.5]`.


# %% tags=["exercise"]
def residuals(model, ratings):
    """What the mean and the films' biases leave of the ratings; shape (n,), in stars."""
    # solution
    stars = np.array(list(ratings.values()))
    return stars - model.mu - model.b[model.rows(ratings)]
    # end


# %%
checks.residuals(residuals)

# %% [markdown]
# Now a real newcomer: user 4, one of the hundred. Ten ratings, and beside each what is left of it.

# %% tags=["nbval-check-output"]
residuals = checks.use(residuals)
films = data.films
newcomer = told.get(4) or next(iter(told.values()))

table = pd.DataFrame({"stars": newcomer.values()})
table["y"] = residuals(model, newcomer).round(1)
table.index = [films.name(movie) for movie in newcomer]
table

# %% [markdown]
# This person gives many fives. Read two rows: for *The Blob*, mean and film bias make 3.1 stars, so 1.9 of the five are left; for *Coneheads* they make 2.6, so what is left of the one star is −1.6. The rows $x_j$ of all ten films make a table with a column of ones and a column for each factor:


# %% tags=["nbval-check-output"]
def rows_of(model, movies):
    """A row (1, q_j) for each film; shape (n, k + 1)."""
    q = model.q[model.rows(movies)]
    return np.column_stack([np.full(len(q), model.unit**0.5), q])  # 1 for stars


X, y = rows_of(model, newcomer), residuals(model, newcomer)
print("X", X.shape, "· y", y.shape)

# %% [markdown]
# Ten equations, fifty-one unknowns. Unlike in the toy, very many $w$ meet all ten ratings exactly. Which one do we want?
#
# ## The article's way: more of the same
#
# The article answered: the one that training would have found. It took Surprise's SGD and let it run over the newcomer's ratings only, as many epochs as the training had, with the films frozen. One visit to rating *j*, in the symbols of lesson 02:
#
# $$e_j = y_j - x_j \cdot w \qquad\qquad w \leftarrow w + lr\,(e_j\, x_j - reg \cdot w)$$
#
# These are the two rules for $b_u$ and $p_u$ in one line, since $w = (b_u, p_u)$ and $x_j = (1, q_j)$.
#
# By hand, for the toy, from $w = (0, 0)$, with *lr* = 0.1 and *reg* = 0. Visit A: $e$ = 1 − 0 = 1, so $w$ becomes (0.1, 0.1). Visit B: $x \cdot w$ = 0.1 − 0.1 = 0, so $e$ = 0.5, and $w$ becomes (0.1 + 0.05, 0.1 − 0.05) = (0.15, 0.05). That was one epoch. Far from (0.75, 0.25), but on the way.
#
# ### Exercise 2: one person by SGD
#
# `X` has shape (n, k + 1), `y` shape (n,). Start from `first`, shape (k + 1,), and visit the ratings in their order, `n_epochs` times, with the rule above. Return the last `w`. Leave `first` and `X` as they are. With the toy's two ratings, `sgd_fold_in(X, y, 0.1, 0.0, 1, np.zeros(2))` is `[0.15, 0.05]`.


# %% tags=["exercise"]
def sgd_fold_in(X, y, lr, reg, n_epochs, first):
    """The newcomer's w = (b_u, p_u) by SGD; shape (k + 1,)."""
    # solution
    w = first.copy()
    for _ in range(n_epochs):
        for j in range(len(y)):
            error = y[j] - X[j] @ w
            w += lr * (error * X[j] - reg * w)
    return w
    # end


# %%
checks.sgd_fold_in(sgd_fold_in)

# %% [markdown]
# Where does SGD start? In the training, and in the article's fold-in, at random: $b_u = 0$, and each factor drawn from a normal distribution around 0. The article drew anew for every fold-in, with a standard deviation of 0.1. Here are three such draws, and what they make the model predict for one film that the newcomer did not mention.

# %% tags=["nbval-check-output"]
sgd_fold_in = checks.use(sgd_fold_in)
settings = model.lr, model.reg, model.n_epochs


def random_start(k, rng):
    """No bias, random factors: where the article's fold-in starts."""
    return np.append(0.0, rng.normal(0, 0.1, k))


raiders = films.find("Raiders of the Lost Ark", similar=False)
target = (raiders or films.most_rated(1))[0]
for seed in (0, 1, 2):
    w = sgd_fold_in(X, y, *settings, random_start(50, np.random.default_rng(seed)))
    score = model.mu + model.b[model.rows([target])] + rows_of(model, [target]) @ w
    print(f"start {seed}: {score[0]:.2f} stars")

# %% [markdown]
# The same model, the same person, the same ten ratings, and three predictions. (They are above five stars. Lesson 01 would hold them on the scale before showing them; for a ranking we leave them as they are.) They lie close together. But a recommendation is the top of a *ranking* of thousands of films, and there small differences decide.
#
# ## Predict before you run
#
# Fold the same person in twice, from two random starts, and take the ten best films each time.
#
# 1. How many of the ten are in both lists?
# 2. Is it the same for Surprise's defaults (100 factors, 20 epochs of a small step), for the article's settings (the same with 50 factors) and for ours (50 factors, 40 epochs of a step twice as long, a stronger penalty)? Which lists share most?
#
# Write three numbers down. To count, you need a small tool.
#
# ### Exercise 3: what two lists share
#
# `a` and `b` are two lists (or arrays) of film ids, of the same length, no film twice in one list. Return the share of films that are in both, between 0 and 1, wherever in the list they stand: `overlap([7, 8], [9, 7])` is 0.5.


# %% tags=["exercise"]
def overlap(a, b):
    """Share of the films that two lists of the same length have in common."""
    # solution
    return len(set(a) & set(b)) / len(a)
    # end


# %%
checks.overlap(overlap)

# %% [markdown]
# Now the experiment: 25 newcomers, three pairs of random starts each, with three models. The other two are trained on the same ratings, with the article's settings and with Surprise's defaults. For the ranking you may use the library: `model.top_n` gives the films with the highest predictions.

# %%
from xrec_lessons.model import UserFactors

overlap = checks.use(overlap)
articles = ItemFactors.from_surprise(svd.train_svd(train, seed=SEED, **svd.ARTICLE))
DEFAULTS = svd.ARTICLE | {"n_factors": 100}
defaults = ItemFactors.from_surprise(svd.train_svd(train, seed=SEED, **DEFAULTS))
three = {"Surprise's": defaults, "article's": articles, "ours": model}


# %%
def person_of(model, w):
    """The person's bias and factors; the 1 of a row is another on other scales."""
    return UserFactors(w[0] * model.unit**0.5, w[1:])


def top_10(model, w, ratings):
    """The ten films with the highest predictions that the person has not rated."""
    return model.top_n(person_of(model, w), 10, exclude=ratings)


def top_10_by_sgd(model, ratings, rng):
    X, y = rows_of(model, ratings), residuals(model, ratings)
    settings = model.lr, model.reg, model.n_epochs
    start = random_start(model.q.shape[1], rng)
    return top_10(model, sgd_fold_in(X, y, *settings, start), ratings)


# %% tags=["nbval-check-output"]
rng = np.random.default_rng(SEED)
shared = []
for name, model_items in three.items():
    for ratings_of_one in list(told.values())[:25]:
        for _ in range(3):
            a, b = (top_10_by_sgd(model_items, ratings_of_one, rng) for _ in range(2))
            shared.append({"settings": name, "shared": overlap(a, b)})
shared = pd.DataFrame(shared)

print(shared.groupby("settings", sort=False)["shared"].mean().round(2).to_string())

# %%
counts = shared.groupby("settings")["shared"].value_counts().unstack(fill_value=0)
fig, ax = plt.subplots()
looks = zip(three, ("#e69f00", "#d55e00", "#0072b2"), "^so", strict=True)
for name, colour, marker in looks:
    ax.plot(counts.columns, counts.loc[name], marker=marker, color=colour, label=name)
ax.set(title="Two fold-ins of the same person, from two random starts")
ax.set(xlabel="share of the ten best films in common", ylabel="pairs of lists, of 75")
ax.set_xlim(-0.02, 1.02)
ax.legend(title="settings")
plt.show()

# %% [markdown]
# *In words:* three peaks. With Surprise's defaults three of the ten films in common is the most frequent, two of the 75 pairs share none, and no pair more than six; on average 30 %. With the article's settings, which have half as many factors, the peak is at four and the average 45 %. With ours the peak is at seven and the average 70 %. So with the article's settings more than half of the ten films change when nothing changes but the start. (This is one model of each kind, seed 0. With another seed the numbers move by several hundredths.)
#
# ## Why the start is not forgotten
#
# Should SGD not find its way to the same place, wherever it starts? Look at what a visit does to $w$: it adds a multiple of $x_j$ and shrinks $w$ a little. Think of a direction in which none of the ten films lies. In that direction the ratings never push: there the error does not act, and only the shrinking remains. There are 51 unknowns and ten ratings, so there are at least 41 such directions. In each of them every visit multiplies what was there at the start by $1 - lr \cdot reg$, and by the end $n \cdot T$ visits have done so, for *n* ratings and *T* epochs. (In small: with a single film and the row (1, 1), every push goes along (1, 1), and the direction (1, −1) is never pushed.) So of the start there remains, in each such direction,
#
# $$(1 - lr \cdot reg)^{nT}$$

# %% tags=["nbval-check-output"]
for name, m in {"article's": articles, "ours": model}.items():
    remains = (1 - m.lr * m.reg) ** (n * m.n_epochs)
    length = np.linalg.norm(m.q, axis=1).mean()
    print(
        f"{name:9} remains of the start: {remains:.0%}, mean length of q: {length:.1f}"
    )

# %% [markdown]
# With the article's settings, ninety-eight per cent of the random start are still there at the end, in at least 41 of 51 directions. The newcomer said nothing about these directions, and yet the random numbers in them help to choose the films. With our settings it is still 79 %. But our films' factors are shorter, since they began nearer to 0 in the training (with a standard deviation of 0.025 instead of 0.1), and where $q$ is short, noise in $p_u$ moves the prediction less. It still replaces about three films in ten.
#
# What should stand where the newcomer said nothing? Nothing: 0. So start at zero. Then the same ratings, in the same order, always give the same answer.
#
# ## Where does SGD want to go?
#
# Starting from zero removes the chance. What is left is odd all the same: the result depends on the order of the ratings, on the step and on when we stop. Let us ask a cleaner question: which $w$ would be the *best*?
#
# Lesson 01 had the answer for a single unknown, a bias. It minimised *fit plus a price for size*, $\sum_j (y_j - b)^2 + \beta b^2$. Put $x_j \cdot w$ in the place of $b$, and the same price λ (“lambda”, the *penalty*) on each of the 51 numbers $w_c$:
#
# $$\text{cost}(w) = \sum_j (y_j - x_j \cdot w)^2 + \lambda \sum_c w_c^2$$
#
# With the price, exactly one $w$ is the best, although there are more unknowns than equations. This is **ridge regression**. At the minimum the derivative with respect to each $w_c$ is zero, just as in lesson 01. Write $x_{jc}$ for the number in row *j* and column *c*:
#
# $$-2 \sum_j x_{jc}\,(y_j - x_j \cdot w) + 2 \lambda w_c = 0 \quad\Longrightarrow\quad \sum_j x_{jc}\,(y_j - x_j \cdot w) = \lambda w_c$$
#
# Read it: in each column, what the ratings still pull is balanced by what the price pulls back.
#
# ## All equations at once
#
# That is one equation for each column, 51 in all. Matrices write them in one line, and each sign has a meaning that you know:
#
# - $X$ is the table with the rows $x_j$. Then $X w$ is the column of all $x_j \cdot w$, and $y - Xw$ the column of all errors.
# - $X^\top$ (“X transposed”) is $X$ laid on its side: its rows are the columns of $X$. So $X^\top (y - Xw)$ is, for each column *c*, the sum over *j* of $x_{jc}$ times error *j*: the left side above.
# - $I$ is the identity, ones on the diagonal and zeros elsewhere. It changes nothing: $I w = w$.
#
# So the 51 equations are
#
# $$X^\top (y - Xw) = \lambda w \quad\Longrightarrow\quad X^\top y = X^\top X w + \lambda w = (X^\top X + \lambda I)\, w$$
#
# and therefore
#
# $$w = (X^\top X + \lambda I)^{-1} X^\top y$$
#
# Check it with what you know: if $X$ is a single column of ones, then $X^\top X$ is *n*, $X^\top y$ is the sum of the $y_j$, and $w = \sum y_j / (n + \lambda)$: the damped mean of lesson 01.
#
# ### By hand
#
# The toy: $X$ has the rows (1, 1) and (1, −1), and $y$ = (1, 0.5). The columns of $X$ are (1, 1) and (1, −1), so
#
# $$X^\top X = \begin{pmatrix} 1 \cdot 1 + 1 \cdot 1 & 1 \cdot 1 - 1 \cdot 1 \\ 1 \cdot 1 - 1 \cdot 1 & 1 \cdot 1 + 1 \cdot 1 \end{pmatrix} = \begin{pmatrix} 2 & 0 \\ 0 & 2 \end{pmatrix} \qquad X^\top y = \begin{pmatrix} 1 + 0.5 \\ 1 - 0.5 \end{pmatrix} = \begin{pmatrix} 1.5 \\ 0.5 \end{pmatrix}$$
#
# With λ = 0.5, each equation stands alone: $2.5\, b_u = 1.5$ and $2.5\, p_u = 0.5$. So $w$ = (0.6, 0.2). Compare: without a price it was (0.75, 0.25). The price takes a fifth of both.
#
# ### Exercise 4: ridge
#
# `X` has shape (n, d), `y` shape (n,), `penalty` is λ, above 0. Return $w$, shape (d,). With the toy's two ratings, `solve_ridge(X, y, 0.5)` is `[0.6, 0.2]`. (`np.linalg.solve(A, c)` finds the $w$ for which $A w = c$. It is faster and more exact than to invert A.)


# %% tags=["exercise"]
def solve_ridge(X, y, penalty):
    """The w that minimises the squared errors plus penalty times w·w; shape (d,)."""
    # solution
    A = X.T @ X + penalty * np.eye(X.shape[1])
    return np.linalg.solve(A, X.T @ y)
    # end


# %%
checks.solve_ridge(solve_ridge)

# %% [markdown]
# ## As many equations as ratings
#
# A newcomer with ten ratings makes us solve a system of 51 equations. There is a smaller one. Look again at $X^\top (y - Xw) = \lambda w$ and divide by λ: $w$ is $X^\top$ times *something*, one number $a_j$ for each rating. So $w = X^\top a$, a mixture of the rated films' rows, and $a = (y - Xw)/\lambda$. Put the first into the second:
#
# $$\lambda a = y - X X^\top a \quad\Longrightarrow\quad a = (X X^\top + \lambda I)^{-1} y \qquad w = X^\top a$$
#
# This is the **dual** form. $X X^\top$ has a row and a column for each rating, so the system is 10 × 10 instead of 51 × 51.


# %%
def solve_dual(X, y, penalty):
    """Ridge through one equation a rating; shape (d,)."""
    a = np.linalg.solve(X @ X.T + penalty * np.eye(len(y)), y)
    return X.T @ a


# %% tags=["nbval-check-output"]
solve_ridge = checks.use(solve_ridge)
by_columns = np.linalg.solve(X.T @ X + 3.1 * np.eye(51), X.T @ y)

print("the same:", np.allclose(by_columns, solve_dual(X, y, 3.1), rtol=0, atol=1e-12))

# %% [markdown]
# The dual tells two things more.
#
# - *w is a mixture of the rated films.* In a direction in which no rated film lies, ridge puts exactly 0. That is what the random start got wrong, and what starting at zero gets right: each visit adds a multiple of a rated film's row.
# - *It keeps its digits.* With fewer ratings than unknowns, $X^\top X$ alone cannot be inverted; only λ makes it possible. When λ is small, $X^\top X + \lambda I$ is almost not invertible, and the computer's rounding errors grow. $X X^\top$ has no such trouble. Look:

# %%
for small in (1e-2, 1e-6, 1e-10):
    inverse = np.linalg.inv(X.T @ X + small * np.eye(51)) @ X.T @ y
    apart = abs(inverse - solve_dual(X, y, small)).max()
    print(f"lambda {small:g}: the textbook formula is off by {apart:.0e}")

# %% [markdown]
# The last digits differ from computer to computer, the trend does not: the smaller λ, the fewer digits are left. The library's `ridge` therefore takes the dual when there are no more ratings than unknowns, and the other form when there are more.
#
# ## Stopping early is a price for size
#
# One thing is missing: λ. In lesson 01 the damping was chosen on a validation part. Here that would be a pity: the newcomer is to be treated as the training would have treated them, and the training has already decided how much to trust ten ratings. It decided by *when it stopped*.
#
# Take one unknown $w$, and let every epoch be one step with the sum over all ratings. (SGD makes *n* small steps of it, which comes to nearly the same if *lr* is small.) With $s = \sum_j x_j^2$ and $c = \sum_j x_j y_j$ the step is
#
# $$w \leftarrow w + lr \sum_j x_j (y_j - x_j w) = w + lr\,(c - s w)$$
#
# It rests where $c = s w$, which is the least squares solution $w^* = c/s$. How far is it to there? Put $c = s w^*$ in: the step adds $lr \cdot s\,(w^* - w)$, so each step leaves $1 - lr \cdot s$ of the distance. From zero, after *T* steps,
#
# $$w_T = \big(1 - (1 - lr \cdot s)^T\big)\, w^* \qquad\text{and ridge:}\qquad w = \frac{c}{s + \lambda} = \frac{s}{s + \lambda}\, w^*$$
#
# Both give a **share** of $w^*$ between 0 and 1, as long as $lr \cdot s$ is below 1 (a longer step would jump over the goal). Both give nearly all of it where *s* is large, that is, where the ratings say much, and little where *s* is small. Where they say little, $(1 - lr \cdot s)^T \approx 1 - lr\,T\,s$. So the first share is about $lr\,T\,s$, the second about $s/\lambda$, and they are the same if
#
# $$\lambda = \frac{1}{lr \cdot T}$$
#
# **Stopping early is ridge.** The longer you train, the lower the price.
#
# ### And the penalty of the training
#
# Each visit also pulls $w$ back by $lr \cdot reg \cdot w$. An epoch has *n* visits, so the step becomes
#
# $$w \leftarrow w + lr\,\big(c - (s + reg \cdot n)\, w\big)$$
#
# It now rests at $c / (s + reg \cdot n)$, which is ridge with the price $reg \cdot n$: a share $s / (s + reg \cdot n)$ of $w^*$. And it moves as if *s* were $s + reg \cdot n$, so by the rule above it gets about as far as the share $(s + reg \cdot n) / (s + reg \cdot n + 1/(lr\,T))$ of that way. Multiply the two:
#
# $$\frac{s}{s + reg \cdot n} \cdot \frac{s + reg \cdot n}{s + reg \cdot n + \frac{1}{lr\,T}} = \frac{s}{s + \lambda} \qquad\text{with}\qquad \boxed{\lambda = \frac{1}{lr \cdot T} + reg \cdot n}$$
#
# The two prices add up. Nothing in λ is left to choose: step, epochs and penalty come from the training, and *n* is the number of ratings.
#
# With many unknowns the same holds, one direction at a time: directions can be found in which $X^\top X$ has only a diagonal, and in each of them the sum above is a single unknown. The toy came that way, with *s* = 2 in both of its directions.
#
# ### Exercise 5: the penalty
#
# `lr` is the step, `n_epochs` the number of epochs *T*, `reg` the penalty of one visit, `n` the number of ratings. Return λ, one number: `ridge_penalty(0.01, 50, 0.1, 10)` is 3.0.


# %% tags=["exercise"]
def ridge_penalty(lr, n_epochs, reg, n):
    """Ridge penalty that stands for SGD from zero, for a person with n ratings."""
    # solution
    return 1 / (lr * n_epochs) + reg * n
    # end


# %%
checks.ridge_penalty(ridge_penalty)

# %% tags=["nbval-check-output"]
ridge_penalty = checks.use(ridge_penalty)

for name, m in {"article's": articles, "ours": model}.items():
    parts = ridge_penalty(m.lr, m.n_epochs, 0, n), m.reg * n
    print(
        f"{name:9} {parts[0]:.1f} + {parts[1]:.1f} = {sum(parts):.1f} for ten ratings"
    )

print(f"by the library: {articles.penalty(n):.1f} and {model.penalty(n):.1f}")

# %% [markdown]
# The library has the rule as `model.penalty(n)`. In both models the larger part comes from stopping early. It stands in no table of settings.
#
# ## See it: the toy
#
# Is it true? Fold the toy's newcomer in by SGD from zero with *T* = 1 to 200 epochs (step 0.01, no penalty), and by ridge with $\lambda = 1/(0.01\,T)$. **Guess:** which of the two is ahead, and by how much?

# %%
toy_ratings = {10: 5.0, 20: 3.5}
toy_X, toy_y = rows_of(toy, toy_ratings), residuals(toy, toy_ratings)
epochs = np.arange(1, 201)
by_sgd = [sgd_fold_in(toy_X, toy_y, 0.01, 0, T, np.zeros(2))[0] for T in epochs]
by_ridge = [solve_ridge(toy_X, toy_y, ridge_penalty(0.01, T, 0, 2))[0] for T in epochs]

fig, ax = plt.subplots()
ax.plot(epochs, by_sgd, color="#d55e00", label="SGD from zero, stopped after T")
ax.plot(epochs, by_ridge, "--", color="#0072b2", label="ridge, λ = 1/(lr T)")
ax.axhline(0.75, color="grey", linestyle=":", label="least squares")
ax.set(title="The toy's bias: two ways to trust two ratings more and more")
ax.set(xlabel="epochs T", ylabel="user bias in stars", ylim=(0, 0.8))
ax.legend()
plt.show()

# %% [markdown]
# *In words:* both curves begin together at 0 and climb towards 0.75, first quickly, then slowly. SGD is always ahead of ridge. How far at most?

# %% tags=["nbval-check-output"]
gap = (np.array(by_sgd) - by_ridge) / 0.75
print(f"largest gap: {gap.max():.2f} of the way, after {epochs[gap.argmax()]} epochs")

# %% [markdown]
# After 124 epochs, SGD has gone 0.21 of the way further than ridge; from there the gap closes again. So the two are not equal. They are the same kind of thing, with the same beginning and the same end.
#
# ## See it: a real person
#
# The same with the newcomer from above, ten ratings and 51 unknowns, and with the penalty of our training. The prediction is for *Raiders of the Lost Ark*, which this person gave five stars, but in the hidden part. Move the slider; the plot below it shows all at once.


# %%
def predict(w, movie):
    """Predicted stars for one film, not held on the scale."""
    expected = model.mu + model.b[model.rows([movie])]
    return float((expected + rows_of(model, [movie]) @ w)[0])


def both(T):
    """Predictions by SGD from zero after T epochs, and by ridge with the derived penalty."""
    by_sgd = sgd_fold_in(X, y, model.lr, model.reg, T, np.zeros(51))
    by_ridge = solve_ridge(X, y, ridge_penalty(model.lr, T, model.reg, len(y)))
    return predict(by_sgd, target), predict(by_ridge, target)


# %%
@interact(T=IntSlider(40, min=1, max=200, description="epochs"))
def show(T):
    by_sgd, by_ridge = both(T)
    print(f"after {T} epochs: SGD {by_sgd:.2f}, ridge {by_ridge:.2f} stars")


# %%
some = [1, 2, 5, 10, 20, 30, 40, 60, 80, 100, 120, 140, 160, 180, 200]
sgd_curve, ridge_curve = np.transpose([both(T) for T in some])

fig, ax = plt.subplots()
ax.plot(some, sgd_curve, "s-", color="#d55e00", label="SGD from zero")
ax.plot(some, ridge_curve, "o--", color="#0072b2", label="ridge, λ derived")
nothing = predict(np.zeros(51), target)
ax.axhline(nothing, color="grey", linestyle=":", label="no ratings known")
ax.axvline(model.n_epochs, color="grey", linestyle="-.", label="epochs of the training")
ax.set(title=f"{films.name(target).split(' (')[0]}, predicted for the newcomer")
ax.set(xlabel="epochs T", ylabel="predicted stars, not clipped")
ax.legend()
plt.show()

# %% [markdown]
# *In words:* again both climb together, from 4.19 stars after one epoch to above five; the dotted line below, 4.08, is what the model predicts for anybody. SGD is ahead again, most after about 20 epochs. At the 40 epochs of our training it predicts 5.14 stars and ridge 4.96.
#
# ### Where it is only close
#
# The derivation made the two equal where the ratings say little. Where they say more, gradient descent is ahead. In which direction do ten ratings say most? In that of the bias: its column in $X$ is all ones, so $s = n = 10$. Ridge goes $10 / (10 + 3.1)$ of the way, which is 76 %. SGD is on the way to $10 / (10 + 0.6)$, which is 94 %, and after 40 epochs it has nearly arrived. Is that so? Take the hundred people and compare the mean sizes.

# %% tags=["nbval-check-output"]
pairs = []
for ratings_of_one in told.values():
    one_X, one_y = rows_of(model, ratings_of_one), residuals(model, ratings_of_one)
    by_sgd = sgd_fold_in(one_X, one_y, *settings, np.zeros(51))
    by_ridge = solve_ridge(one_X, one_y, model.penalty(len(one_y)))
    sizes = [(abs(w[0]), np.linalg.norm(w[1:])) for w in (by_sgd, by_ridge)]
    pairs.append(np.ravel(sizes))
bias_sgd, p_sgd, bias_ridge, p_ridge = np.mean(pairs, axis=0)

print(f"mean size of the bias:  SGD {bias_sgd:.2f}, ridge {bias_ridge:.2f} stars")
print(f"mean length of p:       SGD {p_sgd:.2f}, ridge {p_ridge:.2f}")

# %% [markdown]
# SGD's biases are larger, 0.31 against 0.26 stars, much as foreseen (0.26 / 0.31 = 0.84, and 76 / 94 = 0.81), and so are its factors. One λ cannot copy every direction. Ridge with the derived λ holds people a little more firmly to the average than SGD does.
#
# Which of the two is nearer to the truth? That is for the hidden ratings to say.
#
# ## A sweep of λ
#
# Fold all hundred people in with many different λ and measure the RMSE on their hidden ratings. **Guess:** where will the derived λ be, left of the lowest point, right of it, or on it?


# %%
def guess(model, fold):
    """Predicted stars of all hidden ratings, person after person, on the scale."""
    parts = []
    for user, films_of_one in hidden.items():
        w = fold(rows_of(model, told[user]), residuals(model, told[user]))
        scores = model.scores(person_of(model, w))
        parts.append(scores[model.rows(films_of_one)])
    return np.concatenate(parts).clip(*data.rating_scale)


# %%
rmse = checks.reference("rmse")
truth = np.concatenate([list(stars.values()) for stars in hidden.values()])


def ridge_rmse(model, penalty):
    """RMSE on the hidden ratings when everybody is folded in with this penalty."""
    return rmse(truth, guess(model, lambda X, y: solve_ridge(X, y, penalty)))


# %%
penalties = np.logspace(-1, 2, 13)
fig, ax = plt.subplots()
for name, m, style in (("article's", articles, "s--"), ("ours", model, "o-")):
    colour = "#d55e00" if m is articles else "#0072b2"
    at = [*penalties, m.penalty(n)]
    found = [ridge_rmse(m, p) for p in at]
    ax.plot(penalties, found[:-1], style, color=colour, label=name)
    ax.plot(at[-1], found[-1], "*", color=colour, markersize=18)
ax.set(title="The derived λ (star-shaped marks) and all the others", xscale="log")
ax.set(xlabel="ridge penalty λ", ylabel="RMSE on the hidden ratings, in stars")
ax.legend(title="model")
plt.show()

# %% [markdown]
# *In words:* two valleys, both with their bottom near λ = 3. At the left, where λ is 0.1, the ratings are trusted far too much; our model's RMSE is then 0.995, worse than the 0.931 that one gets without any fold-in (the next table has it). At the right, where λ is 100, they hardly count. The star of our model, 3.1, lies at the bottom. The star of the article's model, 10.2, lies right of it: that training was stopped so early that it trusts newcomers too little.
#
# Both stars did what was promised: they copy what the training does. Where the step, the epochs and the penalty were chosen with care (ours were, on a validation part), newcomers are treated well too. Where they were not, λ inherits the fault. And note what we did *not* do: we did not pick the lowest point. These are the ratings on which we judge.
#
# ## As accurate as training again?
#
# Now the question from the beginning. `retrained` is the model that was trained from the beginning, with the newcomers' ratings in it. It had every chance: their ratings could also change the films. Compare it with what you built, on the same hidden ratings of the same people. **Guess:** which is better, SGD from zero, ridge, or full retraining? And by how much: tenths of a star, hundredths, thousandths?

# %%
rng = np.random.default_rng(SEED)
ways = {
    "film bias only": lambda X, y: np.zeros(51),
    "SGD, random start": lambda X, y: sgd_fold_in(
        X, y, *settings, random_start(50, rng)
    ),
    "SGD, from zero": lambda X, y: sgd_fold_in(X, y, *settings, np.zeros(51)),
    "ridge, λ derived": lambda X, y: solve_ridge(X, y, model.penalty(len(y))),
}
guesses = {way: guess(model, fold) for way, fold in ways.items()}

# %% tags=["nbval-check-output"]
again = svd.train_svd(pd.concat([train, given]), seed=SEED + 1)
asked = [(user, movie) for user in hidden for movie in hidden[user]]
guesses["full retraining"] = [retrained.predict(*pair).est for pair in asked]
guesses["full retraining, other seed"] = [again.predict(*pair).est for pair in asked]

pd.Series({way: rmse(truth, g) for way, g in guesses.items()}, name="RMSE").round(3)

# %% [markdown]
# All that use the ten ratings beat the film's bias alone by about five hundredths of a star. Among themselves they differ by thousandths. Ridge is 0.005 better than full retraining. But look at the last line: the same retraining with another seed is itself 0.002 away. A difference of such a size is not to be trusted from one draw.
#
# A mean can hide that some people lose what others gain. So look at each of the hundred: one point a person.

# %%
errors = pd.DataFrame({way: (g - truth) ** 2 for way, g in guesses.items()})
errors["user"] = [user for user, _ in asked]
person = np.sqrt(errors.groupby("user").mean())

fig, ax = plt.subplots()
ax.scatter(person["full retraining"], person["ridge, λ derived"], color="#0072b2", s=20)
ax.axline((1, 1), slope=1, color="grey", linestyle=":")
ax.set(title="One point a person: the two ways err on the same people")
ax.set(xlabel="RMSE with full retraining, in stars", ylabel="RMSE with ridge, in stars")
ax.set_aspect("equal")
plt.show()

# %% [markdown]
# *In words:* the hundred points lie along the dotted diagonal, where both ways err equally. Those whom one way predicts badly, up at the right, the other predicts badly too. For two people only do the two RMSE differ by more than a tenth of a star.
#
# ## Not only this seed
#
# One draw of people, one split, one model: lesson 01 warned. The command `python -m xrec_lessons.experiments fold-in` does the same with five seeds, each with its own people, split and models, and not only after ten ratings, but also after three quarters of everything that a person rated. We compare *within* each seed: the RMSE of each way minus that of full retraining, on the same people. Left of zero, the way was better than retraining.

# %%
from xrec_lessons.experiments import results

runs = results("fold-in").query("model == 'ours'")
runs = runs.pivot(index=["given", "seed"], columns="way", values="RMSE")
minus = runs.sub(runs["full retraining"], axis=0)
minus = minus[["SGD, random start", "SGD, zero start", "ridge, derived λ"]]
long = minus.melt(ignore_index=False, value_name="minus").reset_index()

# %%
kinds = {"hue": "given", "style": "given", "palette": ["#0072b2", "#e69f00"]}
ax = sns.scatterplot(long, x="minus", y="way", s=80, **kinds)
ax.axvline(0, color="grey", linestyle=":")
ax.set(title="Against full retraining, within each of five seeds")
ax.set(xlabel="RMSE minus that of full retraining, in stars", ylabel="")
ax.set_ylim(2.5, -0.5)
plt.show()

# %% [markdown]
# *In words:* look at the blue circles first, ten ratings. For SGD from zero they lie close around zero, between −0.003 and 0.000. This comparison is the purest: the same algorithm, with the films frozen or trained along. So for people with ten ratings, freezing the films costs nothing that we can see. SGD from a random start is mostly a little worse than retraining, by 0.001 on average. Ridge is better than retraining in four of the five seeds, by 0.007 to 0.012 stars, and worse in one, by 0.001. Since freezing is not what makes that difference, it is ridge's own: as we saw, it holds a person a little more firmly to the average.
#
# The orange crosses, three quarters of the ratings, lie further right. Now retraining is better: than ridge in four of five seeds, by 0.003 on average. That is what freezing leaves out. Three quarters of all ratings of our hundred people would be about 11,500, on top of the 84,702 in *train*. In the retraining the films learn from them too; frozen, they do not. It is what a hundred people lose together, and small even so. SGD from zero loses more, 0.008 on average, and in every seed. Much of that seems to be the order: it visits the ratings as MovieLens lists them, by film id, where training shuffles them. (Tried by hand on three of the seeds, shuffling brought it near ridge on two.) For ridge there is no order to choose.
#
# So, must the whole model be trained again? For one person with ten ratings: **no**. We could not see that the 8,000 other visits for each of theirs help them.
#
# ## The article's own argument
#
# The article's author compared lists. On 20 million ratings, the recommendations of a fold-in and those of a retrained model had 28.1 % in common; those of two retrained models 28.7 %. From this came the claim that the fold-in is as accurate as a full retraining. You have the tool to repeat it:


# %%
def lists_of(trained):
    """The ten best films of each newcomer, by a model that was trained with them."""
    own = ItemFactors.from_surprise(trained)
    users = {user: UserFactors.from_surprise(trained, user) for user in told}
    return [own.top_n(users[user], 10, exclude=told[user]) for user in told]


def folded(ratings):
    """The ten best films by ridge."""
    X, y = rows_of(model, ratings), residuals(model, ratings)
    return top_10(model, solve_ridge(X, y, model.penalty(len(y))), ratings)


# %%
lists = [folded(told[user]) for user in told]
first, second = lists_of(retrained), lists_of(again)

for name, other in (("ridge and retraining", lists), ("two retrainings", second)):
    in_common = np.mean([overlap(a, b) for a, b in zip(first, other, strict=True)])
    print(f"{name}: {in_common:.2f} in common")

# %% [markdown]
# Here ridge and retraining share 70 %, and two retrainings, which differ in nothing but their random numbers, 75 %. What does that prove? That even the long way replaces a quarter of the list when only its random numbers change, and that the fold-in does not replace many more. But two methods that are equally bad could share as much. Whether a prediction is *right* only the hidden ratings can tell. The article's conclusion was true, but its figures did not show it.
#
# ## The same from the library
#
# All that you derived is one call. It checks its input, uses the dual where that is smaller, and computes λ itself.

# %% tags=["nbval-check-output"]
from xrec_lessons.fold_in import fold_in

user = fold_in(model, newcomer)
by_hand = solve_dual(X, y, ridge_penalty(model.lr, model.n_epochs, model.reg, len(y)))
by_hand[0] *= model.unit**0.5

print("the same:", np.allclose([user.b, *user.p], by_hand, rtol=0, atol=1e-10))

# %%
begin = time.perf_counter()
for _ in range(200):
    fold_in(model, newcomer)
each = (time.perf_counter() - begin) / 200

print(
    f"{each * 1e6:.0f} microseconds; retraining took {seconds / each:,.0f} times as long"
)

# %% [markdown]
# Some thousand times as long, on this small data set and with the fastest training that we have. (The article's fold-in took between 0.01 and 0.4 seconds on its large one.) And retraining takes the longer the more ratings there are, while the fold-in sees only the newcomer's.
#
# What does the library say when something is wrong with the ratings? Here are a film that the model does not know, a rating of eleven stars, and no rating at all.

# %%
import warnings


def ask(ratings):
    """Fold in, and print what the library says."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            bias = fold_in(model, ratings).b
            print(f"bias {bias:+.2f}.", *(warning.message for warning in caught))
        except ValueError as error:
            print("ValueError:", error)


# %% tags=["nbval-check-output"]
for ratings_of_one in ({**newcomer, 999_999: 5.0}, {**newcomer, 1: 11.0}, {}):
    ask(ratings_of_one)

# %% [markdown]
# An unknown film is left out, with a warning: the other ten ratings are still good. An impossible rating is an error, since nobody can know what was meant. And with no rating there is nothing to fold in; show what is popular.
#
# ## What could mislead you here
#
# - **Frozen films do not learn.** The newcomer's ratings change nothing for anybody else. For the newcomer that is no loss, as you saw; but after a thousand newcomers the films' factors are out of date. So a shop folds in by day and trains again by night. And a *film* that nobody in the training rated cannot be recommended at all.
# - **These were not really newcomers.** MovieLens keeps only people with at least 20 ratings, and we gave the model ten ratings drawn from all that they ever gave. Somebody's *first* ten ratings, of films that a website showed them, are another sample.
# - **λ says how the training would treat ten ratings, not how much they are worth.** It is as good as the settings of the training, and close to SGD, not equal.
# - **No randomness is not the same as no doubt.** Ridge gives the same answer every time, on one model. On a model that was trained with another seed it gives another one. Lesson 05 shows what that does to an explanation.
#
# ## Key points
#
# - Freeze the films, and a newcomer is an ordinary regression: $y_j = r_j - \mu - b_j$ on $x_j = (1, q_j)$.
# - With fewer ratings than unknowns, SGD hardly forgets a random start, and the start chooses a part of the recommendations.
# - Ridge, $w = (X^\top X + \lambda I)^{-1} X^\top y$, is *fit plus a price for size* for many unknowns; the dual has one equation for each rating.
# - Stopping early is a price for size: $\lambda = 1/(lr \cdot T) + reg \cdot n$.
# - Folding in is as accurate as training everything again, for a person with ten ratings, as the hidden ratings of held-out people show, and ten thousand times faster or more; with hundreds of ratings it loses some thousandths of a star.
#
# ## Two questions
#
# Press an answer: it answers back.

# %%
checks.quiz("03")

# %% [markdown]
# **Next:** [lesson 04, *Association rules*](04_association_rules.ipynb): which films people have together, and what that explains.
