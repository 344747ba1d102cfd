"""What the tests of the study share: a study, its bundle, and a participant who goes through it."""

from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle
from xrec_lessons.study.database import Store
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.session import Session

BUNDLE = load_bundle()
PROTOCOL = load_protocol()
TABLES = ("participants", "ratings", "items", "answers", "screens")


def begin(store: Store, protocol=PROTOCOL, kind="pilot") -> Session:
    return Session.begin(store, BUNDLE, protocol, kind=kind)


def at_the_films(store: Store, protocol=PROTOCOL, kind="pilot", ratings=SAMPLE_PERSON) -> Session:
    session = begin(store, protocol, kind)
    for movie, stars in ratings.items():
        session.rate(movie, stars)
    session.finish_rating()
    return session


def finished(store: Store, protocol=PROTOCOL, kind="pilot", value=3) -> Session:
    session = at_the_films(store, protocol, kind)
    while session.state.state == "show":
        place = session.state.place
        for question in protocol.asked(place, "before"):
            session.answer(place, question.name, value)
        session.reveal(place)
        for question in protocol.asked(place, "after"):
            session.answer(place, question.name, value)
        session.next(place)
    return session


def content(store: Store) -> dict:
    return {table: store.rows(table) for table in TABLES}


class Clock:
    """Stands still until it is set forward."""

    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now

    def forward(self, minutes):
        self.now += 60 * minutes


def as_a_browser_writes(value):
    """4 in place of 4.0."""
    if isinstance(value, dict):
        return {k: as_a_browser_writes(v) for k, v in value.items()}
    if isinstance(value, list):
        return [as_a_browser_writes(v) for v in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
