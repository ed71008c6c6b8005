"""HTML read strictly: every element closed and where it may stand, and nothing loaded from elsewhere."""

from __future__ import annotations

import re
from base64 import b64decode
from html.parser import HTMLParser

_VOID = {"img", "meta"}
_INSIDE = {
    "head": "html", "body": "html", "title": "head", "style": "head div", "meta": "head", "main": "body", "li": "ul ol",
    "thead": "table", "tbody": "table", "tr": "thead tbody", "th": "tr", "td": "tr", "summary": "details",
    "figcaption": "figure",
}  # fmt: skip
_NO_BLOCKS = {"p", "h1", "h2", "pre", "code", "strong", "span"}
_INLINE = {"code", "strong", "span", "a"}
_ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class", "title", "src", "alt", "scope", "open"}
_ATTRIBUTES |= {"id", "href", "style", "tabindex", "aria-hidden"}
_ID = re.compile(r"\b[a-z_]+-[0-9a-f]{12,64}\b")


_TAGS = {
    "html",
    "head",
    "title",
    "style",
    "meta",
    "body",
    "main",
    "div",
    "h1",
    "h2",
    "p",
    "span",
    "strong",
    "code",
    "pre",
}
_TAGS |= {
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "figure",
    "figcaption",
    "img",
    "details",
    "summary",
    "a",
}


class StrictFragment(HTMLParser):
    """What some HTML shows: its text, its pictures with their alternative texts, and the ids that it names."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.pictures: list[tuple[bytes, str]] = []
        self.shown: list[str] = []
        self.styles: list[str] = []
        self.titles: set[str] = set()
        self.links: list[tuple[str, str]] = []
        self.anchors: set[str] = set()
        self.feed(text)
        self.close()
        assert not self.open
        assert {anchor for anchor, _ in self.links} <= self.anchors

    @property
    def text(self) -> str:
        """All text in one line."""
        return " ".join(" ".join(self.shown).split())

    @property
    def ids(self) -> set[str]:
        """Every id in the text, short or whole, or behind it."""
        return set(_ID.findall(self.text)) | self.titles

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """It stands where it may, and loads nothing."""
        given = {name: value or "" for name, value in attributes}
        assert set(given) <= _ATTRIBUTES, given
        assert tag in _TAGS
        inside = self.open[-1] if self.open else ""
        assert tag not in _INSIDE or inside in _INSIDE[tag].split()
        assert inside not in _NO_BLOCKS or tag in _INLINE, (inside, tag)
        self.tags.append(tag)
        if tag == "img":
            before, _, picture = given["src"].partition("base64,")
            assert before == "data:image/png;"
            self.pictures.append((b64decode(picture, validate=True), given["alt"]))
        if tag == "a":
            assert given["href"].startswith("#"), given
            self.links.append((given["href"][1:], given["title"]))
        elif "title" in given:
            self.titles.add(given["title"])
        self.anchors.update([given["id"]] if "id" in given else [])
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The innermost element ends."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Text; a style loads nothing either."""
        if self.open and self.open[-1] == "style":
            assert "url(" not in data
            assert "@import" not in data
            self.styles.append(data)
        else:
            self.shown.append(data)


class StrictPage(StrictFragment):
    """A whole page."""

    def __init__(self, text: str) -> None:
        assert text.startswith("<!DOCTYPE html>\n")
        super().__init__(text)
        assert [self.tags.count(tag) for tag in ("html", "head", "title", "body", "main", "h1")] == [1] * 6
        for rule in ("@media screen and (prefers-color-scheme: dark)", "@media print", "@media (max-width"):
            assert all(rule in style for style in self.styles)
