"""What came out: of one evaluation, of one trial, of a campaign. Ids and the few numbers worth showing; no arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from schemas import Kpi, KpiOutcome


class TrialOutcome(StrEnum):
    """How the evaluation of a design ended."""

    MEASURED = "measured"
    INFEASIBLE = "infeasible"
    FAILED = "failed"


@dataclass(frozen=True)
class CubeMeasured:
    """The ids of what was stored for one cube, as far as it came; `error` says why it came no further."""

    microstructure_id: str = ""
    transport_id: str = ""
    error: str = ""


@dataclass(frozen=True)
class CellMeasured:
    """The ids of what was stored on the way from the transport of some cubes to KPIs (by name), as far as it came."""

    transport_id: str = ""
    cell_id: str = ""
    discharge_id: str = ""
    kpi_ids: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class Foreseen:
    """How far a generator is expected to be off for a design, before it draws it.

    `simulated` says that the oracle draws the design instead; `proposal` is the command that simulates it.
    """

    predicted_id: str = ""
    blind: bool = False
    statement: str = ""
    largest_error: float = 0.0
    simulated: bool = False
    proposal: str = ""
    error: str = ""


@dataclass(frozen=True)
class Trial:
    """One design of a campaign and its objective; `number` counts from 0. Without a value if the evaluation failed.

    `target_met` says whether its cubes brought the mean within the target of the study; None without a target.
    `foreseen` is what was expected of the generator that draws the cubes; None if a simulator does.
    """

    number: int
    design_id: str
    outcome: TrialOutcome
    kpi_ids: Mapping[str, str]
    objective_id: str = ""
    value: float | None = None
    standard_uncertainty: float | None = None
    unit: str = ""
    error: str = ""
    cube_count: int = 0
    target_met: bool | None = None
    foreseen: Foreseen | None = None

    @property
    def blind(self) -> bool:
        """Whether the generator had not seen the like of this design."""
        return self.foreseen is not None and self.foreseen.blind

    @classmethod
    def failed(cls, number: int, design_id: str, error: str, cube_count: int = 0) -> Trial:
        """A trial whose evaluation failed."""
        return cls(number, design_id, TrialOutcome.FAILED, {}, error=error, cube_count=cube_count)

    @classmethod
    def measured(
        cls, number: int, design_id: str, kpi_ids: Mapping[str, str], kpi: Kpi, target_met: bool | None = None
    ) -> Trial:
        """A trial with its objective."""
        feasible = kpi.outcome is KpiOutcome.MEASURED
        return cls(
            number=number,
            design_id=design_id,
            outcome=TrialOutcome.MEASURED if feasible else TrialOutcome.INFEASIBLE,
            kpi_ids=kpi_ids,
            objective_id=kpi_ids[kpi.name],
            value=kpi.value,
            standard_uncertainty=kpi.standard_uncertainty,
            unit=kpi.unit,
            cube_count=kpi.sample_count,
            target_met=target_met,
        )


@dataclass(frozen=True)
class CampaignResult:
    """A finished campaign: its record's id, its trials in order, and the best; None if no design was feasible.

    `generator_id` is that of the generator that it ended with; empty if a simulator drew.
    """

    campaign_id: str
    objective_name: str
    trials: tuple[Trial, ...]
    best: Trial | None
    generator_id: str = ""
