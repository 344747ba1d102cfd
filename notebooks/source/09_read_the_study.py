# %% [markdown]
# # 09 · Read the study
#
# **What do the answers say, and how sure can you be?**
#
# The answers are in. Three means and a star would fit on a slide, and that is where many reports go wrong: they count answers instead of people, they look at bars instead of differences, they test until something is significant, and they explain what a confound did. In this lesson you read one study from its tables to a sentence that you can stand by. Then you do it again for the article, from eighteen numbers, and at the end you find out why its sentence does not hold.
#
# *About 100 minutes, with a break before “Which pairs?”. Needs [lesson 08, “Run the user study”](08_run_the_study.ipynb).* Afterwards you will be able to
#
# - **reduce** hundreds of answers to what each participant says, and tell why,
# - **compute** a difference, its interval and a repeated-measures ANOVA by hand and in code,
# - **judge** which sentence a study licenses, and how many people it needs.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

from xrec_lessons import checks

SEED = 0
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# ## A study whose truth we know
#
# To learn reading, take a study whose truth you know. So these participants are **simulated**: they go through the same session as you did in lesson 08, and what they answer is invented. We decided that the rule adds **half a point** to every answer, on average, and the other two explanations nothing. Besides, each simulated person has a level of their own, likes some explanations more than others, finds some films better, and is not quite consistent: with spreads like those in the article's data.
#
# 41 people come, as in the article. Some leave, some tick at random. (We took the first seed, counted from 0, with which 32 people remain, as in the article. Nothing else was chosen.)

# %%
import tempfile
from pathlib import Path

from xrec_lessons.bundle import load_bundle
from xrec_lessons.study.export import export
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.simulate import simulate

bundle = load_bundle()
EXPLANATIONS = ["similar", "rule", "influence"]  # the article's A, B, C
QUESTIONS = [
    {"name": "interest", "text": "How much would you like to watch this film?"},
    {"name": "trust", "text": "How far do you trust this recommendation?"},
    {"name": "attention", "text": "Please choose 2 here.", "at": 8, "expected": 2},
]

# %% tags=["nbval-check-output"]
protocol = load_protocol({"questions": QUESTIONS})
people = {"effect": {"rule": 0.5}, "dropout": 0.15, "careless": 0.05}
store = simulate(protocol, n=41, seed=13, bundle=bundle, **people)

folder = Path(tempfile.mkdtemp()) / "data"
print(export([store], folder))

# %% [markdown]
# ### Look first
#
# `read_study` reads what was exported and refuses what would give a wrong number in silence (a row twice, an answer off the scale, another version). We look before we compute. **Who is in, who is out, and why?**

# %% tags=["nbval-check-output"]
from xrec_lessons.study.analysis import read_study

study = read_study(folder, kind="simulated")
everybody = study.participants
reasons = everybody["excluded_because"].replace("", "(included)").value_counts()
reasons.rename_axis(study.label).to_frame("participants")

# %% [markdown]
# Nine are out, for reasons that were registered before anybody came. That belongs into the first sentence of every report: *41 recruited, 32 analysed*. The answers of the 32:

# %% tags=["nbval-check-output"]
included = everybody.index[everybody["included"]]
answers = study.answers[study.answers["participant"].isin(included)]
answers = answers.astype({"place": int, "value": int})
answers.columns.name = study.label

who = f"{answers['participant'].nunique()} participants"
print(f"{study.label}: {len(answers)} answers by {who}")
answers[["participant", "place", "explanation", "question", "value"]].head(4)

# %% tags=["nbval-check-output"]
counts = pd.crosstab([answers["question"], answers["explanation"]], answers["value"])
counts.columns.name = "SIMULATED, answer"
counts

# %% [markdown]
# The whole scale is used, and most answers are not at its upper end. (Under the rule, 5 is the commonest answer about interest; if nearly everybody had chosen it, there would be no room for an explanation to add anything.) Every explanation has 158 answers to each question; five for each of 32 people would be 160. Some people had fewer than 15 films that a rule explains, and then the study takes fewer, the same number for each explanation. Under the rule there are more fours and fives. Enough?
#
# ## Predict before you run
#
# Write your answers down. (A *t test* compares two means, and its *p* says how often chance alone would give a difference at least as large if there were none.)
#
# 1. Compare all 158 answers about interest under the rule with all 158 under *similar users*, in one t test. If no explanation did anything at all, it should find “p < .05” in 5 % of the studies. How often will it?
# 2. Two bars in a chart, each with its 95 % interval, and the intervals overlap. Can the difference still be clearly above zero?
# 3. The rule adds half a point, we built it in. How many of the three pairs of explanations will be “significant” in our study?
#
# ## Why not all answers in one test?
#
# Three people, two explanations, by hand. Each has a mean answer:
#
# | | similar | rule | rule − similar |
# |---|---|---|---|
# | Ada | 1 | 2 | 1 |
# | Ben | 2 | 5 | 3 |
# | Cem | 3 | 5 | 2 |
# | mean | 2 | 4 | **2** |
#
# A t value is a difference divided by its *standard error*, which says how far it would move if other people had come. Now let each of the three give that same answer to five films. There are 30 numbers instead of 6. **Do we know more about people in general?**

