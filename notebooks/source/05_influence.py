# %% [markdown]
# # 05 · The influence of a rating
#
# **What would be recommended to me if I had not given that one rating?**
#
# This question has an answer: take the rating away, and look at what changes. The article showed such answers to people. Here you test them, and derive a formula that gives them exactly, without fitting anybody again.
#
# *About 50 minutes. Needs lesson 03 (fold-in, ridge) and the inverse of a matrix.* Afterwards you will be able to
#
# - **derive** what leaving out one rating changes, without refitting,
# - **read** an influence: what raises a prediction, and what lowers it,
# - **decide** which influences are certain enough to be told.

# %%
from textwrap import fill

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
# The sample person of lesson 00 again: ten ratings, which no model was trained on. We begin with one of the course's five models. The ten films that are recommended are our *targets*, and we look closely at the first.

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
print(fill("rated: " + "; ".join(map("{} {:g}".format, short(newcomer), given)), 90))
print("first:", closely)
print("then: ", "; ".join(short(recommended)[1:4]), "…")

# %% [markdown]
# As in lesson 03, the ratings become a small regression. Row $x_j = (1, q_j)$ belongs to the rated film *j*, and $y_j = r_j - \mu - b_j$ is what is left of the rating. Row $x_t$ belongs to the target *t*. The person is $w = (b_u, p_u)$, and the person's part of the prediction is $x_t^\top w$. The penalty is λ. ([The glossary of symbols](symbols.md).)

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
# A toy person has only a bias, no taste. So every $x_j$ is 1, and ridge is the damped mean of lesson 01: the sum of the *y*, divided by their number plus the penalty. Two ratings, $y$ = 2 and $y$ = 4; the penalty is 1.
#
# | ratings used | damped mean |
# |---|---|
# | 2 and 4 | (2 + 4) / (2 + 1) = **2** |
# | without the 2 | 4 / (1 + 1) = **2** |
# | without the 4 | 2 / (1 + 1) = **1** |
#
# The influence of the 2 is 2 − 2 = 0, that of the 4 is 2 − 1 = 1. From the 4 alone the model expects a 2, so the 2 changes nothing. And the influences add up to 1, while the prediction is 2: **they are not shares of the prediction.**
#
# ### As a picture
#
# A line through seven points, fitted by ridge: with the gold point, and without. Move the point, and compare the two gaps beside it.

# %%
drawings.lever()

# %% [markdown]
# The blue gap is the **surprise**: what was given, minus what the *other* points made us expect. The golden gap is the **residual**: what was given, minus what the line with the point says. It is smaller, because the point has pulled the line towards itself: here by 0.69 of the surprise, wherever you put the point. That part is its **self-pull**.
#
# ## Predict before you run
#
# The first recommendation is *The Empire Strikes Back*.
#
# 1. Can the 1½ stars for *Titanic* **raise** that prediction? "yes" or "no".
# 2. The article computed an influence by fitting the person again, from a random start. Do that twice, with the same ratings. How often do both runs name the same film as the most influential one? (A number between 0 and 1.)

# %%
raises = checks.guess("05 can Titanic raise it", ...)
same = checks.guess("05 two runs name the same film", ...)
display(raises, same)

# %% [markdown]
# ## The article's way: fit again
#
# The article fitted a person by stochastic gradient descent, with all ratings and without each. So the two sides of a difference began at different random points. Does that matter? We measured thirty people, their ten best films, and five seeds, with the article's settings and with ours.

# %%
from xrec_lessons.experiments import results

INK = plt.rcParams["text.color"]
twice = results("influence").query('way == "article\'s way, between repeats"')
ax = sns.barplot(
    twice, x="same top film", y="model", errorbar="sd", err_kws={"color": INK}
)
ax.axvline(0.1, color=INK, linestyle=":")
ax.set(xlim=(0, 1), ylabel="")
ax.set_xlabel("share of targets, mean ± SD of five seeds (dotted: by lot)")
ax.set_title("Two runs name the same film")
same.draw(ax)
plt.show()

