"""PyBaMM's models with every side reaction in the balance of charge.

The current that enters the negative particles is what is left of the whole by the side reactions. PyBaMM's SPM and
SPMe leave SEI on cracks out of that difference, though it consumes more lithium than the SEI on the spheres: there the
lithium that it binds would not be missing from the particles, nor from the capacity. Here it is.
"""

from __future__ import annotations

from typing import Any

from ragone.pipelines.ageing.cracking import keep_rate_real
from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.model import OPTIONS

_CURRENT = "negative interface current"  # PyBaMM's name of the submodel


def ageing_model(name: str, options: dict[str, Any]) -> Any:
    """Return PyBaMM's SPM, SPMe or DFN by name, not yet processed; `options` are beyond those of a cell's model."""
    model = getattr(load_pybamm().lithium_ion, name)({**OPTIONS, **options}, build=False)
    if _CURRENT in model.submodels and options.get("SEI on cracks") == "true":
        model.submodels[_CURRENT] = _balanced(model)
    model.build_model()
    keep_rate_real(model)
    return model


def _balanced(model: Any) -> Any:
    class Balanced(load_pybamm().kinetics.CurrentForInverseKinetics):  # type: ignore[misc]
        """The current of intercalation, less that of SEI on cracks too."""

        def get_coupled_variables(self, variables: dict[str, Any]) -> dict[str, Any]:
            roughness = variables["Negative electrode roughness ratio"]
            on_cracks = variables["Negative electrode SEI on cracks interfacial current density [A.m-2]"]
            whole = variables["X-averaged negative electrode total interfacial current density [A.m-2]"]
            sei = variables["Negative electrode SEI interfacial current density [A.m-2]"]
            plating = variables["Negative electrode lithium plating interfacial current density [A.m-2]"]
            current = whole - sei - plating - on_cracks * (roughness - 1)
            variables.update(self._get_standard_interfacial_current_variables(current))
            variables.update(self._get_standard_volumetric_current_density_variables(variables))
            return variables

    return Balanced(model.param, "negative", "lithium-ion main", model.options)
