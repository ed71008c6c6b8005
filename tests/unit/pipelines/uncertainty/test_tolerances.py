"""Cells of one design as they are made: what differs, and that everything else follows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ragone.pipelines.cell import reference_cell
from ragone.pipelines.cell.model import cell_values
from ragone.pipelines.uncertainty import collect_tolerances, vary_cell
from ragone.pipelines.uncertainty.draws import factors
from ragone.pipelines.uncertainty.tolerances import CONTACT, VARIED
from ragone.schemas import NegativeElectrode, Priors
from ragone.schemas.errors import BoundsError, UnknownFieldError
from ragone.schemas.priors import Holder, Prior, Source


@pytest.fixture(scope="module")
def cell():
    """The own cell of a parameter set, whose negative coating is the set's."""
    return reference_cell(parameter_set="Chen2020")


def stated(**sizes):
    """Tolerances of one's own."""
    return Priors.of(Prior(Holder.CELL, name, Source.CELL, size, "test") for name, size in sizes.items())


def tolerances_of(cell, **sizes):
    """The usual tolerances, some of them others, and all not named of nothing."""
    return collect_tolerances(cell, stated(**{name: 1.0 for name in VARIED if name != CONTACT} | sizes))


def test_own_tolerances_stand_for_the_usual_ones(cell, example):
    """Each in its place; a half cell has one coating; what is no tolerance is refused."""
    usual, own = collect_tolerances(cell), collect_tolerances(cell, stated(negative_porosity=1.1))
    assert usual.names == own.names == VARIED[:-1]
    assert own.sizes[own.names.index("negative_porosity")] == 1.1
    assert set(own.sources) == {"manufacture"}
    half = example("cell_parameters", negative_electrode=NegativeElectrode.LITHIUM_METAL, contact_resistance_ohm=1e-3)
    assert collect_tolerances(half).names == (*VARIED[:3], CONTACT)
    with pytest.raises(UnknownFieldError, match="negative_porosity"):
        collect_tolerances(cell, stated(negativ_porosity=1.1))


def test_a_cell_without_tolerances_is_the_design(cell):
    """Its model has the same parameters to rounding, though the set's negative coating is written out."""
    plain, same = (
        cell_values(one, initial_state_of_charge=1.0)
        for one in (cell, vary_cell(cell, tolerances_of(cell), index=5, seed=1))
    )
    conducting = "Negative electrode conductivity [S.m-1]", "Negative electrode tortuosity factor (electrode)"
    for name in plain:
        if isinstance(plain[name], float | int) and name not in conducting:
            assert same[name] == pytest.approx(plain[name], rel=1e-12), name
    porosity = plain["Negative electrode porosity"]
    before, after = (values[conducting[0]] * (1 - porosity) / values[conducting[1]] for values in (plain, same))
    assert after == pytest.approx(before, rel=1e-12)


@pytest.mark.parametrize("side", ["positive", "negative"])
def test_calendering_keeps_mass_and_loading_keeps_composition(cell, side):
    """Active material for each area changes with the loading alone, thickness with both; the rating stays."""
    sizes = {f"{side}_mass_loading": 1.02, f"{side}_porosity": 1.05}
    tolerances = tolerances_of(cell, **sizes)
    drawn, made = factors(tolerances, Holder.CELL, 3, 1), vary_cell(cell, tolerances, index=3, seed=1)
    loading, porosity = (drawn[name] for name in sizes)
    plain = vary_cell(cell, tolerances_of(cell), index=3, seed=1)

    def of(one, name):
        return getattr(one, f"{side}_{name}")

    def mass(one):
        return of(one, "thickness_metre") * of(one, "active_material_fraction")

    assert min(abs(math.log(loading)), abs(math.log(porosity))) > 1e-3
    assert of(made, "porosity") == pytest.approx(of(plain, "porosity") * porosity, rel=1e-12)
    assert mass(made) == pytest.approx(mass(plain) * loading, rel=1e-12)
    solids = [of(one, "active_material_fraction") / (1 - of(one, "porosity")) for one in (plain, made)]
    assert solids[1] == pytest.approx(solids[0], rel=1e-12)
    powers = [math.log(of(one, "pore_tortuosity_factor")) / math.log(of(one, "porosity")) for one in (plain, made)]
    assert powers[1] == pytest.approx(powers[0], rel=1e-9)
    ratio = made.negative_to_positive_capacity_ratio / cell.negative_to_positive_capacity_ratio
    assert ratio == pytest.approx(loading if side == "negative" else 1 / loading, rel=1e-12)
    assert made.nominal_capacity_ampere_hour == cell.nominal_capacity_ampere_hour


def test_cells_scatter_by_the_tolerance(cell):
    """The standard deviation of what is drawn is the stated one, and a cell depends on its number and seed alone."""
    tolerances = tolerances_of(cell, positive_mass_loading=1.02)
    logs = [math.log(factors(tolerances, Holder.CELL, index, 0)["positive_mass_loading"]) for index in range(64)]
    assert np.std(logs) == pytest.approx(math.log(1.02), rel=0.1)
    assert np.mean(logs) == pytest.approx(0, abs=0.002)
    twice = [vary_cell(cell, tolerances, index=7, seed=2) for _ in range(2)]
    assert twice[0].id == twice[1].id != vary_cell(cell, tolerances, index=7, seed=3).id


def test_a_porosity_beyond_all_bounds_is_refused(cell):
    """No coating is denser than without pores, or all pores."""
    tolerances = tolerances_of(cell, positive_porosity=50.0)
    far = next(n for n in range(16) if factors(tolerances, Holder.CELL, n, 0)["positive_porosity"] > 3)
    with pytest.raises(BoundsError, match="smaller tolerance"):
        vary_cell(cell, tolerances, index=far, seed=0)