# %% [markdown]
# *In words:* two bars and a dotted line at .10, which is what drawing lots would give. With the article's settings, two runs name the same film in 15 % of the cases, with ours in 44 %.
#
# If chance was as strong in the article's study, it made most of the influences that people saw there. ([Lesson 05, deeper](05_influence_deeper.ipynb) shows where it comes from.)
#
# ## No chance: ridge
#
# Ridge has no start and no steps: $w = A^{-1} X^\top y$ with $A = X^\top X + \lambda I$. The course's recommendations come from it.
#
# ### Exercise 1: leave each rating out
#
# `X` of shape (n, d) and `y` of shape (n,) are a person's ratings, `Xt` of shape (t, d) are the targets. Return the influences in stars, shape (n, t): row *j*, column *t* is the prediction for *t* with all ratings minus the one without rating *j*. Put this in place of the dots, and write the two lines of the loop:
#
# ```python
#     with_all = Xt @ ridge(X, y, penalty)
#     without = []
#     for j in range(len(y)):
#         ...  # fit without rating j; append the predictions for the targets
#     return with_all - np.array(without)
# ```
#
# `ridge(X, y, penalty)` returns $w$, and `np.delete(X, j, axis=0)` is X without row *j*. Keep the penalty as it is: only the rating shall change. For the toy person, `influence_by_refit(np.ones((2, 1)), np.array([2.0, 4.0]), 1.0, np.ones((1, 1)))` is `[[0], [1]]`. (Stuck? `checks.hint("influence_by_refit")` in a cell of its own.)


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
said = "; ".join(f"{name} {v:+.2f}" for name, v in of_first.items())
print(fill(f"on {closely}: {said}", 90))

# %%
raises

# %% [markdown]
# *Titanic* comes second: its one and a half stars **raise** the prediction. And *A New Hope* does little, although the recommended film is its sequel. To understand this we need a formula.
#
# ## Without refitting
#
# Let $w_{-j}$ be the fit without rating *j*. From the other ratings alone, the model expects $x_j^\top w_{-j}$ of this one. So the surprise, the blue gap, is $s_j = y_j - x_j^\top w_{-j}$.
#
# **Line 1.** Suppose the rating had been *just as expected*. Then the fit with it would be $w_{-j}$, too. For ridge makes the sum of squared errors and penalty small. Without *j*, that sum is smallest at $w_{-j}$; the new term, the error of *j*, is 0 there and cannot be less. (The toy person's 2 was such a rating.)
#
# **Line 2.** Ridge is a sum with one term for each rating: $w = A^{-1} X^\top y = \sum_k A^{-1} x_k\, y_k$. The true rating is $s_j$ above the expected one, and all others are the same. So only its term differs: $w - w_{-j} = A^{-1} x_j\, s_j$.
#
# **Line 3.** Multiply by $x_t^\top$. That is the influence:
#
# $$I_j(t) = x_t^\top w - x_t^\top w_{-j} = \underbrace{x_t^\top A^{-1} x_j}_{\text{pull}} \cdot \underbrace{s_j}_{\text{surprise}}$$
#
# The **pull** is how far the prediction for *t* moves when rating *j* is one star higher. It depends on which films were rated, not on the stars. **Influence is pull times surprise.**
#
# **Line 4.** But $s_j$ still needs a refit. Now the trick: let the target be **the film j itself**. Its pull on itself is the self-pull, $h_j = x_j^\top A^{-1} x_j$. By line 3 the rating has moved its own prediction by $h_j s_j$ towards itself. What is left of the surprise is the residual $e_j = y_j - x_j^\top w$, the golden gap:
#
# $$e_j = s_j - h_j\, s_j \quad\Longrightarrow\quad s_j = \frac{e_j}{1 - h_j} \quad\Longrightarrow\quad \boxed{\,I_j(t) = x_t^\top A^{-1} x_j \cdot \frac{e_j}{1 - h_j}\,}$$
#
# One fit gives all influences. (Statistics books call $h_j$ *leverage*; here that word belongs to the rules of lesson 04.)
#
# **By hand**, for the toy person: $A$ = 1 + 1 + 1 = 3, so each pull and each self-pull is ⅓. The prediction is 2, so the residuals are 0 and 2. The influences: ⅓ · 0 / (1 − ⅓) = 0 and ⅓ · 2 / (⅔) = 1. As above.
#
# ### Exercise 2: the self-pulls
#
# All pulls at once are a matrix product: in row *j*, column *t* stands $x_j^\top A^{-1} x_t$, which is $x_t^\top A^{-1} x_j$, since $A$ is symmetric. With the rated films themselves as targets:
#
# ```python
#     A = X.T @ X + penalty * np.eye(X.shape[1])
#     pulls = X @ np.linalg.inv(A) @ X.T
# ```
#
# Begin with these lines. Return the self-pulls $h_j$, shape (n,). For the toy person, `self_pulls(np.ones((2, 1)), 1.0)` is `[0.333, 0.333]`.


