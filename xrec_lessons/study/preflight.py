"""What a researcher is told before a study is served: what it is, and what may come of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xrec_lessons.bundle import Bundle
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.begun import begun
from xrec_lessons.study.plan.design import Design
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.readiness import advice
from xrec_lessons.study.reporting import not_asked
from xrec_lessons.study.simulate import end_early, see_no_rule
from xrec_lessons.study.untranslated import outdated, unchecked

__all__ = ["preflight", "without_rules"]

PEOPLE = 50  # who are simulated to see whether a bundle suits a study
PROLIFIC = ("PROLIFIC_PID", "STUDY_ID", "SESSION_ID")


def preflight(
    app: StudyApp, study: str | None = None, bundle: str | None = None, pilot: bool = False
) -> Iterator[str]:
    """Say what is to be known of a study that is about to be served, a sentence each.

    Parameters
    ----------
    app : StudyApp
    study : str, optional
        Its study file; without one it is the course's own study.
    bundle : str, optional
        The file of a bundle of one's own, which simulated people try out.
    pilot : bool
        Whether a trial run was asked for.

    Examples
    --------
    >>> print(*preflight(StudyApp(kind="pilot"), pilot=True))
    This is a trial run: its answers are kept apart from those that count.
    """
    if app.kind == "pilot" and not app.preview:
        why = "" if pilot else ", because no study file is named"
        yield f"This is a trial run{why}: its answers are kept apart from those that count."
        if study and app.to_mend:
            yield f"Before real participants take part: {' '.join(app.to_mend)}"
        if study and (lacking := not_asked(app.protocol)):
            yield (
                "Readers will want to know who took part, and, unless a question of your own "
                f"does it, nobody is asked for: {', '.join(lacking)}. [[questionnaires]] asks."
            )
    if app.kind == "real":
        yield from begun(app.store, app.protocol)
    if study:
        yield from (*advice(app.protocol), *outdated(study, app.protocol))
    if languages := ", ".join(unchecked(app.protocol)):
        yield (
            f"The course's own texts in {languages} were not checked by a native reader: let "
            "one take part in a trial run first."
        )
    if bundle and study is None:
        rate, most = app.protocol.films_to_rate, app.protocol.design.recommendations
        yield f"It is the course's own study: rate {rate} films, see up to {most} others."
    if not app.protocol.design.articles:
        yield _compared(app.protocol.design)
    early = end_early(app.protocol, app.bundle, PEOPLE) if bundle else 0
    if early > PEOPLE // 10:
        design = app.protocol.design
        why, remedy = "rules explain", "lower design.minimum"
        if design.articles:
            remedy = 'with fallback = "original" below [design] they see films without a rule '
            remedy += "instead"
        elif "ease" in design.required:
            why = f"{', '.join(design.required)} together explain"
        yield (
            f"Of {PEOPLE} simulated people {early} would end early, because {why} fewer than "
            f"{design.minimum} of the films that they have not rated: {remedy}."
        )
    if bundle and (told := without_rules(app.protocol, app.bundle)):
        yield told
    if (names := app.protocol.recruitment.parameters) and not app.preview:
        yield f"The platform that sends people here adds to the address: ?{_asks_for(names)}"


def _compared(design: Design) -> str:
    """A line on what is compared, and how many films each participant sees of it."""
    names, n = design.names, design.recommendations
    if design.between:
        return f"Each participant sees up to {n} films in one of: {', '.join(names)}."
    each = n // len(names)
    return f"Each participant sees up to {n} films, {each} in each of: {', '.join(names)}."


def without_rules(protocol: Protocol, bundle: Bundle) -> str:
    """A sentence on those who would see no rule, if they are many; else nothing."""
    without = see_no_rule(protocol, bundle, PEOPLE)
    if without <= PEOPLE // 10:
        return ""
    return (
        f"Of {PEOPLE} simulated people {without} would see no explanation by rule, and the "
        "analysis, which compares all three, leaves such people out: with more ratings, or a "
        "lower `xrec bundle --liked`, a bundle has more rules."
    )


def _asks_for(names: Sequence[str]) -> str:
    """Parameters as they are written into the form of a platform, which fills them in."""
    fills_in = {name: f"{{{{%{name}%}}}}" for name in PROLIFIC} | {"id": "%SURVEY_CODE%"}
    return "&".join(f"{name}={fills_in.get(name, '…')}" for name in names)
