"""Study files of the former forms: recognised, and rewritten by a named verb into the present one.

The first had one objective with its power or rate, four fields of a design as space, and an engine for each part; both
called the volume elements of a recipe cubes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.flows.errors import StudyError
from ragone.schemas import CellDesign, Materials, Recipe
from ragone.schemas.unit_names import unit_of

_FORMER_KEYS = {"objective": "objectives and steps.discharge", "stages": "steps"}
_FORMER_COUNT, _COUNT = "cubes", "volume_elements"  # of study.resolution
_FIELDS = {
    "active_material_weight_fraction": "recipe.active_material_weight_fraction",
    "porosity": "recipe.porosity",
    "binder_adhesion": "recipe.binder_adhesion",
    "mass_loading": "cell.mass_loading",
}
_ROLES = {"manufacture": "manufacture", "characterise": "characterise", "average": "average", "cell": "assemble"}
_STAGES = {
    "particle_packing": "pack_particles",
    "generator": "generator.draw",
    "homogenisation": "homogenise",
    "taufactor": "characterise_with_taufactor",
    "mean": "average_transport",
    "bruggeman": "average_with_bruggeman",
    "sized_full_cell": "assemble_cell",
    "half_cell": "assemble_half_cell",
    "constant_power": "discharge_at_constant_power",
    "constant_current": "discharge_at_constant_current",
}
_PARAMETERS = {"when_blind": "out_of_distribution", "oracle": "simulator"}
_OPERATIONS = {"power": "discharge_at_constant_power", "rate": "discharge_at_constant_current"}
_RECORDS = {
    "recipe": frozenset(Recipe.fields()),
    "materials": frozenset(Materials.fields()),
    "cell": frozenset(CellDesign.fields()),
}


def is_former(content: Any) -> bool:
    """Whether the content of a parameter file is a study of a former form."""
    return bool(_changes(content))


def refuse_former(content: Any, path: str = "FILE") -> None:
    """Refuse a study of a former form, with the lines to change.

    Raises
    ------
    StudyError
        If it is one.
    """
    if lines := [f"{former} is {present} now" for former, present in _changes(content).items()]:
        raise StudyError(
            f"study has the form of an earlier version: {'; '.join(lines)}. `ragone migrate-study {path}` rewrites it."
        )


def migrated(content: Any) -> dict[str, Any]:
    """A study of a former form in the present one; what is not known of it is left, to be named when it is read.

    Raises
    ------
    StudyError
        If a part of it is no map, by its path.
    """
    study = dict(content["study"])
    if "resolution" in study:
        resolution = _map(study["resolution"], "resolution")
        study["resolution"] = {(_COUNT if key == _FORMER_COUNT else key): value for key, value in resolution.items()}
    return _in_steps(study) if is_former({"study": study}) else {"study": study}


def _changes(content: Any) -> dict[str, str]:
    """The present path of what is at a former one, by that."""
    study = content.get("study") if isinstance(content, Mapping) else None
    if not isinstance(study, Mapping):
        return {}
    space, resolution = study.get("space"), study.get("resolution")
    found = {f"space.{n}": _FIELDS[n] for n in (space if isinstance(space, Mapping) else ()) if n in _FIELDS}
    found |= {key: present for key, present in _FORMER_KEYS.items() if key in study}
    if isinstance(resolution, Mapping) and _FORMER_COUNT in resolution:
        found[f"resolution.{_FORMER_COUNT}"] = f"resolution.{_COUNT}"
    return found


def _in_steps(study: dict[str, Any]) -> dict[str, Any]:
    """A study of the first form with objectives, steps and records in place of one objective and engines."""
    objective, stages = _map(study.pop("objective", {}), "objective"), _map(study.pop("stages", {}), "stages")
    study["space"] = {_FIELDS.get(name, name): value for name, value in _map(study.get("space", {}), "space").items()}
    steps: dict[str, Any] = {"characterise": {"stage": _STAGES["homogenisation"]}}  # then the usual one
    records: dict[str, dict[str, Any]] = {}
    for part, role in _ROLES.items():
        _move(_map(stages.pop(part, {}), f"stages.{part}"), role, steps, records)
    discharge = _map(stages.pop("discharge", {}), "stages.discharge")
    operation = next((name for name in _OPERATIONS if name in objective), "power")
    steps["discharge"] = {
        "stage": _STAGES.get(discharge.get("engine", ""), _OPERATIONS[operation]),
        **_parameters(discharge),
        **({operation: objective.pop(operation)} if operation in objective else {}),
    }
    stages.pop("kpi", None)
    optimiser = {
        part: _proposer(_map(stages.pop(part), f"stages.{part}")) for part in ("start", "suggest") if part in stages
    }
    sense = "maximise" if objective.pop("maximise", True) else "minimise"
    study["objectives"] = [{**objective, sense: True, "from": "discharge"}]
    found = {**study, **records, "steps": steps, **({"optimiser": optimiser} if optimiser else {})}
    return {"study": found | ({"stages": stages} if stages else {})}


def _move(written: dict[str, Any], role: str, steps: dict[str, Any], records: dict[str, dict[str, Any]]) -> None:
    """Move what was written of a part: its stage and parameters, and fields of records that were parameters."""
    step = {"stage": _STAGES.get(written["engine"], written["engine"])} if "engine" in written else {}
    for name, value in _parameters(written).items():
        record = next((r for r, names in _RECORDS.items() if name in names), "")
        if record:
            records.setdefault(record, {})[name] = value
        else:
            step[_PARAMETERS.get(name, name)] = _STAGES.get(str(value), value) if name == "oracle" else value
    if step:
        steps[role] = steps.get(role, {}) | step


def _proposer(written: dict[str, Any]) -> dict[str, Any]:
    return {"stage": written.get("engine", "sobol"), **_parameters(written)}


def _parameters(written: dict[str, Any]) -> dict[str, Any]:
    """The parameters of an engine; a bare number was one in the unit that the name ends in."""
    found = _map(written.get("parameters", {}), "stages.*.parameters")
    return {name: _with_unit(value, unit_of(str(name))) for name, value in found.items()}


def _with_unit(value: Any, unit: str) -> Any:
    bare = isinstance(value, int | float) and not isinstance(value, bool) and unit not in ("", "1")
    return f"{value!r} {unit}" if bare else value


def _map(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise StudyError(f"study.{path} must be a map. Mend it, or write the study anew.")
    return dict(value)
