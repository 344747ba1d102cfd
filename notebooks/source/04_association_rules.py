# %% [markdown]
# # 04 · Association rules
#
# **Can “people who like this also like that” explain what a model recommends, if the model knows no such rule?**
#
# Shops explain with such sentences, and in the study behind this course people wanted and trusted them most. They come from *association rules*, which only take counting. In this lesson you count, explain with rules what a matrix factorisation recommends, put the rules to a test, and find the fault in a call like the article's.
#
# *About 50 minutes. Needs Python's sets, lesson 02 (the model), and of lesson 03 only that `fold_in` makes a person.* Afterwards you will be able to
#
# - **compute** support, confidence and lift of a rule, and say what each is blind to,
# - **find** a fault in a call that looks right, from what comes back,
# - **judge** what it means that a rule “explains” a recommendation.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import display

from xrec_lessons import checks, movielens
from xrec_lessons.drawings import lesson_04 as drawings
from xrec_lessons.drawings import theme

theme.follow_theme()
SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## People as baskets
#
# Rules were invented for supermarkets: which goods lie in the same basket? Our baskets are people. A person's basket holds the films that they **liked**: those rated four stars or more. As in lesson 03 we hold 100 people out, with ten ratings of each: the *newcomers*. The rules come from the others, the *members*.

# %% tags=["nbval-check-output"]
# Plumbing: you need not read this cell.
from xrec_lessons.mining import transactions

data = movielens.load()
films = data.films
sizes = {"n_users": 100, "given": 10, "fewer": True}  # fewer than 100, of small data
train, given, _ = movielens.split_users(data.ratings, **sizes, seed=SEED)
history = transactions("history", train)
half = np.median([len(basket) for basket in history])

print(f"liked: {data.rating_scale.liked:g} stars or more")
print(f"{len(history)} baskets, half of them with {half:.0f} films or more")


def short(movies):
    """Titles without the year and without the name of a series."""
    names = (name.partition(" (")[0] for name in films.names(movies))
    return [name.rpartition(" - ")[2] for name in names]


print("in the first:", "; ".join(short(sorted(history[0])[:3])), "…")

# %% [markdown]
# ## Predict before you run
#
# Each newcomer tells a model ten ratings, and it recommends ten films. For which share of the ten will there be a rule that leads to the film from something that this newcomer liked? And from what *another* newcomer liked? Type two numbers between 0 and 1.

# %%
own_share = checks.guess("04 share explained", ...)
strangers_share = checks.guess("04 share explained with a stranger's films", ...)
display(own_share, strangers_share)

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
# - **Support**: the share of all baskets that hold certain films. That of the rule, $\text{supp}(a, t)$, asks for the films of both sides.
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
# Fill in the last row; below, your own functions will do it, too.
#
# The first and the third rule have the same confidence. But *Shrek* is liked by 5/6 of all, so among those who like *Alien* it is *less* frequent. And the lift of 6 rests on Finn alone.
#
# ### Exercise 1: support
#
# `baskets` is a list of sets, `films` is one set of films. Return the share of the baskets that hold **all** these films. (An empty set lies in every basket.) `films <= basket` asks whether a set lies in another. For example, `support([{1, 2, 3}, {2}], {1, 2})` is 0.5.


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
# `antecedents` is a set of films and `consequent` is one film: `antecedents | {consequent}` is the set of both. Return the confidence of the rule, with the help of `support`. At least one basket holds the antecedents. For example, `confidence([{1, 2}, {1}, {3}], {1}, 2)` is 0.5.

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

# %% tags=["nbval-check-output"]
confidence = checks.use(confidence)
SIX = [
    {"Alien", "Blade Runner", "Shrek"},
    {"Alien", "Blade Runner", "Shrek"},
    {"Alien", "Blade Runner"},
    {"Alien", "Shrek"},
    {"Shrek"},
    {"Shrek", "Kolya", "Ran"},
]
sure = confidence(SIX, {"Shrek"}, "Alien")
print(f"Shrek → Alien: support {support(SIX, {'Shrek', 'Alien'}):.2f},")
print(f"confidence {sure:.2f}, lift {sure / support(SIX, {'Alien'}):.1f}")

