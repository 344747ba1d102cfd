# %% [markdown]
# # 01 · Ratings and baselines
#
# **How well can you predict somebody's rating if you know nothing of their taste?**
#
# Every recommender has to beat a guess. In this lesson you look at the ratings from which the whole course learns, and at what is missing from them. Then you build the best guess that knows no taste: from how generous a person is, and how popular a film is.
#
# *About 50 minutes. Needs NumPy (sums, masks), a little pandas, and what a mean is. One derivative occurs, and there is a way around it.* Afterwards you will be able to
#
# - **describe** what a table of ratings contains and what it leaves out,
# - **measure** how far predictions are off, on ratings that were held back,
# - **derive** biases that do not trust a film with a single rating.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

from xrec_lessons import checks, movielens
from xrec_lessons.bundle import load_bundle
from xrec_lessons.drawings import lesson_01 as drawings
from xrec_lessons.drawings import theme
from xrec_lessons.explorer import kept_ratings

theme.follow_theme()
SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## What a rating is
#
# A rating is one row: who rated which film, with how many stars, and when (in seconds since 1970). No actors, no plots, nothing about the person.

# %% tags=["nbval-check-output"]
data = movielens.load()
ratings = data.ratings
n_people, n_films = ratings["userId"].nunique(), ratings["movieId"].nunique()

filled = len(ratings) / (n_people * n_films)

print(data)
print(f"{n_people} people × {n_films:,} films, of whose cells {filled:.1%} are filled")
ratings.head(3)

# %% [markdown]
# Think of the ratings as a table with a row for every person and a column for every film; most of its cells are empty. The drawing shows 24 of the people. Move the slider to see more and more films. (With the keyboard: <kbd>Tab</kbd> to the slider, then the arrow keys.) Where are the filled cells?

# %%
drawings.mosaic()

# %% [markdown]
# Of a hundred cells, ninety-eight are empty. A recommender guesses what would stand in them. A few films have many ratings, and a third of the films have only one.
#
# ## Predict before you run
#
# The stars go from ½ to 5 in steps of ½. Which value was given most often? Type it in place of the dots. A guess is never graded.

# %%
commonest = checks.guess("01 commonest value", ...)
commonest

# %%
given = ratings["rating"].value_counts()
fig, ax = plt.subplots()
ax.bar(given.index, given, width=0.4)
commonest.draw(ax)
ax.set(title="How often each value was given", xlabel="stars", ylabel="ratings")
plt.show()

# %% [markdown]
# *In words:* four stars are the commonest value (28,750 of 100,004 ratings), then three, then five. Low ratings are rare: the five bars from ½ to 2½ together are shorter than the bar at four stars. (The dashed line is your guess, if you typed one.)
#
# People mostly watch what they expect to like, and rate what they watched. So the mean of a film is the mean of those who chose it.
#
# ## Who is missing
#
# - **People with fewer than 20 ratings.** MovieLens left them out. So nobody here is like a newcomer with ten ratings (lesson 03).
# - **Everybody who does not rate films on a research site.** These are 671 volunteers.
# - **The films that a person chose not to watch.** An empty cell is not drawn at random: people avoid what they expect to dislike.
#
# ## How far off?
#
# Here are four ratings and what somebody predicted. How far off are the predictions, in one number?
#
# | | film A | film B | film C | film D |
# |---|---|---|---|---|
# | true | 5 | 3 | 4 | 2 |
# | predicted | 4 | 3 | 4 | 4 |
#
# The errors are 1, 0, 0 and −2. Their mean is −¼, which is useless: too much and too little cancel out. Two ways to stop that:
#
# - **MAE**, the *mean absolute error*: (1 + 0 + 0 + 2) / 4 = 0.75 stars.
# - **RMSE**, the *root mean squared error*: √((1 + 0 + 0 + 4) / 4), about 1.118 stars.
#
# Squaring makes one error of 2 as bad as four errors of 1. The course reports the RMSE, because our models will make squared errors small. With r for a rating and r̂ (“r hat”) for its prediction,
#
# $$\text{RMSE} = \sqrt{\frac1n \sum (r - \hat r)^2}$$
#
# All symbols are explained in [the glossary of symbols](symbols.md).
#
# ### Exercise 1: write it
#
# `truth` is an array of ratings, `predicted` an array of the same length or one number for all. Return the RMSE in stars, one number, not rounded.
#
# Replace the `...`. The cell below checks your answer; `checks.hint(rmse)` gives a hint.


