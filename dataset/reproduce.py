"""Is it so? A recorded artifact computed again in a fresh process, and the verdict."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from ragone.dataset import worker
from ragone.dataset.arrow_files import encode
from ragone.dataset.environment import differences, recorded_threads
from ragone.dataset.errors import CorruptObjectError, DroppedError, LakeError, NotReproducibleError
from ragone.dataset.fingerprint import present_names
from ragone.dataset.runs import Committed
from ragone.dataset.search_path import interpreter_variables
from ragone.dataset.store import Store
from ragone.extensions import STAGES, extensions
from ragone.schemas.compare import Deviation, Verdict, compare, judge
from ragone.schemas.errors import SchemaVersionError
from ragone.schemas.provenance import Code, Environment, Verification

TRUSTED = ("ragone.pipelines", "ragone.models")

LONGEST_SECOND = 12 * 3600.0  # of a reproduction, unless another time is given
_LEAST_BYTE = 2**32  # of memory that is always allowed: libraries reserve more than they use
_WORST = [Verdict.GIVEN, Verdict.BITWISE, Verdict.WITHIN, Verdict.DIFFERENT, Verdict.FAILED]


@dataclass
class _Plan:
    """Steps in the order of execution, and for each artifact that is computed again, its step."""

    steps: list[Committed] = field(default_factory=list)
    maker: dict[str, int] = field(default_factory=dict)


def trusted() -> tuple[str, ...]:
    """Return the packages whose stages may be imported because a lake names them: Ragone's, and what is registered."""
    return (*TRUSTED, *dict.fromkeys(one.package for one in extensions(STAGES)))


def reproduce(
    store: Store, subject: str, *, deep: bool, informed: bool = False, timeout_second: float = LONGEST_SECOND
) -> Verification:
    """Compute an artifact again and judge the result; see `Lake.reproduce`."""
    made_by = store.producer(subject)
    if not made_by.run.entry_point:
        store.load(subject)  # raises if the content is damaged
        return _verdict(subject, made_by.run_id, Verdict.GIVEN, deep)
    plan = _Plan()
    _plan(store, subject, plan, deep=deep, informed=informed)
    with tempfile.TemporaryDirectory(prefix="ragone-reproduce-") as name:
        folder = Path(name)
        error = _execute(store, plan, folder, timeout_second)
        answers = json.loads((folder / worker.ANSWER).read_text()) if not error else []
        return _judged(store, subject, plan, folder, answers, error, deep)


def _plan(store: Store, artifact: str, plan: _Plan, *, deep: bool, informed: bool) -> None:
    """Add the run that made an artifact, after those of its inputs that must be computed too.

    Deep, these are the inputs that it was made of, and those that informed it if that is asked for; whatever was
    dropped must be computed in any case.
    """
    waiting = [(artifact, False)]
    begun: set[str] = set()  # artifacts whose inputs are being looked at
    while waiting:
        name, ready = waiting.pop()
        if name in plan.maker:
            continue
        committed = store.producer(name)
        if not committed.run.entry_point:
            continue
        if not ready:
            if name in begun:
                raise NotReproducibleError(
                    f"{name} descends from itself, so that nothing can be computed first. ragone fsck names the runs; "
                    "those that were not computed here do not belong in the lake."
                )
            begun.add(name)
            waiting.append((name, True))
            run = committed.run
            again = set(() if not deep else run.input_ids if informed else run.made_of())
            waiting += [(i, False) for i in run.input_ids if i in again or store.dropped(i)]
            continue
        begun.discard(name)
        plan.steps.append(committed)
        for made in committed.run.output_ids:
            plan.maker.setdefault(made, len(plan.steps) - 1)


