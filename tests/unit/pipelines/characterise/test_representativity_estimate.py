"""Bias, scatter, voxels and the cheapest sample: known laws are found again, and their uncertainty is honest."""

from __future__ import annotations

import math

import numpy as np
import pytest
from representative_volume_elements import element, elements

from ragone.pipelines.characterise import average_transport
from ragone.pipelines.characterise.errors import SampleError
from ragone.pipelines.characterise.representativity import METRICS, estimate_representativity, relative_error
from ragone.pipelines.characterise.representativity.demand import cheapest, volume_elements_needed
from ragone.pipelines.characterise.representativity.fits import line, scatter_interval, scatter_law
from ragone.pipelines.characterise.representativity.means import Means, Sample
from ragone.pipelines.characterise.representativity.metrics import linearised
from ragone.schemas import Representativity, RepresentativityOutcome

EDGES = (16, 24, 32, 48, 64)


def exact(edges=EDGES, bias=1.0):
    """Two volume elements of each size whose mean follows the law exactly."""
    return tuple(element(2 * (1 + bias / e) / (1 + s), e) for e in edges for s in (-0.1 / e**1.5, 0.1 / e**1.5))


def test_linearised_values_agree_with_the_average_of_the_loop():
    """Mean and standard error are those of `average_transport`, also with a volume element that does not percolate."""
    for taus in ((1.8, 2.0, 2.6), (1.8, 2.0, math.inf)):
        transports = tuple(element(t, 32, pore_fraction=f) for t, f in zip(taus, (0.35, 0.4, 0.45), strict=True))
        values = linearised(transports, "pore_tortuosity_factor")
        mean = average_transport(transports)
        assert values.mean() == pytest.approx(mean.pore_tortuosity_factor)
        assert np.argmax(values) == 2  # the most tortuous stands highest
        error = values.std(ddof=1) / math.sqrt(3)
        assert error == pytest.approx(mean.pore_tortuosity_factor_standard_error)


def test_metrics_are_what_is_measured():
    """Every plain number of a transport record, but neither what was put in nor uncertainties."""
    assert METRICS["solid_effective_conductivity_siemens_per_metre"] == "S/m"
    assert "pore_fraction" in METRICS
    assert not [n for n in METRICS if n.endswith("standard_error") or n in ("edge_voxels", "voxel_size_metre")]
    assert "active_material_conductivity_siemens_per_metre" not in METRICS


def test_an_exact_law_of_size_is_found_exactly():
    """Infinite value, bias length and the biases against it."""
    found = estimate_representativity(exact(), (), ())
    assert found.infinite_size_value == pytest.approx(2.0, rel=1e-5)
    assert found.bias_length_metre == pytest.approx(1.0 * 4e-7, rel=1e-3)
    assert found.bias == pytest.approx(1 / np.array(EDGES), rel=1e-3)
    assert found.bias_to_largest[-1] == found.bias_to_largest_high[-1] == 0
    assert found.bias_to_largest == pytest.approx((1 + 1 / np.array(EDGES)) / (1 + 1 / 64) - 1, abs=1e-5)
    assert found.scatter_exponent == pytest.approx(1.5, rel=1e-3)
    assert found.bias_misfit < 1e-2


def test_the_integral_range_law_is_found():
    """Scatter (l / edge)^(3/2) gives back l, and the exponent 3/2 within its own error."""
    found = estimate_representativity(elements(EDGES, 200, rng=np.random.default_rng(1)), (), ())
    assert found.scatter_length_metre == pytest.approx(8 / 10 ** (2 / 3) * 4e-7, rel=0.05)
    assert abs(found.scatter_exponent - 1.5) < 3 * found.scatter_exponent_standard_error
    assert found.scatter_exponent_standard_error < 0.1


def test_the_exponent_s_error_is_honest():
    """Over many samples the standardised error of the exponent has a standard deviation near one."""
    rng = np.random.default_rng(2)
    edges, counts = np.array(EDGES, float), np.full(len(EDGES), 12)
    deviations = []
    for _ in range(400):
        values = [rng.standard_normal(12) * e**-1.5 for e in edges]
        law = scatter_law(edges, np.array([v.std(ddof=1) for v in values]), counts)
        deviations.append((law.exponent - 1.5) / math.sqrt(law.covariance[1, 1]))
    assert np.std(deviations) == pytest.approx(1.0, abs=0.15)
    assert np.mean(deviations) == pytest.approx(0.0, abs=0.2)