# %% tags=["nbval-check-output"]
similar, rule = np.array([1.0, 2, 3]), np.array([2.0, 5, 5])

for films in (1, 5, 50):
    many = stats.ttest_ind(np.repeat(rule, films), np.repeat(similar, films))
    print(f"{films:2} films each: t = {many.statistic:5.2f}, p = {many.pvalue:.2g}")
print("three differences:", stats.ttest_rel(rule, similar).pvalue.round(3))

# %% [markdown]
# Nobody new came, nothing new was said, and p falls as far as you like. The test was told that there are 150 independent answers where there are three people. This is called **pseudo-replication**. Real people are not as stubborn as these three, but their answers belong together all the same: one likes influence graphs, all five of them; another none.
#
# What does it cost? A thousand studies in which **no explanation does anything**. 32 people, five films under each of two explanations; the spreads are those of our simulated people.


# %%
def study_without_effect(rng, n=32, films=5):
    """Answers of shape (people, 2 explanations, films); over all people both are alike."""
    person = rng.normal(0, 0.55, (n, 1, 1))
    own_liking = rng.normal(0, 0.7, (n, 2, 1))
    return 3.5 + person + own_liking + rng.normal(0, 0.9, (n, 2, films))


# %% tags=["nbval-check-output"]
rng = np.random.default_rng(SEED)
all_in_one, per_person = [], []
for _ in range(1000):
    a, b = study_without_effect(rng).transpose(1, 0, 2)
    all_in_one.append(stats.ttest_ind(a.ravel(), b.ravel()).pvalue < 0.05)
    per_person.append(stats.ttest_rel(a.mean(axis=1), b.mean(axis=1)).pvalue < 0.05)

print(f"SIMULATED, no effect: all answers in one test {np.mean(all_in_one):.1%} false,")
print(f"one difference a person {np.mean(per_person):.1%} false")

# %% [markdown]
# There is your first prediction. A test that promises 5 % false alarms and gives three times as many is not “a bit less strict”, it is broken. The cure is simple: **first one number for each person and explanation, then the test over people.**
#
# ## From answers to people
#
# ### Exercise 1: each participant's means
#
# `answers` is a table with the columns `participant`, `explanation` and `value`, one row for each answer. Return a **table with one row for each participant and one column for each explanation**, both sorted, that holds the participant's mean answer; `nan` where a participant has no answer under an explanation. For example, from the rows (P1, rule, 4), (P1, rule, 5), (P1, similar, 2), (P2, similar, 3) comes the row P1 with rule 4.5 and similar 2, and the row P2 with rule `nan` and similar 3. (Stuck? `checks.hint("participant_means")` in a cell of its own, as often as you like; every exercise has hints.)


# %% tags=["exercise"]
def participant_means(answers):
    """Mean answer of each participant (rows) under each explanation (columns)."""
    # solution
    cells = answers.groupby(["participant", "explanation"])["value"]
    return cells.mean().unstack()
    # end


# %%
checks.participant_means(participant_means)

# %% tags=["nbval-check-output"]
participant_means = checks.use(participant_means)

wide = participant_means(answers[answers["question"] == "interest"])[EXPLANATIONS]
wide.columns.name = "SIMULATED, interest"
print(wide.shape)
wide.head(3)

# %% [markdown]
# From 474 answers about interest to 96 means, and that is a gain: there are as many rows as there are people, and somebody with three films for each explanation counts as much as somebody with five. (Of 41, six left, two failed the check in the middle, and for one too few films had a rule.)
#
# ## Everybody's own difference
#
# Look again at the toy. Ben's 2 and Ben's 5 are not two strangers: whoever answers low here tends to answer low there. So take **each person's own difference** first. Whether they are a mild judge or a harsh one is then gone, because it stands on both sides of the minus. What is left are three numbers, $d$ = 1, 3, 2:
#
# - mean $\bar d$ = 2; standard deviation, with $n - 1$ = 2 below: $s = \sqrt{((-1)^2 + 1^2 + 0^2)/2}$ = 1
# - standard error $s/\sqrt{n}$ = 1/√3 = 0.58
# - 95 % interval: $\bar d \pm t \cdot s/\sqrt{n}$. For many people $t$ is 1.96. For three it is 4.30, since we hardly know $s$: `stats.t.ppf(0.975, n - 1)`. So 2 ± 2.48, from −0.48 to 4.48.
#
# As if they were six strangers, the standard error would be $\sqrt{1/3 + 3/3}$ = 1.15, twice as large (the variances of the columns are 1 and 3).
#
# ### Exercise 2: the difference and its interval
#
# `wide` is a table as above. Return **three numbers: the mean of the participants' differences, `a` minus `b`, and the lower and upper end of its 95 % interval by Student's t**. For the toy, `difference_interval(toy, "rule", "similar")` is `(2, -0.48, 4.48)`, rounded here. There are no gaps in `wide`.


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

