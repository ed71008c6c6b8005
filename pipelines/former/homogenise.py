"""Metrics of a microstructure, with the conductivities of its solids as parameters."""

from __future__ import annotations

from dataclasses import replace

from ragone.pipelines.characterise import characterise_with_taufactor as by_taufactor
from ragone.pipelines.characterise import homogenise as by_our_kernel
from ragone.pipelines.characterise import homogenise_along_all_axes as along_all_axes
from ragone.schemas import Materials, Microstructure, Transport, TransportTensor, stage
from ragone.schemas.materials import NMC_811


@stage("characterise.homogenise", libraries=by_our_kernel.libraries)
def homogenise(
    microstructure: Microstructure,
    *,
    active_material_conductivity_siemens_per_metre: float = 0.1,
    carbon_binder_conductivity_siemens_per_metre: float = 100.0,
    relative_tolerance: float = 3e-4,
    largest_iteration_count: int = 500,
    device: str = "cpu",
) -> Transport:
    """Metrics by our own kernel; see `ragone.pipelines.characterise.homogenise`."""
    return by_our_kernel(
        microstructure,
        _conducting(active_material_conductivity_siemens_per_metre, carbon_binder_conductivity_siemens_per_metre),
        relative_tolerance=relative_tolerance,
        largest_iteration_count=largest_iteration_count,
        device=device,
    )


@stage("characterise.homogenise_along_all_axes", libraries=along_all_axes.libraries)
def homogenise_along_all_axes(
    microstructure: Microstructure,
    *,
    periodic: bool = False,
    active_material_conductivity_siemens_per_metre: float = 0.1,
    carbon_binder_conductivity_siemens_per_metre: float = 100.0,
    relative_tolerance: float = 3e-4,
    largest_iteration_count: int = 500,
) -> TransportTensor:
    """Homogenise as `ragone.pipelines.characterise.homogenise_along_all_axes` does, with former arguments."""
    return along_all_axes(
        microstructure,
        _conducting(active_material_conductivity_siemens_per_metre, carbon_binder_conductivity_siemens_per_metre),
        periodic=periodic,
        relative_tolerance=relative_tolerance,
        largest_iteration_count=largest_iteration_count,
    )


@stage("characterise.characterise_with_taufactor", libraries=by_taufactor.libraries)
def characterise_with_taufactor(
    microstructure: Microstructure,
    *,
    active_material_conductivity_siemens_per_metre: float = 0.1,
    carbon_binder_conductivity_siemens_per_metre: float = 100.0,
    relative_tolerance: float = 1e-4,
    largest_step_count: int = 10_000,
) -> Transport:
    """Metrics by TauFactor; see `ragone.pipelines.characterise.characterise_with_taufactor`."""
    return by_taufactor(
        microstructure,
        _conducting(active_material_conductivity_siemens_per_metre, carbon_binder_conductivity_siemens_per_metre),
        relative_tolerance=relative_tolerance,
        largest_step_count=largest_step_count,
    )


def _conducting(active_material: float, carbon_binder: float) -> Materials:
    return replace(
        NMC_811,
        active_material_conductivity_siemens_per_metre=active_material,
        carbon_binder_conductivity_siemens_per_metre=carbon_binder,
    )
