# %% [markdown]
# # 05 · The influence of a rating
#
# **What would be recommended to me if I had not given that one rating?**
#
# This question has an answer, for every rating and every recommendation: take the rating away and look at what changes. The article from which this course starts answered it by computing the person again without the rating, and showed the answers to people in a study. In this lesson you measure how much of such an answer is chance, remove the chance step by step, and end with a formula that gives the exact answer without computing anybody again.
#
# *About 110 minutes, with a break before “How to read an influence”. Needs lesson 03 (fold-in and ridge).* Afterwards you will be able to
#
# - **measure** whether an explanation stays the same when it is computed twice,
# - **derive** what leaving out one rating changes, without refitting,
# - **read** an influence: why a low rating can raise a prediction, and what an influence does not say.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

from xrec_lessons import checks

SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## One person, one recommendation
#
# You know this person from lesson 00: ten ratings, invented by us. The five shipped models have never met them. We begin with one model and meet the other four later.

# %% tags=["nbval-check-output"]
from xrec_lessons.bundle import load_bundle

bundle = load_bundle()
model, films, newcomer = bundle.models[0], bundle.films, bundle.sample_person


def short(movies):
    """Titles without the year and without the name of a series."""
    return [
        name.partition(" (")[0].rpartition(" - ")[2] for name in films.names(movies)
    ]


given = np.array(list(newcomer.values()))
pd.DataFrame({"stars": given}, short(newcomer))

# %% [markdown]
# We explain the ten films that are recommended to this person, the *targets*. One of them we look at closely: the first.

# %% tags=["nbval-check-output"]
recommended = np.array(bundle.recommend(newcomer, 10))
closely = short(recommended)[0]

print("first:", closely)
print("then: ", "; ".join(short(recommended)[1:4]), "…")

# %% [markdown]
# As in lesson 03, a person's ratings become a small regression. Row $x_j = (1, q_j)$ belongs to the rated film *j*, and $y_j = r_j - \mu - b_j$ is what the film's own bias leaves of the rating. The same for the targets: row $x_t = (1, q_t)$. The person is $w = (b_u, p_u)$, and the person's part of the prediction for *t* is $x_t^\top w$. (In formulas a row is read as a column of numbers: $x_j^\top w$ is one number, and $x_j x_j^\top$ a square table, `np.outer(X[j], X[j])`.)
#
# λ comes from how the model was trained, with *T* epochs of SGD, steps of size lr and a penalty reg on each rating: λ = 1/(lr·T) + reg·n.

# %% tags=["nbval-check-output"]
from xrec_lessons.fold_in import descend, design, random_start, ridge, targets_design

X, y, rated = design(model, newcomer)
Xt = targets_design(model, recommended)
penalty = model.penalty(len(y))

print(f"X {X.shape}, y {y.shape}, Xt {Xt.shape}, penalty {penalty:.1f}")

# %% [markdown]
# ## What an influence is
#
# > The **influence** of rating *j* on target *t* is the prediction for *t* with all ratings, minus the prediction for *t* without rating *j*. In stars.
#
# Above zero: the rating raises the prediction. Below zero: it lowers it. μ and the target's own bias stand on both sides of the minus and cancel, so only the person's part counts.
#
# ### By hand
#
# A toy person with a single unknown: a bias, no taste. So every $x_j$ is 1, and ridge is the damped mean of lesson 01: the sum of the *y*, divided by their number plus the penalty. Two ratings, $y$ = 2 and $y$ = 4; the penalty is 1. **Guess:** which of the two has more influence on the prediction?

# %% [markdown]
# | ratings used | damped mean |
# |---|---|
# | 2 and 4 | (2 + 4) / (2 + 1) = **2** |
# | without the 2 | 4 / (1 + 1) = **2** |
# | without the 4 | 2 / (1 + 1) = **1** |
#
# The influence of the 2 is 2 − 2 = 0, and that of the 4 is 2 − 1 = 1. The 2 says what the 4 alone made the model expect, so it changes nothing. Keep that in mind, it is the heart of the lesson. And note a second thing: the influences add up to 1, while the prediction is 2. **Influences are not shares of the prediction.**

# %% [markdown]
# ## Predict before you run
#
# Write your answers down.
#
# 1. Which of the ten ratings has the largest influence on the first recommendation, *The Empire Strikes Back*?
# 2. Can the 1½ stars for *Titanic* raise that prediction, or can they only lower it?
# 3. The article computed each influence by fitting the person again, from a random start. If you do that twice, how often do both runs name the same film as the most influential one?

# %% [markdown]
# ## The article's way: fit again
#
# Lesson 03 fitted a person by stochastic gradient descent: `descend(X, y, lr, reg, n_epochs, first)`, your second exercise there, goes from a start in small steps towards numbers that fit the ratings. The article's start is random, $b_u = 0$ and $p_u$ drawn from a normal distribution with a standard deviation of 0.1: `random_start(k, rng)`. So an influence takes one fit with all ratings and one fit without each:


# %%
def influence_by_sgd(X, y, settings, Xt, draw):
    """With minus without, shape (n, t); every fit starts from a fresh draw()."""

    def predict(X, y):
        return Xt @ descend(X, y, *settings, draw())

    with_all = predict(X, y)
    without = [predict(np.delete(X, j, axis=0), np.delete(y, j)) for j in range(len(y))]
    return with_all - np.array(without)


