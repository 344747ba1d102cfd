# %% [markdown]
# # 05 · The influence of a rating
#
# **What would be recommended to me if I had not given that one rating?**
#
# This question has an answer: take the rating away, and look at what changes. The article showed such answers to people in its study. Here you find out how much of an answer is chance, and you derive a formula that gives it exactly, without fitting anybody again.
#
# *About 50 minutes. Needs lesson 03 (fold-in, ridge) and the inverse of a matrix.* Afterwards you will be able to
#
# - **derive** what leaving out one rating changes, without refitting,
# - **read** an influence: what raises a prediction, and what lowers it,
# - **decide** which influences are certain enough to be told.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import display

from xrec_lessons import checks
from xrec_lessons.drawings import lesson_05 as drawings
from xrec_lessons.drawings import theme

theme.follow_theme()
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## One person, one recommendation
#
# You know the sample person of lesson 00: ten ratings, invented by us. The models that come with the course have never met them. We begin with one of the five models. The ten films that it recommends are our *targets*, and we look at the first one closely.

# %% tags=["nbval-check-output"]
# Plumbing: you need not read this cell.
from xrec_lessons.bundle import load_bundle

bundle = load_bundle()
model, films, newcomer = bundle.models[0], bundle.films, bundle.sample_person


def short(movies):
    """Titles without the year and without the name of a series."""
    return [
        name.partition(" (")[0].rpartition(" - ")[2] for name in films.names(movies)
    ]


given = np.array(list(newcomer.values()))
recommended = np.array(bundle.recommend(newcomer, 10))
closely = short(recommended)[0]
print("rated:", "; ".join(map("{} {:g}".format, short(newcomer), given)))
print("first:", closely)
print("then: ", "; ".join(short(recommended)[1:4]), "…")

# %% [markdown]
# As in lesson 03, a person's ratings become a small regression. Row $x_j = (1, q_j)$ belongs to the rated film *j*, and $y_j = r_j - \mu - b_j$ is what is left of the rating. Row $x_t = (1, q_t)$ belongs to the target *t*. The person is $w = (b_u, p_u)$, and the person's part of the prediction is the number $x_t^\top w$. The penalty is λ = 1/(lr·T) + reg·n. (All symbols: [the glossary of symbols](symbols.md).)

# %% tags=["nbval-check-output"]
from xrec_lessons.fold_in import design, ridge, targets_design

X, y, rated = design(model, newcomer)
Xt = targets_design(model, recommended)
penalty = model.penalty(len(y))

print(f"X {X.shape}, y {y.shape}, Xt {Xt.shape}, penalty {penalty:.1f}")

# %% [markdown]
# ## What an influence is
#
# > The **influence** of rating *j* on target *t* is the prediction for *t* with all ratings, minus the prediction for *t* without rating *j*. In stars.
#
# Above zero, the rating raises the prediction. Below zero, it lowers it. μ and the target's own bias cancel, so only the person's part counts.
#
# ### By hand
#
# A toy person has a single unknown: a bias, no taste. So every $x_j$ is 1, and ridge is the damped mean of lesson 01: the sum of the *y*, divided by their number plus the penalty. There are two ratings, $y$ = 2 and $y$ = 4, and the penalty is 1.
#
# | ratings used | damped mean |
# |---|---|
# | 2 and 4 | (2 + 4) / (2 + 1) = **2** |
# | without the 2 | 4 / (1 + 1) = **2** |
# | without the 4 | 2 / (1 + 1) = **1** |
#
# The influence of the 2 is 2 − 2 = 0, and the influence of the 4 is 2 − 1 = 1. From the 4 alone the model expects a 2, so the 2 changes nothing. Note a second thing: the influences add up to 1, while the prediction is 2. **Influences are not shares of the prediction.**
#
# ### As a picture
#
# Now a line through seven points, fitted by ridge: once with the gold point, once without. Move the point up and down, and compare the two gaps beside it.

# %%
drawings.lever()

# %% [markdown]
# The blue gap is the **surprise**: what was given, minus what the *other* points made us expect. The golden gap is the **residual**: what was given, minus what the line with the point says. Keep the two apart.
#
# ## Predict before you run
#
# 1. Which of the ten rated films has the largest influence on the first recommendation, *The Empire Strikes Back*?
# 2. Can the 1½ stars for *Titanic* raise that prediction? "yes" or "no".
# 3. The article computed an influence by fitting the person again, from a random start. Do that twice, for the same person and the same ratings. How often do both runs name the same film as the most influential one? (A number between 0 and 1.)

