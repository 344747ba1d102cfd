# %% [markdown]
# # 09 · Read the study, deeper
#
# **How many people does an answer need, and does it depend on the method?**
#
# The core lesson read one study. Here you see what pairing gains and where F's p comes from, make many p-values pay for their number, compute the article's F from eighteen numbers, and ask how many people a class needs. At the end three other methods read the same answers.
#
# *About 40 minutes. Needs [lesson 09](09_read_the_study.ipynb), variance and covariance.* Afterwards you will be able to
#
# - **adjust** p-values for their number by Holm's method,
# - **recompute** a published F from means and covariances,
# - **plan** a study's size, and **compare** what other methods say.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

from xrec_lessons import checks
from xrec_lessons.bundle import load_bundle
from xrec_lessons.drawings import theme
from xrec_lessons.study.analysis import Moments, analyse, anova, compare_pairs, study_of
from xrec_lessons.study.own import own_answers
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.simulate import simulate

theme.follow_theme()
bundle = load_bundle()
EXPLANATIONS = ["similar", "rule", "influence"]  # the article's A, B, C
print("numpy", np.__version__, "· pandas", pd.__version__)

# %% [markdown]
# The study of the core lesson again: 41 simulated people came, 32 are analysed, and the rule adds half a point. (We took the first seed, from 0, with which 32 people remain, as in the article. We looked at nothing else.)

# %%
QUESTIONS = [
    {"name": "interest", "text": "How much would you like to watch this film?"},
    {"name": "trust", "text": "How far do you trust this recommendation?"},
    {"name": "attention", "text": "Please choose 2 here.", "at": 8, "expected": 2},
]
protocol = load_protocol({"questions": QUESTIONS})
people = {"effect": {"rule": 0.5}, "dropout": 0.15, "careless": 0.05}
study = study_of(simulate(protocol, n=41, seed=13, bundle=bundle, **people))

participant_means = checks.use("participant_means")
rows = study.rows("interest")
included = study.participants.index[study.participants["included"]]
wide = participant_means(rows[rows["participant"].isin(included)])[EXPLANATIONS]

# %% [markdown]
# ## One answer, fifty times
#
# Ada, Ben and Cem of the core lesson give the same answer to one film, to five, or to fifty. What does a test over all answers make of it?

# %% tags=["nbval-check-output"]
similar, rule = np.array([1.0, 2, 3]), np.array([2.0, 5, 5])

for films in (1, 5, 50):
    many = stats.ttest_ind(np.repeat(rule, films), np.repeat(similar, films))
    print(f"{films:2} films each: t = {many.statistic:5.2f}, p = {many.pvalue:.2g}")
print("three differences:", stats.ttest_rel(rule, similar).pvalue.round(3))

# %% [markdown]
# Nobody new came, and p falls as far as you like. Over the three people's differences it stays where it is.
#
# ## What pairing gains
#
# The variance of a difference is the sum of both variances *minus twice the covariance*: multiply each person's two distances from the column means, add up, divide by n − 1. For strangers there is nothing to take off. So the higher the correlation of the two columns, the more it gains to compare everybody with themselves.

# %% tags=["nbval-check-output"]
own = wide["rule"] - wide["similar"]
together = wide["rule"].corr(wide["similar"])
strangers = np.sqrt(wide["rule"].var() / 32 + wide["similar"].var() / 32)

print(f"SIMULATED: below zero {sum(own < 0)}, at zero {sum(own == 0)} of {len(own)}")
print(f"correlation of rule with similar over people {together:.2f}")
print(f"standard error {own.sem():.3f}; as if they were strangers {strangers:.3f}:")
print(f"pairing is worth {(strangers / own.sem()) ** 2:.1f} times as many people")

# %% [markdown]
# And your own spread? The mean of a person rests on few films. Here are your answers from lesson 08 under each explanation (a simulated person's, if you did not take part):

# %%
mine, whose = own_answers()
spread = mine[mine["question"] == "interest"].groupby("explanation")["value"]
spread.agg(["mean", "std", "count"]).round(2).rename_axis(whose)

# %% [markdown]
# ## F by chance
#
# How large is a large F? Ask chance. **If no explanation did anything, the three names in a person's row could as well be exchanged.** So we exchange them at random in each person's row, and do that two thousand times.

# %%
repeated_measures_f = checks.use("repeated_measures_f")
f, df1, df2 = repeated_measures_f(wide)