# %% [markdown]
# Run it twenty times. Nothing changes from run to run: the same model, the same person, the same ratings. Only the random numbers go on.

# %% tags=["nbval-check-output"]
settings = model.lr, model.reg, model.n_epochs
k = X.shape[1] - 1
rng = np.random.default_rng(SEED)
article = np.array(
    [
        influence_by_sgd(X, y, settings, Xt, lambda: random_start(k, rng))
        for _ in range(20)
    ]
)

print("The rating that influenced", closely, "most:")
for run in article[:6, :, 0]:
    top = abs(run).argmax()
    print(f"{run[top]:+.2f} stars  {short(rated)[top]}")

# %% [markdown]
# Each run names a film and a size, as if it knew. Here are all twenty runs.


# %%
def spread_plot(runs, title):
    """One dot a run for each rated film's influence on the first target."""
    table = pd.DataFrame(runs[:, :, 0], columns=short(rated)).melt(var_name="film")
    style = {"color": "#0072b2", "alpha": 0.5, "jitter": False}
    ax = sns.stripplot(table, x="value", y="film", **style)
    ax.axvline(0, color="grey", linestyle=":")
    ax.set(title=title, xlabel="influence in stars")
    ax.set_xlim(-0.4 * model.unit, 0.4 * model.unit)
    ax.set_ylabel("rated film")


spread_plot(
    article, title="Twenty runs of the article's way: only one film keeps its sign"
)
plt.show()

# %% [markdown]
# *In words:* one row for each rated film, twenty dots in each. In every row the dots spread over a fifth of a star or more. In nine of the ten rows they lie on both sides of zero, so the same rating raises the prediction in one run and lowers it in the next; only *The Matrix* is above zero in all twenty.
#
# ## Measure the noise
#
# A plot convinces; a number can be compared. Three numbers:
#
# - the **standard deviation** of one influence over the runs, beside the mean size (the mean of the absolute values),
# - the share of targets for which two runs name the **same top film**,
# - the share of influences for which two runs have the **same sign**.
#
# ### Exercise 1: the same top film
#
# `a` and `b` are two versions of the same influences, each of shape (n ratings, t targets). For each target, the top film is the one whose influence is largest **in size**, whether it raises or lowers. Return the share of the targets for which `a` and `b` have the same top film, between 0 and 1. For example: in `a = np.array([[0.3, 0.1], [-0.5, 0.2]])` the second film is on top for both targets; in `b = np.array([[0.4, 0.2], [-0.1, 0.3]])` it is the first and the second; so the share is 0.5. (Stuck? `checks.hint("same_top")` in a cell of its own, as often as you like; every exercise has hints.)


# %% tags=["exercise"]
def same_top(a, b):
    """Share of the targets whose most influential rating is the same in a and b."""
    # solution
    return np.mean(abs(a).argmax(axis=0) == abs(b).argmax(axis=0))
    # end


# %%
checks.same_top(same_top)

# %% tags=["nbval-check-output"]
from itertools import combinations

same_top = checks.use(same_top)


def stability(runs):
    """Size, spread, and agreement of all pairs of runs; runs of shape (runs, n, t)."""
    pairs = list(combinations(runs, 2))
    sign = np.mean([np.mean(np.sign(a) == np.sign(b)) for a, b in pairs])
    top = np.mean([same_top(a, b) for a, b in pairs])
    size, sd = abs(runs).mean(), runs.std(axis=0, ddof=1).mean()
    return f"mean size {size:.3f}, SD {sd:.3f} stars; same top film {top:.0%}, same sign {sign:.0%}"


print(stability(article))

# %% [markdown]
# Pure chance would find the same top film, one of ten, in 10 % of the cases, and the same sign in 50 %. So that was your third prediction: most people expect far more. We are not far from chance. The standard deviation is as large as the influences themselves. (These figures are for this person and the random numbers of seed 0.)
#
# Is it this person? Here is the same for thirty people with ten ratings, who were held out of the training, their ten best films each, with five seeds; for models trained as in the article and for ours (`python -m xrec_lessons.experiments influence`, a few minutes). What stands behind ± is the standard deviation over the seeds:

# %%
from xrec_lessons.experiments import summary

_, stable = summary("influence").values()
stable.xs("article's way, between repeats", level="way")

# %% [markdown]
# With the article's own model two runs name the same top film in 15 % of the cases and agree on the sign in 57 %: hardly better than chance, on all five seeds. With our models it is 44 % and 72 %, less noise, but still a lot. (Our person is a hard case: all ten targets are well-known films. In this table many are films with few ratings, whose factors are small, and the noise with them.)
#
# The author noticed: the article reports that repeated calculations of the same influence give quite different results. In its study, people trusted the influence explanations no more than the sentence “you are similar to users who liked it” (means of 3.55 and 3.54 of 5). We cannot know why. But if it was as here, then what they saw was mostly chance.
#
# ## Where the noise comes from
#
# Ten ratings cannot correct the whole start. Each of them pulls $w$ in the direction of its own row $x_j$, so among the 51 dimensions of $w$ at least 41 remain in which no error ever pulls. There, only the penalty shrinks the start, by a factor of $1 - lr \cdot reg$ at each visit to a rating. How much of it is left at the end?

# %% tags=["nbval-check-output"]
visits = model.n_epochs * len(y)

