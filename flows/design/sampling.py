"""How many volume elements of a recipe are measured: a fixed number, or as many as a target needs.

In the parameter file `volume_elements` is a number, or a map such as ``{target: 1 %, confidence: 95 %, least: 4, most:
40}``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ragone.dataset import Lake
from ragone.flows.design.evaluation import MeasuredVolumeElement
from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import Section
from ragone.pipelines.characterise.representativity import METRICS, Target, is_met, volume_elements_wanted
from ragone.pipelines.characterise.representativity.metrics import TORTUOSITY_FACTOR
from ragone.pipelines.characterise.representativity.sequential import LEAST
from ragone.schemas import Representativity, Transport

_KEYS = ("target", "confidence", "least", "most", "metric")
_DEFAULTS = {"confidence": 0.95, "least": 4, "most": 40}
_LARGEST = 10**6


def read_volume_elements(resolution: Section) -> tuple[int, Target | None]:
    """The largest number of volume elements, and the target that ends their sampling, if any.

    Raises
    ------
    StudyError
        For anything that cannot be used, named by its path.
    """
    if not isinstance(resolution.raw("volume_elements"), Mapping):
        return resolution.integer("volume_elements", 1, _LARGEST), None
    section = resolution.section("volume_elements", _KEYS)
    least = section.integer("least", LEAST, _LARGEST, _DEFAULTS["least"])
    most = section.integer("most", LEAST, _LARGEST, _DEFAULTS["most"])
    if least > most:
        raise StudyError(f"{section.path}: least = {least} is above most = {most}. Exchange them.")
    metric = section.choice("metric", METRICS, TORTUOSITY_FACTOR)
    return most, Target(metric, _share(section, "target"), _share(section, "confidence"), least, most)


def sample_size(
    lake: Lake, target: Target | None, fixed: int, role: str, elements: Sequence[MeasuredVolumeElement]
) -> int:
    """Number of volume elements that a recipe should have; as many as there are if that is enough, or one failed."""
    if any(element.error for element in elements):
        return len(elements)
    return fixed if target is None else volume_elements_wanted(_transports(lake, role, elements), target)


def target_met(lake: Lake, target: Target | None, role: str, elements: Sequence[MeasuredVolumeElement]) -> bool | None:
    """Whether the volume elements of a recipe meet the target; None without one, or if a volume element failed."""
    if target is None or any(element.error for element in elements):
        return None
    return is_met(_transports(lake, role, elements), target)


def _share(section: Section, name: str) -> float:
    """A part of one, open at both ends; confidence has a default."""
    bounds = Representativity.fields()["confidence"].bounds
    if name in _DEFAULTS and section.raw(name, None) is None:
        return _DEFAULTS[name]
    return section.quantity(name, "1", bounds)


def _transports(lake: Lake, role: str, elements: Sequence[MeasuredVolumeElement]) -> list[Transport]:
    return [lake.get(element.ids[role], Transport) for element in elements]
