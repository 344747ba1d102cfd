# %% [markdown]
# # 09 · Read the study
#
# **What do the answers say, and how sure can you be?**
#
# The answers are in. Many reports go wrong right here: they count answers instead of people, look at bars instead of differences, and explain what a confound did. You read one study, and then the article's, down to a sentence that you can stand by.
#
# *About 50 minutes. Needs [lesson 08](08_run_the_study.ipynb), and from statistics mean, standard deviation and standard error.* Afterwards you will be able to
#
# - **reduce** hundreds of answers to what each participant says, and say why,
# - **compute** a difference, its interval and a repeated-measures F by hand and in code,
# - **write** the sentence that a study licenses, and no other.

# %%
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

from xrec_lessons import checks
from xrec_lessons.bundle import load_bundle
from xrec_lessons.drawings import lesson_09 as drawings
from xrec_lessons.drawings import theme

theme.follow_theme()
SEED = 0
bundle = load_bundle()
EXPLANATIONS = ["similar", "rule", "influence"]  # the article's A, B, C
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## Your own answers
#
# In lesson 08 you took part, and guessed what you would trust most. Here are your means, or a simulated person's if you did not take part.

# %%
from xrec_lessons.study.own import own_answers

own, whose = own_answers()
most = checks.guess("08 most trusted").value
print("Guessed as most trusted:", most or "nothing was typed in lesson 08")
means = own.groupby(["question", "explanation"])["value"].mean().unstack().round(2)
means.reindex(columns=EXPLANATIONS).rename_axis(whose)

# %% [markdown]
# This is *one* person, with three films under each explanation. What would a second person say, or you tomorrow?
#
# ## A study whose truth we know
#
# To practise, you read a study of **simulated** people, 41 as in the article. Their answers are invented: the rule adds **half a point** to every answer, on average, and the other two explanations add nothing. Some people leave, some tick at random.

# %%
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.simulate import simulate

QUESTIONS = [
    {"name": "interest", "text": "How much would you like to watch this film?"},
    {"name": "trust", "text": "How far do you trust this recommendation?"},
    {"name": "attention", "text": "Please choose 2 here.", "at": 8, "expected": 2},
]
protocol = load_protocol({"questions": QUESTIONS})
people = {"effect": {"rule": 0.5}, "dropout": 0.15, "careless": 0.05}
store = simulate(protocol, n=41, seed=13, bundle=bundle, **people)

# %% tags=["nbval-check-output"]
from xrec_lessons.study.analysis import study_of

study = study_of(store)
everybody = study.participants
reasons = everybody["excluded_because"].replace("", "(included)").value_counts()
reasons.rename_axis(study.label).to_frame("participants")

# %% [markdown]
# Nine are out: eight by the registered rule, and one for whom too few films could be explained. So the first sentence of a report is: *41 recruited, 32 analysed*. How much have the 32 said about interest?

# %%
included = everybody.index[everybody["included"]]
answers = study.rows("interest")
answers = answers[answers["participant"].isin(included)]
print(
    study.label,
    len(answers),
    "answers, mostly five by each person under each explanation",
)

# %% [markdown]
# ## Why not all answers in one test?
#
# A *t test* compares two means, and its *p* says how often chance alone would give a difference at least as large if there were none. So where there is none, it should find “p < .05” in 5 % of the studies: false alarms.
#
# **Guess:** no explanation does anything. You put all answers under the rule and all under *similar users* into one t test, 160 against 160. In how many per cent of the studies does it find p < .05?

# %%
false_alarms = checks.guess("09 false alarms in per cent", ...)
false_alarms

# %% [markdown]
# First three people, two explanations, by hand. Each has a mean answer:
#
# | | similar | rule | rule − similar |
# |---|---|---|---|
# | Ada | 1 | 2 | 1 |
# | Ben | 2 | 5 | 3 |
# | Cem | 3 | 5 | 2 |
# | mean | 2 | 4 | **2** |
#
# Now let each of the three give that same answer to fifty films. Nobody new came and nothing new was said, but a test over all answers takes it for 150 answers from 150 people, and p falls. This is called **pseudo-replication**. What does it cost with real answers, which are not quite as stubborn? We simulate a thousand studies without any effect, with 32 people and five films under each of two explanations (three cells to run, not to read).


# %%
def study_without_effect(rng, n=32, films=5):
    """Answers of shape (people, 2 explanations, films); over all people both are alike."""
    person = rng.normal(0, 0.55, (n, 1, 1))
    own_liking = rng.normal(0, 0.7, (n, 2, 1))
    return 3.5 + person + own_liking + rng.normal(0, 0.9, (n, 2, films))


