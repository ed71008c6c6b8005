"""HTML whose every text is escaped, and a page that needs nothing but itself.

Elements are made by `element`; only what it made goes into another one as it is, any other text is escaped. Names,
notes and values may be a stranger's.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape

from ragone.app.terminal.printable import printable

_VOID = ("img", "meta")
# Nothing is loaded and nothing is executed, whatever a record holds.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """
:root { color-scheme: light dark; --ink: #1d2530; --paper: #fcfcfa; --faint: #5d6875; --line: #d5dae0; --mark: #1f5f8b }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ec; --paper: #14181d; --faint: #9aa5b1; --line: #353d47; --mark: #7fb7dd }
}
body { margin: 0 auto; max-width: 46rem; padding: 1rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; line-height: 1.2 } h2 { font-size: 1.2rem; margin-top: 2rem }
.number { font-size: 1.5rem; color: var(--mark) } .faint { color: var(--faint) }
figure { margin: 1rem 0 } img { width: 100%; height: auto; background: #fff; border-radius: .4rem; display: block }
.shown { position: relative } tr:target { outline: 2px solid var(--mark) }
.spot { position: absolute; width: .8rem; height: .8rem; margin: -.4rem; border-radius: 50% }
.spot:hover, .spot:focus { outline: 2px solid #1f5f8b } a { color: var(--mark) }
.table { overflow-x: auto } table { border-collapse: collapse; font-size: .9rem; overflow-wrap: normal }
th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line) }
code { font: .85rem ui-monospace, monospace }
pre { white-space: pre-wrap; padding: .6rem; border: 1px solid var(--line) }
@media (max-width: 32rem) { table { min-width: 27rem } }
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #fff; --faint: #444; --line: #bbb }
  body { max-width: none; padding: 0; font-size: 10pt } img { max-width: 14cm } .table { overflow: visible }
  h1, h2, summary { break-after: avoid } figure, tr, li, pre { break-inside: avoid }
  details::details-content { content-visibility: visible; block-size: auto }
}
"""


class Markup(str):
    """HTML that `element` made."""

    __slots__ = ()


def element(tag: str, *content: str, **attributes: str) -> Markup:
    """One element; what stands in it is escaped unless it is an element itself.

    Parameters
    ----------
    tag
        Its name.
    content
        Texts and elements, in order.
    attributes
        By name; `class_` stands for ``class``, and other underscores for hyphens.
    """
    words = {name.rstrip("_").replace("_", "-"): text for name, text in attributes.items()}
    opened = "".join(f' {name}="{escape(printable(text))}"' for name, text in words.items())
    if tag in _VOID:
        return Markup(f"<{tag}{opened}>")
    return Markup(f"<{tag}{opened}>{''.join(map(_escaped, content))}</{tag}>")


def table(heads: list[str], rows: list[list[str]], anchors: Sequence[str] = ()) -> Markup:
    """A table that scrolls by itself where the screen is narrow; links of the page lead to the anchors of its rows."""
    head = element("tr", *(element("th", name, scope="col") for name in heads))
    named = [{"id": one} for one in anchors] or [{}] * len(rows)
    body = [element("tr", *(element("td", cell) for cell in row), **of) for row, of in zip(rows, named, strict=True)]
    return element("div", element("table", element("thead", head), element("tbody", *body)), class_="table")


def figure(png: bytes, alt: str, caption: str, links: Sequence[Markup] = ()) -> Markup:
    """A picture inside the page, what it shows for who cannot see it, its caption, and what `linked` lays over it."""
    address = f"data:image/png;base64,{b64encode(png).decode()}"
    picture = element("img", src=address, alt=alt)
    if links:
        picture = element("div", picture, *links, class_="shown")
    return element("figure", picture, element("figcaption", caption, class_="faint"))


def linked(left: float, top: float, anchor: str, title: str) -> Markup:
    """A place of a picture [% of its width and height] that says what is there, and leads to an anchor of the page.

    It is left out where one goes through a page by the keyboard: the table that it leads to says the same.
    """
    place = f"left:{left:.2f}%;top:{top:.2f}%"
    return element("a", class_="spot", style=place, href=f"#{anchor}", title=title, tabindex="-1", aria_hidden="true")


def page(title: str, *content: Markup) -> str:
    """The whole file."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Markup(_STYLE)),
    )
    html = element("html", head, "\n", element("body", element("main", *content)), lang="en")
    return f"<!DOCTYPE html>\n{html}\n"


def _escaped(content: str) -> str:
    return content if isinstance(content, Markup) else escape(printable(content), quote=False)
