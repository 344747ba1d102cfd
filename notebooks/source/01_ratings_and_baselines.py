# %% [markdown]
# # 01 · Ratings and baselines
#
# **How well can you predict somebody's rating if you know nothing of their taste?**
#
# Every recommender has to beat a guess. In this lesson you look at the ratings from which the whole course learns, find out who and what is missing from them, and build the best guess that knows no taste at all: how much people like films, how generous this person is, how popular this film. It is not easy to beat: lesson 02 shows a well-known method that loses to it.
#
# *About 60 minutes. Needs NumPy, a little pandas, and what a mean is. One derivative occurs, and there is a way around it.* Afterwards you will be able to
#
# - **describe** what a table of ratings contains and what it leaves out,
# - **measure** how far predictions are off, on ratings that were held back,
# - **derive** biases that do not trust a film with a single rating.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from ipywidgets import FloatLogSlider, interact

from xrec_lessons import checks, movielens

SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## What a rating is
#
# A rating is one row: who, which film, how many stars, when (in seconds since 1970). That is all. No actors, no plots, nothing about the person.

# %% tags=["nbval-check-output"]
data = movielens.load()
ratings = data.ratings
print(data)
ratings.head(3)

# %% [markdown]
# Think of the ratings as a table with a row for every person and a column for every film. How full is it?

# %% tags=["nbval-check-output"]
n_people, n_films = ratings["userId"].nunique(), ratings["movieId"].nunique()
cells = n_people * n_films

print(f"{n_people} people × {n_films:,} films = {cells:,} cells")
print(f"filled: {len(ratings) / cells:.1%}")

# %% [markdown]
# Of a hundred cells, ninety-eight are empty. To recommend is to guess what would stand in them.
#
# ## Predict before you run
#
# The stars go from ½ to 5 in steps of ½, so there are ten values. Before you look:
#
# 1. Which value is the most frequent?
# 2. Are half stars (½, 1½, 2½ …) about as frequent as whole ones?
# 3. Sort the films by their number of ratings. How many has the film in the middle?
#
# Write three guesses down. The next cells answer the first two, the section after them the third.

# %%
ax = sns.countplot(data=ratings, x="rating", color="#0072b2")
ax.set(title="How often each value was given", xlabel="stars", ylabel="ratings")
plt.show()

# %% [markdown]
# *In words:* four stars are the most frequent value (28,750 of 100,004 ratings), then three, then five. Whole stars tower over the half stars between them. Low ratings are rare: the five bars from ½ to 2½ together are shorter than the bar of four stars.
#
# Two things made it so. People mostly watch what they expect to like, and rate what they watched. And half stars did not exist until 2003; look:

# %% tags=["nbval-check-output"]
is_half = ratings["rating"] % 1 == 0.5
print(f"share of half stars: {is_half.mean():.0%}")

if "timestamp" in ratings and is_half.any():
    first_half = pd.to_datetime(ratings.loc[is_half, "timestamp"].min(), unit="s")
    later = ratings["timestamp"] >= first_half.timestamp()
    print(f"first half star: {first_half:%B %Y}")
    print(f"share of half stars since then: {is_half[later].mean():.0%}")

# %% [markdown]
# A scale that changes in the middle of a data set leaves no note in the table. Only looking finds it.
#
# ## The long tail
#
# Now count the ratings of every film, and sort the films by that.

# %%
counts = ratings["movieId"].value_counts()
fig, ax = plt.subplots()
ax.plot(np.arange(1, len(counts) + 1), counts, color="#0072b2")
ax.set(
    xscale="log", yscale="log", xlabel="rank of the film", ylabel="ratings of the film"
)
ax.set_title("Ratings of each film, from the most rated to the least")
plt.show()

# %% [markdown]
# *In words:* both axes are logarithmic, each labelled mark is ten times the one before. The line begins at the left with *Forrest Gump*, which has 341 ratings. The hundredth film has 120, the thousandth 25. Then it falls ever more steeply, and after rank 6,003 every film has a single rating.

# %% tags=["nbval-check-output"]
print(f"the film in the middle has {counts.median():.0f} ratings")
print(f"with one single rating: {(counts == 1).mean():.0%} of the films")
print(f"with fifty or more: {(counts >= 50).sum()} films")