# %% [markdown]
# Now all 671 people of the data. Move the slider until the lift is 1, then to its last stop. There another film has nearly the confidence of the start. What has become of the lift?

# %%
drawings.circles()

# %% [markdown]
# ## A model that knows no rules
#
# We train the matrix factorisation of lesson 02 on the members, fold the newcomers in, and recommend to each the ten films with the highest predictions, among films with at least 50 ratings. Nothing here counts a basket. A rule that we find now is an explanation **after the fact**.

# %%
# Plumbing: you need not read this cell.
from xrec_lessons.fold_in import fold_in
from xrec_lessons.recommender import Recommender
from xrec_lessons.rules import liked_films

recommender = Recommender(train, seed=SEED)
model, members = recommender.model, recommender.users
given = given[given["movieId"].isin(train["movieId"])]
told = movielens.ratings_by_user(given)  # person → {film: stars}
least = data.rating_scale.liked
liked = {person: liked_films(told[person], liked=least) for person in told}
recommended = {
    person: recommender.best(fold_in(model, ratings), 10, ratings).tolist()
    for person, ratings in told.items()
}
each = sum(map(len, liked.values())) / len(told)
print(f"{len(told)} newcomers with ten films each, and {each:.1f} liked films each")

# %% [markdown]
# From which baskets should the rules come? From what people liked, as above? The article mined the *model's own lists*, as Peake & Wang (2018) had proposed. The course puts both together.
#
# | baskets | what lies in one | so a rule says |
# |---|---|---|
# | `history` | what a person liked | Who likes *a* often likes *t*. |
# | `top` (the article) | the 30 films that the model ranks first for a person | Where the model ranks *a* high, it often ranks *t* high. |
# | `liked+top` (ours) | both together | A mixture of the two. |
#
# None of them says: *t* was recommended **to you**, **because** you liked *a*.
#
# `mine` counts all pairs of films. It keeps the rules of at least five people that have a confidence of .3 or more, and a lift above 1.

# %%
# Plumbing: you need not read this cell.
from xrec_lessons.mining import mine