# %% tags=["nbval-check-output"]
from itertools import combinations

difference_interval = checks.use(difference_interval)

print("SIMULATED, interest:")
for b, a in combinations(EXPLANATIONS, 2):
    mean, low, high = difference_interval(wide, a, b)
    print(f"{a} minus {b}: {mean:+.2f} points, 95 % CI {low:+.2f} to {high:+.2f}")

# %% [markdown]
# We know the truth: +0.5, 0 and −0.5 (a little less in size, because answers are rounded onto a scale that ends at 5). All three intervals contain it. (In the long run 95 of 100 such intervals do. That, and no more, is what “95 %” means.)
#
# ### The picture
#
# The article shows a bar chart with intervals. Beside it, the same data as what they are: differences within people.


# %%
def draw_bars(ax, wide):
    """The article's chart: the mean under each explanation with its own interval."""
    half = stats.t.ppf(0.975, len(wide) - 1) * wide.sem()
    style = {"color": "#56b4e9", "edgecolor": "black", "capsize": 6}
    ax.bar(wide.columns, wide.mean() - 1, bottom=1, yerr=half, **style)
    ax.set(title="as bars", xlabel="explanation", ylim=(1, 5))
    ax.set_ylabel("mean interest (1 to 5), 95 % CI")


# %%
def draw_differences(ax, wide, base="similar"):
    """A dot for each participant's own difference, with the mean and its interval."""
    side = np.linspace(-0.2, 0.2, len(wide))
    for place, explanation in enumerate(["rule", "influence"]):
        d = (wide[explanation] - wide[base]).sort_values()
        ax.plot(place + side, d, "o", color="#767676", alpha=0.6, markersize=4)
        mean, low, high = difference_interval(wide, explanation, base)
        bar = {"fmt": "D", "color": "#d55e00", "capsize": 6, "linewidth": 2}
        ax.errorbar(place + 0.33, mean, [[mean - low], [high - mean]], **bar)
    ax.axhline(0, color="black", linestyle=":")
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
# *In words:* on the left three bars, 3.43, 3.83 and 3.22 high; the rule's interval overlaps with both others. On the right a grey dot for each of the 32 people, from the lowest difference to the highest, and beside them in orange, as a diamond, the mean with its interval. *Rule minus similar* goes from −1.8 to +2.4; more dots lie above zero than below, and the interval of the mean, 0.03 to 0.77, lies above zero. *Influence minus similar* goes from −2.2 to +2.2, and its interval holds zero.
#
# So that is the second prediction: **overlapping intervals of two bars do not tell whether there is a difference within people.** Each bar's interval holds the spread *between* people, mild and harsh judges, and in the difference that is gone. Draw what you test. The bars also hide how different people are, and that may be the most interesting finding of all: for whom is the rule *worse*?

# %% tags=["nbval-check-output"]
own = wide["rule"] - wide["similar"]
together = wide["rule"].corr(wide["similar"])
strangers = np.sqrt(wide["rule"].var() / 32 + wide["similar"].var() / 32)

print(f"SIMULATED: below zero {sum(own < 0)}, at zero {sum(own == 0)} of {len(own)}")
print(f"correlation of rule with similar over people {together:.2f}")
print(f"standard error {own.sem():.3f}; as if they were strangers {strangers:.3f}:")
print(f"pairing is worth {(strangers / own.sem()) ** 2:.1f} times as many people")

