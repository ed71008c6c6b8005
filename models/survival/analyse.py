"""What do the lives of some cells say, by group: how many live how long, the median, means, causes, differences?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ragone.models.survival.comparison import compare_groups
from ragone.models.survival.kaplan_meier import kaplan_meier
from ragone.models.survival.lifetimes import Floats, Lifetimes
from ragone.models.survival.risk_table import at_risk, ends_at
from ragone.models.survival.summary import Group, remarks, shares_by_cause, summary
from ragone.models.survival.turnbull import turnbull
from ragone.schemas import CycleLife, LifeOutcome, Survival, stage
from ragone.schemas.errors import StageError
from ragone.schemas.parameter import Share

_METHOD = (
    "Kaplan-Meier with log-log bands, Turnbull where ends lie between two looks; median by the band, else by the "
    "likelihood ratio of Weibull and log-normal lives with a cut-off from samples drawn again; restricted mean with "
    "Greenwood's variance; log-rank tests; Aalen-Johansen by cause"
)
_REFERENCE = (
    "Kaplan and Meier 1958, doi 10.2307/2281868; Brookmeyer and Crowley 1982, doi 10.2307/2530286; Turnbull 1976, doi "
    "10.1111/j.2517-6161.1976.tb01597.x"
)
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)")
_LOOKS = 4  # times at which shares by cause are given


@stage("survival.analyse_lives", libraries=("scipy", "numpy"), informed_by=("lives",))
def analyse_lives(
    lives: tuple[CycleLife, ...],
    *,
    groups: tuple[str, ...] = (),
    where: str = "",
    grouped_by: str = "",
    snapshot_id: str = "",
    confidence: Share = 0.95,
    horizon: float | None = None,
    allocated: tuple[str, ...] = (),
    seed: int,
) -> Survival:
    """Estimate survivor curves, medians and restricted means of lives by group, and compare the groups.

    Parameters
    ----------
    lives
        Of cells; those that never started are left out, and said.
    groups
        Name of the group of each life; one group if empty.
    where, grouped_by, snapshot_id
        How the lives were found; kept in the record.
    confidence
        Of every interval [-].
    horizon
        To which means are restricted, in the unit of the lives; if None, the longest that every group was observed for.
    allocated
        Names of cells whose cycles were shared out by how they faded.
    seed
        Of random exchanges of labels.

    Raises
    ------
    StageError
        If there is not one group for each life.
    LifetimesError
        If the lives cannot be put together, or there are none.
    """
    names = groups or ("",) * len(lives)
    if len(names) != len(lives):
        raise StageError(f"{len(lives)} lives, but {len(names)} groups. Give each life the name of its group.")
    started = [n for n, life in enumerate(lives) if life.outcome is not LifeOutcome.NOT_STARTED]
    whole = Lifetimes.of_records([lives[n] for n in started])
    labels = np.array([names[n] for n in started])
    parts = [Group.of(name, whole.among(labels == name)) for name in sorted(set(labels.tolist()), key=_natural)]
    until = _common(parts) if horizon is None else horizon
    comparisons, doubts = compare_groups(parts, until, confidence, seed)
    missing = sorted(set(names) - {part.name for part in parts}, key=_natural)
    looks = np.linspace(0, float(whole.lower.max()), _LOOKS + 1)[1:]
    return Survival(
        unit=whole.unit,
        criterion=lives[started[0]].criterion,
        where=where,
        grouped_by=grouped_by,
        snapshot_id=snapshot_id,
        confidence=confidence,
        subject_count=len(whole),
        event_count=int(whole.observed.sum()),
        group_names=tuple(part.name for part in parts),
        groups=[summary(part, until, confidence) | {"horizon": until} for part in parts],
        comparisons=comparisons,
        causes=[row for part in parts for row in shares_by_cause(part, looks, confidence)],
        remarks=(
            *_left_out(len(lives) - len(started), missing),
            *(sentence for part in parts for sentence in remarks(part, until, confidence)),
            *_stopped_by_fade(whole, allocated),
            *doubts,
        ),
        method=_METHOD,
        reference=_REFERENCE,
        **_columns(parts, confidence),
    )


def _common(parts: Sequence[Group]) -> float:
    """Return the longest time that every group was observed for."""
    return float(min(part.lives.lower.max() for part in parts))


def _natural(name: str) -> list[tuple[int, float, str]]:
    """Return a key by which 9 comes before 10, alone or within a name."""
    return [(0, float(part), "") if _NUMBER.fullmatch(part) else (1, 0.0, part) for part in _NUMBER.split(name)]


def _left_out(count: int, missing: Sequence[str]) -> Iterator[str]:
    if count:
        yield f"{count} {'life was' if count == 1 else 'lives were'} left out: no cycle could be done."
    for name in missing:
        yield f"group {name!r} has no cell that was ever at risk: nothing can be concluded of it."


def _stopped_by_fade(lives: Lifetimes, allocated: Sequence[str]) -> Iterator[str]:
    stopped = [name for name, ended in zip(lives.subjects, lives.observed.tolist(), strict=True) if not ended]
    count = len(set(stopped) & set(allocated))
    if count:
        yield (
            f"of {count} of {len(stopped)} censored cells an allocation of cycles decided, by how they faded, whether "
            "they were run on: such stops are informative, and no estimate here allows for it. The fades of all cells "
            "predict their lives without that assumption: ragone predict-life."
        )


def _columns(parts: Sequence[Group], confidence: float) -> dict[str, Any]:
    """Return steps and stops of all groups as columns."""
    steps = [_steps(part, confidence) for part in parts]
    names = ("times", "survival", "low", "high", "at_risk", "deaths")
    found: dict[str, Any] = {
        f"step_{name}": np.concatenate([one[place] for one in steps]) for place, name in enumerate(names)
    }
    found["step_groups"] = np.repeat(np.arange(len(parts)), [len(one[0]) for one in steps])
    stops = [np.sort(part.lives.lower[~part.lives.observed]) for part in parts]
    found["stop_groups"] = np.repeat(np.arange(len(parts)), [len(one) for one in stops])
    return found | {"stop_times": np.concatenate(stops)}


def _steps(part: Group, confidence: float) -> tuple[Floats, ...]:
    """Return times, share alive, band, cells at risk and ends of the steps of a group."""
    if part.timed is not None:
        curve = kaplan_meier(part.timed, confidence)
        table = curve.table
        return table.times, curve.survival, curve.low, curve.high, table.at_risk, table.deaths
    found = turnbull(part.lives)
    kept = np.isfinite(found.last)
    times, survival = found.last[kept], found.survival[kept]
    ends = ends_at(times, times) * found.share[kept] * len(part.lives)
    return times, survival, survival, survival, at_risk(part.lives, times), ends
