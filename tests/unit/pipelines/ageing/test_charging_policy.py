"""Charging policies: what is read of them, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ragone.pipelines.ageing.charging_policy import ChargingPolicyError, parse_charging_policy


def _values(text: str) -> dict[str, float]:
    return {name: of["value"] for name, of in parse_charging_policy(text).covariates.items()}


def test_two_steps_have_the_time_and_rates_that_follow_by_hand() -> None:
    """5.4C to 60 %, 3.6C to 80 %: 0.6 / 5.4 + 0.2 / 3.6 hours, and the weighted rate of the ohmic heat."""
    found = _values("5.4C(60%)-3.6C")
    assert (found["first_rate"], found["switch_state_of_charge"], found["second_rate"]) == (5.4, 0.6, 3.6)
    assert found["charging_time_to_80"] == pytest.approx(60 * (0.6 / 5.4 + 0.2 / 3.6))
    assert found["mean_rate"] == pytest.approx(0.8 / (0.6 / 5.4 + 0.2 / 3.6))
    assert found["charge_weighted_rate"] == pytest.approx((0.6 * 5.4 + 0.2 * 3.6) / 0.8)


def test_a_policy_of_one_current_has_it_throughout() -> None:
    """4C up to 80 % takes 12 minutes, and all of its rates are 4C."""
    found = _values("4C(80%)-4C")
    assert found.pop("charging_time_to_80") == pytest.approx(12)
    assert found.pop("switch_state_of_charge") == 0.8
    assert set(found.values()) == {4.0}
    assert _values("4C")["charging_time_to_80"] == pytest.approx(12)


def test_a_current_that_takes_up_no_charge_is_not_the_largest() -> None:
    """Up to 80 %, what is written behind the step that reaches them has no effect."""
    assert _values("3C(80%)-6C")["largest_rate"] == 3.0


def test_three_steps_are_read() -> None:
    """The second rate is that of the second step; the last rate is another."""
    found = _values("6C(30%)-5C(60%)-4C")
    assert (found["second_rate"], found["last_rate"]) == (5.0, 4.0)
    assert found["charging_time_to_80"] == pytest.approx(60 * (0.3 / 6 + 0.3 / 5 + 0.2 / 4))


@pytest.mark.parametrize(
    "text", ["5.4C(40%)-3.6C-newstructure", "5_4C-40PER_3_6C", " 5.4c (40%) - 3.6C", "5.4C(40.0%)-3.6C"]
)
def test_other_spellings_mean_the_same(text: str) -> None:
    """Tails, the form of folder names, spaces and small letters change nothing."""
    assert parse_charging_policy(text) == parse_charging_policy("5.4C(40%)-3.6C")


@pytest.mark.parametrize(
    "text", ["", "fast", "5.4C-3.6C", "5.4(60%)-3.6C", "5.4C(60%)", "5.4C(90%)-3.6C", "6C(50%)-5C(40%)-4C", "5C(0%)-4C"]
)
def test_a_text_of_another_form_is_refused(text: str) -> None:
    """The message quotes it and says what is expected."""
    with pytest.raises(ChargingPolicyError, match="charging policy"):
        parse_charging_policy(text)


def test_a_current_of_zero_is_refused() -> None:
    """It would never end."""
    with pytest.raises(ValueError, match="outside"):
        parse_charging_policy("0C(60%)-3.6C")


def test_all_policies_of_severson_are_read(shared_data: Path) -> None:
    """Each of the 84 cells' policies charges to 80 % in the 8 to 14 minutes of a fast charge."""
    with (shared_data / "severson_cycle_lives.csv").open(encoding="utf-8", newline="") as file:
        policies = [row["Charging policy"] for row in csv.DictReader(file)]
    times = [parse_charging_policy(policy).charging_time for policy in policies]
    assert len(times) == 84
    assert 8.5 < min(times) < max(times) < 13.5
