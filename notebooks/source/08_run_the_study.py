# %% [markdown]
# # 08 · Run the user study
#
# **How do you find out whether people want, and trust, what is explained?**
#
# You ask them. That sounds easy, and here most studies fail: films differ along with the explanations, people leave, rules are made up after a look at the data. So you take part in a study, find the fault in the article's design, build a better one by hand, and decide who counts before anybody has come.
#
# *About 50 minutes, eight of them as a participant. Needs lesson 00, lists and dictionaries; no statistics yet.* Afterwards you will be able to
#
# - **find** a confound between what you vary and what you show,
# - **balance** explanations over films and people,
# - **decide** who counts before you look, and say why.

# %%
from itertools import permutations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

from xrec_lessons import checks
from xrec_lessons.drawings import lesson_08 as drawings
from xrec_lessons.drawings import theme

theme.follow_theme()
SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## Take part
#
# In the article's study each participant rated ten films and was shown 15 recommendations in random order, five with each explanation. With each they answered two questions on a scale from 1 to 5: how much would you like to watch it (*interest*), how far do you trust the recommendation (*trust*).
#
# **Take eight minutes now, as a participant.** It is a short form with nine films. Your answers stay in the file `my_study.sqlite` beside this notebook; lesson 09 reads them. To be forgotten, press *Withdraw* on the form's last page, or shut down the kernel and delete the file.

# %% tags=["nbval-ignore-output"]
from xrec_lessons.study.own import own_study

own_study()

# %% [markdown]
# **Guess:** without counting, which explanation did you trust most, `"similar"`, `"rule"` or `"influence"`? Lesson 09 looks it up.

# %%
checks.guess("08 most trusted", ...)

# %% [markdown]
# ## The article's design
#
# The article gave the *rule* the best five films that a rule can explain. The best ten of the other films were split at random between *similar* users and *influence*.
#
# Which film gets which explanation depends on ratings alone, so we need no participants to see what this design does. We take two hundred people of the course's data, and ten ratings of each. *Popularity* is how many people in the data rated a film. The films under *similar users* have 120 ratings on average. **Guess:** how many have the films under the *rule*?

# %%
under_rule = checks.guess("08 popularity under the rule", ...)
under_rule

# %%
# Plumbing, down to the picture: you need not read these cells.
from xrec_lessons.bundle import load_bundle
from xrec_lessons.explorer import kept_ratings
from xrec_lessons.model import rank
from xrec_lessons.movielens import load, ratings_by_user
from xrec_lessons.rules import liked_films

bundle = load_bundle()
films, mine = bundle.films, kept_ratings(bundle)
popularity = dict(zip(films.ids.tolist(), films.n_ratings.tolist(), strict=True))
well_known = films.n_ratings >= 50
EXPLANATIONS = ["similar", "rule", "influence"]  # the article's A, B, C


# %%
def lists_of(ratings):
    """Films that may be recommended, best first, and those of them that a rule explains."""
    scores = bundle.scores(ratings)[well_known]
    ranking = rank(films.ids[well_known], scores, 1000, ratings).tolist()
    by_rule = set(bundle.rules.explainable(liked_films(ratings)).tolist())
    return ranking, [film for film in ranking if film in by_rule]


def original(ranking, explained, rng, each=5):
    """The article's choice, a list of (film, explanation)."""
    by_rule = explained[:each]
    rest = [film for film in ranking if film not in by_rule][: 2 * each]
    split = rng.permutation(["similar"] * each + ["influence"] * each).tolist()
    return [(film, "rule") for film in by_rule] + list(zip(rest, split, strict=True))


# %%
def shown(user, pairs):
    """One row for each film that a person is shown."""
    rows = [(user, how, popularity[film]) for film, how in pairs]
    return pd.DataFrame(rows, columns=["person", "explanation", "popularity"])


# %%
rng = np.random.default_rng(SEED)
rng.permutation(4)  # as in the deeper notebook, so that both draw the same people
everybody = ratings_by_user(load().ratings)
lists = {}
for user in rng.choice(sorted(everybody), 200, replace=False).tolist():
    ten = rng.choice(list(everybody[user]), 10, replace=False).tolist()
    lists[user] = lists_of({film: everybody[user][film] for film in ten})
