# %% [markdown]
# # 06 · Three explanations side by side
#
# **Three explanations of the same recommendation: which of them is true?**
#
# You have mined rules and derived the influence of a rating. Now they explain the same film, and each says “because”. In this lesson you test every *because*: if this is the reason, the film should fall without it.
#
# *About 50 minutes. Needs lessons 04 (rules) and 05 (influence).* Afterwards you will be able to
#
# - **test** whether an explanation follows the model, by deletion, with a yardstick and a second judge,
# - **find** the fewest ratings without which another film would be recommended,
# - **tell** an explanation that persuades from one that is faithful.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import HTML, display

from xrec_lessons import checks
from xrec_lessons.drawings import lesson_06 as drawings
from xrec_lessons.drawings import theme

theme.follow_theme()
SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## ★ One recommendation, three reasons
#
# Here is your own first film, from your ratings of lesson 00 (or the sample person's). Which of the cards do you believe?

# %%
from dataclasses import replace

from xrec_lessons.bundle import explained, load_bundle
from xrec_lessons.explorer import kept_ratings

bundle = replace(load_bundle(), ease=None)  # its card is lesson 07's
films, scale, newcomer = bundle.films, bundle.rating_scale, bundle.sample_person
mine = kept_ratings(bundle)
display(HTML(explained(bundle, mine, bundle.recommend(mine, 1)[0])))

# %% [markdown]
# Now take the sample person and their opposite, who gave few stars wherever the sample person gave many (5½ minus the stars). What do the cards say to both about *the same film*?

# %% tags=["nbval-check-output"]
from textwrap import fill

recommended = bundle.recommend(newcomer, 1)[0]
opposite = {movie: sum(scale) - stars for movie, stars in newcomer.items()}

for ratings in (newcomer, opposite):
    print(f"Predicted: {bundle.scores(ratings)[films.row(recommended)]:.1f} stars")
    for explanation in bundle.explain(ratings, recommended):
        said = f"• {explanation.title}: {explanation.sentence}"
        print(fill(said, 80, subsequent_indent="  "))

# %% [markdown]
# The prediction falls from 4.5 stars to 1.5, and the first sentence is the same, word for word. It is made from the title alone. The rule is gone: the opposite person likes no film from which a rule leads here. The influence names another film, and “raises” has become “lowers”.
#
# ## What each of them claims
#
# A claim is worth something only if it *could* be wrong and somebody could find that out. It has to be **falsifiable**.
#
# - *Similar users* speaks of people whom it does not name, so nobody can check it.
# - The *rule* has counted people, and one can count again. But its “because” is about the model, and the model never saw the rule.
# - *Influence* speaks of the model, and gives a number: without this rating, the prediction moves by so many stars, or it does not.
#
# ## Predict before you run
#
# The rule names *Star Wars*, and the influence names *The Matrix*, with 0.10 stars. We take each of the two ratings away, as if it had never been given, and compute the person again.
#
# 1. By how many stars does the prediction fall without *Star Wars*?
# 2. Without which of the two does another film come first? "Star Wars", "The Matrix", "both" or "neither".

# %%
fall = checks.guess("06 fall without Star Wars", ...)
which = checks.guess("06 without which another film is first", ...)
display(fall, which)

# %% tags=["nbval-check-output"]
from xrec_lessons.faithful import without

before = bundle.scores(newcomer)[films.row(recommended)]
for movie in list(newcomer)[1:3]:  # Star Wars and The Matrix
    left = without(newcomer, [movie])
    lower = before - bundle.scores(left)[films.row(recommended)]
    first = next(m for m in bundle.recommend(left, 2) if m != movie)
    print(f"Without {films.name(movie)}: {lower:.2f} stars lower")
    print(f"  and now first: {films.name(first)}")

