"""Forms of jobs as JSON schemas: what a web page asks for, made of what functions and stages say themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.flows.running.jobs import Job
from ragone.schemas.docstrings import documented
from ragone.schemas.parameter import Parameter

Form = dict[str, Any]

_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object"}


def form_of(job: Job, given: Mapping[str, Any], forms: Mapping[str, Form]) -> Form:
    """The form of a job.

    Parameters
    ----------
    job
        The job.
    given
        Plain values that are filled in.
    forms
        Forms of single parameters, in place of those that follow from the values filled in.
    """
    says = documented(job.function.__doc__)
    properties: Form = {}
    for position, (name, parameter) in enumerate(job.signature.parameters.items()):
        known = name in given or parameter.default is not parameter.empty
        default = given.get(name, parameter.default) if known else None
        usual = _form_of_type(parameter.annotation) if default is None else form_of_value(default)
        properties[name] = {
            "title": name,
            "description": says.get(name, ""),
            **forms.get(name, usual),
            "position": position,
        }
        if known:
            properties[name]["default"] = default
    required = [n for n, p in job.signature.parameters.items() if p.default is p.empty]
    return {"title": "Parameters", "type": "object", "properties": properties, "required": required, "definitions": {}}


def form_of_value(value: Any) -> Form:
    """A form that holds a value, and others of its type."""
    if isinstance(value, Mapping):
        return {"type": "object", "properties": {str(name): form_of_value(each) for name, each in value.items()}}
    if isinstance(value, list | tuple):
        return {"type": "array", "items": form_of_value(value[0]) if len({type(v) for v in value}) == 1 else {}}
    return {} if value is None else {"type": _TYPES[type(value)]}


def form_of_parameter(parameter: Parameter, written: Any = None) -> Form:
    """The form of a parameter of a stage or a field of a record; `written` is how its value is given now, if it is."""
    form: Form = {"title": _title(parameter), "description": _description(parameter)}
    if written is not None:
        form |= form_of_value(float(written) if parameter.type is float and type(written) is int else written)
    elif parameter.many:
        form |= {"type": "array", "items": {}}
    elif parameter.type is float and parameter.unit != "1":
        form |= {"type": "string"}  # with its unit
    else:
        form |= {"type": _TYPES.get(parameter.type, "string")}
    if parameter.choices and form["type"] == "string":
        form["enum"] = list(parameter.choices)
    if form["type"] in ("integer", "number"):
        form |= _bounds(parameter)
    return form


def _form_of_type(hint: Any) -> Form:
    """The form of a value that is not filled in."""
    if getattr(hint, "__origin__", None) is list:
        return {"type": "array", "items": _form_of_type(hint.__args__[0])}
    kinds = [kind for kind in _TYPES if kind is hint or kind in getattr(hint, "__args__", ())]
    return {"type": _TYPES[kinds[0]]} if kinds and not hasattr(hint, "__origin__") else {"type": "object"}


def _title(parameter: Parameter) -> str:
    unit = f" [{parameter.unit}]" if parameter.unit not in ("", "1") else ""
    return f"{parameter.short.replace('_', ' ')}{unit}"


def _description(parameter: Parameter) -> str:
    default = "" if parameter.required or parameter.default is None else f"default: {parameter.default}"
    return "; ".join(part for part in (parameter.doc.rstrip("."), parameter.expected, default) if part)


def _bounds(parameter: Parameter) -> Form:
    """The bounds as JSON schema has them; one that is given in another unit than that of the value would be wrong."""
    bounds = parameter.bounds
    found = {
        ("exclusiveMinimum" if bounds.low_open else "minimum"): bounds.low,
        ("exclusiveMaximum" if bounds.high_open else "maximum"): bounds.high,
    }
    return {name: value for name, value in found.items() if value is not None and abs(value) != float("inf")}
