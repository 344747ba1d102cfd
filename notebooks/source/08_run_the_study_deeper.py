# %% [markdown]
# # 08 · Run the user study, deeper
#
# **What does the machine behind a study do, step by step, and what does it keep of you?**
#
# The core lesson drew it; here you run it. You measure the article's confound in code and build the square, let a participant without a screen go through the states, pull the plug, write a study as a file, and read what a rehearsal leaves behind. At the end stand the steps to a study with real people.
#
# *About 45 minutes. Needs [lesson 08](08_run_the_study.ipynb) and pandas tables.* Afterwards you will be able to
#
# - **measure** what else differs between the explanations of a design,
# - **write** a study as a file, with questions, checks and a plan,
# - **read** the tables that a study exports, and delete somebody for good.

# %%
import tempfile
from itertools import permutations
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from xrec_lessons import checks
from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle
from xrec_lessons.drawings import theme
from xrec_lessons.explorer import kept_ratings
from xrec_lessons.model import rank
from xrec_lessons.movielens import load, ratings_by_user
from xrec_lessons.rules import liked_films

theme.follow_theme()
SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## How large is the confound?
#
# The article's design and the two lists behind it, which the core lesson ran for you: the ranking of all films that may be recommended to somebody, and those of them that a rule explains.

# %%
bundle = load_bundle()
films = bundle.films
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


# %% tags=["nbval-check-output"]
rng = np.random.default_rng(SEED)
ranking, explained = lists_of(SAMPLE_PERSON)
top = pd.DataFrame({"film": films.names(ranking[:6])}, index=range(1, 7))
top["popularity"] = [popularity[film] for film in ranking[:6]]
top["a rule explains it"] = [film in explained for film in ranking[:6]]
chosen = dict(original(ranking, explained, rng, each=2))
top["explanation"] = [chosen.get(film, "") for film in ranking[:6]]
top.rename_axis("rank")

# %% [markdown]
# For this person all of the best films have a rule. So the rule simply gets the best, and the others the next. (The code is from the core lesson's plumbing; each explanation gets two films here, five in the study.)
#
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
# Now the two hundred people of the core lesson, each with ten of their ratings. This time we also keep the rank of each film.

# %% tags=["nbval-check-output"]
popularity_by_explanation = checks.use(popularity_by_explanation)

everybody = ratings_by_user(load().ratings)
lists, liked = {}, {}
for user in rng.choice(sorted(everybody), 200, replace=False).tolist():
    ten = rng.choice(list(everybody[user]), 10, replace=False).tolist()
    ratings = {film: everybody[user][film] for film in ten}
    lists[user], liked[user] = lists_of(ratings), len(liked_films(ratings))
few = [user for user, (_, explained) in lists.items() if len(explained) < 15]
taking_part = [user for user in lists if user not in few]
print(f"fewer than 15 films explained: {len(few)} of 200;", end=" ")
print(f"they like {[liked[user] for user in few]} of their ten")


# %%
def with_ranks(user, pairs):
    """One row for each film that a person is shown: popularity and rank."""
    ranking = lists[user][0]
    rows = [
        (user, how, popularity[film], ranking.index(film) + 1) for film, how in pairs
    ]
    return pd.DataFrame(rows, columns=["person", "explanation", "popularity", "rank"])


article = pd.concat(
    [with_ranks(user, original(*lists[user], rng)) for user in taking_part]
)

# %% tags=["nbval-check-output"]
pairs = list(zip(article["explanation"], article["popularity"], strict=True))
print({name: round(mean) for name, mean in popularity_by_explanation(pairs).items()})
article.groupby("explanation")[["popularity", "rank"]].mean().loc[EXPLANATIONS].round(1)

# %% [markdown]
# Popularity is not alone: look at the column *rank*. With our rules, which explain many films, the rule also gets the films that the model itself puts first. (The article's rules explained 6.5 % of its recommendations, so there it had to look further down the ranking.)
#
# The other trace is in the article's numbers. For similar users and for influence there are about 205 answers each, which is five times 41; for the rule there are 107. These are counts of *answers*, not popularity: for many people the rules gave out before the fifth film.
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
# The square turns the explanations by one from row to row. **Guess:** over its three rows, in how many does *similar* stand one rank above *rule*, and in how many *rule* one rank above *similar*? Type both numbers, such as `[1, 1]`.

# %%
neighbours = checks.guess("08 neighbours in the square", ...)
neighbours

# %%
latin_square, assign = checks.use(latin_square), checks.use("assign")
ORDERS = list(permutations(EXPLANATIONS))

