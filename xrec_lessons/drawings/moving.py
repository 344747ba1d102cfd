"""Put the positions of a drawing together: a slider or a row of buttons shows one of them.

Every position is drawn in advance and all but one are hidden, so a drawing moves without a kernel,
in a notebook, on an exported page and on the site; it holds no script and no ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["KEYS", "MovingDrawing", "Position"]

WIDTH = 640
LIGHT = (
    "--xd-ink:#1c1b1a;--xd-second:#5f5a53;--xd-grid:#d3cbbd;--xd-grey:#8b857b;--xd-pale:#e6e0d6;"
    "--xd-tint:#f1ede5;--xd-up:#0072b2;--xd-up-text:#0069a8;--xd-down:#d55e00;"
    "--xd-down-text:#b84700;--xd-gold:#eba91f;--xd-gold-edge:#875400;"
    "--xd-paper:var(--jp-layout-color0,var(--color-background-primary,#fff));"
)
DARK = (
    "--xd-ink:#f2efe9;--xd-second:#aca79e;--xd-grid:#474c52;--xd-grey:#7d7870;--xd-pale:#363b40;"
    "--xd-tint:#25292d;--xd-up:#4aa8e8;--xd-up-text:#6cbcf2;--xd-down:#f08038;"
    "--xd-down-text:#ff9d63;--xd-gold:#f0b849;--xd-gold-edge:#f0b849;"
    "--xd-paper:var(--jp-layout-color0,var(--color-background-primary,#111));"
)
# JupyterLab, the site, Colab, VS Code; the site may also leave it to the system.
DARK_PAGES = '[data-jp-theme-light="false"],[data-theme="dark"],[theme="dark"],.vscode-dark'
CSS = f"""\
.xrec-drawing{{{LIGHT}--xd-serif:"Iowan Old Style","Palatino Linotype",Palatino,P052,Georgia,serif;
margin:.6em 0;max-width:680px;overflow-x:auto;color:var(--xd-ink);
font:15px/1.4 -apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif}}
:is({DARK_PAGES}) .xrec-drawing{{{DARK}}}
@media (prefers-color-scheme:dark){{[data-theme="auto"] .xrec-drawing{{{DARK}}}}}
.xrec-drawing svg{{display:block;width:100%;min-width:560px;height:auto}}
.xrec-drawing [hidden]{{display:none}}
.xrec-drawing label{{display:flex;gap:.8em;align-items:center;margin:.3em 0}}
.xrec-drawing input{{flex:1;min-width:8em;max-width:24em;height:28px;
accent-color:var(--xd-gold-edge)}}
.xrec-drawing output{{min-width:6em}}
.xrec-drawing button{{font:inherit;color:var(--xd-ink);background:var(--xd-tint);min-height:32px;
border:1.5px solid var(--xd-grey);border-radius:6px;padding:.2em .8em;margin:.2em .4em .2em 0}}
.xrec-drawing button[aria-pressed=true]{{border:2.5px solid var(--xd-ink);font-weight:600}}
.xrec-drawing figcaption{{color:var(--xd-second);margin-top:.2em}}
"""
# Keys stay with the control: JupyterLab would take "b" or an arrow for a command of its own.
KEYS = 'onkeydown="event.stopPropagation()"'
SHOW = (
    "const f=this.closest('figure');"
    "f.querySelectorAll('svg').forEach((s,i)=>s.toggleAttribute('hidden',i!==k));"
)
SLIDE = (  # of two sliders, one step of the first is as many positions as the second has
    "const k=[...this.closest('figure').querySelectorAll('input')]"
    f".reduce((sum,i)=>sum+i.value*i.dataset.step,0);{SHOW}"
    "const o=this.parentNode.querySelector('output'),t=this.dataset.said.split('|')[this.value];"
    "o.textContent=t;this.setAttribute('aria-valuetext',t)"
)
PRESS = (
    f"const k=+this.value;{SHOW}"
    "f.querySelectorAll('button').forEach(b=>b.setAttribute('aria-pressed',b===this))"
)


@dataclass(frozen=True)
class Position:
    """What a drawing shows at one place of its slider, or after one button.

    Parameters
    ----------
    value : str
        What the slider, or the button, says there: "β = 2".
    said : str
        What is seen, in a sentence with its numbers, for whoever cannot see it.
    svg : str
        The strokes, 640 wide.
    """

    value: str
    said: str
    svg: str


@dataclass(frozen=True, repr=False)
class MovingDrawing:
    """A drawing with a control; in a notebook it shows itself.

    Parameters
    ----------
    positions : sequence of Position
        One position is a drawing without a control.
    height : int
        In the units of the strokes, of which the width has 640.
    control : str
        What the slider changes: "damping β".
    below : str
        One sentence that is true of all positions.
    first : int
        The position shown first: the one that teaches, not an end.
    buttons : bool
        A row of buttons in place of the slider.
    second : tuple of str and sequence of str, optional
        A second slider: what it changes, and what it says at each place. The positions are then
        those of its places at the first place of the first slider, and so on.

    Examples
    --------
    >>> from xrec_lessons.drawings.pen import circle
    >>> moon = [Position(f"{r} wide", f"A circle, {r} wide.", circle(320, 50, r)) for r in (9, 30)]
    >>> MovingDrawing(moon, 100, "width", "A circle grows.")
    [Drawing: A circle, 9 wide. A circle grows.]
    """

    positions: Sequence[Position]
    height: int
    control: str = ""
    below: str = ""
    first: int = 0
    buttons: bool = False
    second: tuple[str, Sequence[str]] | None = None

    def __repr__(self) -> str:
        """Return it in words."""
        return f"[Drawing: {self.positions[self.first].said} {self.below}".rstrip() + "]"

    def _repr_html_(self) -> str:
        pictures = "".join(
            f'<svg role="img" aria-label="{escape(one.said)}" viewBox="0 0 {WIDTH} {self.height}"'
            f' xmlns="http://www.w3.org/2000/svg"{"" if k == self.first else " hidden"}>'
            f"{one.svg}</svg>"
            for k, one in enumerate(self.positions)
        )
        control = "" if len(self.positions) == 1 else self._control()
        caption = f"<figcaption>{escape(self.below)}</figcaption>" if self.below else ""
        inside = f"<style>{CSS}</style>{pictures}{control}{caption}"
        return f'<figure class="xrec-drawing">{inside}</figure>'

    def _control(self) -> str:
        if self.buttons:
            row = "".join(
                f'<button type="button" value="{k}" onclick="{PRESS}" {KEYS}'
                f' aria-pressed="{str(k == self.first).lower()}">{escape(one.value)}</button>'
                for k, one in enumerate(self.positions)
            )
            return f'<div role="group" aria-label="{escape(self.control)}">{row}</div>'
        control, places = self.second or ("", [""])
        per = len(places)
        values = [one.value for one in self.positions[::per]]
        first = _slider(self.control, values, self.first // per, per)
        return first + (_slider(control, places, self.first % per, 1) if self.second else "")


def _slider(control: str, values: Sequence[str], at: int, step: int) -> str:
    now = escape(values[at])
    return (
        f'<label>{escape(control)}<input type="range" min="0" step="1" max="{len(values) - 1}"'
        f' value="{at}" data-step="{step}" data-said="{escape("|".join(values))}"'
        f' aria-valuetext="{now}" oninput="{SLIDE}" {KEYS}><output>{now}</output></label>'
    )
