"""Pictures of evaluations: what is drawn is what the rows say, and what cannot be drawn is counted."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from matplotlib.collections import LineCollection, PathCollection

from ragone import plot
from ragone.app.columns import ColumnError

FRAME = pl.DataFrame(
    {
        "campaign": ["one"] * 4 + ["two"] * 2 + [None],
        "campaign_id": ["campaign-" + "1" * 64] * 4 + ["campaign-" + "2" * 64] * 2 + [None],
        "trial": [2, 0, 1, 3, 0, 1, None],
        "outcome": ["measured", "measured", "measured", "failed", "infeasible", "measured", "measured"],
        "feasible": [True, True, False, False, False, True, None],
        "objective": ["energy"] * 6 + [None],
        "objective_sense": ["maximise"] * 6 + [None],
        "objective_value": [5.0, 4.0, 9.0, None, None, 1.0, None],
        "objective_unit": ["W.h"] * 3 + [None, None, "W.h", None],
        "porosity": [0.3, 0.4, 0.5, 0.6, 0.35, 0.45, 0.55],
        "mass_loading_kilogram_per_square_metre": [0.1, 0.2, None, 0.3, 0.1, 0.2, 0.3],
        "energy": [5.0, 4.0, 9.0, None, None, 1.0, 3.0],
        "energy_standard_uncertainty": [0.5, 0.4, 0.9, None, None, None, 0.3],
        "energy_unit": ["W.h"] * 3 + [None, None, "W.h", "W.h"],
        "power": [1.0, 2.0, 9.0, None, 7.0, 3.0, 0.5],
        "power_unit": ["W"] * 3 + [None] + ["W"] * 3,
    }
)


@pytest.fixture(autouse=True)
def closed():
    """Let no figure stay open."""
    yield
    from matplotlib import pyplot

    pyplot.close("all")


def points(axes, marker="o"):
    """Every point that is drawn with a marker, as (x, y), with the colour of its face."""
    lines = [line for line in axes.get_lines() if line.get_marker() == marker and line.get_markersize() < 12]
    return {
        (float(x), float(y)): line.get_markerfacecolor()
        for line in lines
        for x, y in zip(*line.get_data(), strict=True)
    }


def bars(axes):
    """The ends of all error bars, as pairs of points."""
    lines = (each for each in axes.collections if isinstance(each, LineCollection))
    return [segment.tolist() for each in lines for segment in each.get_segments() if len(segment)]


def rings(axes):
    """The points of the front."""
    lines = [line for line in axes.get_lines() if line.get_markersize() == 12 and len(line.get_xdata())]
    return [tuple(map(float, point)) for line in lines for point in zip(*line.get_data(), strict=True)]


def test_a_scatter_has_units_error_bars_and_every_design():
    """Infeasible designs are hollow, those without a value crosses, and counted by outcome."""
    axes = plot.scatter(FRAME.lazy(), "porosity", "energy")
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("porosity [-]", "energy [W.h]")
    assert {point: face == "none" for point, face in points(axes).items()} == {
        (0.3, 5.0): False, (0.4, 4.0): False, (0.5, 9.0): True, (0.45, 1.0): False, (0.55, 3.0): False,
    }  # fmt: skip
    assert set(points(axes, "x")) == {(0.35, 0.0), (0.6, 0.0)}
    assert [[0.3, 4.5], [0.3, 5.5]] in bars(axes)
    assert axes.get_title(loc="left") == "2 of 7 designs without a value (×): 1 failed, 1 infeasible"


def test_the_front_is_of_feasible_designs_that_none_beats():
    """Which side is better is said for each axis."""
    axes = plot.scatter(FRAME, "power", "energy", front=("maximise", "maximise"))
    assert rings(axes) == [(1.0, 5.0), (2.0, 4.0), (3.0, 1.0)]
    assert rings(plot.scatter(FRAME, "power", "energy", front=("minimise", "maximise"))) == [(0.5, 3.0), (1.0, 5.0)]
    drawn = np.random.default_rng(3).integers(0, 6, (30, 2))
    many = plot.scatter(pl.DataFrame(drawn, ["a", "b"]), "a", "b", front=("maximise", "minimise"))
    unbeaten = [
        (a, b) for a, b in drawn.tolist() if not any((c >= a and d <= b) and (c, d) != (a, b) for c, d in drawn)
    ]
    assert sorted(rings(many)) == sorted(unbeaten)


def test_points_are_coloured_by_numbers_or_texts():
    """A point without a colour is grey and counted; more texts than colours are refused."""
    by_text = plot.scatter(FRAME, "porosity", "energy", colour="campaign")
    assert [text.get_text() for text in by_text.get_legend().get_texts()] == ["one", "two", "none"]
    by_number = plot.scatter(FRAME, "porosity", "energy", colour="mass_loading_kilogram_per_square_metre")
    (dots,) = (each for each in by_number.collections if isinstance(each, PathCollection))
    assert dots.get_offsets().tolist() == [[0.3, 5.0], [0.4, 4.0], [0.5, 9.0], [0.45, 1.0], [0.55, 3.0]]
    assert dots.get_facecolors()[:, 3].tolist() == [1.0, 1.0, 0.0, 1.0, 1.0]
    assert dots.get_edgecolors()[0].tolist() != dots.get_edgecolors()[4].tolist()
    assert "1 without mass loading [kg/m^2] (grey)" in by_number.get_title(loc="left")
    many = pl.DataFrame({"porosity": [0.1] * 11, "energy": [1.0] * 11, "name": list("abcdefghijk")})
    with pytest.raises(ColumnError, match="name has 11 values, more than 10 colours"):
        plot.scatter(many, "porosity", "energy", colour="name")


def test_a_history_shows_each_trial_and_the_best_feasible_so_far():
    """Trials in their order; what is infeasible or has no value is not the best."""
    axes = plot.history(FRAME)
    steps = {line.get_label(): line.get_data() for line in axes.get_lines() if line.get_drawstyle() == "steps-post"}
    assert list(steps) == ["one, best", "two, best"]
    assert steps["one, best"][1].tolist() == [4.0, 4.0, 5.0, 5.0]
    np.testing.assert_array_equal(steps["two, best"][1], [np.nan, 1.0])
    assert set(points(axes, "x")) == {(3.0, 0.0), (0.0, 0.0)}
    assert points(axes)[1.0, 9.0] == "none"
    assert [[0.0, 3.6], [0.0, 4.4]] in bars(axes)
    assert axes.get_ylabel() == "energy [W.h]"
    assert axes.get_title(loc="left") == (
        "2 of 6 designs without a value (×): 1 failed, 1 infeasible; 1 rows of no campaign"
    )
    least = plot.history(FRAME.with_columns(objective_sense=pl.lit("minimise")))
    assert least.get_lines()[3].get_ydata().tolist() == [4.0, 4.0, 4.0, 4.0]


def test_campaigns_with_different_objectives_have_no_common_history():
    """The error names both, and what to do."""
    mixed = FRAME.with_columns(objective=pl.when(campaign="two").then(pl.lit("power")).otherwise("objective"))
    with pytest.raises(ColumnError, match=r"objective is 'energy' and 'power'.*Filter the rows by objective"):
        plot.history(mixed)
    with pytest.raises(ColumnError, match="nowhere given"):
        plot.history(FRAME.clear())


def test_parallel_coordinates_go_through_every_value():
    """A column from its lowest to its highest value; a gap where there is none, with a cross."""
    axes = plot.parallel(FRAME, ["porosity", "mass_loading_kilogram_per_square_metre", "energy"])
    lines = [line.get_ydata() for line in axes.get_lines() if len(line.get_xdata()) == 3]
    np.testing.assert_allclose(lines[0], [0.0, 0.0, 0.5])
    np.testing.assert_allclose(lines[2], [2 / 3, np.nan, 1.0])
    assert [text.get_text() for text in axes.get_xticklabels()] == [
        "porosity\n[-]",
        "mass loading\n[kg/m^2]",
        "energy\n[W.h]",
    ]
    assert {text.get_text() for text in axes.texts} == {"0.3", "0.6", "0.1", "1", "9"}
    assert len(points(axes, "x")) == 2
    assert axes.get_title(loc="left").startswith("3 of 7 designs without a value (×): 1 failed, 1 infeasible, 1 meas")
    with pytest.raises(ColumnError, match="two columns or more"):
        plot.parallel(FRAME, ["porosity"])


def test_parallel_coordinates_spread_texts_evenly():
    """Each text has a place, in order; the line of the best row is thick; too many texts are refused."""
    frame = FRAME.with_columns(housing=pl.Series(["prism", "coin", None, "pouch", "coin", "prism", "coin"]))
    axes = plot.parallel(frame, ["housing", "energy"], best=1)
    lines = [line for line in axes.get_lines() if len(line.get_xdata()) == 2 and line.get_marker() == "o"]
    np.testing.assert_allclose([line.get_ydata()[0] for line in lines], [1, 0, np.nan, 0.5, 0, 1, 0])
    assert [line.get_linewidth() for line in lines].index(3.0) == 1
    heights = {text.get_text(): text.xy[1] for text in axes.texts}
    assert (heights["coin"], heights["pouch"], heights["prism"]) == (0.0, 0.5, 1.0)
    with pytest.raises(ColumnError, match="name has 11 values, more than 10"):
        plot.parallel(pl.DataFrame({"name": [str(n) for n in range(11)], "porosity": [0.1] * 11}), ["name", "porosity"])


def test_residuals_are_drawn_over_each_column():
    """Value less reference, uncertainties added in quadrature; two units are refused."""
    frame = FRAME.with_columns(fit=pl.lit(4.0), fit_standard_uncertainty=pl.lit(1.2))
    first, second = plot.residuals(frame, "energy", "fit", ["porosity", "power"])
    assert first.get_ylabel() == "energy [W.h]\nless fit"
    assert (second.get_xlabel(), second.get_title(loc="left")[:30]) == ("power [W]", "2 of 7 designs without a value")
    assert [[0.3, 1.0 - 1.3], [0.3, 1.0 + 1.3]] in bars(first)
    with pytest.raises(ColumnError, match=r"energy is in W.h and power in W"):
        plot.residuals(FRAME, "energy", "power", ["porosity"])


def test_columns_that_cannot_be_drawn_are_refused():
    """By name, with the nearest one."""
    with pytest.raises(ColumnError, match="no column 'porosty': did you mean 'porosity'"):
        plot.scatter(FRAME, "porosty", "energy")
    with pytest.raises(ColumnError, match="campaign holds String, no numbers"):
        plot.scatter(FRAME, "campaign", "energy")
    mixed = FRAME.with_columns(energy_unit=pl.Series(["W.h"] * 6 + ["J"]))
    with pytest.raises(ColumnError, match=r"energy has values in J and in W.h"):
        plot.scatter(mixed, "porosity", "energy")


def test_names_of_a_stranger_are_drawn_as_they_are(tmp_path):
    """A dollar begins no formula, and a picture is saved."""
    hostile = FRAME.with_columns(campaign=pl.lit("$\\frac \x1b"))
    for axes in (plot.history(hostile), plot.scatter(hostile, "porosity", "energy", colour="campaign")):
        axes.figure.savefig(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes()[:4] == b"\x89PNG"


def test_pictures_need_no_window(tmp_path):
    """A script without a display draws and saves; a given place is drawn into."""
    lines = (
        "import polars as pl, ragone",
        "from matplotlib import pyplot",
        "frame = pl.DataFrame({'porosity': [0.3, 0.4], 'energy': [1.0, 2.0]})",
        "figure, axes = pyplot.subplots()",
        "assert ragone.plot.scatter(frame, 'porosity', 'energy', axes=axes) is axes",
        "figure.savefig('picture.png')",
    )
    subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], check=True, cwd=tmp_path, env={"PATH": "", "HOME": str(tmp_path)}
    )
    assert (tmp_path / "picture.png").stat().st_size > 1000
