"""Whether a document follows BPX 1.1, section by section, so that what is wrong can be named by its path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ragone.pipelines.files.bpx.format import BpxError, brief, first_line, load_bpx, path_text
from ragone.pipelines.files.bpx.formula import FUNCTIONS, FormulaError, read_formula
from ragone.pipelines.files.bpx.functions import USER_DEFINED, formulas, section_kinds, without_formulas
from ragone.pipelines.files.bpx.values import check_values, require_numbers
from ragone.schemas.errors import did_you_mean

_MODELS = ("DFN", "SPMe")
_HYSTERESIS = ("OCP (delithiation) [V]", "OCP (lithiation) [V]", "OCP hysteresis decay constant")
_NO_HYSTERESIS = "hysteresis cannot be used. Give OCP [V] alone."
_MOST_FORMULAS = 100
_EXPECTED = {
    "dict_type": "a map of fields was expected",
    "model_type": "a map of fields was expected",
    "float_type": "a number was expected",
    "int_type": "a whole number was expected",
    "int_from_float": "a whole number was expected",
}


def check_document(content: dict[str, Any]) -> None:
    """Check every section by its own rules; numbers written as text become numbers in the document.

    Raises
    ------
    BpxError
        At the first field that is missing, unknown, of the wrong kind, or more than this cell can be.
    """
    schema = load_bpx().schema
    for name in ("Header", "Parameterisation", "State"):
        require_numbers(content.get(name), (name,))
    version = content["Header"].get("BPX")
    if isinstance(version, float):  # as older files have it
        content["Header"]["BPX"] = str(version)
    _section(content, ("Header",), schema.Header)
    model = content["Header"].get("Model")
    if not (stated := str(content["Header"]["BPX"])).startswith("1."):
        raise BpxError(f"Header > BPX = {stated[:20]}: version 1.1 is understood. Export it as BPX 1.1.")
    if model not in _MODELS:
        raise BpxError(
            f"Header > Model = {str(model)[:60]!r}: thicknesses, porosities and electrolyte are needed. Give one for "
            "the DFN."
        )
    _known(content, (), ("Header", "Parameterisation", "State", "Validation"))
    sections = section_kinds()
    given = _map(content, ("Parameterisation",))
    _known(given, ("Parameterisation",), sections)
    for name, kind in sections.items():
        path = ("Parameterisation", name)
        if name.endswith("electrode"):
            _check_material(_map(content, path), path)
        elif name == USER_DEFINED and name in given:
            _check_user_defined(_map(content, path), path)
        if name != USER_DEFINED or name in given:
            _check_functions(_map(content, path), path, kind)
            _section(content, path, kind)
    if "State" in content:
        _section(content, ("State",), schema.State)
    check_values(content)


def _check_material(electrode: dict[str, Any], path: tuple[str, ...]) -> None:
    if "Particle" in electrode:
        raise BpxError(f"{path_text(path)} > Particle: a blend of materials cannot be used. Give one material.")
    for name in _HYSTERESIS:
        if name in electrode:
            raise BpxError(f"{path_text(path)} > {name}: {_NO_HYSTERESIS}")


def _check_user_defined(section: dict[str, Any], path: tuple[str, ...]) -> None:
    """Refuse parameters that ask for another model, or stand in PyBaMM's name for what a section has given already."""
    given = {
        f"{start} {field.alias}".strip().lower()
        for name, kind in section_kinds().items()
        for start in ("" if name == "Cell" else name, name.removesuffix(" electrode"))
        for field in kind.model_fields.values()
    }
    for name in section:
        if "hysteresis" in name.lower() or "lithiation OCP" in name:
            raise BpxError(f"{path_text((*path, name))}: {_NO_HYSTERESIS}")
        if name.lower() in given:
            raise BpxError(f"{path_text((*path, name))} would replace what a section gives. Give it there alone.")


