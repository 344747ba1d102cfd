# %% [markdown]
# # 08 · Run the user study
#
# **How do you find out whether people want, and trust, what is explained?**
#
# You ask them. That sounds easy, and it is where most is lost: in films that differ along with the explanations, in participants who leave, in answers that vanish with a browser window, in rules that were made up after a look at the data. In this lesson you take part in a study, find what is wrong with the article's design on real data, build a better one by hand, and see the machine that runs it. At the end you can run it with your class tomorrow.
#
# *About 75 minutes, fifteen of them as a participant. Needs [lesson 06, “Three explanations side by side”](06_three_explanations.ipynb).* Afterwards you will be able to
#
# - **find** a confound between what you vary and what you show,
# - **balance** explanations over films and people with a Latin square,
# - **run** a study that loses no answer, and say who counts before you look.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from xrec_lessons import checks

SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## Take part
#
# The article's study went like this. Each participant rated ten films and was shown 15 recommendations, five with each explanation, in random order. With each they answered two questions, on a scale from 1 to 5: how much would you like to watch it (*interest*), how far do you trust the recommendation (*trust*). 41 people took part. The answers of 32 were analysed; the other nine had been shown no rule, because none applied to their films.
#
# Below is the study of this course. **Take ten to fifteen minutes now, as a participant.** It is a trial run: your answers stay in the memory of this notebook, and are gone when you close it. The notebook goes on without you, so you can also come back to this cell later. (No mouse needed: <kbd>Tab</kbd>, arrow keys and <kbd>Space</kbd> do it all.)

# %% tags=["nbval-ignore-output"]
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.widget import StudyWidget

app = StudyApp.open(pilot=True, db="sqlite://", hand_in=True)
StudyWidget(app)

# %% [markdown]
# While it is fresh, note: at which film did you begin to answer faster? Which explanation did you stop reading? Did you ever answer about the *film*, although the question was about the recommendation? Your participants will do the same.
#
# ## Predict before you run
#
# Write your answers down.
#
# 1. Which of the three explanations will people trust most: *similar users*, *rule* or *influence*? (No cell of this lesson answers that. Your own participants will, and lesson 09 reads their answers.)
# 2. In the article's design the rule gets the first five films that a rule explains, and the other two explanations share the rest of the ten best. Will the films under the three explanations be equally popular?
# 3. Thirty people come to your study, and a roll of a die puts each into one of six groups. How many more will be in the largest group than in the smallest?
#
# ## The article's design
#
# Two lists decide what a person can be shown: the *ranking* of all films that may be recommended to them, and those of these films that a rule *explains* to them. Here they are for the sample person of lesson 00.

# %%
from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle
from xrec_lessons.model import rank
from xrec_lessons.rules import liked_films

bundle = load_bundle()
films = bundle.films
popularity = dict(zip(films.ids.tolist(), films.n_ratings.tolist(), strict=True))
well_known = films.n_ratings >= 50


# %%
def lists_of(ratings):
    """Films that may be recommended, best first, and those of them that a rule explains."""
    scores = bundle.scores(ratings)[well_known]
    ranking = rank(films.ids[well_known], scores, 1000, ratings).tolist()
    by_rule = set(bundle.rules.explainable(liked_films(ratings)).tolist())
    return ranking, [film for film in ranking if film in by_rule]


# %% tags=["nbval-check-output"]
ranking, explained = lists_of(SAMPLE_PERSON)
top = pd.DataFrame({"film": films.names(ranking[:8])}, index=range(1, 9))
top["ratings in the data"] = [popularity[film] for film in ranking[:8]]
top["a rule explains it"] = [film in explained for film in ranking[:8]]

print(
    f"{len(ranking)} films may be recommended, rules explain {len(explained)} of them"
)
top

# %% [markdown]
# How many people in the data rated a film is called its *popularity* here. **The article's design in four lines**: the rule gets the first `each` films that a rule explains (for this person, whose best films all have one, simply the best); of the other films the best are split at random between the other two explanations. Below with two films each.


# %%
def original(ranking, explained, rng, each=5):
    """The article's choice, a list of (film, explanation)."""
    by_rule = explained[:each]
    rest = [film for film in ranking if film not in by_rule][: 2 * each]
    split = rng.permutation(["similar"] * each + ["influence"] * each).tolist()
    return [(film, "rule") for film in by_rule] + list(zip(rest, split, strict=True))