def test_intervals_of_bias_and_infinite_size_cover():
    """At 90 % they hold the truth in about 90 of 100 studies; never far fewer."""
    rng = np.random.default_rng(3)
    studies = [
        estimate_representativity(elements((16, 32, 64), 8, rng=rng), (), (), confidence=0.9) for _ in range(200)
    ]
    inside = [s.bias_low[0] <= 1 / 16 <= s.bias_high[0] for s in studies]
    pulls = [(s.infinite_size_value - 2) / s.infinite_size_value_standard_error for s in studies]
    assert 0.85 <= np.mean(inside) <= 0.99
    assert np.std(pulls) == pytest.approx(1.0, abs=0.2)


def test_cuts_are_compared_within_their_volume():
    """Volumes that differ much, cuts that follow them: the bias of the cuts is known far better than either mean."""
    rng = np.random.default_rng(4)
    levels = 2.0 + 0.2 * rng.standard_normal(8)
    drawn = tuple(element(float(t), 64) for t in levels) + elements((32,), 8, rng=rng)
    cut = tuple(element(float(levels[n]) * (1.05 + 0.002 * float(rng.standard_normal())), 16) for n in range(8))
    found = estimate_representativity(drawn, cut, (), cut_from=tuple(range(8)))
    row = list(zip(found.drawn, found.edge_voxels, strict=True)).index((0, 16))
    width = found.bias_to_largest_high[row] - found.bias_to_largest_low[row]
    assert found.bias_to_largest[row] == pytest.approx(0.05, abs=0.01)
    assert width < 0.05 * 2 * found.mean_standard_error[row] / found.mean[row] * 2
    assert found.volume_elements_needed[row] == 0


def paired_study(rng, *, with_cuts):
    """Volume elements of 64 and 32 voxels that scatter much, and cuts that follow their parents; b = 1 voxel."""
    noise = 0.05 * rng.standard_normal(10)
    large = tuple(element(2 * (1 + 1 / 64) / (1 + float(n)), 64) for n in noise)
    small = elements((32,), 10, rng=rng, scatter=4.0)
    residues = 0.005 * rng.standard_normal((2, 10))
    cut = tuple(
        element(2 * (1 + 1 / 32) / (1 + float(n + r)), 32) for rs in residues for n, r in zip(noise, rs, strict=True)
    )
    origins = tuple(range(10, 20)) * 2
    chosen, of = (cut, origins) if with_cuts else ((), ())
    return estimate_representativity((*small, *large), chosen, (), cut_from=of, confidence=0.9)


def test_cuts_make_the_bias_sharp_and_its_error_stays_honest():
    """The bias of a size is known many times better; its interval covers, and so does that of the infinite volume."""
    rng = np.random.default_rng(8)
    studies = [paired_study(rng, with_cuts=True) for _ in range(200)]
    inside = np.mean([s.bias_low[0] <= 1 / 32 <= s.bias_high[0] for s in studies])
    pulls = [(s.infinite_size_value - 2) / s.infinite_size_value_standard_error for s in studies]
    assert 0.85 <= inside <= 0.95
    assert np.std(pulls) == pytest.approx(1.0, abs=0.2)
    plain = paired_study(rng, with_cuts=False)
    assert studies[0].bias_high[0] - studies[0].bias_low[0] < 0.2 * (plain.bias_high[0] - plain.bias_low[0])
    assert np.mean([s.bias_misfit for s in studies]) == pytest.approx(1.0, abs=0.5)


def test_cuts_that_overlap_weigh_no_more_than_what_they_were_cut_from():
    """Sixteen cuts of 48 in a volume element of 64 hold no more of it than eight do, and lead to the same line."""
    means = {64: 2.0, 48: 2.02, 32: 2.1}
    drawn = (*(element(means[64], 64) for _ in range(3)), *(element(means[32], 32) for _ in range(3)))

    def infinite(overlapping):
        edges = [edge for edge, count in ((32, 8), (48, overlapping)) for _ in range(count)]
        cut = tuple(element(means[edge], edge) for _ in range(3) for edge in edges)
        of = tuple(parent for parent in range(3) for _ in edges)
        return estimate_representativity(drawn, cut, (), cut_from=of).infinite_size_value

    assert infinite(8) == pytest.approx(infinite(16), rel=1e-12)
    assert infinite(8) != pytest.approx(infinite(1), rel=1e-4)


def test_one_volume_speaks_for_itself():
    """Cuts of one volume count as independent, the volume as exact; its own scatter is not known."""
    rng = np.random.default_rng(5)
    cut = (element(2.0, 128), *elements((32, 64), 8, rng=rng, bias=0.0))
    found = estimate_representativity((), cut, (), cut_from=(0,) * len(cut))
    assert found.drawn.tolist() == [0, 0, 0]
    assert found.volume_element_count.tolist() == [8, 8, 1]
    assert found.mean_standard_error[-1] == 0
    assert found.mean_standard_error[0] > 0
    assert found.scatter[-1] == 0