# %% tags=["exercise"]
def rmse(truth, predicted):
    """Root mean squared error, in stars."""
    # solution
    errors = truth - predicted
    return np.sqrt(np.mean(errors**2))
    # end


# %%
checks.rmse(rmse)

# %% [markdown]
# ## Three parts of the data
#
# A model is judged on ratings that it has not seen; otherwise the best would be one that knows the table by heart. So the ratings are split at random into three parts:
#
# - **fit**, from which a model learns,
# - **validation**, on which you compare models and settings as often as you like,
# - **test**, which stays closed until the end and is looked at once.
#
# Why is the validation part not enough? If you try twenty settings on it and keep the best, some of that “best” is luck. The test part tells you how much of it was luck.
#
# Press the two buttons. Which of the two splits tells you something about newcomers?

# %%
drawings.split()

# %% [markdown]
# Only the second one does: there the test people are new. We draw single ratings all the same, as the article did from which this course starts (V. Kuosmanen, 2020): a quarter is test, the rest is *train*, and a fifth of train is set aside for validation. So we measure how well we predict for **people whom we know**. Lesson 03 holds out whole people.

# %% tags=["nbval-check-output"]
train, test = movielens.split(ratings, seed=SEED)
fit, validation = movielens.split(train, seed=SEED, test=0.2)

print(f"fit {len(fit):,} + validation {len(validation):,} = train {len(train):,}")
print(f"test {len(test):,}")

# %% [markdown]
# ## The simplest predictions
#
# First, predict the same for everybody: the mean of the ratings, μ (“mu”). It is learned from *fit* and measured on *validation*. (`checks.use` goes on with your function if it is right, otherwise with the course's. So you can skip an exercise and come back.)

# %% tags=["nbval-check-output"]
rmse = checks.use(rmse)
mu, truth = fit["rating"].mean(), validation["rating"].to_numpy()

print(f"mu = {mu:.2f} stars: RMSE {rmse(truth, mu):.4f}")

# %% [markdown]
# About one star off. Better: the mean of each film.

# %% tags=["nbval-check-output"]
film_mean = validation["movieId"].map(fit.groupby("movieId")["rating"].mean())
film_mean = film_mean.fillna(mu).to_numpy()  # a film that fit does not know
print(f"mean of the film: RMSE {rmse(truth, film_mean):.4f}")

# %% [markdown]
# Better than μ, but not by much. Where does it go wrong?
#
# ## A film's bias
#
# Suppose that a film has one rating, of five stars. Would you predict that the next person gives it five? One rating is one person's mood. You can trust a film's mean only if many ratings stand behind it.
#
# As a formula: film *i* deviates from μ by its **bias** $b_i$. The bias should fit the film's ratings, and a large bias should cost something. So we minimise over $b$
#
# $$\sum_{u} (r_{ui} - \mu - b)^2 + \beta\, b^2$$
#
# The sum runs over the people *u* who rated the film, and β (“beta”) is the **damping**. At the minimum the derivative is zero. That of $(c - b)^2$ is $-2(c - b)$, here with $c = r_{ui} - \mu$, and that of $\beta b^2$ is $2 \beta b$. Write $n_i$ for the number of the film's ratings:
#
# $$-2 \sum_u (r_{ui} - \mu - b) + 2 \beta b = 0 \quad\Longrightarrow\quad \sum_u (r_{ui} - \mu) = (n_i + \beta)\, b \quad\Longrightarrow\quad b_i = \frac{\sum_u (r_{ui} - \mu)}{n_i + \beta}$$
#
# If derivatives are new to you, start from the result. It is a mean of the film's deviations from μ and of β zeros. In the drawing, the blue tiles are ratings and the grey tiles are zeros. Move the slider, and watch how far the film with one rating moves, and how far the film with five.

# %%
drawings.balance()

# %% [markdown]
# Remember the trick, *fit plus a price for size*. The whole course rests on it.
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
# To work with arrays, give every person and every film of *train* a row number, 0, 1, 2 …; −1 means that train does not know the person or the film. We call the row numbers `u` and `i`, like the subscripts in $r_{ui}$, the rating of person *u* for film *i*.

# %%
# Plumbing: you need not read this cell.
person_ids, film_ids = np.unique(train["userId"]), np.unique(train["movieId"])


