"""What is named uncertain behind a cell, and records drawn from it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.cell import reference_cell
from ragone.pipelines.cell.factors import COOLING, HEAT_TRANSFER
from ragone.pipelines.uncertainty import collect_priors, draw_cell, draw_materials, draw_transport
from ragone.pipelines.uncertainty.draws import scores
from ragone.schemas import Priors
from ragone.schemas.cell import OF_PARTICLES
from ragone.schemas.errors import BoundsError, FieldShapeError, UnknownFieldError
from ragone.schemas.materials import NMC_811
from ragone.schemas.priors import Distribution, Holder, Prior, Source

TAU, AREA = "pore_tortuosity_factor", "specific_surface_area_per_metre"
RADIUS = "positive_particle_radius_metre"
DRAWN = {"index": 3, "seed": 1}


def by_key(priors):
    """The size of each quantity."""
    return {row.key: row.size for row in priors.rows()}


def names(priors, source=Source.CELL):
    """The quantities of one source."""
    return [row.name for row in priors.rows() if row.source is source]


def one(holder, name, size=1.2, **changes):
    """Priors of a single quantity."""
    return Priors.of([Prior(holder, name, Source.CELL, size, "test", **changes)])


def factor_of(record, priors, name, **given):
    """The factor of a quantity in a draw."""
    stages = {"transport": draw_transport, "materials": draw_materials, "cell_parameters": draw_cell}
    return getattr(stages[record.kind](record, priors, **DRAWN, **given), name) / getattr(record, name)


def test_a_standard_error_is_taken_apart_by_its_sources(example):
    """Voxels and generator as they are stated, the rest sampling; together they are the whole, in quadrature."""
    single = example("transport", volume_element_count=1, pore_tortuosity_factor=2.0)
    single = replace(single, pore_tortuosity_factor_standard_error=0.02)
    mean = replace(single, volume_element_count=3, pore_tortuosity_factor_standard_error=0.1)
    mean = replace(mean, materials_pore_tortuosity_factor_standard_error=0.3)
    predicted = example("predicted_errors", metric_names=(TAU, AREA))
    sizes = by_key(collect_priors(example("cell_parameters"), mean, (single, single), predicted))
    parts = {source: math.log(sizes[Holder.TRANSPORT, TAU, source]) for source in list(Source)[:4]}
    assert parts[Source.VOXEL] == pytest.approx(0.01)
    assert parts[Source.GENERATOR] == pytest.approx(0.02)
    assert parts[Source.MATERIALS] == pytest.approx(0.15)
    assert math.hypot(*(parts[source] for source in list(Source)[:3])) == pytest.approx(0.05)


def test_a_single_volume_is_uncertain_by_its_voxels_and_by_a_scatter_that_is_assumed(example):
    """How far others would scatter is not known from one; the mean of one, which states no error, says the same."""
    single = example("transport", volume_element_count=1, pore_tortuosity_factor_standard_error=0.1)
    mean = replace(single, pore_tortuosity_factor_standard_error=None)
    priors = collect_priors(example("cell_parameters"), single)
    assert names(priors, Source.VOXEL) == [TAU]
    assert TAU in names(priors, Source.SAMPLING)
    assert by_key(collect_priors(example("cell_parameters"), mean, (single,))) == by_key(priors)
    rows = [row for row in priors.rows() if row.source is Source.SAMPLING]
    assert all("assumption" in row.reference for row in rows)


def test_materials_that_state_no_uncertainty_are_assumed_to_have_one(example):
    """Nobody says how ions cross the binder or how well it conducts; a stated error of zero says that it is known."""
    transport = example("transport")
    assumed = by_key(collect_priors(example("cell_parameters"), transport))
    assert assumed[Holder.TRANSPORT, TAU, Source.MATERIALS] == 1.25
    known = replace(transport, materials_pore_tortuosity_factor_standard_error=0.0)
    assert (Holder.TRANSPORT, TAU, Source.MATERIALS) not in by_key(collect_priors(example("cell_parameters"), known))


def test_only_what_a_cell_has_is_uncertain(example):
    """No contact where there is none, no assumed radius where particles were drawn, cooling where it counts."""
    cell = example("cell_parameters")
    plain = names(collect_priors(cell))
    assert RADIUS in plain
    assert not {"contact_resistance_ohm", *COOLING} & set(plain)
    drawn = replace(cell, positive_particle_radius_source=OF_PARTICLES, contact_resistance_ohm=1e-3)
    full = names(collect_priors(drawn, lumped=True))
    assert RADIUS not in full
    assert {"contact_resistance_ohm", *COOLING} <= set(full)
    half = replace(cell, negative_electrode="lithium metal")
    assert not [name for name in names(collect_priors(half)) if name.startswith("Negative")]
    measured = replace(cell, negative_pore_tortuosity_factor=3.0)
    assert len(names(collect_priors(measured))) == len(plain) - 1
    stated = replace(measured, negative_pore_tortuosity_factor_standard_error=0.6)
    negative = by_key(collect_priors(stated))[
        Holder.CELL, "Negative electrode tortuosity factor (electrolyte)", Source.CELL
    ]
    assert math.log(negative) == pytest.approx(0.2)


def test_every_prior_has_a_source_or_says_that_it_is_assumed(example):
    """A year or the word, and never a factor of one."""
    cell = replace(example("cell_parameters"), contact_resistance_ohm=1e-3)
    for name in ("Chen2020", "Prada2013"):
        rows = collect_priors(replace(cell, parameter_set=name), materials=NMC_811, lumped=True).rows()
        assert len(rows) > 10
        assert all(row.size > 1 for row in rows)
        assert all("assumption" in row.reference or "20" in row.reference for row in rows)


def test_what_is_stated_replaces_what_is_published(example):
    """By quantity and source: what the materials do to a metric stays. What cannot be drawn is refused with a hint."""
    own = Priors.of(
        [
            Prior(Holder.CELL, "Positive particle diffusivity [m2.s-1]", Source.CELL, 1.05, "measured"),
            Prior(Holder.TRANSPORT, TAU, Source.VOXEL, 1.1, "measured"),
        ]
    )
    sizes = by_key(collect_priors(example("cell_parameters"), example("transport"), stated=own))
    assert sizes[Holder.CELL, "Positive particle diffusivity [m2.s-1]", Source.CELL] == 1.05
    assert sizes[Holder.TRANSPORT, TAU, Source.VOXEL] == 1.1
    assert sizes[Holder.TRANSPORT, TAU, Source.MATERIALS] == 1.25
    wrong = one(Holder.CELL, "Positive particle diffusivty [m2.s-1]")
    with pytest.raises(UnknownFieldError, match="did you mean 'Positive particle diffusivity"):
        collect_priors(example("cell_parameters"), stated=wrong)


def test_priors_are_complete_and_keep_factors_positive():
    """Each once, of one length, and no normal distribution that reaches zero."""
    with pytest.raises(BoundsError, match="Use a log-normal one"):
        one(Holder.CELL, "Cation transference number", 1.5, distribution=Distribution.NORMAL)
    row = one(Holder.CELL, "Cation transference number").rows()[0]
    with pytest.raises(FieldShapeError, match="there twice"):
        Priors.of([row, row])
    with pytest.raises(FieldShapeError, match="entries"):
        replace(Priors.of([row]), names=())
    with pytest.raises(UnknownFieldError, match="cel"):
        replace(Priors.of([row]), holders=("cel",))


def test_a_factor_is_that_of_its_distribution():
    """Log-normal it divides on the other side, normal it subtracts."""
    log, normal = (Prior(Holder.CELL, "x", Source.CELL, 1.2, "", d) for d in Distribution)
    assert (log.factor(1), log.factor(-1)) == pytest.approx((1.2, 1 / 1.2))
    assert (normal.factor(1), normal.factor(-1)) == pytest.approx((1.2, 0.8))


def test_one_draw_is_the_same_point_for_every_record(example):
    """A quantity is multiplied by what its own dimension says, whichever record is asked first."""
    transport, cell = example("transport"), example("cell_parameters", contact_resistance_ohm=1e-3)
    both = Priors.of(
        [
            *one(Holder.TRANSPORT, TAU).rows(),
            *one(Holder.CELL, "contact_resistance_ohm").rows(),
            *one(Holder.MATERIALS, "carbon_binder_density_kilogram_per_cubic_metre", 1.01).rows(),
        ]
    )
    found = {
        factor_of(transport, both, TAU),
        factor_of(cell, both, "contact_resistance_ohm"),
        factor_of(NMC_811, both, "carbon_binder_density_kilogram_per_cubic_metre"),
    }
    assert len(found) == 3
    assert 1.0 not in found
    assert factor_of(transport, both, AREA) == 1.0
    assert draw_transport(transport, both, **DRAWN, electrode="negative").pore_tortuosity_factor == 1.9


def test_what_designs_have_in_common_is_drawn_alike_and_their_scatter_is_not():
    """Two designs share voxels and cell in a draw; how their volume elements scatter is independent."""
    first, second = (
        Priors.of(Prior(Holder.TRANSPORT, TAU, source, size, "test") for source in (Source.SAMPLING, Source.VOXEL))
        for size in (1.05, 1.06)
    )
    one, two = (scores(priors, np.arange(256), 0) for priors in (first, second))
    assert np.array_equal(one[:, 1], two[:, 1])
    assert abs(np.corrcoef(one[:, 0], two[:, 0])[0, 1]) < 0.2
    assert one.std(axis=0) == pytest.approx(1, abs=0.05)


def test_a_scatter_that_is_assumed_is_of_each_design_too():
    """Single volume elements of two designs are taken to scatter by as much, and not together."""
    first, second = (
        Priors.of(
            Prior(Holder.TRANSPORT, TAU, source, size, "test")
            for source, size in ((Source.SAMPLING, 1.1), (Source.VOXEL, voxel))
        )
        for voxel in (1.02, 1.03)
    )
    one, two = (scores(priors, np.arange(256), 0) for priors in (first, second))
    assert np.array_equal(one[:, 1], two[:, 1])
    assert abs(np.corrcoef(one[:, 0], two[:, 0])[0, 1]) < 0.2


def test_a_tortuosity_factor_stays_one_at_least(example):
    """However far it is drawn down."""
    wide = one(Holder.TRANSPORT, TAU, 10.0)
    drawn = [draw_transport(example("transport"), wide, index=n, seed=0).pore_tortuosity_factor for n in range(16)]
    assert min(drawn) == 1.0
    assert max(drawn) > 5


def test_a_radius_that_differs_leaves_the_area(example):
    """Lithium diffuses in another sphere; the area that reacts is measured."""
    cell = example("cell_parameters")
    drawn = draw_cell(cell, one(Holder.CELL, RADIUS), **DRAWN)
    area = drawn.positive_surface_area_ratio / drawn.positive_particle_radius_metre
    assert drawn.positive_particle_radius_metre != cell.positive_particle_radius_metre
    assert area == pytest.approx(cell.positive_surface_area_ratio / cell.positive_particle_radius_metre)


def test_draws_of_a_cell_are_the_factors_of_its_model():
    """They say which draw they are, and their median is the cell itself."""
    cell = reference_cell(parameter_set="Chen2020", form_factor="21700")
    priors = collect_priors(cell, lumped=True)
    drawn = [draw_cell(cell, priors, index=n, seed=5) for n in range(64)]
    assert drawn[7].method.endswith("; draw 7 of seed 5")
    factors = np.array([list(one.parameter_factors.values()) for one in drawn])
    assert set(drawn[0].parameter_factors) == set(names(priors)) - {RADIUS}
    assert np.median(factors, axis=0) == pytest.approx(1, abs=0.05)
    assert HEAT_TRANSFER in drawn[0].parameter_factors
