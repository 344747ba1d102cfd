# %% [markdown]
# # 04 · Association rules
#
# **Can “people who like this also like that” explain what a model recommends, if the model knows no such rule?**
#
# Shops explain with such sentences, and in the study from which this course starts people wanted and trusted them most. A sentence of this kind comes from an *association rule*, and finding one takes counting, nothing more. In this lesson you count rules, use them to explain what a matrix factorisation recommends, find a fault that may have cost the article most of its explanations, and put the rules to a test.
#
# *About 50 minutes. Needs Python's sets, a merge of two tables, lesson 02 (the model), and of lesson 03 only that `fold_in` makes a person.* Afterwards you will be able to
#
# - **compute** support, confidence and lift of a rule, and say what each is blind to,
# - **find** a fault in a call that looks right, from what comes back,
# - **judge** what it means that a rule “explains” a recommendation.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

from xrec_lessons import checks, movielens
from xrec_lessons.drawings import lesson_04 as drawings
from xrec_lessons.drawings import theme

theme.follow_theme()
SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## People as baskets
#
# Rules were invented for supermarkets: which goods lie in the same basket? Our baskets are people. A person's basket holds the films that they **liked**: those rated four stars or more. As in lesson 03 we hold 100 people out, with ten ratings of each: the *newcomers*. The rules come from all the others, the *members*.

# %% tags=["nbval-check-output"]
from xrec_lessons.mining import transactions

data = movielens.load()
films, sizes = data.films, {"n_users": 100, "given": 10, "fewer": True}
train, given, _ = movielens.split_users(data.ratings, **sizes, seed=SEED)
history = transactions("history", train)
half = np.median([len(basket) for basket in history])

print(f"liked: {data.rating_scale.liked:g} stars or more")
print(f"{len(history)} baskets, half of them with {half:.0f} films or more")


# %% tags=["nbval-check-output"]
def short(movies):
    """Titles without the year and without the name of a series."""
    names = (name.partition(" (")[0] for name in films.names(movies))
    return [name.rpartition(" - ")[2] for name in names]


short(sorted(history[0])[:3])

# %% [markdown]
# ## Predict before you run
#
# Each newcomer tells a model ten ratings, and it recommends ten films. For which share of the ten will there be a rule that leads to the film from something that this newcomer liked? Now mix up the newcomers. For which share is there a rule from what *another* newcomer liked? Type two numbers between 0 and 1.

# %%
own_share = checks.guess("04 share explained", ...)
strangers_share = checks.guess("04 share explained with a stranger's films", ...)
own_share

# %% [markdown]
# ## Six baskets by hand
#
# Six people, five films. A dot says: liked.
#
# | | Alien | Blade Runner | Shrek | Kolya | Ran |
# |---|---|---|---|---|---|
# | Ann | ● | ● | ● | | |
# | Bob | ● | ● | ● | | |
# | Cleo | ● | ● | | | |
# | Dan | ● | | ● | | |
# | Eva | | | ● | | |
# | Finn | | | ● | ● | ● |
# | **share** | 4/6 | 3/6 | 5/6 | 1/6 | 1/6 |
#
# A **rule** $a \to t$ leads from a film *a*, the **antecedent** (there may be several), to a film *t*, the **consequent**. Three numbers describe it ([the glossary of symbols](symbols.md)).
#
# - **Support**: the share of all baskets that hold a set of films. The support of a rule, $\text{supp}(a, t)$, asks for the films of both sides.
# - **Confidence**: of the baskets with the antecedent, the share that also hold the consequent, $\text{supp}(a, t) / \text{supp}(a)$.
# - **Lift**: how many times as frequent the consequent is in these baskets as in all, confidence$\,/\,\text{supp}(t)$. At a lift of 1 the antecedent tells nothing; below 1 it speaks *against* the consequent.
#
# | rule | support | confidence | lift |
# |---|---|---|---|
# | Alien → Blade Runner | 3/6 | 3/4 | (3/4) / (3/6) = 1.5 |
# | Blade Runner → Alien | 3/6 | 3/3 = 1 | 1 / (4/6) = 1.5 |
# | Alien → Shrek | 3/6 | 3/4 | (3/4) / (5/6) = 0.9 |
# | Kolya → Ran | 1/6 | 1/1 = 1 | 1 / (1/6) = 6 |
# | Shrek → Alien | **?** | **?** | **?** |
#
# Fill in the last row before you go on.
#
# <details><summary>Compare</summary>
#
# 3/6, 3/5, and 0.6 / (4/6) = 0.9.
# </details>
#
# The first and the third rule have the same confidence. But *Shrek* is liked by 5/6 of all, so among those who like *Alien* it is *less* frequent. And the lift of 6 rests on Finn alone.
#
# ### Exercise 1: support
#
# `baskets` is a list of sets, `films` is one set of films. Return the share of the baskets that hold **all** these films, a number between 0 and 1. (An empty set lies in every basket.) For example, `support([{1, 2, 3}, {2}], {1, 2})` is 0.5.