n_top = min(30, len(recommender.well_known) // 4)  # 30; of a dozen films, three
few = max(0.0075, 3 / len(history))  # .0075; at least three people


def rules_of(kind, **thresholds):
    """The rules between two films, from baskets of one kind."""
    baskets = transactions(
        kind, train, recommend=lambda user: recommender.best(members[user], n_top)
    )
    return mine(baskets, **{"min_support": few} | thresholds)


rules = {kind: rules_of(kind) for kind in ("history", "top", "liked+top")}
mined = rules["liked+top"]
print(f"{len(mined):,} rules from liked+top")

# %% [markdown]
# ## Which rule is best?
#
# Each dot is one of some 300 rules, of the 130,221 that `liked+top` gives for all 671 people. Upwards it is surer; to the right, more people have its consequent anyway. Cut the cloud with both sliders: ask for many people (a support of .05), then for more and more confidence. Does the lift of what is left rise?

# %%
drawings.cloud(support=0.01, confidence=0.3)

# %% [markdown]
# It falls: sure rules of many people lie at the right, where most baskets hold the consequent anyway. We want both: many people, and more of them than by chance. That is the **leverage** of a rule: the share of people who have both films, minus the share that would by chance, $\text{supp}(a)\,\text{supp}(t)$. For *Alien* → *Blade Runner* above it is 3/6 − 4/6 · 3/6 = 1/6. (The deeper notebook prints the best rules by each number.)
#
# ## Explain your own
#
# The course explains a film by the rule with the highest leverage among those that **apply**: they lead to the film, and you liked the antecedent. These are your ratings from [lesson 00](00_start_here.ipynb), or the sample person's.

# %%
# Plumbing, but for the line with find.
from xrec_lessons.bundle import load_bundle
from xrec_lessons.explorer import kept_ratings

kept = kept_ratings(load_bundle())
rated = {film: stars for film, stars in kept.items() if model.rows([film])[0] >= 0}
own_liked = liked_films(rated, liked=least)

for film in recommender.best(fold_in(model, rated), 5, rated):
    rule, said = mined.find(own_liked, film), "no rule"
    if rule:
        said = f"{rule.confidence:.0%} of those with {short(rule.antecedents)[0]}; "
        said += f"{rule.confidence / rule.lift:.0%} of all"
    print(f"{short([film])[0]}: {said}")

# %% [markdown]
# Read the two percentages together. The first alone sounds like a reason. The second says what would be true of anybody. (It is this high because these baskets also hold what the model ranks first.) That is why the rule's card in lesson 00 names both.
#
# ## How many can be explained?
#
# Peake & Wang measure an explainer by its **model fidelity**: the share of the recommendations that some rule explains.
#
# ### Exercise 3: fidelity
#
# `explainable` has a set for each person: the films to which some rule leads from a film that they liked. `recommended` has a list for each: the films recommended to them. Return the share of a person's recommended films that are explainable, as the mean over the people. Put this in place of the dots, and write the one line that is missing:
#
# ```python
#     shares = []
#     for found, films in zip(explainable, recommended, strict=True):
#         ...  # append the share of these films that were found
#     return np.mean(shares)
# ```
#
# For example, `fidelity([{1, 2}, {3}], [[1, 5], [4]])` is 0.25: a half for the first person, nothing for the second. (Stuck? `checks.hint("fidelity")` in a cell of its own.)


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

# %%
fidelity = checks.use(fidelity)


def measure(rules, people):
    """Fidelity for the newcomers, if these people's liked films stood in place of theirs."""
    explainable = [set(rules.explainable(liked[person])) for person in people]
    return fidelity(explainable, list(recommended.values()))


for kind in rules:
    print(f"{kind:9} {measure(rules[kind], told):.2f}")
own_share

# %% [markdown]
# With rules from `liked+top`, almost nine in ten recommendations can be explained, although a newcomer has only five or six liked films.
#
# ## Is it a reason?
#
# Here are the sample person's list and the rules that lead to it. Put a stranger in the person's place. The list stays: it was made for the sample person.

# %%
drawings.threads()

# %% [markdown]
# Three people prove nothing. So give each of our hundred newcomers the liked films of *another* newcomer, five times. A reason that is about the person should be gone.

# %%
people = list(told)
found = {"their own": measure(mined, people)}
for shift in range(1, 6):
    found[f"a stranger's, {shift}"] = measure(mined, np.roll(people, shift))
ax = sns.stripplot(x=list(found.values()), y=list(found), size=10)
ax.set(title="Recommendations with a rule", xlim=(0, 1))
ax.set(xlabel="share of the recommendations", ylabel="liked films")
own_share.draw(ax)
strangers_share.draw(ax, words="with a stranger")
plt.show()

# %% [markdown]
# *In words:* six points, nearly one below the other. The share is .87 with the newcomers' own liked films, and .82 to .84 with a stranger's.
#
# Would it help to count only rules that say something, those whose lift is above a bound? Here are ten splits, with rules of two kinds of baskets.

# %%
from xrec_lessons.experiments import results

shares = results("informative").query("transactions != 'top' and `lift above` > 0")
of = shares["films"].str.contains("random")
shares = shares[~of].rename(columns={"transactions": "baskets", "films": "liked films"})

look = {"hue": "liked films", "style": "baskets", "markers": True, "errorbar": "sd"}
ax = sns.lineplot(shares, x="lift above", y="share", **look)
sns.move_legend(ax, "upper left", bbox_to_anchor=(1, 1))
ax.set(title="Recommendations with a rule above a bound on the lift", ylim=(0, 1))
ax.set(xlabel="lift above", ylabel="share of the recommendations")
plt.show()

# %% [markdown]
# *In words:* four curves in two pairs. With `liked+top` the share falls from .90 at a lift above 1 to .07 above 2. With `history`, where no model has made films popular, it begins lower, at .70, and falls slowly: half of the recommendations still have a rule with a lift above 2. But in each pair the stranger's curve runs just below, by about seven hundredths at most.
#
# So rules *can* say something about the **film**: take them from what people liked, and ask for a lift. But they say next to nothing about **you**: the strongest rule from a newcomer's own films is stronger than those of all five strangers in .18 of the cases, and by chance it would be one in six, .17. (The deeper notebook draws it.)
#
# So the answer to the question of this lesson is yes, in one sense: a rule can nearly always be found, although the model knows none. That it was found says little about the model, and nearly nothing about you.
#
# ## Decide: where is the fault?
#
# Our rules explain almost nine in ten recommendations. The article published a model fidelity of **6.5 %**. It states baskets of the kind `top`, a support above .05 and a confidence above .3. Its code asks the library *mlxtend* for rules. Here is such a call, for the six baskets, with a support of 3/6.

# %%
# Plumbing, up to the last two lines.
from mlxtend.frequent_patterns import apriori, association_rules
from mlxtend.preprocessing import TransactionEncoder


def itemsets(baskets, min_support):
    """Frequent films and pairs, by mlxtend."""
    encoder = TransactionEncoder()
    table = pd.DataFrame(encoder.fit_transform(baskets), columns=encoder.columns_)
    return apriori(table, min_support=min_support, use_colnames=True, max_len=2)


frequent = itemsets(SIX, 3 / 6)
found = association_rules(frequent)
found[["antecedents", "consequents", "support", "confidence", "lift"]].round(2)

# %% [markdown]
# How many rules in your table by hand have a support of 3/6? What do you suspect? Type it in a few words, in quotes.

# %%
fault = checks.guess("04 the fault", ...)
fault

# %% [markdown]
# Ask the function what it takes:

# %%
from inspect import signature

print(*[*signature(association_rules).parameters.values()][:6], sep="\n")

# %% [markdown]
# Was it that? Repair the call, so that it does what the article states. The support is 1/6 now, so that there are more rules to lose.

# %%
mended = association_rules(itemsets(SIX, 1 / 6))
# solution
mended = association_rules(itemsets(SIX, 1 / 6), metric="confidence", min_threshold=0.3)
# end

lowest = mended["confidence"].min()
print(f"{len(mended)} rules, lowest confidence {lowest:.2f}")
print("repaired" if len(mended) == 10 else "not yet: does the stated confidence act?")

# %% [markdown]
# What can such a fault cost? Both calls, on the article's kind of baskets, for our newcomers:

# %%
for acts in (0.8, 0.3):
    found = rules_of("top", min_support=0.05, min_confidence=acts, min_lift=0)
    print(f"confidence {acts}: {len(found)} rules, fidelity {measure(found, told):.2f}")

# %% [markdown]
# Neither is 6.5 %: our people, model and rules are others, so this shows only what such a fault *can* cost.

# %%
checks.quiz("04 decide")

# %% [markdown]
# ## What could mislead you here
#
# - **Fidelity sounds like faithfulness, and is not.** It does not ask whether the model has anything to do with the rule.
# - **Lower thresholds explain more, whatever the model.** A fidelity says nothing without its thresholds, its people and the films that may be recommended.
# - **If you search 137,124 rules from 571 baskets, you find wonderful ones.** The highest lifts rest on five people, and a part of them is luck.
# - **A stranger is not an opposite.** People like much the same films. The test does not show that rules are wrong, only that finding one is no evidence about this person.
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