def _section(content: dict[str, Any], path: tuple[str, ...], kind: Any) -> None:
    """Check one section against its class, naming the first field that is wrong, and keep it as it was understood."""
    from pydantic import ValidationError

    section = _map(content, path)
    if kind.__name__ != "UserDefined":
        _known(section, path, [field.alias or name for name, field in kind.model_fields.items()])
    try:
        checked = kind.model_validate(without_formulas(section, kind))
    except ValidationError as cause:
        errors = cause.errors()
        first = min(errors, key=lambda error: error["type"] != "missing")
        fields = {(*path, *_names(error["loc"], section)) for error in errors}
        where = (*path, *_names(first["loc"], section))
        more = f" {len(fields) - 1} more fields are wrong." if len(fields) > 1 else ""
        raise BpxError(f"{path_text(where)} {_what(first, kind, content, where)}{more}") from cause
    except (TypeError, ValueError) as cause:
        raise BpxError(f"{path_text(path)}: {first_line(cause)}. Mend or remove that field.") from cause
    understood = checked.model_dump(mode="json", by_alias=True, exclude_unset=True)  # numbers written as text
    texts = {name for name, *_ in formulas(section, kind)}
    section.update({name: value for name, value in understood.items() if name not in texts})


def _check_functions(section: dict[str, Any], path: tuple[str, ...], kind: Any) -> None:
    """Texts must be formulas of x; the library's own error names no field, and it lets unknown names pass."""
    texts = formulas(section, kind)
    if len(texts) > _MOST_FORMULAS:
        raise BpxError(
            f"{path_text(path)} has {len(texts):,} formulas; {_MOST_FORMULAS} are read at most. Remove some."
        )
    for names, text in texts.items():
        try:
            read_formula(text)
        except FormulaError as cause:
            raise BpxError(
                f"{path_text((*path, *names))} = {brief(text)}: a function of x was expected, of numbers, + - * / **, "
                f"{', '.join(FUNCTIONS)}; {cause}. Mend its text, or give a table."
            ) from cause


def _what(error: Any, kind: Any, content: Any, where: tuple[str, ...]) -> str:
    field = next((f for n, f in kind.model_fields.items() if (f.alias or n) == where[-1]), None)
    described = f" ({field.description})" if field is not None and field.description else ""
    if error["type"] == "missing":
        example = f", for example {field.examples[0]}" if field is not None and field.examples else ""
        return f"is missing{described}. Add it{example}."
    value = content
    for name in where:
        value = value.get(name) if isinstance(value, dict) else value
    table = field is not None and "Table" in str(field.annotation)
    wanted = (
        "a number, a function of x as text, or a table {x, y} was expected" if table else _EXPECTED.get(error["type"])
    )
    reason = wanted or first_line(error["msg"]).removeprefix("Value error, ").rstrip(".")
    return f"= {brief(value)}{described}: {reason}. Mend its value."


def _names(location: Iterable[Any], section: dict[str, Any]) -> tuple[str, ...]:
    """The part of a location that names fields of the file, without the library's own names of alternatives."""
    names: list[str] = []
    here: Any = section
    for step in location:
        if not isinstance(step, str) or (names and not (isinstance(here, dict) and step in here)):
            break
        names.append(step)
        here = here.get(step) if isinstance(here, dict) else None
    return tuple(names)


def _map(content: Any, path: tuple[str, ...]) -> dict[str, Any]:
    for depth, name in enumerate(path):
        if name not in content:
            raise BpxError(f"{path_text(path[: depth + 1])} is missing. Add this section.")
        content = content[name]
        if not isinstance(content, dict):
            raise BpxError(f"{path_text(path[: depth + 1])} = {brief(content)}: a map of fields was expected.")
    return content  # type: ignore[no-any-return]


def _known(given: dict[str, Any], path: tuple[str, ...], known: Iterable[str]) -> None:
    names = list(known)
    for name in given:
        if name not in names and name != "Thermal conductivity [W.m-1.K-1]":  # of which the library says more
            raise BpxError(
                f"{path_text((*path, name))} is not a field of BPX 1.1: {did_you_mean(name, names)} "
                "Rename it, remove it, or move it to Parameterisation > User-defined."
            )
