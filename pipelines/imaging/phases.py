"""Which label is which phase? The map as a person writes it: ``0=pore,85=active_material,170=carbon_binder``."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.imaging.errors import PhaseMapError
from schemas.electrode import PHASES
from schemas.errors import did_you_mean

_EXAMPLE = "Write for example '0=pore,85=active_material,170=carbon_binder'."


def parse_phases(text: str) -> dict[str, int]:
    """Phase names and their labels, from ``label=phase`` pairs joined by commas.

    Raises
    ------
    PhaseMapError
        If a pair is malformed, or names or labels repeat, are unknown, or do not fit.
    """
    phases: dict[str, int] = {}
    for pair in text.split(","):
        label, equals, name = (part.strip() for part in pair.partition("="))
        if not equals or not (label.isascii() and label.isdigit()) or not name:
            raise PhaseMapError(f"{pair.strip()!r} in phases {text!r} is not 'label=phase'. {_EXAMPLE}")
        if name in phases:
            raise PhaseMapError(f"phase {name!r} has two labels in {text!r}. Relabel the volume so that it has one.")
        phases[name] = int(label)
    require_phases(phases)
    return phases


def require_phases(phases: Mapping[str, int]) -> None:
    """Raise `PhaseMapError` unless names are known, and labels distinct and from 0 to 255."""
    if not phases:
        raise PhaseMapError(f"no phase is named. {_EXAMPLE}")
    for name, label in phases.items():
        if name not in PHASES:
            raise PhaseMapError(f"phase {name!r} is not known: {did_you_mean(name, PHASES)}")
        if not 0 <= label <= 255:
            raise PhaseMapError(f"label {label} of phase {name!r} is outside [0, 255]. Relabel the volume.")
    if len(set(phases.values())) != len(phases):
        raise PhaseMapError(f"two phases share a label in {dict(phases)}. Give each phase its own.")