print(
    f"after {visits} visits {(1 - model.lr * model.reg) ** visits:.0%} of the start is left there"
)

# %% [markdown]
# And each side of our difference has a start of its own. Their difference has nothing to do with the rating that was left out.
#
# So give both sides **the same** start. A comparison in which everything but one thing is equal is called *paired*; you met it in lesson 01, where two methods were compared on the same split. **Guess:** how much of the standard deviation does it remove?

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(SEED)
starts = [random_start(k, rng) for _ in range(20)]
paired = np.array([influence_by_sgd(X, y, settings, Xt, lambda s=s: s) for s in starts])

print("article:", stability(article))
print("paired: ", stability(paired))
print(
    f"gone: {1 - paired.std(axis=0, ddof=1).mean() / article.std(axis=0, ddof=1).mean():.0%}"
)

# %% [markdown]
# A small change, and nine tenths of the noise are gone (of the standard deviation, for this person). Not all of it: on the side without rating *j*, nothing corrects the common start in the direction of that film.

# %%
spread_plot(
    paired, title="The same start on both sides: now the films can be told apart"
)
plt.show()

# %% [markdown]
# *In words:* on the same axis as before, the twenty dots of a film now lie close together, for most within less than a tenth of a star. Six films are above zero in every run, two below, and *Forrest Gump* is as good as zero. One film kept its noise: the dots of *A New Hope*, the first *Star Wars* film, still go from −0.08 to +0.11. It is the one most like the recommended film, so the uncorrected start in its direction matters most.
#
# Why a random start at all? Start from zero, and nothing random is left.

# %% tags=["nbval-check-output"]
from_zero = influence_by_sgd(X, y, settings, Xt, lambda: np.zeros(X.shape[1]))

print(
    f"from zero: mean size {abs(from_zero).mean():.3f} stars; a repeat gives the same"
)
print(
    f"from the mean of the paired runs: at most {abs(paired.mean(axis=0) - from_zero).max():.2f}"
)

# %% [markdown]
# ## No steps at all: ridge
#
# Gradient descent from zero has no randomness, but its answer still depends on how many steps it takes and in which order. Ridge, lesson 03's closed form, has neither: $w = (X^\top X + \lambda I)^{-1} X^\top y$, fit plus a price for size. The course's recommendations come from it. An explanation should explain the model that made the prediction, so from here on a fit is a ridge fit.
#
# ### Exercise 2: leave each rating out
#
# `X` of shape (n, d) and `y` of shape (n,) are a person's ratings, `Xt` of shape (t, d) the targets, `penalty` is λ. Return the influences in stars, an array of shape (n, t): row *j*, column *t* is the prediction for *t* with all ratings minus the one without rating *j*. Fit anew for every *j*, with the **same** penalty. `ridge(X, y, penalty)` returns $w$. For the toy person, `influence_by_refit(np.ones((2, 1)), np.array([2.0, 4.0]), 1.0, np.ones((1, 1)))` is `[[0], [1]]`.


# %% tags=["exercise"]
def influence_by_refit(X, y, penalty, Xt):
    """With minus without each rating, by fitting n times; shape (n, t), in stars."""
    # solution
    with_all = Xt @ ridge(X, y, penalty)
    without = []
    for j in range(len(y)):
        w = ridge(np.delete(X, j, axis=0), np.delete(y, j), penalty)
        without.append(Xt @ w)
    return with_all - np.array(without)
    # end


# %%
checks.influence_by_refit(influence_by_refit)

# %% tags=["nbval-check-output"]
influence_by_refit = checks.use(influence_by_refit)
refits = influence_by_refit(X, y, penalty, Xt)
of_first = pd.Series(refits[:, 0], short(rated)).sort_values(ascending=False)

print(
    f"mean size {abs(refits).mean():.3f}; correlation with SGD from zero "
    f"{np.corrcoef(refits.ravel(), from_zero.ravel())[0, 1]:.2f}"
)
of_first.round(3).to_frame(f"influence on {closely}")

# %% [markdown]
# Two things to note. The mean size is 0.047 stars, half of what the article's way seemed to find (0.095 above): noise makes effects look larger than they are.
#
# And compare with your first two guesses. *The Matrix*, with its five stars, raises the prediction most. Second comes *Titanic*: its one and a half stars **raise** the prediction for *The Empire Strikes Back*. And *A New Hope*, of which the recommended film is the sequel, does little. To understand this we need the formula.
#
# ## Without refitting
#
# Write $A = X^\top X + \lambda I$, so that $A w = X^\top y$. Let $w_{-j}$ be the fit without rating *j*. Every line below is checked with numbers; we take *The Matrix*, which is row 2.
#
# **Line 1.** $X^\top X$ is a sum with one term for every rating, and so is $X^\top y$. Leaving out rating *j* takes its terms away:
#
# $$(A - x_j x_j^\top)\, w_{-j} = X^\top y - x_j y_j$$

# %% tags=["nbval-check-output"]
j = 2
A, b = X.T @ X + penalty * np.eye(X.shape[1]), X.T @ y
w = np.linalg.solve(A, b)
w_without = ridge(np.delete(X, j, axis=0), np.delete(y, j), penalty)

left = (A - np.outer(X[j], X[j])) @ w_without
print(np.allclose(left, b - X[j] * y[j]))