# %% [markdown]
# That was your third guess: half of the films have three ratings or fewer.
#
# ### Exercise 1: how long is the tail?
#
# Write a function that returns **the share of all ratings that the `n` most-rated films hold**, a number between 0 and 1. `n` is at least 1, and at most the number of films. For example: if the most-rated film has 3 of 6 ratings, `top_share(ratings, 1)` is 0.5.
#
# Replace the `...`. The cell below checks your answer and tells you what it found; `checks.hint(top_share)` gives a hint. Nothing that follows depends on your solution, so you can skip it and come back.


# %% tags=["exercise"]
def top_share(ratings, n):
    """Share of all ratings that the n most-rated films hold."""
    # solution
    counts = ratings["movieId"].value_counts()
    return counts.iloc[:n].sum() / len(ratings)
    # end


# %%
checks.top_share(top_share)

# %% [markdown]
# `checks.use` gives your own function back where it is right, and the course's own where it is not yet: so the lesson goes on with what you have built. (If you come back later to write yours, run the cell below again afterwards.)

# %% tags=["nbval-check-output"]
top_share = checks.use(top_share)

for part in (0.01, 0.1, 0.2):
    held = top_share(ratings, round(part * n_films))
    print(f"{part:.0%} of the films hold {held:.0%} of the ratings")

# %% [markdown]
# ## Who is missing
#
# - **People with fewer than 20 ratings.** MovieLens left them out of the data. Newcomers with ten ratings, for whom we shall recommend from lesson 03 on, do not occur in it.
# - **Everybody who does not rate films on a research site.** These are 671 volunteers.
# - **The films that a person chose not to watch.** An empty cell is not a cell drawn at random: people avoid what they expect to dislike. What we can measure is how well we predict ratings that somebody *did* give.
#
# No method in this course removes these gaps. They limit what every figure in it means.
#
# ## How far off?
#
# Here are four ratings and what somebody predicted. Work out by hand how far off the predictions are, in one number. There is more than one way; think of one before you open the two that are usual.
#
# | | film A | film B | film C | film D |
# |---|---|---|---|---|
# | true | 5 | 3 | 4 | 2 |
# | predicted | 4 | 3 | 4 | 4 |
#
# <details><summary>Two usual ways</summary>
#
# The errors are 1, 0, 0 and −2. Their mean is −¼, which is useless: too much and too little cancel out. Two ways to stop that:
#
# - **MAE**, the *mean absolute error*: (1 + 0 + 0 + 2) / 4 = 0.75 stars.
# - **RMSE**, the *root mean squared error*: √((1 + 0 + 0 + 4) / 4), about 1.118 stars.
# </details>
#
# Both are in stars. Squaring makes one error of 2 as bad as four errors of 1. So the RMSE is never below the MAE, and it is far above it when a few errors are large. The course reports the RMSE, because it goes with the squares that our models will make small. With r for a rating and r̂ (“r hat”) for its prediction,
#
# $$\text{RMSE} = \sqrt{\frac1n \sum (r - \hat r)^2}$$
#
# ### Exercise 2: write it
#
# `truth` is an array of ratings, `predicted` an array of the same length or one number for all. Return the RMSE in stars, one number, not rounded.


# %% tags=["exercise"]
def rmse(truth, predicted):
    """Root mean squared error, in stars."""
    # solution
    errors = truth - predicted
    return np.sqrt(np.mean(errors**2))
    # end


# %%
checks.rmse(rmse)

# %%
rmse = checks.use(rmse)

# %% [markdown]
# ## Three parts of the data
#
# A model is judged on ratings that it has not seen; otherwise the best model would be the one that learned the table by heart. So the ratings are split at random into three parts:
#
# - **fit**, from which a model learns,
# - **validation**, on which you compare models and settings, as often as you like,
# - **test**, which stays closed until the end and is looked at once.
#
# Why is the validation part not enough? Because you will try twenty settings on it and keep the one that looks best, and a part of that “best” is luck. The test part tells you how much.
#
# The article from which this course starts (V. Kuosmanen, 2020; see the README) split its ratings 75 : 25 into *train* and test, and so do we. Of train we set a fifth aside for validation; the rest is fit.

# %% tags=["nbval-check-output"]
train, test = movielens.split(ratings, seed=SEED)
fit, validation = movielens.split(train, seed=SEED, test=0.2)

print(f"fit {len(fit):,} + validation {len(validation):,} = train {len(train):,}")
print(f"test {len(test):,}")

