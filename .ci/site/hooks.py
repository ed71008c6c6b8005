"""What MkDocs calls while it builds the site: pages that stand elsewhere in the repository or are made from the code.

The README, those of the rooms, SECURITY.md and CHANGELOG.md keep their places and are shown too; the reference is made
anew at each build, so that a command, record, stage or KPI that is added is in it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import commands
import records
import stages
from links import Links
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("schemas", "dataset", "pipelines", "models", "flows", "app", "tests", "benchmarks")
ELSEWHERE = {"README.md": "index.md", "SECURITY.md": "security.md", "CHANGELOG.md": "changelog.md"}
MADE: dict[str, Callable[[], str]] = {
    "reference/commands.md": commands.page,
    "reference/records.md": records.page,
    "reference/stages.md": stages.page,
    "reference/kpis.md": stages.kpi_page,
}
_FROM_THE_NET = re.compile(r"""<(?:script|img|iframe|link(?![^>]*rel="?canonical))\b[^>]*(?:src|href)="?https?://""")
log = logging.getLogger("mkdocs.hooks.site")
pages: dict[str, str] = {}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fill the navigation with what is listed by folder: the decisions, newest first, and the rooms."""
    lists = {"decisions": _decisions(), "rooms": [{room.removesuffix(".md"): f"rooms/{room}"} for room in _rooms()]}
    config.nav = [_filled(entry, lists) for entry in config.nav or []]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that lie outside of docs/, and those that are made."""
    pages.clear()
    pages.update({f"docs/{file.src_uri}": file.src_uri for file in files})
    outside = ELSEWHERE | {source: f"rooms/{place}" for place, source in _rooms().items()}
    for source, place in outside.items():
        pages[source] = place
        files.append(File.generated(config, place, content=(ROOT / source).read_text(encoding="utf-8")))
    for place, make in MADE.items():
        pages[f"docs/{place}"] = place
        files.append(File.generated(config, place, content=make()))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Let the links of a page lead to pages of the site."""
    place = page.file.src_uri
    origin = next(source for source, held in pages.items() if held == place)
    return Links(ROOT, pages, log.warning).rewritten(markdown, origin, place)


def on_post_page(output: str, page: Page, **_: Any) -> str:
    """Refuse what a browser would fetch from the net."""
    found = _FROM_THE_NET.search(output)
    if found:
        log.warning("%s would load from the net: %s", page.file.src_uri, found[0])
    return output


def _rooms() -> dict[str, str]:
    """Return the README of each room and of the rooms inside it, by its name on the site."""
    found = [path.relative_to(ROOT) for room in ROOMS for path in sorted((ROOT / room).rglob("README.md"))]
    return {f"{path.parent.as_posix()}.md": path.as_posix() for path in found}


def _decisions() -> list[str]:
    return sorted((f"decisions/{one.name}" for one in (ROOT / "docs" / "decisions").glob("*.md")), reverse=True)


def _filled(entry: Any, lists: dict[str, Any]) -> Any:
    if not isinstance(entry, dict):
        return entry
    return {title: lists.get(held, held) if isinstance(held, str) else held for title, held in entry.items()}
