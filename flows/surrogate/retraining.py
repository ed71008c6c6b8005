"""Trains a surrogate on the history, and lets it take the place of the one in use only if it is better.

What the history has gained since the surrogate in use was trained is parted: on one half of the new designs the new
surrogate is trained, with all that was known; on the other half both are judged, which neither has seen. The record of
the comparison says how it went, either way. What was held out is trained on the next time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.errors import RetrainingError
from ragone.flows.running.jobs import job
from ragone.flows.running.progress import Progress, Silent
from ragone.flows.running.tracking import run_stage
from ragone.flows.surrogate.observations import Observations, find_observations, rows_by_design, usable_features
from ragone.models.surrogate.comparison import FEWEST, compare_surrogates
from ragone.models.surrogate.methods import METHODS
from ragone.models.surrogate.training import train_surrogate
from ragone.schemas import Promotion, Surrogate

NONE = "none"
_IN_USE = "SELECT surrogate_id FROM promotions WHERE promoted AND target = $target ORDER BY created DESC, id LIMIT 1"


@dataclass(frozen=True)
class Retrained:
    """A surrogate and whether it is in use from now on; neither if the history had not grown enough.

    `growth` is the number of new observations over those that the surrogate in use knows; None if there is none.
    """

    target: str
    observation_count: int
    growth: float | None = None
    surrogate: Surrogate | None = None
    promotion: Promotion | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)


@job("surrogate-training")
def retrain(
    lake: Lake,
    target: str,
    progress: Progress | None = None,
    *,
    where: str = "",
    at: str = "",
    features: tuple[str, ...] = (),
    methods: tuple[str, ...] = tuple(METHODS),
    against: str = "",
    if_grown: float = 0.0,
    seed: int = 0,
) -> Retrained:
    """Train a surrogate of a KPI, or of a metric of transport, on the evaluations that a query finds.

    Parameters
    ----------
    lake
        Where everything is stored.
    target
        Column of the evaluations that is to be predicted.
    progress
        Receives what is being done.
    where
        A condition on the evaluations; all of them if empty.
    at
        The snapshot in which they are sought; the present if empty.
    features
        Columns to predict from; what is chosen of a design, as far as it differs, if none is named.
    methods
        Names of the methods to choose from.
    against
        The surrogate in use, by its id, or `none`; the one that was promoted last for that target if empty.
    if_grown
        Share [-] of new observations below which nothing is done.
    seed
        Seed of the training, and of what is held out.

    Raises
    ------
    RetrainingError
        If there is nothing to learn from.
    StageFailedError
        If nothing can be learned; the message says why.
    """
    watcher = progress or Silent()
    watcher.started(3)
    watcher.step("finding the evaluations")
    incumbent = surrogate_in_use(lake, target) if not against else _named(lake, against)
    needed = [] if incumbent is None else [one["name"] for one in incumbent.features]
    found = find_observations(lake, target, where=where, at=at, features=features, also=needed)
    watcher.advanced()
    growth = _growth(found, incumbent)
    if growth is not None and growth < if_grown:
        return Retrained(target, len(found.ids), growth, left_out=found.left_out)
    names = usable_features(found, features)
    learned, held_out = _parted(found, names, needed, incumbent, seed)
    left_out = {**found.left_out}
    without = len(found.ids) - len(learned.ids) - len(held_out.ids)
    if without:
        left_out["without a value of a feature"] = without
    watcher.step(f"training on {len(learned.ids)} observations of {target}")
    surrogate = _trained(lake, learned, names, held_out.ids, methods, left_out, seed)
    watcher.advanced()
    watcher.step("comparing it with the one in use")
    promotion = _compared(lake, surrogate, incumbent, held_out, {*names, *needed}, seed)
    watcher.advanced()
    return Retrained(target, len(found.ids), growth, surrogate, promotion, left_out)


def surrogate_in_use(lake: Lake, target: str) -> Surrogate | None:
    """The surrogate of a target that was promoted last; None if none was."""
    found = lake.sql(_IN_USE, parameters={"target": target})["surrogate_id"].to_list()
    return lake.get(found[0], Surrogate) if found else None


def _named(lake: Lake, name: str) -> Surrogate | None:
    return None if name == NONE else lake.get(name, Surrogate)


def _growth(found: Observations, incumbent: Surrogate | None) -> float | None:
    """New observations over those known."""
    if incumbent is None:
        return None
    known = {*incumbent.trained_on, *incumbent.held_out}
    return len(set(found.ids) - known) / len(known)


def _parted(
    found: Observations, names: Sequence[str], needed: Sequence[str], incumbent: Surrogate | None, seed: int
) -> tuple[Observations, Observations]:
    """Part the observations that are learned from those held out: designs new to the one in use, with all features."""
    usable = set(found.known(names))
    if not usable:
        raise RetrainingError(
            f"no observation of {found.target} has a value of {', '.join(names)}. Name other features."
        )
    held_out: set[int] = set()
    if incumbent is not None:
        known = {*incumbent.trained_on, *incumbent.held_out}
        comparable = set(found.known([*names, *needed]))
        fresh = [
            rows
            for _, rows in rows_by_design(found)
            if set(rows) <= comparable and not any(found.ids[n] in known for n in rows)
        ]
        count = min(len(fresh), max(FEWEST, (len(fresh) + 1) // 2))
        order = np.random.Generator(np.random.PCG64(seed)).permutation(len(fresh))[:count]
        held_out = {row for place in order.tolist() for row in fresh[place]}
    return found.part(sorted(usable - held_out)), found.part(sorted(held_out))


def _trained(
    lake: Lake,
    learned: Observations,
    names: Sequence[str],
    held_out: Sequence[str],
    methods: Sequence[str],
    left_out: Mapping[str, int],
    seed: int,
) -> Surrogate:
    made = run_stage(
        "train",
        lake,
        train_surrogate,
        targets=list(learned.ids),
        target=learned.target,
        columns={name: learned.columns[name] for name in names},
        units={name: learned.units[name] for name in names},
        designs=learned.design_numbers,
        whole=[name for name in learned.whole if name in names],
        where=learned.where,
        snapshot_id=learned.snapshot_id,
        held_out=list(held_out),
        methods=list(methods),
        about={**learned.about, "left_out": left_out},
        seed=seed,
    )
    return lake.get(completed(made)["result"], Surrogate)


def _compared(
    lake: Lake,
    surrogate: Surrogate,
    incumbent: Surrogate | None,
    held_out: Observations,
    names: set[str],
    seed: int,
) -> Promotion:
    made = run_stage(
        "conclude",
        lake,
        compare_surrogates,
        surrogate=surrogate.id,
        incumbent=None if incumbent is None else incumbent.id,
        held_out=list(held_out.ids),
        columns={name: held_out.columns[name] for name in sorted(names)},
        designs=held_out.design_numbers,
        seed=seed,
    )
    return lake.get(completed(made)["result"], Promotion)