# %%
rng = np.random.default_rng(SEED)
all_in_one, per_person = [], []
for _ in range(1000):
    a, b = study_without_effect(rng).transpose(1, 0, 2)
    all_in_one.append(stats.ttest_ind(a.ravel(), b.ravel()).pvalue < 0.05)
    per_person.append(stats.ttest_rel(a.mean(axis=1), b.mean(axis=1)).pvalue < 0.05)
alarms = {
    "all answers": np.mean(all_in_one),
    "one difference a person": np.mean(per_person),
}

# %%
_, ax = plt.subplots(figsize=(6, 3.5))
ax.bar(alarms.keys(), [100 * share for share in alarms.values()], color=["C1", "C0"])
ax.axhline(5, linestyle=":", color="C2", label="5 %, as promised")
ax.set_title("SIMULATED, no effect: what does each test find?")
ax.set(xlabel="what the test counts", ylabel="false alarms, per cent", ylim=(0, 25))
ax.legend()
false_alarms.draw(ax, "y")
plt.show()

# %% [markdown]
# *In words:* two bars. With all answers in one test 15.5 % of the studies raise a false alarm, with one difference for each person 4.5 %; a dotted line marks the 5 % that a test promises, and a dashed one is your guess. Three times as many as promised: the test is broken. The cure: **first one number for each person and explanation, then the test over people.**
#
# ### Exercise 1: each participant's means
#
# `answers` is a table with the columns `participant`, `explanation` and `value`, one row for each answer. Return a **table of mean answers, with one row for each participant and one column for each explanation**, both sorted. It has `nan` where a participant has no answer under an explanation. For example, from the rows (P1, rule, 4), (P1, rule, 5), (P1, similar, 2), (P2, similar, 3) comes the row P1 with rule 4.5 and similar 2, and the row P2 with rule `nan` and similar 3. Group by both columns, take the mean of `value`, and `.unstack()`. (Stuck? `checks.hint("participant_means")` in a cell of its own.)


# %% tags=["exercise"]
def participant_means(answers):
    """Mean answer of each participant (rows) under each explanation (columns)."""
    # solution
    cells = answers.groupby(["participant", "explanation"])["value"]
    return cells.mean().unstack()
    # end


# %%
checks.participant_means(participant_means)

# %%
participant_means = checks.use(participant_means)

wide = participant_means(answers)[EXPLANATIONS]
wide.columns.name = "SIMULATED, interest"
wide.head(3)

# %% [markdown]
# ## Everybody's own difference
#
# Ben's 2 and Ben's 5 are not two strangers: if you answer low here, you tend to answer low there. So take **each person's own difference** first. Whether somebody is a mild or a harsh judge then does not matter, because it stands on both sides of the minus. Three numbers are left of the toy, $d$ = 1, 3, 2. (See [the glossary of symbols](symbols.md).)
#
# - mean $\bar d$ = 2; standard deviation, with $n - 1$ = 2 below: $\text{SD} = \sqrt{((-1)^2 + 1^2 + 0^2)/2}$ = 1
# - standard error $\text{SD}/\sqrt{n}$ = 1/√3 = 0.58
# - 95 % interval: $\bar d \pm t \cdot \text{SD}/\sqrt{n}$. For many people $t$ is 1.96. For three it is 4.30, since we hardly know the SD: `stats.t.ppf(0.975, n - 1)`. So 2 ± 2.48, from −0.48 to 4.48.
#
# ### Exercise 2: the difference and its interval
#
# `wide` is a table as above, without gaps. Return **the mean of the participants' differences, `a` minus `b`, and the lower and upper end of its 95 % interval**. For the toy, `difference_interval(toy, "rule", "similar")` is `(2, -0.48, 4.48)`, rounded here. Begin with this, and put the standard error in place of the dots:
#
# ```python
# d = wide[a] - wide[b]
# n = len(d)
# half = stats.t.ppf(0.975, n - 1) * ...
# return d.mean(), d.mean() - half, d.mean() + half
# ```


# %% tags=["exercise"]
def difference_interval(wide, a, b):
    """Mean of each participant's a - b, and its 95 % interval: mean, low, high."""
    # solution
    d = wide[a] - wide[b]
    n = len(d)
    half = stats.t.ppf(0.975, n - 1) * d.std(ddof=1) / np.sqrt(n)
    return d.mean(), d.mean() - half, d.mean() + half
    # end


