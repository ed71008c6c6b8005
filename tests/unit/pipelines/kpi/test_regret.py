"""Regret over conditions, by hand."""

from __future__ import annotations

import pytest

from ragone.pipelines.kpi import largest_regret
from ragone.schemas import Kpi, KpiOutcome
from ragone.schemas.errors import StageError

POWERS = ("10 W", "200 W")


def kpi(value: float | None, uncertainty: float | None = 1.0) -> Kpi:
    """An energy density."""
    return Kpi(
        name="energy_density",
        value=value,
        unit="W.h/L",
        outcome=KpiOutcome.INFEASIBLE if value is None else KpiOutcome.MEASURED,
        standard_uncertainty=uncertainty,
        sample_count=1,
        definition="test",
        method="test",
    )


def regret(own: list[Kpi], others: list[Kpi], **more: object) -> Kpi:
    """The largest regret over two powers."""
    return largest_regret.function(tuple(own), tuple(others), conditions=POWERS, **more)


def test_the_largest_shortfall_counts_with_its_uncertainty():
    """10 % behind one design at 10 W, 20 % behind another at 200 W."""
    found = regret([kpi(90.0), kpi(80.0)], [kpi(100.0), kpi(10.0), kpi(50.0), kpi(100.0, 2.0)])
    assert found.value == pytest.approx(0.2)
    assert "at 200 W" in found.method
    assert found.standard_uncertainty == pytest.approx((1 + (0.8 * 2) ** 2) ** 0.5 / 100)
    assert regret([kpi(90.0), kpi(80.0, None)], [kpi(100.0), kpi(100.0)]).standard_uncertainty is None


def test_the_best_everywhere_regrets_nothing_and_the_smallest_may_be_best():
    """Zero, exactly; of what is minimised a larger value is the shortfall."""
    assert regret([kpi(100.0), kpi(90.0)], [kpi(90.0), kpi(80.0)]).value == 0.0
    assert regret([kpi(110.0), kpi(90.0)], [kpi(100.0), kpi(90.0)], maximise=False).value == pytest.approx(0.1)


def test_delivering_nothing_is_a_whole_regret_unless_nobody_delivers():
    """A condition that no design meets says nothing of any."""
    assert regret([kpi(100.0), kpi(None)], [kpi(90.0), kpi(5.0)]).value == 1.0
    alone = regret([kpi(99.0), kpi(None)], [kpi(100.0), kpi(None)])
    assert alone.value == pytest.approx(0.01)
    assert alone.sample_count == 1
    assert regret([kpi(None), kpi(None)], [kpi(None), kpi(None)]).value is None


@pytest.mark.parametrize(
    ("own", "others", "message"),
    [([kpi(1.0)], [], "1 KPIs"), ([kpi(1.0)] * 2, [kpi(1.0)], "1 of others"), ([kpi(0.0)] * 2, [], "not positive")],
)
def test_what_does_not_match_is_refused(own: list[Kpi], others: list[Kpi], message: str):
    """Numbers of KPIs, and values without a share."""
    with pytest.raises(StageError, match=message):
        regret(own, others)