square = latin_square(EXPLANATIONS)
for name, orders in {"square": square, "all six orders": ORDERS}.items():
    above = [order.index("rule") - order.index("similar") for order in orders]
    print(f"{name}: similar above rule by {above}, mean {np.mean(above):.0f}")

# %% [markdown]
# In the square *similar* is one rank above *rule* in two rows, and in the third two ranks below it: on average even, but twice as often ahead. With **all six orders** each is ahead of each other one equally often, by the same steps. That is why the study has six cells. (It is not about which explanation somebody sees after which: the films come in random order, so that is left to chance, for each participant anew.)
#
# Is what remains in the core lesson's second plot chance, or is it the design? The design can be asked: it says what each person would have seen in *each* of the six cells.


# %%
def matched(explained, cell, n_films=15):
    """The matched choice, a list of (film, explanation)."""
    films = explained[:n_films]
    return list(zip(films, assign(ORDERS, cell, n_films), strict=True))


in_all_cells = pd.concat(
    [
        with_ranks(user, matched(lists[user][1], cell))
        for user in taking_part
        for cell in range(6)
    ]
)

# %% tags=["nbval-check-output"]
means = in_all_cells.groupby("explanation")[["popularity", "rank"]].mean()
means.loc[EXPLANATIONS].round(1)

# %%
one_cell = pd.concat(
    [
        with_ranks(user, matched(lists[user][1], number % 6))
        for number, user in enumerate(taking_part)
    ]
)
ahead = {}
for name, table in {"article": article, "matched": one_cell}.items():
    wide = table.pivot_table("popularity", index="person", columns="explanation")
    ahead[name] = wide.idxmax(axis=1).value_counts(normalize=True)[EXPLANATIONS]
ax = pd.DataFrame(ahead).T.plot.bar(rot=0, title="Who has the most popular films?")
for bars, hatch in zip(ax.containers, ["", "//", ".."], strict=True):
    plt.setp(bars, hatch=hatch, edgecolor=plt.rcParams["text.color"])
ax.axhline(1 / 3, linestyle=":", color="C3")
ax.set(xlabel="design", ylabel="share of 191 people")
plt.show()

# %% [markdown]
# *In words:* for each design three bars, the share of people for whom the films under that explanation are the most popular ones. In the article's design the rule (orange, hatched) has them for 68 % of the people, in the matched one for 29 %; a dotted line marks a third, which chance would give.
#
# Over the six cells every film gets every explanation twice, whatever the film, so the *design* prefers none: the table shows the same means to the last digit. The small differences come from who happened to land in which cell.
#
# And you? Here is what both designs would have shown you, or the sample person (mean popularity).

