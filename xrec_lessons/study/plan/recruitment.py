"""Where participants come from, who is let in, and where they go when they have come to an end."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from urllib.parse import quote, urlsplit

__all__ = ["Recruitment", "came_with", "token_digest"]

ENDS = ("finished", "screened_out", "too_few", "withdrawn")  # where somebody is sent on from
LONGEST = 200  # characters of a parameter
PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,59}")
BLANK = re.compile(r"\{([^{}]*)\}")
UNFILLED = re.compile(r"\$?\{.*\}|%[^%]+%|\[.*\]")  # {{%PROLIFIC_PID%}}, ${e://Field/id}, [id]
OURS = ("code",)  # names that the page's own address has


@dataclass(frozen=True)
class Recruitment:
    """The table ``[recruitment]`` of a study file, whose comments say what each field is for.

    Examples
    --------
    >>> prolific = Recruitment(("PROLIFIC_PID",), finished="https://example.org/?id={PROLIFIC_PID}")
    >>> prolific.way_on("done", {"PROLIFIC_PID": "a b"})
    'https://example.org/?id=a%20b'
    >>> prolific.way_on("too few", {})
    ''
    """

    parameters: tuple[str, ...] = ()
    required: bool = False
    once: bool = True
    resume: bool = False
    invitations: bool = False
    quota: int = 0
    closes: str = ""
    finished: str = ""
    screened_out: str = ""
    too_few: str = ""
    withdrawn: str = ""
    code: str = ""

    @property
    def identifier(self) -> str:
        """The parameter by which a platform knows a participant: the first, or nothing."""
        return next(iter(self.parameters), "")

    @property
    def closing(self) -> datetime | None:
        """The moment from which nobody new is let in: at the end of a day without a time."""
        return closing_time(self.closes) if self.closes else None

    def way_on(self, state: str, parameters: Mapping[str, str]) -> str:
        """The link for somebody who is in this state, its blanks filled in; empty for none."""
        link = getattr(self, {"done": "finished"}.get(state, state.replace(" ", "_")), "")
        return BLANK.sub(lambda found: quote(parameters.get(found[1], ""), safe=""), link)

    def problems(self, cells: int, now: datetime | None = None) -> Iterator[str]:
        """What a careful colleague would ask about it, a sentence each."""
        if len(set(self.parameters)) < len(self.parameters):
            yield "recruitment.parameters names one twice."
        for name in self.parameters:
            if not PARAMETER.fullmatch(name) or name in OURS:
                yield f"recruitment.parameters names {name!r}, which no address can have here."
        if self.required and not self.parameters:
            yield "recruitment.required is true, and recruitment.parameters names none."
        for end in ENDS:
            yield from self._problems_of_link(end)
        if self.resume and not (self.once and self.parameters):
            yield (
                "recruitment.resume lets somebody go on by the first of recruitment.parameters: "
                "name one, and leave recruitment.once true."
            )
        closing = self.closing
        if closing and closing <= (now or datetime.now(UTC)):
            yield f"recruitment.closes is {self.closes}, which is over."
        if 0 < self.quota < cells:
            yield (
                f"recruitment.quota is {self.quota}, and the design has {cells} groups to be "
                "balanced: it takes one participant for each at least."
            )

    def _problems_of_link(self, end: str) -> Iterator[str]:
        link = getattr(self, end)
        if link and not _leads_somewhere(link):
            yield f"recruitment.{end} is a link that begins with https://, not {link!r:.80}."
        for blank in BLANK.findall(link):
            if blank not in self.parameters:
                yield (
                    f"recruitment.{end} fills in {{{blank}}}, which is not among "
                    "recruitment.parameters."
                )


def _leads_somewhere(link: str) -> bool:
    try:
        parts = urlsplit(BLANK.sub("x", link))
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and " " not in link


def closing_time(text: str) -> datetime:
    """A day or a moment as ISO 8601 writes it, without a zone in that of this computer; ValueError.

    Examples
    --------
    >>> closing_time("2027-06-30").strftime("%d %B %H:%M")
    '30 June 23:59'
    """
    day = text.strip()
    if re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        return datetime.combine(date.fromisoformat(day), time(23, 59, 59)).astimezone()
    return datetime.fromisoformat(day).astimezone()


def came_with(recruitment: Recruitment, address: object) -> dict[str, str]:
    """The parameters of an address that a study keeps; what is no short line of text is not.

    Examples
    --------
    >>> came_with(Recruitment(("PID",)), {"PID": "5f3a", "utm_source": "mail"})
    {'PID': '5f3a'}
    """
    told = address if isinstance(address, Mapping) else {}
    found = {name: told.get(name) for name in recruitment.parameters}
    return {
        name: value.strip()
        for name, value in found.items()
        if isinstance(value, str) and may_be_kept(value) and not is_unfilled(value)
    }


def may_be_kept(value: str) -> bool:
    """Whether a parameter is what a platform sends: neither empty, long, nor unprintable."""
    return 0 < len(value.strip()) <= LONGEST and value.isprintable()


def is_unfilled(value: str) -> bool:
    """Whether a platform's blank came as it stands: nobody's id, and the same for everybody.

    Examples
    --------
    >>> is_unfilled("{{%PROLIFIC_PID%}}"), is_unfilled("%SURVEY_CODE%"), is_unfilled("5f3a")
    (True, True, False)
    """
    return bool(UNFILLED.fullmatch(value.strip()))


def token_digest(token: str) -> str:
    """What is stored of an invitation's secret."""
    return hashlib.sha256(token.strip().encode()).hexdigest()
