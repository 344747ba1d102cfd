# %% [markdown]
# # 07 · Is the list any good?
#
# **Your model predicts stars well. Are the ten films that it puts first any good?**
#
# So far we have judged a model by its errors in stars. A recommender shows ten films, though, and no stars. You will measure such lists, and build a model in which every recommendation splits exactly into reasons.
#
# *About 50 minutes. Needs lessons 03 (ridge) and 05 (leaving one rating out), and what a logarithm is.* Afterwards you will be able to
#
# - **measure** a list of ten films with NDCG,
# - **explain** what such a test favours, and what it does not prove,
# - **build** EASE, which is ridge once more, and split its score into one part for each film that you liked.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import display

from xrec_lessons import checks, movielens
from xrec_lessons.drawings import lesson_07 as drawings
from xrec_lessons.drawings import theme
from xrec_lessons.experiments import results
from xrec_lessons.model import rank

theme.follow_theme()
SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## Three lists for you
#
# Here are three lists for your ratings of lesson 00 (or the sample person's). `rank` sorts films by a score, best first, and leaves out the rated ones.

# %%
from xrec_lessons.bundle import load_bundle
from xrec_lessons.explorer import kept_ratings

bundle = load_bundle()
films, mine = bundle.films, kept_ratings(bundle)
scores = bundle.scores(mine)

ways = {"A": scores, "B": films.n_ratings, "C": np.where(bundle.well_known, scores, 0)}
ten = {name: rank(films.ids, score, 10, mine) for name, score in ways.items()}
print("ten films for", mine.whose)
table = pd.DataFrame({name: map(films.name, ids) for name, ids in ten.items()})
table.rename(lambda row: row + 1)

# %% [markdown]
# Which list would you rather have? Type `"A"`, `"B"` or `"C"` in place of the dots. There is no wrong answer.

# %%
my_list = checks.guess("07 list I would take", ...)
my_list

# %% [markdown]
# A is our SVD, free to choose among all 9,066 films. C is the same model, but only with films of at least 50 ratings. B knows nothing of you: these are the films with the most ratings.
#
# ## Stars or places
#
# Why not compare errors, as in lesson 01? Take four films and two models.
#
# | film | truth | model M | model N |
# |---|---|---|---|
# | A | 5 | 4 | 4 |
# | B | 4 | 3 | 4.2 |
# | C | 3 | 2 | 3.1 |
# | D | 2 | 1 | 2.1 |
#
# Model M is one star too low everywhere, so its RMSE is 1. Model N has an RMSE of 0.51, about half. But M puts the best film first, and N does not. Besides, an RMSE is taken over films that somebody *chose* to rate. A list is chosen from thousands of other films, and those at its top are often the ones that the model overrates most.
#
# ## Points for places
#
# So we need a measure for lists. Hide some films that a person liked, and let the model rank all films that it was not told about. Each hidden film among the first ten is a **hit**. A hit near the top should count more, because people look there first. The usual choice is
#
# $$\text{points at place } k = \frac{1}{\log_2(k + 1)}$$
#
# The first place gets 1 point, the second 0.63, the third 0.5, the tenth 0.29. The sum over all hits is the *discounted cumulative gain*, **DCG**. Divide it by the DCG of the best possible list, and you have the *normalised* DCG, **NDCG**: 1 is perfect, 0 is no hit at all. (All symbols: [the glossary of symbols](symbols.md).)
#
# Move the slider: one hit climbs from place 10 to place 1, past the two others.

# %%
drawings.ladder()

# %% [markdown]
# **By hand.** A list shows the films 70, 80, 90 and 60, in this order. The hidden and liked films are 80, 60 and 50. What is the list's NDCG?
#
# <details><summary>What does it come to?</summary>
#
# Film 80 is at place 2 and gets 0.63 points. Film 60 is at place 4 and gets 1/log₂ 5 = 0.43. Film 50 is not in the list. The DCG is 1.06. The best list would begin with the three liked films, for 1 + 0.63 + 0.5 = 2.13 points. So the NDCG is 1.06 / 2.13 = 0.50.
# </details>
#
# ### Exercise 1: NDCG
#
# `ranked` is a list of ids, the best first. `liked` is a set of ids, the hidden films that the person liked, at least one. The points of all places and the hits are there. **Write the last line**: return the points of the hits, divided by those of the best list of the same length. The best list has hits from the first place on, as many as there are liked films, but no more than there are places. For example `ndcg([70, 80, 90, 60], {80, 60, 50})` is 0.498 and `ndcg([70], {70, 80})` is 1.
#
# `checks.hint("ndcg")` helps.


