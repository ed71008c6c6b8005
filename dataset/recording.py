"""What happened, as a run: a stage executed on stored records, or a record that was given. Both end with the commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from ragone.dataset.environment import environment, environment_id
from ragone.dataset.errors import NotReproducibleError
from ragone.dataset.execution import Call, Execution
from ragone.dataset.hashing import artifact_id
from ragone.dataset.reproduce import reproduce
from ragone.dataset.store import Store
from ragone.schemas.compare import Verdict
from ragone.schemas.provenance import Run, RunOutcome
from ragone.schemas.record import Record

_flow_run_id: ContextVar[str] = ContextVar("flow_run_id", default="")


@contextmanager
def asked_by(flow_run_id: str) -> Iterator[None]:
    """Record with every run of this thread meanwhile which flow run asked for it; no recipe depends on it."""
    token = _flow_run_id.set(flow_run_id)
    try:
        yield
    finally:
        _flow_run_id.reset(token)


def execute(store: Store, call: Call, code: str, recipe: str) -> Execution:
    """Execute a stage and commit what it made, or its failure.

    Parameters
    ----------
    store
        Where.
    call
        The stage with its inputs, whole ids, and parameters.
    code, recipe
        The id of its code, which is stored, and of the recipe.
    """
    records = {i: _input(store, i) for _, i in call.inputs}
    made: dict[str, Record] = {}
    error = ""
    started = datetime.now(UTC)
    try:
        made = call.stage.outputs(call.stage.function(**call.arguments(records)))
    except Exception as cause:  # noqa: BLE001 - whatever a stage raises is an outcome of the run
        error = f"{type(cause).__name__}: {' '.join(str(cause).split())}"
    ids = {role: artifact_id(record) for role, record in made.items()}
    run = Run(
        stage=call.stage.name,
        entry_point=call.stage.entry_point,
        recipe_id=recipe,
        code_id=code,
        environment_id=_environment(store),
        parameters=call.parameters,
        seed=call.seed,
        input_roles=tuple(role for role, _ in call.inputs),
        input_ids=tuple(i for _, i in call.inputs),
        output_roles=tuple(ids),
        output_ids=tuple(ids.values()),
        outcome=RunOutcome.FAILED if error else RunOutcome.COMPLETED,
        error=error,
        started=started,
        ended=datetime.now(UTC),
        flow_run_id=_flow_run_id.get(),
        informed_roles=tuple(sorted({role for role, _ in call.inputs} & set(call.stage.informed_by))),
    )
    store.keep({ids[role]: record for role, record in made.items()})
    run_id = store.commit(run)
    return Execution(run_id, run.stage, run.outcome, ids, error, reused=False)


def record_given(
    store: Store, stage: str, recipe: str, inputs: Sequence[tuple[str, str]], record: Record, note: str = ""
) -> None:
    """Commit a record that no stage computed, with what it is about as inputs: role and id of each."""
    now = datetime.now(UTC)
    name = artifact_id(record)
    run = Run(
        stage=stage,
        entry_point="",
        recipe_id=recipe,
        code_id="",
        environment_id=_environment(store),
        parameters={},
        input_roles=tuple(role for role, _ in inputs),
        input_ids=tuple(i for _, i in inputs),
        output_roles=(record.kind,),
        output_ids=(name,),
        outcome=RunOutcome.COMPLETED,
        started=now,
        ended=now,
        note=note,
        flow_run_id=_flow_run_id.get(),
    )
    store.keep({name: record})
    store.commit(run)


def _input(store: Store, full_id: str) -> Record:
    """A stage's input; brought back first if it was dropped."""
    if store.dropped(full_id) and reproduce(store, full_id, deep=False).verdict is not Verdict.BITWISE:
        raise NotReproducibleError(
            f"{full_id} was dropped and does not come out as it was. See: ragone reproduce {full_id}"
        )
    return store.load(full_id)


def _environment(store: Store) -> str:
    store.keep({environment_id(): environment()})
    return environment_id()
