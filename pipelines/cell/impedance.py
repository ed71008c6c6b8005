"""What is the impedance of the cell at a state of charge, over frequency?

PyBaMM's DFN with a double layer on every particle, linearised at rest and solved for a small sinusoidal current
(`pybamm.EISSimulation`): no time integration, no excitation amplitude, no noise. PyBaMM counts a discharging current
positive and gives -dV/dI, so that a capacitive imaginary part is negative, as the record wants it.

The double layer covers the measured area, as the reaction does. Particles are meshed finer towards their surface,
where fast diffusion happens. No inductance, no film: arcs of a simulated spectrum are the reactions and the diffusion
of two electrodes and one electrolyte, nothing else. Positive particles are of one size unless more are asked for.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.model import cell_values, dfn
from ragone.pipelines.cell.particle_sizes import give_sizes, require_solvable, require_spread, size_options, variant
from ragone.schemas import CellOutcome, CellParameters, Impedance, ImpedanceOutcome, NegativeElectrode, stage
from ragone.schemas.errors import BoundsError
from ragone.schemas.field import POSITIVE, Bounds

_NOT_STARTED = {
    CellOutcome.NOT_CONDUCTING: ImpedanceOutcome.NOT_CONDUCTING,
    CellOutcome.NEGATIVE_NOT_CONDUCTING: ImpedanceOutcome.NOT_CONDUCTING,
    CellOutcome.DOES_NOT_FIT: ImpedanceOutcome.NOT_BUILT,
}
_BOTH = ("negative", "positive")
_STRETCH = 3.0  # of the mesh in a particle: 40 volumes are as good as several hundred equal ones


@stage("cell.simulate_impedance", libraries=("pybamm", "pybammsolvers", "casadi", "numpy", "scipy"))
def simulate_impedance(
    cell: CellParameters,
    *,
    state_of_charge: float = 0.5,
    temperature_kelvin: float = 298.15,
    lowest_frequency_hertz: float = 1e-4,
    highest_frequency_hertz: float = 1e4,
    points_per_decade: int = 10,
    mesh_points: int = 40,
    double_layer_capacity_farad_per_square_metre: float = 0.2,
    particle_size_points: int = 0,
) -> Impedance:
    """Impedance of the whole cell at rest, contact resistance included.

    Parameters
    ----------
    cell
        The cell.
    state_of_charge
        State of charge in [0, 1], between the voltage limits of the parameter set.
    temperature_kelvin
        Temperature of the whole cell [K].
    lowest_frequency_hertz, highest_frequency_hertz
        Ends of the spectrum [Hz], both included.
    points_per_decade
        Frequencies for each factor of ten, at equal ratios.
    mesh_points
        Finite volumes across each coating, the separator, and each particle's radius.
    double_layer_capacity_farad_per_square_metre
        Double-layer capacity of an electrode for which the parameter set gives none [F/m^2].
    particle_size_points
        Number of sizes of positive particles, log-normal with the cell's width, each with its own diffusion; 0 for the
        one sphere that stands for all [-].

    Returns
    -------
    Impedance
        The outcome is COMPLETED, or says why the cell has no spectrum.

    Raises
    ------
    BoundsError
        If the frequencies do not rise, or a parameter is out of bounds.
    MissingFieldError
        If sizes are asked for of a cell that does not say how wide they are.

    References
    ----------
    Doyle, Fuller, Newman 1993, doi 10.1149/1.2221597 (the model); Hallemans et al. 2025, J. Electrochem. Soc. 172,
    060507 (the method of PyBaMM).
    """
    POSITIVE.require(temperature_kelvin, "temperature_kelvin", "K")
    POSITIVE.require(double_layer_capacity_farad_per_square_metre, "double_layer_capacity", "F/m^2")
    Bounds(0, 1).require(state_of_charge, "state_of_charge", "1")
    require_solvable(particle_size_points, "isothermal")
    frequency = _frequencies(lowest_frequency_hertz, highest_frequency_hertz, points_per_decade)
    outcome, reason, impedance = _NOT_STARTED.get(cell.outcome), str(cell.outcome), _no_impedance()
    if outcome is None:
        values = cell_values(cell, initial_state_of_charge=state_of_charge)
        values.update(_temperature(temperature_kelvin), check_already_exists=False)
        _charge_double_layers(values, cell, double_layer_capacity_farad_per_square_metre)
        simulation = _simulation(cell, values, mesh_points, particle_size_points)
        outcome, reason, impedance = _solved(simulation, frequency)
    return Impedance(
        outcome=outcome,
        reason=reason,
        frequency_hertz=frequency[: len(impedance)],
        real_ohm=impedance.real,
        imaginary_ohm=impedance.imag,
        state_of_charge=state_of_charge,
        temperature_kelvin=temperature_kelvin,
        source="simulation",
        licence="own",
        method=f"PyBaMM DFN with double layers, linearised at rest, isothermal, {mesh_points} points a domain, "
        f"finer towards the surface of particles{variant(particle_size_points)}; "
        "direct sparse solution at each frequency",
    )


def _frequencies(lowest: float, highest: float, points_per_decade: int) -> NDArray[np.float64]:
    """Frequencies from the highest to the lowest [Hz]; shape (n,)."""
    POSITIVE.require(lowest, "lowest_frequency_hertz", "Hz")
    POSITIVE.require(highest, "highest_frequency_hertz", "Hz")
    Bounds(low=1).require(points_per_decade, "points_per_decade", "1")
    if highest <= lowest:
        raise BoundsError(
            f"lowest_frequency_hertz = {lowest:g} Hz is not below highest_frequency_hertz = {highest:g} Hz. "
            "Exchange them, or widen the range."
        )
    return np.geomspace(highest, lowest, 1 + max(1, round(np.log10(highest / lowest) * points_per_decade)))


def _temperature(kelvin: float) -> dict[str, float]:
    return {"Ambient temperature [K]": kelvin, "Initial temperature [K]": kelvin}


def _charge_double_layers(values: Any, cell: CellParameters, otherwise: float) -> None:
    """Double layers on the measured areas; PyBaMM's area is that of spheres."""
    known = set(values.keys())
    for electrode, area_ratio in ((e.capitalize(), cell.surface_area_ratio(e)) for e in _BOTH):
        name = f"{electrode} electrode double-layer capacity [F.m-2]"
        capacity = values[name] if name in known else otherwise
        values.update({name: capacity * area_ratio}, check_already_exists=False)


