"""Which labels are which phase? The map as a person writes it: ``0=pore,85=active_material,170=carbon_binder``.

A phase may have several labels, and spans of them: ``0..127=pore,128..255=active_material``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping

from ragone.pipelines.files.images.errors import PhaseMapError
from ragone.schemas.electrode import PHASES
from ragone.schemas.errors import did_you_mean

Labels = tuple[range, ...]
Phases = Mapping[str, int | Labels]

_EXAMPLE = "Write for example '0=pore,85=active_material,170=carbon_binder', or '0..127=pore,128..255=active_material'."
_SPAN = re.compile(r"([+-]?[0-9]{1,18})(?:\.\.([+-]?[0-9]{1,18}))?", re.ASCII)
_LARGEST = 2**53  # beyond it labels that are stored as real numbers are no longer distinct


def parse_phases(text: str) -> dict[str, Labels]:
    """Phase names and their labels, from ``label=phase`` or ``low..high=phase`` joined by commas.

    Raises
    ------
    PhaseMapError
        If a pair is malformed, a name is unknown, or a label is claimed twice.
    """
    phases: dict[str, Labels] = {}
    for pair in text.split(","):
        labels, equals, name = (part.strip() for part in pair.partition("="))
        span = _span(labels)
        if not equals or span is None or not name:
            raise PhaseMapError(f"{pair.strip()!r} in phases {text!r} is not 'label=phase'. {_EXAMPLE}")
        phases[name] = (*phases.get(name, ()), span)
    require_phases(phases)
    return phases


def parse_labels(text: str) -> Labels:
    """Labels that belong to no phase, from ``3,250..255``.

    Raises
    ------
    PhaseMapError
        If one is malformed.
    """
    spans = [_span(part.strip()) for part in text.split(",")]
    if None in spans:
        raise PhaseMapError(f"{text!r} are no labels. Write for example '3', or '3,250..255'.")
    return tuple(span for span in spans if span is not None)


def labels_of(labels: int | Labels) -> Labels:
    """The labels of a phase as spans."""
    return (range(labels, labels + 1),) if isinstance(labels, int) else labels


def spelled(labels: Iterable[range]) -> str:
    """Labels as they are written: ``0..127,255``."""
    return ",".join(str(span[0]) if len(span) == 1 else f"{span[0]}..{span[-1]}" for span in labels)


def require_phases(phases: Phases, outside: Labels = ()) -> None:
    """Raise `PhaseMapError` unless names are known, and no label is claimed twice."""
    if not phases:
        raise PhaseMapError(f"no phase is named. {_EXAMPLE}")
    claims = [(span, "outside") for span in outside]
    for name, labels in phases.items():
        if name not in PHASES:
            raise PhaseMapError(f"phase {name!r} is not known: {did_you_mean(name, PHASES)}")
        claims += [(span, name) for span in labels_of(labels)]
    claims.sort(key=lambda claim: claim[0].start)
    for (span, name), (following, other) in itertools.pairwise(claims):
        if following.start < span.stop:
            raise PhaseMapError(f"{name} and {other} share a label, {following.start}. Give each label one meaning.")


def _span(text: str) -> range | None:
    """The labels from low to high, both included."""
    match = _SPAN.fullmatch(text)
    if not match:
        return None
    low = int(match[1])
    high = low if match[2] is None else int(match[2])
    if not -_LARGEST <= low <= high <= _LARGEST:
        return None
    return range(low, high + 1)