# %% tags=["exercise"]
def ndcg(ranked, liked):
    """Points of a list for its hits, as a share of those of the best list."""
    points = 1 / np.log2(np.arange(2, len(ranked) + 2))
    hits = [film in liked for film in ranked]
    # solution
    return points[hits].sum() / points[: len(liked)].sum()
    # end


# %%
checks.ndcg(ndcg)

# %% [markdown]
# ## Hide, rank, count
#
# Now for everybody, by this **protocol**: split the ratings 75/25, as in lesson 01, and tell the model the larger part. The films in the smaller part with four stars or more are *hidden and liked*. Rank *all* films that the person has not rated in the larger part. The next four cells are plumbing: run them, and read only what they print.

# %%
from xrec_lessons.recommender import Recommender

ndcg = checks.use(ndcg)
data = movielens.load()
train, test = movielens.split(data.ratings, seed=SEED)
told = movielens.ratings_by_user(train)

likes = test[test["rating"] >= data.rating_scale.liked]
hidden = likes.groupby("userId")["movieId"].agg(set).to_dict()
hidden = {user: movies for user, movies in hidden.items() if user in told}

# %% tags=["nbval-check-output"]
recommender = Recommender(train, seed=SEED)
model, counts, known = recommender.model, recommender.counts, recommender.well_known

print(
    f"{len(hidden)} people, {sum(map(len, hidden.values())):,} hidden films they liked"
)
print(f"{len(model.ids):,} films to choose from (the others have no rating in")
print(f"the larger part), {len(known)} of them with 50 ratings or more")

# %% [markdown]
# Every way to recommend is a score for each film: chance, damped means (lesson 01), numbers of ratings, the SVD's stars. From each come everybody's ten films.

# %%
of_films = counts.reindex(model.ids).to_numpy()  # how many ratings each film has
rest = train["rating"] - train["rating"].mean()
sums = rest.groupby(train["movieId"]).sum().reindex(model.ids).to_numpy()
biases = sums / (of_films + 5)  # the damped means of lesson 01
rng = np.random.default_rng(SEED)


def stars(user):
    """The SVD's predicted stars of all films, for somebody in the training part."""
    return model.scores(recommender.users[user])


# %%
def everybody(score, ids=None):
    """Ten films for each person: ids, best first; of all films, or of these."""
    ids = model.ids if ids is None else ids
    rows = model.rows(ids)
    return {u: rank(ids, score(u)[rows], 10, told[u]).tolist() for u in hidden}


lists = {
    "chance": everybody(lambda user: rng.random(len(model.ids))),
    "film biases": everybody(lambda user: biases),
    "most rated films": everybody(lambda user: of_films),
    "SVD, all films": everybody(stars),
    "SVD, known films": everybody(stars, known),
}

# %% [markdown]
# ## Predict before you run
#
# Everybody now has five lists. In RMSE our SVD is ahead of the biases, 0.874 against 0.889 stars (lesson 02). And the lists?
#
# 1. Which of the five will be first: "chance", "film biases", "most rated films", "SVD, all films" or "SVD, known films"?
# 2. Which NDCG will it reach? (1 is perfect.)

# %%
best_of_five = checks.guess("07 best of five lists", ...)
best_ndcg = checks.guess("07 NDCG of the best", ...)
display(best_of_five, best_ndcg)


# %%
def mean_ndcg(lists):
    """Mean NDCG over the people who have something to find."""
    return np.mean([ndcg(lists[user], hidden[user]) for user in hidden])