# %% tags=["nbval-check-output"]
rng = np.random.default_rng(SEED)

for film, explanation in original(ranking, explained, rng, each=2):
    place = f"rank {ranking.index(film) + 1:2}"
    print(f"{explanation:10} {place}  {popularity[film]:3} ratings")

# %% [markdown]
# ### Exercise 1: popularity per explanation
#
# `items` is a list of pairs, each an explanation and the popularity of a film that was shown with it. Return a **dictionary from explanation to the mean popularity** of its films. An explanation that does not occur is not in the dictionary. For example, `[("similar", 100), ("rule", 300), ("rule", 205)]` gives `{"similar": 100, "rule": 252.5}`. (Stuck? `checks.hint("popularity_by_explanation")` in a cell of its own, as often as you like; every exercise has hints.)


# %% tags=["exercise"]
def popularity_by_explanation(items):
    """Mean popularity of the films under each explanation."""
    # solution
    found = {}
    for explanation, number in items:
        found.setdefault(explanation, []).append(number)
    return {explanation: np.mean(numbers) for explanation, numbers in found.items()}
    # end


# %%
checks.popularity_by_explanation(popularity_by_explanation)

# %% [markdown]
# Now two hundred people. We need no new participants for this question: which film gets which explanation depends on ratings alone. So we take two hundred people of the course's data, and ten of each one's ratings, at random.

# %%
from xrec_lessons.movielens import load, ratings_by_user

popularity_by_explanation = checks.use(popularity_by_explanation)

everybody = ratings_by_user(load().ratings)
people = {}
for user in rng.choice(sorted(everybody), 200, replace=False).tolist():
    ten = rng.choice(list(everybody[user]), 10, replace=False).tolist()
    people[user] = {film: everybody[user][film] for film in ten}
lists = {user: lists_of(ratings) for user, ratings in people.items()}

# %% tags=["nbval-check-output"]
few = [user for user, (_, explained) in lists.items() if len(explained) < 15]
liked = [len(liked_films(people[user])) for user in few]
print(
    f"fewer than 15 films explained: {len(few)} of 200; they like {liked} of their ten"
)

# %% [markdown]
# A rule begins with a film that one likes. Who likes few of their ten has few rules or none, and the article's nine were such people. We go on with the others, as every such study has to. Keep in mind that **who likes little is not in it**.


# %%
def shown(user, pairs):
    """One row for each film that a person is shown."""
    ranking, _ = lists[user]
    rows = [
        (user, explanation, popularity[film], ranking.index(film) + 1)
        for film, explanation in pairs
    ]
    return pd.DataFrame(rows, columns=["person", "explanation", "popularity", "rank"])


EXPLANATIONS = ["similar", "rule", "influence"]  # the article's A, B, C
taking_part = [user for user in people if user not in few]
article = pd.concat([shown(user, original(*lists[user], rng)) for user in taking_part])

# %% tags=["nbval-check-output"]
pairs = list(zip(article["explanation"], article["popularity"], strict=True))
means = article.groupby("explanation")[["popularity", "rank"]].mean().loc[EXPLANATIONS]

by_hand = popularity_by_explanation(pairs)
print({explanation: round(mean) for explanation, mean in by_hand.items()})
means.round(1)


# %%
def one_line_each(table, title):
    """Each person's mean popularity under the three explanations, and the mean of all."""
    wide = table.pivot_table("popularity", index="person", columns="explanation")
    wide = wide[EXPLANATIONS]
    _, ax = plt.subplots()
    ax.plot(EXPLANATIONS, wide.T, color="#767676", alpha=0.2, linewidth=1)
    mean = {"color": "#d55e00", "linewidth": 3, "label": "mean of all"}
    ax.plot(EXPLANATIONS, wide.mean(), "o-", **mean)
    ax.set(title=title, xlabel="explanation", xlim=(-0.2, 2.2), ylim=(50, 275))
    ax.set_ylabel("mean popularity (ratings in the data)")
    ax.legend()


# %%
one_line_each(
    article, title="The article's design: popular films gather under the rule"
)
plt.show()

