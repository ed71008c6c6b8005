"""The appearance of what a lake answers about how its artifacts came to be: the same words as on the command line."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from ragone.app.markup import Markup, element, table
from ragone.app.notebook.appearance import content_of, lines_of, listed, rendered
from ragone.app.tables.answers import described_table, short
from ragone.app.tables.lineages import tree_down, tree_up
from ragone.app.tables.reasons import reason_lines
from ragone.app.terminal.printable import one_line
from ragone.dataset import Contents, Execution, FsckReport, Lineage, Why

_WIDTH = 160  # of a tree in a notebook, which scrolls


@lines_of.register
def _(found: Lineage) -> list[RenderableType]:
    return [tree_up(found), tree_down(found)]


@content_of.register
def _(found: Lineage) -> list[Markup]:
    trees = [rendered(tree, _WIDTH) for tree in lines_of(found)]
    return [element("div", *(element("pre", tree) for tree in trees), class_="table")]


@lines_of.register
def _(found: Why) -> list[RenderableType]:
    return [Text("\n  ".join([found.subject, *reason_lines(found)]))]


@content_of.register
def _(found: Why) -> list[Markup]:
    return [_code(found.subject), listed(reason_lines(found))]


@lines_of.register
def _(run: Execution) -> list[RenderableType]:
    return [Text("\n  ".join([_said(run), *(f"{role}: {name}" for role, name in run.outputs.items())]))]


@content_of.register
def _(run: Execution) -> list[Markup]:
    outputs = [element("span", f"{role}: ", _code(name)) for role, name in run.outputs.items()]
    return [element("p", _said(run)), listed(outputs)]


def _said(run: Execution) -> str:
    """The stage and its outcome; a result that was found again says so."""
    done = f"{run.outcome}, found again" if run.reused else str(run.outcome)
    return f"{run.stage}: {done}, {short(run.run_id)}" + (f"; {one_line(run.error)}" if run.error else "")


@lines_of.register
def _(report: FsckReport) -> list[RenderableType]:
    return [Text("\n".join([*map(one_line, map(str, report.problems)), _verdict(report)]))]


@content_of.register
def _(report: FsckReport) -> list[Markup]:
    problems = [str(problem) for problem in report.problems]
    return [element("p", _verdict(report)), *([listed(problems)] if problems else [])]


def _verdict(report: FsckReport) -> str:
    counts = ", ".join(f"{count} {what}" for what, count in report.counts.items())
    return f"{'nothing is wrong' if report.sound else f'{len(report.problems)} wrong'} ({counts} checked)"


@lines_of.register
def _(found: Contents) -> list[RenderableType]:
    return [
        Text(f"{found.table}: {found.rows} rows. {found.holds}"),
        described_table(_HEADS, _rows(found)),
    ]


@content_of.register
def _(found: Contents) -> list[Markup]:
    head = element("p", element("strong", found.table), f": {found.rows} rows. {found.holds}")
    beyond = [element("p", f"In the records only: {', '.join(found.beyond)}.", class_="faint")] if found.beyond else []
    return [head, table(_HEADS, _rows(found)), *beyond]


_HEADS = ["column", "type", "unit", "description"]


def _rows(found: Contents) -> list[list[str]]:
    return [[one.name, one.type, {"1": "-"}.get(one.unit, one.unit), one.doc] for one in found.columns]


def _code(name: str) -> Markup:
    return element("code", short(name), title=name)
