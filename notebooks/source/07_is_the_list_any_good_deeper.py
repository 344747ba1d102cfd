# %% [markdown]
# # 07 · Is the list any good?, deeper
#
# **How much of what lesson 07 found depends on how it was measured?**
#
# One protocol, one penalty, one judge: lesson 07 fixed all three. Here you change each of them and see what stays. You write EASE's regression, put all explanations under one test, and at the end EASE meets twenty million ratings.
#
# *About 50 minutes, optional. Needs lesson 07; the last section does what lesson 10 is about.* Afterwards you will be able to
#
# - **compare** two protocols, and say what each of them favours,
# - **derive** EASE's formula, and say how much its condition and its inverse add,
# - **choose** a penalty without flattering yourself.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

from xrec_lessons import checks, movielens
from xrec_lessons.drawings import theme
from xrec_lessons.ease import train_ease
from xrec_lessons.experiments import results
from xrec_lessons.fold_in import ridge
from xrec_lessons.model import rank

theme.follow_theme()
SEED = 0
ndcg = checks.use("ndcg")
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## Another protocol
#
# Lesson 07 told the models three quarters of *everybody's* ratings and let them choose among *all* films. But the course is about newcomers with ten ratings. So here is a second protocol: a hundred people are held out of the training, and each tells ten ratings. Their other liked films are hidden, if these have at least 50 ratings. Only such films may be shown.
#
# ## Predict before you run
#
# By the first protocol the order was EASE, most rated films, SVD, biases, chance (with known films only). By the second one,
#
# 1. will the figures be higher or lower?
# 2. will the order stay? Type the pair of names that you think changes places, or `"none"`.

# %%
higher = checks.guess("07 second protocol, higher or lower", ...)
swapped = checks.guess("07 second protocol, what changes places", ...)
print(higher, swapped, sep="\n")

# %%
ranking = results("ranking")
both = ranking[ranking["protocol"].str.contains("everybody|newcomers")]
both = both[both["films"].str.startswith("with 50")]

ax = sns.swarmplot(both, x="NDCG@10", y="model", hue="protocol", dodge=True, size=4)
ax.figure.set_size_inches(7, 3.4)
ax.set(xlabel="mean NDCG of ten films", ylabel="", xlim=(0, None))
ax.set_title("Five lists, two protocols, ten seeds")
sns.move_legend(ax, "upper left", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown]
# *In words:* for each of five lists two groups of ten dots, the upper one by the first protocol. With newcomers all groups lie further to the right and spread wider, since a seed has a hundred people only. Chance rises from 0.041 to 0.087, the biases from 0.099 to 0.220, the SVD from 0.115 to 0.232, the most rated films from 0.167 to 0.325, EASE from 0.299 to 0.376.

# %% tags=["nbval-check-output"]
measures = ["NDCG@10", "recall@10"]
both.pivot_table(measures, "model", "protocol", sort=False).round(3)

# %% [markdown]
# The figures are higher for two reasons. If you hide only known films, you hide the easy ones. And with ten ratings told, most of what a person likes is still hidden, so a hit is likelier. The order of the means stays. But look within the seeds:

# %% tags=["nbval-check-output"]
wide = both.pivot(index=["protocol", "seed"], columns="model", values="NDCG@10")
pairs = {"EASE": "popularity", "popularity": "SVD", "SVD": "biases"}
ahead = {f"{a} ahead of {b}": wide[a] > wide[b] for a, b in pairs.items()}
pd.DataFrame(ahead).groupby("protocol").sum()

# %% [markdown]
# Popularity is ahead of the SVD in every seed, by both protocols. EASE is ahead of popularity in 19 of 20. For newcomers, the SVD against plain film biases is a matter of the seed (7 of 10): after ten ratings it has learned little more than which films are good.
#
# ## All films
#
# Why is the SVD so bad among all films? Its top ten have a typical 8 ratings. The model may be right about them; the test cannot tell, since hardly anybody has rated them. What if we add a little popularity to its stars? Score = predicted stars + a · log(ratings of the film).

# %%
from xrec_lessons.recommender import Recommender

data = movielens.load()
train, test = movielens.split(data.ratings, seed=SEED)
told = movielens.ratings_by_user(train)
likes = test[test["rating"] >= data.rating_scale.liked]
hidden = likes.groupby("userId")["movieId"].agg(set).to_dict()
hidden = {user: movies for user, movies in hidden.items() if user in told}
recommender = Recommender(train, seed=SEED)
model, counts, known = recommender.model, recommender.counts, recommender.well_known