# %%
strongest = checks.guess("05 strongest film", ...)
raises = checks.guess("05 can Titanic raise it", ...)
same = checks.guess("05 two runs name the same film", ...)
display(strongest, raises, same)

# %% [markdown]
# ## The article's way: fit again
#
# The article fitted a person by stochastic gradient descent from a random start, once with all ratings and once without each rating. So the two sides of each difference began at different random points. How much does that matter? The course has measured thirty people, their ten best films, and five seeds, with models of the article's settings and of ours.

# %%
from xrec_lessons.experiments import results

twice = results("influence").query('way == "article\'s way, between repeats"')
ax = sns.barplot(
    twice, x="same top film", y="model", errorbar="sd", err_kws={"color": "grey"}
)
ax.axvline(0.1, color="grey", linestyle=":", label="by lot: one film of ten")
ax.set(xlim=(0, 1), xlabel="share of targets, mean ± SD over five seeds", ylabel="")
ax.set_title("Two runs name the same film")
ax.legend()
same.draw(ax)
plt.show()

# %% [markdown]
# *In words:* two bars and a dotted line at .10, which is what drawing lots would give. With the article's own model, two runs name the same film in 15 % of the cases, with ours in 44 %.
#
# So chance is strong here. If it was as strong in the article's study, it made most of the influences that people saw there. [Lesson 05, deeper](05_influence_deeper.ipynb) draws twenty runs for one person, and shows where the noise comes from.
#
# ## No chance: ridge
#
# Ridge has no start and no steps: $w = (X^\top X + \lambda I)^{-1} X^\top y$. The course's recommendations come from it.
#
# ### Exercise 1: leave each rating out
#
# `X` of shape (n, d) and `y` of shape (n,) are a person's ratings, `Xt` of shape (t, d) are the targets, and `penalty` is λ. Return the influences in stars, an array of shape (n, t): row *j*, column *t* is the prediction for *t* with all ratings minus the one without rating *j*. Fit anew for every *j*, with the **same** penalty: `ridge(X, y, penalty)` returns $w$, and `np.delete(X, j, axis=0)` is X without row *j*. Begin with `Xt @ ridge(X, y, penalty)`, the predictions with all ratings. For the toy person, `influence_by_refit(np.ones((2, 1)), np.array([2.0, 4.0]), 1.0, np.ones((1, 1)))` is `[[0], [1]]`. (Stuck? `checks.hint("influence_by_refit")` in a cell of its own.)


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
print(f"on {closely}:", "; ".join(f"{name} {v:+.2f}" for name, v in of_first.items()))

# %%
display(strongest, raises)

# %% [markdown]
# *The Matrix* raises the prediction most. *Titanic* comes second: its one and a half stars **raise** the prediction. And *A New Hope* does little, although the recommended film is its sequel. To understand this we need the formula.
#
# ## Without refitting
#
# Write $A = X^\top X + \lambda I$, so that $A w = X^\top y$. Let $w_{-j}$ be the fit without rating *j*.
#
# **Line 1.** $X^\top X$ is a sum with one term for every rating, and so is $X^\top y$. Leaving out rating *j* takes its terms away:
#
# $$(A - x_j x_j^\top)\, w_{-j} = X^\top y - x_j y_j$$
#
# **Line 2.** Move $x_j x_j^\top w_{-j}$ to the right. There it meets $x_j y_j$, and together they are $x_j$ times a number:
#
# $$A\, w_{-j} = X^\top y - x_j\, s_j \qquad\text{with}\qquad s_j = y_j - x_j^\top w_{-j}$$
#
# $x_j^\top w_{-j}$ is what the model expects of rating *j* when it knows only the others. So $s_j$ is the surprise, the blue gap of the drawing.
#
# **Line 3.** Multiply by $A^{-1}$. Since $A^{-1} X^\top y = w$, we have $w_{-j} = w - A^{-1} x_j\, s_j$.
#
# **Line 4.** Multiply by $x_t^\top$, and bring the two predictions to one side. That is the influence:
#
# $$I_j(t) = x_t^\top w - x_t^\top w_{-j} = \underbrace{x_t^\top A^{-1} x_j}_{\text{pull}} \cdot \underbrace{s_j}_{\text{surprise}}$$
#
# The **pull** is how far the prediction for *t* moves when rating *j* is one star higher. It depends on which films were rated, not on the stars. **Influence is pull times surprise.** With numbers, for *The Matrix*, which is row 2:

# %% tags=["nbval-check-output"]
j = 2
A = X.T @ X + penalty * np.eye(X.shape[1])
w_without = ridge(np.delete(X, j, axis=0), np.delete(y, j), penalty)
surprise = y[j] - X[j] @ w_without
pull = X @ np.linalg.inv(A) @ Xt.T  # shape (n, t)

print(f"surprise: {surprise:+.2f} stars")
print(np.allclose(refits[j], pull[j] * surprise))

# %% [markdown]
# One thing is left: $s_j$ contains $w_{-j}$, and that takes a refit. Now comes the trick. Line 4 holds for any target, so take **the film j itself**. Its pull on itself is $h_j = x_j^\top A^{-1} x_j$. We call it the *self-pull*. (Statistics books say *leverage*; here that word belongs to the rules of lesson 04.)
#
# **Line 5.** The residual of the fit with all ratings is $e_j = y_j - x_j^\top w$. So $x_j^\top w = y_j - e_j$, and in the same way $x_j^\top w_{-j} = y_j - s_j$. For the film itself the left side of line 4 is their difference, $s_j - e_j$, and the right side is $h_j s_j$:
#
# $$s_j - e_j = h_j\, s_j \quad\Longrightarrow\quad s_j = \frac{e_j}{1 - h_j} \quad\Longrightarrow\quad \boxed{\,I_j(t) = x_t^\top A^{-1} x_j \cdot \frac{e_j}{1 - h_j}\,}$$
#
# A rating pulls its own prediction towards itself, so the residual is smaller than the surprise was. Dividing by $1 - h_j$ undoes that: in the drawing, golden gap / (1 − self-pull) = blue gap. Without $w_{-j}$, one fit gives all influences. (Written for the inverse matrix, this is the *Sherman–Morrison formula*.)
#
# **By hand**, for the toy person: $A$ = 1 + 1 + 1 = 3, so each self-pull is ⅓, and so is each pull. The prediction is 2, so the residuals are 0 and 2. The influences: ⅓ · 0 / (1 − ⅓) = 0 and ⅓ · 2 / (⅔) = 1. As above.
#
# ### Exercise 2: the self-pulls
#
# Return the self-pull of each rating, $h_j = x_j^\top A^{-1} x_j$ with $A = X^\top X + \lambda I$, as an array of shape (n,). For the toy person, `self_pulls(np.ones((2, 1)), 1.0)` is `[0.333, 0.333]`.


# %% tags=["exercise"]
def self_pulls(X, penalty):
    """Pull of each rating on its own prediction; shape (n,)."""
    # solution
    A = X.T @ X + penalty * np.eye(X.shape[1])
    hat = X @ np.linalg.inv(A) @ X.T
    return hat.diagonal()
    # end


# %%
checks.self_pulls(self_pulls)

# %%
self_pulls = checks.use(self_pulls)
h = pd.Series(self_pulls(X, penalty), short(rated))
print(f"from {h.min():.2f}, {h.idxmin()}, to {h.max():.2f}, {h.idxmax()}")

# %% [markdown]
# Every self-pull lies between 0 and 1, because the penalty is above 0. So we never divide by zero. ([The deeper lesson](05_influence_deeper.ipynb) draws all ten, and shows why.)
#
# ### Exercise 3: the exact influence
#
# Write the boxed formula for all ratings and targets at once. Arguments and result are as in exercise 1. Fit only once, and invert no matrix in a loop. You may use `self_pulls` and `ridge`; the matrix `pull` was computed above, with shape (n, t), and `numbers[:, None]` makes n numbers a column. (Ten ratings and ten targets: a wrong axis raises no error here. The check tries other shapes.)