def test_covariance_of_groups():
    """Shared groups covary as their means do; elements that are groups of their own give the ordinary variance."""
    values, other = np.array([1.0, 2.0, 4.0]), np.array([2.0, 1.0, 6.0])
    groups = np.arange(3)
    means = Means([Sample(values, groups), Sample(other, groups), Sample(other, groups + 10)])
    assert means.covariance[:2, :2] == pytest.approx(np.cov(values, other) / 3)
    assert means.covariance[0, 2] == 0
    assert means.combined(np.array([1.0, -1.0, 0.0])).standard_error == pytest.approx(
        (values - other).std(ddof=1) / math.sqrt(3)
    )
    pooled = Sample(np.array([1.0, 3.0, 5.0, 7.0]), np.array([0, 0, 1, 1]))
    assert Means([pooled]).standard_errors[0] == pytest.approx(2.0)  # group means 2 and 6


def test_numbers_needed_are_the_smallest():
    """One volume element fewer misses the target; a bias beyond it cannot be bought off."""
    number = volume_elements_needed(0.004, 0.03, target=0.01, confidence=0.95, most=1000)
    errors = relative_error(0.004, 0.03, np.array([number - 1, number]), 0.95)
    assert errors[0] > 0.01 >= errors[1]
    assert number == 99  # (1.984 x 0.03 / 0.006)^2
    assert volume_elements_needed(-0.011, 0.0001, target=0.01, confidence=0.95, most=1000) == 0
    assert volume_elements_needed(0.0, 1.0, target=0.01, confidence=0.95, most=1000) == 0


def test_the_cheapest_has_the_least_cost():
    """Number times edge to the exponent; a size without a number is passed over."""
    edges = np.array([32.0, 64.0, 128.0])
    assert cheapest(edges, np.array([0, 60, 9]), 3.0) == 1
    assert cheapest(edges, np.array([0, 60, 7]), 3.0) == 2
    assert cheapest(edges, np.array([400, 60, 9]), 4.0) == 0
    assert cheapest(edges, np.zeros(3, int), 3.0) is None


def test_the_decision_balances_bias_and_scatter():
    """Small volume elements are too biased, the largest dear: the cheapest lies between, its error in the target."""
    found = estimate_representativity(elements((16, 32, 64, 128), 60, rng=np.random.default_rng(6), bias=0.2), (), ())
    assert found.outcome is RepresentativityOutcome.REACHABLE
    assert found.volume_elements_needed[0] == 0
    row = list(found.edge_voxels).index(found.cheapest_edge_voxels)
    assert found.volume_elements_needed[row] == found.cheapest_volume_element_count
    costs = [n * e**3.0 for n, e in zip(found.volume_elements_needed, found.edge_voxels, strict=True) if n]
    assert found.cheapest_volume_element_count * found.cheapest_edge_voxels**3 == min(costs)
    assert all(
        n <= m for n, m in zip(found.volume_elements_for_scatter, found.volume_elements_needed, strict=True) if m
    )
    assert found.volume_elements_for_scatter[0] > 0
    assert -0.01 <= found.cheapest_error_low < found.cheapest_error_high <= 0.01
    needed = [
        (n, high)
        for n, high in zip(found.volume_elements_needed, found.volume_elements_needed_high, strict=True)
        if n and high
    ]
    assert all(high >= n for n, high in needed)


def test_a_target_out_of_reach_is_an_outcome():
    """Every size is biased beyond the target: no number, no cheapest, and no exception."""
    found = estimate_representativity(exact(bias=4.0), (), ())
    assert found.outcome is RepresentativityOutcome.OUT_OF_REACH
    assert found.cheapest_edge_voxels is None
    assert not found.volume_elements_needed.any()


def test_small_volume_elements_can_be_kept_out_of_the_fit():
    """Where small volume elements are another material the law holds from a size on; they are compared with it."""
    odd = tuple(element(3.0 + d, 16) for d in (-0.01, 0.01))
    found = estimate_representativity((*exact(EDGES[1:]), *odd), (), (), fit_from_edge_voxels=24)
    assert found.infinite_size_value == pytest.approx(2.0, rel=1e-4)
    assert found.bias[list(found.edge_voxels).index(16)] == pytest.approx(0.5, rel=1e-3)
    spoiled = estimate_representativity((*exact(EDGES[1:]), *odd), (), ())
    assert spoiled.bias_misfit > 10 * found.bias_misfit


