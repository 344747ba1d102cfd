"""Where the lessons lie, and how they come into a folder of one's own."""

import shutil
from pathlib import Path

from xrec_lessons.running.writing import put_into

__all__ = ["FIRST", "found", "shipped", "write"]

FIRST = "00_start_here.ipynb"
SOLVED = Path("instructor", "solutions")


def shipped() -> Path:
    """Return the folder of the lessons that came with this installation.

    Raises
    ------
    FileNotFoundError
        If none came with it.

    Examples
    --------
    >>> (shipped() / "01_ratings_and_baselines.ipynb").is_file()
    True
    """
    package = Path(__file__).parents[1]
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / FIRST).is_file():
            return folder
    raise FileNotFoundError(
        f"The lessons are missing from {package}: install xrec_lessons again, or use a complete "
        "copy of its repository."
    )


def found(here: Path) -> list[Path]:
    """Return the folders that hold the lessons: a checkout's, or those in and just below `here`."""
    checkout = Path(__file__).parents[2] / "notebooks"
    if (checkout / FIRST).is_file():
        return [checkout]
    if (here / FIRST).is_file():
        return [here]
    return sorted(path.parent for path in here.glob(f"*/{FIRST}"))


def write(folder: str | Path, *, solutions: bool = False) -> str:
    """Write the lessons, their pages and their images into a folder; return what to do next.

    What is there already and is just the same stays. Nothing is written if anything differs: it
    may be what a student has done.

    Parameters
    ----------
    folder : str or path
        Made if it is not there.
    solutions : bool
        The lessons solved, with their outputs, instead of the students'.

    Raises
    ------
    FileExistsError
        If the folder holds a lesson that differs from the one to be written.
    FileNotFoundError
        If this copy of the course has no lessons, or no solutions.
    OSError
        If the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     said = write(folder)
    ...     print(said[:4], sorted(path.name for path in Path(folder).glob("*.md")))
    The  ['project.md', 'symbols.md']
    """
    folder, source = Path(folder), shipped()
    lessons = {path.name: path for path in sorted(source.glob("[0-9]*.ipynb"))}
    if solutions:
        solved = {path.name: path for path in (source / SOLVED).glob("*.ipynb")}
        if not solved:
            raise FileNotFoundError(
                "This copy of the course has no solutions: ask whoever gave it to you."
            )
        lessons |= solved
    files = {folder / name: path for name, path in lessons.items()}
    files |= {folder / path.name: path for path in sorted(source.glob("*.md"))}
    for path in sorted((source / "images").glob("*")):
        files[folder / "images" / path.name] = path
    new = {target: path for target, path in files.items() if not target.exists()}
    differ = [t for t, path in files.items() if t not in new and not _same(t, path)]
    if differ:
        others = f" and {len(differ) - 1} more differ" if differ[1:] else " differs"
        raise FileExistsError(
            f"{differ[0]}{others} from what would be written, and may be somebody's work: nothing "
            "was written. Name another folder."
        )
    for inside in sorted({target.parent for target in new}, reverse=True):  # the images first
        with put_into(inside) as fresh:
            for target, path in new.items():
                if target.parent == inside:
                    shutil.copyfile(path, fresh / target.name)
    deeper = sum(Path(name).stem.endswith("_deeper") for name in lessons)
    also = f", and {deeper} that go deeper," if deeper else ""
    kind = " with their solutions" if solutions else ""
    named = f'"{folder}"' if " " in str(folder) else folder
    return (
        f"The {len(lessons) - deeper} lessons{kind}{also} are in {folder}"
        f"{'' if new else ', as before'}. Open them with: xrec lab {named}"
    )


def _same(target: Path, path: Path) -> bool:
    return target.is_file() and target.read_bytes() == path.read_bytes()
