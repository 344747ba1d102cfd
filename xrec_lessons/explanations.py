"""Three explanations of one recommendation, as plain data with one plain sentence each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xrec_lessons import cards
from xrec_lessons.influence import influence_arrays
from xrec_lessons.model import ItemFactors
from xrec_lessons.ratings.films import Films
from xrec_lessons.rules import Rule, Rules, liked_films

__all__ = ["ByInfluence", "ByRule", "BySimilarUsers", "explain"]


# What a person's list holds, for a rule's sentence and for its note.
LISTS = {
    "liked+top": (
        "liked or recommended",
        "films that a person liked and the 30 that the model ranks first for them",
    ),
    "history": ("liked", "films that a person liked"),
    "top": ("recommended", "30 films that the model ranks first for a person"),
}


@dataclass(frozen=True)
class BySimilarUsers:
    """The baseline: true of every recommendation, and so of none in particular.

    Parameters
    ----------
    movie : str
        Name of the recommended film.

    Examples
    --------
    >>> print(BySimilarUsers("Fargo (1996)").sentence)
    People who rate films much as you do liked Fargo (1996).
    """

    movie: str
    kind = "Similar users"
    note = (
        "This says nothing personal: the same sentence stands under every film and for everybody, "
        "and no single rating of yours went into it."
    )

    @property
    def sentence(self) -> str:
        """The explanation in one sentence."""
        return f"People who rate films much as you do liked {self.movie}."

    def _repr_html_(self) -> str:
        return cards.card(self.kind, self.sentence, note=self.note)


@dataclass(frozen=True)
class ByRule:
    """An association rule whose antecedents the person liked.

    Parameters
    ----------
    movie : str
        Name of the recommended film, the consequent.
    antecedents : tuple of str
        Names of films that the person liked.
    rule : Rule
        Ids and figures.
    n_transactions : int
        Number of people from whose lists the rule was mined.
    contents : {"liked+top", "history", "top"}
        What those lists held, as in `mining.transactions`.

    Examples
    --------
    >>> rule = Rule(antecedents=(1,), consequent=2, support=0.1, confidence=0.72, lift=2.0)
    >>> by = ByRule("Aliens (1986)", ("Alien (1979)",), rule, 671)
    >>> by.sentence.partition(": ")[0]
    'Because you liked Alien (1979)'
    >>> "67 of 671 people" in by.note
    True
    """

    movie: str
    antecedents: tuple[str, ...]
    rule: Rule
    n_transactions: int
    contents: str = "liked+top"
    kind = "Association rule"

    @property
    def sentence(self) -> str:
        """The explanation in one sentence."""
        it = "it" if len(self.antecedents) == 1 else "them"
        _, share = cards.tenths(self.rule.confidence)
        _, base = cards.tenths(self.rule.confidence / self.rule.lift)
        return (
            f"Because you liked {' and '.join(self.antecedents)}: {share} people with {it} in "
            f"their list (films {LISTS[self.contents][0]}) also have {self.movie}; of all people, "
            f"{base} have it."
        )

    @property
    def note(self) -> str:
        """What the figures count."""
        both, lift = round(self.rule.support * self.n_transactions), self.rule.lift
        more = "hardly more than" if lift < 1.1 else f"{lift:.1f} times as many as"
        films = "both films" if len(self.antecedents) == 1 else "all of these films"
        return (
            f"A list holds the {LISTS[self.contents][1]}. {both} of {self.n_transactions} people "
            f"have {films} in theirs, {more} if the films had nothing to do with each other."
        )

    def _repr_html_(self) -> str:
        figure = cards.rule_flow(self.antecedents, self.movie)
        figure += cards.people_in_ten(self.rule.confidence)
        return cards.card(self.kind, self.sentence, figure, self.note)


@dataclass(frozen=True)
class ByInfluence:
    """How much each of the person's own ratings moves the prediction, largest effect first.

    Parameters
    ----------
    movie : str
        Name of the recommended film.
    rated : tuple of str
        Names of the films that the person rated.
    stars : tuple of float
        What they gave them.
    effects, spreads : tuple of float
        Exact leave-one-out influence in stars: mean over the models and standard deviation between
        them (0 for a single model).
    n_models : int

    Examples
    --------
    >>> by = ByInfluence("Aliens (1986)", ("Alien (1979)", "Big (1988)"), (5.0, 3.0),
    ...                  (0.2, -0.05), (0.03, 0.02), 5)
    >>> print(by.sentence)
    Your 5 stars for Alien (1979) move the prediction most: that rating raises it by 0.20 stars.
    >>> by.shown_rows, by.note[:22]
    ([0, 1], 'Effect: the predicted ')
    """

    movie: str
    rated: tuple[str, ...]
    stars: tuple[float, ...]
    effects: tuple[float, ...]
    spreads: tuple[float, ...]
    n_models: int
    kind = "Influence of your own ratings"
    shown = 3

    @property
    def sentence(self) -> str:
        """The explanation in one sentence."""
        if max(map(abs, self.effects)) < 0.005:
            return "None of your ratings moves the prediction by as much as 0.01 stars."
        given = f"{cards.stars_in_words(self.stars[0])} for {self.rated[0]}"
        if len(self.rated) == 1:
            effect = cards.effect_in_words(self.effects[0], "the prediction")
            return f"Your only rating, {given}, {effect}."
        effect = cards.effect_in_words(self.effects[0])
        verb = "moves" if self.stars[0] == 1 else "move"
        return f"Your {given} {verb} the prediction most: that rating {effect}."

    @property
    def note(self) -> str:
        """What the figures mean and what is not shown."""
        spread = (
            f" Whiskers and ± show how far {self.n_models} models that differ only in their random "
            "seed disagree (one standard deviation)."
            if self.n_models > 1
            else ""
        )
        hidden = len(self.rated) - len(self.shown_rows)
        rest = (
            " Shown are at most three ratings that raise it and three that lower it, the "
            f"strongest of each; {hidden} more are not."
            if hidden
            else ""
        )
        return (
            f"Effect: the predicted stars for {self.movie} with this rating, minus without it, "
            f"all the rest unchanged.{spread}{rest}"
        )

    @property
    def shown_rows(self) -> list[int]:
        """Rows that the card shows: at most three that raise and three that lower, in order."""
        up = [row for row, effect in enumerate(self.effects) if effect > 0][: self.shown]
        down = [row for row, effect in enumerate(self.effects) if effect < 0][: self.shown]
        return up + down[::-1]

    def _repr_html_(self) -> str:
        columns = (self.rated, self.stars, self.effects, self.spreads)
        shown = ([column[row] for row in self.shown_rows] for column in columns)
        label = f"Influence of your ratings on {self.movie}"
        figure = cards.influence_table(*shown, label=label) if self.shown_rows else ""
        return cards.card(self.kind, self.sentence, figure, self.note)


def explain(
    movie: int,
    ratings: Mapping[int, float],
    *,
    models: Sequence[ItemFactors],
    rules: Rules,
    films: Films,
) -> tuple[BySimilarUsers | ByRule | ByInfluence, ...]:
    """Explain one recommendation in every way that applies.

    Similar users and influence always apply; a rule only where the person liked all its
    antecedents, so the result has three explanations or two.

    Parameters
    ----------
    movie : int
        MovieLens id of the recommended film.
    ratings : mapping of int to float
        The person's ratings, MovieLens id to stars; films unknown to the models are left out, with
        a warning.
    models : sequence of ItemFactors
        One or several; the influence is their mean.
    rules : Rules
    films : Films

    Returns
    -------
    tuple
        :class:`BySimilarUsers`, :class:`ByRule` where one applies, :class:`ByInfluence`.

    Raises
    ------
    KeyError, ValueError
        For an unknown film, or ratings that `fold_in` refuses.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> bundle = load_bundle()
    >>> found = explain(2571, {260: 5.0, 1196: 4.0, 318: 2.0}, models=bundle.models,
    ...                 rules=bundle.rules, films=bundle.films)
    >>> [explanation.kind for explanation in found]
    ['Similar users', 'Association rule', 'Influence of your own ratings']
    """
    name = films.name(movie)
    rule = rules.find(liked_films(ratings), movie)
    by_rule = (
        [
            ByRule(
                name,
                tuple(films.names(rule.antecedents)),
                rule,
                rules.n_transactions,
                rules.contents,
            )
        ]
        if rule
        else []
    )
    return (BySimilarUsers(name), *by_rule, _by_influence(movie, ratings, models, films))


def _by_influence(
    movie: int, ratings: Mapping[int, float], models: Sequence[ItemFactors], films: Films
) -> ByInfluence:
    values, rated = influence_arrays(models, ratings, np.array([movie]))
    effects = values[:, :, 0].mean(axis=0)
    spreads = values[:, :, 0].std(axis=0, ddof=1) if len(models) > 1 else np.zeros(len(rated))
    order = np.lexsort([rated, -abs(effects)])
    return ByInfluence(
        movie=films.name(movie),
        rated=tuple(films.names(rated[order])),
        stars=tuple(float(ratings[i]) for i in rated[order].tolist()),
        effects=tuple(effects[order].tolist()),
        spreads=tuple(spreads[order].tolist()),
        n_models=len(models),
    )
