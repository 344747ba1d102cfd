"""A methods section to begin with, written from the study file and the data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from xrec_lessons.study.plan.conditions import Condition
from xrec_lessons.study.plan.film_questions import Question
from xrec_lessons.study.plan.questionnaires import (
    Questionnaire,
    Statement,
    SurveyQuestion,
    scale_items,
)
from xrec_lessons.study.protocol import Protocol, differences
from xrec_lessons.study.reporting import what_readers_ask, who_took_part
from xrec_lessons.study.versions import later_plans

__all__ = ["methods"]

MEANS = {
    "similar": "a sentence that names what all recommendations are based on, similar users",
    "rule": "an association rule that leads from liked films to the film",
    "influence": "the participant's own ratings that move the prediction for the film most",
    "ease": "the films that EASE adds up for the film",
}
SCALES = (
    "A scale is the mean of its statements, reverse ones turned about (scales.csv). [Cronbach's "
    "alpha of each: `xrec analyse` computes it.]"
)
FORMS = {
    "similar": "similar users have a sentence only",
    "rule": "a rule has dots",
    "influence": "the influence of ratings has bars",
    "ease": "the sum by EASE has bars",
}


def methods(
    kind: str,
    versions: Sequence[Protocol],
    tables: Mapping[str, list[dict]],
    counts: Mapping[str, int],
) -> str:
    """Write a draft in Markdown, from what is known; what is not stands in [brackets].

    Parameters
    ----------
    kind : {"real", "pilot", "simulated"}
    versions : sequence of Protocol
        Of one study, the one that is described last.
    tables : mapping
        Rows of an export by file, as `tidy_tables.tables_of` gives them.
    counts : mapping
        Of participants: recruited, finished, dropped_out, too_few, withdrawn, included.

    Returns
    -------
    str
    """
    protocol = versions[-1]
    parts = [
        "# Methods: a draft",
        "Written from the study file and the data. What stands in [brackets] only you know; read "
        "every sentence before it goes into a paper.",
    ]
    if kind != "real":
        parts.append(f"**These are {kind} participants**: nothing here is a finding.")
    parts += ["## Participants", *who_took_part(kind, protocol, tables, counts)]
    parts += ["## Recommendations and explanations", *_materials(protocol, tables)]
    parts += ["## Procedure", *_procedure(protocol, tables)]
    parts += ["## Analysis", *_plan(versions)]
    parts += ["## Data and software", *_software(versions, tables)]
    parts += ["## What readers ask about participants", what_readers_ask(protocol)]
    return "\n\n".join(parts) + "\n"


def _materials(protocol: Protocol, tables: Mapping) -> Iterator[str]:
    design = protocol.design
    versions = sorted({row["versions"] for row in tables["participants.csv"] if row["versions"]})
    made_by = f", made by {'; or by '.join(versions)}" if versions else ""
    yield (
        f"Films were recommended by a matrix factorisation (SVD{made_by}), into which each "
        "participant's ratings were folded without retraining. Films "
        f"that fewer than {design.min_ratings} people had rated were not recommended."
    )
    yield "The conditions:\n\n" + "\n".join(
        _condition(condition, design.explanations, tables["items.csv"])
        for condition in design.conditions
    )
    drawn = [c.of(design.explanations) for c in design.conditions if c.form == "drawn"]
    if design.cards == "equal":
        yield "Each explanation was a short sentence and a drawing of the same parts in one colour."
    elif len(shown := [name for name in FORMS if any(name in names for names in drawn)]) > 1:
        yield (
            "Explanations that are drawn differ in form as well as in content: "
            f"{', '.join(FORMS[name] for name in shown)}."
        )
    if any("rule" in condition.of(design.explanations) for condition in design.conditions):
        yield f"Rules with a confidence below {design.rule_confidence:g} were not shown."
    yield (
        "What each participant read, word by word, is in items.csv (content, where shown is true), "
        "and can be drawn again from there."
    )


def _condition(condition: Condition, compared: Sequence[str], items: Sequence[Mapping]) -> str:
    shown = [MEANS[name] for name in condition.of(compared)]
    what = "; and ".join(shown) or "the film alone, without an explanation"
    if condition.explanations == ("all",):
        met = (i for i in items if i["shown"] and i["explanation"] == condition.name)
        cards = [json.loads(item["content"]) for item in met]
        whole = cards and all(len(card) == len(shown) for card in cards)
        which = "all of these" if whole else "whichever of these can explain the film"
        what = f"{which}, on one card: {'; '.join(shown)}"
    in_words = " (in words only, without a figure)" if condition.form == "text" else ""
    own = " (with wording of its own)" if condition.texts else ""
    return f"- *{condition.name}*: {what}{in_words}{own}"


def _procedure(protocol: Protocol, tables: Mapping) -> Iterator[str]:
    design, low, high = protocol.design, protocol.scale.low, protocol.scale.high
    before, after = (_screens(protocol, when) for when in ("before", "after"))
    explained = "each with one explanation" if design.one_each else "each under one condition"
    yield (
        f"After the consent{before} participants rated {protocol.films_to_rate} films that they "
        f"had seen, from {low:g} to {high:g}. Then they saw up to {design.recommendations} "
        f"recommendations, one at a time, {explained}{after}. They could "
        f"{'' if design.back else 'not '}go back to earlier films."
    )
    if design.between:
        cells = Counter(row["cell"] for row in tables["participants.csv"] if row["included"])
        sizes = ", ".join(f"{name} ({cells[cell]})" for cell, name in enumerate(design.names))
        yield (
            "Each participant saw one condition throughout, to which participants were allocated "
            f"so that the groups were of the same size (included participants: {sizes}). "
            f"The films were shown in random order (seed {protocol.seed})."
        )
    elif design.kind == "matched":
        cells = Counter(row["cell"] for row in tables["participants.csv"] if row["included"])
        sizes = ", ".join(str(cells[cell]) for cell in range(design.cells))
        yield (
            "Each participant saw films under every condition (within participants), as many under "
            "each, and only films "
            "that can be shown under all of them. Which film got which followed from one of "
            f"{design.cells} orders, to which participants were allocated so that the orders were "
            f"used equally often (included participants in each: {sizes}). The films were shown in "
            f"random order (seed {protocol.seed})."
        )
        included = (row["design"] for row in tables["participants.csv"] if row["included"])
        if others := sum(design != "matched" for design in included):
            yield f"For {others} of those included such films were too few, and others filled up."
    else:
        yield (
            "As in the article that this design repeats, films with a rule came first in the "
            "ranking, and the other explanations shared the rest: films and explanations are "
            f"confounded. The films were shown in random order (seed {protocol.seed})."
        )
    bare = any(not condition.explanations for condition in design.conditions)
    asked = [_question(question, bare) for question in protocol.questions]
    yield "Asked with each film:\n\n" + "\n".join(asked)
    for one in protocol.questionnaires:
        yield _questionnaire(one)


def _screens(protocol: Protocol, when: str) -> str:
    names = [one.name for one in protocol.screens(when)]
    if not names:
        return ""
    what = f"questionnaire{'s' * (len(names) > 1)} {', '.join(names)}"
    return f" and the {what}," if when == "before" else f", and at the end the {what}"


def _questionnaire(one: Questionnaire) -> str:
    source = f" ({one.source.rstrip('.')})" if one.source else ""
    out = ""
    if one.screen_out:
        out = f" Whoever's answers fulfilled *{one.screen_out}* was thanked and ended there."
    asked = "\n".join(map(_asked_in, one.questions))
    scales = f"\n\n{SCALES}" * bool(scale_items([one]))
    return f"Questionnaire *{one.name}*, {one.when} the films{source}.{out}\n\n{asked}{scales}"


def _asked_in(question: SurveyQuestion) -> str:
    """A line for a question of a questionnaire, its statements after it."""
    choices = " / ".join(option.text for option in question.options)
    told = f"{question.type}: {choices}" if choices else question.type
    if question.statements:
        told = f"statements with {question.points} points: {_ends(question)}"
    told += f"; asked only if *{question.only_if}*" * bool(question.only_if)
    told += "; may be left out" * (not question.required)
    lines = [f"- *{question.name}*: “{question.text}” ({told})"]
    lines += [f"    - {_statement(one)}" for one in question.statements]
    return "\n".join(lines)


def _statement(one: Statement) -> str:
    about = [f"scale *{one.scale}*"] * bool(one.scale) + ["reverse"] * one.reverse
    about += [f"an attention check, {one.expected} is right"] * bool(one.expected)
    return f"*{one.name}*: “{one.text}”" + f" ({', '.join(about)})" * bool(about)


def _ends(asked: Question | SurveyQuestion) -> str:
    """The ends of a scale, with their labels."""
    return " ".join(f"1 {asked.low} to {asked.points} {asked.high}".split())


def _question(question: Question, bare: bool) -> str:
    check = f"; an attention check, {question.expected} is right" if question.expected else ""
    only = f"; with film {question.at} only" if question.at else ""
    scale = "in words" if question.in_words else _ends(question)
    when = {"before": "before the explanation", "after": "with the explanation"}
    said = when.get(question.when, "again after the plot")
    said += ", where there is one" * (bare and question.when == "after")
    return f"- *{question.name}*: “{question.text}” ({said}; {scale}{check}{only})"


def _plan(versions: Sequence[Protocol]) -> Iterator[str]:
    where = (
        "[Where it was registered, and when; what was done differently: `xrec analyse` says it.]"
    )
    yield f"As planned and stored before the data: {_planned(versions[0])}. {where}"
    for version in later_plans(versions):
        yield (
            f"While the study ran, the plan was changed to: {_planned(version)}. [When, and why. "
            "This is no registered plan: say of each result by which of the two it was planned.]"
        )


def _planned(protocol: Protocol) -> str:
    plan = protocol.analysis
    return (
        f"outcomes {', '.join(plan['outcomes'])}; {plan['test']}; {plan['comparisons']}; "
        f"α = {plan['alpha']:g}; excluded were {plan['exclude']}"
    )


def _software(versions: Sequence[Protocol], tables: Mapping) -> Iterator[str]:
    last = versions[-1]
    yield (
        f"The study is “{last.title}”, identity {last.identity[:12]}, protocol "
        f"{', '.join(one.digest[:12] for one in versions)} (protocol-….json)."
    )
    if len(versions) > 1:
        read = Counter(row["study"] for row in tables["participants.csv"] if row["included"])
        included = ", ".join(str(read[one.digest[:12]]) for one in versions)
        yield (
            f"It ran in {len(versions)} versions, which are pooled (included participants in "
            f"each: {included}). They differ in {', '.join(differences(versions))}; the last is "
            "described here. [What was changed, and when.]"
        )