# %% [markdown]
# The higher the correlation of the two columns, the more pairing gains. (The variance of a difference is the sum of both variances *minus twice the covariance*: multiply each person's two distances from the column means, add up, divide by n − 1. For strangers there is nothing to take off.)
#
# ## Three at once: repeated-measures ANOVA
#
# With three explanations one asks first: **is there any difference at all, beyond chance?** The question has a classical answer, and it can be done by hand. Our toy gets its third column.
#
# | | similar | rule | influence | mean |
# |---|---|---|---|---|
# | Ada | 1 | 2 | 3 | 2 |
# | Ben | 2 | 5 | 2 | 3 |
# | Cem | 3 | 5 | 4 | 4 |
# | mean | 2 | 4 | 3 | **3** |
#
# Every number is made of four parts: the grand mean 3, plus what the *person* adds (Ada −1, Ben 0, Cem +1), plus what the *explanation* adds (−1, +1, 0), plus what is **left over**. Ada's 1 is 3 − 1 − 1 + 0, nothing left over. For Ada under the rule the parts are 3 − 1 + 1 = 3, she said 2, so −1 is left over. **Fill in the rest** before you run.

# %% tags=["nbval-check-output"]
toy = pd.DataFrame(
    [[1.0, 2, 3], [2, 5, 2], [3, 5, 4]], ["Ada", "Ben", "Cem"], EXPLANATIONS
)

grand = toy.to_numpy().mean()
person = toy.mean(axis=1) - grand
explanation = toy.mean() - grand
left_over = toy.sub(person, axis=0) - explanation - grand
left_over

# %% [markdown]
# Square all parts and add them up, over all nine places, and nothing is lost:
#
# - all: the squared distances from 3 add up to 16
# - people: 3 × ((−1)² + 0² + 1²) = 6. This is who is mild and who is harsh, and **we take it out**
# - explanations: 3 × ((−1)² + 1² + 0²) = 6
# - left over: 1 + 1 + 1 + 1 = 4, and 6 + 6 + 4 = 16
#
# More explanations and more people make larger sums, so divide each sum by its *degrees of freedom*, how many of its parts can be chosen freely. Three explanations whose effects add up to zero: 3 − 1 = 2. Left over: the rows add up to zero and the columns, too, so (3 − 1) × (3 − 1) = 4.
#
# $$F = \frac{SS_\text{explanations} / (k-1)}{SS_\text{left over} / ((k-1)(n-1))} = \frac{6/2}{4/4} = 3$$
#
# If no explanation did anything, both would measure the same scatter, and F would be about 1.
#
# ### Exercise 3: repeated-measures F
#
# `wide` has one row for each of $n$ participants and one column for each of $k$ explanations. Return **three numbers: F and its two degrees of freedom**. For the toy: `(3, 2, 4)`.


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
# How large is large? Ask chance. **If no explanation did anything, the three names in a person's row could as well be exchanged.** So exchange them, for each person anew, two thousand times, and see which F comes by chance alone.

# %% tags=["nbval-check-output"]
repeated_measures_f = checks.use(repeated_measures_f)
f, df1, df2 = repeated_measures_f(wide)

rng = np.random.default_rng(SEED)
exchanged = [pd.DataFrame(rng.permuted(wide, axis=1)) for _ in range(2000)]
by_chance = np.array([repeated_measures_f(table)[0] for table in exchanged])

print(f"SIMULATED, interest: F({df1}, {df2}) = {f:.2f}")
print(f"as large by exchanging: {np.mean(by_chance >= f):.3f}")
print(f"p by the F distribution: {stats.f.sf(f, df1, df2):.3f}")

# %%
_, ax = plt.subplots()
style = {"color": "#56b4e9", "edgecolor": "black"}
ax.hist(by_chance, bins=40, density=True, label="names exchanged", **style)
at = np.linspace(0.02, 8, 200)
ax.plot(at, stats.f.pdf(at, df1, df2), color="black", label="F distribution")
ax.axvline(f, color="#d55e00", linestyle="--", label="our study")
ax.set_title("SIMULATED: F when the explanations do nothing, and ours")
ax.set(xlabel="F", ylabel="density", xlim=(0, 8))
ax.legend(loc="center right")
plt.show()

# %% [markdown]
# *In words:* the bars are high at F = 0 and fall steeply to the right, and the black curve, the F distribution with 2 and 62 degrees of freedom, lies on them. The dashed orange line, our study, stands at 5.20, where hardly anything is left: less than 1 % of the area lies beyond it.
#
# The smooth curve is what makes tables of p-values possible. It holds exactly if the differences between any two explanations scatter equally widely (**sphericity**). If they do not, F is too generous, and **Greenhouse and Geisser's** ε, 1 at best, makes the degrees of freedom smaller to pay for it; the registered test of the course's study uses it always.
#
# The course's version computes all of it (a test makes sure that it agrees with your F, and later `compare_pairs` with your intervals and with Holm):

# %% tags=["nbval-check-output"]
from xrec_lessons.study.analysis import anova

found = anova(wide, outcome="SIMULATED, interest")
print(found.sentence)