# %% tags=["exercise"]
def support(baskets, films):
    """Share of the baskets that hold all the films."""
    # solution
    return np.mean([films <= basket for basket in baskets])
    # end


# %%
checks.support(support)

# %% [markdown]
# ### Exercise 2: confidence
#
# `antecedents` is a set of films and `consequent` is one film, so `{consequent}` makes a set of it. Return the confidence of the rule. You may call `support`. At least one basket holds the antecedents. For example, `confidence([{1, 2}, {1}, {3}], {1}, 2)` is 0.5.

# %%
support = checks.use(support)


# %% tags=["exercise"]
def confidence(baskets, antecedents, consequent):
    """Of the baskets with the antecedents, the share that also hold the consequent."""
    # solution
    return support(baskets, antecedents | {consequent}) / support(baskets, antecedents)
    # end


# %%
checks.confidence(confidence)

# %% [markdown]
# ### Exercise 3: lift
#
# The same arguments. Return the lift of the rule. For example, `lift([{1, 2}, {1}, {3}], {1}, 2)` is 0.5 / (1/3) = 1.5.

# %%
confidence = checks.use(confidence)


# %% tags=["exercise"]
def lift(baskets, antecedents, consequent):
    """How many times as frequent the consequent is, given the antecedents."""
    # solution
    return confidence(baskets, antecedents, consequent) / support(baskets, {consequent})
    # end


# %%
checks.lift(lift)

# %% [markdown]
# The box below holds all 671 people of the data. Move the slider until the lift is 1, then to its last stop. There another film has nearly the confidence of the start. What has become of the lift?

# %%
drawings.circles()

# %% [markdown]
# Now a question of judgement. Every member who has *Short Cuts* in their basket has *Pulp Fiction* too, without exception. Is that a good reason to recommend *Pulp Fiction*? Decide, then count.

# %% tags=["nbval-check-output"]
lift = checks.use(lift)
cuts, pulp = (
    films.find(name, 1, similar=False) for name in ("Short Cuts", "Pulp Fiction")
)
a, t = (*cuts, *pulp) if cuts and pulp else films.most_rated(2)

print(f"confidence {confidence(history, {a}, t):.2f}, lift {lift(history, {a}, t):.2f}")
print(f"people with both: {support(history, {a, t}) * len(history):.0f}")

# %% [markdown]
# All of them: two and a half times the share among all members. But “all of them” are 16. Would you be surprised if the next person with *Short Cuts* did not like *Pulp Fiction*?
#
# ## All rules between two films
#
# Write the baskets as a matrix **B**: a row for each person, a column for each film, 1 if the film is in the basket. Multiply two columns entry by entry: the product is 1 where a person has both films, so its sum counts them. All pairs at once are a matrix product, $B^\top B$. Rare films are left out first, since **a set can be no more frequent than any of its parts** (the deeper notebook goes on from here).


# %%
def basket_matrix(baskets):
    """B of shape (people, films), and the ids of its columns."""
    ids = np.array(sorted(set().union(*baskets)))
    B = np.zeros((len(baskets), len(ids)))
    for row, basket in enumerate(baskets):
        B[row, np.searchsorted(ids, sorted(basket))] = 1
    return B, ids