# %% [markdown]
# **Line 2.** Move the second term on the left to the right. There it meets $x_j y_j$, and together they are $x_j$ times a number:
#
# $$A\, w_{-j} = X^\top y - x_j y_j + x_j\, (x_j^\top w_{-j}) = X^\top y - x_j\, s_j \qquad\text{with}\qquad s_j = y_j - x_j^\top w_{-j}$$
#
# That number deserves a name. $x_j^\top w_{-j}$ is what the model expects of rating *j* if it knows only the others. So $s_j$ is the **surprise**: what you gave minus what the others made the model expect.

# %% tags=["nbval-check-output"]
surprise = y[j] - X[j] @ w_without

print(np.allclose(A @ w_without, b - X[j] * surprise))
print(f"surprise: {surprise:+.2f} stars")

# %% [markdown]
# **Line 3.** Multiply by $A^{-1}$. Since $A^{-1} X^\top y = w$:
#
# $$w_{-j} = w - A^{-1} x_j\, s_j$$
#
# **Line 4.** Multiply by $x_t^\top$, and bring the two predictions to one side. That is the influence:
#
# $$I_j(t) = x_t^\top w - x_t^\top w_{-j} = \underbrace{x_t^\top A^{-1} x_j}_{\text{pull}} \cdot \underbrace{s_j}_{\text{surprise}}$$
#
# The **pull** is how far the prediction for *t* moves when rating *j* is one star higher: $w = A^{-1} X^\top y$ is a sum of terms $A^{-1} x_j\, y_j$, so one star more in $y_j$ adds $x_t^\top A^{-1} x_j$ to $x_t^\top w$. The pull does not depend on the stars that were given, only on which films were rated. **Influence is pull times surprise.**

# %% tags=["nbval-check-output"]
A_inverse = np.linalg.inv(A)
pull = X @ A_inverse @ Xt.T  # shape (n, t)

print(np.allclose(w_without, w - A_inverse @ X[j] * surprise))
print(np.allclose(refits[j], pull[j] * surprise))

# %% [markdown]
# One thing is left: $s_j$ contains $w_{-j}$, and computing that takes a refit. Now comes the trick. Line 4 holds for any target. Take as the target **the film j itself**. Its pull on itself is called its **leverage**, $h_j = x_j^\top A^{-1} x_j$.
#
# **Line 5.** With the residual of the fit with all ratings, $e_j = y_j - x_j^\top w$, the left side of line 4 is $(y_j - e_j) - (y_j - s_j) = s_j - e_j$, and the right side is $h_j s_j$. So
#
# $$s_j - e_j = h_j\, s_j \quad\Longrightarrow\quad s_j = \frac{e_j}{1 - h_j}$$

# %% tags=["nbval-check-output"]
h = X[j] @ A_inverse @ X[j]
e = y[j] - X[j] @ w

print(
    f"residual {e:.2f}, leverage {h:.2f}, residual / (1 - leverage) = {e / (1 - h):.2f}"
)
print(np.isclose(surprise, e / (1 - h)))

# %% [markdown]
# No $w_{-j}$ on the right any more. All influences of all ratings come from one fit:
#
# $$\boxed{\,I_j(t) = x_t^\top A^{-1} x_j \cdot \frac{e_j}{1 - h_j}\,}$$
#
# In words: a rating pulls its own prediction towards itself, so its residual looks smaller than the surprise was; dividing by $1 - h_j$ undoes that. Books write the same algebra for the inverse matrix and call it the *Sherman–Morrison formula*.
#
# **By hand**, for the toy person: $A$ = 1 + 1 + 1 = 3, so each leverage is ⅓, and so is each pull. The prediction is 2, so the residuals are 0 and 2. The influences: ⅓ · 0 / (1 − ⅓) = 0 and ⅓ · 2 / (⅔) = 1. As above.
#
# ### Exercise 3: the leverages
#
# Return the leverage of each rating, $h_j = x_j^\top A^{-1} x_j$ with $A = X^\top X + \lambda I$, as an array of shape (n,). For the toy person, `leverages(np.ones((2, 1)), 1.0)` is `[0.333, 0.333]`.


# %% tags=["exercise"]
def leverages(X, penalty):
    """Pull of each rating on its own prediction; shape (n,)."""
    # solution
    A = X.T @ X + penalty * np.eye(X.shape[1])
    hat = X @ np.linalg.inv(A) @ X.T
    return hat.diagonal()
    # end


# %%
checks.leverages(leverages)

# %%
leverages = checks.use(leverages)
table = pd.DataFrame({"h": leverages(X, penalty)}, short(rated))
table["alone"] = [leverages(x[None], penalty)[0] for x in X]
table = table.sort_values("h")

fig, ax = plt.subplots()
ax.barh(table.index, table["h"], color="#0072b2", label="leverage")
alone = {"color": "#e69f00", "label": "if it were the only rating"}
ax.plot(table["alone"], table.index, "D", **alone)
ax.set_title("How strongly each rating pulls its own prediction")
ax.set(xlabel="leverage", xlim=(0, 1), ylabel="rated film")
ax.legend()
plt.show()

