"""The policy of an owner of `evaluated_designs`: bounds that are stated, and taken from no data."""

from __future__ import annotations

from pathlib import Path

POLICY = """\
share:
  owner: Ada Lovelace <0000-0002-1825-0097>
  licence: CC-BY-4.0
  allow: [hyper-parameters, surrogate, statistics]
  budget: {epsilon: 3, delta: 1e-5}
  columns:
    porosity: {low: 20 %, high: 45 %}
    mass_loading: {low: 10 mg/cm^2, high: 30 mg/cm^2}
    binder_adhesion: {low: 0, high: 1}
    energy_density: {low: 550 W.h/L, high: 650 W.h/L}
"""


def write_policy(folder: Path, old: str = "", new: str = "") -> Path:
    """Write it, with one thing in it changed."""
    assert old in POLICY
    path = folder / "policy.yaml"
    path.write_text(POLICY.replace(old, new, 1) if old else POLICY)
    return path
