"""A fresh process that executes recorded steps again: ``python -m ragone.dataset.worker FOLDER``.

The folder holds ``job.json`` and the input records as Arrow files; the outputs, the code and the environment are left
beside them. The lake itself is never touched from here. Only stages of the packages that the job trusts are imported.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import resource
import sys
import traceback
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from operator import attrgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

from ragone.dataset.arrow_files import decode, encode
from ragone.dataset.environment import environment
from ragone.dataset.execution import arguments
from ragone.dataset.fingerprint import code_of
from ragone.schemas.content_hash import table_digest
from ragone.schemas.entry_points import package_of, present_entry_point, present_parameters
from ragone.schemas.errors import SchemaVersionError, StageError
from ragone.schemas.kinds import KINDS
from ragone.schemas.record import Record
from ragone.schemas.stage import Stage

JOB, ANSWER = "job.json", "answer.json"
_IMPORTABLE = re.compile(r"[A-Za-z]\w*(\.(?!__)[A-Za-z_]\w*)*", re.ASCII)  # no __main__, which would be executed
_SCRIPTS = ("__main__", "__mp_main__")


def main(folder: Path) -> None:
    """Execute the steps of the job in order; later steps take the outputs of earlier ones."""
    job = json.loads((folder / JOB).read_text())
    resource.setrlimit(resource.RLIMIT_DATA, (job["memory_byte"], job["memory_byte"]))
    _write(folder / "environment.arrow", environment())
    answers: list[dict[str, Any]] = []
    for number, step in enumerate(job["steps"]):
        answers.append(_executed(folder, number, step, tuple(job["trusted"])))
        if answers[-1]["error"]:
            break
    (folder / ANSWER).write_text(json.dumps(answers))


def stage_at(entry_point: str, given: Collection[str], trusted: tuple[str, ...]) -> Stage[Any, Any]:
    """The stage that a run names, in the form that takes what the run was given: roles of inputs, and parameters.

    Raises
    ------
    StageError
        If it lies outside the trusted packages, is gone, or is no stage.
    """
    module, _, name = present_entry_point(entry_point, given).partition(":")
    if module in _SCRIPTS:
        raise StageError(
            f"stage {name} was defined in a script or notebook, where no other process finds it. Move it into a module "
            "of a package that registers it (docs/EXTENDING.md), and run it from there."
        )
    if package_of(module) not in trusted or not _IMPORTABLE.fullmatch(module):
        raise StageError(
            f"stage {entry_point} lies outside {', '.join(trusted)}; it is not executed. If you trust its package, "
            "have it register its stages (docs/EXTENDING.md)."
        )
    try:
        found = attrgetter(name)(importlib.import_module(module))
    except (ImportError, AttributeError) as cause:
        raise StageError(f"stage {entry_point} is not in the version that is installed ({cause}).") from cause
    if not isinstance(found, Stage):
        raise StageError(f"{entry_point} is a {type(found).__name__}, not a stage.")
    return found


def _executed(folder: Path, number: int, step: Mapping[str, Any], trusted: tuple[str, ...]) -> dict[str, Any]:
    try:
        given = [*(role for role, _, _ in step["inputs"]), *step["parameters"]]
        stage = stage_at(step["entry_point"], given, trusted)
        _write(folder / f"{number}-code.arrow", code_of(stage))
        inputs = [(role, as_recorded(read(folder / file), name)) for role, file, name in step["inputs"]]
        parameters = present_parameters(stage.entry_point, step["parameters"])
        made = stage.outputs(stage.function(**arguments(stage, inputs, parameters, step["seed"])))
        outputs = {role: output_file(number, made, role) for role in made}
        for role, file in outputs.items():
            _write(folder / file, made[role])
    except Exception as cause:  # noqa: BLE001 - the verdict says what happened
        (folder / f"{number}-trace.txt").write_text(traceback.format_exc())
        return {"outputs": {}, "error": f"{type(cause).__name__}: {' '.join(str(cause).split())}"}
    return {"outputs": outputs, "error": ""}


def as_recorded(made: Record, name: str) -> Record:
    """The record as it reads under its name: without what the schema version that was recorded cannot say.

    A later stage is given what it was given then, although an earlier one says more today.
    """
    content = content_of(made, name)
    return (made if content is None else made.from_arrow(content)).known_as(name)


def content_of(made: Record, name: str) -> pa.Table | None:
    """The record in the schema version under which it has this name; None if it has it under none."""
    for version in range(made.schema_version, 0, -1):
        with suppress(SchemaVersionError):
            content = made.to_arrow(version)
            if f"{made.kind}-{table_digest(content)}" == name:
                return content
    return None


def output_file(number: int, roles: Iterable[str], role: str) -> str:
    """Name of the file of an output; a function may return its outputs in another order than it did."""
    return f"{number}-output-{sorted(roles).index(role)}.arrow"


def read(path: Path) -> Record:
    """The record in an Arrow file of the job."""
    table = decode(path.read_bytes(), path.name, rows=1)
    return KINDS[table.schema.metadata[b"kind"].decode()].from_arrow(table)


def _write(path: Path, record: Record) -> None:
    path.write_bytes(encode(record.to_arrow()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # all is written; what libraries take down at the end would take a quarter of the time
