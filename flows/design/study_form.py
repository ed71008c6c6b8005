"""The form of a study: its file as a JSON schema, every value described as the stage or record describes it.

Parameters of steps that the file leaves out can be given, too. What the form gives is read like the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.flows.running.execution import EXECUTORS
from ragone.flows.running.forms import Form, form_of_parameter, form_of_value
from ragone.schemas.parameter import Parameter, named

Parameters = Mapping[str, Mapping[str, Parameter]]  # by role, then by name

_RANGE = ("low", "high")
_DOCS = {
    "name": "what the study is called",
    "seed": "from which every other seed follows",
    "space": "what is varied: a low and a high, choices, or one value",
    "steps": "stages by their roles, with their parameters",
    "objectives": "KPIs to maximise or minimise",
    "constraints": "limits of KPIs",
    "optimiser": "the stages that propose designs",
    "budget": "designs at first, in all, and at a time",
    "resolution": "voxels along an edge, their size, and how many volumes of a recipe",
    "fidelities": "cheaper evaluations of a design, each with what it changes and its cost",
    "storage": "whether voxels are kept",
    "executor": "where tasks run, and by how many workers",
}


def study_form(content: Mapping[str, Any], parameters: Parameters) -> Form:
    """The form of a study with this content; `parameters` are those of its given records and steps, by role."""
    properties = {name: _section(name, value, parameters) for name, value in content.items()}
    if "executor" in properties and "kind" in properties["executor"].get("properties", {}):
        properties["executor"]["properties"]["kind"]["enum"] = list(EXECUTORS)
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def _section(name: str, value: Any, parameters: Parameters) -> Form:
    form = {"title": name, "description": _DOCS.get(name, "")}
    if name in parameters and isinstance(value, Mapping):
        return {**form, "type": "object", "properties": _described(value, parameters[name])}
    if name == "steps":
        steps = {role: _section(role, each, parameters) for role, each in value.items()}
        return {**form, "type": "object", "properties": steps}
    if name == "space":
        return {
            **form,
            "type": "object",
            "properties": {path: _range(path, v, parameters) for path, v in value.items()},
        }
    return {**form, **form_of_value(value)}


def _described(written: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> Form:
    """Values that are written, then parameters that are not; a stage's name or a generator is no parameter."""
    found: Form = {}
    for name, value in written.items():
        parameter = named(parameters, name)
        found[name] = form_of_value(value) if parameter is None else form_of_parameter(parameter, value)
    given = {each.name for name in written if (each := named(parameters, name))}
    return found | {each.short: form_of_parameter(each) for each in parameters.values() if each.name not in given}


def _range(path: str, value: Any, parameters: Parameters) -> Form:
    """The range of a path of the space: low and high, choices, or a value; the names of a role, or one of them."""
    role, _, name = path.partition(".")
    if not name and isinstance(value, Mapping):
        return {
            "type": "object",
            "properties": {n: _range(f"{role}.{n}", each, parameters) for n, each in value.items()},
        }
    parameter = named(parameters.get(role, {}), name)
    if parameter is None:
        return form_of_value(value)
    if not isinstance(value, Mapping):
        return form_of_parameter(parameter, value)
    about = form_of_parameter(parameter)
    ends = {e: form_of_parameter(parameter, v) if e in _RANGE else form_of_value(v) for e, v in value.items()}
    return {"title": path, "description": about["description"], "type": "object", "properties": ends}