# %% [markdown]
# *In words:* the bars, the leverages, go from about ¼ (*Twelve Monkeys*) to almost ½ (*Titanic*). The diamonds lie to the right of the bars: each leverage would be larger if there were no other rating. Two things make a leverage large. Large factors: *Titanic* divides people, and its diamond is far right. And other ratings that say little about the film: from *Toy Story* the others take little away, from *Blade Runner* much.
#
# A rating that is alone has $A = x_j x_j^\top + \lambda I$, and its leverage is $|x_j|^2 / (|x_j|^2 + \lambda)$: that is the diamond, and it is below 1 because the penalty is above 0. Further ratings only make it smaller. So every leverage lies between 0 and 1: no rating decides its own prediction alone, and we never divide by zero.
#
# ### Exercise 4: the exact influence
#
# The boxed formula for all ratings and targets at once. The arguments and the result, of shape (n, t), are as in exercise 2; here nothing is fitted twice, and no table is inverted in a loop. You may use `leverages` and `ridge`. Mind the shapes: our person has ten ratings and ten targets, so a number multiplied along the wrong axis raises no error here; the check tries other shapes.


# %% tags=["exercise"]
def exact_influence(X, y, penalty, Xt):
    """Exact leave-one-out influence from a single fit; shape (n, t), in stars."""
    # solution
    A = X.T @ X + penalty * np.eye(X.shape[1])
    pull = X @ np.linalg.solve(A, Xt.T)
    residual = y - X @ ridge(X, y, penalty)
    surprise = residual / (1 - leverages(X, penalty))
    return pull * surprise[:, None]
    # end


# %%
checks.exact_influence(exact_influence)

# %% [markdown]
# How exact is “exact”? **Guess** the largest difference from the refits, over ten ratings and ten targets. (The course's version of this function is `leave_one_out` in the module `influence`.)

# %%
exact_influence = checks.use(exact_influence)
exact = exact_influence(X, y, penalty, Xt)

print(f"largest difference from refitting: {abs(exact - refits).max():.0e} stars")

# %% [markdown]
# That is rounding, nothing else. And how much faster is it? That depends on the computer, so we measure it on yours; beside your function the module's, which solves one equation a rating (lesson 03) instead of one for each of the 51 numbers.

# %%
from timeit import repeat

from xrec_lessons.influence import leave_one_out

ways = {
    "the article's refits": lambda: influence_by_sgd(
        X, y, settings, Xt, lambda: random_start(k, rng)
    ),
    "ridge refits": lambda: influence_by_refit(X, y, penalty, Xt),
    "your formula": lambda: exact_influence(X, y, penalty, Xt),
    "formula": lambda: leave_one_out(X, y, penalty, Xt),
}
seconds = {name: min(repeat(way, number=3, repeat=5)) / 3 for name, way in ways.items()}
for name, time in seconds.items():
    print(f"{name}: {time / seconds['formula']:.0f} times the formula's time")

# %% [markdown]
# ## How to read an influence
#
# Now the ten influences on *The Empire Strikes Back* can be taken apart. Expected is what the model would predict for that film from the *other nine* ratings.

# %% tags=["nbval-check-output"]
surprise = (y - X @ w) / (1 - leverages(X, penalty))
parts = pd.DataFrame(
    {
        "stars": given,
        "expected": given - surprise,
        "surprise": surprise,
        "pull": pull[:, 0],
        "influence": exact[:, 0],
    },
    short(rated),
)
parts.sort_values("influence", ascending=False).round(2)

# %% [markdown]
# Read it row by row.
#
# - ***The Matrix***: expected were 4.15 stars, given were 5. A good surprise, with a positive pull: people who like the one more than expected tend to like the other, too.
# - ***Titanic***: 1.4 stars fewer than expected, a bad surprise. But its pull is **negative**, and minus times minus is plus. A low rating can raise a prediction; a high one can lower it.
# - ***A New Hope***: by far the largest pull, as one would think. But the other nine ratings made the model expect 4.43 stars, and 4.5 were given. Hardly a surprise, hardly an influence. It is the 2 of the toy person. (So says *this* model; keep the row in mind until we ask the other four.)
# - ***Pulp Fiction***: four stars, a good rating, and it lowers the prediction: 4.55 were expected.
#
# ### Two fine points
#
# **The penalty is held fixed.** By lesson 03's rule λ = 1 / (lr·T) + reg·n, a person with nine ratings has a slightly smaller λ than one with ten. We keep it: only the rating should change. How much does it matter? Over all films with at least 50 ratings:

# %% tags=["nbval-check-output"]
well_known = films.ids[bundle.well_known]
X_known = targets_design(model, well_known)
fixed = exact_influence(X, y, penalty, X_known)
with_all = X_known @ ridge(X, y, penalty)
smaller = model.penalty(len(y) - 1)
without = [
    X_known @ ridge(np.delete(X, k, 0), np.delete(y, k), smaller) for k in range(len(y))
]
apart = abs(fixed - (with_all - np.array(without)))

print(
    f"λ {penalty:.2f} or {smaller:.2f}: {apart.mean():.3f} stars apart in the mean, "
    f"{apart.max():.3f} at most; mean size of an influence {abs(fixed).mean():.3f}"
)

# %% [markdown]
# **Clipping hides influence.** A rating above 5 stars does not exist, so the article's library cut its predictions off at 5 before they were subtracted. Whoever is predicted 5.4 stars with a rating and 5.2 without sees “5 − 5 = 0: no influence”. Is that rare? We look at the ten best predictions of everybody in the data.

# %% tags=["nbval-check-output"]
from xrec_lessons.fold_in import fold_in
from xrec_lessons.movielens import load, ratings_by_user

