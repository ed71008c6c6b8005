"""Which conclusions about designs survive which form of the model? Each is one design ahead of another at a power."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ragone.dataset import Lake
from ragone.flows.design.model_forms import compare_model_forms
from ragone.flows.design.study import Study
from ragone.flows.running.progress import Progress
from ragone.pipelines.kpi import relative_deviation
from ragone.schemas import Candidate, Kpi


@dataclass(frozen=True)
class Conclusion:
    """One design is ahead of another at a power [W]; designs by their names."""

    ahead: str
    behind: str
    power: float

    @property
    def name(self) -> str:
        """It in words."""
        return f"{self.ahead} over {self.behind} at {self.power:g} W"


@dataclass(frozen=True)
class Verdicts:
    """By the name of the form: the KPI of each design at each power, and by how much each conclusion holds.

    A deviation is None where one of the two has no value.
    """

    values: Mapping[str, Mapping[tuple[str, float], Kpi | None]]
    deviations: Mapping[str, Mapping[str, Kpi | None]]


def judge_by_forms(
    lake: Lake,
    study: Study,
    designs: Mapping[str, Candidate],
    conclusions: tuple[Conclusion, ...],
    kpi: str,
    progress: Progress | None = None,
) -> Verdicts:
    """Compute designs by each form of the model, and how far each conclusion holds there.

    Parameters
    ----------
    lake
        Where everything is stored.
    study
        How a design becomes a cell and is discharged at constant power.
    designs
        By the names that the conclusions use.
    conclusions
        What was concluded from the study's own form.
    kpi
        Larger is better.
    progress
        Receives the progress.
    """
    unique = list({one.id: one for one in designs.values()}.values())
    powers = sorted({one.power for one in conclusions})
    found = compare_model_forms(lake, study, unique, powers, kpi, progress)
    place = {name: [one.id for one in unique].index(candidate.id) for name, candidate in designs.items()}
    values = {
        form: {(name, power): rows[place[name]][n] for name in designs for n, power in enumerate(powers)}
        for form, rows in found.items()
    }
    return Verdicts(values, {form: _deviations(lake, conclusions, row) for form, row in values.items()})


def _deviations(
    lake: Lake, conclusions: tuple[Conclusion, ...], values: Mapping[tuple[str, float], Kpi | None]
) -> dict[str, Kpi | None]:
    found: dict[str, Kpi | None] = {}
    for one in conclusions:
        first, second = (values[name, one.power] for name in (one.ahead, one.behind))
        found[one.name] = None
        if first is not None and second is not None:
            found[one.name] = lake.get(lake.run(relative_deviation, subject=first.id, reference=second.id).id, Kpi)
    return found
