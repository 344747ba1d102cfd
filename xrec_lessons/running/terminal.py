"""Who reads what is printed: a notebook, or a terminal that may be gone."""

from __future__ import annotations

import os
import sys
from typing import Any

__all__ = ["let_go", "shell"]


def shell() -> Any:
    """IPython's shell, if this runs in one; None elsewhere, without importing IPython.

    Examples
    --------
    >>> shell() is None  # not in a test
    True
    """
    get = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get() if get else None


def let_go() -> None:
    """Nobody reads any more: let what is left of standard output go nowhere when Python ends.

    Raises
    ------
    OSError, ValueError
        If there is no such stream any more.

    Examples
    --------
    >>> import subprocess
    >>> code = "from xrec_lessons.running.terminal import let_go; let_go(); print(1)"
    >>> subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    ''
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