# %% [markdown]
# Read the sentence in its order: means, then how large (*partial η²* is $SS_\text{explanations}$ divided by itself plus $SS_\text{left over}$, in the toy 6/10), with an interval, and only then p.
#
# “A difference between the explanations **as they were shown**”: that is what F can say, and no more. Not which one, and not why. (Here the correction hardly changes p. When it does, the registered one counts.)
#
# ## Which pairs?
#
# F says *somewhere*. Three pairs make three tests, each with a false alarm in one of twenty. Together, if nothing is there, one in seven or so gives at least one (1 − 0.95³ = .14, if they were independent). So the p-values must pay for their number.
#
# - **Bonferroni**: multiply each p by the number of tests $m$.
# - **Holm**: the smallest by $m$, the next by $m - 1$, and so on, the largest by 1. As safe, and never worse.
#
# Two details. No adjusted p is above 1. And no adjusted p is below that of a smaller p: otherwise a weaker finding would look stronger. So go upwards from the smallest and **keep the largest so far**. By hand, for p = .04, .01, .03:
#
# | in order | times | so far the largest |
# |---|---|---|
# | .01 | 3 → .03 | .03 |
# | .03 | 2 → .06 | .06 |
# | .04 | 1 → .04 | **.06** |
#
# In the given order: .06, .03, .06.
#
# ### Exercise 4: Holm
#
# `p` is a list of p-values. Return **the adjusted p-values in the given order**. `holm([0.04, 0.01, 0.03])` is `[0.06, 0.03, 0.06]`. `p` must stay as it is.


# %% tags=["exercise"]
def holm(p):
    """P-values adjusted for their number by Holm's method, in the given order."""
    # solution
    adjusted, largest = [0.0] * len(p), 0.0
    for rank, place in enumerate(np.argsort(p)):
        largest = max(largest, (len(p) - rank) * p[place])
        adjusted[place] = min(1.0, largest)
    return adjusted
    # end


# %%
checks.holm(holm)

# %% tags=["nbval-check-output"]
holm = checks.use(holm)

pairs = [(a, b) for b, a in combinations(EXPLANATIONS, 2)]
p = [float(stats.ttest_rel(wide[a], wide[b]).pvalue) for a, b in pairs]
table = pd.DataFrame({"p": p, "Holm": holm(p)}, [f"{a} minus {b}" for a, b in pairs])
table["Bonferroni"] = np.minimum(1, 3 * table["p"])
table.columns.name = "SIMULATED, interest"
table.round(3)

# %% [markdown]
# Two of the three pairs are below .05 as long as one forgets that there are three; after Holm it is one, *influence minus rule*. That answers the third prediction: **one, although two differences are built in.** *Rule minus similar* is real, half a point, and this study has not shown it. So p = .072 does not mean “no difference”. It means that 32 people were not enough, this time. (And the interval above, 0.03 to 0.77, does not hold zero? It is not adjusted for three tests, p is. So an interval may just miss zero while the adjusted p is above .05.) (Holm and Bonferroni agree on the smallest p. Compare the others: Holm is as safe, and gives nothing away.)
#
# ## The article, from eighteen numbers
#
# The article's answers are not public, and need not be. Look at the formulas: for the difference, the interval and F you need of the 32 rows only the **means** and the **covariances** of the columns. Both are known from the dissertation behind the article: nine different numbers for each question, since the table of covariances is symmetric (order: similar, rule, influence).

# %%
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

# %% [markdown]
# What is above in F is easy: $n$ times the squared distances of the means from their mean, divided by $k - 1$. What is below, the mean square of what is left over, is a surprise:
#
# $$\frac{SS_\text{left over}}{(k-1)(n-1)} = \text{mean variance} - \text{mean covariance}$$
#
# The variances are the scatter under one explanation (on the diagonal of the matrix); the covariances, beside the diagonal, are the part of it that people carry from one explanation to the next, and we take that out. In the toy the variances are 1, 3 and 1, with mean 5/3; the covariances 1.5, 0.5 and 0, with mean 2/3. 5/3 − 2/3 = 1, and 4/4 was what we had.
#
# ### Exercise 5: F from means and covariances
#
# `means` is a list of $k$ numbers, `covariance` a list of $k$ lists, the rows of a square table (`np.asarray` makes arrays of them), and `n` the number of participants. Return **F and its two degrees of freedom**, as in exercise 3. For the toy, `f_from_moments([2, 4, 3], [[1, 1.5, 0.5], [1.5, 3, 0], [0.5, 0, 1]], 3)` is `(3, 2, 4)`.


