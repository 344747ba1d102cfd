"""A plan of analysis that was changed while the study ran: said, not taken for the registered one.

Registered is the plan of the version with which the first participant began, and it is what is run
unless something else is asked for. A plan that was changed afterwards may have been made for
answers that were there already: then alpha, the chance of a finding where there is nothing, does
not hold. It is neither run in silence nor left out in silence: the report says what was changed,
from which participant on, and how to run it beside the registered one.
"""

from __future__ import annotations

from xrec_lessons.study.analysis.reading import StudyData
from xrec_lessons.study.analysis.registered import Settings, plan_in_words, planned
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.versions import later_plans

__all__ = ["change_sentences", "changes"]


def changes(data: StudyData) -> dict[str, dict[str, str]]:
    """The parts of the plan that each later version changed, by from whom on they hold.

    Examples
    --------
    >>> from xrec_lessons.study.analysis import study_of
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> store = simulate(load_protocol(), n=3, seed=1)
    >>> stricter = load_protocol({"analysis": {"alpha": 0.01}})
    >>> changes(study_of(simulate(stricter, n=3, seed=2, store=store)))
    {'from S004 on': {'alpha': '0.01'}}
    """
    registered, found = plan_in_words(data.registered), {}
    for version in later_plans(data.versions):
        since = min(data.participants.index[data.participants["study"] == version.digest[:12]])
        plan = plan_in_words(version).items()
        found[f"from {since} on"] = {n: text for n, text in plan if text != registered[n]}
    return found


def change_sentences(data: StudyData, settings: Settings) -> list[str]:
    """What was changed in the plan while the study ran, and how to run what it was changed to."""
    before, told = plan_in_words(data.registered), []
    for (since, changed), version in zip(
        changes(data).items(), later_plans(data.versions), strict=True
    ):
        parts = [f"{name}: {text} (before: {before[name]})" for name, text in changed.items()]
        told.append(
            f"The plan was changed while the study ran, {since}, and what it was changed to is not "
            f"registered: {'; '.join(parts)}. {_how(data.registered, version, settings)}"
        )
    return told


def _how(registered: Protocol, version: Protocol, settings: Settings) -> str:
    by_default = planned(registered) | {"include": "included"}
    later = planned(version)
    options = {name: value for name, value in later.items() if value != by_default[name]}
    if not options:
        return "It changes nothing in what is run."
    run = vars(settings) | {"outcomes": sorted(settings.questions)}
    if run == later | {"outcomes": sorted(later["outcomes"])}:
        return "This report was asked to run it."
    if "outcomes" in options:
        options["outcomes"] = ",".join(options["outcomes"])
    given = " ".join(f"--{name} {value}" for name, value in options.items())
    return f"To run it beside the registered one, add {given} to xrec analyse."
