"""Licences along what artifacts are made of."""

from __future__ import annotations

import lake_stages as stages
import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.dataset.exchange import export, import_crate
from ragone.dataset.exchange.licences import INCOMPATIBLE, OWN, UNKNOWN, LicenceError, licences, whole
from ragone.dataset.exchange.selection import select
from ragone.dataset.exchange.terms import TERMS, excludes, terms_of
from ragone.schemas import CellDesign, Kpi, Microstructure, stage
from ragone.schemas.electrode import cubic_voxels


@stage("overlay")
def overlay(cubes: tuple[Microstructure, ...]) -> Kpi:
    """A number that is made of several volumes."""
    return stages.kpi(float(sum(int(cube.labels.sum()) for cube in cubes)))


def image(licence: str, label: int = 0) -> Microstructure:
    """An image of one voxel under a licence."""
    return Microstructure(
        labels=np.full((1, 1, 1), label, np.uint8),
        voxel_edges_metre=cubic_voxels(4e-7),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source=f"an image, {licence}",
        licence=licence,
    )


def of_images(lake, *named: str) -> str:
    """A KPI that is made of one image under each licence."""
    return lake.run(overlay, cubes=[lake.put(image(licence, n % 3)) for n, licence in enumerate(named)]).id


def licence_of(lake, name: str, own: str = ""):
    """The licence of an artifact in the crate that is made of it."""
    return licences(select(lake, name), own)[name]


def test_a_result_is_no_freer_than_its_image(lake):
    """A KPI of an image under CC-BY-NC is under CC-BY-NC, and says who states it."""
    shown = lake.put(image("CC-BY-NC-4.0"))
    kpi = lake.run(stages.count, cube=shown).id
    found = licence_of(lake, kpi)
    assert (found.licence, dict(found.met)) == ("CC-BY-NC-4.0", {shown: "CC-BY-NC-4.0"})
    assert found.address == "https://spdx.org/licenses/CC-BY-NC-4.0.html"


def test_what_informed_a_decision_passes_no_licence_on(lake, design):
    """A design that was suggested after looking at somebody's image is the lake owner's, and so is what follows."""
    trial = lake.run(stages.count, cube=lake.put(image("CC-BY-NC-ND-4.0"))).id
    decided = lake.run(stages.steer, start=lake.put(design()), trials=[trial]).id
    volume = lake.run(stages.grow, design=decided, seed=1).id
    found = licences(select(lake, volume), "CC0-1.0")
    assert found[volume].licence == found[decided].licence == "CC0-1.0"
    assert found[trial].licence == INCOMPATIBLE


@pytest.mark.parametrize(
    ("named", "strictest"),
    [
        (["CC0-1.0", "CC-BY-4.0"], "CC-BY-4.0"),
        (["CC-BY-4.0", "MIT"], "MIT"),
        (["CC-BY-4.0", "CC-BY-SA-4.0"], "CC-BY-SA-4.0"),
        (["CC-BY-NC-SA-4.0", "CC-BY-NC-4.0", "CC0-1.0"], "CC-BY-NC-SA-4.0"),
        (["CC BY 4.0"], "CC-BY-4.0"),
    ],
)
def test_the_strictest_is_passed_on(lake, named, strictest):
    """Of several licences that go together the one that asks for most; spelled in any case."""
    found = licence_of(lake, of_images(lake, *named), "CC0-1.0")
    assert found.licence == strictest
    assert len(found.met) == len(named)
    assert found.reasons == ()


@pytest.mark.parametrize(
    "named",
    [
        ["CC-BY-SA-4.0", "CC-BY-NC-4.0"],
        ["CC-BY-SA-4.0", "ODbL-1.0"],
        ["CC-BY-NC-SA-4.0", "CC-BY-SA-4.0"],
        ["CC-BY-ND-4.0"],
    ],
)
def test_licences_that_exclude_each_other_are_named(lake, named):
    """Nothing is chosen where what is made of both could not be passed on; the reason names a licence."""
    kpi = of_images(lake, *named)
    found = licence_of(lake, kpi)
    assert found.licence == INCOMPATIBLE
    assert found.address == ""
    assert named[0] in found.reasons[0]