def _execute(store: Store, plan: _Plan, folder: Path, timeout: float) -> str:
    """Run the worker; returns what went wrong with it, if anything.

    A recipe may come from a stranger and ask for anything: the worker ends in time, and has the memory that is free.
    """
    steps = []
    for committed in plan.steps:
        run = committed.run
        inputs = [(role, _input(store, plan, folder, name), name) for role, name in run.inputs()]
        steps.append({"entry_point": run.entry_point, "inputs": inputs, "parameters": run.parameters, "seed": run.seed})
    memory = max(psutil.virtual_memory().available, _LEAST_BYTE)
    job = {"trusted": trusted(), "steps": steps, "memory_byte": memory}
    (folder / worker.JOB).write_text(json.dumps(job))
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "ragone.dataset.worker", str(folder)],
            cwd=folder,  # libraries read settings from the current folder, too
            env={**os.environ, **_threads(store, plan.steps[-1]), **interpreter_variables()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        return f"it was not computed within {timeout:g} s. Give it longer with --timeout, if you trust its recipe"
    if done.returncode == 0:
        return ""
    last = (done.stderr.strip().splitlines() or ["no message"])[-1]
    return f"the process that computed it ended with code {done.returncode}: {last}"


def _input(store: Store, plan: _Plan, folder: Path, name: str) -> str:
    """The file in which a step finds an input: an earlier step's output, or the stored record."""
    if name in plan.maker:
        number = plan.maker[name]
        made = plan.steps[number].run.outputs()
        return worker.output_file(number, made, next(role for role, made_id in made.items() if made_id == name))
    path = folder / f"input-{name}.arrow"
    if not path.exists():
        path.write_bytes(encode(store.load(name).to_arrow()))
    return path.name


def _judged(
    store: Store, subject: str, plan: _Plan, folder: Path, answers: list[dict[str, Any]], error: str, deep: bool
) -> Verification:
    chain: list[dict[str, Any]] = []
    deviations: tuple[Deviation, ...] = ()
    code_changed: list[str] = []
    worst = Verdict.BITWISE
    for number, (committed, answer) in enumerate(zip(plan.steps, answers, strict=False)):
        error = answer["error"]
        code_changed += _code_changes(store, committed, folder / f"{number}-code.arrow")
        for role, name in committed.run.outputs().items():
            verdict, found = _compared(store, name, folder, answer["outputs"].get(role))
            chain.append({"artifact": name, "stage": committed.run.stage, "verdict": str(verdict)})
            worst = max(worst, verdict, key=_WORST.index) if deep or name == subject else worst
            deviations = found if name == subject else deviations
    return _verdict(
        subject,
        plan.steps[-1].run_id,
        Verdict.FAILED if error else worst,
        deep,
        deviations=[_written(d) for d in deviations],
        chain=chain,
        code_changed=tuple(dict.fromkeys(code_changed)),
        environment_changed=_environment_changes(store, plan.steps[-1], folder / "environment.arrow"),
        error=error,
    )


def _compared(store: Store, name: str, folder: Path, file: str | None) -> tuple[Verdict, tuple[Deviation, ...]]:
    """One output against its record; data that are gone are brought back if the new content is the same.

    Both are compared in the form of the schema version that was recorded, which decides what the name is the hash of.
    """
    if file is None:
        return Verdict.FAILED, ()
    made = worker.read(folder / file)
    content = worker.content_of(made, name)
    if content is not None:
        if not store.objects.intact(name):
            store.bring_back(name, encode(content))
        return Verdict.BITWISE, ()
    try:
        recorded, version = store.load_with_version(name)
    except (DroppedError, CorruptObjectError):
        gone = Deviation(
            "content", float("inf"), float("inf"), False, "the recorded data are gone and the new hash differs"
        )
        return Verdict.DIFFERENT, (gone,)
    with suppress(SchemaVersionError):  # if the older version cannot say what was made, the present one does
        made = made.in_version(version)
    deviations = compare(recorded, made)
    return judge(deviations), deviations


def _code_changes(store: Store, committed: Committed, path: Path) -> list[str]:
    if not path.exists():
        return []
    try:
        old, new = store.load(committed.run.code_id), worker.read(path)
    except LakeError:
        return ["the recorded code, which cannot be read"]
    assert isinstance(old, Code)
    assert isinstance(new, Code)
    return [
        name
        for before, after in ((present_names(old), present_names(new)), (old.libraries, new.libraries))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _threads(store: Store, committed: Committed) -> dict[str, str]:
    try:
        recorded = store.load(committed.run.environment_id)
    except LakeError:  # reported as a difference
        return {}
    assert isinstance(recorded, Environment)
    return recorded_threads(recorded)


def _environment_changes(store: Store, committed: Committed, path: Path) -> tuple[str, ...]:
    if not path.exists():
        return ()
    try:
        old, new = store.load(committed.run.environment_id), worker.read(path)
    except LakeError:
        return ("the recorded environment, which cannot be read",)
    assert isinstance(old, Environment)
    assert isinstance(new, Environment)
    return differences(old, new)


def _written(deviation: Deviation) -> dict[str, Any]:
    """A deviation as plain JSON; infinite numbers are left to the note."""
    finite = {n: v for n in ("absolute", "relative") if math.isfinite(v := getattr(deviation, n))}
    return {"field": deviation.field, "within": deviation.within, "note": str(deviation), **finite}


def _verdict(subject: str, run_id: str, verdict: Verdict, deep: bool, **more: Any) -> Verification:
    return Verification(
        subject_id=subject, run_id=run_id, verdict=verdict, deep=deep, verified=datetime.now(UTC), **more
    )
