# %% [markdown]
# # 01 · Ratings and baselines, deeper
#
# **How far do the figures of lesson 01 reach: for newcomers, for other splits, for a table of your own?**
#
# The core lesson ended with one number, the test RMSE of the biases on one split. Here you find out what such a number leaves open. You measure how uneven the ratings are and who is new in the test part, get the same biases from a library, choose the damping, repeat everything on ten other splits, and read a table that a class has typed.
#
# *Optional; about 40 minutes. Needs lesson 01.* Afterwards you will be able to
#
# - **count** what a random split hides from a model, and what it does not,
# - **say** how much of a difference in RMSE is the luck of a split,
# - **read** ratings of your own, and mend what is refused.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from ipywidgets import FloatLogSlider, interact

from xrec_lessons import checks, movielens
from xrec_lessons.bundle import load_bundle
from xrec_lessons.drawings import theme
from xrec_lessons.explorer import kept_ratings

theme.follow_theme()
SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# Here the course provides what the core lesson derived: `bias` (a damped mean for every film), `predict` (mean plus biases) and `rmse`. The three parts of the data are the same.

# %% tags=["nbval-check-output"]
bias, predict, rmse = map(checks.reference, ("bias", "predict", "rmse"))

data = movielens.load()
ratings = data.ratings
train, test = movielens.split(ratings, seed=SEED)
fit, validation = movielens.split(train, seed=SEED, test=0.2)
mu, truth = fit["rating"].mean(), validation["rating"].to_numpy()

print(f"fit {len(fit):,} + validation {len(validation):,} = train {len(train):,}")
print(f"test {len(test):,}")

# %% [markdown]
# ## A scale that changed
#
# Whole stars were given far more often than the half stars between them. Half stars are about a quarter of all ratings. One reason is in the fourth column, the time.

# %% tags=["nbval-check-output"]
is_half = ratings["rating"] % 1 == 0.5
print(f"share of half stars: {is_half.mean():.0%}")

if "timestamp" in ratings and is_half.any():
    first_half = pd.to_datetime(ratings.loc[is_half, "timestamp"].min(), unit="s")
    later = ratings["timestamp"] >= first_half.timestamp()
    print(f"first half star: {first_half:%B %Y}")
    print(f"share of half stars since then: {is_half[later].mean():.0%}")

# %% [markdown]
# Half stars did not exist before 2003. A scale that changes in the middle of a data set leaves no note in the table. You find it only by looking.
#
# ## The long tail
#
# Sort the films by their number of ratings. In the core lesson you saw that a few have many, and that most have few. How many ratings has the film in the middle?

# %%
middle = checks.guess("01 ratings of the film in the middle", ...)
middle

# %%
counts, n_films = ratings["movieId"].value_counts(), ratings["movieId"].nunique()
fig, ax = plt.subplots()
ax.plot(np.arange(1, n_films + 1), counts)
ax.axvline(n_films / 2, color="#767676", linestyle=":", label="half of the films")
middle.draw(ax, "y")
ax.set(xscale="log", yscale="log", xlabel="rank of the film", ylabel="its ratings")
ax.set_title("Ratings of each film, from the most rated to the least")
ax.legend(loc="lower left")
plt.show()

# %% [markdown]
# *In words:* both axes are logarithmic: each labelled mark is ten times the one before. The line begins at the left with *Forrest Gump*, which has 341 ratings. The hundredth film has 120, the thousandth 25. Then the line falls ever more steeply. It crosses the dotted line, the middle of the films, at three ratings.

# %% tags=["nbval-check-output"]
print(f"with one single rating: {(counts == 1).mean():.0%} of the films")
print(f"with fifty or more: {(counts >= 50).sum()} films,")
print(f"which hold {counts[counts >= 50].sum() / len(ratings):.0%} of the ratings")

# %% [markdown]
# ### Exercise 1: how long is the tail?
#
# Return **the share of all ratings that the `n` most-rated films hold**, a number between 0 and 1. `n` is at least 1 and at most the number of films. For example: if the most-rated film has 3 of 6 ratings, `top_share(ratings, 1)` is 0.5.


# %% tags=["exercise"]
def top_share(ratings, n):
    """Share of all ratings that the n most-rated films hold."""
    # solution
    counts = ratings["movieId"].value_counts()
    return counts.iloc[:n].sum() / len(ratings)
    # end


# %%
checks.top_share(top_share)

# %% tags=["nbval-check-output"]
top_share = checks.use(top_share)

for part in (0.01, 0.1, 0.2):
    held = top_share(ratings, round(part * n_films))
    print(f"{part:.0%} of the films hold {held:.0%} of the ratings")