# %%
def tens(score, ids):
    """Everybody's ten films by a score: ids, best first."""
    return {u: rank(ids, score(u), 10, told[u]).tolist() for u in hidden}


def judged(score, ids):
    """Mean NDCG of everybody's ten films, and how many different films they show."""
    lists = tens(score, ids)
    shown = {movie for films in lists.values() for movie in films}
    return np.mean([ndcg(lists[u], hidden[u]) for u in hidden]), len(shown)


log_count = np.log(counts.reindex(model.ids).to_numpy())


def with_popularity(a):
    """Somebody's predicted stars, and popularity beside them."""
    return lambda user: model.scores(recommender.users[user]) + a * log_count


# %%
mixed = []
for a in (0, 0.1, 0.2, 0.3, 0.5, 1, 2):
    mixed.append((a, *judged(with_popularity(a), model.ids)))
mixed = pd.DataFrame(mixed, columns=["a", "NDCG", "films shown"])

# %%
ax = sns.lineplot(mixed, x="films shown", y="NDCG", marker="o", sort=False)
for _, row in mixed.iterrows():
    ax.annotate(f" a = {row['a']:g}", (row["films shown"], row["NDCG"]))
ax.figure.set_size_inches(7, 3.2)
ax.set(title="The more popularity, the more hits, and the fewer films", ylim=(0, None))
plt.show()

# %% [markdown]
# *In words:* a line of seven points. Without popularity, a = 0, the SVD shows 247 films and reaches 0.035. At a = 0.3 it shows 181 films and reaches 0.162, as much as the most rated films alone. The best point is a = 1, 0.183 with 92 films. At a = 2 both fall.
#
# So the SVD's taste is worth something: with it the list is better than popularity alone, 0.183 against 0.158. But it needs popularity beside it, and EASE (0.299 with 247 films) is ahead on both axes.
#
# ## How popular is what is hidden?
#
# How popular are the hidden films of lesson 07's protocol, compared with all films, and with what the lists show?

# %%
hidden_films = np.concatenate([[*movies] for movies in hidden.values()])
popular = {"all films": model.ids, "hidden and liked": hidden_films}
rows = model.rows(known)
ways = {"SVD, known films": lambda u: model.scores(recommender.users[u])[rows]}
ways["most rated films"] = lambda u: counts.reindex(known).to_numpy()
for name, score in ways.items():
    popular[f"shown: {name}"] = np.concatenate([*tens(score, known).values()])

fig, ax = plt.subplots(figsize=(7, 3.2))
for (name, movies), line in zip(popular.items(), ("-", "--", "-.", ":"), strict=True):
    n_ratings = counts.reindex(movies).fillna(0.5).to_numpy()
    sns.ecdfplot(n_ratings, label=name, ls=line, lw=2)
ax.set(xscale="log", xlabel="ratings of a film, larger part", ylabel="share of films")
ax.set_title("Liked films are popular films, at least those we know of")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown]
# *In words:* four rising lines over a logarithmic axis. Half of all films have 3 ratings or fewer, and half of the hidden and liked films have 35 or fewer. The SVD shows known films around 93, and the most rated list films around 195.
#
# Now count the hits in two parts: among the fifty films with the most ratings, and among all others.

# %%
top_fifty = set(counts.index[:50])


def found_of(lists, inside):
    """Which share of the hidden films is found: inside the top fifty, or outside."""
    pairs = [
        (user, m) for user in hidden for m in hidden[user] if (m in top_fifty) == inside
    ]
    return np.mean([movie in lists[user] for user, movie in pairs])


# %% tags=["nbval-check-output"]
for name, score in ways.items():
    lists = tens(score, known)
    inside, outside = (found_of(lists, inside) for inside in (True, False))
    print(f"{name}: of the fifty most rated {inside:.0%}, of all others {outside:.2%}")

# %% [markdown]
# The most rated list finds nearly half of the hidden films that everybody knows, and one in ten thousand of all others.
#
# ## One film from all others
#
# EASE predicts each column of the table B from all other columns by ridge. Lesson 07 did it by hand for two films, and then for all at once. Here is its toy, film Z from film Y, by `ridge`:

# %% tags=["nbval-check-output"]
likes_y, likes_z = np.array([[1.0], [1], [1]]), np.array([1.0, 1, 0])
ridge(likes_y, likes_z, 1).round(2)

# %% [markdown]
# ### Exercise 4: the regression of one film
#
# `B` is the table as an array of 0 and 1, `t` the number of a column, `penalty` is λ. Predict column t from all others with `ridge(X, y, penalty)` of lesson 03, and return the **weights of all columns, with 0 at place t**. `np.delete(B, t, axis=1)` is a copy of `B` without column t. For lesson 07's films Y and Z, `regress_film(np.array([[1, 1], [1, 1], [1, 0]]), 1, 1)` is [0.5, 0].