def rows_of(table):
    """Row numbers of the people and the films of a table, and its ratings."""
    u = pd.Index(person_ids).get_indexer(table["userId"])
    i = pd.Index(film_ids).get_indexer(table["movieId"])
    return u, i, table["rating"].to_numpy()


u, i, r = rows_of(fit)
val_u, val_i, _ = rows_of(validation)

# %% [markdown]
# ### Exercise 2: a bias for every film
#
# Write the last line. `rows[k]` is the row number of the film of rating *k* (for us `rows` will be `i`), and `rest[k]` is what is left of that rating when μ is subtracted. `np.bincount` adds up what belongs to each film, or counts it: `total` and `count` have one number for each of the `size` films. `damping` is β. Return the array of biases. For example, `bias([0, 0, 1], [1, 2, -1.5], 2, damping=1)` is `[1, -0.75]`.


# %% tags=["exercise"]
def bias(rows, rest, size, damping):
    """Damped mean of `rest` for each film; shape (size,)."""
    total = np.bincount(rows, rest, minlength=size)
    count = np.bincount(rows, minlength=size)
    # solution
    return total / (count + damping)
    # end


# %%
checks.bias(bias)

# %% [markdown]
# ## People have biases too
#
# Some people give everything four stars. A person's bias $b_u$ is the damped mean of what is left of their ratings when μ and the films' biases are subtracted. But the films' biases should be computed after the people's! So the two take turns, and after twenty rounds hardly anything moves any more. (The two dampings, 5 and 8, are a choice.)

# %%
bias = checks.use(bias)


def fit_biases(u, i, r, mu, film_damping=5, person_damping=8):
    """Biases of people and films: each from what the other leaves of the ratings."""
    b_u = np.zeros(len(person_ids))
    for _ in range(20):
        b_i = bias(i, r - mu - b_u[u], len(film_ids), film_damping)
        b_u = bias(u, r - mu - b_i[i], len(person_ids), person_damping)
    return b_u, b_i


b_u, b_i = fit_biases(u, i, r, mu)

# %% [markdown]
# ## Predict with biases
#
# The baseline that knows no taste:
#
# $$\hat r_{ui} = \mu + b_u + b_i$$
#
# ### Exercise 3: the prediction, also for the unknown
#
# `users` and `films` are equally long arrays of row numbers, one person and one film for each prediction. −1 means an unknown one, whose bias is 0; the other bias still counts. The line for the people is there (row −1 would be NumPy's *last* row). Add the films, and return the predictions, none below 0.5 or above 5 stars: `np.clip` holds an array between two bounds.


# %% tags=["exercise"]
def predict(mu, b_u, b_i, users, films):
    """Mean plus biases, on the scale from 0.5 to 5 stars; shape (n,)."""
    person = np.where(users >= 0, b_u[users], 0)
    # solution
    film = np.where(films >= 0, b_i[films], 0)
    return np.clip(mu + person + film, 0.5, 5)
    # end


# %%
checks.predict(predict)

# %% [markdown]
# How good are the predictions now? (`predicted` calls your `predict`. It is there for tables that have another scale.)

# %%
# Plumbing: you need not read this cell.
predict = checks.use(predict)
low, high = data.rating_scale
unit = (high - low) / 4.5  # 1 for stars


def predicted(mu, b_u, b_i, users, films):
    """What `predict` says, on the scale of these ratings."""
    stars = predict((mu - low) / unit + 0.5, b_u / unit, b_i / unit, users, films)
    return (stars - 0.5) * unit + low


# %%
film_only = bias(i, r - mu, len(film_ids), 5)
errors = {
    "mu": rmse(truth, mu),
    "mean of the film": rmse(truth, film_mean),
    "mu + b_i": rmse(truth, predicted(mu, 0 * b_u, film_only, val_u, val_i)),
    "mu + b_u + b_i": rmse(truth, predicted(mu, b_u, b_i, val_u, val_i)),
}
ax = sns.barplot(x=list(errors.values()), y=list(errors), color="C0")
ax.bar_label(ax.containers[0], fmt="%.3f", padding=3)
ax.set(title="Four predictions", xlabel="validation RMSE in stars", ylabel="")
plt.show()

# %% [markdown]
# *In words:* the RMSE falls from 1.06 stars (always μ) to 1.02 with the plain mean of the film, 0.99 with its damped bias, and 0.90 when the person's bias joins in. The person's bias takes off another 0.09, and damping alone, one number in a formula, 0.025.
#
# ## Decide: is this report right?
#
# A fellow student chose one damping for both films and people. The report says: “A damping of 0.1 is best. The RMSE on the validation part is only 0.81, far below your 0.90.” Here is all of the code.

