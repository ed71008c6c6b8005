"""A cell for protocols, whole and against lithium metal, and a profile for it to follow."""

import numpy as np

from ragone.schemas import KINDS, NegativeElectrode


def protocol_cell(example_values, **changes):
    """Of 5 A.h, in its own numbers; keyword arguments replace its values."""
    own = {
        "positive_thickness_metre": 7.56e-5,
        "positive_porosity": 0.335,
        "positive_active_material_fraction": 0.665,
        "positive_pore_tortuosity_factor": 0.335**-0.5,
        "positive_effective_conductivity_siemens_per_metre": 0.18,
        "positive_surface_area_ratio": 1.0,
        "positive_particle_radius_metre": 5.22e-6,
        "negative_thickness_metre": 8.52e-5,
        "electrode_area_square_metre": 0.1027,
        "nominal_capacity_ampere_hour": 5.0,
        "cooled_area_square_metre": 0.0053,
        "heat_capacity_joule_per_kelvin": 75.0,
        "cell_volume_cubic_metre": 2.42e-5,
    }
    return KINDS["cell_parameters"].build({**example_values("cell_parameters"), **own, **changes})


def half_cell(example_values):
    """The same positive electrode against lithium metal."""
    return protocol_cell(
        example_values,
        negative_electrode=NegativeElectrode.LITHIUM_METAL,
        negative_thickness_metre=0.0,
        negative_to_positive_capacity_ratio=0.0,
    )


def measured_profile(example_values, time, current, **changes):
    """A measurement of these times [s] and currents [A, negative: discharge], at 3.7 V."""
    count = len(time)
    own = {
        "test_time_second": np.asarray(time, float),
        "current_ampere": np.asarray(current, float),
        "voltage_volt": np.full(count, 3.7),
        "step_count": np.ones(count, np.int64),
        "cycle_count": np.ones(count, np.int64),
        "temperature_kelvin": np.empty(0),
    }
    return KINDS["measurement"].build({**example_values("measurement"), **own, **changes})