# %% tags=["exercise"]
def f_from_moments(means, covariance, n):
    """Repeated-measures F from k means and a k × k covariance matrix: F, df1, df2."""
    # solution
    means, covariance = np.asarray(means), np.asarray(covariance)
    k = len(means)
    between = n * np.sum((means - means.mean()) ** 2) / (k - 1)
    variance = np.trace(covariance) / k
    shared = (covariance.sum() - np.trace(covariance)) / (k * (k - 1))
    return between / (variance - shared), k - 1, (k - 1) * (n - 1)
    # end


# %%
checks.f_from_moments(f_from_moments)

# %% tags=["nbval-check-output"]
f_from_moments = checks.use(f_from_moments)

for outcome, (means, covariance) in ARTICLE.items():
    f, df1, df2 = f_from_moments(means, covariance, PEOPLE)
    p = stats.f.sf(f, df1, df2)
    print(f"{outcome}: F({df1}, {df2}) = {f:.3f}, p = {p:.4f}")

# %% [markdown]
# The article prints p = .008 for interest and p = .001 for trust. Both agree with what you computed: to three digits .0084 is .008 and .00148 is .001 (to four it is .0015). **A result that can be recomputed is worth more than a star.** Publish means, covariances and n, and everybody can check you.
#
# The pairs, with Bonferroni's correction:

# %% tags=["nbval-check-output"]
from xrec_lessons.study.analysis import Moments, compare_pairs

for outcome, (means, covariance) in ARTICLE.items():
    moments = Moments(tuple(EXPLANATIONS), means, covariance, PEOPLE)
    print(f"{outcome}: ε = {anova(moments).epsilon:.2f}")
    for pair in compare_pairs(moments, adjust="Bonferroni"):
        shown = f"{pair.difference:+.2f} ({pair.low:+.2f} to {pair.high:+.2f})"
        print(f"  {pair.first} minus {pair.second} {shown}, p = {pair.p_adjusted:.3f}")

# %% [markdown]
# Three readings, each as careful as it has to be:
#
# - Interest and trust were **higher under the rule** than under *similar users*, by 0.54 and 0.61 points.
# - **Influence was no different from the baseline** that 32 people could show. “No different” is not “equal”: for interest the interval still reaches from a quarter of a point below to more than a third above.
# - 41 people were recruited and 32 analysed. The nine others had been shown no rule, since none applied to their films. These are not nine at random: lesson 08 showed that who likes few films has few rules. The result is about people to whom rules apply.
#
# “A statistically significant difference … in favour of the association rules”, says the article. The calculation is right. Now read what it was computed *from*.
#
# ## Right calculation, wrong conclusion
#
# In the article's design the rule got popular films. So simulate a world in which **no explanation does anything**, and people only prefer well-known films: one point for each standard deviation of (the logarithm of) a film's popularity. That is a strong preference, so that a few studies can show it. 150 people begin in the original design and the same 150 in the matched one; who finds enough films stays, and we pretend that they were five studies of about 30. **Guess:** in how many of the five is the rule ahead?

# %%
from xrec_lessons.study.analysis import study_of


def no_effect(design):
    """Means of 150 simulated people on whom only popularity acts."""
    changed = load_protocol({"design": {"kind": design}})
    people = simulate(changed, n=150, seed=SEED, bundle=bundle, popularity=1.0)
    return study_of(people).finished.wide("interest").dropna()


worlds = {design: no_effect(design) for design in ("original", "matched")}