# %% [markdown]
# *Star Wars* costs half as much as *The Matrix*. But without either of them, another film comes first! How can the smaller loss do that? And is a loss of 0.05 stars much or little?
#
# (A trap: a film whose rating is taken away is unrated again, but you must still leave it out of the list.)
#
# ## A toy case by hand
#
# Three rated films and two that could be recommended, with one factor q each. μ = 3, λ = 1, and all film biases are 0 except the bias of Y. (All symbols: [the glossary of symbols](symbols.md).)
#
# | film | $q_i$ | $b_i$ | Ann's stars |
# |---|---|---|---|
# | A (id 1) | 0 | 0 | 5 |
# | B (id 2) | 1 | 0 | 5 |
# | C (id 3) | −1 | 0 | 2 |
# | X (id 8) | 1 | 0 | |
# | Y (id 9) | 0 | ½ | |
#
# Fold Ann in. What is left of the stars is y = (2, 2, −1). The factors of the rated films add up to 0, so $p_u$ drops out of the equation for $b_u$, and $b_u$ out of that for $p_u$: (3 + λ) $b_u$ = 2 + 2 − 1 and (2 + λ) $p_u$ = 2 + 1. So $b_u$ = 0.75 and $p_u$ = 1, and the predictions are X = 3 + $b_u$ + $p_u$ = 4.75 and Y = 3½ + $b_u$ = 4.25. So X is recommended. Now take away each rating in turn. (Without B or C the factors no longer add up to 0, and $b_u$ and $p_u$ need both equations at once. They are solved in the table.)
#
# | ratings left | $b_u$ | $p_u$ | X | fall of X | Y | first |
# |---|---|---|---|---|---|---|
# | all | 0.75 | 1 | 4.75 | | 4.25 | X |
# | without A | 0.33 | 1 | 4.33 | 0.42 | 3.83 | X |
# | without B | 0.6 | 0.8 | 4.4 | 0.35 | 4.1 | X |
# | without C | 1.2 | 0.4 | 4.6 | **?** | 4.7 | **?** |
#
# Find the two that are missing. Then press the buttons.

# %%
drawings.pillars()

# %% [markdown]
# A, a film for every taste (q = 0), raised X and Y *by the same amount*: it showed that Ann is generous. C showed what Ann does *not* like. It holds X up the least, and yet it decides the first place. So there are two questions with different answers:
#
# - **Why is the prediction for this film so high?** Mostly A.
# - **Why this film and not the next?** C.
#
# Here is Ann's model in code, to be run and not to be studied (λ = 1 / (lr·T) = 1). `without(ratings, films)` is the smaller dictionary, without these films.

# %% tags=["nbval-check-output"]
from xrec_lessons.fold_in import fold_in
from xrec_lessons.model import ItemFactors

ids, b = np.array([1, 2, 3, 8, 9]), np.array([0, 0, 0, 0, 0.5])
q = np.array([[0.0], [1], [-1], [1], [0]])
toy = ItemFactors(mu=3, b=b, q=q, ids=ids, lr=0.02, n_epochs=50, reg=0)
ann = {1: 5.0, 2: 5.0, 3: 2.0}


def predicted(model, ratings, film):
    """Predicted stars of one film for a person with these ratings, by fold-in."""
    return model.scores(fold_in(model, ratings))[model.rows([film])[0]]


print(f"X without C: {predicted(toy, without(ann, [3]), 8):.2f}")

# %% [markdown]
# ## Take away the reasons
#
# The **deletion test**: take the first one, two, three … of the ratings that an explanation names away, fold the person in again, and see how far the film's score falls.
#
# ### Exercise 1: the fall
#
# Return by how many stars the score of the film `target` **falls when the first `k` films of the list `ranked` are taken out of the person's ratings** and the person is folded in again: the score with all ratings minus the score with what is left. `ratings` is a dictionary from id to stars. What is left of it is there; `predicted`, defined above, gives a score. **Write the last line.** For Ann, `deletion_fall(toy, ann, [3, 1, 2], 8, 1)` is 0.15, the first question mark of the table. (`checks.hint("deletion_fall")` helps.)


# %% tags=["exercise"]
def deletion_fall(model, ratings, ranked, target, k):
    """Fall of the target's score, in stars, without the first k of the ranked ratings."""
    left = {film: stars for film, stars in ratings.items() if film not in ranked[:k]}
    # solution
    return predicted(model, ratings, target) - predicted(model, left, target)
    # end


# %%
checks.deletion_fall(deletion_fall)

# %% tags=["nbval-check-output"]
from itertools import combinations

deletion_fall = checks.use(deletion_fall)
for gone in ([1], [2], [1, 2]):
    fall_of_x = deletion_fall(toy, ann, gone, 8, len(gone))
    print(f"without the films {gone}: X falls by {fall_of_x:.2f} stars")