# %%
checks.difference_interval(difference_interval)

# %% [markdown]
# **Guess:** two bars in a chart, each with its 95 % interval, and the intervals overlap. Can the interval of the difference within people still lie above zero? Type `"yes"` or `"no"`.

# %%
overlap = checks.guess("09 bars that overlap", ...)
overlap

# %% [markdown]
# The same answers, drawn twice (three cells to run, not to read).

# %%
difference_interval = checks.use(difference_interval)


def draw_bars(ax, wide):
    """The article's chart: the mean under each explanation with its own interval."""
    half = stats.t.ppf(0.975, len(wide) - 1) * wide.sem()
    ax.bar(wide.columns, wide.mean() - 1, bottom=1, yerr=half, color="C5", capsize=6)
    ax.set(title="as bars", xlabel="explanation", ylim=(1, 5))
    ax.set_ylabel("mean interest (1 to 5), 95 % CI")


# %%
def draw_differences(ax, wide, base="similar"):
    """A dot for each participant's own difference, with the mean and its interval."""
    side = np.linspace(-0.2, 0.2, len(wide))
    for place, explanation in enumerate(["rule", "influence"]):
        d = (wide[explanation] - wide[base]).sort_values()
        ax.plot(place + side, d, "o", color="C5", markersize=4)
        mean, low, high = difference_interval(wide, explanation, base)
        bar = {"fmt": "D", "color": "C1", "capsize": 6, "linewidth": 2}
        ax.errorbar(place + 0.33, mean, [[mean - low], [high - mean]], **bar)
    ax.axhline(0, color="C0", linestyle=":")
    ax.set_xticks([0, 1], [f"rule\nminus {base}", f"influence\nminus {base}"])
    ax.set(title="as people", xlabel="explanations", xlim=(-0.4, 1.5))
    ax.set_ylabel("own difference in interest, points")


# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 4.3), layout="constrained")
fig.suptitle("SIMULATED: the same answers, drawn twice")
draw_bars(axes[0], wide)
draw_differences(axes[1], wide)
plt.show()

# %% [markdown]
# *In words:* on the left three bars, 3.40, 3.75 and 3.34 high; the rule's interval overlaps with both others. On the right a dot for each of the 32 people, from the lowest difference to the highest, and beside them in orange, as a diamond, the mean with its interval. For *rule minus similar* the interval of the mean goes from just above zero (0.0004) to 0.72. For *influence minus similar* it holds zero.
#
# We know the truth: +0.5 and 0. Both intervals contain it, as 95 of 100 such intervals do in the long run. And the bars? Each bar's interval holds the spread *between* people, mild and harsh judges, and in the difference that is gone. So **overlapping intervals of two bars do not tell whether there is a difference within people.** Our 32 are a borderline case. A clear one is the article's interest: its bars overlap too, and the difference is 0.54, from 0.14 to 0.94 taken alone (further down it is wider, because three pairs share it). So the answer is yes. Draw what you test.
#
# ## Three at once
#
# With three explanations one asks first: **is there any difference at all, beyond chance?** Our toy gets its third column.
#
# | | similar | rule | influence | mean |
# |---|---|---|---|---|
# | Ada | 1 | 2 | 3 | 2 |
# | Ben | 2 | 5 | 2 | 3 |
# | Cem | 3 | 5 | 4 | 4 |
# | mean | 2 | 4 | 3 | **3** |
#
# Every answer has four parts: the grand mean 3, plus what the *person* adds (Ada −1, Ben 0, Cem +1), plus what the *explanation* adds (−1, +1, 0), plus what is **left over**. For Ada under the rule the first three make 3 − 1 + 1 = 3; she said 2, so −1 is left over. The blocks below are the squares of these parts. **Take the people out, then the explanations**, and watch the pile on the left.

# %%
drawings.blocks()