taking_part = [user for user, (_, explained) in lists.items() if len(explained) >= 15]
article = pd.concat([shown(user, original(*lists[user], rng)) for user in taking_part])


# %%
def one_line_each(table, title):
    """Each person's mean popularity under the three explanations, and the mean of all."""
    wide = table.pivot_table("popularity", index="person", columns="explanation")
    wide = wide[EXPLANATIONS]
    _, ax = plt.subplots()
    grey = {"color": plt.rcParams["text.color"], "alpha": 0.25, "linewidth": 1}
    ax.plot(EXPLANATIONS, wide.T, **grey)
    ax.plot(
        EXPLANATIONS, wide.mean(), "o-", color="C1", linewidth=3, label="mean of all"
    )
    ax.set(title=title, xlabel="explanation", xlim=(-0.2, 2.2), ylim=(50, 275))
    ax.set_ylabel("mean popularity (ratings in the data)")
    ax.legend()
    return ax


# %%
ax = one_line_each(article, "The article's design: which films stand where")
under_rule.draw(ax, "y")
plt.show()

# %% [markdown]
# *In words:* one grey line for each of 191 people, from the mean popularity of their films under *similar users* over the *rule* to *influence*, and in orange the mean of all. Most grey lines look like a roof: up to the rule and down again. So does the orange line, from 120 ratings up to 157 and down to 123. A dashed line is your guess.
#
# This is a **confound**: something else changes together with the explanation, and it may change the answers, too. If people trust the films under the rule more, is it because of the rule, or because they have heard of these films? Nobody can tell from such data, not even with ten thousand participants. (The other nine of the two hundred like few of their ten films, and a rule begins with a film that you like. The article lost nine of its 41 people in the same way: **people who like little are not in such a study**.)
#
# ## The matched design by hand
#
# The remedy is known from farming. You compare three kinds of wheat on a field that gets wetter to the right and sunnier to the top. If you sow one kind in each column, what the water does looks like what the wheat does. **Push the rows** until no column has an orange frame, and watch the mean heights.

# %%
drawings.field()

# %% [markdown]
# With rows pushed by one plot each, every kind stands once in each row and once in each column: a *Latin square*. Ours has films in place of the soil, three of them at a time: along a row, each participant sees every explanation; down a column, each rank gets every explanation. Only films that all three can explain are dealt out. For the next three films, everybody goes on to the next row.
#
# | | rank 1 | 2 | 3 | 4 | 5 | 6 |
# |---|---|---|---|---|---|---|
# | cell 0 | similar | rule | influence | rule | influence | similar |
# | cell 1 | rule | influence | similar | influence | similar | rule |
# | cell 2 | influence | similar | rule | ? | ? | ? |
#
# Fill the gaps by hand: which row comes after the last?
#
# <details><summary>Cell 2, ranks 4 to 6</summary>
#
# The first row again: similar, rule, influence.
# </details>
#
# ### Exercise 1: assign
#
# `orders` is a list of orders, each of three explanations: the rows of the square, or more. `cell` is the participant's cell, from 0, and `n_films` the number of films, divisible by three. Write **what the loop does for the film ranked `k` + 1**: find its order (in the table: its row), and append its explanation. With the square for A, B, C, `assign(orders, 2, 6)` is `["C", "A", "B", "A", "B", "C"]`. (Stuck? `checks.hint("assign")` in a cell of its own; every exercise has hints.)


