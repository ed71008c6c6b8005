"""Early prediction: learned where the first cycles say something, refused where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.models.survival.early_features import early_features
from ragone.models.survival.early_prediction import folds
from ragone.models.survival.log_normal_lives import LogNormalLives
from ragone.models.survival.predict_early import predict_from_first_cycles
from ragone.schemas import EarlyOutcome
from ragone.schemas.errors import StageError
from tests.synthetic_cells import power_law_fade


def _fades(rng, *, count=36, until=900, informative=True):
    """Cells of nine designs; their first hundred cycles say how long they live, or are the same for all."""
    designs = tuple(f"design {number % 9}" for number in range(count))
    offsets = dict(zip(sorted(set(designs)), rng.normal(0, 0.3, 9), strict=True))
    fades = []
    for number, design in enumerate(designs):
        life = float(np.exp(np.log(700) + offsets[design] + rng.normal(0, 0.1)))
        fade = power_law_fade(life, min(until, life * 1.01), noise=2e-4, cell_name=f"cell {number}")
        if not informative:
            capacities = fade.discharging_capacity_ampere_hour.copy()
            capacities[:100] = 5.0 + rng.normal(0, 1e-3, 100)
            fade = power_law_fade(
                life, min(until, life * 1.01), cell_name=fade.cell_name, discharging_capacity_ampere_hour=capacities
            )
        fades.append(fade)
    return tuple(fades), designs


def test_features_of_a_line_are_those_of_a_line():
    """A linear fade of 0.2 in 999 cycles: its loss over cycles 11 to 100, no acceleration, no rise, no scatter."""
    found = early_features(power_law_fade(1000, 300, power=1.0), cycles=100)
    assert found["log_loss"] == pytest.approx(np.log(0.2 * 89 / 999), rel=1e-9)
    assert found["acceleration"] == pytest.approx(0.0, abs=1e-6)
    assert found["initial_rise"] == 0.0
    assert found["log_scatter"] == pytest.approx(np.log(1e-5))
    assert early_features(power_law_fade(1000, 60), cycles=100) == {}


def test_resistance_is_a_feature_where_it_was_measured(example):
    """The logarithm of its growth over the stretch."""
    fade = power_law_fade(1000, 100, internal_resistance_ohm=np.linspace(0.02, 0.03, 100))
    expected = np.log(np.linspace(0.02, 0.03, 100)[98] / np.linspace(0.02, 0.03, 100)[11])
    assert early_features(fade, cycles=100)["resistance_growth"] == pytest.approx(expected)


def test_a_censored_log_normal_is_found():
    """Ten thousand lives, half of them stopped, give back slope, intercept and deviation."""
    rng = np.random.default_rng(6)
    feature = rng.normal(size=(10_000, 1))
    truth = np.exp(6.5 + 0.4 * feature[:, 0] + rng.normal(0, 0.25, 10_000))
    stop = rng.uniform(400, 1000, 10_000)
    entered = (truth > 300) & (stop > 300)
    lives, dead = np.minimum(truth, stop)[entered], (truth <= stop)[entered]
    model = LogNormalLives.fit(lives, dead, feature[entered], entry=300.0, width=10.0)
    assert (model.coefficients / model.scale)[0] == pytest.approx(0.4, rel=0.05)
    assert model.means(np.zeros((1, 1)))[0] == pytest.approx(6.5, abs=0.03)
    assert model.deviation == pytest.approx(0.25, rel=0.05)


def test_slopes_are_those_of_the_likelihood():
    """By mean and by the logarithm of the deviation, against central differences."""
    lives, dead, nothing = np.array([200.0, 500.0, 900.0]), np.array([True, False, True]), np.zeros((3, 0))

    def model(mean: float, log_deviation: float) -> LogNormalLives:
        return LogNormalLives(mean, np.zeros(0), float(np.exp(log_deviation)), np.zeros(0), np.ones(0))

    def likelihood(mean: float, log_deviation: float):
        return model(mean, log_deviation).log_likelihood(lives, dead, nothing, entry=100.0)

    by_mean, by_deviation = model(6.0, -0.5).slopes(lives, dead, nothing, entry=100.0)
    step = 1e-5
    assert by_mean == pytest.approx((likelihood(6 + step, -0.5) - likelihood(6 - step, -0.5)) / (2 * step), rel=1e-7)
    assert by_deviation == pytest.approx(
        (likelihood(6, -0.5 + step) - likelihood(6, -0.5 - step)) / (2 * step), rel=1e-7
    )


def test_quantiles_are_of_cells_that_have_lasted():
    """The median of those beyond the median is the upper quartile."""
    model = LogNormalLives(6.0, np.zeros(0), 0.3, np.zeros(0), np.ones(0))
    nothing = np.zeros((1, 0))
    assert model.quantiles(nothing, 0.5, beyond=np.exp([6.0]))[0] == pytest.approx(np.exp(6 + 0.3 * 0.6744898))


def test_designs_are_held_out_whole():
    """Each life is held out once, with all others of its design."""
    design = np.array([0, 0, 1, 2, 2, 3, 4, 5])
    held = list(folds(design, np.ones(8, dtype=bool)))
    assert np.sum(held, axis=0).tolist() == [1] * 8
    assert all(len(set(design[one]) & set(design[~one])) == 0 for one in held)


def test_informative_cycles_are_used_and_their_error_is_said():
    """The error on designs held out is below that without features, and running cells are predicted about right."""
    fades, designs = _fades(np.random.default_rng(7))
    found = predict_from_first_cycles(fades, designs=designs, cycles=100)
    assert found.outcome is EarlyOutcome.USED
    assert "log_loss" in found.feature_names
    assert found.relative_error < 0.5 * found.relative_error_without
    assert found.concordance > 0.85
    assert found.interval_coverage > 0.7
    assert len(found.cell_names) == found.life_count - found.death_count > 0
    assert (found.life_low <= found.life_median).all()
    assert (found.life_median > found.cycles_done).all()


def test_cycles_that_say_nothing_are_not_used():
    """What predicts no better than no feature is refused, and the error is still said."""
    fades, designs = _fades(np.random.default_rng(8), informative=False)
    found = predict_from_first_cycles(fades, designs=designs, cycles=100)
    assert found.outcome is EarlyOutcome.NOT_BETTER
    assert found.feature_names == ()
    assert found.gain is not None


def test_nothing_is_learned_from_few_deaths():
    """An outcome, not an error; cells that died early or were not seen are named."""
    fades, designs = _fades(np.random.default_rng(9), until=450)
    short = power_law_fade(90, 95, cell_name="early death")
    found = predict_from_first_cycles((*fades, short), designs=(*designs, "x"), cycles=100)
    assert found.outcome is EarlyOutcome.TOO_FEW
    assert any("early death" in one for one in found.left_out)


def test_designs_and_fades_go_together():
    """One name for each fade."""
    with pytest.raises(StageError, match="one name for each fade"):
        predict_from_first_cycles((power_law_fade(500, 200),), designs=(), cycles=100)