found = pd.Series({name: mean_ndcg(each) for name, each in lists.items()}).sort_values()
fig, ax = plt.subplots(figsize=(7, 3))
ax.barh(found.index, found)
ax.bar_label(ax.containers[0], fmt=" %.3f")
best_ndcg.draw(ax)
ax.set(xlabel="mean NDCG of ten films", xlim=(0, max(0.25, 1.2 * found.max())))
ax.set_title("Whose ten films hold what people liked?")
plt.show()

# %% [markdown]
# *In words:* five bars. The most rated films come first with 0.158. The SVD among known films follows with 0.113, the film biases with 0.079, the SVD among all films with 0.035. Chance has 0.003.
#
# **The list that knows nobody beats our model.** Which films do these lists show?

# %% tags=["nbval-check-output"]
for name, each in lists.items():
    shown = counts.reindex(np.concatenate([*each.values()]))
    print(f"{name:17} {shown.index.nunique():5,} films shown,", end=" ")
    print(f"a typical one with {shown.median():3.0f} ratings")

# %% [markdown]
# Among all films, the SVD shows films with typically 8 ratings, which few people could have found. Is that a fault of the list, or of the test?
#
# ## Only what was rated can be found
#
# A hit needs two things: the person likes the film, *and* they have rated it. The drawing shows twelve films that one person would like. Nobody knows about the films below the water. Two models recommend four films each. Move the slider, so that popular films rise more easily. The lists stay the same: watch the hits.

# %%
drawings.iceberg()

# %% [markdown]
# The real list of the most rated films finds nearly half of the hidden films that are among the fifty best known, and of all other hidden films one in ten thousand (counted in the deeper notebook). It wins with films for which nobody needs a recommender. So what does .158 against .113 mean?
#
# - **It means** that our SVD's list contains less of what people watched, rated and liked. That is a real weakness, and RMSE did not show it.
# - **It does not mean** that people would rather have the most rated films. A good film that they never watched counts as a miss.
# - **The test favours** popular films, and people whose tastes are common. To know what people would choose, show them lists and ask (lesson 08).
#
# ## A model made for lists
#
# Can a model know *you* and still find what people watch? Do not ask “how many stars?”, but “what else do people like who liked this?”. Make a table B (no list any more) with a row for each person and a column for each film: 1 for liked, 0 for everything else.
#
# Predict one column, film t, from all other columns, by ridge regression (lesson 03). The weight of column j says how much liking film j speaks for film t. Do that for every film, and you have **EASE** (Steck 2019, *Embarrassingly shallow autoencoders for sparse data*).
#
# **By hand.** Three people like film Y, and two of them also like film Z. Take λ = 1. By lesson 03's ridge, with one column of zeros and ones, the weight c that predicts Z from Y solves (likes of Y + λ)c = likes of both. So (3 + 1)c = 2, and c = 0.5. From Z to Y it is (2 + 1)c = 2, so c = 0.67: a like of the rarer film says more.
#
# ## All films at once
#
# One such regression for each film is slow, and with thousands of films hopeless. But they all share one matrix. Let $G = B^\top B + \lambda I$, and let P be its inverse (`np.linalg.inv`). Then the weights of *all* regressions are
#
# $$C_{jt} = -\frac{P_{jt}}{P_{tt}} \quad (j \neq t), \qquad C_{tt} = 0.$$
#
# $C_{tt} = 0$ forbids a film to predict itself: that would be always right, and useless. For Y and Z above, $G$ is [[4, 2], [2, 3]] and $P$ is [[0.375, −0.25], [−0.25, 0.5]]. So $C_{YZ}$ = 0.25 / 0.5 = 0.5, as by hand. Here each film has only one other column. With more films the columns of one regression share the credit, and the same formula still gives all their weights. (The deeper notebook derives it, and compares.)
#
# ### Exercise 2: EASE
#
# `P` is there. Return the **array C of all weights**: row j, column t. `P.diagonal()` holds all $P_{tt}$; an array divided by it is divided column by column. `np.fill_diagonal(C, 0)` changes C and returns nothing. For the two films above, `ease(np.array([[1, 1], [1, 1], [1, 0]]), 1)` is [[0, 0.5], [0.67, 0]]. `B` must stay as it is.