# %% tags=["exercise"]
def self_pulls(X, penalty):
    """Pull of each rating on its own prediction; shape (n,)."""
    # solution
    A = X.T @ X + penalty * np.eye(X.shape[1])
    pulls = X @ np.linalg.inv(A) @ X.T
    return pulls.diagonal()
    # end


# %%
checks.self_pulls(self_pulls)

# %%
self_pulls = checks.use(self_pulls)
h = pd.Series(self_pulls(X, penalty), short(rated))
print(f"from {h.min():.2f}, {h.idxmin()}, to {h.max():.2f}, {h.idxmax()}")
print(f"The residual of {h.idxmax()} is only {1 - h.max():.0%} of its surprise.")

# %% [markdown]
# Every self-pull lies between 0 and 1, so we never divide by zero. ([The deeper lesson](05_influence_deeper.ipynb) shows why.)
#
# ### Exercise 3: the exact influence
#
# Now the boxed formula, for all ratings and targets at once; arguments and result as in exercise 1. Begin with
#
# ```python
#     A = X.T @ X + penalty * np.eye(X.shape[1])
#     pull = X @ np.linalg.inv(A) @ Xt.T  # shape (n, t)
#     residual = y - X @ ridge(X, y, penalty)  # shape (n,)
# ```
#
# and go on with `self_pulls(X, penalty)`. Each row of `pull` is multiplied by one number: `numbers[:, None]` makes n numbers a column.


# %% tags=["exercise"]
def exact_influence(X, y, penalty, Xt):
    """Exact leave-one-out influence from a single fit; shape (n, t), in stars."""
    # solution
    A = X.T @ X + penalty * np.eye(X.shape[1])
    pull = X @ np.linalg.inv(A) @ Xt.T
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
# The differences are only rounding. What is exact: the answer to *“what if this rating had not been given to the fold-in?”*, with the penalty held. *“What if the whole model had been trained without it?”* it answers only approximately ([the deeper lesson](05_influence_deeper.ipynb) measures how well).
#
# ## How to read an influence
#
# Four of the ten ratings, taken apart. *Expected* is what the model would predict for that film from the *other nine*.

# %% tags=["nbval-check-output"]
# Plumbing: you need not read this cell.
A = X.T @ X + penalty * np.eye(X.shape[1])
surprise = (y - X @ ridge(X, y, penalty)) / (1 - h.to_numpy())
parts = {"given": given, "expected": given - surprise, "surprise": surprise}
parts |= {"pull": X @ np.linalg.inv(A) @ Xt[0], "influence": exact[:, 0]}
parts = pd.DataFrame(parts, short(rated)).sort_values("influence", ascending=False)
four = [*parts.index[:2], parts["pull"].idxmax(), parts.index[-1]]
parts.loc[[*dict.fromkeys(four)]].round(2)

# %% [markdown]
# All ten, drawn: each influence is an area. Give *Titanic* other stars. What changes in its own rectangle, and what in the others?

# %%
drawings.rectangles()

# %% [markdown]
# *Titanic*'s own width changes, and when it passes to the other side, the influence turns negative. In the others the widths change a little; no height does.
#
# - ***The Matrix***: a good surprise, and a positive pull.
# - ***Titanic***: a bad surprise, but its pull is **negative**, and minus times minus is plus. A low rating can raise a prediction.
# - ***A New Hope***: by far the largest pull, but hardly a surprise. It is like the 2 of the toy person.
# - ***Pulp Fiction***: four stars, and it lowers the prediction, because the model had expected more.
#
# ## One model is one opinion
#
# The formula is exact, *given a model*. But a model's factors start from random numbers. Five of the course's models differ only in the seed. Let four of them speak about the first film on *your* list (or the sample person's). The module's `influence` is your formula.

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
fig, ax = plt.subplots()
ax.errorbar(told["mean"], range(len(told)), xerr=told["SD"], fmt="o", capsize=4)
ax.set_yticks(range(len(told)), short(told.index))
ax.axvline(0, color="grey", linestyle=":")
ax.set(xlabel="influence in stars, mean ± SD of four models", ylabel="rated film")
ax.set_title("What moves the prediction, by four models")
plt.show()