def test_voxels_are_extrapolated_to_zero():
    """First order: exact for a line; at another order the model error tells."""

    def at(power):
        return tuple(
            element(2 * (1 + s) * (1 + 0.1 * (h / 4e-7) ** power), round(64 * 4e-7 / h), h)
            for h in (2e-7, 4e-7, 8e-7)
            for s in (0.0, 0.02, -0.02)
        )

    found = estimate_representativity(exact(), (), at(1), resolved_of=(0, 1, 2) * 3)
    expected = average_transport(at(1)[:3]).pore_tortuosity_factor / 1.05
    assert found.zero_voxel_value == pytest.approx(expected)
    assert found.resolution_bias == pytest.approx(0.1)
    assert found.zero_voxel_value_model_error == pytest.approx(0.0, abs=1e-9)
    assert found.zero_voxel_value_standard_error == pytest.approx(0.02 * expected / math.sqrt(3), rel=0.01)
    assert found.resolution_structure_count == 3
    bent = estimate_representativity(exact(), (), at(2), resolved_of=(0, 1, 2) * 3)
    assert abs(bent.zero_voxel_value - 2.0) < 2 * bent.zero_voxel_value_model_error
    second = estimate_representativity(exact(), (), at(2), resolved_of=(0, 1, 2) * 3, resolution_order=2.0)
    assert second.zero_voxel_value_model_error == pytest.approx(0.0, abs=1e-9)
    assert second.resolution_bias == pytest.approx(0.1)
    one = estimate_representativity(exact(), (), at(1)[::3], resolved_of=(0, 0, 0))
    assert one.zero_voxel_value_standard_error is None


def test_sizes_that_cannot_be_used_are_named():
    """A size at which no volume element conducts, and a single volume element, are left out with the reason."""
    blocked = tuple(element(math.inf, 8) for _ in range(3))
    found = estimate_representativity((*blocked, *exact(), element(2.0, 96)), (), ())
    assert "drawn 8: no volume element conducts" in found.left_out
    assert "drawn 96: a single volume element" in found.left_out
    assert found.edge_voxels.tolist() == list(EDGES)


def test_a_line_is_solved_by_weights():
    """Intercept and slope are combinations of the ordinates; a weight of zero takes an ordinate out."""
    x = np.array([0.0, 1.0, 2.0])
    intercept, slope = line(x, np.array([1.0, 1.0, 0.0]))
    y = np.array([1.0, 3.0, 100.0])
    assert (intercept @ y, slope @ y) == pytest.approx((1.0, 2.0))


def test_scatter_intervals_are_those_of_the_chi_square_distribution():
    """For ten values the textbook's factors 0.688 and 1.826 at 95 %."""
    assert scatter_interval(1.0, 10, 0.95) == pytest.approx((0.688, 1.826), abs=1e-3)
    assert scatter_interval(0.0, 1, 0.95) == (0.0, 0.0)


REFUSED = [
    ({"metric": "tortuosity"}, exact(), "'tortuosity' is not known"),
    ({}, exact((32,)), "1 sizes of at least 1 voxels"),
    ({"fit_from_edge_voxels": 64}, exact(), "1 sizes of at least 64 voxels"),
    ({}, (), "no volume elements can be used"),
    ({}, (*exact(), element(2.0, 32, voxel=1e-7)), "voxel_size_metre is 1e-07 in one volume element"),
    ({}, (*exact(), element(2.0, 32, method="other")), "method is other in one volume element"),
    ({}, (*exact(), element(2.0, 32, volume_element_count=2)), "a mean of several volume elements"),
]


@pytest.mark.parametrize(("parameters", "drawn", "message"), REFUSED, ids=[m for *_, m in REFUSED])
def test_what_nothing_can_be_learned_from_is_refused(parameters, drawn, message):
    """The reason is told."""
    with pytest.raises(SampleError, match=message):
        estimate_representativity(drawn, (), (), **parameters)


def test_structures_must_be_complete():
    """A structure that is missing at a voxel size, or has another edge, is refused."""
    whole = tuple(element(2.0, e, h) for e, h in ((64, 2e-7), (32, 4e-7)) for _ in range(2))
    assert isinstance(estimate_representativity(exact(), (), whole, resolved_of=(0, 1, 0, 1)), Representativity)
    for resolved, of in ((whole[:3], (0, 1, 0)), ((*whole[:2], element(2.0, 31, 4e-7), whole[3]), (0, 1, 0, 1))):
        with pytest.raises(SampleError, match="not the same"):
            estimate_representativity(exact(), (), resolved, resolved_of=of)
    with pytest.raises(SampleError, match="cut_from"):
        estimate_representativity((), exact(), (), cut_from=(0,))
