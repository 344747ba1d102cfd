"""A methods section to begin with, and what it has to say of who took part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from statistics import median, quantiles

from xrec_lessons.study.plan.conditions import Condition
from xrec_lessons.study.plan.questionnaires import SurveyQuestion
from xrec_lessons.study.plan.skip_logic import SEVERAL
from xrec_lessons.study.protocol import Protocol, Question, differences

__all__ = ["checklist", "methods", "not_asked"]

# What a report says of its participants, after the survey of 124 user studies by Wardatzky, Inel,
# Rossetto & Bernstein (2025), "Whom do explanations serve?", ACM TORS, doi:10.1145/3716394; and by
# which question, or ready set of questions, a study knows it.
CHARACTERISTICS = {
    "age": ("age",),
    "gender": ("gender",),
    "education": ("education", "occupation"),
    "country": ("country",),
    "experience with films": ("film_habits",),
    "experience with recommendations": ("recommender_experience",),
    "traits that may change the effect": ("propensity_to_trust",),
}
SURVEY = (
    "Of 124 user studies of explained recommendations few said who had taken part (Wardatzky, "
    "Inel, Rossetto & Bernstein 2025, “Whom do explanations serve?”, doi:10.1145/3716394). This "
    "one:"
)
MEANS = {
    "similar": "a sentence that names what all recommendations are based on, similar users",
    "rule": "an association rule that leads from liked films to the film",
    "influence": "the participant's own ratings that move the prediction for the film most",
    "ease": "the films that EASE adds up for the film",
}


def checklist(protocol: Protocol) -> list[tuple[str, str]]:
    """What readers ask about participants, and what this study has of it.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> dict(checklist(load_protocol()))["age"]
    'not asked'
    """
    asked = _asked(protocol)
    found = [("how many came, finished and are analysed, and why others are not", "counted above")]
    found += [("how they were recruited, and what they were paid", "yours to say")]
    for what, names in CHARACTERISTICS.items():
        mine = [name for name in names if name in asked]
        found.append((what, f"asked: {', '.join(mine)}" if mine else "not asked"))
    found += [
        ("whether they are the people for whom such explanations are meant", "yours to say"),
        ("a plan made before the data came", "kept with the data; register it elsewhere too"),
        (
            "data and material for others",
            "these tables, without parameters.csv, and protocol-….json",
        ),
    ]
    return found


def not_asked(protocol: Protocol) -> list[str]:
    """Characteristics of participants that the study does not ask for.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> not_asked(load_protocol())[:3]
    ['age', 'gender', 'education']
    """
    asked = _asked(protocol)
    return [what for what, names in CHARACTERISTICS.items() if not asked & set(names)]


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
        Rows of an export by file, as `export.tables_of` gives them.
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
    parts += ["## Participants", *_participants(kind, protocol, tables, counts)]
    parts += ["## Recommendations and explanations", *_materials(protocol, tables)]
    parts += ["## Procedure", *_procedure(protocol, tables)]
    parts += ["## Analysis", *_plan(protocol)]
    parts += ["## Data and software", *_software(versions, tables)]
    parts += ["## What readers ask about participants", SURVEY, _table(checklist(protocol))]
    return "\n\n".join(parts) + "\n"


def _asked(protocol: Protocol) -> set[str]:
    """Names of questionnaires and of their questions."""
    found = {one.name for one in protocol.questionnaires}
    return found | {name for one in protocol.questionnaires for name in one.by_name}


def _participants(kind: str, protocol: Protocol, tables: Mapping, counts: Mapping) -> Iterator[str]:
    people = tables["participants.csv"]
    days = list(dict.fromkeys(_day(row["began"]) for row in people))
    when = f" on {days[0]}" if days else ""
    if len(days) > 1:
        when = f", between {days[0]} and {days[-1]}"
    lost = Counter(row["excluded_because"] for row in people if row["excluded_because"])
    reasons = [f"{n} ({why})" for why, n in lost.most_common()]
    reasons += [f"{counts['withdrawn']} (withdrew; their data were deleted)"] * bool(
        counts["withdrawn"]
    )
    left_out = f" Not included: {', '.join(reasons)}." if reasons else ""
    yield (
        f"{counts['recruited']} people agreed to take part{when} [how they were recruited, and "
        f"what they were paid]. {counts['finished']} came to the end, and {counts['included']} are "
        f"included in the analysis.{left_out}"
    )
    if kind == "real" and protocol.recruitment.parameters:
        yield (
            f"They came by links with the parameters {', '.join(protocol.recruitment.parameters)}."
        )
    if age := protocol.consent.minimum_age:
        yield f"Everybody confirmed to be at least {age} years old."
    included = {row["participant"] for row in people if row["included"]}
    told = [row for row in tables["replies.csv"] if row["participant"] in included]
    if sentences := list(_characteristics(protocol, told)):
        yield f"Of those included: {' '.join(sentences)}"
    took_part = [row for row in people if row["included"]]
    known = {
        "on a": _shares(row["device"] for row in took_part),
        "in the language": _shares(row["language"] for row in took_part),
    }
    where = [f"{word} {told}" for word, told in known.items() if told]
    minutes = [row["minutes"] for row in people if row["included"] and row["minutes"] is not None]
    if where:
        yield f"Those included took part {'; '.join(where)}."
    if len(minutes) > 1:
        low, _, high = quantiles(minutes, n=4, method="inclusive")
        yield (
            f"From consent to end those included took {median(minutes):.0f} minutes in the median "
            f"(middle half {low:.0f} to {high:.0f})."
        )
    yield "[Which ethics board agreed, and its number.]"


def _characteristics(protocol: Protocol, replies: Iterable[Mapping]) -> Iterator[str]:
    given: dict[str, list[str]] = {}
    for row in replies:
        if not row["place"]:
            given.setdefault(row["question"], []).append(row["value"])
    for one in protocol.questionnaires:
        for name, question in one.by_name.items():
            values = given.get(name, [])
            if not values or question.type not in ("choice", "choices", "number"):
                continue
            title = name.replace("_", " ").capitalize()
            if question.type == "number":
                numbers = sorted(map(float, values))
                yield (
                    f"{title}: median {median(numbers):g}, from {numbers[0]:g} to {numbers[-1]:g} "
                    f"({len(numbers)} answered)."
                )
            else:
                counts = Counter(part for value in values for part in value.split(SEVERAL))
                told = [
                    f"{o.text} ({counts[o.value]})" for o in question.options if counts[o.value]
                ]
                yield f"{title}: {', '.join(told)}."


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
        _condition(condition, design.explanations) for condition in design.conditions
    )
    if any("rule" in condition.of(design.explanations) for condition in design.conditions):
        yield f"Rules with a confidence below {design.rule_confidence:g} were not shown."
    yield (
        "What each participant read, word by word, is in items.csv (content), and can be drawn "
        "again from there."
    )


def _condition(condition: Condition, compared: Sequence[str]) -> str:
    shown = [MEANS[name] for name in condition.of(compared)]
    what = "; and ".join(shown) or "the film alone, without an explanation"
    if condition.explanations == ("all",):
        what = f"whichever of these can explain the film, on one card: {'; '.join(shown)}"
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
        yield "Every participant saw every condition (within participants)."
        cells = Counter(row["cell"] for row in tables["participants.csv"] if row["included"])
        sizes = ", ".join(str(cells[cell]) for cell in range(design.cells))
        yield (
            "Only films that can be shown under every condition were shown. Which film got which "
            f"followed from one of {design.cells} orders, to which participants were "
            "allocated so that the orders were used equally often (included participants in each: "
            f"{sizes}). The films were shown in random order (seed {protocol.seed})."
        )
    else:
        yield (
            "As in the article that this design repeats, films with a rule came first in the "
            "ranking, and the other explanations shared the rest: films and explanations are "
            f"confounded. The films were shown in random order (seed {protocol.seed})."
        )
    yield "Asked with each film:\n\n" + "\n".join(map(_question, protocol.questions))
    for one in protocol.questionnaires:
        source = f" ({one.source.rstrip('.')})" if one.source else ""
        asked = "\n".join(map(_asked_in, one.questions))
        yield f"Questionnaire *{one.name}*, {one.when} the films{source}:\n\n{asked}"
        if one.screen_out:
            yield f"Whoever's answers fulfilled *{one.screen_out}* was thanked and ended there."


def _screens(protocol: Protocol, when: str) -> str:
    names = [one.name for one in protocol.screens(when)]
    if not names:
        return ""
    what = f"questionnaire{'s' * (len(names) > 1)} {', '.join(names)}"
    return f" and the {what}," if when == "before" else f", and at the end the {what}"


def _question(question: Question) -> str:
    check = f"; an attention check, {question.expected} is right" if question.expected else ""
    only = f"; with film {question.at} only" if question.at else ""
    scale = " ".join(f"1 {question.low} to {question.points} {question.high}".split())
    scale = "in words" if question.in_words else scale
    when = {"before": "before the explanation", "after": "with the film"}
    said = when.get(question.when, "again after the plot")
    return f"- *{question.name}*: “{question.text}” ({said}; {scale}{check}{only})"


def _asked_in(question: SurveyQuestion) -> str:
    """A line for a question of a questionnaire, its statements after it."""
    only = f"; asked only if *{question.only_if}*" if question.only_if else ""
    choices = " / ".join(option.text for option in question.options)
    kind = f"{question.type}: {choices}" if choices else question.type
    lines = [f"- *{question.name}*: “{question.text}” ({kind}{only})"]
    lines += [f"    - *{one.name}*: “{one.text}”" for one in question.statements]
    return "\n".join(lines)


def _plan(protocol: Protocol) -> Iterator[str]:
    plan = protocol.analysis
    yield (
        f"As planned and stored before the data: outcomes {', '.join(plan['outcomes'])}; "
        f"{plan['test']}; {plan['comparisons']}; α = {plan['alpha']:g}; excluded were "
        f"{plan['exclude']}. [Where it was registered, and when; what was done differently: "
        "`xrec analyse` says it.]"
    )


def _software(versions: Sequence[Protocol], tables: Mapping) -> Iterator[str]:
    last = versions[-1]
    yield (
        f"The study is “{last.title}”, identity {last.identity[:12]}, protocol "
        f"{', '.join(one.digest[:12] for one in versions)} (protocol-….json)."
    )
    if len(versions) > 1:
        yield (
            f"It ran in {len(versions)} versions, which differ in "
            f"{', '.join(differences(versions))}; the last is described here."
        )


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {what} | {has} |" for what, has in rows]
    return "\n".join(["| of participants | this study |", "|---|---|", *lines])


def _shares(values: Iterable[str]) -> str:
    counts = Counter(value for value in values if value)
    return ", ".join(f"{value} ({n})" for value, n in counts.most_common())


def _day(seconds: float) -> str:
    day = datetime.fromtimestamp(seconds, UTC)
    return f"{day.day} {day:%B %Y}"