# %%
own = kept_ratings(bundle)
own_ranking, own_explained = lists_of(own)
yours = {"article": original(own_ranking, own_explained, np.random.default_rng(SEED))}
yours["matched"] = matched(own_explained, 0, min(15, len(own_explained) // 3 * 3))
for name, pairs in yours.items():
    both = [(how, popularity[film]) for film, how in pairs]
    means = popularity_by_explanation(both).items()
    print(f"{own.whose}, {name}:", {how: round(mean) for how, mean in means})

# %% [markdown]
# How many films can a rule explain, and which?

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
# A third of the films, and the better known ones. Whether a result holds for a little-known film, this design cannot say, and neither could the article's. The course's version of `original`, `assign` and `matched` is `select_items` in `study.designs`, which also has the films explained; a test makes sure that both give the same films.
#
# ## Who gets which cell?
#
# A die, in turns, or the cell with the fewest: how much does your function of the core lesson help? Thirty simulated people come, a thousand times over. Four are at it at the same time, and each leaves with probability ¼. (In the real study, whoever has been away for an hour no longer counts until they come back.)

# %%
next_cell = checks.use("next_cell")
WAYS = {
    "a die": lambda counted, number, rng: int(rng.integers(6)),
    "in turns": lambda counted, number, rng: number % 6,
    "the fewest": lambda counted, number, rng: next_cell(counted, 6),
}


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


# %%
apart = pd.DataFrame(
    {
        way: [np.ptp(recruit(choose, np.random.default_rng(s))) for s in range(1000)]
        for way, choose in WAYS.items()
    }
)
share = apart.apply(lambda column: column.value_counts(normalize=True)).fillna(0)
ax = share.plot.bar(rot=0, title="How uneven are six cells in the end?")
for bars, hatch in zip(ax.containers, ["", "//", ".."], strict=True):
    plt.setp(bars, hatch=hatch, edgecolor=plt.rcParams["text.color"])
ax.set_xlabel("largest cell minus smallest, in participants")
ax.set_ylabel("share of 1000 simulated studies")
plt.show()

# %% [markdown]
# *In words:* three bars for each difference between the largest and the smallest cell. With a die (blue) the bars form a hill around 5, and reach to 11. In turns (orange, hatched) most studies are 2 or 3 apart. With the fewest (green, dotted) more than four in five studies are 0 or 1 apart.
#
# ## A participant without a screen
#
# A study in progress is a *state machine*: it is always in one of a few *states*, and in each only some *steps* are possible:
#
# | state | possible steps | leads to |
# |---|---|---|
# | (consent) | agree | rate |
# | rate | give a film stars, take them back; with ten: go on | show, film 1; or *too few*, if no rules apply |
# | show, film *k* | answer, answer again; reveal the explanation; with all answers: next; back | show, film *k* + 1; after the last: done |
# | done (the *debrief*) | read what it was about, download | |
# | any | withdraw | only the fact is kept |
#
# (A study with questionnaires has two states more, *before* and *after*, and one that asks who may take part has *screened out*.)
#
# What you saw was only a picture of the state. The state itself is in a database, and every step is stored before the next screen is drawn. We walk through it with a scripted participant who gives the ratings that you kept in lesson 00, or the sample person's. (`kind="simulated"` labels all that follows as not a person's.)

# %%
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


# %%
mine = {
    **SAMPLE_PERSON,
    **kept_ratings(bundle),
}  # ten at least, yours first in question
attempt(session.finish_rating)
for movie, stars in mine.items():
    session.rate(movie, stars)
attempt(session.finish_rating)
attempt(session.next, 1)
attempt(session.answer, 1, "trust", 7)
attempt(session.answer, 1, "trust", 4)

# %% [markdown]
# The machine does not trust what it is told: no film without ten ratings, no way on without the answers, no 7 on a scale of 5. Now **pull the plug**, with the first film half answered. All that Python knew of the participant is thrown away, the database is closed. A new process would know nothing but the file and the code that the participant noted down.

# %%
code = session.code
store.close()
del session, store

store = Store(folder / "study.sqlite")
session = Session(store, bundle, code)
state = session.state

print(f"state {state.state!r}, film {state.place}, {len(state.ratings)} ratings kept")
print("answers kept:", state.answers)

# %% [markdown]
# Nothing is lost, because nothing was only in memory. And nothing comes twice. Somebody changes their mind, or presses twice, or has two windows open:

# %%
attempt(session.answer, 1, "trust", 5)
attempt(session.answer, 1, "interest", 4)
attempt(session.next, 1)
attempt(session.next, 1)

pd.DataFrame(store.rows("answers"))[["place", "question", "value"]]

# %% [markdown]
# The changed answer replaced the first, and the second press of *next* was told that we are at film 2 by now. The last line of defence is in the table itself: participant, place and question together are its **primary key**, so a second answer to the same question cannot even be written by a program with an error in it.

# %%
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
study = load_protocol(study_file)
for place in (1, 8):
    for when in ("before", "after"):
        asked = [question.name for question in study.asked(place, when)]
        print(f"film {place}, {when} the explanation: {', '.join(asked)}")

# %% [markdown]
# - **Interest before the explanation** says what the *film* does. The difference of the two answers is what the explanation adds. The article asked only afterwards, and what it measured was both in one. (The price: if you have said 4 before, you tend to say 4 again.)
# - **One question or several?** Interest and trust are a single question each. In the article's data they correlate with .70 to .82 within an explanation (recomputed from its participants' means): if you want a film, you trust its recommendation. Two questions, and barely two things measured. Several questions about one thing, averaged, are less noisy; each costs every participant 15 answers.
# - **Content or form?** The three cards look different. A study of the *form* would say one thing in three ways; yours could give all explanations the same look. Ask which of the two your question is about.
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
# The fingerprint is computed from all of the study, the texts included:

# %%
print("fingerprint of the study:", study.digest[:12])
for change in ({"analysis": {"alpha": 0.1}}, {"texts": {"next": "Go on"}}):
    print(f"with {change}:", load_protocol(study.as_dict() | change).digest[:12])

# %% [markdown]
# Write it down where others can see it, or send it to a colleague: then everybody can check later that the plan is the old one. It also means: change nothing, not a comma, after the first participant. (If you must correct a wording, the versions count as one study, and export and report say in what they differ. Other questions, or another design, make another study. *Simulated* people do not mind: what they answer depends on design and questions, and not on the wording.)
#
# ## A rehearsal with twelve simulated participants
#
# Before real people come, let the whole thing run once, to the last table. Each simulated participant leaves early with probability ¼, and ticks at random with probability ⅕. **What they answer is invented, and so every one is labelled as simulated,** in the database, in the tables and on the screen. They test your study. They say nothing about people.

# %% tags=["nbval-check-output"]
from xrec_lessons.study.export import export
from xrec_lessons.study.simulate import simulate

why_excluded = checks.use("why_excluded")
simulated = simulate(study, n=12, seed=SEED, dropout=0.25, careless=0.2)
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
# *S012* left while rating, and so has no cell. *S002* finished in 4.5 minutes, where the others took 11 to 14, and failed the check: we made the random tickers fast, too. (Real ones often are. But a rule about minutes would have to be registered first.) The dictionary says what each column means:

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
# Does the rule of the core lesson's exercise 3 come to the same verdict as the export? There are three questions with each film, and the check.


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
# ## Decide: what would you mend first?
#
# A colleague reports: “We ran the matched design on laptops without a server. 40 students took part, the browser sent all answers at the end, 28 arrived. All 28 had passed the check at film 15. So we lost nobody who mattered.” **Which sentence is the fault?** Type `"laptops"`, `"at the end"`, `"check"` or `"matched"`.

# %%
fault = checks.guess("08 the fault in the report", ...)
fault

# %%
REPLIES = {
    "laptops": "No: each laptop can keep a file, which is handed in. Where did twelve people go?",
    "at the end": "Yes. Twelve people are gone, and nobody knows at which film they left, or under "
    "which explanation. They may be just those who mattered.",
    "check": "It comes late, and that is a flaw: but those who left never reached it. Why not?",
    "matched": "The design is fair to the films. It cannot bring back those who left.",
}
print(
    REPLIES.get(
        fault.value, "Nothing typed yet: one of the four is worse than the others."
    )
)

# %% [markdown]
# ## What is kept, and what is not
#
# Ratings, films, answers, and when each screen was shown, under a random code. No name, no address of a computer, no device. Here is all that the database knows of you besides your ratings and answers, if you took part in the core lesson:

# %%
from xrec_lessons.study.own import own_place

about_you = Store(own_place()).rows("participants") if own_place().is_file() else []
pd.DataFrame(about_you).T if about_you else "Nobody has taken part."

# %% [markdown]
# The code is a key, not a name: if you have it, you can go on, and can withdraw. To withdraw is not to be marked as deleted. It is this, for our scripted participant:

# %% tags=["nbval-check-output"]
session.withdraw()

print({name: len(store.rows(name)) for name in ("participants", "ratings", "answers")})
print(store.counts())

# %% [markdown]
# ## Run it for real
#
# 1. Copy `xrec_lessons/study/study.toml` to `my_study.toml`; keep what you change, delete the rest. Fill in `[consent]`: until then the study takes no real participants.
# 2. Ask whether you need the **approval of an ethics committee**.
# 3. Pilot it with two friends, one on a phone: `python3 start.py study my_study.toml --pilot`.
# 4. **Register** questions, test, who is excluded, how many people, and the fingerprint. Two outcomes make two chances: name the one that decides, or test both at .025.
# 5. `python3 start.py study my_study.toml` serves it, without internet. Do not look at answers while people are still coming: if you stop as soon as it looks good, you find something far too often.
# 6. `xrec export xrec_study.sqlite handed_in/ --out data`, and publish its report with the result.
#
# Without a common server, on laptops or Binder, everybody opens the study in a notebook, with `study_widget("my_study.toml")` from `xrec_lessons.study.widget`, and hands in one file at the end. `xrec export xrec_study.sqlite handed_in/ --out data` merges databases and files, and reports copies, dropouts, failed checks and withdrawals. The deeper part of lesson 09 computes how many participants you need.
#
# ## What could mislead you here
#
# - **People of the data are not your participants.** They rated what they had seen, in 1996 or 2016; yours choose from a shelf of films that most people know. Run the design on your pilot before you believe our figures.
# - **Leaving out the careless is a choice, too.** If somebody fails a check late, they may have read everything before it.
# - **A rehearsal tests the machine.** It says nothing about what people will answer.
#
# ## Key points
#
# - In the article's design popularity and rank change together with the explanation; all six cells of the matched one together are even to the last digit.
# - A participant is a state and a code. Each step is stored before the next screen, once.
# - Questions, checks and plan are one file; its fingerprint covers every comma.
# - Export, read the report as your reader will, and if somebody withdraws, delete their answers for good.

# %%
checks.progress()

# %% [markdown]
# Press an answer: it answers back.

# %%
checks.quiz("08 deeper")

# %% [markdown]
# **Next:** [lesson 09, *Read the study*](09_read_the_study.ipynb).