# %% tags=["exercise"]
def regress_film(B, t, penalty):
    """Weights with which all other films predict film t; its own is 0."""
    # solution
    weights = ridge(np.delete(B, t, axis=1), B[:, t], penalty)
    return np.insert(weights, t, 0)
    # end


# %%
checks.regress_film(regress_film)

# %% [markdown]
# ## Where the formula comes from
#
# Column t of C should make the error |Bc − b_t|² + λ|c|² small, with $c_t = 0$. (b_t is column t of B.) Lagrange's way: add 2ν′$c_t$, and set all derivatives to zero.
#
# $$B^\top(Bc - b_t) + \lambda c + \nu' e = 0$$
#
# Here e is 1 at place t and 0 elsewhere. With $G = B^\top B + \lambda I$ we have $B^\top b_t = Ge - \lambda e$, since column t of $B^\top B$ is that of G without its λ. So $Gc = Ge - (\lambda + \nu')e$. Call the bracket ν and multiply by P, the inverse of G: $c = e - \nu Pe$. At place t that is $0 = 1 - \nu P_{tt}$, which gives ν. At place j it is $C_{jt} = -P_{jt}/P_{tt}$.
#
# Without the condition ν would be λ, and $C_{jt} = -\lambda P_{jt}$ off the diagonal. So **all that the condition does to the other weights is to scale each column**. Does that matter? And does the inverse? Here are five ways to fill C.

# %%
from scipy.sparse import csr_array

liked = train[train["rating"] >= data.rating_scale.liked]
liked = liked[liked["movieId"].isin(known)]
people = np.array(list(told))
places = (
    np.searchsorted(people, liked["userId"]),
    np.searchsorted(known, liked["movieId"]),
)
B = csr_array((np.ones(len(liked)), places), shape=(len(people), len(known)))
pairs = (B.T @ B).toarray()  # how many people like both
P = np.linalg.inv(pairs + 200 * np.eye(len(known)))
size = np.sqrt(pairs.diagonal())

# %%
ways = {
    "most rated films": np.zeros_like(P) + counts.reindex(known).to_numpy(),
    "counts of pairs": pairs,
    "cosines": pairs / np.outer(size, size),
    "ridge without the condition": -200 * P,
    "EASE": -P / P.diagonal(),
}
row = {user: place for place, user in enumerate(told)}
found = {}
for name, C in ways.items():
    scores = B @ (C - np.diag(C.diagonal()))
    found[name] = judged(lambda u, scores=scores: scores[row[u]], known)

# %% tags=["nbval-check-output"]
regress_film = checks.use(regress_film)

t = np.searchsorted(known, 1196)  # The Empire Strikes Back
one, column = regress_film(B.toarray(), t, 200), ways["EASE"][:, t]
print("your regression is column t:", np.allclose(np.delete(one - column, t), 0))
pd.DataFrame(found, index=["NDCG", "films shown"]).T.round(3)

# %% [markdown]
# Counting who likes what together beats the most rated films by far. Cosines, which take a film's own popularity out, are better still. The inverse adds as much again: it takes out what one film says only because it goes together with another. The condition adds next to nothing here, because a film that was told is never recommended. (With a small λ it does: try 50 in place of 200.)
#
# ## The penalty, honestly
#
# λ = 200 is no law. For each of ten seeds, eight penalties were judged on a fifth of the training part, the *validation* part, and afterwards on the test part.

# %%
tuned = ranking[ranking["protocol"].str.startswith("penalty")]
ax = sns.lineplot(
    tuned, x="penalty", y="NDCG@10", hue="protocol", style="protocol", markers=True
)
ax.figure.set_size_inches(7, 3.2)
ax.set(xscale="log", xlabel="λ", ylabel="NDCG of ten films", ylim=(0, None))
ax.set_title("A flat hill, in the same place on both parts")
plt.show()

# %% [markdown]
# *In words:* two curves over a logarithmic axis of λ, each with a narrow band. Both rise from λ = 10 to a flat top between 100 and 500 and fall again. The validation curve reaches 0.155 at 200, the test curve 0.300 at 200. The lower level of the first says only that fewer films are hidden there, and that fewer are known.
#
# Seven seeds choose 200 and three choose 300. What would you gain by choosing on the test part, which you must not do?
#
# ### Exercise 5: flattery
#
# `validation` and `test` are arrays with a row for each seed and a column for each penalty. The *honest* figure of a seed is the test figure of the penalty that is best on its validation part. The flattered figure is simply the best on its test part. Return **how much the flattered figure is above the honest one, as the mean over the seeds**. For `validation = [[0.1, 0.3, 0.2]]` and `test = [[0.4, 0.5, 0.7]]` it is 0.7 − 0.5 = 0.2.


