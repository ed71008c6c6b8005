"""The two appearances of a value: HTML for notebooks, lines for terminals.

A type has an appearance when a function is registered for it with `content_of` and with `lines_of`. Pictures lie inside
the HTML, nothing in it is executed or loaded, and every text is escaped: names, notes and values may be a stranger's.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from io import StringIO
from shutil import get_terminal_size
from typing import Any

from rich.console import Group, RenderableType

from ragone.app.markup import Markup, element
from ragone.app.terminal.console import GuardedConsole

# The colours of the text and the background are the notebook's, light or dark; what it says of tables is overruled.
_STYLE = """
.ragone { font: .9rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere }
.ragone p { margin: .3rem 0 } .ragone ul { margin: .3rem 0; padding-left: 1.2rem }
.ragone .number { font-size: 1.3rem } .ragone .faint { opacity: .7 }
.ragone figure { margin: .5rem 0 } .ragone img { width: 100%; max-width: 36rem; height: auto; background: #fff }
.ragone .table { overflow-x: auto } .ragone table { border-collapse: collapse; font-size: .85rem }
.ragone .table th, .ragone .table td { text-align: left; vertical-align: top; padding: .15rem .8rem .15rem 0;
  border-bottom: 1px solid rgba(128, 128, 128, .35); overflow-wrap: normal; background: none }
.ragone code, .ragone pre { font: .8rem/1.35 ui-monospace, monospace }
"""


_MOST = 100  # lines of a list; a stranger's may have no end


@singledispatch
def content_of(value: Any) -> list[Markup]:
    """Return the elements that show a value in a notebook."""
    raise TypeError(f"a {type(value).__name__} has no appearance. Register one with content_of and lines_of.")


@singledispatch
def lines_of(value: Any) -> list[RenderableType]:
    """Return what shows a value on a terminal."""
    raise TypeError(f"a {type(value).__name__} has no appearance. Register one with content_of and lines_of.")


def html_of(value: Any) -> str:
    """Return a value as HTML that needs nothing but itself."""
    return element("div", element("style", Markup(_STYLE)), *content_of(value), class_="ragone")


def text_of(value: Any) -> str:
    """Return a value as lines of text, as wide as the terminal, without colours."""
    return rendered(Group(*lines_of(value)), get_terminal_size((100, 24)).columns)


def listed(lines: Sequence[str | Markup]) -> Markup:
    """Return a list of lines, the first ones of very many."""
    more = len(lines) - _MOST
    shown = [*lines[:_MOST], *([f"and {more} more"] if more > 0 else [])]
    return element("ul", *(element("li", line) for line in shown))


def rendered(shown: RenderableType, width: int) -> str:
    """Return tables, trees and texts as lines of a width, without colours."""
    console = GuardedConsole(file=StringIO(), width=width, color_system=None, markup=False, highlight=False)
    with console.capture() as captured:
        console.print(shown, crop=False)
    return "\n".join(line.rstrip() for line in captured.get().rstrip("\n").splitlines())
