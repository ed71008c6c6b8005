"""The reference of stages and of KPIs: what each takes and gives, as the registry of stages knows it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from kpi_names import ANY, written_out
from markdown_text import paragraphs, plain, table

import ragone.pipelines
from ragone.flows.stages import KPI_STAGES, STAGES
from ragone.pipelines.kpi.definition import Definition
from ragone.schemas import KpiStage, Parameter, Stage
from ragone.schemas.stage import Port

INTRODUCTION = """# Stages

Every stage of the registry, made from the code: the records that it takes, the parameters that a [study](../STUDY.md),
the command line or Python may set, and what it gives. A stage is named whole, or by the part after the point.
Parameters are named with or without the unit that their name ends in; those without a default must be given.
"""
KPIS = """# KPIs

Every name that a [stage](stages.md) gives, with its unit, made from the code. N stands for a number, … for any text.
Each can be an objective or a constraint of a [study](../STUDY.md). What each is read off, how uncertain it is and when
there is none is in [KPIs explained](../KPIS.md).
"""
TYPES = {float: "number", int: "whole number", str: "text", bool: "true or false", dict: "map", Mapping: "map"}


def page() -> str:
    """Return the page of all stages, a section for each room."""
    rooms = groupby(sorted(STAGES.values(), key=lambda one: one.name), key=lambda one: one.room)
    return INTRODUCTION + "".join(f"\n## {room}\n" + "".join(map(_section, held)) for room, held in rooms)


def kpi_page() -> str:
    """Return the page of all KPIs, in the order of the registry."""
    known = definitions()
    rows = [
        (f"`{name}`", plain(unit), plain(known.get(name, "")), f"[`{stage.short}`](stages.md#{_anchor(stage.name)})")
        for stage in KPI_STAGES.values()
        for name, unit in kpis_of(stage, known)
    ]
    return f"{KPIS}\n{table(('name', 'unit', 'what is computed', 'stage'), rows)}"


def kpis_of(stage: KpiStage[Any, Any], known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the names of a stage's KPIs with units: those defined in place of names that may hold any text."""
    for pattern, unit in stage.gives.items():
        defined = [name for name in known if re.fullmatch(pattern, name)]
        spelled = [name for name in written_out(pattern) if not (defined and ANY in name)]
        yield from ((name, unit) for name in dict.fromkeys([*defined, *spelled]))


def definitions() -> dict[str, str]:
    """Return what each KPI is that a module of the pipelines defines by a fixed name."""
    found: dict[str, str] = {}
    for module in pkgutil.walk_packages(ragone.pipelines.__path__, "ragone.pipelines."):
        held = vars(importlib.import_module(module.name)).values()
        found |= {one.name: one.text for value in held for one in _definitions(value)}
    return found


def _definitions(value: object) -> Iterator[Definition]:
    if isinstance(value, Definition):
        yield value
    elif isinstance(value, dict | tuple | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _definitions(part)


def _section(stage: Stage[Any, Any]) -> str:
    ports = [(f"`{port.name}`", _wanted(port)) for port in stage.ports.values()]
    seed = [("`seed`", "a whole number; the result depends on it")] if stage.takes_seed else []
    rows = [_row(one) for one in stage.parameters.values()]
    gives = f"Gives {'records' if stage.gives_many else 'a record'} of kind {_kind(stage.returns)}"
    gives += " by name." if stage.gives_many else "."
    kpis = _given(stage) if isinstance(stage, KpiStage) else ""
    parts = [
        f"\n### {stage.name}\n",
        paragraphs(stage.function.__doc__) + f" (`{stage.entry_point}`)\n",
        table(("takes", "a record of kind"), [*ports, *seed]),
        table(("parameter", "type", "unit", "bounds", "default", "what it is"), rows),
        f"{gives}{kpis}\n",
    ]
    return "\n".join(part for part in parts if part)


def _given(stage: KpiStage[Any, Any]) -> str:
    names = (f"`{name}` [{plain(unit)}]" for pattern, unit in stage.gives.items() for name in written_out(pattern))
    return f" KPIs: {', '.join(names)}."


def _wanted(port: Port) -> str:
    kinds = " or ".join(map(_kind, port.kinds))
    return kinds + (", any number" if port.many else "") + (", optional" if port.optional else "")


def _kind(cls: type[Any]) -> str:
    """Return a kind as a link; a family of kinds by the name of its class."""
    kind = getattr(cls, "kind", None)
    return f"[`{kind}`](records.md#{kind})" if kind else f"any {cls.__name__.lower()}"


def _row(one: Parameter) -> tuple[str, ...]:
    kind = f"one of {', '.join(one.choices)}" if one.choices else TYPES.get(one.type, "list")
    many = f"several, each {kind}" if one.many else kind
    bounds = "" if one.bounds.low is one.bounds.high is None else str(one.bounds)
    default = "" if one.required else f"`{str(one.default) or repr(one.default)}`"
    return f"`{one.name}`", plain(many), plain(one.unit), plain(bounds), plain(default), plain(one.doc)


def _anchor(name: str) -> str:
    return re.sub(r"[^\w -]", "", name.lower())
