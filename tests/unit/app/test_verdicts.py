"""A verdict, told."""

from __future__ import annotations

from ragone.app.tables.verdicts import verdict_text


def test_what_deviates_and_what_changed(example):
    """The text names the verdict, each deviation and its judgement, each step of a deep run, and what changed since."""
    found = example(
        "verification",
        verdict="different",
        deep=True,
        deviations=[{"field": "value", "within": False, "note": "value: deviates by 2 (0.1 relative)"}],
        chain=[{"artifact": "kpi-1", "stage": "extract", "verdict": "different"}],
        code_changed=("ragone.pipelines.kpi",),
        environment_changed=("python: 3.11 -> 3.12",),
        error="ValueError: x",
    )
    assert verdict_text(found).splitlines()[1:] == [
        "  value: deviates by 2 (0.1 relative) (beyond tolerance)",
        "  step 1: kpi-1  extract  different",
        "  code changed since: ragone.pipelines.kpi",
        "  environment changed since: python: 3.11 -> 3.12",
        "  ValueError: x",
    ]
    assert verdict_text(found).startswith("different: design-")


def test_a_bitwise_verdict_is_one_line(example):
    """Nothing to add, nothing added."""
    assert verdict_text(example("verification")) == "bitwise equal: design-" + "0" * 64