# %% [markdown]
# *In words:* dots with whiskers, sorted. For the sample person, *The Matrix* is at the top with 0.10 stars, and its whisker does not meet the next one. *Blade Runner*, *Titanic* and *A New Hope* raise the prediction too, but their whiskers overlap, so their order is not certain. *Forrest Gump*, *Pretty Woman* and *Pulp Fiction* lower it. No whisker crosses zero.
#
# *A New Hope* had +0.02 by the first model alone, and has 0.05 ± 0.02 here: one model's reading was one opinion. Exact does not mean certain.
#
# ### Decide
#
# An app wants to write “this rating raised it” or “lowered it” below a film. It must not write what the next model would contradict. **How many SDs must the mean be away from zero, at least,** before it writes anything?

# %%
least = checks.guess("05 how many SDs at least", ...)
least

# %% [markdown]
# The fifth model, which has not spoken yet, is the judge.

# %%
# Plumbing: you need not read this cell.
fifth = influence(bundle.models[4], mine, first).iloc[:, 0]
bound = least.value if isinstance(least.value, int | float) else 0
said = told[told["mean"].abs() >= bound * told["SD"]]
reversed_ = said.index[said["mean"] * fifth[said.index] < 0]
print(f"At {bound} SDs or more, the app writes {len(said)} of {len(told)} sentences.")
print("The fifth model reverses:", "; ".join(short(reversed_)) or "none of them")

# %% [markdown]
# One film shows little, so here is the same for all well-known films. A reversed sentence makes the app wrong tomorrow; an untold one whose sign holds is lost.

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
# *In words:* two curves that fall from left to right. For the sample person: a rule that tells everything (0 SDs) is reversed in 6 % of its sentences. At one SD it still tells 88 %, of which 2 % are reversed; at two SDs 73 % and 1 %; at five SDs a third, of which hardly any are reversed.
#
# (Try 0 and 3 SDs, too.) *Forrest Gump* lies two SDs below zero, and the fifth model reverses it all the same. No rule is safe: you trade sentences for errors, and how many errors an app can bear is your decision.
#
# Now the question from the top, for the rating with the largest influence:

# %%
# Plumbing: you need not read this cell.
most = told["mean"].abs().idxmax()
less = {movie: stars for movie, stars in mine.items() if movie != most}
ten, then = bundle.recommend(mine, 10), bundle.recommend(less, 11)
then = [movie for movie in then if movie != most][:10]
before, now = films.name(ten[0]), films.name(then[0])

print(f"Without {films.name(most)}, {len({*ten} & {*then})} of the ten films stay,")
print(
    f"and {now} comes first" + (", as before." if now == before else f", not {before}.")
)

# %% [markdown]
# A tenth of a star can decide which film comes first, because the first ones lie close together. The list as a whole hardly changes: this one rating does not carry it.
#
# ## What could mislead you here
#
# - **An influence is about the model, not about you.** It does not know why you liked a film.
# - **Influences do not add up.** Leave both of the toy person's ratings out, and the prediction falls by 2, not by 0 + 1.
# - **A sign is not a taste.** “Because you rated *Titanic*” is half of the sentence. The other half is “lower than expected”.
# - **The whiskers show one source of doubt only**: the seed of the model. Other people's ratings would make another model, too.
#
# ## Key points
#
# - The influence of a rating is the prediction with it minus the prediction without it.
# - Two fits with different random starts often disagree about which rating matters most. Compute without chance.
# - Influence = pull × surprise = $x_t^\top A^{-1} x_j \cdot e_j / (1 - h_j)$: exact for the ridge fold-in, from one fit.
# - Exact does not mean certain: average over several models, and show the spread.

# %%
checks.progress()

# %% [markdown]
# ## Questions
#
# Press an answer: it answers back.

# %%
checks.quiz("05")

# %% [markdown]
# **Next:** [lesson 06, *Three explanations side by side*](06_three_explanations.ipynb) puts the similar users, the rule and the influence to the test. Or stay: [05, deeper](05_influence_deeper.ipynb) removes the noise step by step, compares two rival formulas, and retrains everything.