# %% tags=["exercise"]
def exact_influence(X, y, penalty, Xt):
    """Exact leave-one-out influence from a single fit; shape (n, t), in stars."""
    # solution
    A = X.T @ X + penalty * np.eye(X.shape[1])
    pull = X @ np.linalg.solve(A, Xt.T)
    residual = y - X @ ridge(X, y, penalty)
    surprise = residual / (1 - self_pulls(X, penalty))
    return pull * surprise[:, None]
    # end


# %%
checks.exact_influence(exact_influence)

# %% tags=["nbval-check-output"]
exact_influence = checks.use(exact_influence)
exact = exact_influence(X, y, penalty, Xt)

print(abs(exact - refits).max() < 1e-12)

# %% [markdown]
# The differences are only rounding. But be exact about what is exact: the formula answers *“what if this rating had not been given to the fold-in?”*, with the penalty held. *“What if the whole model had been trained without it?”* it answers only approximately, as [the deeper lesson](05_influence_deeper.ipynb) measures.
#
# ## How to read an influence
#
# Now the ten influences can be taken apart. *Expected* means what the model would predict for that film from the *other nine* ratings.

# %% tags=["nbval-check-output"]
surprise = (y - X @ ridge(X, y, penalty)) / (1 - self_pulls(X, penalty))
parts = {"stars": given, "expected": given - surprise, "surprise": surprise}
parts |= {"pull": pull[:, 0], "influence": exact[:, 0]}
parts = pd.DataFrame(parts, short(rated))
parts.sort_values("influence", ascending=False).round(2)

# %% [markdown]
# The same table, drawn: each influence is an area. Give *Titanic* other stars. What changes in its own rectangle, and what in the others?

# %%
drawings.rectangles()

# %% [markdown]
# Read it film by film.
#
# - ***The Matrix***: the model expected 4.15 stars and got 5. A good surprise, with a positive pull.
# - ***Titanic***: 1.4 stars fewer than expected, a bad surprise. But its pull is **negative**, and minus times minus is plus. A low rating can raise a prediction.
# - ***A New Hope***: by far the largest pull. But 4.43 stars were expected, and 4.5 given. Hardly a surprise, hardly an influence. It is like the 2 of the toy person.
# - ***Pulp Fiction***: four stars, and it lowers the prediction. The model had expected 4.55.
#
# ## One model is one opinion
#
# The formula is exact, *given a model*. But a model's factors start from random numbers. The bundle holds five models that differ only in the seed. The module's `influence` is your formula, and for several models it returns the mean and the standard deviation. Let four of the five speak about the first film on *your* list (or the sample person's).

# %%
# Plumbing: you need not read this cell.
from xrec_lessons.explorer import kept_ratings
from xrec_lessons.influence import influence

mine = kept_ratings(bundle)
first = bundle.recommend(mine, 1)
four = influence(bundle.models[:4], mine, first)
told = pd.DataFrame({"mean": four["mean"].iloc[:, 0], "SD": four["sd"].iloc[:, 0]})
told = told.sort_values("mean")
print(f"Recommended to {mine.whose}: {films.name(first[0])}")

# %%
rows = [
    f"{name} ({id})" for name, id in zip(short(told.index), told.index, strict=True)
]
fig, ax = plt.subplots()
ax.errorbar(told["mean"], rows, xerr=told["SD"], fmt="o", capsize=4)
ax.axvline(0, color="grey", linestyle=":")
ax.set(xlabel="influence in stars, mean ± SD of four models", ylabel="rated film (id)")
ax.set_title("What moves the prediction, by four models")
plt.show()

# %% [markdown]
# *In words:* dots with whiskers, sorted. For the sample person, *The Matrix* is at the top with 0.10 stars, and its whisker does not meet the next one. Then follow *Blade Runner*, *Titanic* and *A New Hope*, whose whiskers overlap: they raise the prediction, but their order is not certain. *Forrest Gump*, *Pretty Woman* and *Pulp Fiction* lower it. No whisker crosses zero.
#
# Exact does not mean certain: the spread of several models says how far to trust their mean. (Behind each title stands the film's id.)
#
# ### Decide
#
# An app wants to write “this rating raised it” or “lowered it” below each film. It must not write a sentence that the next model would contradict. **For which films may it?** Type their ids as a list, such as `[2571, 296]`. Then make a rule of it: how many SDs must a mean be away from zero, at least?