# %% [markdown]
# *In words:* one grey line for each of the 191 people, from the mean popularity of their films under *similar users* over the *rule* to *influence*, and in orange, with dots, the mean of all. Most grey lines look like a roof: up to the rule and down again. So does the orange line, from 120 ratings up to 157 and down to 123. That was your second prediction.
#
# This is a **confound**: together with the explanation something else changes that may change the answers, too. If people trust what stands under the rule more, is it the rule, or are these films that they have heard of? From such data nobody can tell, not even with ten thousand participants. And popularity is not alone: look at the column *rank*. With our rules, which explain many films, the rule also got the films that the model itself puts first. (The article's rules explained 6.5 % of its recommendations, so there it had to look further down the ranking.)
#
# The author of the article saw it, and says so: the rule explanations stood on the most popular films. The other trace is in the numbers. For similar users and for influence there are about 205 answers each, which is five times 41; for the rule there are 107. That is the count of *answers*, not of popularity: for many people the rules gave out before the fifth film.
#
# ## The matched design by hand
#
# The remedy has two parts.
#
# **Only films that all three can explain.** Similar users and influence explain every film, so these are the films that a rule explains. Then no explanation is tied to its kind of film.
#
# **A lottery that is fair at every rank.** Which of these films gets which explanation must not depend on the film. One could draw at random. But with five films each, chance often gives one explanation the better ranks. Something smoother is known from farming: to compare three kinds of wheat on a field that gets wetter to the right and sunnier to the top, sow them so that **each kind stands once in each row and once in each column**. That is a *Latin square*.
#
# | | rank 1 | rank 2 | rank 3 |
# |---|---|---|---|
# | participant in cell 0 | similar | rule | influence |
# | participant in cell 1 | rule | influence | similar |
# | participant in cell 2 | influence | similar | **?** |
#
# Read it along a row: each participant sees every explanation (so that everybody is compared with themselves). Read it down a column: each rank gets every explanation. In the gap stands *rule*: it is the only one missing in its row, and in its column.
#
# ### Exercise 2: a Latin square
#
# `explanations` is a list of different names. Return a Latin square as a **list of rows, each a list**: the first row is `explanations` as it is, and each further row begins one explanation later, with what is cut off in front put at the end. For example, `latin_square(["A", "B", "C"])` is `[["A", "B", "C"], ["B", "C", "A"], ["C", "A", "B"]]`. Any number of explanations; `explanations` must stay as it is.


# %% tags=["exercise"]
def latin_square(explanations):
    """Rows that each begin one later; every explanation once in each row and column."""
    # solution
    explanations = list(explanations)
    return [explanations[i:] + explanations[:i] for i in range(len(explanations))]
    # end


# %%
checks.latin_square(latin_square)

# %% [markdown]
# A participant sees more than three films, so we go through the ranking **three films at a time, and after each three to the next row**; after the last row comes the first again. Six films, by hand:
#
# | | rank 1 | 2 | 3 | 4 | 5 | 6 |
# |---|---|---|---|---|---|---|
# | cell 0 | similar | rule | influence | rule | influence | similar |
# | cell 1 | rule | influence | similar | influence | similar | rule |
# | cell 2 | influence | similar | rule | ? | ? | ? |
#
# Fill in the last three before you go on.
#
# <details><summary>What stands in the gaps?</summary>
#
# After the last row comes the first: similar, rule, influence.
# </details>
#
# ### Exercise 3: assign
#
# `orders` is a list of orders, each of three explanations: the rows of the square, or more. `cell` is the participant's cell, from 0, and `n_films` the number of films, divisible by three. Return the **list of the explanations of the films ranked 1 to `n_films`**: the first three films get `orders[cell]`, the next three the order after it, and so on; after the last order comes the first again. For example, with the square for A, B, C, `assign(orders, 1, 6)` is `["B", "C", "A", "C", "A", "B"]`.