# %%
def pair_rules(baskets, min_support):
    """All rules between two films with at least this support, as a table."""
    B, ids = basket_matrix(baskets)
    n, often = len(B), B.mean(axis=0) >= min_support
    B, ids = B[:, often], ids[often]
    both = B.T @ B
    count = both.diagonal()
    a, c = np.nonzero((both / n >= min_support) & ~np.eye(len(ids), dtype=bool))
    columns = {"antecedent": ids[a], "consequent": ids[c], "support": both[a, c] / n}
    columns["confidence"] = both[a, c] / count[a]
    columns["lift"] = both[a, c] * n / (count[a] * count[c])
    return pd.DataFrame(columns)


# %% tags=["nbval-check-output"]
TOY = [
    {"Alien", "Blade Runner", "Shrek"},
    {"Alien", "Blade Runner", "Shrek"},
    {"Alien", "Blade Runner"},
    {"Alien", "Shrek"},
    {"Shrek"},
    {"Shrek", "Kolya", "Ran"},
]
pair_rules(TOY, 3 / 6).round(2)

# %% [markdown]
# Compare with the table by hand.
#
# ## A model that knows no rules
#
# Now the recommendations. We train the matrix factorisation of lesson 02 on the members, fold the newcomers in, and recommend to each person the ten films with the highest predictions that they have not rated. As in lesson 00, only films with at least 50 ratings take part. Nothing here counts a basket. A rule that we find now is an explanation **after the fact**.

# %%
from xrec_lessons.fold_in import fold_in
from xrec_lessons.ratings.rating_scale import scale_of
from xrec_lessons.recommender import Recommender

recommender = Recommender(train, seed=SEED)
model, members = recommender.model, recommender.users
given = given[given["movieId"].isin(train["movieId"])]
newcomers = {
    user: fold_in(model, ratings)
    for user, ratings in movielens.ratings_by_user(given).items()
}


# %%
def recommend(ratings, factors):
    """Ten films for each person: a table with the columns userId and consequent."""
    rows = []
    for user, seen in ratings.groupby("userId")["movieId"]:
        rows += [(user, film) for film in recommender.best(factors[user], 10, seen)]
    return pd.DataFrame(rows, columns=["userId", "consequent"])


def liked_by(ratings):
    """What each person liked: a table with the columns userId and antecedent."""
    enough = ratings["rating"] >= scale_of(ratings).liked
    liked = ratings.loc[enough, ["userId", "movieId"]]
    return liked.rename(columns={"movieId": "antecedent"})


# %%
recommended, liked = recommend(given, newcomers), liked_by(given)
n_each = len(liked) / len(newcomers)
print(f"{len(recommended):,} recommendations, {n_each:.1f} liked films each")

# %% [markdown]
# From which baskets should the rules come? From what people liked, as above? Peake & Wang (2018) proposed to mine the *model's own lists*, and the article followed them. The course puts both together.
#
# | baskets | what lies in one | what a rule then says |
# |---|---|---|
# | `history` | what a person liked | People who liked *a* often liked *t*. The model does not occur. |
# | `top` (the article) | the 30 films that the model ranks first for a person | Where the model ranks *a* high, it often ranks *t* high. |
# | `liked+top` (ours) | both together | A mixture: people who like *a*, or are predicted to, often like *t*, or are predicted to. |
#
# None of them says: *t* was recommended **to you**, **because** you liked *a*.