# %%
shares = np.linspace(0.01, 1, 100)
of_films = [top_share(ratings, max(1, round(part * n_films))) for part in shares]
of_people = ratings["userId"].value_counts().cumsum().to_numpy() / len(ratings)
fig, ax = plt.subplots()
ax.plot(shares, of_films, label="films")
ax.plot(np.linspace(0, 1, len(of_people)), of_people, "--", label="people")
ax.plot([0, 1], [0, 1], ":", color="#767676", label="all alike")
ax.set(xlabel="share of the films, or people", ylabel="share of the ratings")
ax.set_title("How much the most rated films and the busiest people hold")
ax.legend()
plt.show()

# %% [markdown]
# *In words:* both curves rise steeply and then flatten, far above the dotted straight line. The most-rated tenth of the films holds 60 % of the ratings, the most-rated fifth 77 %. The busiest tenth of the people (dashed line) gave 46 %. A mean over ratings is therefore a mean over few films and few people.
#
# ## What the split does to newcomers
#
# The split draws single ratings, not people. So a person's ratings are spread over all parts, and so are a film's. But a film with a single rating is in one part only.
#
# ## Predict before you run
#
# What share of the test ratings, in percent, belongs to films that have no rating in train?

# %%
unknown = checks.guess("01 test ratings of unknown films in percent", ...)
unknown

# %% [markdown]
# ### Exercise 2: count the newcomers
#
# `train` and `test` are tables with a row for each rating, `column` is `"movieId"` or `"userId"`. Return the share of the rows of `test` whose value in that column occurs nowhere in the same column of `train`: a number between 0 and 1. (pandas has a method for “is each of these among those?”: `Series.isin`.)


# %% tags=["exercise"]
def new_in_test(train, test, column):
    """Share of the test ratings whose film (or person) has no rating in train."""
    # solution
    known = test[column].isin(train[column])
    return (~known).mean()
    # end


# %%
checks.new_in_test(new_in_test)

# %% tags=["nbval-check-output"]
new_in_test = checks.use(new_in_test)

print(f"film unknown:   {new_in_test(train, test, 'movieId'):.1%} of the test ratings")
print(f"person unknown: {new_in_test(train, test, 'userId'):.1%} of the test ratings")

# %% [markdown]
# How does the share depend on the size of the test part?

# %%
sizes = [0.1, 0.25, 0.5, 0.75, 0.9]
splits = [movielens.split(ratings, seed=SEED, test=size) for size in sizes]
fig, ax = plt.subplots()
for column, look, name in (("movieId", "-o", "film"), ("userId", "--s", "person")):
    share = [100 * new_in_test(*parts, column) for parts in splits]
    ax.plot(sizes, share, look, label=f"{name} unknown")
unknown.draw(ax, "y")
ax.set(xlabel="share of all ratings in test", ylabel="% of the test ratings")
ax.set_title("What train does not know")
ax.legend()
plt.show()

# %% [markdown]
# *In words:* if a quarter is test, 3.8 % of the test ratings belong to films that train does not know. The full line (films) rises to 17.5 % if nine tenths are test. The dashed line (people) stays at 0 nearly to the end: everybody has at least 20 ratings, and one of them is almost always in train.
#
# Not one person in our test part is new. If you measure on such a split, you measure how well the model does for **people whom it knows**. For newcomers you have to hold out whole people, show the model a few of their ratings, and test it on the rest. `movielens.split_users` does that, and lesson 03 needs it.
#
# ## The same from a library
#
# These are the functions of the core lesson.

# %%
people, films = np.unique(train["userId"]), np.unique(train["movieId"])


def rows_of(table):
    """Row numbers of the people and the films of a table, and its ratings."""
    u = pd.Index(people).get_indexer(table["userId"])
    i = pd.Index(films).get_indexer(table["movieId"])
    return u, i, table["rating"].to_numpy()


# %%
def fit_biases(u, i, r, mu, film_damping=5, person_damping=8):
    """Biases of people and films: each from what the other leaves of the ratings."""
    b_u = np.zeros(len(people))
    for _ in range(20):
        b_i = bias(i, r - mu - b_u[u], len(films), film_damping)
        b_u = bias(u, r - mu - b_i[i], len(people), person_damping)
    return b_u, b_i


u, i, r = rows_of(fit)
val_u, val_i, _ = rows_of(validation)
b_u, b_i = fit_biases(u, i, r, mu)

# %% [markdown]
# The people's biases and the films' biases take turns, and each time the other ones are held fixed. This is *alternating least squares* in its smallest form. The library *Surprise* calls the algorithm that you derived `BaselineOnly`. Does it find the same biases? (`biases_only` asks it for our two dampings and our twenty rounds.)