# %% tags=["exercise"]
def assign(orders, cell, n_films):
    """Explanations of the films ranked 1 to n_films, for a participant in this cell."""
    # solution
    explanations = []
    for k in range(n_films):
        order = orders[(cell + k // 3) % len(orders)]
        explanations.append(order[k % 3])
    return explanations
    # end


# %%
checks.assign(assign)

# %% [markdown]
# Your square, and with it the six films that you went through by hand:

# %% tags=["nbval-check-output"]
latin_square, assign = checks.use(latin_square), checks.use(assign)

square = latin_square(EXPLANATIONS)
by_cell = [assign(square, cell, 6) for cell in range(3)]
pd.DataFrame(by_cell, columns=range(1, 7)).rename_axis(index="cell", columns="rank")

# %% [markdown]
# One detail is left. In our square *rule* comes right after *similar* in two rows of three, and *similar* never right after *rule*. If a film looks worse after a better one, that is not fair yet. So the study takes **all six orders** of the three, and there are six cells. Does every rank get every explanation equally often? Count over the cells:

# %% tags=["nbval-check-output"]
from itertools import permutations

ORDERS = list(permutations(EXPLANATIONS))

rows = [
    (place, explanation)
    for cell in range(6)
    for place, explanation in enumerate(assign(ORDERS, cell, 15), start=1)
]
table = pd.DataFrame(rows, columns=["rank", "explanation"])
pd.crosstab(table["explanation"], table["rank"])

# %% [markdown]
# Twice each, everywhere. (The participant is shown the films in random order, not by rank: nobody should grow tired just when a certain explanation comes.) Now the same people in the matched design, one after the other into the six cells.


# %%
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

# %% tags=["nbval-check-output"]
for name, table in {"article": article, "matched": balanced}.items():
    wide = table.pivot_table(index="person", columns="explanation", values="popularity")
    most = wide.idxmax(axis=1).value_counts(normalize=True)
    print(f"{name}: under the rule are the most popular films for {most['rule']:.0%}")
means = balanced.groupby("explanation")[["popularity", "rank"]].mean()
means.loc[EXPLANATIONS].round(1)

# %%
one_line_each(
    balanced, title="The matched design: no explanation has the popular films"
)
plt.show()

# %% [markdown]
# *In words:* the same axes, and the roof is gone. The grey lines go up and down as it comes, and the orange line falls a little, from 138 over 132 to 130. Under the article's design the rule had the most popular films of the three for 68 % of the people, now it has for 29 %; chance alone would give a third. And the mean rank is 8.8 under all three.
#
# Is what remains chance, or is it the design? The design can be asked: it says what each person would have seen in *each* of the six cells.

# %% tags=["nbval-check-output"]
in_all_cells = pd.concat(
    [
        shown(user, matched(lists[user][1], cell))
        for user in taking_part
        for cell in range(6)
    ]
)
means = in_all_cells.groupby("explanation")[["popularity", "rank"]].mean()
means.loc[EXPLANATIONS].round(1)

# %% [markdown]
# The same to the last digit. Over the six cells every film gets every explanation twice, whatever the film, so the *design* prefers none. The small differences in the plot come from who happened to land in which cell. That is chance: with more participants it gets smaller, and lesson 09 can say how large it may be. A confound stays as large as it is.
#
# ### What “matched” licenses, and what it does not
#
# A matched study compares explanations *of films that a rule can explain*. Which films are these?

# %% tags=["nbval-check-output"]
sizes, with_rule, without = [], [], []
for user in taking_part:
    ranking, explained = lists[user]
    sizes.append(len(explained))
    with_rule += [popularity[film] for film in explained]
    without += [popularity[film] for film in set(ranking) - set(explained)]

print(f"a rule explains {np.mean(sizes):.0f} of about {len(ranking)} films (mean)")
print(
    f"mean popularity {np.mean(with_rule):.0f} with a rule, {np.mean(without):.0f} without"
)

# %% [markdown]
# A third of the films, and the better known ones. So a result of the matched design is about better known films, and about people who like enough of what they rate. *“Among films that rules can explain, …”* is how each sentence of your report begins. Whether the same holds for a little-known film, this design cannot say, and neither could the article's.
#
# The course's version of `original`, `assign` and `matched` is `select_items` in `study.designs`, which also has the films explained. A test makes sure that both give the same films.
#
# ## Who gets which cell?
#
# Six cells, and people come one after the other. The simplest way is a die. It has no favourites in the long run, but your study is not the long run. The next idea, *in turns*, 0, 1, 2, … 5, 0, would be perfect if everybody finished. But some leave in the middle, and where they were a gap remains.
#
# So the study looks at who is there: the next participant goes to **the cell with the fewest who have finished or are at it**. Who began and has been away for an hour is *released*, which means no longer counted. If they come back later, they go on and count again; nothing is taken from them.
#
# ### Exercise 4: the next cell
#
# `taken` is the list of the cells of everybody who counts now, for example `[0, 0, 1, 3, 1]`, and `n_cells` how many cells there are, numbered from 0. Return the **number of the cell with the fewest; if several have the fewest, the lowest of them**. In the example, with 4 cells, it is 2: nobody is in it. For the first participant the list is empty. `taken` must stay as it is.


# %% tags=["exercise"]
def next_cell(taken, n_cells):
    """Cell with the fewest participants who count; ties go to the lowest number."""
    # solution
    return min(range(n_cells), key=taken.count)
    # end


# %%
checks.next_cell(next_cell)

# %% [markdown]
# How much does it help? We let thirty simulated people come, a thousand times over. Four are at it at the same time, and each leaves with probability ¼ before the end.

# %%
next_cell = checks.use(next_cell)
WAYS = {
    "a die": lambda counted, number, rng: int(rng.integers(6)),
    "in turns": lambda counted, number, rng: number % 6,
    "the fewest": lambda counted, number, rng: next_cell(counted, 6),
}


# %%
def recruit(choose, rng, n=30, at_once=4, leave=0.25):
    """Thirty people come, some leave; how many finish in each cell."""
    finished, active = [], []
    for number in range(n + at_once):
        if number >= at_once:  # the first of the four ends, or has left: released
            cell = active.pop(0)
            finished += [cell] if rng.random() >= leave else []
        if number < n:
            active.append(choose(finished + active, number, rng))
    return [finished.count(cell) for cell in range(6)]


# %% tags=["nbval-check-output"]
apart = pd.DataFrame(
    {
        way: [np.ptp(recruit(choose, np.random.default_rng(s))) for s in range(1000)]
        for way, choose in WAYS.items()
    }
)
apart.agg(["mean", "max"])

# %%
share = apart.apply(lambda column: column.value_counts(normalize=True)).fillna(0)
ax = share.plot.bar(color=["#767676", "#e69f00", "#0072b2"], edgecolor="black", rot=0)
for bars, hatch in zip(ax.containers, ["", "//", ".."], strict=True):
    plt.setp(bars, hatch=hatch)
ax.set_title("Who finished: only “the fewest” keeps six cells even")
ax.set_xlabel("largest cell minus smallest, in participants")
ax.set_ylabel("share of 1000 simulated studies")
plt.show()

# %% [markdown]
# *In words:* three bars for each difference between the largest and the smallest cell. With a die (grey) the bars form a hill around 5, and reach to 11. In turns (orange, hatched) most studies are 2 or 3 apart. With the fewest (blue, dotted) more than four in five studies are 0 or 1 apart, and hardly any more than 2. How far apart had you guessed for the die? (If nobody left, the other two ways would put five into each cell. The die would not.)
#
# Two notes. *The fewest* without releasing anybody would be *in turns*: everybody who ever came would count, and the gaps would stay. And the cell is given when the ratings are done and the films are chosen, not at the door, so whoever leaves while rating leaves no gap at all.
#
# ## One participant is a state machine
#
# What did the study do while you took part? It was always in one of a few *states*, and in each state only some *steps* are possible:
#
# | state | possible steps | leads to |
# |---|---|---|
# | (consent) | agree | rate |
# | rate | give a film stars, take them back; with ten: go on | show, film 1; or *too few*, if no rules apply |
# | show, film *k* | answer, answer anew; reveal the explanation; with all answers: next; back | show, film *k* + 1; after the last: done |
# | done (the *debrief*) | read what it was about, download | |
# | any | withdraw | nothing left but the fact |
#
# What you saw was only a picture of the state. The state itself is in a database, and every step is stored before the next screen is drawn. We walk through it without any screen, with a scripted participant who gives the ratings of the sample person. (`kind="simulated"` labels all that follows as not a person's.)

# %%
import tempfile
from pathlib import Path

from xrec_lessons.study.database import Store
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.session import Refused, Session

folder = Path(tempfile.mkdtemp())
protocol = load_protocol()
store = Store(folder / "study.sqlite")
session = Session.begin(store, bundle, protocol, kind="simulated")


# %%
def attempt(step, *arguments):
    """Take a step; say where it leads, or what the participant is told."""
    try:
        step(*arguments)
        print(f"now in state {session.state.state!r}, film {session.state.place}")
    except Refused as refused:
        print("refused:", protocol.text(refused.name, **refused.values))


# %% tags=["nbval-check-output"]
attempt(session.finish_rating)
for movie, stars in SAMPLE_PERSON.items():
    session.rate(movie, stars)
attempt(session.finish_rating)
attempt(session.next, 1)
attempt(session.answer, 1, "trust", 7)
attempt(session.answer, 1, "trust", 4)

# %% [markdown]
# The machine does not trust what it is told: no film without ten ratings, no way on without the answers, no 7 on a scale of 5. Now **pull the plug**, with the first film half answered. All that Python knew of the participant is thrown away, the database is closed. A new process would know nothing but the file and the code that the participant noted down.

# %% tags=["nbval-check-output"]
code = session.code
store.close()
del session, store

store = Store(folder / "study.sqlite")
session = Session(store, bundle, code)
state = session.state

print(f"state {state.state!r}, film {state.place}, {len(state.ratings)} ratings kept")
print("answers kept:", state.answers)

# %% [markdown]
# Nothing is lost, because nothing was only in memory. A study that sends all answers at the end loses everybody who does not get there; and you would never learn *where* they left, which is data too.
#
# And nothing comes twice. Somebody changes their mind, or presses twice, or has two windows open:

# %% tags=["nbval-check-output"]
attempt(session.answer, 1, "trust", 5)
attempt(session.answer, 1, "interest", 4)
attempt(session.next, 1)
attempt(session.next, 1)

pd.DataFrame(store.rows("answers"))[["place", "question", "value"]]

# %% [markdown]
# The changed answer replaced the first, and the second press of *next* was told that we are at film 2 by now. The last line of defence is in the table itself: participant, place and question together are its **primary key**, so a second answer to the same question cannot even be written by a program with an error in it.

# %% tags=["nbval-check-output"]
from xrec_lessons.study.database import StoreError, answers

row = store.rows("answers")[0]
try:
    with store.write() as connection:
        connection.execute(answers.insert().values(row))
except StoreError as error:
    print(error)

# %% [markdown]
# ## Questions are lines in a file
#
# A study is one small text file, in a format called TOML. What your file does not say is taken from the course's own study, `xrec_lessons/study/study.toml`. Here is one of our own, with a question before the explanation and an attention check.

# %%
study_file = folder / "my_study.toml"
_ = study_file.write_text("""
title = "Explanations of films, our class"
questions = [
  {name = "interest_before", text = "How much would you like to watch it?", when = "before"},
  {name = "interest", text = "And now that you know why it is recommended?"},
  {name = "trust", text = "How far do you trust this recommendation?"},
  {name = "attention", text = "Please choose 2 here.", at = 8, expected = 2},
]
""")

# %% tags=["nbval-check-output"]
mine = load_protocol(study_file)
for place in (1, 8):
    for when in ("before", "after"):
        asked = [question.name for question in mine.asked(place, when)]
        print(f"film {place}, {when} the explanation: {', '.join(asked)}")

# %% [markdown]
# - **Interest before the explanation** says what the *film* does. The difference of the two answers is what the explanation adds. The article asked only afterwards, and what it measured was both in one. (The price: who has said 4 before tends to say 4 again.)
# - **An attention check** has one right answer. Who fails it did not read, there or probably elsewhere.
# - **One question or several?** Interest and trust are a single question each. In the article's data they correlate with .70 to .82 within an explanation (recomputed from its participants' means): whoever wants a film trusts its recommendation. Two questions, and barely two things measured. Several questions about one thing, averaged, are less noisy; each costs every participant 15 answers.
#
# Change something in the file above, the text or the number of a film, and run both cells again. If it makes no sense, a sentence says so. Three examples:

# %% tags=["nbval-check-output"]
for change in (
    {"design": {"recommendations": 14}},
    {"questions": [{"name": "trust", "text": "Do you trust it?", "points": 5}]},
    {"consent": {"age": 18}},
):
    try:
        load_protocol(change)
    except ValueError as error:
        print("·", error)

# %% [markdown]
# The second is worth a look: the *analysis plan* is part of the file, and it names *interest*, which nobody would be asked any more. The study refuses to begin before plan and questions fit.
#
# ## Who counts?
#
# Somebody left at film 9. Somebody failed the attention check. Do they count? There are good reasons for every answer, and that is the danger: whoever decides *after* a look at the data can choose the answer that gives the nicer result, and need not even notice. So the rule is written down, *registered*, before the first participant comes. Ours is in the file:

# %%
print("excluded:", mine.analysis["exclude"])
print("fingerprint of the study:", mine.digest[:12])
other = load_protocol({"analysis": {"alpha": 0.1}})
print("with another alpha:      ", other.digest[:12])

# %% [markdown]
# The fingerprint is computed from all of the study, the texts included. Write it down where others can see it, or send it to a colleague: then everybody can check later that the plan is the old one. It also means: change nothing, not a comma, after the first participant. (If you must, the export says that there are two studies, and in what they differ.)
#
# ### Exercise 5: who does not count, and why?
#
# Apply this rule to one participant. `answers` is a dictionary from (place, question) to the number chosen, `checks` one from (place, question) to the right answer of each attention check, and `n_answers` how many answers somebody who finished has given, the checks among them. Return
#
# - `"did not finish"` if there are fewer than `n_answers` answers,
# - else `"failed an attention check"` if at least one check was answered otherwise,
# - else the empty text `""`: this participant counts.
#
# For example, with `checks = {(2, "attention"): 2}`, `n_answers = 3` and the answers `{(1, "trust"): 4, (2, "trust"): 3, (2, "attention"): 5}` it is `"failed an attention check"`.


# %% tags=["exercise"]
def why_excluded(answers, checks, n_answers):
    """Reason why a participant does not count, or '' if they do."""
    # solution
    if len(answers) < n_answers:
        return "did not finish"
    for key, right in checks.items():
        if answers[key] != right:
            return "failed an attention check"
    return ""
    # end


# %%
checks.why_excluded(why_excluded)

# %% [markdown]
# ### A rehearsal: twelve simulated participants
#
# Before real people come, let the whole thing run once, to the last table. The course can simulate participants. They take the same steps as you did, in the same session; each of them leaves early with probability ¼, and ticks at random with probability ⅕. **What they answer is invented, and so every one is labelled as simulated,** in the database, in the tables and on the screen. They test your study. They say nothing about people.

# %% tags=["nbval-check-output"]
from xrec_lessons.study.export import export
from xrec_lessons.study.simulate import simulate

why_excluded = checks.use(why_excluded)
simulated = simulate(mine, n=12, seed=SEED, dropout=0.25, careless=0.2)
report = export([simulated], folder / "data")
print(report)

# %% [markdown]
# Read it as a reader of your study will: twelve came, six finished, and five count. Of the six who left, four had got to film 8 or further; had their answers been sent at the end, we would not even know that. `export` writes a folder with this report and one table for each thing: participants, ratings, items, answers, screens, and a *dictionary* that says what every column means. Simulated people get a folder of their own, so that they cannot slip in among the real ones.

# %% tags=["nbval-check-output"]
simulated_data = folder / "data" / "simulated"
tables = {path.stem: pd.read_csv(path) for path in simulated_data.glob("*.csv")}
wanted = [
    "participant",
    "kind",
    "cell",
    "state",
    "n_answers",
    "checks_failed",
    "minutes",
]
tables["participants"][wanted]

# %% [markdown]
# *S012* left while rating, and so has no cell. *S002* finished in 4.5 minutes, where the others took 11 to 14, and failed the check: we made the random tickers fast, too. (Real ones often are. But a rule about minutes would have to be registered first.) What a column means, the dictionary says:

# %%
pd.set_option("display.max_colwidth", None)
meanings = tables["dictionary"].query(
    "file == 'participants.csv' and column in @wanted"
)
meanings.set_index("column")[["meaning", "unit"]]

# %% [markdown]
# The table *answers* has one row for each answer. It is what lesson 09 begins with.

# %%
given = tables["answers"]
given[
    ["participant", "place", "title", "explanation", "question", "when", "value"]
].head(4)

# %% [markdown]
# Does the rule of exercise 5 come to the same verdict as the export? Three questions with each film, and the check.


# %%
def answers_of(name):
    """What one participant answered, by place and question."""
    own = given[given["participant"] == name]
    return own.set_index(["place", "question"])["value"].to_dict()


# %% tags=["nbval-check-output"]
who = tables["participants"].fillna({"excluded_because": ""})
verdicts = [
    why_excluded(answers_of(name), {(8, "attention"): 2}, 3 * n_items + 1)
    for name, n_items in zip(who["participant"], who["n_items"], strict=True)
]
print("included by the rule:", verdicts.count(""), "of", len(who))
print("same as the export:  ", [v == "" for v in verdicts] == who["included"].tolist())

# %% [markdown]
# ## Run it for real
#
# **Before the first participant**
#
# 1. Copy `xrec_lessons/study/study.toml` to `my_study.toml`; keep what you change, delete the rest.
# 2. Fill in `[consent]`: who runs it, an address for questions, what is kept, where and how long, the minimum age, until when one may withdraw. As long as one is empty, the study takes no real participants.
# 3. Ask whether you need the **approval of an ethics committee**. At most universities a study with people does, a class exercise sometimes does not; find out, and do not guess.
# 4. Pilot it with two friends, one of them on a phone: `python3 start.py study my_study.toml --pilot`. Where they hesitate, change the text.
# 5. Decide how many participants you need. That takes a calculation, which is in lesson 09.
# 6. **Register** the plan: the questions, the test, who is excluded, how many, and the fingerprint.
#
# **While it runs**
#
# - `python3 start.py study my_study.toml` (or `xrec study my_study.toml` where the course is installed) serves the page, and shows its address and how many are where. It needs no internet.
# - Without a common server, on laptops or Binder, everybody opens it in a notebook, with `study_widget("my_study.toml")` from `xrec_lessons.study.widget`, and hands in one file at the end.
# - Do not look at answers while people are still coming. Who stops as soon as it looks good finds something every time.
#
# **Afterwards**
#
# - `xrec export xrec_study.sqlite handed_in/ --out data` merges databases and files, and reports copies, dropouts, failed checks and withdrawals. Publish that report with the result.
#
# **What is kept, and what is not.** Ratings, films, answers, and when each screen was shown, under a random code. No name, no address of a computer, no device. Here is all that the database knows of you besides your ratings and answers, if you took part above:

# %%
about_you = app.store.rows("participants")

pd.DataFrame(about_you).T if about_you else "Nobody has taken part above."

# %% [markdown]
# The code is a key, not a name: whoever has it can go on, and can withdraw. To withdraw is not to be marked as deleted. It is this:

# %% tags=["nbval-check-output"]
session.withdraw()

print({name: len(store.rows(name)) for name in ("participants", "ratings", "answers")})
print(store.counts())

# %% [markdown]
# ## What could mislead you here
#
# - **A fair lottery is fair on average.** In the matched design each *rank* has every explanation equally often; each *film* has not. With few participants a much loved film may stand under one explanation by chance. That is noise and no confound: it shrinks with more people, and the analysis takes it into account.
# - **Balance does not repair dropout.** If people leave *because of* an explanation, the six cells are even, and those who are left are still not those who came. Look at where they left.
# - **Leaving out the careless is a choice, too.** A check with five points is passed by one random tick in five. (The simulated careless ones fail every check, because we wrote them so.) And who fails a check late may have read everything before it.
# - **People of the data are not your participants.** They rated what they had seen, in 1996 or 2016; yours choose from a shelf of films that most people know. Run the design on your pilot before you believe our figures.
# - **Whoever knows the hypothesis answers to please, or to spite.** So the consent says what one does, and what it was about is told at the end. Your class has read lessons 04 to 06: good pilots, but no ordinary participants any more.
#
# ## Key points
#
# - Ask what else changes together with what you change. In the article's design that was the popularity of the films, and their rank.
# - Match (only films that all can explain), balance (every rank gets every explanation), and say what it licenses: effects among films that rules can explain.
# - Give the next participant the cell with the fewest who finished or are at it; release those who left.
# - Keep the state in the database and not on the screen: stored at once, never twice, to be resumed with a code.
# - Write down who counts before anybody has come.
#
# ## Two questions
#
# Press an answer: it answers back.

# %%
checks.quiz("08")

# %% [markdown]
# **Next:** [lesson 09, *Read the study*](09_read_the_study.ipynb): what do the answers say, and how sure can you be?