data, high, best = load(), model.rating_scale.high, {}
people = ratings_by_user(data.ratings)
for user, own in people.items():
    scores = np.where(bundle.well_known, model.scores(fold_in(model, own)), -np.inf)
    scores[model.rows(own)] = -np.inf
    top = np.argsort(-scores)[:10]
    top = top[scores[top] > -np.inf]  # fewer where few are left
    best[user] = films.ids[top], scores[top]
highest = {user: max(predictions, default=0) for user, (_, predictions) in best.items()}

share = np.mean(np.array(list(highest.values())) > high)
print(f"above {high:g} among the ten best: {share:.0%} of {len(people)} people")

# %% tags=["nbval-check-output"]
user = max(highest, key=highest.get)
top, predictions = best[user]
X_user, y_user, _ = design(model, people[user])
own = exact_influence(
    X_user, y_user, model.penalty(len(y_user)), targets_design(model, top)
)
clipped = np.minimum(predictions, high) - np.minimum(predictions - own, high)

print(f"predictions from {predictions.min():.1f} to {predictions.max():.1f} stars")
print(
    f"{own.size} influences, mean size {abs(own).mean():.3f} stars, largest {abs(own).max():.2f}"
)
print(f"after clipping {np.mean(clipped == 0):.0%} of them are exactly 0")

# %% [markdown]
# One person in eight has a prediction above 5 among the ten best, and there it matters most: the person with the highest prediction in the data would have seen no explanation at all. Clip what you *show*, not what you subtract.
#
# ## Two relatives, and what they mean
#
# There are two other formulas in use. All three multiply the same pull with something:
#
# | | pull times | says |
# |---|---|---|
# | exact influence | surprise $e_j / (1 - h_j)$ | what changes if the rating is left out |
# | first order | residual $e_j$ | 100 times what changes if the rating counts 1 % less than the others (nearly: the smaller the step, the closer) |
# | additive part | $y_j$ | how the prediction is put together |
#
# ### First order
#
# It is used where no exact formula exists. *Fast Influence Analysis* (Cheng, Shen, Huang and Zhu, KDD 2019) does so; the article says that its own explanations are the same, but they are not, for they leave a rating out entirely (and that method looks at other people's ratings of the film, too). First order is $(1 - h_j)$ times the exact influence: too small by the leverage. If all leverages were equal, that would not change the ranking. They are not.

# %% tags=["nbval-check-output"]
residual = y - X @ w
first_order = pull * residual[:, None]
both = pd.DataFrame(
    {"exact": exact[:, 0], "first order": first_order[:, 0]}, short(rated)
)
ranks = both.abs().rank(ascending=False).astype(int).add_suffix(", rank")

print(f"same top film for {same_top(exact, first_order):.0%} of the ten targets")
both.round(3).join(ranks).sort_values("exact, rank").head(5)

# %% [markdown]
# *Titanic* falls from the second place to the fifth, because its leverage is the largest. In a list of three it would be missing. The exact formula costs nothing more, so we use it.
#
# ### Exercise 5: the additive parts
#
# Since $w = A^{-1} X^\top y$, the person's part of the prediction is a sum with one term for each rating: $x_t^\top w = \sum_j x_t^\top A^{-1} x_j\, y_j$. Return these terms, shape (n, t), in stars; arguments as before. For the toy person they are `[[0.667], [1.333]]`, and add up to 2.


# %% tags=["exercise"]
def additive_parts(X, y, penalty, Xt):
    """What each rating contributes to the person's part of the prediction; shape (n, t)."""
    # solution
    A = X.T @ X + penalty * np.eye(X.shape[1])
    pull = X @ np.linalg.solve(A, Xt.T)
    return pull * y[:, None]
    # end


# %%
checks.additive_parts(additive_parts)

# %% tags=["nbval-check-output"]
additive_parts = checks.use(additive_parts)
shares = additive_parts(X, y, penalty, Xt)

print(
    f"sum of the ten parts {shares[:, 0].sum():.3f}, the person's part {Xt[0] @ w:.3f} stars"
)
pd.DataFrame({"part": shares[:, 0], "influence": exact[:, 0]}, short(rated)).round(
    3
).head(3)

# %% [markdown]
# *A New Hope* has a part as large as that of *The Matrix*, 0.125 of 0.43 stars, and a small influence. Both are true, because they answer different questions. *How is the prediction put together?* With *A New Hope* in it. *What if I had not rated it?* Little: the other ratings would have said the same.
#
# They can even differ in sign. Move the stars that this person gave *Titanic* and watch both.

# %%
from ipywidgets import FloatSlider, interact

k = given.argmin()  # Titanic, the film that this person liked least
least = short(rated)[k]


def both_of(stars):
    """Additive part and exact influence of Titanic on the first target, had it got these stars."""
    changed = y.copy()
    changed[k] += stars - given[k]
    arguments = X, changed, penalty, Xt[:1]
    return additive_parts(*arguments)[k, 0], exact_influence(*arguments)[k, 0]


# %%
scale = np.sort(model.rating_scale.values)


@interact(
    stars=FloatSlider(given[k], min=scale[0], max=scale[-1], step=scale[1] - scale[0])
)
def show(stars):
    part, influence = both_of(stars)
    print(f"{least} {stars} stars: part {part:+.3f}, influence {influence:+.3f}")


