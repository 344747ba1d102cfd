"""The study inside a notebook or under Voilà: a widget that carries messages, and nothing else.

What a participant sees is drawn by ``static/*.js``, the same files as on the participants' page;
where they are is in the store. So a reload, or a kernel that starts again, loses nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from xrec_lessons.explorer.scripts import joined
from xrec_lessons.study.app import StudyApp

__all__ = ["StudyWidget", "study_widget"]

STATIC = Path(__file__).with_name("static")


SHEETS = ("study.css", "film.css", "ask.css")


class StudyWidget(anywidget.AnyWidget):
    """A window onto a study; the code is that of a participant who goes on.

    With `remember` the browser's tab keeps the code, so that a reload goes on, and the page behaves
    like the participants' own. In JupyterLab, where the tab is not the study's, it is off.

    Examples
    --------
    >>> widget = StudyWidget(StudyApp(kind="pilot"))
    >>> widget.code  # nobody has agreed yet
    ''
    """

    _esm = joined(file for file in STATIC.glob("*.js") if file.stem not in ("page", "preview"))
    _css = "".join((STATIC / name).read_text(encoding="utf-8") for name in SHEETS)
    code = traitlets.Unicode("").tag(sync=True)
    remember = traitlets.Bool(False).tag(sync=True)

    def __init__(self, app: StudyApp, *, code: str = "", remember: bool = False) -> None:
        self._window = app.window()
        super().__init__(code=code, remember=remember)
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        """Without anything that differs from run to run."""
        return f"StudyWidget({self._window.app.protocol.title!r})"

    def _receive(self, _widget: object, message: object, _buffers: object) -> None:
        reply = self._window.reply(message)
        session = self._window.session
        self.code = session.code if session else ""
        self.send(reply)


def study_widget(study: str | Path | None = None, **options: Any) -> StudyWidget:
    """Open a study file, or the course's own study, in a notebook.

    The options are those of `StudyApp.open`, which says what it refuses; `hand_in` is on here,
    because every participant has a database of their own, as on laptops and on Binder.

    Examples
    --------
    >>> study_widget(pilot=True, db="sqlite://").code
    ''
    """
    app = StudyApp.open(study, **{"hand_in": True, **options})
    voila = os.environ.get("SERVER_SOFTWARE", "").startswith("voila")
    return StudyWidget(app, remember=voila)