# %% tags=["nbval-check-output"]
from xrec_lessons.svd import biases_only

surprise_model = biases_only(fit)
rated = np.unique(i)  # the films with a rating in fit
order = [surprise_model.trainset.to_inner_iid(film) for film in films[rated]]
apart = abs(b_i[rated] - surprise_model.bi[order]).max()

print(f"largest difference between our b_i and Surprise's: {apart:.9f} stars")

# %% [markdown]
# They are the same. From now on you may call the library, because you know what it does.
#
# ## Choose the damping
#
# In the core lesson a report was too good to be true. Here is the honest choice. To keep it simple, take the same damping for films and people. Move the slider: the model learns from *fit* and is measured on *validation*.

# %%
low, high = data.rating_scale
unit = (high - low) / 4.5  # 1 for stars


def predicted(mu, b_u, b_i, users, films):
    """What `predict` says, on the scale of these ratings."""
    stars = predict((mu - low) / unit + 0.5, b_u / unit, b_i / unit, users, films)
    return (stars - 0.5) * unit + low


# %%
def validation_rmse(films, people):
    """RMSE on the validation part with these dampings."""
    biases = fit_biases(u, i, r, mu, films, people)
    return rmse(truth, predicted(mu, *biases, val_u, val_i))


@interact(damping=FloatLogSlider(5, min=-1, max=2, step=0.1))
def show(damping):
    both = validation_rmse(damping, damping)
    print(f"damping {damping:.2f}: validation RMSE {both:.4f}")


# %% [markdown]
# Must it be the same for both? You can choose two numbers, so try all pairs of seven.

# %%
tried = [0.5, 1, 2, 3, 5, 8, 15]
table = [[validation_rmse(f, p) for p in tried] for f in tried]
ax = sns.heatmap(
    pd.DataFrame(table, tried, tried), annot=True, fmt=".4f", cmap="cividis_r"
)
ax.set(title="Validation RMSE", xlabel="damping of people", ylabel="damping of films")
plt.show()

# %% [markdown]
# *In words:* seven rows, the dampings of films, and seven columns, those of people. The numbers change from row to row and hardly within a row: they are lowest, 0.901, where films are damped by 2 or 3 and people by anything up to 5. Everybody has at least seven ratings here, but a third of the films have only one. So it is the films that need damping.
#
# ## One split is luck
#
# All of this was measured on a single split, seed 0. How much would another split have changed the result? Some measurements take minutes. The course brings their results and the commands that repeat them, here `python -m xrec_lessons.experiments accuracy`. It has measured the biases on ten splits (with the dampings 5 and 8). How far apart are the highest and the lowest of the ten test RMSEs, in stars?

# %%
apart_guess = checks.guess("01 range over ten splits", ...)
apart_guess

# %%
from xrec_lessons.experiments import results

ten = results("accuracy").query("model == 'biases only'")["RMSE"]
fig, ax = plt.subplots(figsize=(6.4, 2.2))
ax.plot(ten - ten.min(), np.zeros(10), "o", color="none", mec="C0", mew=2, ms=10)
apart_guess.draw(ax)
ax.set(title="Biases on ten splits", yticks=[], ylim=(-1, 1))
ax.set_xlabel(f"test RMSE in stars above the lowest, {ten.min():.3f}")
plt.show()

# %% [markdown]
# *In words:* ten rings. The lowest is at 0.884, the highest 0.010 above it, at 0.895 (rounded), and the others lie between. From split to split the RMSE of the same method moves by a hundredth of a star. If two methods are each measured on a split of their own, a difference of that size means nothing. *Within* one split both methods meet the same ratings, and you can trust a much smaller difference if it appears on every split.
#
# ## Your own ratings, or your class's
#
# How well do the biases predict the ratings that *you* gave in lesson 00? (If you gave none, the sample person's ratings stand in.) Predict each of them from the others.

# %%
mine = kept_ratings(load_bundle())
rows = pd.Index(films).get_indexer(list(mine))
stars, rows = np.array(list(mine.values()))[rows >= 0], rows[rows >= 0]
left = stars - mu - b_i[rows]
alone = np.array(
    [bias([0] * (len(left) - 1), np.delete(left, j), 1, 8)[0] for j in range(len(left))]
)
print(f"{mine.whose}: RMSE {rmse(left, 0):.2f} with the films' biases alone,")
print(f"{rmse(left, alone):.2f} with a bias from the other ratings")

# %% [markdown]
# For the sample person, one more number makes it worse: 1.07 instead of 1.03 stars. Their ratings follow a taste, high for science fiction and low for romance, and a mean of the others cannot know which of the two comes next. That is what lesson 02 is about.
#
# Is this person generous? Here are the biases of all people, and the damped mean of what is left of these ratings.