# %% tags=["exercise"]
def assign(orders, cell, n_films):
    """Explanations of the films ranked 1 to n_films, for a participant in this cell."""
    explanations = []
    for k in range(n_films):
        # solution
        order = orders[(cell + k // 3) % len(orders)]
        explanations.append(order[k % 3])
        # end
    return explanations


# %%
checks.assign(assign)

# %% [markdown]
# The study takes **all six orders** of the three instead of the square's three, so that each explanation is ahead of each other one equally often; so there are six cells. Now we put the same people into the six cells, one after the other.

# %%
assign = checks.use(assign)
ORDERS = list(permutations(EXPLANATIONS))


def matched(explained, cell, n_films=15):
    """The matched choice, a list of (film, explanation)."""
    films = explained[:n_films]
    return list(zip(films, assign(ORDERS, cell, n_films), strict=True))


balanced = pd.concat(
    [
        shown(user, matched(lists[user][1], number % 6))
        for number, user in enumerate(taking_part)
    ]
)

# %%
one_line_each(balanced, "The matched design: which films stand where")
plt.show()

# %% [markdown]
# *In words:* the same axes, and the roof is gone. The grey lines go up and down at random, and the orange line falls a little, from 138 over 132 to 130. What remains is chance: it depends on who landed in which cell. Chance shrinks with more participants, and a confound does not.
#
# What does it cost? Count for yourself, with your ratings of lesson 00:

# %%
ranking, explained = lists_of(mine)
print(
    f"For {mine.whose}: {len(ranking)} films, rules explain {len(explained)} of them."
)

# %% [markdown]
# Over our two hundred people it is about a third on average (yours may differ much), and these are the better known films. So *“among films that rules can explain, …”* is how each sentence of your report begins.
#
# ## Who gets which cell?
#
# Six cells, and people come one after the other. *In turns* (0, 1, … 5, 0) would be perfect if everybody finished. But some leave in the middle, and a gap remains. So the next participant goes to **the cell with the fewest who have finished or are at it**.
#
# ### Exercise 2: the next cell
#
# `taken` is the list of the cells of everybody who counts now, for example `[0, 0, 1, 3, 1]`, and `n_cells` how many cells there are, numbered from 0. Return the **number of the cell with the fewest; if several have the fewest, the lowest of them**. In the example, with 4 cells, it is 2: nobody is in it. For the first participant the list is empty. (`taken.count(3)` is how often 3 is in it. Leave `taken` as it is.)


# %% tags=["exercise"]
def next_cell(taken, n_cells):
    """Cell with the fewest participants who count; ties go to the lowest number."""
    # solution
    return min(range(n_cells), key=taken.count)
    # end


# %%
checks.next_cell(next_cell)

# %% [markdown]
# ## Every step is stored
#
# While you took part, each step that you took was stored at once. **Pull the plug** at different moments. What is left, and what would be if all were sent at the end?

# %%
drawings.plug()

# %% [markdown]
# ## Who counts?
#
# Somebody left at film 9. Somebody ticked at random. So a study has an **attention check**, a question with one right answer. If you decide who counts *after* a look at the data, you can choose the nicer result, and need not even notice. So you *register* the rule before the first participant comes. It stands in the study file beside the questions, and the file has a fingerprint that you publish:

# %%
from xrec_lessons.study.protocol import load_protocol

QUESTIONS = [
    {"name": "interest", "text": "How much would you like to watch this film?"},
    {"name": "trust", "text": "How far do you trust this recommendation?"},
    {"name": "attention", "text": "Please choose 2 here.", "at": 8, "expected": 2},
]
study = load_protocol({"questions": QUESTIONS})
print("fingerprint of the study:", study.digest[:12])

# %% [markdown]
# ### Exercise 3: who does not count, and why?
#
# `answers` is a dictionary from (place, question) to the number chosen, `checks` one from (place, question) to the right answer of each attention check, and `n_answers` how many answers somebody who finished has given. The first case is there. **Write the second**: return `"failed an attention check"` if at least one check was answered otherwise. For example, with `checks = {(2, "attention"): 2}`, `n_answers = 3` and the answers `{(1, "trust"): 4, (2, "trust"): 3, (2, "attention"): 5}` it is `"failed an attention check"`.


# %% tags=["exercise"]
def why_excluded(answers, checks, n_answers):
    """Reason why a participant does not count, or '' if they do."""
    if len(answers) < n_answers:
        return "did not finish"
    # solution
    for key, right in checks.items():
        if answers[key] != right:
            return "failed an attention check"
    # end
    return ""


# %%
checks.why_excluded(why_excluded)

# %% [markdown]
# ### Decide: register a rule
#
# 41 people will come to your study. Who counts? Three rules are on the table:
#
# - `"everybody"`: all who answered at least once under each of the two explanations that we compare, *rule* and *similar*. Nobody's time was wasted.
# - `"finished"`: all who came to the end.
# - `"attentive"`: all who came to the end and passed the check.
#
# **Register one, and think of your reason**, before you run the next cell.

# %%
registered = checks.guess("08 who counts", ...)
registered

# %% [markdown]
# Now they come. They are **simulated**: they take the same steps as you did, what they answer is invented, and the explanation *rule* adds half a point. For each rule you get *rule* minus *similar*, the mean of each person's own difference in interest; and p: if there were no difference at all, how often chance alone would give one at least this large. Many journals call a result *significant* when p is below .05.

# %%
# Plumbing, down to the picture.
from xrec_lessons.study.simulate import simulate

why_excluded = checks.use(why_excluded)
people = simulate(
    study, n=41, seed=6, effect={"rule": 0.5}, dropout=0.15, careless=0.15
)
given, places = pd.DataFrame(people.rows("answers")), pd.DataFrame(people.rows("items"))
interest = given[given["question"] == "interest"]
interest = interest.merge(places, on=["participant", "place"])
wide = interest.pivot_table("value", index="participant", columns="kind")

reasons = {}
for name, own in given.groupby("participant"):
    answers = own.set_index(["place", "question"])["value"].to_dict()
    n_films = (places["participant"] == name).sum()
    reasons[name] = why_excluded(answers, {(8, "attention"): 2}, 2 * n_films + 1)

# %% tags=["nbval-check-output"]
COUNT = {
    "everybody": ["did not finish", "failed an attention check", ""],
    "finished": ["failed an attention check", ""],
    "attentive": [""],
}
p_of = {}
for rule, allowed in COUNT.items():
    who = [name for name in wide.index if reasons[name] in allowed]
    own = (wide.loc[who, "rule"] - wide.loc[who, "similar"]).dropna()
    p_of[rule] = p = stats.ttest_1samp(own, 0).pvalue
    print(
        f"SIMULATED, {rule}: {len(own)} people, {own.mean():+.2f} points, p = {p:.3f}"
    )

# %%
_, ax = plt.subplots(figsize=(6, 2.2))
ax.plot([*p_of.values()], [*p_of], "D", markersize=9)
ax.axvline(0.05, linestyle=":", color="C1", label="p = .05")
ax.set(title="SIMULATED: one study, three rules", xlabel="p", xlim=(0, 0.6))
ax.margins(y=0.25)
ax.invert_yaxis()
ax.legend()
plt.show()

# %% [markdown]
# *In words:* one dot for each rule. Everybody lies at .035, just left of the dotted line at .05. Attentive lies at .075, just right of it, and finished at .22, far to the right.

# %%
REPLIES = {
    "everybody": "The smallest p. Had you chosen it for that, it would mean nothing: the random "
    "tickers and those who left are in it, and you could not defend it.",
    "finished": "The largest p, and it is your result. You can defend it, but it counts those "
    "who ticked at random: next time, register a check.",
    "attentive": "A rule with a reason, and your result is not below .05. It is no proof that "
    "the rule does nothing: half a point is built in. Report it as it is; lesson 09 adds its interval.",
}
print(
    REPLIES.get(
        registered.value, "Nothing registered: whatever you report, who believes it?"
    )
)

# %% [markdown]
# (The course's own study file registers `"attentive"`.) If you look first and choose afterwards, you have *something to report* every time, and readers cannot tell. (We searched for this example: of the seeds 0 to 7 it is the one in which the three rules differ most. But nobody knows beforehand which study will be like it.)
#
# ## What could mislead you here
#
# - **The three cards also look different.** One is a sentence, one has ten dots, one has bars: no lottery removes that.
# - **Balance does not repair dropout.** If people leave *because of* an explanation, the six cells stay even, but those who are left are not like those who came.
# - **A check does not catch everybody.** One random tick in five passes it.
# - **If you know the hypothesis, you answer to please, or to spite.** Your class has read lessons 04 to 07: good pilots, no ordinary participants.
#
# ## Key points
#
# - Ask what else changes together with what you change. In the article's design that was the popularity of the films.
# - Match (only films that all can explain), balance (every rank gets every explanation), and say what you may conclude.
# - Give the next participant the cell with the fewest; store every step at once.
# - Write down who counts before anybody has come.
#
# ## Questions
#
# Press an answer: it answers back.

# %%
checks.quiz("08")

# %%
checks.progress()

# %% [markdown]
# **Next:** [lesson 09, *Read the study*](09_read_the_study.ipynb): what do the answers say, and how sure can you be? Or [deeper](08_run_the_study_deeper.ipynb): the study's machine in code, its files and tables, withdrawing for good, and the six steps to a study with real people.