# %%
lines = np.array([both_of(stars) for stars in scale])
fig, ax = plt.subplots()
ax.plot(scale, lines[:, 0], "s--", color="#e69f00", label="additive part")
ax.plot(scale, lines[:, 1], "o-", color="#0072b2", label="exact influence")
ax.axhline(0, color="grey", linestyle=":")
ax.set(xlabel=f"stars given to {least}", ylabel=f"effect on {closely}, in stars")
ax.set_title("Parallel lines that cross zero at different stars")
ax.legend()
plt.show()

# %% [markdown]
# *In words:* two falling, parallel lines. The slope of both is the pull, which is negative: one star more makes $y$ larger by 1, the residual by $1 - h$, and the surprise by $(1 - h) / (1 - h) = 1$. The additive part is zero at about 3.4 stars, where the rating is what *the film* gets on average. The influence is zero at about 2.9 stars, where the rating is what the model expects of *this person*. At three stars the part is above zero and the influence below: fewer stars than the film usually gets, but more than were expected here.
#
# ## One model is one opinion
#
# The formula is exact, given a model. But a model is itself the result of chance: its films' factors start from random numbers. Train it again with another seed, and the influences change. The bundle holds five models that differ in nothing but the seed. **Guess:** for how many of the ten targets do two of them name the same top film?

# %% tags=["nbval-check-output"]
from xrec_lessons.influence import influence

five = np.array([influence(model, newcomer, recommended) for model in bundle.models])
pairs = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in combinations(five, 2)]

print("article:    ", stability(article))
print("five models:", stability(five))
print(f"correlation between two models: {np.mean(pairs):.2f} in the mean")

# %% [markdown]
# The models agree well on sign and size. On the one top film they agree in fewer than half of the cases: the largest and the second largest influence are often close, and then a small change swaps them. So do not ask one model. The bundle recommends by the mean of five predictions, and the influence on a mean is the mean of the influences. Given several models, `influence` returns the mean and the standard deviation.

# %%
table = influence(bundle.models, newcomer, recommended[:1])
mean, sd = (table[name].iloc[:, 0].set_axis(short(rated)) for name in ("mean", "sd"))
order = mean.sort_values().index
fig, ax = plt.subplots()
ax.errorbar(mean[order], order, xerr=sd[order], fmt="o", capsize=4, color="#0072b2")
ax.axvline(0, color="grey", linestyle=":")
ax.set(xlabel="influence in stars, mean ± SD of five models", ylabel="rated film")
ax.set_title(f"What moves the prediction for {closely}")
plt.show()

# %% [markdown]
# *In words:* dots with whiskers, sorted. *The Matrix* is at the top with a little more than 0.10 stars, and its whisker does not meet the next one. Then follow *Blade Runner*, *Titanic* and *A New Hope*, whose whiskers overlap: that they raise the prediction is fairly certain, their order is not. (Remember *A New Hope*, hardly an influence? That was one model's opinion: with 0.02 stars it was eighth there, and in the others it is sixth, fourth, second and seventh, with up to 0.07.) The whisker of *Forrest Gump* crosses zero: not even its sign is known. *Pretty Woman* and *Pulp Fiction* lower the prediction.
#
# How steady is such a mean? The table from above goes on: here is the part on our models, again with thirty people and five seeds. The last row compares the mean of five models with the mean of five others.

# %%
stable.loc["ours"]

# %% [markdown]
# The same model gives the same answer, always. Two models name the same top film in 77 % of the cases (for our person it was 45 %: again a hard case) and agree on the sign in 97.5 %; two means of five models in 90 % and 99 %. Compare the first row, the article's way: 44 % and 72 %.
#
# ## Back to the question
#
# *What would be recommended to me if I had not given that one rating?* Now you can answer it, for all ratings at once and without fitting anything: take the influences off the predictions and rank the films again. **Guess:** for how many of the ten ratings would another film be first? For how many would more than one of the ten recommendations change?

# %% tags=["nbval-check-output"]
candidates = np.setdiff1d(well_known, rated)
scores = bundle.scores(newcomer)[model.rows(candidates)]
effect = influence(bundle.models, newcomer, candidates)["mean"].to_numpy()
# the best first: what is left of a score is the score minus the influence
ranking = [candidates[np.argsort(-(scores - row))[:10]] for row in effect]

without = pd.DataFrame(
    {
        "first without it": [short(ten)[0] for ten in ranking],
        "of the ten stay": [len(np.intersect1d(ten, recommended)) for ten in ranking],
    },
    short(rated),
)
print(f"the first leads by {scores[np.argsort(-scores)[:2]] @ [1, -1]:.4f} stars")
without

# %% [markdown]
# Without six of the ten ratings another film would be first. That sounds like much, but the first film leads the second by less than a hundredth of a star, so almost anything can swap them. Of the ten films never more than one leaves the list. The list is steady, its top is not: one more reason not to make much of the very first place.
#
# ## What frozen films leave out
#
# One question is still open. Fold-in freezes the films. If you had really not given that rating, the whole model would have been trained without it, and the films would be a little different, too. How close is our influence to that?
#
# It can be tried. We add this person to the 100,004 ratings, train everything; take one rating away, train everything again. Both trainings share the random start and the order of all other ratings: you know why.

# %%
from xrec_lessons.model import ItemFactors, UserFactors
from xrec_lessons.svd import train_svd

