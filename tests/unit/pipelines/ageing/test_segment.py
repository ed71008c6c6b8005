"""Segments of a life: stored states, what they refuse, and how they are joined."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from ragone.pipelines.ageing import age_cell, fade_of_cell, join_segments
from ragone.pipelines.ageing.errors import AgeingError
from ragone.pipelines.cell import reference_cell
from ragone.schemas import CapacityFade, CellOutcome, FadeOutcome

aged = partial(age_cell, model="SPM", coating_points=4, particle_points=8)


@pytest.fixture(scope="module")
def cell():
    """The LG M50 of Chen et al. 2020."""
    return reference_cell(parameter_set="Chen2020")


@pytest.fixture(scope="module")
def whole(cell):
    """Five cycles in one piece."""
    return aged(cell, cycles=5)


def test_the_result_does_not_depend_on_how_a_life_is_cut(cell, whole):
    """Segments of two, two and one cycle give the same state and, joined, the same fade, to the last bit."""
    state, fades = None, []
    for cycles in (2, 2, 1):
        outputs = aged(cell, state, cycles=cycles)
        state, fades = outputs["state"], [*fades, outputs["fade"]]
    assert state.id == whole["state"].id
    assert join_segments(fades).id == whole["fade"].id
    assert join_segments(fades[::-1]).id == whole["fade"].id


@pytest.mark.parametrize("model", ["SPM", "SPMe", "DFN"])
def test_the_lithium_that_the_capacity_lost_went_into_side_reactions(cell, model):
    """Without loss of active material lithium lost from particles and electrolyte is that of SEI and plating."""
    fade = aged(cell, cycles=4, model=model, loss_of_active_material=False)["fade"]
    values = dict(zip(fade.variable_names, fade.variables, strict=True))
    reactions = values["Total lithium lost to side reactions [mol]"]
    assert np.all(np.diff(reactions) > 0)
    np.testing.assert_allclose(values["Total lithium lost [mol]"], reactions, rtol=1e-6)


def test_stops_below_the_share_of_the_second_capacity(cell):
    """The first cycle below the share of the second is the last; nothing is done from there on."""
    outputs = aged(cell, cycles=6, until_capacity_share=0.9999)
    fade, state = outputs["fade"], outputs["state"]
    assert fade.reference_capacity_ampere_hour == fade.discharging_capacity_ampere_hour[1]
    share = fade.discharging_capacity_ampere_hour / fade.reference_capacity_ampere_hour
    assert share[0] > 1.004  # begins at equilibrium, the others after a charge
    assert fade.outcome is FadeOutcome.STOPPED
    assert len(share) < 6
    assert share[-1] < 0.9999
    assert np.all(share[:-1] >= 0.9999)
    after = aged(cell, state, cycles=6, until_capacity_share=0.9999)
    assert after["state"].id == state.id
    assert not len(after["fade"].cycle_count)
    assert join_segments([fade, after["fade"]]).id == fade.id


def test_a_state_of_another_ageing_is_refused_by_name(cell, whole):
    """Model, temperature and cell are named with both values."""
    with pytest.raises(AgeingError, match=r"ambient_temperature_kelvin = 298\.15 there, 310\.0 here"):
        aged(cell, whole["state"], cycles=1, ambient_temperature_kelvin=310.0)
    with pytest.raises(AgeingError, match="belongs to another ageing: cell = "):
        aged(replace(cell, contact_resistance_ohm=0.01), whole["state"], cycles=1)


def test_a_cell_that_was_not_built_is_an_outcome(cell):
    """No cycle, and the reason."""
    outputs = aged(replace(cell, outcome=CellOutcome.DOES_NOT_FIT), cycles=3)
    assert outputs["fade"].outcome is FadeOutcome.NOT_BUILT
    assert not len(outputs["fade"].cycle_count)
    assert outputs["state"].reason


def test_a_step_that_cannot_be_done_ends_the_fade_with_a_reason(cell):
    """The cycles before it stay."""
    outputs = aged(cell, cycles=3, protocol=("Discharge at 1C for 50 minutes",))
    assert outputs["fade"].outcome is FadeOutcome.INFEASIBLE
    assert "Discharge at 1C for 50 minutes" in outputs["fade"].reason
    assert list(outputs["fade"].cycle_count) == [1]


def test_a_cycle_that_changes_nothing_is_an_outcome(cell):
    """A cell that is empty after its only discharge cannot do it again; the cycle before stays."""
    fade = aged(cell, cycles=3, protocol=("Discharge at 1C until 2.5 V",))["fade"]
    assert fade.outcome is FadeOutcome.INFEASIBLE
    assert list(fade.cycle_count) == [1]
    assert "changes anything" in fade.reason


def test_depths_and_storages_that_do_nothing_are_refused(cell):
    """A discharge by nothing, and a storage whose check-up is not whole."""
    with pytest.raises(AgeingError, match="discharges nothing"):
        aged(cell, cycles=1, depth_of_discharge=0.0)
    with pytest.raises(AgeingError, match="whole capacity"):
        aged(cell, cycles=1, depth_of_discharge=0.5, storage_second=86400.0)


def test_storage_fades_with_the_square_root_of_time(cell):
    """SEI limited by solvent diffusion grows as the exact law L^2 = L0^2 + 2 k t, isothermal at rest."""
    outputs = aged(
        cell, cycles=6, protocol=("Rest for 500 hours",), plating="none", cracking=False, sei_on_cracks=False,
        loss_of_active_material=False, porosity_change=False, relative_tolerance=1e-8, absolute_tolerance=1e-8,
    )  # fmt: skip
    fade = outputs["fade"]
    lost = fade.variables[fade.variable_names.index("Loss of capacity to negative SEI [A.h]")]
    first = 5e-9  # m
    rate = 2.5e-22 * 2636.0 * 9.585e-5 / 1.0  # D c V / z, m^2/s
    thickness = np.sqrt(first**2 + 2 * rate * fade.test_time_second)
    area = 3 * 0.75 / 5.86e-6 * cell.negative_thickness_metre * cell.electrode_area_square_metre
    expected = (thickness - first) / 9.585e-5 * area * 96485.33212 / 3600
    np.testing.assert_allclose(lost, expected, rtol=1e-3)


def test_cycles_overlap_or_differ(whole, cell):
    """Segments that do not belong together are refused."""
    with pytest.raises(AgeingError, match="two segments have cycle 1"):
        join_segments([whole["fade"], whole["fade"]])
    with pytest.raises(AgeingError, match="differ in method"):
        join_segments([whole["fade"], aged(cell, cycles=1, plating="none")["fade"]])
    with pytest.raises(AgeingError, match="no segments"):
        join_segments([])


def test_calendar_ageing_has_one_discharge_a_cycle(cell):
    """Each cycle is a check-up of the whole capacity and a storage at half charge."""
    fade = aged(cell, cycles=2, storage_second=30 * 86400.0, storage_state_of_charge=0.5)["fade"]
    assert fade.outcome is FadeOutcome.BUDGET
    assert fade.discharging_capacity_ampere_hour[0] == pytest.approx(4.99, rel=0.01)
    assert fade.test_time_second[0] > 30 * 86400
    assert fade.discharging_capacity_ampere_hour[1] < fade.discharging_capacity_ampere_hour[0]


def test_a_step_of_a_study_gives_the_fade_alone(cell):
    """The same fade as that of a segment of a new cell; its parameters are those of a segment without the state."""
    settings = {"model": "SPM", "coating_points": 4, "particle_points": 8, "cycles": 2}
    assert fade_of_cell(cell, **settings).id == age_cell(cell, **settings)["fade"].id
    assert fade_of_cell.returns is CapacityFade
    assert list(fade_of_cell.ports) == ["cell"]
    assert fade_of_cell.bind(settings) == age_cell.bind(settings)
