"""Designs computed by other forms of the model: does what was concluded of them hold?

Other ways to discharge the same cell, other ways to characterise it, and other materials. Designs stay as they were
found; nothing is optimised again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ragone.dataset import Lake
from ragone.flows.design.chain import AVERAGE, Chain, Step
from ragone.flows.design.powers import power_role
from ragone.flows.design.study import Study
from ragone.flows.design.ways import Way, evaluate_in_ways
from ragone.flows.running.progress import Parts, Progress, Silent
from ragone.flows.running.workspace import open_workspace
from ragone.pipelines.characterise import average_with_bruggeman
from ragone.schemas import Candidate, Kpi

_POWER = "power_watt"
_COOLING = "heat_transfer_coefficient_watt_per_square_metre_kelvin"
_NANOPOROUS = "nmc-811-nanoporous"
AS_STUDIED = "as studied"


@dataclass(frozen=True)
class ModelForm:
    """A form of the model: parameters of the discharge that differ, whether tau is Bruggeman's, or other materials."""

    name: str
    discharge: Mapping[str, Any] = field(default_factory=dict)
    by_bruggeman: bool = False
    materials: str = ""

    def chain(self, chain: Chain) -> Chain:
        """The steps of a study by this form."""
        return chain.replaced(Step(AVERAGE, average_with_bruggeman)) if self.by_bruggeman else chain


FORMS = (
    ModelForm(AS_STUDIED),
    ModelForm("still air, 10 W/(m^2 K)", {_COOLING: 10.0}),
    ModelForm("isothermal", {"thermal": "isothermal"}),
    ModelForm("isothermal, all sizes of particles", {"thermal": "isothermal", "particle_size_points": 7}),
    ModelForm("tortuosity by Bruggeman", by_bruggeman=True),
    ModelForm("nanoporous carbon-binder", materials=_NANOPOROUS),
)


def compare_model_forms(
    lake: Lake,
    study: Study,
    candidates: Sequence[Candidate],
    powers: Sequence[float],
    kpi: str,
    progress: Progress | None = None,
) -> dict[str, tuple[tuple[Kpi | None, ...], ...]]:
    """A KPI of each candidate at each power, by the name of the form; None where an evaluation failed.

    Parameters
    ----------
    lake
        Where everything is stored.
    study
        How a design becomes a cell and is discharged at constant power.
    candidates
        The designs.
    powers
        Of the whole cell [W].
    kpi
        Read off the discharge.
    progress
        Receives the progress.

    Raises
    ------
    StudyError
        If no step of the study discharges at constant power.
    """
    parts = Parts(progress or Silent())
    found: dict[str, tuple[tuple[Kpi | None, ...], ...]] = {}
    for materials in dict.fromkeys(form.materials for form in FORMS):
        forms = [form for form in FORMS if form.materials == materials]
        own = study if not materials else Study.from_plain({**study.content, "materials": materials})
        found |= _evaluated(lake, own, forms, candidates, powers, kpi, parts.part(materials or "model forms"))
    return {form.name: found[form.name] for form in FORMS}


def _evaluated(
    lake: Lake,
    study: Study,
    forms: Sequence[ModelForm],
    candidates: Sequence[Candidate],
    powers: Sequence[float],
    kpi: str,
    progress: Progress,
) -> dict[str, tuple[tuple[Kpi | None, ...], ...]]:
    """Every form of one material, in one workspace."""
    role = power_role(study)
    chain = study.chain.needed([role])
    read = tuple(one for one in study.extractions if one.sources == (role,))
    ways = [
        Way(form.chain(chain), read, {role: {_POWER: power, **form.discharge}}) for form in forms for power in powers
    ]
    with open_workspace(lake, study.execution, progress) as workspace:
        outcomes = evaluate_in_ways(workspace, study, candidates, ways)
    key = f"{role}.{kpi}"
    ids = [[one.kpi_ids.get(key, "") for one in outcome.evaluated] or [""] * len(ways) for outcome in outcomes]
    kpis = [[lake.get(kpi_id, Kpi) if kpi_id else None for kpi_id in row] for row in ids]
    width = len(powers)
    return {form.name: tuple(tuple(row[n * width : (n + 1) * width]) for row in kpis) for n, form in enumerate(forms)}