# %% tags=["nbval-check-output"]
dampings = [0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50, 100]


def reported(damping):
    biases = fit_biases(*rows_of(train), mu, damping, damping)  # line 1
    guesses = predicted(mu, *biases, val_u, val_i)  # line 2
    return rmse(truth, guesses)  # line 3


best = min(dampings, key=reported)  # line 4
print(f"best damping {best}, RMSE {reported(best):.3f}")

# %%
checks.quiz("01 decide")

# %% [markdown]
# Here is the code with that line repaired.


# %% tags=["nbval-check-output"]
def honest(damping):
    biases = fit_biases(u, i, r, mu, damping, damping)
    return rmse(truth, predicted(mu, *biases, val_u, val_i))


best = min(dampings, key=honest)
print(f"best damping {best}, RMSE {honest(best):.3f}; with 0.1: {honest(0.1):.3f}")

# %% [markdown]
# The report had learned from *train*, and *train* holds the validation ratings. The less a model is damped, the better it knows such answers by heart.
#
# ## Open the test part
#
# We choose a damping of 3 for both. Now the model may learn from all of train. Will the test RMSE be lower or higher than 0.901? Decide before you run the cell.

# %% tags=["nbval-check-output"]
train_u, train_i, train_r = rows_of(train)
test_u, test_i, test_r = rows_of(test)
train_mu = train["rating"].mean()
b_u, b_i = fit_biases(train_u, train_i, train_r, train_mu, 3, 3)

of_test = predicted(train_mu, b_u, b_i, test_u, test_i)
print(f"test RMSE {rmse(test_r, of_test):.4f}")
from_fit = predicted(mu, *fit_biases(u, i, r, mu, 3, 3), test_u, test_i)
print(f"with what was learned from fit alone: {rmse(test_r, from_fit):.4f}")

# %% [markdown]
# Lower, for two reasons: this test part happens to be easier (0.901 became 0.891), and the model had a quarter more ratings to learn from (0.887). On another split it can be higher. The test part has now been opened: choose nothing more about these baselines by it.
#
# ## You among the people
#
# How generous are you? Take your ratings from lesson 00 (or the sample person's, if there are none), and subtract μ and the films' biases. The damped mean of what is left is your bias, and your own `bias` computes it.

# %%
mine = kept_ratings(load_bundle())
rows = pd.Index(film_ids).get_indexer(list(mine))
known = rows >= 0
left = np.array(list(mine.values()))[known] - train_mu - b_i[rows[known]]
(own,) = bias([0] * len(left), left, 1, 3)
print(f"{mine.whose}: of {len(left)} ratings", end=" ")
print(f"the plain mean is {left.mean():+.3f}, damped {own:+.3f}")
print(f"stricter than that: {(b_u < own).mean():.0%} of the people")

# %% [markdown]
# With ten ratings, a damping of 3 keeps ten thirteenths of the plain mean. The sample person is a little strict: −0.174 stars.
#
# ## What could mislead you here
#
# - **The RMSE is a mean over ratings, and a few people gave many of them.** The busiest tenth of the people gave 46 % of all ratings. A model can be good in the mean and bad for most people.
# - **The random split lets you peek into the future.** A rating from 2003 is predicted with ratings from 2016.
# - **A test part is used up by looking.** If you choose by it ten times, it has become a validation part.
#
# ## Key points
#
# - Ratings are few, unevenly spread, and not missing at random.
# - The RMSE says, in stars, how far predictions are off, on ratings that were held back.
# - A damped mean, *fit plus a price for size*, trusts films with many ratings more than films with few.
# - μ + $b_u$ + $b_i$ is the yardstick: a model that does not beat it has learned no taste.
#
# `checks.progress()` shows which exercises you have solved. It is no grade.

# %%
checks.progress()

# %% [markdown]
# ## Questions
#
# Press an answer: it answers back.

# %%
checks.quiz("01")

# %% [markdown]
# **Next:** [lesson 02, *Matrix factorisation with SGD*](02_matrix_factorisation.ipynb): give the people a taste. If you like, go [*deeper*](01_ratings_and_baselines_deeper.ipynb): newcomers in the test part, the same biases from a library, ten splits, and a table that your class has typed.
