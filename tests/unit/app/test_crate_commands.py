"""`ragone export` and `ragone import-crate`: what they say, and that a root that was published is asked for."""

from __future__ import annotations


def test_a_result_travels(cli, stored, tmp_path):
    """Export prints the root; import into another lake says what came, who vouches for it, and what to do."""
    name = stored.ids["microstructure"]
    made = cli("export", "--lake", stored.place, name, tmp_path / "crate.zip", "--json").data
    assert made["root_id"] == name
    came = cli("import-crate", "--lake", tmp_path / "other", tmp_path / "crate.zip", "--expect", made["root"])
    assert came.code == 0
    assert f"root {made['root']}: as was expected." in came.out
    assert f"ragone reproduce --lake {tmp_path / 'other'} {name} --deep" in came.out
    again = cli("import-crate", "--lake", tmp_path / "other", tmp_path / "crate.zip")
    assert "nobody vouched for it" in again.out
    assert "was in" in again.out
    assert cli("fsck", "--lake", tmp_path / "other").code == 0


def test_another_root_is_refused(cli, stored, tmp_path):
    """With exit code 2, and no lake is begun."""
    name = stored.ids["microstructure"]
    assert cli("export", "--lake", stored.place, name, tmp_path / "crate").code == 0
    refused = cli("import-crate", "--lake", tmp_path / "other", tmp_path / "crate", "--expect", "0" * 64)
    assert (refused.code, refused.out) == (2, "")
    assert "not 0000" in refused.err
    assert not (tmp_path / "other").exists()