# %% [markdown]
# All 16 blocks are still there: 6 for people, 6 for explanations, 4 left over. Each pile is as wide as its *degrees of freedom*, how many of its parts can be chosen freely: for $k$ = 3 explanations, whose effects add up to zero, $k - 1$ = 2; for what is left over $(k - 1)(n - 1)$ = 4. F compares the heights:
#
# $$F = \frac{SS_\text{explanations} / (k-1)}{SS_\text{left over} / ((k-1)(n-1))} = \frac{6/2}{4/4} = 3$$
#
# If no explanation did anything, both would measure the same scatter, and F would be about 1.
#
# ### Exercise 3: repeated-measures F
#
# `wide` has one row for each of $n$ participants and one column for each of $k$ explanations. Return **F and its two degrees of freedom**. For the toy: `(3, 2, 4)`. Begin with this; one line is missing, the sum of the squares of what is *left over*:
#
# ```python
# x = wide.to_numpy(dtype=float)
# n, k = x.shape
# person = x.mean(axis=1, keepdims=True)  # a column
# explanation, grand = x.mean(axis=0), x.mean()
# between = n * np.sum((explanation - grand) ** 2)
# left = ...
# df1, df2 = k - 1, (k - 1) * (n - 1)
# return (between / df1) / (left / df2), df1, df2
# ```


# %% tags=["exercise"]
def repeated_measures_f(wide):
    """F of a repeated-measures ANOVA with its degrees of freedom: F, df1, df2."""
    # solution
    x = wide.to_numpy(dtype=float)
    n, k = x.shape
    person, explanation, grand = x.mean(axis=1, keepdims=True), x.mean(axis=0), x.mean()
    between = n * np.sum((explanation - grand) ** 2)
    left = np.sum((x - person - explanation + grand) ** 2)
    df1, df2 = k - 1, (k - 1) * (n - 1)
    return (between / df1) / (left / df2), df1, df2
    # end


# %%
checks.repeated_measures_f(repeated_measures_f)

# %% [markdown]
# How large is large? **If no explanation did anything, the three names in a person's row could as well be exchanged.** The *p* of F is how often an F as large as ours comes out then. (The F distribution gives nearly the same without exchanging anything.) The course's own function computes it, and what belongs to it:

# %% tags=["nbval-check-output"]
from xrec_lessons.study.analysis import anova, compare_pairs

repeated_measures_f = checks.use(repeated_measures_f)
found = anova(wide, outcome="SIMULATED, interest")
print("yours: F({1}, {2}) = {0:.2f}".format(*repeated_measures_f(wide)))
print(fill(found.sentence, 90))

# %% [markdown]
# Half a point is real, and this study has not shown it. So a p above .05 does not mean “no difference”. It means that 32 people were not enough, this time. (*Partial η²* is how much of what is not people goes to the explanations, in the toy 6/10. Greenhouse and Geisser, and the 90 %, are explained in the deeper notebook.)
#
# And F only says that there is a difference *somewhere*. Three pairs make three tests, and three chances of a false alarm, so they have to pay: *Bonferroni* multiplies each p by 3 and widens each interval to match; the intervals in brackets below are such wide ones.
#
# ## The article, from eighteen numbers
#
# The article's answers are not public, and they need not be. For differences, intervals and F the **means** and the **covariances** of the columns suffice: nine different numbers for each question, from the dissertation behind the article. (Why? See the deeper notebook.)

# %%
from xrec_lessons.study.analysis import Moments

PEOPLE = 32
ARTICLE = {
    "interest": (
        [3.588021, 4.126563, 3.643750],
        [[0.7308, 0.1580, 0.3219], [0.1580, 0.8335, 0.1328], [0.3219, 0.1328, 0.6783]],
    ),
    "trust": (
        [3.540625, 4.154167, 3.554688],
        [[0.6954, 0.1781, 0.0247], [0.1781, 0.7293, 0.2824], [0.0247, 0.2824, 0.6838]],
    ),
}

# %% tags=["nbval-check-output"]
for outcome, (means, covariance) in ARTICLE.items():
    moments = Moments(tuple(EXPLANATIONS), means, covariance, PEOPLE)
    found = anova(moments)
    print(f"{outcome}: F(2, 62) = {found.F:.3f}, p = {found.p:.5f}")
    for pair in compare_pairs(moments, adjust="Bonferroni"):
        shown = f"({pair.low_together:+.2f} to {pair.high_together:+.2f})"
        print(
            f"  {pair.first} minus {pair.second} {pair.difference:+.2f} {shown}", end=""
        )
        print(f", p = {pair.p_adjusted:.3f}")

# %% [markdown]
# The article prints p = .008 and p = .001, and both agree. Interest and trust were **higher under the rule** than under *similar users*, by 0.54 and 0.61 points. **Influence was no different from similar users**, as far as 32 people can show: “no different” is not “equal”. The calculation is right. Now read what it was computed *from*.
#
# ## Right calculation, wrong conclusion
#
# In the article's design the rule got popular films. So we simulate a world in which **no explanation does anything**, and only the films act: people like what fits their taste, and they like well-known films. 150 people begin in the original design, and the same 150 in the matched one, where each explanation gets equally popular films. We pretend that they are five studies of about 30. **Guess:** in how many of the five is the rule ahead in the original design? (After the guess, three cells to run, not to read.)

