"""The uncertainty of KPIs by source: priors named, draws computed where workers are, shares estimated, all stored.

A draw that was computed before is found again, so that more draws of a seed go on where fewer ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows.errors import KpiError
from ragone.flows.running.execution import Execution
from ragone.flows.running.progress import Progress
from ragone.flows.running.workspace import Workspace, open_workspace
from ragone.flows.uncertainty.drawing import Drawn, ModelForm, compute_otherwise, draw_kpi
from ragone.flows.uncertainty.kpi_chain import KpiChain, kpi_chain
from ragone.pipelines.uncertainty import collect_priors, estimate_shares, share_near_best
from ragone.schemas import CellParameters, Kpi, Priors, UncertaintyBudget

_THERMAL, _SIZES = "thermal", "particle_size_points"
_COOLING = "heat_transfer_coefficient_watt_per_square_metre_kelvin"
_ISOTHERMAL, _LUMPED = "isothermal", "lumped"
_SIZE_POINTS = 7


@dataclass(frozen=True, kw_only=True)
class DrawPlan:
    """Number and seed of the draws, confidence of the interval, and priors that are somebody's own."""

    draws: int = 64
    seed: int = 0
    confidence: float = 0.9
    stated: Priors | None = None


@dataclass(frozen=True)
class Budgeted:
    """The budget of a KPI, the priors behind it, and its draws in order; errors are those of draws that failed."""

    kpi_id: str
    budget: UncertaintyBudget
    priors: Priors
    drawn: tuple[Drawn, ...] = field(default=(), repr=False)


def estimate_uncertainty(
    lake: Lake,
    kpi_ids: Sequence[str],
    plan: DrawPlan,
    execution: Execution | None = None,
    progress: Progress | None = None,
) -> list[Budgeted]:
    """Draw all that is uncertain behind some KPIs, and take each apart.

    Parameters
    ----------
    lake
        Where the KPIs are.
    kpi_ids
        Full or short ids.
    plan
        Draws, seed, confidence, own priors.
    execution
        Where draws are computed; in this process if None.
    progress
        Receives the progress, a unit for every draw and form of the model.

    Raises
    ------
    KpiError
        If a KPI does not follow from one cell, or has no value; before anything is drawn.
    StageFailedError
        If priors or shares cannot be made.
    """
    stated = lake.put(plan.stated) if plan.stated is not None else None
    chains = [kpi_chain(lake, name) for name in kpi_ids]
    for chain in chains:
        _require_value(lake, chain)
    forms = [tuple(_forms(lake, chain)) for chain in chains]
    with open_workspace(lake, execution, progress) as workspace:
        workspace.progress.started(len(chains) * (plan.draws + 1) + sum(map(len, forms)))
        return [_budgeted(workspace, *pair, plan, stated) for pair in zip(chains, forms, strict=True)]


def rank_near_best(lake: Lake, budgeted: Sequence[Budgeted], *, tolerance: float = 0.02, maximise: bool = True) -> Kpi:
    """Share of the draws in which the first design is near the best of all.

    A draw that failed of the first counts against it; one that failed of another alone is left out.

    Raises
    ------
    KpiError
        If there is one design only, other quantities are uncertain of one design than of another, or KPIs differ.
    """
    require_one_kpi(lake, [one.kpi_id for one in budgeted])
    first, *others = budgeted
    keys = [[row.key for row in one.priors.rows()] for one in budgeted]
    if not others or any(key != keys[0] for key in keys):
        raise KpiError("draws are compared of two designs or more with the same uncertain quantities. Name such ones.")
    common = [n for n in range(len(first.drawn)) if all(one.drawn[n].kpi_id for one in budgeted)]
    ids = [[one.drawn[n].kpi_id for n in common] for one in budgeted]
    run = lake.run(
        share_near_best,
        recommended=ids[0],
        others=[name for row in ids[1:] for name in row],
        tolerance=tolerance,
        maximise=maximise,
        failed_draws=sum(not draw.kpi_id for draw in first.drawn),
    )
    return lake.get(run.id, Kpi)


