"""The policy holds for every form, and what makes a promise empty is refused or said before anything leaves."""

from __future__ import annotations

import pytest
from evaluated_designs import fill, measure
from shared_policy import POLICY, write_policy

from ragone.dataset import Lake
from ragone.flows.sharing.ledger import Ledger
from ragone.flows.sharing.policy import read_policy
from ragone.flows.sharing.sending import prepare_hyper_parameters, prepare_sums
from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.privacy import Privacy
from ragone.models.surrogate.conformal import Calibration
from ragone.models.surrogate.domain import Domain
from ragone.models.surrogate.features import Feature
from ragone.models.surrogate.kriging import Kriging
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas import CellDesign, Kpi, KpiOutcome, Recipe, ShareForm, Surrogate, Transport, stage
from ragone.schemas.errors import RagoneError

COUNT = 12
PROMISE = Privacy(1.0, 1e-6)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A lake of twelve designs."""
    place = tmp_path_factory.mktemp("leaving") / "lake"
    with Lake.open(place, create=True) as lake:
        fill(lake, COUNT, high=0.4)
    return place


def _sums(lake, folder, privacy=PROMISE, old="", new="", **chosen):
    policy = read_policy(write_policy(folder, old, new))
    return prepare_sums(
        Ledger(lake, folder / "key"), "energy_density", ShareForm.SURROGATE, policy, privacy, None, **chosen
    )


def _kriging(lake, features) -> str:
    """The id of a stored Gaussian process of these features."""
    import numpy as np

    points = np.random.default_rng(1).random((12, sum(one.width for one in features)))
    calibration = Calibration(np.ones(9), np.full(9, 1 / 9), 9)
    process = Kriging().fit(points, points.sum(axis=1), None, 0)
    trained = TrainedSurrogate(features, "gaussian_process", process, Domain.of(points), calibration)
    record = Surrogate(
        architecture="gaussian_process",
        weights=trained.weights(),
        settings={},
        trained_on=("kpi-1",),
        target="energy_density",
        target_unit="W.h/L",
        target_definition="energy over volume",
        features=[one.plain() for one in features],
    )
    return lake.put(record)


def test_hyper_parameters_obey_the_columns_of_the_policy(filled, tmp_path):
    """A feature, a target or an option that the policy does not name does not leave in length scales either."""
    porosity = Feature("porosity", "1", 0.2, 0.4)
    with Lake.open(filled) as lake:
        plain = _kriging(lake, (porosity, Feature("binder_adhesion", "1", 0.0, 1.0)))
        policy = read_policy(write_policy(tmp_path))
        assert "2 length scales" in prepare_hyper_parameters(lake, plain, policy).words[0]
        for gone in (
            "    binder_adhesion: {low: 0, high: 1}\n",
            "    energy_density: {low: 550 W.h/L, high: 650 W.h/L}\n",
        ):
            with pytest.raises(ShareError, match="does not allow the column"):
                prepare_hyper_parameters(lake, plain, read_policy(write_policy(tmp_path, gone, "")))
        chosen = _kriging(lake, (porosity, Feature("pore_outcome", "", options=("converged", "secret"))))
        path = tmp_path / "options.yaml"
        path.write_text(POLICY + "    pore_outcome: {options: [converged, not_percolating]}\n")
        with pytest.raises(ShareError, match="pore_outcome = secret"):
            prepare_hyper_parameters(lake, chosen, read_policy(path))
        path.write_text(POLICY + "    pore_outcome: {options: [converged, secret, other]}\n")
        words = prepare_hyper_parameters(lake, chosen, read_policy(path)).words
        assert any("pore_outcome: converged, secret" in one for one in words)


def test_one_column_is_not_stated_twice(filled, tmp_path):
    """With and without its unit it is one: two bounds of it would be one too many."""
    double = "    mass_loading_kilogram_per_square_metre: {low: 0, high: 1}\n    binder"
    with Lake.open(filled) as lake, pytest.raises(ShareError, match="are one column"):
        _sums(lake, tmp_path, old="    binder", new=double)


def test_the_target_is_no_feature(filled, tmp_path):
    """A target that is predicted from itself is refused."""
    with Lake.open(filled) as lake, pytest.raises(RagoneError):
        _sums(lake, tmp_path, features=("porosity", "energy_density"))


def test_delta_is_small_beside_the_number_of_designs(filled, tmp_path, monkeypatch):
    """At a delta of 1 over the designs a release that tells one of them whole would keep the promise."""
    monkeypatch.setattr(Privacy, "__post_init__", lambda self: None)  # which keeps it below a thousandth
    with Lake.open(filled) as lake:
        assert _sums(lake, tmp_path, Privacy(1.0, 0.08), "delta: 1e-5", "delta: 1")
        with pytest.raises(ShareError, match="no promise to 12 designs"):
            _sums(lake, tmp_path, Privacy(1.0, 0.084), "delta: 1e-5", "delta: 1")


def test_bounds_that_are_extremes_of_the_data_are_pointed_at(filled, tmp_path):
    """The file says the bounds; the owner is warned if one of them is a value of the data."""
    with Lake.open(filled) as lake:
        lowest = lake.sql("SELECT min(porosity) FROM recipes").item()
        assert not any("extreme values" in one for one in _sums(lake, tmp_path).words)
        said = _sums(lake, tmp_path, old="low: 20 %", new=f"low: {lowest!r}").words
    assert any("bounds of porosity:" in one and "extreme values" in one for one in said)


@stage("tests.blend")
def blend(one: Transport, other: Transport, recipe: Recipe, second: Recipe, design: CellDesign) -> Kpi:
    """A KPI of two recipes at once."""
    return Kpi(
        name="energy_density",
        value=600.0,
        unit="W.h/L",
        outcome=KpiOutcome.MEASURED,
        sample_count=1,
        definition="energy over volume",
        method="a formula",
    )


def test_a_row_of_two_designs_is_left_out(tmp_path):
    """It would be summed for neither of them, so that the privacy of both were spent unseen."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        fill(lake, COUNT, high=0.4)
        recipes = [lake.put(Recipe(active_material_weight_fraction=0.9, porosity=one)) for one in (0.3, 0.35)]
        transports = [lake.run(measure, recipe=one).id for one in recipes]
        design = lake.put(CellDesign(mass_loading_kilogram_per_square_metre=0.2))
        lake.run(blend, one=transports[0], other=transports[1], recipe=recipes[0], second=recipes[1], design=design)
        assert lake.sql("SELECT count(*) FROM evaluations WHERE recipe_id LIKE '%,%'").item() == 1
        prepared = _sums(lake, tmp_path, features=("mass_loading",))
    assert len(prepared.design_ids) == COUNT