@pytest.mark.parametrize("stated", ["unknown", "see the website", ""])
def test_unknown_stays_unknown(lake, stated):
    """It is never taken for a permission, whatever else a result is made of and whatever the exporter names."""
    found = licence_of(lake, of_images(lake, "CC0-1.0", stated), "CC0-1.0")
    assert found.licence == UNKNOWN
    assert "states" in found.reasons[0]


def test_what_is_ours_is_under_no_licence_until_we_name_one(lake, design):
    """Recipes and simulated volumes are their owners'; a licence that the exporter names takes the place."""
    volume = lake.run(stages.grow, design=lake.put(design()), seed=1).id
    assert licence_of(lake, volume).licence == OWN
    assert licence_of(lake, volume, "cc-by-4.0").licence == "CC-BY-4.0"
    mixed = lake.run(overlay, cubes=[volume, lake.put(image("CC-BY-4.0"))]).id
    assert licence_of(lake, mixed).licence == OWN
    with pytest.raises(LicenceError, match=r"CC-BY-5\.0"):
        licence_of(lake, volume, "CC-BY-5.0")


def test_somebodys_parameter_file_has_no_licence_of_ours(lake):
    """A cell design that holds the content of a BPX file is unknown; one that names a parameter set is ours."""
    held = lake.put(CellDesign(mass_loading_kilogram_per_square_metre=0.2, parameters={"Header": {}}))
    assert licence_of(lake, held, "CC0-1.0").licence == UNKNOWN
    named = lake.put(CellDesign(mass_loading_kilogram_per_square_metre=0.2))
    assert licence_of(lake, named, "CC0-1.0").licence == "CC0-1.0"


def test_what_was_dropped_keeps_the_licence_of_what_it_was_made_of(lake, design):
    """Its own record cannot be read any more, its parents can."""
    volume = lake.run(stages.grow, design=lake.put(design()), seed=1).id
    kpi = lake.run(stages.count, cube=volume).id
    lake.drop([volume], reason="space")
    assert licence_of(lake, kpi, "CC-BY-4.0").licence == "CC-BY-4.0"


def test_a_crate_names_the_strictest_beside_each_other(lake):
    """Works side by side need not be compatible: the crate is under the strictest, and a derived conflict is said."""
    first, second = lake.put(image("CC-BY-SA-4.0")), lake.put(image("CC-BY-NC-4.0", 1))
    found = licences(select(lake, lake.run(stages.count, cube=first).id), "CC0-1.0")
    assert whole(found).licence == "CC-BY-SA-4.0"
    both = {first: licence_of(lake, first), second: licence_of(lake, second)}
    assert whole(both).licence == "CC-BY-NC-4.0"


def test_what_came_in_a_crate_is_not_ours_to_license(lake, design, tmp_path):
    """A licence that the exporter names covers what is the lake's own; without one nothing changes on the way."""
    volume = lake.run(stages.grow, design=lake.put(design()), seed=1).id
    before = licences(select(lake, volume))
    export(lake, volume, tmp_path / "crate")
    import_crate(tmp_path / "crate", tmp_path / "other")
    with Lake.open(tmp_path / "other") as other:
        assert licences(select(other, volume)) == before
        kpi = other.run(overlay, cubes=[volume, other.put(image("CC-BY-4.0"))]).id
        found = licences(select(other, kpi), "CC0-1.0")
    assert found[kpi].licence == found[volume].licence == OWN
    assert volume in found[volume].reasons[-1]


def test_terms_are_from_the_most_permissive_to_the_strictest():
    """No licence asks for less than one in front of it asks for alone; each goes with itself unless it forbids."""
    listed = list(TERMS.values())
    for place, one in enumerate(listed):
        assert all(not later.duties < one.duties for later in listed[place + 1 :])
        assert bool(excludes(one, one)) is one.no_derivatives
        assert terms_of(one.id.lower()) is one
