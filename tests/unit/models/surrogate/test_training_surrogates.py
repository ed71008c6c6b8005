"""A surrogate is chosen without parting a design, calibrated, described, and refused where nothing can be learned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragone.models.surrogate.conformal import Calibration
from ragone.models.surrogate.domain import Domain
from ragone.models.surrogate.errors import SurrogateError, SurrogateFileError
from ragone.models.surrogate.screening import Best, best_of, drawn_points, rows_of
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.models.surrogate.training import train_surrogate
from ragone.models.surrogate.validation import LeftOut, folds, weights_of
from ragone.schemas import Kpi, KpiOutcome

QUICK = ("mean", "linear", "quadratic")


def observations(count=40, noise=0.5, seed=0):
    """KPIs of designs with a porosity, a shape and a number of layers, and the columns beside them."""
    random = np.random.default_rng(seed)
    porosity, layers = random.uniform(0.2, 0.4, count), random.integers(1, 5, count)
    shapes = random.choice(["plate", "sphere"], count)
    values = 500 - 900 * (porosity - 0.3) ** 2 + 3 * layers + 5 * (shapes == "sphere")
    kpis = tuple(kpi(value + random.normal(0, noise), uncertainty=noise) for value in values)
    columns = {"porosity": porosity.tolist(), "layers": layers.tolist(), "shape": shapes.tolist()}
    return kpis, columns, list(range(count))


def kpi(value, uncertainty=None, **changes):
    """A KPI of that value."""
    given = {"name": "energy_density", "unit": "W.h/L", "definition": "energy over volume", "method": "test"}
    outcome = KpiOutcome.MEASURED if value is not None else KpiOutcome.INFEASIBLE
    values = {**given, "value": value, "standard_uncertainty": uncertainty, "outcome": outcome, "sample_count": 1}
    return Kpi(**{**values, **changes})


def train(kpis, columns, designs, methods=QUICK, **changes):
    """A surrogate of them."""
    given = {"target": "energy_density", "units": {}, "where": "", "snapshot_id": "", "seed": 1, "whole": ("layers",)}
    return train_surrogate(kpis, columns=columns, designs=designs, methods=methods, **{**given, **changes})


@pytest.fixture(scope="module")
def record():
    """A surrogate of forty designs."""
    return train(*observations())


def test_what_is_learned_is_predicted_with_an_interval(record):
    """Numbers, whole numbers and texts; the card names method, errors, data, domain and importance."""
    assert record.architecture == "quadratic"
    trained = TrainedSurrogate.load(record)
    found = trained.predict_rows({"porosity": [0.3, 0.25], "layers": [2, 3], "shape": ["sphere", "plate"]})
    assert found.means == pytest.approx([511.0, 506.75], abs=0.6)
    assert (found.low < found.means).all()
    assert (found.high - found.low < 4).all()
    card = record.card
    assert set(card) >= {"purpose", "data", "mean_absolute_error", "calibration", "applicability_domain", "importance"}
    assert list(card["importance"])[-1] in ("layers", "porosity", "shape")
    assert card["importance"]["layers"] > 1
    assert card["data"]["noise"] == "standard uncertainty of each"
    assert record.metrics["mean_absolute_error"] == card["mean_absolute_error"]["quadratic"]
    assert record.target_definition == "energy over volume"


def test_order_of_columns_is_of_no_consequence(record):
    """A run records its parameters as JSON, whose keys have no order, and whose 1.0 is 1."""
    kpis, columns, designs = observations()
    again = train(kpis, dict(reversed(columns.items())), designs)
    assert again.weights == record.weights
    assert again.features == record.features


def test_designs_are_never_parted():
    """All observations of a design are left out together; every observation once."""
    groups = np.array([0, 0, 1, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11])
    parted = folds(groups, 3)
    assert len(parted) == 10
    assert sorted(row for out, _ in parted for row in out.tolist()) == list(range(len(groups)))
    for out, others in parted:
        assert not set(groups[out]) & set(groups[others])


def test_repeats_of_a_design_do_not_make_a_method_look_better():
    """A table of noise that repeats: within designs it is known by heart, between designs nothing can be learned."""
    random = np.random.default_rng(5)
    porosity = np.repeat(random.uniform(0.2, 0.4, 20), 6)
    values = np.repeat(random.normal(500, 10, 20), 6) + random.normal(0, 0.1, 120)
    kpis = tuple(kpi(value) for value in values)
    parted = train(
        kpis, {"porosity": porosity.tolist()}, np.repeat(range(20), 6).tolist(), ("mean", "gradient_boosting")
    )
    errors = parted.card["mean_absolute_error"]
    assert errors["gradient_boosting"] > 0.8 * errors["mean"]
    alone = train(kpis, {"porosity": porosity.tolist()}, list(range(120)), ("mean", "gradient_boosting"))
    assert alone.card["mean_absolute_error"]["gradient_boosting"] < 0.1 * errors["mean"]


def test_designs_weigh_alike():
    """However many observations each has."""
    assert weights_of(np.array([7, 7, 7, 9])) == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2])


def test_the_factor_is_the_finite_sample_quantile():
    """Of 19 scores 1 to 19, 90 % of 20 is the 18th; where more is asked for than designs allow there is none."""
    scores = LeftOut(np.arange(19.0, 0, -1), np.ones(19), np.full(19, 1 / 19))
    found = Calibration.of(scores, 19)
    assert found.factor(0.9) == 18.0
    assert found.factor(0.95) == 19.0
    assert found.factor(0.96) is None


def test_a_point_beyond_the_training_points_is_outside():
    """Beyond a range, or where the combination is far from all of them; at their centre it is inside."""
    along = np.random.default_rng(1).random(60)
    points = np.column_stack([along, np.clip(along + 0.02 * np.random.default_rng(2).standard_normal(60), 0, 1)])
    domain = Domain.of(points)
    assert domain.contains(np.array([[0.5, 0.5], [0.5, 1.2], [0.1, 0.9]])).tolist() == [True, False, False]
    assert domain.leverages(points).mean() == pytest.approx(3 / 60)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda k, c, d: (k[:1], {n: v[:1] for n, v in c.items()}, d[:1]), "1 observations .* are too few"),
        (lambda k, c, d: (k, c, [0] * len(k)), "of 1 different designs, are too few"),
        (lambda k, c, d: (tuple(kpi(5.0) for _ in k), c, d), "all 40 observations of energy_density are 5"),
        (lambda k, c, d: ((kpi(None), *k[1:]), c, d), "has no finite value"),
        (
            lambda k, c, d: ((*k[1:], kpi(5.0, definition="of the stack")), c, d),
            r"defined in 2 ways .* \[W.h/L: energy",
        ),
        (lambda k, c, d: ((*k[1:], kpi(5.0, unit="W.h/kg")), c, d), "defined in 2 ways"),
        (lambda k, c, d: ((*k[1:], kpi(5.0, name="energy")), c, d), "is the KPI energy, not energy_density"),
        (lambda k, c, d: (k, {"porosity": [0.3] * len(k)}, d), "nothing that the designs differ in is among porosity"),
        (lambda k, c, d: (k, {**c, "porosity": [float("nan"), *c["porosity"][1:]]}, d), "column porosity holds"),
        (lambda k, c, d: (k, {**c, "porosity": [None, *c["porosity"][1:]]}, d), "column porosity holds"),
        (lambda k, c, d: (k, {}, d), "among no column"),
    ],
)
def test_what_cannot_be_learned_is_refused(change, said):
    """What it is, and what to do."""
    with pytest.raises(SurrogateError, match=said):
        train(*change(*observations()))


def test_an_unknown_method_is_refused():
    """With the nearest one."""
    with pytest.raises(SurrogateError, match="'linaer' is not known: did you mean 'linear'"):
        train(*observations(), methods=("linaer",))


def test_duplicate_observations_are_no_evidence_of_their_own():
    """Twice the same designs leave as many designs, and intervals no tighter for it than by rounding."""
    kpis, columns, designs = observations(20)
    twice = train(kpis * 2, {n: v * 2 for n, v in columns.items()}, designs * 2, ("quadratic",))
    once = train(kpis, columns, designs, ("quadratic",))
    assert twice.card["data"]["design_count"] == once.card["data"]["design_count"] == 20
    widths = [TrainedSurrogate.load(one) for one in (twice, once)]
    row = {"porosity": [0.3], "layers": [2], "shape": ["plate"]}
    ends = [w.predict_rows(row) for w in widths]
    assert (ends[0].high - ends[0].low)[0] > 0.8 * (ends[1].high - ends[1].low)[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: replace(r, weights=r.weights[:-9]), "cut short"),
        (lambda r: replace(r, weights=b"\x80\x04pickle" * 9), "not a whole safetensors file"),
        (lambda r: replace(r, architecture="linear"), "of architecture 'quadratic' in format 1, not 'linear'"),
        (lambda r: replace(r, architecture="oracle"), "of architecture 'oracle'; this version knows mean, linear"),
        (lambda r: replace(r, features=r.features[:1]), "do not fit its features"),
        (lambda r: replace(r, features=[{"name": "porosity"}]), "do not fit its features"),
    ],
)
def test_weights_that_are_not_the_record_s_are_refused(record, change, said):
    """Before anything is predicted."""
    with pytest.raises(SurrogateFileError, match=said):
        TrainedSurrogate.load(change(record))


def test_a_feature_that_is_missing_or_unheard_of_is_refused(record):
    """By its name."""
    trained = TrainedSurrogate.load(record)
    with pytest.raises(SurrogateError, match="needs a value for layers, shape"):
        trained.predict_rows({"porosity": [0.3]})
    with pytest.raises(SurrogateError, match="shape = 'cube' was never seen"):
        trained.predict_rows({"porosity": [0.3], "layers": [2], "shape": ["cube"]})


def test_screening_finds_the_optimum(record):
    """Of many designs the best: porosity at its optimum, most layers, spheres; limits are kept."""
    trained = TrainedSurrogate.load(record)
    best = Best.none(trained.axes)
    for points in drawn_points(trained.features, {}, 50_000, 1):
        best = best.joined(best_of(trained, points, 5, 1.0), 5, 1.0)
    rows = rows_of(trained, best, 0.9)
    assert best.screened == 50_000
    assert rows["layers"] == [4] * 5
    assert rows["shape"] == ["sphere"] * 5
    assert rows["porosity"] == pytest.approx([0.3] * 5, abs=0.01)
    assert rows["prediction"] == sorted(rows["prediction"], reverse=True)
    limits = {"porosity": (0.2, 0.22), "shape": ["plate"]}
    narrow = np.vstack(list(drawn_points(trained.features, limits, 4000, 1)))
    smallest = rows_of(trained, best_of(trained, narrow, 3, -1.0), 0.9)
    assert smallest["shape"] == ["plate"] * 3
    assert max(smallest["porosity"]) <= 0.22 + 1e-12
    assert smallest["layers"] == [1] * 3


def test_designs_outside_of_the_domain_are_kept_only_if_asked_for(record):
    """The largest prediction of a million is else the largest error of extrapolation."""
    trained = TrainedSurrogate.load(record)
    points = np.vstack(list(drawn_points(trained.features, {"porosity": (0.2, 0.9)}, 2000, 1)))
    inside = best_of(trained, points, 2000, -1.0)
    assert len(inside.means) == inside.inside < 2000
    assert len(best_of(trained, points, 2000, -1.0, anywhere=True).means) == 2000


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"porsity": (0.2, 0.3)}, "no feature 'porsity': did you mean 'porosity'"),
        ({"porosity": (0.3, 0.2)}, "is no range. Exchange its ends"),
        ({"shape": ["cube"]}, "shape = 'cube' was never seen"),
    ],
)
def test_limits_that_are_none_are_refused(record, limits, said):
    """By name."""
    with pytest.raises(SurrogateError, match=said):
        list(drawn_points(TrainedSurrogate.load(record).features, limits, 10, 1))