# %% [markdown]
# ## What the split does to newcomers
#
# The split draws single ratings, not people. So a person's ratings are spread over all parts, and so are a film's; but a film with a single rating is in one part only.
#
# **Guess:** which share of the test ratings is of a film that has no rating in train? And of a person who has none?
#
# ### Exercise 3: count the newcomers
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
# Not one person in the test part is new. Whoever measures on such a split measures how well the model does for **people it knows**. For newcomers one has to hold out whole people, show the model a few of their ratings, and test it on the rest. `movielens.split_users` does that, and lesson 03 needs it.
#
# ## The simplest predictions
#
# Predict the same for everybody: the mean of the ratings, μ (“mu”). From here on everything learns from *fit* and is measured on *validation*; the test part stays closed.

# %% tags=["nbval-check-output"]
mu = fit["rating"].mean()
truth = validation["rating"].to_numpy()
mae = np.mean(np.abs(truth - mu))

print(f"mu = {mu:.2f} stars: RMSE {rmse(truth, mu):.4f}, MAE {mae:.4f}")

# %% [markdown]
# About one star off. Better: the mean of each film. To work with arrays, give every person and every film of *train* a row number, 0, 1, 2 …; −1 stands for one that train does not know, as 3.8 % of the test ratings have. We call the row numbers `u` and `i`, like the subscripts in $r_{ui}$, the rating of person *u* for film *i*.

# %%
people, films = np.unique(train["userId"]), np.unique(train["movieId"])


def rows_of(table):
    """Row numbers of the people and the films of a table, and its ratings."""
    u = pd.Index(people).get_indexer(table["userId"])
    i = pd.Index(films).get_indexer(table["movieId"])
    return u, i, table["rating"].to_numpy()


u, i, r = rows_of(fit)
val_u, val_i, _ = rows_of(validation)

# %% [markdown]
# How do you add up the ratings of each film without a loop? `np.bincount` counts how often 0, 1, 2 … occur; with a second array it adds up the numbers that belong to each:

# %% tags=["nbval-check-output"]
film, stars = np.array([0, 2, 2]), np.array([4.0, 3.0, 5.0])

print(np.bincount(film), np.bincount(film, stars))

# %% [markdown]
# Film 0 has one rating, film 1 none, film 2 two that add up to 8. A film's mean is its sum divided by its count. Some films have no rating in fit (`minlength` keeps a place for them at the end); `np.where` gives those μ:

# %% tags=["nbval-check-output"]
total = np.bincount(i, r, minlength=len(films))
count = np.bincount(i, minlength=len(films))
film_mean = np.where(count > 0, total / np.maximum(count, 1), mu)

print(f"mean of the film: RMSE {rmse(truth, film_mean[val_i]):.4f}")

# %% [markdown]
# Better than μ, but not by much. Where does it go wrong?
#
# ## A film's bias
#
# A film with one rating of five stars has a mean of five stars. Would you predict that the next person gives it five? One rating is one person's mood. So a film's mean deserves trust only if many ratings stand behind it.
#
# Say it in a formula. Film *i* deviates from μ by its **bias** $b_i$. We want it to fit the film's ratings, and we make large biases cost something. So we minimise over $b$
#
# $$\sum_{u} (r_{ui} - \mu - b)^2 + \beta\, b^2$$
#
# where the sum runs over the people *u* who rated the film, and β (“beta”) is the **damping**. At the minimum the derivative with respect to $b$ is zero:
#
# $$-2 \sum_u (r_{ui} - \mu - b) + 2 \beta b = 0 \quad\Longrightarrow\quad b_i = \frac{\sum_u (r_{ui} - \mu)}{n_i + \beta}$$
#
# with $n_i$ the number of this film's ratings. (If derivatives are new to you, start from the result: it is the mean of the film's deviations from μ, after β more ratings were thrown in that deviate by 0.) Remember the trick: *fit plus a price for size*. It comes back as *ridge regression* in lesson 03, and the whole course rests on it.
#
# ### By hand
#
# Three people and four films; μ = 3.5 (the mean of the eight ratings). With β = 1:
#
# | | A | B | C | D |
# |---|---|---|---|---|
# | Ann | 5 | 4 | | 2 |
# | Bob | 4 | | 3 | |
# | Cleo | 4.5 | 3.5 | | 2 |
# | sum of r − μ | 3 | ½ | −½ | −3 |
# | $n_i$ | 3 | 2 | 1 | 2 |
# | **bias**, β = 1 | 0.75 | 0.17 | −0.25 | **?** |
#
# Compute the last one before you go on.
#
# <details><summary>The bias of D</summary>
#
# −3 divided by 2 + 1 is −1. Its plain mean would be −1½: the damping pulls it a third of the way to 0.
# </details>
#
# ### Exercise 4: a bias for every film
#
# `rows[k]` is the row number of the film of rating *k*, and `rest[k]` is what is left of that rating when μ is taken off. Both are arrays or lists. There are `size` films, numbered from 0, and the last ones may have no rating; $n_i$, the count of each film, is yours to find. Return an array of `size` biases; a film without a rating has the bias 0. For example, `bias([0, 0, 1], [1, 2, -1.5], 2, damping=1)` is `[1, -0.75]`.


