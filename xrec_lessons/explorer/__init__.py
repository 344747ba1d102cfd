"""The explorer: rate films, switch ratings off, and see recommendations and reasons change."""

from typing import TYPE_CHECKING, Any

from xrec_lessons.explorer.kept import kept_ratings

if TYPE_CHECKING:
    from xrec_lessons.explorer.live import Explorer

__all__ = ["Explorer", "kept_ratings"]


def __getattr__(name: str) -> Any:
    """Import the widget when it is asked for: a page, and who reads ratings, need none."""
    if name == "Explorer":
        from xrec_lessons.explorer.live import Explorer

        return Explorer
    raise AttributeError(name)
