"""A report as one page to show or to print: what was asked, what was found, and every number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pandas as pd

from xrec_lessons.study.analysis.figures import Drawing
from xrec_lessons.study.analysis.report import Report
from xrec_lessons.study.analysis.wording import labelled, number

__all__ = ["report_page"]

STYLE = """
:root { color-scheme: light dark; --ground: #f7f6f3; --paper: #fff; --ink: #1d2230; --soft: #5b6472;
  --line: #dcd9d2; --mark: #8a4b00; --mark-ground: #fff3df; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171d; --paper: #1c2129; --ink: #e8eaee;
  --soft: #a8b0bd; --line: #39414e; --mark: #ffca85; --mark-ground: #3a2a12; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.6 system-ui, "Segoe UI", "Noto Sans", sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: clamp(1.6rem, 1.2rem + 2vw, 2.3rem); line-height: 1.2; margin: 0 0 .5rem;
  text-wrap: balance; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem;
  padding: .25rem 1.5rem 1.25rem; margin-top: 1.5rem; }
section > h2 { margin-top: 1.25rem; }
p { max-width: 44rem; margin: .75rem 0; text-wrap: pretty; }
.about { color: var(--soft); }
.label { display: inline-block; margin: 0 0 1rem; padding: .35rem .9rem; border: 1px solid;
  border-radius: .5rem; color: var(--mark); background: var(--mark-ground); font-weight: 600; }
.first { font-size: 1.1rem; }
figure { margin: 1rem 0 !important; }
figure img { max-width: 100%; height: auto; background: #fff; border-radius: .5rem; }
figcaption { color: var(--soft); max-width: 44rem; }
details { border-top: 1px solid var(--line); }
summary { cursor: pointer; padding: .7rem 0; font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; }
th, td { padding: .35rem .9rem .35rem 0; text-align: start; border-bottom: 1px solid var(--line);
  vertical-align: top; }
td.n { text-align: end; white-space: nowrap; }
:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
@media print { :root { color-scheme: light; } body { background: #fff; }
  section { border: 0; padding: 0; break-inside: auto; } figure, tr { break-inside: avoid; } }
"""


def report_page(report: Report, drawings: Mapping[str, Drawing]) -> str:
    """Write a report as one HTML file that needs no other, in light, dark and on paper.

    Examples
    --------
    >>> from xrec_lessons.study.analysis import analyse, study_of
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> report = analyse(study_of(simulate(load_protocol(), n=6, seed=1)), models=False)
    >>> page = report_page(report, {"bars": report.plot_bars()})
    >>> page[:15], "SIMULATED participants" in page
    ('<!doctype html>', True)
    """
    data, who = report.data, report.who
    title = escape(data.protocol.title)
    label = f'<p class="label">{data.label} participants: nothing here is a finding.</p>'
    days = f"Study {data.protocol.identity[:12]}, protocol {data.protocol.digest[:12]}."
    head = f"{label if data.label else ''}<h1>{title}</h1>"
    head += f'<p class="about">{len(who.participants)} participants analysed. {days}</p>'
    parts = [_section("Who is analysed", [who.sentence, report._films_sentence()])]
    figures = "".join(drawing._repr_html_() for drawing in drawings.values())
    parts.append(_section("In pictures", [], figures))
    for outcome, result in report.results.items():
        first, *rest = result.sentences
        body = f'<p class="first">{escape(first)}</p>{_paragraphs(rest)}'
        parts.append(_section(outcome.capitalize(), [], body))
    more = [one.sentence for one in report.reliability]
    more += [one.sentence for one in report.correlations]
    more += [f"Not computed. {problem}" for problem in report.problems]
    if more:
        parts.append(_section("The questions themselves", more))
    parts.append(_section("The plan", [*report.plan_sentences, *filter(None, [report.fits])]))
    tables = "".join(_table(name, table) for name, table in report.tables.items())
    parts.append(_section("Every number", [], tables))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{labelled(data.label, title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{head}{''.join(parts)}</main></body></html>\n"
    )


def _section(title: str, sentences: Iterable[str], body: str = "") -> str:
    return f"<section><h2>{escape(title)}</h2>{_paragraphs(sentences)}{body}</section>"


def _paragraphs(sentences: Iterable[str]) -> str:
    return "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)


def _table(title: str, table: pd.DataFrame) -> str:
    flat = table.reset_index()
    names = [name if isinstance(name, str) else " ".join(map(str, name)) for name in flat.columns]
    heads = "".join(f'<th scope="col">{escape(str(n).replace("_", " "))}</th>' for n in names)
    rows = "".join(
        f"<tr>{''.join(map(_cell, row))}</tr>" for row in flat.itertuples(index=False, name=None)
    )
    return (
        f"<details><summary>{escape(title)}</summary><div class=scroll tabindex=0><table>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _cell(value: Any) -> str:
    if value is None or value != value:  # NaN
        return "<td></td>"
    if isinstance(value, bool | str):
        return f"<td>{escape(str(value))}</td>"
    whole = float(value).is_integer()
    return f'<td class="n">{value:.0f}</td>' if whole else f'<td class="n">{number(value, 3)}</td>'