def _simulation(cell: CellParameters, values: Any, mesh_points: int, size_points: int) -> Any:
    pybamm = load_pybamm()
    options: dict[str, Any] = {"surface form": "differential"}
    points = dict.fromkeys(("x_n", "x_s", "x_p", "r_n", "r_p"), mesh_points)
    if size_points:
        values = give_sizes(values, cell.negative_electrode, require_spread(cell))
        options |= size_options(cell.negative_electrode)
        points["R_p"] = size_points
    model = dfn(cell.negative_electrode, options)
    meshes = dict(model.default_submesh_types)
    towards_surface = pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, {"side": "right", "stretch": _STRETCH})
    intercalating = ("positive",) if cell.negative_electrode is NegativeElectrode.LITHIUM_METAL else _BOTH
    meshes |= {f"{electrode} particle": towards_surface for electrode in intercalating}
    return pybamm.EISSimulation(model, parameter_values=values, submesh_types=meshes, var_pts=points)


def _solved(simulation: Any, frequency: NDArray[np.float64]) -> tuple[ImpedanceOutcome, str, NDArray[np.complex128]]:
    """The solution by PyBaMM, or its complaint; a singular matrix is a warning and NaN."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = np.asarray(simulation.solve(frequency).impedance, np.complex128)
    except (load_pybamm().SolverError, RuntimeError, ZeroDivisionError) as cause:
        return ImpedanceOutcome.SOLVER_FAILED, " ".join(str(cause).split())[:200], _no_impedance()
    bad = np.flatnonzero(~np.isfinite(found))
    if len(bad):
        reason = f"the impedance at {frequency[bad[0]]:g} Hz is not finite"
        return ImpedanceOutcome.SOLVER_FAILED, reason, _no_impedance()
    return ImpedanceOutcome.COMPLETED, "", found


def _no_impedance() -> NDArray[np.complex128]:
    return np.empty(0, np.complex128)