# %%
ahead = checks.guess("09 rule ahead in how many of five", ...)
ahead


# %%
def no_effect(design):
    """Means of 150 simulated people on whom only the films act."""
    changed = load_protocol({"design": {"kind": design}})
    people = simulate(changed, n=150, seed=SEED, bundle=bundle, popularity=1.0)
    return study_of(people).finished.wide("interest").dropna()


worlds = {design: no_effect(design) for design in ("original", "matched")}


def intervals(table, size=30):
    """Rule minus similar, with its interval, in each study of 30 and in all together."""
    parts = [table[i : i + size] for i in range(0, len(table) - size // 2, size)]
    return np.array(
        [difference_interval(part, "rule", "similar") for part in [*parts, table]]
    )


# %%
_, ax = plt.subplots()
LOOKS = {"original": ("C1", "s", -0.12), "matched": ("C0", "o", 0.12)}
for design, (colour, marker, shift) in LOOKS.items():
    mean, low, high = intervals(worlds[design]).T
    at = np.arange(len(mean)) + shift
    style = {"fmt": marker, "color": colour, "capsize": 5, "label": design}
    ax.errorbar(at, mean, [mean - low, high - mean], **style)
ax.axhline(0, color="C2", linestyle=":", label="truth")
ax.set_xticks(range(len(mean)), [*range(1, len(mean)), "all"])
ax.set(
    title="SIMULATED: only the films act", xlabel="study of 30 people, and all together"
)
ax.set_ylabel("rule minus similar, points (95 % CI)")
ax.set_ylim(-0.8, 1.2)
ax.legend(title="design", loc="upper left", ncols=3)
plt.show()

# %% [markdown]
# *In words:* for each of the five studies, and for all people together, the difference between rule and similar users with its interval; orange squares for the original design, blue dots for the matched one. Four of the five squares lie above zero, each with an interval that still holds it. With all 145 people together (five have no answer under one of the explanations) the square is at +0.20, its interval from 0.03 to 0.36, **and the truth is 0**. The intervals of the blue dots all hold zero, and so does that of all 143 together (seven had too few films).

# %% [markdown]
# There are two kinds of error, and only one of them has an interval. **Chance** gets smaller with more people. A **confound** stays. The slider keeps mean and spread (the matched mean at its truth, 0) and changes only the number of people. Move it, and watch where each interval closes.

# %%
drawings.closing()

# %% [markdown]
# More people do not help: they make the wrong answer surer. No formula of this lesson sees a confound. Does that mean that the article's rule effect *was* popularity? No. It means that its data cannot tell.
#
# ### Decide: the licensed sentence
#
# Build one sentence about *trust* in the article's study. Press one part of each question; each press is answered.

# %%
checks.quiz("09 sentence")

# %% [markdown]
# Compare yours with ours: *“Among 32 people to whom rules applied (of 41 recruited), recommendations with a rule were trusted more than those with similar users under the article's design, by 0.61 points (all pairs together 0.15 to 1.08, Bonferroni p = .006); explanation and films differed together, so the cause is open.”* Is there anything in yours that nobody measured? And which study would change your mind?
#
# ## What could mislead you here
#
# - **p is not the probability that the explanations do nothing.** It is how often chance alone would give so much, *if* they did nothing and everything else is as assumed.
# - **The interval covers chance only.** Who left, who was asked, which films, what the cards look like, what people think you want to hear: none of it is in there, in the matched design either.
#
# ## Key points
#
# - One number for each person and explanation first; then count people, not answers.
# - Draw and test each person's own difference. Intervals of bars are about something else.
# - F: explanations against what is left over once the people are taken out.
# - Effect, interval, then p, adjusted if there are many tests. And no p sees a confound.

# %%
checks.progress()

# %% [markdown]
# ## Questions
#
# Press an answer: it answers back.

# %%
checks.quiz("09")

# %% [markdown]
# **Next:** [lesson 10, *Twenty million ratings*](10_twenty_million.ipynb). Or [deeper](09_read_the_study_deeper.ipynb): which pairs differ, F from eighteen numbers, how many people does a class need, and do other methods agree?
