"""Does the stated interval of a KPI hold what may be? Intervals of 64 draws against other draws of what is uncertain.

A 4680 of a made-up electrode whose metrics have standard errors, at a power that it delivers with ease and at one where
it fails early. Intervals of several seeds are held against draws of other seeds, which no interval has seen; the share
that lies inside is the coverage. Beside it how far a shares' sum and the largest share scatter from seed to seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.measure import Line, stated, tell
from ragone.pipelines.cell import assemble_cell, discharge_at_constant_power, ideal_transport
from ragone.pipelines.kpi import energy_and_power_density
from ragone.pipelines.uncertainty import collect_priors, draw_cell, draw_materials, draw_transport, estimate_shares
from ragone.schemas import CellDesign, Kpi, Priors, Recipe, Transport, UncertaintyBudget
from ragone.schemas.materials import NMC_811

_POWERS = (20.0, 100.0)  # W
_DRAWS, _SEEDS = 64, 6
_HELD_OUT, _OTHER_SEEDS = 32, range(100, 108)
_STATED, _OFF = 0.9, 0.05
_DESIGN = CellDesign(mass_loading_kilogram_per_square_metre=0.2, contact_resistance_ohm=1e-3)
_RELATIVE = {
    "pore_tortuosity_factor_standard_error": 0.05,
    "specific_surface_area_per_metre_standard_error": 0.03,
    "solid_effective_conductivity_siemens_per_metre_standard_error": 0.3,
    "materials_pore_tortuosity_factor_standard_error": 0.15,
}


@dataclass(frozen=True)
class _Subject:
    """An electrode, all that is uncertain of its cell, and a power [W]."""

    transport: Transport
    priors: Priors
    power: float

    def kpi(self, index: int | None = None, seed: int = 0) -> Kpi:
        """The energy density as it is, or of a draw."""
        transport, materials = self.transport, NMC_811
        if index is not None:
            transport = draw_transport(transport, self.priors, index=index, seed=seed)
            materials = draw_materials(materials, self.priors, index=index, seed=seed)
        cell = assemble_cell(transport, materials, _DESIGN)
        if index is not None:
            cell = draw_cell(cell, self.priors, index=index, seed=seed)
        return energy_and_power_density(discharge_at_constant_power(cell, power_watt=self.power), cell)[
            "energy_density"
        ]

    def budget(self, seed: int) -> UncertaintyBudget:
        """Interval and shares of the draws of one seed."""
        drawn = tuple(self.kpi(index, seed) for index in range(_DRAWS))
        return estimate_shares(self.kpi(), drawn, self.priors, indices=tuple(range(_DRAWS)), seed=seed)


def lines() -> list[Line]:
    """A line for the coverage at each power, and what scatters."""
    return [line for power in _POWERS for line in _lines(_subject(power))]


def _subject(power: float) -> _Subject:
    transport = ideal_transport(Recipe(active_material_weight_fraction=0.95, porosity=0.32), NMC_811)
    metrics = {name: name.removeprefix("materials_").removesuffix("_standard_error") for name in _RELATIVE}
    errors = {name: getattr(transport, metrics[name]) * share for name, share in _RELATIVE.items()}
    transport = replace(transport, **errors)
    cell = assemble_cell(transport, NMC_811, _DESIGN)
    return _Subject(transport, collect_priors(cell, transport, materials=NMC_811), power)


def _lines(subject: _Subject) -> list[Line]:
    tell(f"{_SEEDS} budgets of {_DRAWS} draws at {subject.power:g} W")
    budgets = [subject.budget(seed) for seed in range(_SEEDS)]
    tell(f"{_HELD_OUT * len(_OTHER_SEEDS)} draws that no interval has seen")
    held_out = [subject.kpi(index, seed).value for seed in _OTHER_SEEDS for index in range(_HELD_OUT)]
    coverages = [_coverage(budget, held_out) for budget in budgets]
    where = f"at {subject.power:g} W"
    errors = [budget.share_standard_errors[budget.shares.argmax()] for budget in budgets]
    largest = np.array([budget.shares.max() for budget in budgets])
    return [
        _judged(f"coverage of 90 % intervals {where}", float(np.mean(coverages))),
        stated(f"... of each of {_SEEDS} seeds", ", ".join(f"{share:.1%}" for share in coverages)),
        stated(f"... relative half width {where}", f"{_half_width(budgets):.1%}"),
        stated(
            f"... largest share {where}",
            f"{largest.mean():.2f}, scatter {largest.std(ddof=1):.2f}, stated error {np.mean(errors):.2f}",
        ),
    ]


def _judged(what: str, coverage: float) -> Line:
    goal = f"{_STATED - _OFF:.0%} to {_STATED + _OFF:.0%}"
    return Line(what, f"{coverage:.1%}", "", "", goal, abs(coverage - _STATED) <= _OFF)


def _coverage(budget: UncertaintyBudget, values: Sequence[float | None]) -> float:
    """Share of the values inside the interval; one that is missing is outside."""
    low, high = budget.interval_low, budget.interval_high
    if low is None or high is None:
        return 0.0
    return float(np.mean([value is not None and low <= value <= high for value in values]))


def _half_width(budgets: Sequence[UncertaintyBudget]) -> float:
    """Half of the mean interval over the recorded value."""
    widths = [(b.interval_high - b.interval_low) / 2 / b.value for b in budgets if b.interval_high and b.interval_low]
    return float(np.mean(widths))