rng = np.random.default_rng(0)
exchanged = [pd.DataFrame(rng.permuted(wide, axis=1)) for _ in range(2000)]
by_chance = np.array([repeated_measures_f(table)[0] for table in exchanged])

# %%
_, ax = plt.subplots()
ax.hist(by_chance, bins=40, density=True, label="names exchanged", color="C5")
at = np.linspace(0.02, 8, 200)
ax.plot(at, stats.f.pdf(at, df1, df2), color="C0", label="F distribution")
ax.axvline(f, color="C1", linestyle="--", label="our study")
ax.set_title("SIMULATED: F when the explanations do nothing, and ours")
ax.set(xlabel="F", ylabel="density", xlim=(0, 8))
ax.legend(loc="center right")
plt.show()

# %% [markdown]
# *In words:* the bars are high at F = 0 and fall steeply to the right, and the blue curve, the F distribution with 2 and 62 degrees of freedom, lies on them. The dashed orange line, our study, stands at 2.64, where about 8 % of the area lies beyond it.
#
# The curve is what makes tables of p-values possible. It holds exactly if answers are normal and the differences scatter equally widely for every pair of explanations (*sphericity*). The registered test corrects for the second by **Greenhouse and Geisser's** ε, 1 at best: it multiplies both degrees of freedom. And why does the core lesson's sentence give η² a 90 % interval? η² is never negative, so F looks at one side only; this interval leaves out 0 exactly if p is below .05.
#
# ## Many tests, and what they pay
#
# Three pairs make three tests, each with a false alarm in one of twenty. Together, if nothing is there, one in seven or so gives at least one (1 − 0.95³ = .14, if they were independent). So the p-values must pay for their number.
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
# ### Exercise 1: Holm
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

# %% [markdown]
# **Guess:** in our simulated study two of the three differences are built in. For how many of the three pairs is Holm's p below .05?

# %%
significant = checks.guess("09 significant pairs", ...)
significant

# %% tags=["nbval-check-output"]
holm = checks.use(holm)

pairs = compare_pairs(wide)
table = pd.DataFrame(
    {
        "points": [pair.difference for pair in pairs],
        "p": [pair.p for pair in pairs],
        "Holm": holm([pair.p for pair in pairs]),
        "Bonferroni": [pair.p_bonferroni for pair in pairs],
        "from": [pair.low_together for pair in pairs],
        "to": [pair.high_together for pair in pairs],
    },
    [f"{pair.first} minus {pair.second}" for pair in pairs],
)
table.round(3).rename_axis(study.label)

# %% [markdown]
# None. Half a point is real, and this study has not shown it. (*from* and *to* are the ends of the interval for all three pairs together.) For *rule minus similar*, −0.09 to 0.80 says what we do not know. And that this pair is nearer to .05 than *influence minus similar* does not show that the two differ: compare rule with influence for that.
#
# Holm and Bonferroni agree on the smallest p; for the others Holm asks less, and is as safe. For Holm, an adjusted interval has no simple form. So `compare_pairs` gives Bonferroni's, the interval of level 1 − .05/3, “all pairs together”: it leaves out 0 exactly if Bonferroni's p is below .05. (Without it you would read an interval that just misses 0, beside an adjusted p of .149.)
#
# **And two outcomes?** Holm pays for the pairs within interest, and once more within trust. But there are two outcomes at .05 each: if nothing is there, up to one study in ten finds something. State a rule for the whole *family* before you begin: one outcome decides and the other comes second, or both are tested at .025.
#
# ## F from eighteen numbers
#
# The article's answers are not public. Its means and covariances are known from the dissertation behind it: nine different numbers for each question, since the table of covariances is symmetric (order: similar, rule, influence).

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
# The upper part of F is easy: $n$ times the squared distances of the means from their mean, divided by $k - 1$. The lower part, the mean square of what is left over, is a surprise:
#
# $$\frac{SS_\text{left over}}{(k-1)(n-1)} = \text{mean variance} - \text{mean covariance}$$
#
# Why? Take one pair of columns. What a person adds cancels in the difference, so only what is left over scatters in it, twice: once from each column. Half the variance of the difference is therefore the scatter of what is left over, for this pair. With variances $v_a$, $v_b$ and covariance $c_{ab}$,
#
# $$\tfrac12 \mathrm{Var}(a - b) = \tfrac12 (v_a + v_b) - c_{ab}$$
#
# Average over all pairs: every variance comes up equally often, so the first part becomes the mean variance, and the second the mean covariance. In the toy the variances are 1, 3 and 1, with mean 5/3; the covariances 1.5, 0.5 and 0, with mean 2/3. 5/3 − 2/3 = 1, and 4/4 was what we had.
#
# ### Exercise 2: F from means and covariances
#
# `means` is a list of $k$ numbers, `covariance` a list of $k$ lists, the rows of a square table (`np.asarray` makes arrays of them), and `n` the number of participants. Return **F and its two degrees of freedom**, as in the core lesson. For the toy, `f_from_moments([2, 4, 3], [[1, 1.5, 0.5], [1.5, 3, 0], [0.5, 0, 1]], 3)` is `(3, 2, 4)`.


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

