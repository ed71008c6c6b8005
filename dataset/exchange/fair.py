"""How findable, accessible, interoperable and reusable is a crate? F-UJI's indicators, as far as files alone can say.

F-UJI visits the page of a published data set. What it would find in the files of a crate is checked here, indicator by
indicator, in the files themselves; what only a repository can give, such as a DOI that resolves, is named as such. A
repository shows a page of its own, so that the score there is the repository's too.

References
----------
Devaraju and Huber (2025), FAIRsFAIR Data Object Assessment Metrics 0.8, doi 10.5281/zenodo.15045911, as F-UJI 4.0
tests them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ragone.dataset.exchange.descriptions import DATACITE, PAGE, PROV
from ragone.dataset.exchange.indicators import INDICATORS, Evidence
from ragone.dataset.exchange.rendering import Rendering

_LINKED = re.compile(r'<link rel="describedby" type="([^"]+)" href="([^"]+)">')
_EMBEDDED = re.compile(r'<script type="application/ld\+json">\n(.*?)\n</script>', re.DOTALL)


class Standing(StrEnum):
    """Whether an indicator is met."""

    MET = "met"
    NOT_MET = "not met"
    NEEDS_REPOSITORY = "needs a repository"


@dataclass(frozen=True, slots=True)
class Finding:
    """One indicator: its identifier and what it asks for, whether it is met, what shows it, and what to add."""

    id: str
    asks: str
    standing: Standing
    evidence: str
    advice: str


def assess(files: Iterable[Rendering]) -> tuple[Finding, ...]:
    """Return a finding for each indicator, in F-UJI's order; `files` are all that a crate holds for other tools."""
    evidence = _evidence(list(files))
    findings = []
    for one in INDICATORS:
        if one.check is None:
            findings.append(Finding(one.id, one.asks, Standing.NEEDS_REPOSITORY, "", one.advice))
            continue
        shown = one.check(evidence)
        standing = Standing.MET if shown else Standing.NOT_MET
        findings.append(Finding(one.id, one.asks, standing, shown, "" if shown else one.advice))
    return tuple(findings)


def _evidence(files: list[Rendering]) -> Evidence:
    """The content of the files, as a stranger reads them; what is missing is empty."""
    by_path = {file.path: file.data for file in files}
    page = by_path.get(PAGE, b"").decode()
    embedded = _EMBEDDED.search(page)
    return Evidence(
        datacite=_json(by_path.get(DATACITE, b"{}")),
        page=_json(embedded[1]) if embedded else {},
        prov=_json(by_path.get(PROV, b"{}")),
        media_types=tuple(sorted({file.media_type for file in files if file.path.startswith("readable/")})),
        links=tuple(_LINKED.findall(page)),
    )


def _json(text: str | bytes) -> dict[str, Any]:
    found = json.loads(text)
    return found if isinstance(found, dict) else {}
