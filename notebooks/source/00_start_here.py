# %% [markdown]
# # Start here: ten ratings in, three explained recommendations out
#
# **A machine recommends a film to you. Can it also tell you why, and is what it says the real reason?**
#
# In five minutes you will see the whole course at work on real data: a model trained on 100,004 MovieLens ratings, one new person with ten ratings, three recommended films, and three different explanations of each. Nothing is trained here and nothing leaves this computer.
#
# *Five minutes. Needs nothing but curiosity; you need not read the code yet.* Afterwards you will be able to
#
# - **produce** explained recommendations from ten ratings,
# - **read** three kinds of explanation: similar users, an association rule, the influence of your own ratings,
# - **tell** what each of them claims, and what it does not.
#
# Press <kbd>Shift</kbd> + <kbd>Enter</kbd> to run a cell and go on to the next.

# %%
from importlib.metadata import version

from IPython.display import HTML, display

from xrec_lessons.bundle import load_bundle
from xrec_lessons.fold_in import fold_in
from xrec_lessons.form import RatingForm, explained

print("xrec_lessons", version("xrec_lessons"), "· numpy", version("numpy"))

# %% [markdown]
# ## What is already there
#
# The course comes with five small models. They learned from the same ratings, each with another random seed, which will show us how much of an answer is chance. Recommended is what has the highest mean of their five predictions.

# %%
bundle = load_bundle()
films = bundle.films

print(f"{len(films.ids):,} films, {len(bundle.rules):,} rules")
print(f"{len(bundle.models)} models")
print("Most rated:", "; ".join(films.names(films.most_rated(5))))

# %% [markdown]
# ## A new person
#
# Nobody in the training data gave these ratings: we made this person up. They like science fiction and do not care for romance.

# %%
newcomer = bundle.sample_person

unit = "stars" if bundle.rating_scale.stars else "points"

for movie, stars in newcomer.items():
    print(f"{stars:>4} {unit}  {films.name(movie)}")

# %% [markdown]
# The models have never met them. To retrain everything for ten ratings would be absurd, so all that was learned about the films stays frozen, and only the newcomer's own numbers are computed: the *fold-in* (lesson 03). One of those numbers is how generous they are.

# %%
folded = fold_in(bundle.models[0], newcomer)

print(f"{folded.b:+.2f} {unit} compared with how people rate these very films, and")
print(f"{len(folded.p)} numbers that say what they like")

# %% [markdown]
# ## Predict before you run
#
# The models know nothing of genres, actors or plots. They have seen ratings, and nothing else.
#
# **Which film would you recommend to this person?** And which *one* of the ten ratings do you think will matter most? Say it aloud or write it down; then run the cell.

# %%
recommended = bundle.recommend(newcomer, 3)

for place, movie in enumerate(recommended, start=1):
    print(place, films.name(movie))

# %% [markdown]
# ## Why these?
#
# Below are three answers to the same question for the first film:
#
# 1. **Similar users**, the sentence that shops and streaming services like to show. In the study from which this course starts it was the yardstick.
# 2. An **association rule**: people who have one film in their list often have the other too. A *list* holds what a person liked and what the model would recommend them. The ten dots are ten people who have the first film; a filled one has the other too.
# 3. The **influence of your own ratings**: what would be predicted if this person had *not* given that one rating? The bar is the difference. Right of the line the rating raises the prediction, left of it the rating lowers it; the same stands beside it in words. The whisker shows how far the five models disagree.

# %%
display(HTML(explained(bundle, newcomer, recommended[0])))

# %% [markdown]
# Was the rating that you had in mind among the bars? Now the other two films. Look at what changes from film to film and what stays the same.

# %%
for movie in recommended[1:]:
    display(HTML(explained(bundle, newcomer, movie)))

# %% [markdown]
# The first sentence never changes but for the title: it would stand there whatever this person had rated. The rule uses one rating, and of that only that it was four stars or more. The influence uses all ten, and it is exact: compute the person again without that rating, everything else as it was, and you get just that difference. (Everything else includes how firmly the model holds a newcomer to the average. `fold_in` loosens that hold a little for a person with nine ratings, which can change the result by a hundredth of a star; lesson 05 derives all of it.)

# %% [markdown]
# ## Your turn
#
# Rate ten films that you have seen. Type a part of a title, choose the film, choose the stars, press *Rate this film*. After every rating the recommendations and their explanations may change. The keyboard is enough: <kbd>Tab</kbd> goes from field to field, the arrow keys choose, <kbd>Enter</kbd> presses a button.
#
# Then try this: rate one of your films again, with quite other stars (the new rating replaces the old one), and look for its bar. If another film is recommended now, that was its influence too.

# %%
form = RatingForm(bundle)
form

# %% [markdown]
# Your ratings are an ordinary dictionary, so you can go on with them in code. As long as you have rated nothing, this shows the sample person's.

# %%
mine = form.ratings or newcomer

print(films.names(bundle.recommend(mine, 5)))

# %% [markdown]
# ## What could mislead you here
#
# - **An explanation that sounds good need not be the reason.** The model does not use the rules at all; they are mined afterwards, from what people liked and what the model ranks first for them. Whether people *want* to watch what a rule recommends says nothing about whether the rule is why it was recommended. Lesson 06 measures the difference.
# - **A rule may be true and empty.** Eight in ten people have *The Godfather* in their list whatever else they like, so hundreds of films "lead" to it. Wherever a rule's card ends with "hardly more than if the films had nothing to do with each other", the rule tells next to nothing.
# - **A low rating can raise a prediction**, and a high one can lower it. Two things count: whether you gave more or fewer stars than the model expected of you, and whether the two films please the same people or opposite ones.
# - **Films with fewer than 50 ratings are not recommended here.** They would fill the top of the list for everybody alike, on the word of a handful of people.
#
# ## Key points
#
# - A person who is new to the model is *folded in*: the films stay frozen, only the person is computed.
# - One recommendation can be explained in several ways that claim quite different things.
# - The influence of a rating is the prediction with it minus the prediction without it.
#
# ## Two questions, without code
#
# **1.** A friend rates a single film, *Toy Story*, with five stars. Which of the three explanations can say something about this friend, and which would say the same to a friend who gave it half a star?
#
# <details><summary>Answer</summary>
#
# Rule and influence speak of that rating: a rule, where one leads to the recommended film, applies only because *Toy Story* was liked; the influence says what the five stars changed. "Similar users" is the same for both friends but for the title of the film.
# </details>
#
# **2.** A bar is long, and its whisker is longer still and crosses the line in the middle. What do you know about this rating?
#
# <details><summary>Answer</summary>
#
# Very little: the five models do not even agree whether the rating raises or lowers the prediction. Another random seed could have shown you the opposite.
# </details>
#
# **Next:** lesson 01, *Ratings and baselines*: what these 100,004 numbers are, who is missing, and how good a prediction is that knows nothing of you.