print([*combinations(ann, 2)])

# %% [markdown]
# Without both A and B the fall is 1.75! **Falls do not add up.** While one of the two is there, it stands in for the other.
#
# Is 0.42 much? Any rating of five stars holds every prediction up a little. The honest yardstick is the same number of ratings, taken at random. With ten ratings we need not draw them: `combinations(ratings, k)` goes through *all* choices of k films.
#
# ### Exercise 2: the yardstick
#
# Return the **mean fall of the score of `target` over all ways to take exactly `k` of the ratings away**. The choices are there; `deletion_fall` takes one of them as its list `ranked`. **Write the last line.** For Ann and k = 1 that is (0.42 + 0.35 + 0.15) / 3 = 0.31.


# %% tags=["exercise"]
def random_fall(model, ratings, target, k):
    """Mean fall of the target's score over all ways to take k of the ratings away."""
    choices = combinations(ratings, k)
    # solution
    return np.mean([deletion_fall(model, ratings, c, target, k) for c in choices])
    # end


# %%
checks.random_fall(random_fall)

# %% [markdown]
# ★ First one person: you, with one of the course's models, and the rating that influences *your* first film most. (`effects_on` gives the influences of lesson 05.)

# %%
from xrec_lessons.faithful import effects_on

random_fall = checks.use(random_fall)
model, target = bundle.models[0], bundle.recommend(mine, 1)[0]
effects = effects_on(model, mine, target)
strongest = sorted(effects, key=effects.get, reverse=True)
of_strongest = deletion_fall(model, mine, strongest, target, 1)
print(f"Without {films.name(strongest[0])},")
print(f"{films.name(target)} falls by {of_strongest:.2f} stars,")
print(f"and without one at random by {random_fall(model, mine, target, 1):.2f}.")

# %% [markdown]
# One person is not enough. The course has measured sixty held-out people for each of five seeds. Without the one rating that exact influence names first, their film falls by 0.14 stars, and without five by 0.45. There are three rivals: the films with the most stars ("stars"), the rule's film and then any ("rule"), and chance ("random"). **How far does it fall without the five ratings of the best rival?** Type the stars, then run the plot's cell without reading it.

# %%
best_rival = checks.guess("06 best rival's fall without five ratings", ...)
best_rival

# %%
from xrec_lessons.experiments import results

names = {"exact influence": "exact", "highest stars": "stars"}
names |= {"rule": "rule", "random": "random"}
lines = results("deletion").query('test == "deletion" and scoring == "fold-in"')
lines = lines.replace({"explainer": names})
lines = lines[lines["explainer"].isin(names.values())]
styles = {"hue": "explainer", "style": "explainer", "markers": True}
styles |= {"errorbar": "sd", "err_style": "bars"}
ax = sns.lineplot(lines, x="k", y="stars", **styles)
ax.set(xlabel="ratings taken away", ylabel="mean fall in stars ± SD over seeds")
ax.set(title="Deletion, judged by fold-in", xticks=range(1, 6))
best_rival.draw(ax, "y")
plt.show()

# %% [markdown]
# *In words:* the four lines part into two groups. Exact influence falls furthest. The most stars follow, from 0.10 without one rating to 0.41 without five. Far below are the rule (0.07 to 0.12) and the random order (0.01 to 0.08).
#
# - **The rule beats chance** at k = 1. But it names only *liked* films, and these raise predictions. Within one person, at the same stars, its film holds the prediction up no more than another one (the deeper notebook counts). The model never saw the rule: its “because” is a **guess from outside**.
# - **“You gave it the most stars” is nearly as good as exact influence.** To beat chance is not enough: beat the simple explainer.
# - **Exact influence had to win.** It *is* the fall without one rating. We come back to this.
#
# ## Why this film, and not the next?
#
# Now the second question. The **gap** is the score of the first film minus that of the second, so the influence on the gap is one influence minus the other. For Ann it is 0.42 − 0.42 = 0 for A, 0.35 − 0.15 = 0.20 for B, and 0.15 + 0.45 = 0.60 for C, without which Y *rises* by 0.45. The gap is 0.50, so without C, Y must come first.
#
# You can also find by trying what decides. The answer is called a **counterfactual explanation**: without these ratings, something else would stand here.
#
# ### Exercise 3: the smallest set
#
# Return the **tuple of the ids of the fewest films** without whose ratings another film comes first. All films of `model` that are not in `ratings` can be recommended; the films of `ratings` never can, even when their rating is taken away. The two loops go through all sets, the small ones first. **Write what to ask of each**: `model.top_n(fold_in(model, left), 1, ratings)[0]` is the first film of a person with the ratings `left`. If no set changes the first film, the answer is the empty tuple. For Ann, `smallest_set(toy, ann)` is `(3,)`.