# %%
allowed = checks.guess("05 films that get a sentence", ...)
least = checks.guess("05 how many SDs at least", ...)
display(allowed, least)

# %% [markdown]
# The fifth model, which has not spoken yet, is the judge.

# %%
# Plumbing: you need not read this cell.
fifth = influence(bundle.models[4], mine, first).iloc[:, 0]
for movie, title in zip(told.index, short(told.index), strict=True):
    held = told["mean"][movie] * fifth[movie] > 0
    verdict = "the sign holds" if held else "SIGN REVERSED"
    yours = "you tell it" if movie in (allowed.value or []) else "you keep quiet"
    print(f"{fifth[movie]:+.3f}  {title}: {verdict}, {yours}")

# %% [markdown]
# A told sentence that the fifth model reverses makes the app wrong tomorrow; an untold one whose sign holds is lost. One film shows little, so here is your rule for all well-known films. For each number of SDs, how many sentences are told, and how many of them are reversed?

# %%
# Plumbing: you need not read this cell.
well_known = np.setdiff1d(films.ids[bundle.well_known], list(mine))
each = np.array([influence(one, mine, well_known) for one in bundle.models])
mean, sd = each[:4].mean(axis=0), each[:4].std(axis=0, ddof=1)
far, wrong = abs(mean) / sd, mean * each[4] < 0

rules = np.linspace(0, 5, 26)
fig, (above, below) = plt.subplots(2, sharex=True)
above.plot(rules, [np.mean(far >= rule) for rule in rules])
above.set(ylabel="share told", ylim=(0, 1.05), title="A stricter rule")
below.plot(rules, [wrong[far >= rule].mean() for rule in rules], color="C1")
below.set(ylabel="of these, reversed", xlabel="SDs away from zero, at least")
least.draw(below)
plt.show()

# %% [markdown]
# *In words:* two curves that fall from left to right. For the sample person: a rule that tells everything (0 SDs) is reversed by the fifth model in 6 % of its sentences. At one SD it still tells 88 %, of which 2 % are reversed; at two SDs 73 % and 1 %; at five SDs fewer than half, of which hardly any are reversed.
#
# *Forrest Gump* is reversed: −0.015 ± 0.007 by four models, which even agree on the sign, and +0.014 by the fifth. So no rule is safe. You trade sentences for errors, and how many errors an app can bear is your decision.
#
# Now the question from the top, for the rating with the largest influence:

# %%
# Plumbing: you need not read this cell.
most = told["mean"].abs().idxmax()
less = {movie: stars for movie, stars in mine.items() if movie != most}
ten, then = bundle.recommend(mine, 10), bundle.recommend(less, 11)
then = [movie for movie in then if movie != most][:10]

print(f"Without {films.name(most)}, of ten films {len({*ten} & {*then})} stay.")
print(f"First before: {films.name(ten[0])}. First now: {films.name(then[0])}.")

# %% [markdown]
# ## What could mislead you here
#
# - **An influence is about the model, not about you.** It does not know why you liked a film.
# - **Influences do not add up.** The toy person's 2 and 4 have influences of 0 and 1. Leave both out, and the prediction falls by 2.
# - **A sign is not a taste.** *Titanic*'s influence is above zero although this person disliked it. “Because you rated *Titanic*” is half of the sentence. The other half is “lower than expected”.
# - **The whiskers show one source of doubt only**: the seed of the model. Other people's ratings would make another model, too.
#
# ## Key points
#
# - The influence of a rating is the prediction with it minus the prediction without it.
# - Two fits with different random starts differ by more than one rating does. Compute without chance.
# - Influence = pull × surprise = $x_t^\top A^{-1} x_j \cdot e_j / (1 - h_j)$: exact for the ridge fold-in, the penalty held, from one fit.
# - Exact does not mean certain: average over several models, and show the spread.

# %%
checks.progress()

# %% [markdown]
# ## Quiz
#
# Press an answer: it answers back.

# %%
checks.quiz("05")

# %% [markdown]
# **Next:** [lesson 06, *Three explanations side by side*](06_three_explanations.ipynb) puts the similar users, the rule and the influence to the test. Or stay: [05, deeper](05_influence_deeper.ipynb) removes the noise step by step, compares two rival formulas, and retrains everything.