# %%
def intervals(table, size=30):
    """Rule minus similar, with its interval, in each study of 30 and in all together."""
    parts = [table[i : i + size] for i in range(0, len(table) - size // 2, size)]
    return np.array(
        [difference_interval(part, "rule", "similar") for part in [*parts, table]]
    )


# %% tags=["nbval-check-output"]
rows = {}
for design, table in worlds.items():
    *studies, (mean, low, high) = intervals(table)
    rows[design] = {
        "studies": len(studies),
        "rule ahead in": sum(study_mean > 0 for study_mean, *_ in studies),
        "people in all": len(table),
        "rule minus similar": f"{mean:+.2f} ({low:+.2f} to {high:+.2f})",
        "p of the ANOVA, all people": f"{anova(table).p_corrected:.2g}",
    }
pd.DataFrame(rows).rename_axis("SIMULATED, truth 0")

# %%
_, ax = plt.subplots()
LOOKS = {"original": ("#d55e00", "s", -0.12), "matched": ("#0072b2", "o", 0.12)}
for design, (colour, marker, shift) in LOOKS.items():
    mean, low, high = intervals(worlds[design]).T
    at = np.arange(len(mean)) + shift
    style = {"fmt": marker, "color": colour, "capsize": 5, "label": design}
    ax.errorbar(at, mean, [mean - low, high - mean], **style)
ax.axhline(0, color="black", linestyle=":")
ax.set_xticks(range(len(mean)), [*range(1, len(mean)), "all"])
ax.set_title("SIMULATED: nothing acts but popularity")
ax.set(xlabel="study of 30 people, and all of them together")
ax.set_ylabel("rule minus similar, points (95 % CI)")
ax.set_ylim(-0.8, 1.2)
ax.legend(title="design", loc="upper left", ncols=2)
plt.show()

# %% [markdown]
# *In words:* for each of the five studies, and for all people together, the difference between rule and similar users with its interval; orange squares for the original design, blue dots for the matched one. All five squares lie above zero, in studies 1 and 3 with the whole interval. With all people together the square is at +0.33, its interval from 0.16 to 0.50, **and the truth is 0**. The blue dots lie nearer to zero, on both sides of it, and the interval of each holds it; so does that of all together. In both designs the interval of all is about half as wide as those of the single studies, or less.
#
# Two kinds of error, and only one of them has an interval. **Chance** gets smaller with more people. A **confound** stays, and with more people you are only surer of it: the interval closes around the wrong number. No formula of this lesson sees it. It is in the design, or it is nowhere.
#
# Does that mean that the article's rule effect *was* popularity? No. It means that its data cannot tell.
#
# ### How many people does a class need?
#
# Five studies are few. The course comes with many more, simulated in the same way (`python -m xrec_lessons.experiments power`): the share of studies whose registered ANOVA of interest is below .05. Where the effect is 0 each of these is a false alarm; where it is not, the share is the **power**.

# %%
from xrec_lessons.experiments import results, summary

[(title, table)] = summary("power").items()
print(title)
table

# %% [markdown]
# Each row is a world, each column a size of the study. (The intervals only say how many studies were simulated. *Rule minus similar* is what came out on average: somewhat less than the effect put in, since answers are rounded onto a scale that ends at 5.) First the rows where the effect is 0:
#
# - both designs **without popularity**: 2 to 5 % false alarms, and 9 % in one place, whose interval (4 to 17 %) says how few studies it rests on.
# - **matched**, with popularity acting: 4 to 5 % false alarms, whatever the size. As promised.
# - **original**, with popularity acting: 8 % with 12 people, 13 % with 30, 20 % with 60. The more people, the more false alarms: that is a confound.
#
# And this is a mild one, 0.4 points for each standard deviation. Now compare the two rows in which the rule adds 0.4 points and popularity acts. With 30 people the original design finds “a difference” in 72 % of the studies, the matched one in 33 %. Is the original the better design? Look at the first column: it measures +0.48, more than was put in, because it adds the films to the rule. **A confound makes discoveries easy.**
#
# Then the rows where the rule does something, in the matched design:

# %%
SIGNS = {0.2: ("#e69f00", "s:"), 0.4: ("#0072b2", "o-"), 0.6: ("#009e73", "^--")}
rows = results("power").query("design == 'matched' and effect > 0")
counts = rows.groupby(["effect", "people"])[["found", "studies"]].sum()
share = counts["found"] / counts["studies"]
_, ax = plt.subplots()
for effect, (colour, sign) in SIGNS.items():
    of_size = share[effect]
    ax.plot(of_size.index, of_size, sign, color=colour, label=f"{effect} points")
ax.axhline(0.8, color="black", linestyle=":", linewidth=1)
ax.set_title("SIMULATED: how often a matched study finds the rule's effect")
ax.set(xlabel="people analysed", ylabel="share of studies (power)", ylim=(0, 1))
ax.legend(title="effect put in")
plt.show()

# %% [markdown]
# *In words:* three lines that rise with the number of people. For an effect of 0.6 points (green, triangles) the power is 28 % with 12 people, 73 % with 30 and 96 % with 60. For 0.4 points (blue, dots) it is 15, 33 and 71 %. For 0.2 points (orange, squares) it stays below a fifth. The dotted line is at 80 %, which is what studies are usually planned for.
#
# So **a class of thirty finds an effect of 0.6 points three times in four, one of 0.4 points one time in three.** For 0.4 points and 80 % you need more than sixty: two or three classes together. And these are people *analysed*; of our 41, nine were lost. With twelve people you can learn how a study is run, and hardly anything about rules. Note, too, what a small study does to what gets told: in a class of 12, where the power is .15, the study that does come out significant has most likely overestimated the effect: with so few people only a large difference is significant.
# %% [markdown]
# ## Do other methods agree?
#
# Three objections to what you did, and a method for each. *Answers are steps, not numbers:* is 4 as far from 3 as 2 is from 1? Friedman's test looks only at ranks, and a *cumulative-link model* only at “higher or not”. *Films differ, too:* films are drawn from many, like people. A *mixed model* of the single answers gives participants and films a scatter of their own, crossed, instead of averaging them away. The module has all of it; `analyse` runs what was registered, and the others as checks.

# %% tags=["nbval-check-output"]
from xrec_lessons.study.analysis import analyse

report = analyse(study)
interest = report.results["interest"]

print("·", study.label, report.who.sentence)
for check in (interest.friedman, interest.mixed, *interest.ordinal):
    print("·", study.label, check.sentence)

# %% [markdown]
# They agree with the registered test: the rule is ahead, and “no difference at all” is unlikely by all of them (p = .010 as registered; .027 by ranks, .009 by the mixed model, .028 by the cumulative-link model). (The p-values of pairs in these sentences are not adjusted. *Kendall's W* lies between 0, no agreement of the ranks, and 1; an *odds ratio* above 1 means higher answers.) **That is what a check is for: to see whether the result hangs on one assumption.** It is not for choosing the smallest of four p-values. Had they fallen on both sides of .05, they would still be the same evidence, read with slightly different glasses, and the registered one would count.
#
# The mixed model gives something that the others cannot: how much comes from where. We had built in spreads of 0.55 between participants, 0.7 for their own liking of an explanation, 0.3 between films and 0.9 of noise. Compare with its sentence.
#
# ### Two questions, one construct?
#
# How far do interest and trust say different things?

# %% tags=["nbval-check-output"]
for one in report.correlations:
    print(study.label, one.sentence)
print("article, within an explanation: .82 (similar), .70 (rule), .76 (influence)")

# %% [markdown]
# Our simulated people have a correlation of .75 built in, so theirs proves nothing. The article's people had none built in, and they come out the same: who wants the film trusts its recommendation. (Its figures are recomputed from its participants' means.) And how **reliable** is each question, would the same person answer it the same way again? With a single question nobody can say. Ask two or three questions for a construct (`trust_1`, `trust_2`), and `analyse` takes their mean and reports Cronbach's α.
#
# ## Which sentence is licensed?
#
# You have everything to judge these. All are about the article's study or about ours; decide, then open.
#
# <details><summary>“People trust recommendations with a rule more, because rules are easier to understand.”</summary>
#
# Not licensed, twice. The films differed along with the explanation. And nobody was asked about understanding: the *because* is a guess.
# </details>
# <details><summary>“Under the article's design, recommendations with a rule were trusted more than those with similar users, by 0.6 points.”</summary>
#
# Licensed, with n and the interval. It says what was seen, and leaves the cause open.
# </details>
# <details><summary>“Influence explanations are as good as the baseline.”</summary>
#
# Not licensed. No difference was *shown*; the interval allows for some, in both directions. And what was shown as influence was probably mostly noise (lesson 05), so the sentence would be about noise.
# </details>
# <details><summary>“In our simulated study the rule did not differ from similar users, since p = .072 after Holm.”</summary>
#
# Not licensed, and this time we know that it is false: half a point is built in. A p above .05 says that this study cannot exclude chance.
# </details>
# <details><summary>“Among films that rules can explain, and people to whom rules apply, the rule raises interest” (matched design, real participants, p = .004).</summary>
#
# Licensed, with the size and its interval in the sentence. In the matched design only chance stands against it, and p speaks about chance.
# </details>
#
# ## What could mislead you here
#
# - **p is not the probability that the explanations do nothing.** It is how often chance alone would give so much, *if* they did nothing and everything else is as assumed.
# - **The interval covers chance only.** Who left, who was asked, which films, which wording: none of it is in there.
# - **A significant and a non-significant difference may not differ from each other.** To say that rule gains and influence does not, compare rule with influence.
# - **Simulated people are what we made them.** That the matched design holds its 5 % here was to be expected; it tests the method. How many people *your* class needs depends on spreads that we set to look like the article's.
# - **Running all methods and reporting the nicest** is one more way of testing until something is found. Register one; the others are checks.
#
# ## Key points
#
# - One number for each person and explanation first; then count people, not answers.
# - Draw and test each person's own difference. Intervals of bars are about something else.
# - Repeated-measures F: explanations against what is left over once the people are taken out. Means, covariances and n are enough for it.
# - Many tests, adjusted p-values: Holm rather than Bonferroni.
# - Effect, interval, then p. And no p sees a confound.
#
# ## Two questions
#
# Press an answer: it answers back.

# %%
checks.quiz("09")

# %% [markdown]
# **Next:** [lesson 10, *Twenty million ratings*](10_twenty_million.ipynb): the whole course once more, on two hundred times the data.
