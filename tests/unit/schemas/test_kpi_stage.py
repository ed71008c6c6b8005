"""KPI stages: what they say they give, and their uncertainty where their inputs are uncertain."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ragone.schemas import CellParameters, Design, Kpi, KpiOutcome, Transport, kpi_stage
from ragone.schemas.errors import StageError


def kpi(name: str, value: float | None, uncertainty: float | None = None) -> Kpi:
    """One with a unit of no importance."""
    return Kpi(
        name=name,
        value=value,
        unit="W.h",
        outcome=KpiOutcome.INFEASIBLE if value is None else KpiOutcome.MEASURED,
        standard_uncertainty=uncertainty,
        sample_count=1,
        definition="made",
        method="sum",
    )


@kpi_stage("made.sums", gives={"energy": "W.h", r"energy_\d+": "W.h"}, least=2)
def sums(designs: tuple[Design, ...], transport: Transport | None = None, *, own: float = 0.0) -> Mapping[str, Kpi]:
    """Add porosities up.

    Parameters
    ----------
    own
        The uncertainty [W.h] of the sum itself.
    """
    total = sum(design.porosity for design in designs)
    weighed = total * (1.0 if transport is None else transport.pore_fraction)
    gone = any(design.porosity > 0.89 for design in designs)
    return {"energy": kpi("energy", None if gone else weighed, own or None), "energy_2": kpi("energy_2", 2.0)}


@kpi_stage("made.single", gives={"energy": "W.h"}, complete=True)
def single(design: Design) -> Kpi:
    """The porosity, uncertain by a hundredth."""
    return kpi("energy", design.porosity, 0.01)


@pytest.fixture
def of(example):
    """Designs of some porosities."""
    return lambda *porosities: tuple(example("design", porosity=value) for value in porosities)


def test_a_kpi_stage_says_what_it_gives():
    """A unit for each name that it gives, none for others; and still a stage."""
    assert sums.unit_given("energy_12") == "W.h"
    assert sums.unit_given("energy_") is None
    assert (sums.name, sums.least, sums.unasked, sums.complete) == ("made.sums", 2, True, False)
    assert sums.parameters["own"].doc == "The uncertainty [W.h] of the sum itself."


def test_the_propagated_stage_has_the_ports_twice_and_two_parameters_more():
    """Perturbed records behind the plain ones, of many; the parameters and their words stay."""
    made = sums.propagated
    assert [(port.name, port.many, port.kinds) for port in made.ports.values()] == [
        ("designs", True, (Design,)),
        ("transport", False, (Transport,)),
        ("perturbed_designs", True, (Design,)),
        ("perturbed_transport", True, (Transport,)),
    ]
    assert list(made.parameters) == ["own", "perturbed", "sample_count"]
    assert made.parameters["own"].doc == sums.parameters["own"].doc
    assert made.parameters["perturbed"].doc
    assert made.bind({}) == {"own": 0.0, "perturbed": (), "sample_count": 1}
    assert made.entry_point == f"{__name__}:sums.propagated"
    assert made.name == "made.sums.propagated"
    assert made.returns is Kpi
    assert made.gives_many


def test_differences_of_every_metric_are_added_in_quadrature(of):
    """Three metrics of 3, 4 and 12, whatever their sign, with 84 of its own, make 85; none may be left out."""
    found = sums.propagated(
        of(0.3, 0.2),
        perturbed_designs=of(0.303, 0.2, 0.3, 0.196, 0.306, 0.206),
        own=0.084,
        perturbed=("first", "second", "third"),
        sample_count=7,
    )
    assert found["energy"].value == sums(of(0.3, 0.2))["energy"].value
    assert found["energy"].standard_uncertainty == pytest.approx(0.085, rel=1e-12)
    assert found["energy"].sample_count == 7
    assert found["energy"].method == (
        "sum; uncertainty: first order, one standard error each of first, second, third, uncorrelated"
    )


def test_perturbed_records_of_many_are_taken_row_by_row(of, example):
    """The first metric has the first two designs and the first transport, and so on."""
    plain, dense = example("transport", pore_fraction=0.5), example("transport", pore_fraction=0.25)
    found = sums.propagated(of(0.3, 0.2), plain, of(0.3, 0.2, 0.3, 0.3), (dense, plain), perturbed=("first", "second"))[
        "energy"
    ]
    assert found.standard_uncertainty == pytest.approx((0.125**2 + 0.05**2) ** 0.5, rel=1e-12)


@pytest.mark.parametrize(
    ("perturbed", "metrics", "own", "why"),
    [
        ((), (), 0.084, "no metric was perturbed"),
        ((0.3, 0.2), ("still",), 0.0, "still do not change it"),
        ((0.31, 0.2, 0.9, 0.2), ("fine", "gone"), 0.084, "no value with gone perturbed"),
    ],
)
def test_what_is_not_known_is_no_uncertainty(of, perturbed, metrics, own, why):
    """Null with the reason, whatever is known of the integral; never 0, and never a part of it."""
    found = sums.propagated(of(0.3, 0.2), perturbed_designs=of(*perturbed), perturbed=metrics, own=own)["energy"]
    assert found.standard_uncertainty is None
    assert found.method == f"sum; uncertainty unknown: {why}"


def test_a_kpi_that_nothing_moves_keeps_what_it_has_of_its_own(of):
    """Perturbed, and not changed to first order."""
    found = sums.propagated(of(0.3, 0.2), perturbed_designs=of(0.3, 0.2), perturbed=("still",), own=0.084)["energy"]
    assert found.standard_uncertainty == 0.084


def test_a_kpi_without_value_stays_so(of):
    """Outcome and reason are those of the plain stage."""
    found = sums.propagated(of(0.9, 0.2), perturbed_designs=of(0.3, 0.2), perturbed=("any",), sample_count=3)["energy"]
    assert (found.value, found.outcome, found.method, found.standard_uncertainty, found.sample_count) == (
        None,
        KpiOutcome.INFEASIBLE,
        "sum",
        None,
        3,
    )


def test_nothing_is_added_to_what_holds_all_metrics_already(of):
    """A KPI read off the metrics themselves states their standard errors once."""
    (plain,), raised = of(0.3), of(0.31)
    found = single.propagated(plain, raised, perturbed=("porosity",), sample_count=2)["energy"]
    assert (found.standard_uncertainty, found.sample_count) == (0.01, 2)


@pytest.mark.parametrize(
    ("porosities", "metrics", "why"),
    [((0.3,), ("a",), "1 records for perturbed_designs; 2 expected"), ((0.3,) * 4, ("a", "a"), "each metric once")],
)
def test_records_that_are_not_one_set_for_each_metric_are_refused(of, porosities, metrics, why):
    """Too few of them, or a metric twice."""
    with pytest.raises(StageError, match=why):
        sums.propagated(of(0.3, 0.2), perturbed_designs=of(*porosities), perturbed=metrics)


def test_a_port_left_empty_stays_empty(of, example):
    """A perturbed record of what is not given is refused."""
    with pytest.raises(StageError, match="0 expected"):
        sums.propagated(of(0.3), None, of(0.3), (example("transport"),), perturbed=("a",))


def test_a_cell_may_be_a_port(example):
    """Kinds come from the annotation, whether it may be null or not."""

    @kpi_stage("made.of_cell", gives={})
    def of_cell(cell: CellParameters | None = None) -> Kpi:
        raise NotImplementedError

    assert of_cell.propagated.ports["perturbed_cell"].kinds == (CellParameters,)