# %%
f_from_moments = checks.use(f_from_moments)

for outcome, (means, covariance) in ARTICLE.items():
    f, df1, df2 = f_from_moments(means, covariance, PEOPLE)
    p = stats.f.sf(f, df1, df2)
    print(f"{outcome}: F({df1}, {df2}) = {f:.3f}, p = {p:.4f}")

# %% [markdown]
# The article prints p = .008 for interest and p = .001 for trust. Both agree with what you computed: to three digits .0084 is .008 and .00148 is .001 (to four it is .0015). **A result that can be recomputed is worth more than a star.** Publish means, covariances and n, and everybody can check you.

# %% tags=["nbval-check-output"]
for outcome, (means, covariance) in ARTICLE.items():
    moments = Moments(tuple(EXPLANATIONS), means, covariance, PEOPLE)
    print(f"{outcome}: ε = {anova(moments).epsilon:.2f}")
    for pair in compare_pairs(moments, adjust="Bonferroni"):
        shown = f"({pair.low_together:+.2f} to {pair.high_together:+.2f})"
        print(
            f"  {pair.first} minus {pair.second} {pair.difference:+.2f} {shown}", end=""
        )
        print(f", p = {pair.p_adjusted:.3f}")

# %% [markdown]
# - Interest and trust were **higher under the rule** than under *similar users*, by 0.54 and 0.61 points.
# - **Influence was no different from the baseline**, as far as 32 people can show. For interest the interval reaches from 0.34 below to 0.45 above. And what they saw as influence was probably mostly chance (lesson 05).
# - 41 people were recruited and 32 analysed. If you like few films you have few rules, so the nine others are not nine at random.
#
# ## How many people does a class need?
#
# Five studies are few. The course comes with many more, simulated in the same way (`python -m xrec_lessons.experiments power`): the share of studies whose registered ANOVA of interest is below .05. Where the effect is 0 each of these is a false alarm; where it is not, the share is the **power**.
#
# **Guess:** the rule adds 0.4 points, the design is matched, 30 people are analysed. In how many of 100 such studies is p below .05?

# %%
power = checks.guess("09 power of thirty, per cent", ...)
power

# %%
from xrec_lessons.experiments import results, summary

LOOKS = {0.2: ("C4", "s:"), 0.4: ("C0", "o-"), 0.6: ("C2", "^--")}
matched = results("power").query("design == 'matched' and effect > 0")
counts = matched.groupby(["effect", "people"])[["found", "studies"]].sum()
share = 100 * counts["found"] / counts["studies"]
_, ax = plt.subplots()
for effect, (colour, sign) in LOOKS.items():
    of_size = share[effect]
    ax.plot(of_size.index, of_size, sign, color=colour, label=f"{effect} points")
ax.axhline(80, linestyle=":", linewidth=1, color="C1", label="80 %")
ax.set_title("SIMULATED: how often a matched study finds the rule's effect")
ax.set(xlabel="people analysed", ylabel="studies with p < .05, per cent", ylim=(0, 104))
ax.legend(title="effect put in", loc="upper left", bbox_to_anchor=(1, 1))
power.draw(ax, "y")
plt.show()

# %% [markdown]
# *In words:* three lines that rise with the number of people. For an effect of 0.6 points (green, triangles) the power is 28 % with 12 people, 68 % with 30 and 100 % with 60. For 0.4 points (blue, dots) it is 14, 36 and 66 %. For 0.2 points (orange, squares) it stays at 21 % or below. The dotted line is at 80 %, for which studies are usually planned, and a dashed one is your guess.
#
# So **a class of thirty finds an effect of 0.6 points in 68 of 100 studies, and one of 0.4 points in 36.** And these are people *analysed*; of our 41, nine were lost. With twelve people you can learn how a study is run, and hardly anything about rules. A small study also distorts what gets reported: where the power is low, the study that does come out significant has most likely overestimated the effect, since with so few people only a large difference is significant.
#
# The whole table, with the worlds in which the rule does nothing:

# %%
[(title, table)] = summary("power").items()
print(title)
table

# %% [markdown]
# Each row is a world, each column a size of the study. (The intervals only say how many studies were simulated. *Rule minus similar* is what came out on average: less than the effect put in, since answers are rounded onto a scale that ends at 5.) Where the effect is 0:
#
# - **matched**, where only the films act: 0 to 5 % false alarms, whatever the size.
# - **original**, where only the films act: 7 % with 12 people, 15 % with 30, 33 % with 60. The more people, the more false alarms: that is a confound.
#
# And this is a mild one, 0.4 points for each standard deviation of log popularity. Now compare the two rows in which the rule adds 0.4 points and popularity acts. With 30 people the original design finds “a difference” in 73 % of the studies, the matched one in 36 %. Is the original the better design? Look at the first column: it measures +0.46 and the matched one +0.32, because it adds the films to the rule. **A confound makes discoveries easy.**
#
# ### Decide: your class
#
# Your class has 24 people, and 0.4 points is the smallest effect that you care about. Type what you do: `"run"` the matched study now, `"original"` (run the original design, which finds more), or `"join"` with two other classes.

# %%
plan = checks.guess("09 our class of 24", ...)
plan

# %%
ANSWERS = {
    "run": "Then say beforehand that it is an exercise: the line for 0.4 points is far below "
    "80 % at 24 people. Whatever comes out, report the interval.",
    "original": "It finds more because it finds the films, too. What would your sentence say?",
    "join": "More people, one registered plan, and a chance to see 0.4 points. Three classes of "
    "24, of whom some are lost, come near 60.",
}
print(ANSWERS.get(plan.value, "Nothing typed yet: which of the three can you defend?"))

# %% [markdown]
# ## Do other methods agree?
#
# Three objections to what you did, and a method for each. *Answers are steps, not numbers:* is 4 as far from 3 as 2 is from 1? Friedman's test looks only at ranks, and a *cumulative-link model* only at “higher or not”. *Films differ, too:* films are drawn from many, like people. A *mixed model* of the single answers gives participants and films a scatter of their own, crossed, instead of averaging them away. `analyse` runs what was registered, and the others as checks.

# %% tags=["nbval-check-output"]
report = analyse(study)
interest = report.results["interest"]

print("·", study.label, report.who.sentence)
for check in (interest.anova, interest.friedman, interest.mixed, *interest.ordinal):
    print("·", study.label, check.sentence)

# %% [markdown]
# They agree with the registered test: the rule is ahead, and none of them excludes chance (p = .085 as registered; .192 by ranks, .081 by the mixed model, .127 by the cumulative-link model). (The p-values of pairs in these sentences are not adjusted. *Kendall's W* lies between 0, no agreement of the ranks, and 1; an *odds ratio* above 1 means higher answers. With fewer than twelve people the cumulative-link model finds too much, and its sentence says so.) **That is what a check is for: to see whether the result depends on one assumption.** It is not for choosing the smallest of four p-values. Even where they fall on both sides of .05 they are the same evidence, read with slightly different glasses, and the registered one counts.
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
# Our simulated people have a correlation of .75 built in, so theirs proves nothing. The article's people had none built in, and they come out the same: if you want the film, you trust its recommendation. (Its figures are recomputed from its participants' means.)
#
# **Two different questions about reliability.** Do several questions about trust go together? Ask two or three (`trust_1`, `trust_2`), and `analyse` takes their mean and reports Cronbach's α. That is *internal consistency*. Would the same person answer the same way again? Only asking twice tells, and for that one question is enough.
#
# ## What could mislead you here
#
# - **Simulated people are what we made them.** That the matched design holds its 5 % was to be expected; it tests the method. How many people *your* class needs depends on spreads that we set to look like the article's.
# - **Running all methods and reporting the nicest** is one more way of testing until something is found. Register one; the others are checks.
#
# ## Key points
#
# - Comparing everybody with themselves gains what the two columns share.
# - Holm rather than Bonferroni for p; Bonferroni's intervals beside it; a rule for all outcomes together.
# - Mean variance minus mean covariance is what is left over: means, covariances and n are enough for F.
# - Power before the study, and a small significant study overestimates.

# %%
checks.progress()

# %% [markdown]
# Press an answer: it answers back.

# %%
checks.quiz("09 deeper")

# %% [markdown]
# **Next:** [lesson 10, *Twenty million ratings*](10_twenty_million.ipynb).
