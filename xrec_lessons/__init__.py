"""Explainable movie recommendations: the module behind the lessons."""

from pathlib import Path

from xrec_lessons.running.folders import make_do

__all__ = ["data_path"]

make_do()  # before any library looks for a folder to write into


def data_path(name: str) -> Path:
    """Return where a file that comes with the course lies.

    In a checkout the files are in ``data/`` beside the package, in an installed wheel in
    ``xrec_lessons/data/``.

    Parameters
    ----------
    name : str
        File name, such as ``"ratings.csv.gz"``.

    Returns
    -------
    pathlib.Path
        An existing file.

    Raises
    ------
    FileNotFoundError
        If no such file came with this installation.

    Examples
    --------
    >>> data_path("ratings.csv.gz").name
    'ratings.csv.gz'
    """
    package = Path(__file__).parent
    for folder in (package / "data", package.parent / "data"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(
        f"The course file {name!r} is missing from {package}: install xrec_lessons again, "
        "or use a complete copy of its repository."
    )
