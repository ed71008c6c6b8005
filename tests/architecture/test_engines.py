"""Every engine follows the Protocol of its part, so that one can take another's place."""

from __future__ import annotations

import inspect
import typing
from typing import Any

import pytest

from flows.engines import ENGINES
from schemas import protocols
from schemas.stage import Stage

PROTOCOLS = {
    "manufacture": (protocols.Manufacture,),
    "characterise": (protocols.Characterise,),
    "average": (protocols.AverageTransport,),
    "cell": (protocols.AssembleCell,),
    "discharge": (protocols.DischargeCell, protocols.DischargeCellAtRate),
    "kpi": (protocols.ExtractKpis,),
    "start": (protocols.SuggestDesigns,),
    "suggest": (protocols.SuggestDesigns,),
}
FURTHER_INPUTS = ("generator",)  # records that a study names
EVERY_ENGINE = [(part, name) for part, engines in ENGINES.items() for name in engines]


def departures(stage: Stage[Any, Any], protocol: type) -> list[str]:
    """What keeps a stage from standing in where the Protocol is expected."""
    wanted, given = inspect.signature(protocol.__call__).parameters, inspect.signature(stage.function).parameters
    types, given_types = typing.get_type_hints(protocol.__call__), typing.get_type_hints(stage.function)
    found = [f"{name} is missing" for name in wanted if name not in given and name != "self"]
    found += [
        f"{name} is of another kind" for name in wanted if name in given and wanted[name].kind != given[name].kind
    ]
    found += [
        f"{name} has another type" for name in types if given_types.get(name) not in (types[name], types[name] | None)
    ]
    extra = [p for p in given.values() if p.name not in wanted and p.name not in FURTHER_INPUTS]
    return found + [f"{p.name} is new and has no default" for p in extra if p.default is inspect.Parameter.empty]


def test_every_part_has_a_protocol() -> None:
    """No part of the loop is without one."""
    assert set(PROTOCOLS) == set(ENGINES)


@pytest.mark.parametrize(("part", "name"), EVERY_ENGINE)
def test_every_engine_follows_the_protocol_of_its_part(part: str, name: str) -> None:
    """Inputs, parameters and result are those of one of its Protocols; what an engine adds has a default."""
    assert [] in [departures(ENGINES[part][name], protocol) for protocol in PROTOCOLS[part]]


def test_an_engine_of_another_part_is_told_apart() -> None:
    """The comparison sees missing inputs, other results, and additions without a default."""
    found = departures(ENGINES["cell"]["sized_full_cell"], protocols.Manufacture)
    assert "design is missing" in found
    assert "return has another type" in found
    assert "transport is new and has no default" in found
