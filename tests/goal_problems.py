"""Problems with known answers, and the loop over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ragone.models.acquisition import suggest_by_sobol
from ragone.schemas import Candidate, Kpi, KpiOutcome

Response = Callable[[dict[str, Any]], float]


def kpi(value: float | None, uncertainty: float | None = None, *, name: str = "energy_density") -> Kpi:
    """A KPI of a candidate; infeasible if it has no value."""
    return Kpi(
        name=name,
        value=value,
        unit="W.h/L",
        outcome=KpiOutcome.INFEASIBLE if value is None else KpiOutcome.MEASURED,
        standard_uncertainty=uncertainty,
        sample_count=1,
        definition="test",
        method="test",
    )


def goal(sense: str, limit: float | None = None, name: str = "energy_density") -> dict[str, Any]:
    """One goal, as a study hands it on."""
    return {"kpi": name, "sense": sense, "limit": limit}


def candidates(rows: Sequence[dict[str, Any]]) -> tuple[Candidate, ...]:
    """Candidates of these values."""
    return tuple(Candidate(values=row) for row in rows)


def kpis_of(tried: Sequence[Candidate], responses: Sequence[Response]) -> tuple[Kpi, ...]:
    """The KPI of each response for each candidate in turn."""
    return tuple(kpi(float(r(c.values)), name=f"kpi_{n}") for c in tried for n, r in enumerate(responses))


def loop(
    engine: Any,
    space: dict[str, Any],
    goals: list[dict[str, Any]],
    responses: Sequence[Response],
    *,
    start: int,
    total: int,
    seed: int,
    batch: int = 1,
) -> tuple[Candidate, ...]:
    """All candidates of a campaign: an even start, then what the engine suggests."""
    asked: dict[str, Any] = {"space": space, "goals": goals, "seed": seed}
    tried = tuple(suggest_by_sobol((), (), count=start, **asked).values())
    while len(tried) < total:
        tried += tuple(engine(tried, kpis_of(tried, responses), count=batch, **asked).values())
    return tried