# %% tags=["exercise"]
def smallest_set(model, ratings):
    """Return the fewest rated films without which another film comes first, or ()."""
    first = model.top_n(fold_in(model, ratings), 1, ratings)[0]
    for size in range(1, len(ratings)):
        for gone in combinations(ratings, size):
            # solution
            left = {film: stars for film, stars in ratings.items() if film not in gone}
            if model.top_n(fold_in(model, left), 1, ratings)[0] != first:
                return gone
            # end
    return ()


# %%
checks.smallest_set(smallest_set)

# %% [markdown]
# Now for many. `group` holds 150 people out, trains on the others, and keeps the 120 whose first film a rule explains. You need not read the cell.

# %%
from xrec_lessons.faithful import first_film, group
from xrec_lessons.movielens import load

smallest_set = checks.use(smallest_set)
everybody = group(load().ratings, seed=SEED)
people, small = everybody.people, everybody.models
sets = {user: smallest_set(small[user], own) for user, own in people.items()}
sizes = pd.Series(map(len, sets.values())).value_counts().sort_index()

found = [user for user, gone in sets.items() if gone]
for user in sorted(found, key=lambda user: len(sets[user]))[:1]:
    left = without(people[user], sets[user])
    print(f"If you had not rated {films.name(sets[user][0])},", end=" ")
    print(f"{films.name(first_film(small[user], left, people[user]))}")
    print(f"would be first, not {films.name(everybody.first_two[user][0])}.")
sizes.rename({0: "no set"}).to_frame("people")

# %% [markdown]
# For 77 of the 120 people a single rating is enough. Each such sentence can be checked and is true of this model. But would you accept that *Dick Tracy* decides between two parts of *The Godfather*?
#
# ## Is this report right?
#
# > “Our explainer names the rating with the largest influence on the gap. Without it, another film comes first for **55 %** of the people. So our explanations name what decides.”
#
# The number is right. What is missing?

# %%
checks.quiz("06 decide")

# %% [markdown]
# ### Decide: how much is left?
#
# Type two shares between 0 and 1. For how many people does another film come first if the rating is drawn **at random**? And for how many without the named rating, if the judge **retrains the whole model** with everybody's ratings instead of folding in?

# %%
at_random = checks.guess("06 another film first, at random", ...)
retrained = checks.guess("06 another film first, by retraining", ...)
display(at_random, retrained)

# %% [markdown]
# Both judges, in two cells that you need not read:

# %%
named, rows = everybody.named(), []
whole = everybody.retrained(people, seed=SEED)
rated = np.array([whole.columns.isin(list(own)) for own in people.values()])
first = whole.mask(rated, -np.inf).idxmax(axis=1)
for name, film_of in named.items():
    left = {user: without(own, [film_of[user]]) for user, own in people.items()}
    again = everybody.retrained(left, seed=SEED).mask(rated, -np.inf).idxmax(axis=1)
    for user, own in people.items():
        now = first_film(small[user], left[user], own)
        rows.append((name, "fold-in", now != everybody.first_two[user][0]))
        rows.append((name, "retraining", again[user] != first[user]))

# %%
judged = pd.DataFrame(rows, columns=["without", "judge", "other first"])
look = {
    "errorbar": ("ci", 95),
    "seed": SEED,
    "err_kws": {"color": plt.rcParams["text.color"]},
}
ax = sns.barplot(judged, x="other first", y="without", hue="judge", **look)
plt.setp(ax.containers[1], hatch="//")
ax.legend(title="judge")
ax.set(xlabel="share of people for whom another film is first, 95 % interval")
ax.set(title="Two judges", ylabel="")
at_random.draw(ax, words="at random, by fold-in")
retrained.draw(ax, words="named, by retraining")
plt.show()