# %% tags=["exercise"]
def bias(rows, rest, size, damping):
    """Damped mean of `rest` for each film; shape (size,)."""
    # solution
    total = np.bincount(rows, rest, minlength=size)
    count = np.bincount(rows, minlength=size)
    return total / (count + damping)
    # end


# %%
checks.bias(bias)

# %% [markdown]
# ## People have biases too
#
# Some people give everything four stars. A person's bias $b_u$ is the same formula, with the roles exchanged: what is left of their ratings when μ and the films' biases are taken off. But the films' biases should be computed from what is left when the people's are taken off! Neither can go first, so they take turns; after twenty rounds hardly anything moves any more.

# %%
bias = checks.use(bias)


def fit_biases(u, i, r, mu, film_damping=5, person_damping=8):
    """Biases of people and films: each from what the other leaves of the ratings."""
    b_u = np.zeros(len(people))
    for _ in range(20):
        b_i = bias(i, r - mu - b_u[u], len(films), film_damping)
        b_u = bias(u, r - mu - b_i[i], len(people), person_damping)
    return b_u, b_i


b_u, b_i = fit_biases(u, i, r, mu)

# %% [markdown]
# This is *alternating least squares*, in its smallest form. The two dampings, 5 and 8, are not derived: somebody chose them. Below you will choose.
#
# ## Predict with biases
#
# The baseline that knows no taste:
#
# $$\hat r_{ui} = \mu + b_u + b_i$$
#
# ### Exercise 5: the prediction, also for the unknown
#
# `users` and `films` are arrays of row numbers, equally long: the first prediction is for the first person and the first film, and so on. −1 stands for an unknown person or film, whose bias is 0; the other's bias still counts. Return an array of predictions in stars, none below 0.5 or above 5: nobody can give six stars. (`np.where` chose between two arrays above, and `np.clip` holds an array between two bounds.)


# %% tags=["exercise"]
def predict(mu, b_u, b_i, users, films):
    """Mean plus biases, on the scale from 0.5 to 5 stars; shape (n,)."""
    # solution
    person = np.where(users >= 0, b_u[users], 0)
    film = np.where(films >= 0, b_i[films], 0)
    return np.clip(mu + person + film, 0.5, 5)
    # end


# %%
checks.predict(predict)

# %% [markdown]
# `predict` knows the scale of stars. Ratings of your own may be on another one, so from here on they are turned into stars for it, and its answer back again; those of MovieLens stay as they are.

# %%
predict = checks.use(predict)
low, high = data.rating_scale
unit = (high - low) / 4.5  # 1 for stars


def predicted(mu, b_u, b_i, users, films):
    """What `predict` says, on the scale of these ratings."""
    stars = predict((mu - low) / unit + 0.5, b_u / unit, b_i / unit, users, films)
    return (stars - 0.5) * unit + low


# %% tags=["nbval-check-output"]
no_b_u = np.zeros(len(people))
film_only = bias(i, r - mu, len(films), 5)
errors = {
    "mu": rmse(truth, mu),
    "mean of the film": rmse(truth, film_mean[val_i]),
    "mu + b_i": rmse(truth, predicted(mu, no_b_u, film_only, val_u, val_i)),
    "mu + b_u + b_i": rmse(truth, predicted(mu, b_u, b_i, val_u, val_i)),
}
baselines = pd.DataFrame({"validation RMSE": errors}).round(4)
baselines

# %%
ax = sns.barplot(x=baselines["validation RMSE"], y=baselines.index, color="#0072b2")
ax.bar_label(ax.containers[0], fmt="%.3f", padding=3)
ax.set(title="Each step predicts better", xlabel="validation RMSE in stars", ylabel="")
ax.set_xlim(0, 1.25 * unit)
plt.show()