everybody = data.ratings.sample(frac=1, random_state=SEED)
new = everybody["userId"].max() + 1
own = pd.DataFrame({"userId": new, "movieId": rated, "rating": given})


def retrain(left_out=None):
    """Films and this person, trained from the start without one of the ratings."""
    rows = pd.concat([everybody, own[own.movieId != left_out]])
    trained = train_svd(rows, seed=SEED, shuffle=False, rating_scale=data.rating_scale)
    return ItemFactors.from_surprise(trained), UserFactors.from_surprise(trained, new)


# %% [markdown]
# Three trainings: with all, without *The Matrix*, without *Titanic*. The formula uses the films of the first training. We compare the effects on all films with at least 50 ratings.

# %% tags=["nbval-check-output"]
trained, person = retrain()
formula = influence(trained, newcomer, well_known)
rows = trained.rows(well_known)
effects = {}
for movie in rated[[given.argmax(), given.argmin()]]:
    less, person_without = retrain(left_out=movie)
    change = (trained.scores(person) - less.scores(person_without))[rows]
    effects[short([movie])[0]] = formula.loc[movie].to_numpy(), change

for name, (by_formula, change) in effects.items():
    slope = by_formula @ change / (change @ change)
    r = np.corrcoef(by_formula, change)[0, 1]
    print(
        f"{name}: correlation {r:.2f}, the formula finds {slope:.0%} of the retraining's effect"
    )

# %%
fig, ax = plt.subplots()
for (name, pair), color, marker in zip(
    effects.items(), ("#0072b2", "#e69f00"), "ox", strict=True
):
    ax.scatter(*pair[::-1], s=12, color=color, marker=marker, label=f"without {name}")
ax.axline((0, 0), slope=1, color="grey", linestyle=":", label="equal")
ax.set(
    xlabel="effect of retraining, in stars", ylabel="influence by the formula, in stars"
)
ax.set_title("The formula: the same order as retraining, smaller effects")
ax.legend()
plt.show()

# %% [markdown]
# *In words:* each mark is one film. Both clouds are narrow and rise from the lower left to the upper right: the films that the formula says are moved most are moved most. But they rise less steeply than the dotted line of equality: when everything is trained again, a rating moves the predictions further than the formula says. The percentages above are the slopes of the two clouds. (One film lies alone at the lower left; it fits the others.)
#
# Two ratings of one person, one seed. The next table has about fifty held-out people, all their ten ratings, and five seeds (`python -m xrec_lessons.experiments retraining`; most of an hour). Each way is compared with the mean effect of retrainings from other seeds; the *slope* is the size of its effects as a part of theirs. “Full retraining, one model” shows what is possible at all: how well a retraining from one seed agrees with those from others.

# %%
(retraining,) = summary("retraining").values()
retraining

# %% [markdown]
# Read three things in it.
#
# - **The size.** The formula finds about 80 % of the retraining's effect, with every model; the two ratings above, with less, were below this mean. Gradient descent from zero, films frozen as well, finds 99 to 101 %. So it is not the frozen films that make the effects smaller, it is ridge: its λ only stands in for the early stopping. (You saw it above: 0.055 against 0.047 stars.)
# - **The pattern.** With the article's model the correlation of the formula with the retrainings is 0.97, that of one retraining with the others 0.98. With our models it is 0.91 against 0.98, and the sign agrees in 90 % against 98 %. Gradient descent with frozen films stays behind as well, so that gap is what freezing leaves out: person and films learn together.
# - **It depends on the penalty.** Trained with twice the penalty (reg 0.12 instead of our 0.06), the films give way less, and the formula reaches 0.98.
#
# So be exact about what is exact. The formula answers *“what if this rating had not been given to the fold-in?”* to the last digit, and the fold-in is what predicts here. *“What if it had never been in the training data?”* it answers well, not perfectly.
#
# ## What could mislead you here
#
# - **An influence is about the model, not about you.** It says what the model does with your rating. Why you liked a film, it does not know.
# - **Influences do not add up.** Two ratings that say the same have little influence each, and much as a pair. The toy person's 2 and 4 have influences of 0 and 1; leave both out, and the prediction falls by 2.
# - **Small differences in a list are not a ranking.** Look at the whiskers before you say “most”.
# - **A sign is not a taste.** *Titanic*'s influence is above zero although this person disliked it. “Because you rated *Titanic*” is only half of the sentence; the other half is “lower than expected”.
# - **The whiskers show one source of doubt only**: the seed of the model. Other ratings of other people would make another model, too.
#
# ## Key points
#
# - The influence of a rating is the prediction with it minus the prediction without it.
# - Two fits with different random starts differ by more than one rating does. Compare paired, or without chance.
# - Influence = pull × surprise = $x_t^\top A^{-1} x_j \cdot e_j / (1 - h_j)$: exact for the ridge fold-in, one fit for all ratings.
# - First order forgets the leverage and can change the ranking; additive parts add up, but answer another question.
# - Exact does not mean certain: average over several models and show the spread. And it is exact for the fold-in; for a full retraining it is a good approximation.
#
# ## Two questions
#
# Press an answer: it answers back.

# %%
checks.quiz("05")

# %% [markdown]
# **Next:** [lesson 06, *Three explanations side by side*](06_three_explanations.ipynb): put the similar users, the rule and the influence to the test.