# %% [markdown]
# *In words:* two bars for each explainer. By fold-in another film comes first for 44 % (influence on the film), 55 % (influence on the gap), 23 % (rule), 15 % (one at random). By retraining these are 21, 19, 14 and 9 %, and the whiskers reach five to nine points to each side. (A single rating could do it for 77 people, 64 %, and the gap finds it for 66 of them. For the other eleven a *third* film comes first, and the gap looks only at the second.) By retraining, and compared within each person, the two influences are still some ten points ahead of chance, with a 95 % interval of eight points to each side. The rule is five ahead, also ± 8, which may be mere luck.
#
# Press the button.

# %%
drawings.judges()

# %% [markdown]
# Exact influence *is* the fold-in, computed cleverly. An explainer that marks its own exam passes it: that is **circular**. A part of its lead in the plot of the four lines is circular, too: judged by retraining, it falls by the same 0.14 stars at k = 1, but at k = 5 the most stars have caught up. (See [lesson 06, deeper](06_three_explanations_deeper.ipynb).)
#
# ## Persuasive is not faithful
#
# The article asked 41 people: do you want to watch it (*interest*), and do you trust the recommendation? Here are the published means, with 95 % intervals, of the 32 people to whom a rule applied.

# %%
shown = ["similar users", "rule", "influence"]
study = {"interest": [3.59, 4.13, 3.64], "trust": [3.54, 4.15, 3.55]}
half = {"interest": [0.31, 0.33, 0.30], "trust": [0.30, 0.31, 0.30]}
fig, ax = plt.subplots()
for shift, marker, measure in ((-0.06, "o", "interest"), (0.06, "s", "trust")):
    bars = {"fmt": marker, "capsize": 4, "label": measure}
    ax.errorbar(np.arange(3) + shift, study[measure], half[measure], **bars)
ax.set(xticks=range(3), xticklabels=shown, xlim=(-0.5, 2.5), ylim=(1, 5))
ax.set(ylabel="mean stars, 95 % interval", title="The article's study")
ax.legend()
plt.show()

# %% [markdown]
# *In words:* three pairs of dots with whiskers, on the scale from 1 to 5. Rules have 4.1 stars for interest and for trust; similar users and influence have about 3.6.
#
# So rules won, though the rule's film holds the prediction up half as much as the film that influence names. **Persuasive** is what makes people want or trust a thing. **Faithful** is what says how the recommendation came about. (Nor does the study show that rules persuade *because* they are rules: lesson 08.)
#
# ## Decide: which card do you believe now?
#
# Type `"effect"` (the influence), `"rule"` or `"similar"`, and the number of this lesson that decided it. What you typed in lesson 00 comes first.

# %%
now = checks.guess("06 card that you believe now", ...)
because = checks.guess("06 because of which number", ...)
display(checks.guess("00 card that you believe"), now, because)

# %% [markdown]
# **And which of the three is true?** *Similar users*: said without looking. *The rule*: its counts are true of people, and its “because” is a guess about the model. *Influence*: true of the model for “why so high?”. A retrained model agrees: 0.14 stars by either judge. None of the three cards answers “why this and not another?”. The influence on the gap does, but only for this one trained model: after retraining, 55 % become 19 %.
#
# ## What could mislead you here
#
# - **Faithful to the model is not true of you.** If the model is wrong about you, a faithful explanation honestly reports an error.
# - **One group, one seed.** Change `SEED` and run again before you believe a small difference.
# - **The yardstick decides.** The rule looks good against random ratings, and bad against exact influence. Ask of every result: better than *what*, and who judged?
#
# ## Key points
#
# - An explanation that could not be wrong says nothing. If it could be, test it.
# - Deletion needs a yardstick, a simple rival, and a judge that is not the explainer itself.
# - “Why so high?” and “why this and not the next?” are two questions with different answers.
# - Persuasive is not faithful.

# %%
checks.progress()

# %% [markdown]
# ## Questions
#
# Press an answer: it answers back.

# %%
checks.quiz("06")

# %% [markdown]
# **Next:** [lesson 07, *Is the list any good?*](07_is_the_list_any_good.ipynb). Or stay: [06, deeper](06_three_explanations_deeper.ipynb) asks whether the rule's film matters, and has greedy search, stability, and what the field calls all this.
