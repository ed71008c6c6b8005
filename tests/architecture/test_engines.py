"""Every stage that may take a role of the loop follows the Protocol of that role, so that one can take another's place.

Which role a stage may take is seen from what it is given first and what it gives.
"""

from __future__ import annotations

import inspect
import typing
from typing import Any

import pytest

from ragone.flows.stages import STAGES
from ragone.schemas import protocols
from ragone.schemas.stage import Stage

AnyStage = Stage[Any, Any]

ROLES = (
    protocols.Manufacture,
    protocols.Characterise,
    protocols.AverageTransport,
    protocols.PerturbTransport,
    protocols.AssembleCell,
    protocols.OperateCell,
    protocols.SuggestCandidates,
)
FURTHER_INPUTS = ("generator", "profile")  # records that a study names


def first_and_result(function: Any) -> tuple[Any, Any]:
    """The type of the first input, None if there is none, and that of the result."""
    hints = typing.get_type_hints(function)
    inputs = [p.name for p in inspect.signature(function).parameters.values() if p.kind is not p.KEYWORD_ONLY]
    first = next((name for name in inputs if name != "self"), None)
    return (hints[first] if first else None), hints["return"]


def fits(given: Any, wanted: Any) -> bool:
    """Whether a type is the one wanted, maybe null, or a narrower one: a kind of record, a few of all values."""
    given = type(typing.get_args(given)[0]) if typing.get_origin(given) is typing.Literal else given
    narrower = isinstance(given, type) and isinstance(wanted, type) and issubclass(given, wanted)
    return given in (wanted, wanted | None) or narrower


def may_take(stage: AnyStage, role: type) -> bool:
    """Whether a stage is given and gives what the role is about; one that turns a metric names it."""
    given, wanted = first_and_result(stage.function), first_and_result(role.__call__)
    if role is protocols.PerturbTransport and "metric" not in stage.parameters:
        return False  # any other transport of a transport
    return all(fits(mine, theirs) for mine, theirs in zip(given, wanted, strict=True))


def departures(stage: AnyStage, role: type) -> list[str]:
    """What keeps a stage from standing in where the Protocol is expected."""
    wanted, given = inspect.signature(role.__call__).parameters, inspect.signature(stage.function).parameters
    types, given_types = typing.get_type_hints(role.__call__), typing.get_type_hints(stage.function)
    settings = next((name for name, p in wanted.items() if p.kind is p.VAR_KEYWORD), "")
    asked = [name for name in wanted if name not in ("self", settings)]
    found = [f"{name} is missing" for name in asked if name not in given]
    found += [f"{name} is of another kind" for name in asked if name in given and wanted[name].kind != given[name].kind]
    found += [f"{n} has another type" for n in (*asked, "return") if not fits(given_types.get(n), types[n])]
    extra = [p for name, p in given.items() if name not in asked and name not in FURTHER_INPUTS]
    free = [p.name for p in extra if p.default is p.empty and not (settings and p.kind is p.KEYWORD_ONLY)]
    return found + [f"{name} is new and has no default" for name in free]


TAKEN = [(role, stage) for role in ROLES for stage in STAGES.values() if may_take(stage, role)]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.__name__)
def test_every_role_can_be_taken(role: type) -> None:
    """No part of the loop is without a stage."""
    assert role in [taken for taken, _ in TAKEN]


@pytest.mark.parametrize(("role", "stage"), [pytest.param(r, s, id=f"{r.__name__}-{s.name}") for r, s in TAKEN])
def test_a_stage_that_may_take_a_role_follows_its_protocol(role: type, stage: AnyStage) -> None:
    """Inputs, parameters and result are those of the role; what a stage adds has a default, or is a setting."""
    assert departures(stage, role) == []


def test_a_stage_of_another_role_is_told_apart() -> None:
    """The comparison sees missing inputs, other results, and additions without a default."""
    found = departures(STAGES["cell.assemble_cell"], protocols.Manufacture)
    assert "recipe is missing" in found
    assert "return has another type" in found
    assert "transport is new and has no default" in found
    assert "power_watt is new and has no default" in departures(
        STAGES["cell.discharge_at_constant_power"], protocols.PerturbTransport
    )