# %% tags=["exercise"]
def flattery(validation, test):
    """How much better the choice on the test part looks than the honest one."""
    # solution
    honest = test[np.arange(len(test)), validation.argmax(axis=1)]
    return np.mean(test.max(axis=1) - honest)
    # end


# %%
checks.flattery(flattery)

# %% tags=["nbval-check-output"]
flattery = checks.use(flattery)

parts = tuned.pivot(index=["protocol", "seed"], columns="penalty", values="NDCG@10")
validation, on_test = (
    parts.loc[f"penalty, {part}"].to_numpy() for part in ("validation", "test")
)
print(
    f"flattery: {flattery(validation, on_test):.4f} of {on_test.max(axis=1).mean():.3f}"
)

# %% [markdown]
# Nearly nothing, because the hill is flat and the test part large. With forty settings, a small test part and a close race it can be all that a paper reports.
#
# ## All explanations under one test
#
# Lesson 06 took away what an explanation names first. We do it again, with places instead of stars. A hundred people who are new to the models tell ten ratings. An explanation names one of them as the reason for the first film. Take that rating away. **For which share of the people is the film no longer first**, if EASE recommended it, and EASE's parts named the reason?

# %%
first_falls = checks.guess("07 share without the named film", ...)
first_falls

# %%
falls = results("ease").query("k == 1 and judge in ['SVD, folded in', 'EASE']")
REASONS = {"SVD, folded in": "exact influence", "EASE": "EASE's parts"}
asked, ink = ["random", "highest stars", "rule"], plt.rcParams["text.color"]
falls = falls[falls["explainer"].isin([*asked, *REASONS.values()])]

ax = sns.barplot(
    falls,
    x="no longer first",
    y="explainer",
    hue="judge",
    errorbar="sd",
    err_kws={"color": ink},
)
ax.figure.set_size_inches(7, 3.4)
first_falls.draw(ax)
ax.set(xlim=(0, 1), xlabel="share whose first film is no longer first", ylabel="")
ax.set_title("Without the film that an explanation names")
sns.move_legend(ax, "lower right", title="recommended by (upper, lower)")
plt.show()

# %% [markdown]
# *In words:* five pairs of bars. Where EASE recommended, the film that its parts name decides for 91 % of the people. The rule's film decides for 80 %, the strongest influence in the SVD for 47 %, chance for 16 %. Where the SVD recommended, exact influence reaches 40 %, the rule 25 %, EASE's parts 21 %, chance 16 %.
#
# EASE's first place often hangs on *one* film that you liked, and its card names it. The rule, which never saw EASE, comes close: both count who likes what together. It is a poor witness for the SVD, and a good one for EASE.
#
# ## Still among the ten?
#
# Softer than “is the first film still first?”, and closer to what a person sees: is it still among the ten?
#
# ### Exercise 6: the place of a film
#
# `scores` is a dictionary from the id of a film to its score, `seen` a collection of ids that may not be shown, `film` an id in `scores` that is not in `seen`. Return the **place of the film in the ranking**: 1 if no film that may be shown has a higher score, 2 if one has, and so on. For example, with the scores {7: 0.5, 8: 0.9, 9: 0.7} film 7 is at place 2 if 8 was seen.


# %% tags=["exercise"]
def place_of(scores, seen, film):
    """Place of a film in a ranking without the films that the person has rated, from 1."""
    # solution
    return 1 + sum(scores[m] > scores[film] for m in scores if m not in seen)
    # end


# %%
checks.place_of(place_of)

# %% [markdown]
# ★ Your own films again: take each one that you liked away on its own. Where does your first film go?

# %%
from xrec_lessons.bundle import load_bundle
from xrec_lessons.explorer import kept_ratings
from xrec_lessons.rules import liked_films

place_of = checks.use(place_of)
bundle = load_bundle()
mine, trained = kept_ratings(bundle), train_ease(data.ratings)
my_likes = liked_films(mine)
first = rank(trained.ids, trained.scores(my_likes), 1, mine)[0]

# %%
print(f"{bundle.films.name(first)}, first for {mine.whose}")
for gone in my_likes:
    scores = trained.scores([movie for movie in my_likes if movie != gone])
    by_id = dict(zip(trained.ids.tolist(), scores.tolist(), strict=True))
    print(f"{place_of(by_id, mine, first):4}  without {bundle.films.name(gone)}")