# %% tags=["exercise"]
def ease(B, penalty):
    """Weights of all films for all films: C[j, t] is what a like of j says about t."""
    P = np.linalg.inv(B.T @ B + penalty * np.eye(B.shape[1]))
    # solution
    C = -P / P.diagonal()
    np.fill_diagonal(C, 0)
    return C
    # end


# %%
checks.ease(ease)

# %% [markdown]
# Here is B for our training part, with the known films only, and λ = 200. (Run the cell, and read what it prints. The deeper notebook shows how λ was chosen.)

# %% tags=["nbval-check-output"]
ease = checks.use(ease)

people = np.array(list(told))
liked_rows = train[
    (train["rating"] >= data.rating_scale.liked) & train["movieId"].isin(known)
]
B = np.zeros((len(people), len(known)))
rows = np.searchsorted(people, liked_rows["userId"])
B[rows, np.searchsorted(known, liked_rows["movieId"])] = 1
C = ease(B, penalty=200)

t = np.searchsorted(known, 1196)
print(f"What speaks most for {films.name(known[t])}:")
for j in np.argsort(-C[:, t])[:4]:
    print(f"{C[j, t]:.2f}  {films.name(known[j])}")

# %% [markdown]
# The score of film t for a person is the sum of the weights of the films they liked. For everybody at once that is `B @ C`. The most rated films reached an NDCG of 0.158. What does EASE reach?

# %%
ndcg_of_ease = checks.guess("07 NDCG of EASE", ...)
ndcg_of_ease

# %%
row = {user: place for place, user in enumerate(told)}
ease_scores = np.full((len(people), len(model.ids)), -np.inf)
ease_scores[:, model.rows(known)] = B @ C
lists["EASE"] = everybody(lambda user: ease_scores[row[user]], known)
print(f"EASE on this split: {mean_ndcg(lists['EASE']):.3f}")

# %% [markdown]
# That is one split. The course ships the figures of ten: each dot is a split.

# %%
NAMES = {"popularity": "most rated films", "SVD": "SVD, known films", "EASE": "EASE"}
ranking = results("ranking").query("protocol == 'everybody, 75/25'")
ranking = ranking[ranking["films"].str.startswith("with 50")]
ranking = ranking[ranking["model"].isin([*NAMES])]
ranking["list"] = ranking["model"].map(NAMES)

ax = sns.swarmplot(ranking, x="NDCG@10", y="list", hue="list", legend=False)
ax.figure.set_size_inches(7, 2.4)
ax.set(xlim=(0, 0.35), xlabel="mean NDCG of ten films", ylabel="")
ndcg_of_ease.draw(ax)
ax.set_title("Three lists on ten splits")
plt.show()
ranking.groupby("list", sort=False)["NDCG@10"].agg(["mean", "std"]).round(3)

# %% [markdown]
# *In words:* three groups of ten dots, and no group touches another. The SVD's dots lie around 0.115, those of the most rated films around 0.167, those of EASE around 0.299.
#
# EASE knows you *and* what is popular: many columns speak for a film with many likes.
#
# ## A score that splits
#
# The score of a film is a *sum*, with one weight for each film that you liked. So “why?” needs no approximation: the parts are the score. Close one tap at a time, and open it again.

# %%
drawings.taps()

# %% [markdown]
# ### Exercise 3: the parts of a card
#
# `liked` is a list of columns, the films that a person liked, and `t` is the column of the film that is recommended. The last line puts pairs into order, the largest part first. **Write the list `parts`**, one pair (film, part) for each liked film. Leave t out if it is among the liked. With C = [[0, 0.5, 0.1], [0.2, 0, 0.3], [0.4, 0.6, 0]], `card_parts(C, [0, 1], 2)` is [(1, 0.3), (0, 0.1)].


# %% tags=["exercise"]
def card_parts(C, liked, t):
    """The parts of film t's score: pairs of a liked film and its weight, the largest first."""
    # solution
    parts = [(film, C[film, t]) for film in liked if film != t]
    # end
    return sorted(parts, key=lambda part: part[1], reverse=True)


# %%
checks.card_parts(card_parts)

# %% [markdown]
# Now your own card, from the module's `train_ease`, which does the same with ids in place of columns, on all ratings. (Two cells to run, not to read.)

