"""The published MovieLens releases: download one and check that it is the published file.

Formats and terms: https://grouplens.org/datasets/movielens/ and the README in each zip. Only
ml-latest-small and ml-32m may be passed on, the others have to come from GroupLens.
"""

import os
from pathlib import Path
from typing import NamedTuple

from xrec_lessons.inputs.download import DownloadError, fetch, is_whole
from xrec_lessons.ratings.places import DataError

__all__ = ["RELEASES", "Release", "download", "is_offline"]

BASE_URL = "https://files.grouplens.org/datasets/movielens/"


class Release(NamedTuple):
    """A file that GroupLens publishes: its name, size in bytes and SHA-256 in hex.

    Examples
    --------
    >>> RELEASES["1m"].file, RELEASES["1m"].bytes
    ('ml-1m.zip', 5917549)
    """

    file: str
    bytes: int
    sha256: str


# Sizes and hashes: TensorFlow Datasets pins those of 100k, 1m, 20m, 25m and latest-small
# (url_checksums/movielens.txt). GroupLens publishes MD5 alone; the hashes of 10m (MD5
# ce571fd55effeba0271552578f2648bd) and 32m (MD5 d472be332d4daa821edc399621853b57) are those that
# several independent projects state beside the MD5; OmniRec pins the one of 10m.
PUBLISHED = {
    "100k": (4924029, "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229"),
    "1m": (5917549, "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20"),
    "10m": (65566137, "813c411ccb6122564edfe752e7f80c4dcc5aa25fa94c93622f6877a7ba252862"),
    "20m": (198702078, "96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3"),
    "25m": (261978986, "8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa"),
    "32m": (238950008, "e4a68655d7386b8f95f2f2424b2ff975dfdd15ffd59e0d864a14dca43e99d6ee"),
    "latest-small": (978202, "696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436"),
}
RELEASES = {name: Release(f"ml-{name}.zip", *facts) for name, facts in PUBLISHED.items()}


def download(name: str) -> Path:
    """Fetch a release once and return where it lies; later calls only check its hash.

    Parameters
    ----------
    name : str
        A key of `RELEASES`.

    Returns
    -------
    pathlib.Path
        The zip, in the folder named by the environment variable ``XREC_DATA_DIR``, else in the
        user's cache folder.

    Raises
    ------
    DataError
        If there is no such release, it cannot be fetched, or what arrives is not the published
        file. The server's certificate is always checked.

    Examples
    --------
    >>> download("2m")
    Traceback (most recent call last):
    xrec_lessons.ratings.places.DataError: There is no release '2m': choose one of 100k, 1m, \
10m, 20m, 25m, 32m, latest-small, or give the path of a zip or folder, as in \
load('path/to/ml-1m.zip').
    """
    if name not in RELEASES:
        raise DataError(
            f"There is no release {name!r}: choose one of {', '.join(RELEASES)}, or give the path "
            "of a zip or folder, as in load('path/to/ml-1m.zip')."
        )
    release = RELEASES[name]
    place = _folder() / release.file
    url = BASE_URL + release.file
    try:
        if not is_whole(place, release.bytes, release.sha256):
            fetch(url, place, size=release.bytes, sha256=release.sha256)
    except DownloadError as error:
        raise _not_downloaded(release, url, str(error)) from error.__cause__ or error
    except OSError as error:
        why = f"it cannot be stored ({error}; XREC_DATA_DIR can name another folder)"
        raise _not_downloaded(release, url, why) from error
    return place


def _folder() -> Path:
    if folder := os.environ.get("XREC_DATA_DIR"):
        return Path(folder)
    import pooch  # here, so that a page that downloads nothing does not wait for it

    return Path(pooch.os_cache("xrec_lessons"))


def _not_downloaded(release: Release, url: str, why: str) -> DataError:
    why = why.replace("that was published", "that GroupLens published")
    return DataError(
        f"{release.file} was not downloaded, as {why}: try again later, or get {url} "
        f"({release.bytes / 1e6:.0f} MB) with a browser and call "
        f"load('path/to/{release.file}')."
    )


def is_offline(error: DataError) -> bool:
    """Whether a release was not to be had because no server is to be reached.

    Examples
    --------
    >>> is_offline(DataError("ml-20m.zip cannot be read"))
    False
    """
    from requests import exceptions

    cause = error.__cause__
    reach = exceptions.ConnectionError, exceptions.Timeout
    return isinstance(cause, reach) and not isinstance(cause, exceptions.SSLError)