# %% [markdown]
# And everybody. The judge is a recommender: the SVD with fold-in, EASE, and an EASE that is *trained anew* with and without these ratings. The last one matters: EASE's parts are exact with the weights held fixed, so EASE itself is their circular judge (lesson 06).

# %%
falls = results("ease").query("k in (1, 2, 3)")
shown = ["EASE's parts", "rule", "exact influence", "highest stars", "random"]
style = {
    "hue": "explainer",
    "style": "explainer",
    "hue_order": shown,
    "style_order": shown,
}
plot = sns.relplot(
    falls[falls["explainer"].isin(shown)], x="k", y="left the top ten", col="judge",
    kind="line", markers=True, height=2.8, aspect=0.8, errorbar="sd", **style,
)  # fmt: skip
plot.set(xticks=[1, 2, 3], xlabel="ratings taken away")
plot.set_titles("{col_name}")
plt.show()

# %% [markdown]
# *In words:* three panels with five lines over one to three ratings taken away. In the SVD's panel all lines stay low: without three ratings the first film has left the top ten for 11 % of the people by exact influence, and for 2 to 4 % by all others. In EASE's panel its parts rise from 58 % to 93 %. The rule begins at 50 % and ends at 58 %, exact influence goes from 26 to 51 %, the highest stars from 15 to 50 %, chance from 6 to 19 %. The third panel looks like the second.
#
# The third panel is the answer to the circle: the weights could have moved, and they hardly did. And the panels say something about the recommenders, too. The SVD's first film is held up by all ratings a little, EASE's by one or two a lot. That makes EASE easy to explain, and easy to upset.
#
# ## Twenty million ratings
#
# EASE needs BᵀB, a table of films by films. It does not grow with the people. But B does, so it must not be held as a dense table: 138,493 people × 4,000 films × 8 bytes are 4.4 GB.
#
# ### Exercise 7: pairs by blocks
#
# `B` is a sparse table (`csr_array`) of people by films, 1 for liked. Return **BᵀB as a dense array**, counted `size` people at a time: `B[a : a + size].toarray()` is a dense block, a small one. Never make more than one block dense.


# %% tags=["exercise"]
def pairs_by_blocks(B, size):
    """How many people like both of two films, counted some people at a time."""
    # solution
    pairs = np.zeros((B.shape[1], B.shape[1]))
    for first in range(0, B.shape[0], size):
        block = B[first : first + size].toarray()
        pairs += block.T @ block
    return pairs
    # end


# %%
checks.pairs_by_blocks(pairs_by_blocks)

# %% tags=["nbval-check-output"]
pairs_by_blocks = checks.use(pairs_by_blocks)

print("the same counts:", np.array_equal(pairs_by_blocks(B, 100), pairs))

# %% [markdown]
# `train_ease` goes by blocks of *films* and keeps everything else sparse. On a **synthetic** table with as many ratings as MovieLens 20M, `python benchmarks/ranking.py` took three minutes on one core of a busy machine, and 1.2 GB at most, for the 4,002 most rated films. The figures are good for time and memory only: synthetic people have no taste worth reporting. On the real MovieLens 20M, with another protocol (held-out people, NDCG of a hundred films), Steck (2019) reports .420 for EASE, where a deep model, Mult-VAE, has .426.
#
# Memory grows with the square of the number of films, time with its cube. That is why only the most rated films get a row and a column, and it is what EASE pays for being so simple.
#
# ## What could mislead you here
#
# - **Seeds are not people.** The ten seeds share the same 671 people. The spread says how much splits and starts matter, and nothing about other people.
# - **Two protocols are not all.** Neither looks at time: both let the model learn from ratings that were given after the hidden ones.
# - **A short history is easy to upset.** With ten ratings some five are liked, and EASE's score has five parts. With a hundred likes no single film would decide so often.
#
# ## Key points
#
# - The level of NDCG depends on the protocol. Here the order of EASE, popularity and SVD hardly does.
# - EASE's inverse does the work: counts 0.21, cosines 0.26, EASE 0.30. Its condition rescales columns.
# - Choose a penalty on a part that the final figure does not see, and say so.
# - A judge of an explanation should be able to disagree with it. The EASE that is trained anew could, and did not.

# %%
checks.progress()

# %% [markdown]
# ## Four questions
#
# Press an answer: it answers back.

# %%
checks.quiz("07 deeper")

# %% [markdown]
# **Next:** [lesson 08, *Run the user study*](08_run_the_study.ipynb).