def require_one_kpi(lake: Lake, kpi_ids: Sequence[str]) -> None:
    """Refuse KPIs of several names, by which designs cannot be compared.

    Raises
    ------
    KpiError
        With the names.
    """
    names = sorted({lake.get(kpi_id, Kpi).name for kpi_id in kpi_ids})
    if len(names) > 1:
        raise KpiError(f"designs are compared by one KPI, and {', '.join(names)} are meant. Name one of them (--kpi).")


def _require_value(lake: Lake, chain: KpiChain) -> None:
    kpi = lake.get(chain.kpi, Kpi)
    if kpi.value is None:
        raise KpiError(f"{chain.kpi}, {kpi.name}, has no value ({kpi.outcome}): nothing is uncertain about it.")


def _budgeted(
    workspace: Workspace, chain: KpiChain, forms: Sequence[ModelForm], plan: DrawPlan, stated: str | None
) -> Budgeted:
    lake = workspace.lake
    workspace.progress.step(f"{lake.get(chain.kpi, Kpi).name}: {plan.draws} draws")
    priors = _priors(lake, chain, stated)
    drawn = workspace.run(draw_kpi, [(chain, priors.id, index, plan.seed) for index in range(plan.draws)])
    nominal, *others = workspace.run(compute_otherwise, [(chain,), *((chain, form) for form in forms)])
    if nominal.error:
        raise StageFailedError(nominal.error)
    known = [index for index, one in enumerate(drawn) if one.kpi_id]
    run = lake.run(
        estimate_shares,
        nominal=nominal.kpi_id,
        drawn=[drawn[index].kpi_id for index in known],
        priors=priors.id,
        alternatives=[one.kpi_id for one in others if one.kpi_id],
        indices=known,
        failed_count=len(drawn) - len(known),
        alternative_names=[form.name for form in forms],
        alternative_reasons=[one.error for one in others],
        confidence=plan.confidence,
        seed=plan.seed,
    )
    return Budgeted(chain.kpi, lake.get(run.id, UncertaintyBudget), priors, tuple(drawn))


def _priors(lake: Lake, chain: KpiChain, stated: str | None) -> Priors:
    """All that is uncertain behind a KPI, stored."""
    elements = {_beside(role, "volume_elements"): names for role, names in chain.elements.items()}
    predicted = {_beside(role, "predicted"): name for role, name in chain.predicted.items()}
    given: dict[str, Any] = {**chain.electrodes, **elements, **predicted, "stated": stated}
    return lake.get(lake.run(collect_priors, cell=chain.cell, **given, lumped=_is_lumped(chain)).id, Priors)


def _beside(role: str, port: str) -> str:
    return role.replace("transport", port)


def _is_lumped(chain: KpiChain) -> bool:
    """Whether the temperature of a cell follows its heat in some step."""
    having = [link.parameters for link in chain.links if _COOLING in link.parameters]
    return any(parameters.get(_THERMAL, _LUMPED) != _ISOTHERMAL for parameters in having)


def _forms(lake: Lake, chain: KpiChain) -> Iterator[ModelForm]:
    """Other forms of the model that its discharges can be computed by."""
    having = [link.parameters for link in chain.links if _THERMAL in link.parameters]
    if not having:
        return
    if any(parameters[_THERMAL] == _ISOTHERMAL for parameters in having):
        yield ModelForm("one temperature that follows the heat", {_THERMAL: _LUMPED})
    else:
        yield ModelForm("isothermal", {_THERMAL: _ISOTHERMAL})
    sized = any(parameters.get(_SIZES) == 0 for parameters in having)
    if sized and lake.get(chain.cell, CellParameters).positive_particle_radius_spread:
        yield ModelForm("all sizes of particles, isothermal", {_SIZES: _SIZE_POINTS, _THERMAL: _ISOTHERMAL})
