"""Where stages of earlier versions are found now, so that what they made can still be computed again.

A stage whose module moved is the same stage elsewhere; the rooms of Ragone were once packages at the top. One whose
arguments changed is kept, as it was, in a module of a room named `former`, and is offered to nobody. The present stage
may have taken its place, so that a recorded entry point alone does not tell which of the two is meant: what the run was
given does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

_PREFIX = "ragone."
_ROOMS = ("schemas", "pipelines", "models")  # packages at the top of what lakes of earlier versions name
_MOVED = {"pipelines.kpi.thermal.": "pipelines.thermal."}

# Entry point without the prefix -> where the former stage is now, and what only the present stage of that place is
# given (a role of an input, or a parameter); empty if none is there any more.
_FORMER: Mapping[str, tuple[str, str]] = {
    "models.acquisition.sobol:suggest_by_sobol": ("models.former.acquisition:suggest_by_sobol", "goals"),
    "models.acquisition.expected_improvement:suggest_by_expected_improvement": (
        "models.former.acquisition:suggest_by_expected_improvement",
        "goals",
    ),
    "models.conclusion:conclude": ("models.former.conclusion:conclude", "goals"),
    "pipelines.manufacture.packing:pack_particles": (
        "pipelines.former.packing:pack_particles",
        "materials",
    ),
    "pipelines.characterise.homogenise:homogenise": (
        "pipelines.former.homogenise:homogenise",
        "materials",
    ),
    "pipelines.characterise.homogenise:homogenise_along_all_axes": (
        "pipelines.former.homogenise:homogenise_along_all_axes",
        "materials",
    ),
    "pipelines.characterise.transport:characterise_with_taufactor": (
        "pipelines.former.homogenise:characterise_with_taufactor",
        "materials",
    ),
    "pipelines.cell.ideal:ideal_transport": ("pipelines.former.cell:ideal_transport", "materials"),
    "pipelines.cell.assembly:assemble_cell": ("pipelines.former.cell:assemble_cell", "materials"),
    "pipelines.kpi.extraction:extract_kpis": ("pipelines.former.kpis:extract_kpis", ""),
    "pipelines.cell.half_cell:assemble_half_cell": (
        "pipelines.former.cell:assemble_half_cell",
        "materials",
    ),
    "models.generator.drawing:draw_microstructure": (
        "models.former.generator:draw_microstructure",
        "materials",
    ),
    "models.report:report_kpi": ("models.former.report:report_kpi", ""),
    "models.generator.training:train_steps": ("models.former.generator:train_steps", "recipes"),
    "models.generator.assembly:assemble_generator": (
        "models.former.generator:assemble_generator",
        "recipes",
    ),
    "models.generator.slices:train_slices": ("models.former.generator:train_slices", "recipes"),
    "models.generator.trust:fit_errors": ("models.former.generator:fit_errors", "domain_distance"),
    "pipelines.fidelity.resemblance:find_resemblance": ("pipelines.former.fidelity:find_resemblance", ""),
    "pipelines.fidelity.compare:compare_volumes": ("pipelines.former.fidelity:compare_volumes", "similarities"),
    "pipelines.kpi.agreement:voltage_agreement": ("pipelines.kpi.voltage_deviation:voltage_deviation", ""),
    "models.generator.trust:predict_errors": ("models.former.generator:predict_errors", "materials"),
}

# Present entry point without the prefix -> parameters that it did not have once, with the values that it meant then.
_ONCE: Mapping[str, Mapping[str, Any]] = {
    "pipelines.manufacture.packing:pack_particles": {"largest_mean_overlap": 1.0},
}

_REALISE = "pipelines.realise:realise"
# Kind of a record that is realised -> fields whose defaults were others, as long as a run did not always state them.
_FORMER_DEFAULTS: Mapping[str, Mapping[str, Any]] = {"cell_design": {"parameter_set": "Chen2020"}}


def package_of(module: str) -> str:
    """A room of Ragone, such as ``ragone.pipelines``, or the package at the top of somebody else's module."""
    names = module.split(".")
    return ".".join(names[: 2 if names[0] == "ragone" else 1])


def present_name(recorded: str) -> str:
    """The present name of a module, or of what lies in it, that was recorded when rooms were packages."""
    return _PREFIX + recorded if recorded.partition(".")[0] in _ROOMS else recorded


def present_entry_point(recorded: str, given: Collection[str]) -> str:
    """The entry point, ``module:name``, at which a recorded one is found in this version.

    Parameters
    ----------
    recorded
        As the run names it.
    given
        Names of what the run was given: roles of its inputs, and parameters.
    """
    within = recorded.removeprefix(_PREFIX)
    former, only_present = _FORMER.get(within, (within, ""))
    if former != within and only_present not in given:
        return present_name(former)
    moved = next((old for old in _MOVED if within.startswith(old)), None)
    return present_name(within if moved is None else _MOVED[moved] + within.removeprefix(moved))


def present_parameters(entry_point: str, recorded: Mapping[str, Any]) -> dict[str, Any]:
    """The recorded parameters of a stage, with those that it has had since as what it meant without them.

    Parameters
    ----------
    entry_point
        At which it is found in this version, as `present_entry_point` returns it.
    recorded
        Parameter to its value, every one that the stage had then.
    """
    within = entry_point.removeprefix(_PREFIX)
    parameters = {**_ONCE.get(within, {}), **recorded}
    if within == _REALISE and "records" in parameters:
        parameters["records"] = {role: _with_former_defaults(one) for role, one in parameters["records"].items()}
    return parameters


def _with_former_defaults(wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {**wanted, "fields": {**_FORMER_DEFAULTS.get(wanted["kind"], {}), **wanted["fields"]}}
