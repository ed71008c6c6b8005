"""Suggestions of designs, from when a design was one record and a study had one objective."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ragone.models import acquisition
from ragone.schemas import Candidate, Design, Kpi, stage


@stage("suggest_by_sobol", libraries=("scipy", "numpy"))
def suggest_by_sobol(
    designs: tuple[Design, ...],
    objectives: tuple[Kpi, ...],
    failed: tuple[Design, ...] = (),
    *,
    space: Mapping[str, Any],
    count: int,
    maximise: bool,
    seed: int,
) -> Mapping[str, Design]:
    """The next points of the sequence; `space` maps a design's field to its low and high."""
    given = (_candidates(designs), objectives, _candidates(failed))
    return _designs(acquisition.suggest_by_sobol(*given, **_now(space, maximise), count=count, seed=seed))


@stage(
    "suggest_by_expected_improvement", libraries=("botorch", "gpytorch", "linear_operator", "torch", "scipy", "numpy")
)
def suggest_by_expected_improvement(
    designs: tuple[Design, ...],
    objectives: tuple[Kpi, ...],
    failed: tuple[Design, ...] = (),
    *,
    space: Mapping[str, Any],
    count: int,
    maximise: bool,
    seed: int,
) -> Mapping[str, Design]:
    """The designs with the largest log expected improvement; `space` maps a design's field to its low and high."""
    given = (_candidates(designs), objectives, _candidates(failed))
    found = acquisition.suggest_by_expected_improvement(*given, **_now(space, maximise), count=count, seed=seed)
    return _designs(found)


def _candidates(designs: Sequence[Design]) -> tuple[Candidate, ...]:
    return tuple(Candidate(values={name: getattr(design, name) for name in Design.fields()}) for design in designs)


def _designs(found: Mapping[str, Candidate]) -> dict[str, Design]:
    return {name: Design.build(candidate.values) for name, candidate in found.items()}


def _now(space: Mapping[str, Any], maximise: bool) -> dict[str, Any]:
    """Space and objective as they are written now."""
    return {
        "space": {name: {"low": low, "high": high} for name, (low, high) in space.items()},
        "goals": [{"kpi": "objective", "sense": "maximise" if maximise else "minimise", "limit": None}],
    }
