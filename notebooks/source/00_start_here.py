# %% [markdown]
# # Start here: ten ratings in, three explained recommendations out
#
# **A machine recommends a film to you. Can it also tell you why, and is what it says the real reason?**
#
# You will see the whole course at work on real data: models trained on 100,004 MovieLens ratings, one new person with ten ratings, recommended films, and different explanations of each. Nothing is trained here, and nothing leaves this computer.
#
# *About half an hour, five minutes of it for ratings of your own. Needs nothing but curiosity; you need not read the code yet.* Afterwards you will be able to
#
# - **produce** explained recommendations from ten ratings,
# - **read** three kinds of explanation: similar users, an association rule, the influence of your own ratings,
# - **tell** what each of them claims, and what it does not.
#
# ## Predict before you run
#
# A person whom the models have never met gave these ratings. We made them up: they like science fiction and do not care for romance.
#
# | | |
# |---|---|
# | *The Matrix*, *Blade Runner* | 5 stars |
# | *Star Wars: Episode IV*, *Alien*, *Twelve Monkeys* | 4.5 |
# | *Toy Story*, *Pulp Fiction* | 4 |
# | *Forrest Gump* | 2.5 |
# | *Pretty Woman* | 2 |
# | *Titanic* | 1.5 |
#
# The models know nothing of genres, actors or plots: they have seen only ratings. **Which film would you recommend to this person?** And which *one* of the ten ratings do you think matters most for it? Type both titles in place of the dots, in quotation marks, as in `"Titanic"`. Then press <kbd>Shift</kbd> + <kbd>Enter</kbd>, which runs a cell.

# %%
from IPython.display import display

from xrec_lessons import checks
from xrec_lessons.bundle import load_bundle
from xrec_lessons.drawings import lesson_00 as drawings
from xrec_lessons.explorer import Explorer, kept_ratings

film = checks.guess("00 film", ...)
rating = checks.guess("00 rating that matters most", ...)
display(film, rating)

# %%
bundle = load_bundle()
explorer = Explorer(bundle)
explorer

# %% [markdown]
# ## What you see
#
# First come the ratings, then the list: the films with the highest predicted stars. Each dot is one of five models, and the line is their mean. The five learned from the same ratings, each with another random seed. Where their dots lie far apart, much of the answer is chance. Beside the list, three cards explain the film that you chose:
#
# 1. **Each rating's effect**: what would be predicted if this person had *not* given that one rating? The bar is the difference; the whisker shows how far the five models disagree.
# 2. A **rule**: people who have one film in their list often have the other too. A *list* holds what a person liked and what the model would recommend them. The ten dots are ten people, and a filled dot is somebody with the recommended film. The upper row shows people who have the first film, the lower row everybody.
# 3. **Similar users**, the sentence that shops and streaming services like to show. In the study from which this course starts, it was the yardstick.
#
# (Skip the box *Another recommender, EASE* until lesson 07.)
#
# Is your film in the list? And was the rating that you had in mind among the longest bars? **Press its bar.** Now the rating is gone, as if it had never been given. The prediction falls (or rises) by just what the bar said, as is written below the bars. The films move to their new places.
#
# Three things to try:
#
# - Choose another film in the list. What changes on its cards, and what stays the same?
# - Switch ratings off until another film comes first. How few are enough? Must it be the one with the longest bar? The sentence under the list names one way.
# - Give *Titanic* five stars. What becomes of its bar?
#
# ## Your turn
#
# Rate ten films that you have seen: type a part of a title, choose the film, choose the stars. With your first rating the invented person's ratings disappear. The keyboard is enough: <kbd>Tab</kbd> goes from part to part, the arrow keys choose, <kbd>Enter</kbd> or the space bar presses.
#
# Your ratings are kept in the file `my_ratings.csv` beside this notebook, nowhere else; *Forget my ratings* deletes it. The later lessons use them: `mine` is a dictionary of film to stars. If you have rated nothing, it holds the ratings of the invented person, the *sample person*.

# %%
mine = kept_ratings(bundle)

print(f"{mine.whose}:", *bundle.films.names(bundle.recommend(mine, 5)), sep="\n")

# %% [markdown]
# ## Decide: which card do you believe?
#
# You have seen three cards on one film: each rating's effect, a rule, similar users. Suppose that only *one* of them tells why the film is in the list. **Which one do you believe?** Type `"effect"`, `"rule"` or `"similar"`. There is no answer below. Your choice is kept until lesson 06, which puts all three to the test.

# %%
believed = checks.guess("00 card that you believe", ...)
believed

# %% [markdown]
# ## The way through the course
#
# The drawing shows what you have just seen. Press the number of a lesson: what it is about lights up.

# %%
drawings.course()

# %% [markdown]
# *In words:* the table of ratings is on the left (lesson 01; in lesson 10 it is two hundred times as large). It gives a few numbers for each film and each person (02). Below it, one new row holds your ratings, which give your numbers (03). Your numbers and the films' numbers make your list (07). Three cards explain one of its films: a rule (04), each rating's effect (05), similar people; lesson 06 compares them. At the bottom, people judge the cards (08, 09).
#
# It would be absurd to train everything again for ten ratings. So the films stay *frozen*, and only the newcomer's own numbers are computed: the *fold-in*. One of these numbers says how generous the newcomer is.

# %%
from xrec_lessons.fold_in import fold_in

folded = fold_in(bundle.models[0], mine)

unit = "stars" if bundle.rating_scale.stars else "points"
print(f"{folded.b:+.2f} {unit} compared with how people rate these very films, and")
print(f"{len(folded.p)} numbers that say what they like")

# %% [markdown]
# ## What could mislead you here
#
# - **An explanation that sounds good need not be the reason.** Lesson 06 measures the difference.
# - **A rule may be true and empty.** If nearly everybody has a film in the list, hundreds of films “lead” to it. Compare the two rows of dots.
# - **A low rating can raise a prediction**, and a high one can lower it. Two things count: whether you gave more or fewer stars than the model expected of you, and whether the two films please the same people or opposite ones.
# - **Bars do not add up.** If you switch two ratings off, the prediction does not move by both bars together: without the first rating, the second has another effect.
# - **Films with fewer than 50 ratings are not recommended here.** Otherwise they would fill the top of everybody's list, on the word of a handful of people.
#
# ## Key points
#
# - A person who is new to the model is *folded in*: the films stay frozen, only the person is computed.
# - One recommendation can be explained in several ways that claim quite different things.
# - The influence of a rating is the prediction with it minus the prediction without it.
#
# ## Questions
#
# Press an answer: it answers back.

# %%
checks.quiz("00")

# %% [markdown]
# **Next:** [lesson 01, *Ratings and baselines*](01_ratings_and_baselines.ipynb): what these 100,004 ratings are, who is missing from them, and how good a prediction can be that knows nothing of you.
