# %% [markdown]
# # Start here: ten ratings in, three explained recommendations out
#
# **A machine recommends a film to you. Can it also tell you why, and is what it says the real reason?**
#
# In five minutes you will see the whole course at work on real data: models trained on 100,004 MovieLens ratings, one new person with ten ratings, recommended films, and three different explanations of each. Nothing is trained here and nothing leaves this computer.
#
# *Five minutes. Needs nothing but curiosity; you need not read the code yet.* Afterwards you will be able to
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
# The models know nothing of genres, actors or plots. They have seen ratings, and nothing else. **Which film would you recommend to this person?** And which *one* of the ten ratings do you think matters most for it? Say it aloud or write it down. Then press <kbd>Shift</kbd> + <kbd>Enter</kbd>, which runs a cell.

# %%
from xrec_lessons import checks
from xrec_lessons.bundle import load_bundle
from xrec_lessons.explorer import Explorer

bundle = load_bundle()
explorer = Explorer(bundle)
explorer

# %% [markdown]
# ## What you see
#
# On the left, the ratings. In the middle, the films with the highest predicted stars: each dot is one of five models that learned from the same ratings, each with another random seed; the line is their mean. Where the dots lie far apart, much of the answer is chance. On the right, why the film that you chose is predicted what it is:
#
# 1. **Each rating's effect**: what would be predicted if this person had *not* given that one rating? The bar is the difference, the whisker shows how far the five models disagree.
# 2. A **rule**: people who have one film in their list often have the other too. A *list* holds what a person liked and what the model would recommend them. Of the ten dots, ten people, a filled one has the recommended film: above of those who have the first film, below of everybody.
# 3. **Similar users**, the sentence that shops and streaming services like to show. In the study from which this course starts it was the yardstick.
#
# Was the rating that you had in mind among the longest bars? **Press its bar.** The rating is gone, as if it had never been given, and the prediction falls (or rises) by just what the bar said: it is written below the bars. The films find their new places.
#
# Now three things to try:
#
# - Choose another film in the middle. What changes on the right, and what stays the same?
# - Switch ratings off until another film comes first. How few are enough? The sentence under the list knows.
# - Give *Titanic* five stars. What becomes of its bar?
#
# ## Your turn
#
# Rate ten films that you have seen: type a part of a title, choose the film, choose the stars. Your first rating ends the invented person's list. The keyboard is enough: <kbd>Tab</kbd> goes from part to part, the arrow keys choose, <kbd>Enter</kbd> or the space bar presses.
#
# What you rate is kept in the file `my_ratings.csv` beside this notebook, nowhere else; *Forget my ratings* deletes it. It is an ordinary dictionary too, so you can go on with it in code. As long as you have rated nothing, this shows the sample person's.

# %%
mine = explorer.ratings or bundle.sample_person

print(bundle.films.names(bundle.recommend(mine, 5)))

# %% [markdown]
# To retrain everything for ten ratings would be absurd, so all that was learned about the films stays frozen, and only the newcomer's own numbers are computed: the *fold-in* (lesson 03). One of those numbers is how generous they are.

# %%
from xrec_lessons.fold_in import fold_in

folded = fold_in(bundle.models[0], bundle.sample_person)

unit = "stars" if bundle.rating_scale.stars else "points"
print(f"{folded.b:+.2f} {unit} compared with how people rate these very films, and")
print(f"{len(folded.p)} numbers that say what they like")

# %% [markdown]
# ## What could mislead you here
#
# - **An explanation that sounds good need not be the reason.** The model does not use the rules at all; they are mined afterwards, from what people liked and what the model ranks first for them. Whether people *want* to watch what a rule recommends says nothing about whether the rule is why it was recommended. Lesson 06 measures the difference.
# - **A rule may be true and empty.** Eight in ten people have *The Godfather* in their list whatever else they like, so hundreds of films "lead" to it. Compare the two rows of dots.
# - **A low rating can raise a prediction**, and a high one can lower it. Two things count: whether you gave more or fewer stars than the model expected of you, and whether the two films please the same people or opposite ones.
# - **Bars do not add up.** Switch two ratings off, and the prediction moves by something else than both bars together: without the first one, the second has another effect.
# - **"As if you had never rated it" keeps all the rest**, and that includes λ: how firmly the models hold a newcomer to the average. It loosens a little with each rating, so taking a rating back for good can change the result by a hundredth of a star more or less than its bar; lesson 05 derives all of it.
# - **Films with fewer than 50 ratings are not recommended here.** They would fill the top of the list for everybody alike, on the word of a handful of people.
#
# ## Key points
#
# - A person who is new to the model is *folded in*: the films stay frozen, only the person is computed.
# - One recommendation can be explained in several ways that claim quite different things.
# - The influence of a rating is the prediction with it minus the prediction without it.
#
# ## Two questions
#
# Press an answer: it answers back.

# %%
checks.quiz("00")

# %% [markdown]
# **Next:** lesson 01, *Ratings and baselines*: what these 100,004 numbers are, who is missing, and how good a prediction is that knows nothing of you.