# %%
n_top = min(30, len(recommender.well_known) // 4)  # 30; of a dozen films, three
few = max(0.0075, 3 / len(history))  # .0075; at least three people
baskets, rules = {}, {}
for kind in ("history", "top", "liked+top"):
    baskets[kind] = transactions(
        kind, train, recommend=lambda user: recommender.best(members[user], n_top)
    )
    rules[kind] = pair_rules(baskets[kind], few)


# %%
def keep(rules, support=0.0075, confidence=0.3, lift=1.0):
    """Rules with at least this support and confidence, and with more than this lift."""
    enough = (rules["support"] >= support) & (rules["confidence"] >= confidence)
    return rules[enough & (rules["lift"] > lift)]


mined = keep(rules["liked+top"])
print(f"{len(mined):,} rules with the course's thresholds")

# %% [markdown]
# ## Which rule is best?
#
# By which number would you choose? Cut the cloud with both sliders. Each dot is a rule; upwards it is surer, to the right more people have its consequent anyway. Ask for many people: does a higher confidence then find rules that say more?

# %%
drawings.cloud()

# %% [markdown]
# Sure rules of many people lie at the right, where most baskets hold the consequent anyway. We want both: many people, and more of them than by chance. If *a* and *t* had nothing to do with each other, $\text{supp}(a)\,\text{supp}(t)$ of the people would have both. The excess over that is the **leverage** (Piatetsky-Shapiro 1991): $\text{supp}(a, t) - \text{supp}(a)\,\text{supp}(t) = \text{supp}(a, t)\,(1 - 1/\text{lift})$. (In statistics the name means something else, which lesson 05 calls *self-pull*.)


# %%
def leverage(rules):
    """Share of people who have both films, beyond what chance would give."""
    return rules["support"] * (1 - 1 / rules["lift"])


def first_rules(rules, score, n=3):
    """The n rules with the highest score, with titles; then by support."""
    order = np.lexsort([-rules["support"], -score])
    first = rules.iloc[order[:n]].reset_index(drop=True)
    columns = {name: short(first[name]) for name in ("antecedent", "consequent")}
    columns["baskets"] = (first["support"] * len(history)).round().astype(int)
    return first.assign(**columns)[[*columns, "confidence", "lift"]].round(2)


# %%
scores = {"confidence": mined["confidence"], "lift": mined["lift"]}
scores["leverage"] = leverage(mined)
pd.concat({f"by {by}": first_rules(mined, score) for by, score in scores.items()})

# %% [markdown]
# Confidence leads from anywhere to *The Shawshank Redemption*, which lies in 93 of 100 `liked+top` baskets (confidence divided by lift). Lift finds pairs of rare films that five people have. Leverage finds a film and its sequels: two hundred baskets, twice as many as by chance.
#
# ## Explain your own
#
# The course explains a film by the rule with the highest leverage among those that **apply**: they lead to the film, and you liked the antecedent. These are your ratings from [lesson 00](00_start_here.ipynb), or the sample person's.

# %%
from xrec_lessons.bundle import load_bundle
from xrec_lessons.explorer import kept_ratings

best_rule = checks.reference("best_rule")  # an exercise of the deeper notebook
kept = kept_ratings(load_bundle())
mine = {film: stars for film, stars in kept.items() if model.rows([film])[0] >= 0}
own_liked = {film for film, stars in mine.items() if stars >= data.rating_scale.liked}
all_baskets = baskets["liked+top"]

for film in recommender.best(fold_in(model, mine), 5, mine):
    a = best_rule(mined, own_liked, film)
    said = "no rule"
    if a is not None:
        said = f"{confidence(all_baskets, {a}, film):.0%} of those with {short([a])[0]}"
    print(f"{short([film])[0]}: {said}; {support(all_baskets, {film}):.0%} of all")

# %% [markdown]
# Read the two percentages together. The first alone sounds like a reason. The second says what would be true of anybody. That is why the rule's card in lesson 00 names both.
#
# ## How many can be explained?
#
# Peake & Wang measure an explainer by its **model fidelity**: the share of the recommendations that some rule explains.
#
# ### Exercise 4: fidelity
#
# For each person there is a set in `explainable` (the films to which some rule leads from a film that they liked) and a list in `recommended` (the films recommended to them); the lists need not be equally long. Return the share of a person's recommended films that are explainable, as the mean over the people. For example, `fidelity([{1, 2}, {3}], [[1, 5], [4]])` is 0.25: a half for the first person, nothing for the second.


# %% tags=["exercise"]
def fidelity(explainable, recommended):
    """Share of the recommended films that are explainable; mean over the people."""
    # solution
    shares = []
    for found, films in zip(explainable, recommended, strict=True):
        shares.append(np.mean([film in found for film in films]))
    return np.mean(shares)
    # end


# %%
checks.fidelity(fidelity)

# %% [markdown]
# Two joins of tables look up every rule that applies: recommendations with what the same person liked, and the result with the rules.

# %%
fidelity = checks.use(fidelity)


def applying(recommended, liked, rules):
    """One row for each rule that applies to a recommendation."""
    pairs = recommended.merge(liked, on="userId")
    return pairs.merge(rules, on=["antecedent", "consequent"])


def measure(recommended, applies):
    """Model fidelity: recommendations with at least one row among the rules that apply."""
    films = recommended.groupby("userId")["consequent"].agg(list)
    found = applies.groupby("userId")["consequent"].agg(set)
    return fidelity([found.get(user, set()) for user in films.index], list(films))


# %%
applies = {kind: applying(recommended, liked, rules[kind]) for kind in rules}
for kind in applies:
    print(f"{kind:9} {measure(recommended, keep(applies[kind])):.2f}")

# %% [markdown]
# With rules from `liked+top`, almost nine in ten recommendations to a newcomer can be explained, although a newcomer has only five or six liked films. That is one of your two guesses.
#
# ## Decide: where is the fault?
#
# The article published a model fidelity of **6.5 %**. It states baskets of the kind `top`, a support above .05 and a confidence above .3. Its code asks the library *mlxtend* for rules. Here is such a call, for the six baskets, with a support of 3/6. (An itemset is a set of films that is frequent enough.)

# %%
from mlxtend.frequent_patterns import apriori, association_rules
from mlxtend.preprocessing import TransactionEncoder


def itemsets(baskets, min_support):
    """Frequent films and pairs, by mlxtend."""
    encoder = TransactionEncoder()
    table = pd.DataFrame(encoder.fit_transform(baskets), columns=encoder.columns_)
    return apriori(table, min_support=min_support, use_colnames=True, max_len=2)


frequent = itemsets(TOY, 3 / 6)
found = association_rules(frequent)
found[["antecedents", "consequents", "support", "confidence", "lift"]].round(2)

# %% [markdown]
# You know how many rules there should be. What do you suspect? Type it in a few words, in quotes.

# %%
fault = checks.guess("04 the fault", ...)
fault

# %% [markdown]
# Now repair the call, so that the stated confidence of .3 is what acts. (`help(association_rules)` tells what it takes.)

# %%
mended = association_rules(frequent)
# solution
mended = association_rules(frequent, metric="confidence", min_threshold=0.3)
# end

lowest = mended["confidence"].min()
print(f"{len(mended)} of 4 rules; lowest confidence {lowest:.2f}")
print(
    "repaired" if len(mended) == 4 else "not yet: which rule of the table is missing?"
)

# %% [markdown]
# What did the fault cost? The same two calls on the article's kind of baskets, for our newcomers:

# %%
lists, rows = itemsets(baskets["top"], 0.05), {}
for name, threshold in {"as called": {}, "as stated": {"min_threshold": 0.3}}.items():
    found = association_rules(lists, **threshold)
    for side in ("antecedent", "consequent"):
        found[side] = [min(ids) for ids in found[f"{side}s"]]
    rows[name] = {"rules": len(found), "lowest confidence": found["confidence"].min()}
    pairs = applying(recommended, liked, found[["antecedent", "consequent"]])
    rows[name]["fidelity"] = measure(recommended, pairs)

pd.DataFrame(rows).T.astype({"rules": int}).round(2)

# %%
checks.quiz("04 decide")

# %% [markdown]
# ## Is it a reason?
#
# Back to our own thresholds. Here are the sample person's list and the rules that lead to it. Put a stranger in the person's place. The list stays: it was made for the sample person.

# %%
drawings.threads()

# %% [markdown]
# Three people prove nothing. So give each of our hundred newcomers the liked films of *another* newcomer, five times, each time another one. A reason that is about the person should be gone.

# %%
users = recommended["userId"].unique()
print(f"their own films:    {measure(recommended, keep(applies['liked+top'])):.0%}")

for shift in range(1, 6):
    other = dict(zip(users, np.roll(users, shift), strict=True))
    exchanged = liked.assign(userId=liked["userId"].map(other))
    pairs = applying(recommended, exchanged, mined)
    print(f"a stranger's films: {measure(recommended, pairs):.0%}")

# %% [markdown]
# Would it help to count only rules that say something, those whose lift is above a bound? Ten splits (`python -m xrec_lessons.experiments informative`), with rules of two kinds of baskets. The dashed lines are your guesses.

# %%
from xrec_lessons.experiments import results

shares = results("informative").query("transactions != 'top' and `lift above` > 0")
of = shares["films"].str.contains("random")
shares = shares[~of].rename(columns={"transactions": "baskets", "films": "liked films"})

look = {"hue": "liked films", "style": "baskets", "markers": True, "errorbar": "sd"}
ax = sns.lineplot(shares, x="lift above", y="share", **look)
own_share.draw(ax, "y")
strangers_share.draw(ax, "y", "with a stranger")
sns.move_legend(ax, "upper left", bbox_to_anchor=(1, 1))
ax.set(title="Recommendations with a rule above a bound on the lift", ylim=(0, 1))
ax.set(xlabel="lift above", ylabel="share of the recommendations")
plt.show()

# %% [markdown]
# *In words:* four curves in two pairs. With `liked+top` the share falls from .90 at a lift above 1 to .07 above 2. With `history`, where no model has made films popular, it begins lower, at .70, and falls slowly: half of the recommendations still have a rule with a lift above 2. But in each pair the stranger's curve runs just below, by seven hundredths at most.
#
# So rules *can* be mined that say something about the **film**: take them from what people liked, and ask for a lift. But they say next to nothing about **you**. How often is the strongest rule from your own films stronger than those of all five strangers? By chance it would be once in six, .17.

# %%
ahead = results("informative").query("films == 'own above all strangers'")
ax = sns.stripplot(ahead, x="share", y="transactions", hue="transactions", size=7)
ax.axvline(1 / 6, color="grey", linestyle=":", label="by chance")
ax.set(title="The strongest own rule is stronger than all five strangers'", xlim=(0, 1))
ax.set(xlabel="share of the recommendations, one point a split", ylabel="baskets")
plt.show()

# %% [markdown]
# *In words:* three clusters of ten points, all close to the dotted line at .17: .18 for `liked+top` and for `history`, .21 for `top`. Nothing comes near to 1, where every rule would be about the person.
#
# The .90 itself rests on one more choice: only films with 50 ratings or more are recommended. And what of *random* well-known films, which nobody recommended?

# %% tags=["nbval-check-output"]
every = results("fidelity").query("support == 0.0075 and people == 'held out'")
print(every.groupby("films recommended", sort=False)["fidelity"].mean().round(3))

of_random = results("informative").query("transactions == 'liked+top'")
of_random = of_random[of_random["films"].str.contains("random")]
print(of_random.groupby("lift above")["share"].mean().round(2).head(1))

# %% [markdown]
# If any film may be recommended, it is .725. And a newcomer's rules “explain” nearly four of ten random well-known films.
#
# So the answer to the question of this lesson is yes, in one sense: a rule can nearly always be found, although the model knows none. That it was found says little about the model, and nearly nothing about you. Lesson 06 puts the rules beside explanations that ask the model itself.
#
# ## What could mislead you here
#
# - **Fidelity sounds like faithfulness, and is not.** It counts recommendations for which a rule exists. It does not ask whether the model has anything to do with the rule.
# - **Lower thresholds explain more, whatever the model.** A fidelity without its thresholds, its people and the films that may be recommended says nothing.
# - **If you search 137,124 rules from 571 baskets, you find wonderful ones.** The highest lifts rest on five people, and a part of them is luck.
# - **A stranger is not an opposite.** People like much the same films, so some of the strangers' rules are true of both. The test does not show that rules are wrong. It shows that finding one is no evidence that it is about this person.
#
# ## Key points
#
# - Support: how many people. Confidence: what share of those with the antecedent. Lift: how many times as many as among all.
# - Read the signature of what you call, and look at the range of what comes back: a default is a decision.
# - Model fidelity is the share of recommendations for which a rule can be found. Show it as a curve over the lift, beside a stranger's.
#
# ## Questions
#
# Press an answer: it answers back. Below them stands what you have solved.

# %%
checks.quiz("04")

# %%
checks.progress()

# %% [markdown]
# **Next:** [lesson 05, *The influence of a rating*](05_influence.ipynb): do not look for a pattern around the model, ask the model itself. Or first [this lesson, deeper](04_association_rules_deeper.ipynb): apriori, thresholds, and the films that they leave.
