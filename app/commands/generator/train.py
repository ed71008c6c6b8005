"""`ragone generator train`: a generator from volumes of the lake, or from simulated ones."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from ragone.app.pictures.generator import draw_loss
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, Session
from ragone.flows import (
    GeneratorPlan,
    chosen_volumes,
    train_baseline,
    train_by_plan,
)
from ragone.models.generator.shipped import PLAN, plain_record
from ragone.schemas import Generator


def execute(session: Session) -> int:
    """Find or simulate the volumes, train, and report the generator."""
    given = session.arguments
    plan = GeneratorPlan.load(given.params or PLAN, given.changes)
    started = time.perf_counter()
    with session.lake(create=not given.where) as lake, Watcher(session.notes, hidden=session.silent) as watcher:
        chosen: Any = {"where": given.where or "", "at": given.at, "crop": given.crop or 0}
        if given.baseline:
            volumes = chosen_volumes(lake, plan, watcher, **chosen)
            watcher.step("training the baseline")
            record = train_baseline(lake, volumes, step_count=given.baseline, seed=plan.training.seed)
        else:
            device = given.device or _device()
            record = train_by_plan(lake, plan, watcher, **chosen, device=device)
    minutes = (time.perf_counter() - started) / 60
    if given.export:
        _export(record, Path(given.export), plan.name)
    if given.png:
        draw_loss(record, given.png)
    data = {"generator_id": record.id, "volumes": len(record.trained_on), "minutes": minutes}
    session.answer({**data, "loss": float(record.training_loss[-1])}, "\n".join(_lines(record, minutes)))
    return FINE


def _device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _export(record: Generator, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.safetensors").write_bytes(record.weights)
    about = {"generator": plain_record(record)}
    (folder / f"{name}.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _lines(record: Generator, minutes: float) -> list[str]:
    low, high = record.training_conditions.min(axis=0), record.training_conditions.max(axis=0)
    ranges = [f"  {name}  {a:.4g} to {b:.4g}" for name, a, b in zip(record.condition_names, low, high, strict=True)]
    return [
        f"generator  {record.id}",
        f"{record.architecture}, {len(record.trained_on)} volumes, {len(record.weights) / 2**20:.1f} MiB of weights, "
        f"last loss {record.training_loss[-1]:.4g}, {minutes:.1f} min",
        "training ranges of the conditions:",
        *ranges,
    ]