# %% [markdown]
# *In words:* the RMSE falls from 1.06 stars (always μ) to 1.02 with the plain mean of the film, 0.99 with its damped bias, and 0.90 when the person's bias joins in. Who rates matters more than what is rated. And damping, which costs nothing, takes off 0.025.
#
# ## The same from a library
#
# You derived an algorithm that the library *Surprise* calls `BaselineOnly`. Does it find the same? (`biases_only` asks it for our two dampings and our twenty rounds.)

# %% tags=["nbval-check-output"]
from xrec_lessons.svd import biases_only

surprise_model = biases_only(fit)
rated = np.flatnonzero(count)  # the films with a rating in fit
order = [surprise_model.trainset.to_inner_iid(film) for film in films[rated]]
apart = abs(b_i[rated] - surprise_model.bi[order]).max()

print(f"largest difference between our b_i and Surprise's: {apart:.9f} stars")

# %% [markdown]
# The same. From now on you may call the library, because you know what it does.
#
# ## Choose the damping
#
# How much damping is best? To keep it simple, take the same for films and people. Move the slider: it learns from *fit* and measures on *validation*. (With the keyboard: <kbd>Tab</kbd> to the slider, then the arrow keys.)


# %%
def validation_rmse(damping):
    """RMSE on the validation part with this damping for films and people."""
    biases = fit_biases(u, i, r, mu, damping, damping)
    return rmse(truth, predicted(mu, *biases, val_u, val_i))


@interact(damping=FloatLogSlider(5, min=-1, max=2, step=0.1))
def show(damping):
    print(f"damping {damping:.2f}: validation RMSE {validation_rmse(damping):.4f}")


# %%
dampings = np.logspace(-1, 2, 13)
fig, ax = plt.subplots()
ax.plot(dampings, [validation_rmse(d) for d in dampings], marker="o", color="#0072b2")
ax.set(xscale="log", xlabel="damping", ylabel="validation RMSE in stars")
ax.set_title("A valley with its bottom at a damping of about 3")
plt.show()

# %% [markdown]
# *In words:* a valley. With a damping of 0.1, which is almost none, the validation RMSE is 0.919; at about 3 it is lowest, 0.901; from there it rises, to 0.956 with a damping of 100, where even popular films are pulled to the mean. Between 2 and 6 the curve is nearly flat, so we need not be exact. (The vertical axis does not begin at 0.)
#
# ## Open the test part
#
# We have chosen: a damping of 3 for both. Before you run the cell: will the test RMSE be lower or higher than the 0.901 of the validation part? Two things have changed. Now the model may learn from all of train, and we chose the damping *because* it did well on validation.
#
# One more thing before: a film that nobody in train has rated has the bias 0, by the formula itself (a sum of 0 divided by 0 + β) and by exercise 5.

# %% tags=["nbval-check-output"]
train_u, train_i, train_r = rows_of(train)
test_u, test_i, test_r = rows_of(test)
train_mu = train["rating"].mean()
b_u, b_i = fit_biases(train_u, train_i, train_r, train_mu, 3, 3)

of_test = predicted(train_mu, b_u, b_i, test_u, test_i)
print(f"test RMSE {rmse(test_r, of_test):.4f}")

# %% [markdown]
# Lower: a quarter more ratings to learn from gained more than our choosing can have flattered. But another part is also another sample, easier or harder by chance. The test part has now been opened: nothing more about these baselines may be chosen by it.
#
# ## One split is luck
#
# We measured on a single split, seed 0. How much would another have changed the result? Some measurements take minutes. They come with the course, and so does the command that repeats them, here `python -m xrec_lessons.experiments accuracy`:

# %%
from xrec_lessons.experiments import results

splits = results("accuracy").query("model == 'biases only'")
splits.set_index("seed")[["RMSE"]].round(4).T

# %% [markdown]
# From split to split the RMSE of the biases moves by several thousandths of a star: between 0.884 and 0.895 on these ten (with the dampings 5 and 8). A difference of that size between two methods, each measured on a split of its own, means nothing. *Within* one split, both methods meet the same ratings, and a much smaller difference can be trusted, if it appears on every split.

# %% [markdown]
# ## Your own ratings
#
# *Ten minutes beyond the core; nothing later needs it.* Nothing in this lesson asked for MovieLens: only *who, which film, how much*. So a table that a class has typed will do, a row for each person and a column for each film:

# %%
from pathlib import Path
from tempfile import mkdtemp

TYPED = """who,Barbie (2023),Dune (2021),Parasite (2019),Soul (2020)
Ann,9,7,,8
Bob,4,9,8,
Cleo,8,,9,9
Dan,,8,7,6
"""
table = Path(mkdtemp(), "typed.csv")
_ = table.write_text(TYPED, encoding="utf-8")

# %% [markdown]
# Four people, four films, and nobody has written down on which scale. **Guess** before you run the cell: how many ratings are there, and what will be taken for the lowest and the highest that could be given?

# %% tags=["nbval-check-output"]
own = movielens.load(table)
print(own)
own.ratings.head(3)

# %% [markdown]
# It is the same kind of table as above: a row for each rating, with a number for each person (`own.user_labels` are their names) and each film. Only the times are missing, and no model in this course needs them. The lines below the first say what was seen and done. Read them, for the scale is a guess: nobody gave a 10 or a 1. If you know better, say so: `load("my.csv", rating_scale=(0, 10))`.
#
# A table with a row for each rating is read as well, whatever separates its columns. What is not read is what may mean two things, such as another answer of Bob's to the first film:

# %% tags=["nbval-check-output"]
_ = table.write_text(TYPED.replace("Bob,4", "Bob,so-so"), encoding="utf-8")
try:
    movielens.load(table)
except ValueError as error:
    print(str(error).replace(str(table), table.name))

# %% [markdown]
# The message names the line in the file (the header is line 1), the column and the value, and what to do. Whatever is wrong in a table of your own, begin there.
#
# From here on all is as before. (`train_svd` is lesson 02's; what it adds to the biases, you will derive there.)

# %% tags=["nbval-check-output"]
from xrec_lessons.svd import train_svd

trained = train_svd(own, seed=SEED)
ann, dune = own.ratings.loc[1, ["userId", "movieId"]]

print(f"Ann gave Dune a 7; predicted: {trained.predict(ann, dune).est:.1f} of 10")

# %% [markdown]
# A prediction, but of a rating that the model has seen, and learned from twelve. How much would twenty-five people teach it? We drew twenty such groups from MovieLens, with twelve films, and held back a fifth of their ratings: the model was closer than the plain mean in only fourteen of the twenty (RMSE 0.86 ± 0.15 stars against 0.92 ± 0.17, mean ± SD). A class sees the whole chain at work on films that it knows; it does not learn from it which method is better.
#
# With a table of your own,
#
# - **this lesson and those to come, up to 06,** run as they are, if you write `load("my.csv")` where they load MovieLens. (The checks keep data of their own, and what the text says of numbers is about MovieLens.)
# - **A bundle** holds what the rest needs, models, rules and films in one file. In a terminal, `xrec bundle my.csv --out my.npz` makes it. Then lessons 00, 02, 05 and 06 recommend and explain your films after `load_bundle("my.npz")`, `xrec tour --bundle my.npz` does so in the terminal, and `xrec study --bundle my.npz` asks people about them.
#
# ## What could mislead you here
#
# - **The RMSE is a mean over ratings, and a few people gave many of them.** The tenth of the people who rate most gave 46 % of all ratings, and count for as much. A model can be good in the mean and bad for most people.
# - **The random split lets you peek into the future.** A rating of 2003 is predicted with ratings of 2016. A shop cannot do that.
# - **Good predictions are not good recommendations.** The baseline ranks the films in the same order for everybody: a person's bias shifts all their predictions alike. Its RMSE does not show that.
# - **A test part is used up by looking.** Choose by it ten times, and it has become a validation part.
#
# ## Key points
#
# - Ratings are few, unevenly spread, and not missing at random.
# - RMSE and MAE say, in stars, how far predictions are off; only on ratings that were held back.
# - A damped mean, *fit plus a price for size*, trusts films with many ratings more than films with few.
# - μ + $b_u$ + $b_i$ is the yardstick: what does not beat it has learned no taste.
#
# `checks.progress()` shows which exercises of the course you have solved. It is for you, and no grade; `checks.progress().save("progress.html")` makes a page of it.

# %%
checks.progress()

# %% [markdown]
# ## Two questions
#
# Press an answer: it answers back.

# %%
checks.quiz("01")

# %% [markdown]
# **Next:** [lesson 02, *Matrix factorisation with SGD*](02_matrix_factorisation.ipynb): give the people a taste.