# %%
from xrec_lessons.ease import train_ease
from xrec_lessons.rules import liked_films

card_parts = checks.use(card_parts)
trained = train_ease(data.ratings)
my_likes = [m for m in liked_films(mine) if m in trained.ids]
my_scores = trained.scores(my_likes)
my_ten = rank(trained.ids, my_scores, 10, mine)
print(f"EASE for {mine.whose}:", *(f"\n   {films.name(movie)}" for movie in my_ten[:6]))

# %%
columns = np.searchsorted(trained.ids, my_likes)
first = np.searchsorted(trained.ids, my_ten[0])
parts = card_parts(trained.weights, columns.tolist(), first)
names = [films.name(trained.ids[column]) for column, _ in parts]
values = [value for _, value in parts]

fig, ax = plt.subplots(figsize=(6, 0.6 + 0.4 * len(parts)))
ax.barh(names, values)
ax.bar_label(ax.containers[0], fmt=" %.3f ")
ax.invert_yaxis()
ax.margins(x=0.2)
ax.set(xlabel=f"part of the score, {sum(values):.3f} in all")
ax.set_title(f"Why {films.name(my_ten[0])}?")
plt.show()

# %% [markdown]
# *In words:* for the sample person the film is *The Empire Strikes Back*, and the score is 0.208. By far the longest bar is *A New Hope*, 0.129 (above, from the training part alone, 0.09). *Blade Runner* and *The Matrix* give about 0.03 each. *Pulp Fiction*, *Alien* and *Twelve Monkeys* give less than 0.01 each, and *Toy Story* takes 0.003 away.
#
# ★ Take the strongest of *your* films away:

# %%
gone = my_likes[columns.tolist().index(parts[0][0])]
without = trained.scores([movie for movie in my_likes if movie != gone])
fall = my_scores[first] - without[first]
print(f"without {films.name(gone)} the score falls by {fall:.3f}")
print(f"its part was {values[0]:.3f}")

# %% [markdown]
# The fall is the part, to the last digit. (The deeper notebook does the same for a hundred people: without the film with the largest part, another film comes first for 91 % of them, and without one drawn at random for 16 %. The judge is EASE itself, so lesson 06's warning holds here, too.)
#
# ## Decide: what would you ship?
#
# You run a film site. On Monday one list goes live. This is what you know, as means over ten splits.

# %% tags=["nbval-check-output"]
known_of_lists = ["NDCG@10", "recall@10", "films shown", "ratings of a film shown"]
ranking.groupby("list", sort=False)[known_of_lists].mean().round(3)

# %% [markdown]
# *Recall* is the share of a person's hidden films among the ten, *films shown* how many different films stand in all lists together, and the last column how many ratings such a film has. Type which list you ship.

# %%
ship = checks.guess("07 I ship", ...)
ship

# %% [markdown]
# Your boss wants the reason in one sentence, and asks what would change your mind.

# %%
checks.quiz("07 decide")

# %% [markdown]
# ## What could mislead you here
#
# - **A protocol is a choice.** Measured on newcomers, and among known films only, the figures are up to twice as high. Compare models within one protocol, and name it.
# - **Exact is not right.** The parts say what EASE computed, not why *you* liked a film. And EASE can be wrong about you.
# - **EASE sees likes only.** A film that you hated and a film that you never met are the same to it.
#
# ## Key points
#
# - RMSE is about stars, a list is about places. Measure what you show.
# - Tests on old ratings (*offline* tests) favour the popular, because only what was rated can be a hit. Always put the most rated films beside your model.
# - EASE is ridge once more: every film predicted from all others, all at once from one inverse.
# - A score that is a sum explains itself: its parts are exact by construction.

# %%
checks.progress()

# %% [markdown]
# ## Questions
#
# Press an answer: it answers back.

# %%
checks.quiz("07")

# %% [markdown]
# **Next:** [lesson 08, *Run the user study*](08_run_the_study.ipynb): do people want and trust what is explained? Or go [deeper](07_is_the_list_any_good_deeper.ipynb): the penalty, another protocol, all explanations under the same test, and 20 million ratings.