# %%
(own,) = bias([0] * len(left), left, 1, 8)
ax = sns.histplot(b_u, bins=40)
ax.axvline(own, color="C1", linewidth=3, label=mine.whose)
ax.set(title="Biases of people", xlabel="$b_u$, stars above the mean", ylabel="people")
ax.legend()
plt.show()

# %% [markdown]
# *In words:* a hill around 0. More than four in five people lie between −½ and +½ star, the strictest near −1.6, the most generous near +1. The thick line is you or the sample person, who lies a little to the left, at −0.13 stars; a third of the people are stricter. With ten ratings, a damping of 8 keeps ten eighteenths of the plain mean.
#
# Nothing in this lesson needs MovieLens. It needs only *who, which film, how much*. So a table that a class has typed will do, with a row for each person and a column for each film:

# %%
from pathlib import Path
from tempfile import mkdtemp

TYPED = """who,Barbie (2023),Dune (2021),Parasite (2019),Soul (2020)
Ann,9,7,,8
Bob,4,9,8,
Cleo,8,,9,9
Dan,,8,7,6
"""
path = Path(mkdtemp(), "typed.csv")
_ = path.write_text(TYPED, encoding="utf-8")

# %% [markdown]
# Four people, four films, and nobody has written down on which scale. **Guess** before you run the cell: how many ratings are there, and which values will be taken for the lowest and the highest of the scale?

# %% tags=["nbval-check-output"]
typed = movielens.load(path)
print(typed)
typed.ratings.head(3)

# %% [markdown]
# It is the same kind of table as MovieLens: a row for each rating, with a number for each person (`typed.user_labels` are their names) and each film. Only the times are missing, and no model in this course needs them. The lines below the first say what was seen and done. Read them, for the scale is a guess: nobody gave a 10 or a 1. If you know better, say so: `load("my.csv", rating_scale=(0, 10))`.
#
# A table with a row for each rating can be read too, whatever separates its columns. But a table that could mean two things is refused, for example if Bob has another answer to the first film:

# %% tags=["nbval-check-output"]
_ = path.write_text(TYPED.replace("Bob,4", "Bob,so-so"), encoding="utf-8")
try:
    movielens.load(path)
except ValueError as error:
    print(str(error).replace(str(path), path.name))

# %% [markdown]
# The message names the line in the file (the header is line 1), the column and the value, and what to do. If something is wrong in a table of your own, begin there.
#
# From here on all is as before. (`train_svd` comes from lesson 02, where you derive what it adds to the biases.)

# %% tags=["nbval-check-output"]
from xrec_lessons.svd import train_svd

trained = train_svd(typed, seed=SEED)
ann, dune = typed.ratings.loc[1, ["userId", "movieId"]]

print(f"Ann gave Dune a 7; predicted: {trained.predict(ann, dune).est:.1f} of 10")

# %% [markdown]
# It is a prediction, but of a rating that the model has seen, and the model has learned from twelve ratings. How much would twenty-five people teach it? We drew twenty such groups from MovieLens, with twelve films, and held back a fifth of their ratings. The model was closer than the plain mean in only fourteen of the twenty (RMSE 0.86 ± 0.15 stars against 0.92 ± 0.17, mean ± SD). A class sees the whole chain at work on films that it knows; it does not learn from it which method is better.
#
# With a table of your own,
#
# - **lessons 01 to 06** run as they are, if you write `load("my.csv")` where they load MovieLens. (The checks use data of their own, and the numbers in the text are about MovieLens.)
# - **A bundle** holds what the rest needs, models, rules and films in one file. In a terminal, `xrec bundle my.csv --out my.npz` makes it. Then the lessons recommend and explain your films after `load_bundle("my.npz")`, `xrec tour --bundle my.npz` does so in the terminal, and `xrec study --bundle my.npz` asks people about them.
#
# ## What could mislead you here
#
# - **A split of single ratings has no newcomers.** Its RMSE is for people whom the model knows.
# - **The ten splits share their ratings.** They overlap, so their standard deviation says how much a split matters. It is no standard error, and no promise about other people.
# - **A class's table is small.** On such a table one method beats another by chance in every third group.
#
# ## Key points
#
# - A random split makes no new people, but it does make new films.
# - Two figures from two splits can differ by a hundredth of a star by chance. Compare within a split.
# - Any table of who, which film and how much can be read. A doubtful line is refused, and the message names it.
#
# ## Questions
#
# Press an answer: it answers back.

# %%
checks.quiz("01 deeper")

# %% [markdown]
# **Next:** [lesson 02, *Matrix factorisation with SGD*](02_matrix_factorisation.ipynb): give the people a taste.
