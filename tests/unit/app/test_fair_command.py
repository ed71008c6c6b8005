"""Licences of a result, the indicators of a crate, and the files that an export adds for others."""

from __future__ import annotations

import json

import pytest

WHO = ("--author", "Ada Lovelace <0000-0002-1825-0097>", "--licence", "CC-BY-4.0")
WHERE = ("--publisher", "Example University <https://ror.org/02mhbdp94>")


def test_fair_names_what_is_missing(cli, stored):
    """Every indicator has a line; what the exporter leaves open says by which option it is given."""
    name = stored.ids["microstructure"]
    answer = cli("fair", name)
    assert answer.code == 0
    assert answer.out.count("FsF-") == 31
    assert "--licence" in answer.out
    before = {one["id"]: one["standing"] for one in cli("fair", name, "--json").data}
    after = {one["id"]: one["standing"] for one in cli("fair", name, *WHO, *WHERE, "--json").data}
    gained = {name for name in after if (before[name], after[name]) == ("not met", "met")}
    assert gained == {"FsF-F2-01M-2", "FsF-F2-01M-3", "FsF-A1-01M-1", "FsF-R1.1-01M-1"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--author", "Ada <0000-0002-1825-0098>"), "typo"),
        (("--licence", "CC-BY-5.0"), "CC-BY-4.0"),
        (("--publisher", "U <ftp://x>"), "address"),
    ],
)
def test_particulars_that_cannot_be_are_refused(cli, stored, tmp_path, words, said):
    """A wrong ORCID, an unknown licence and an address that is none are named, before anything is written."""
    for command in (("fair", stored.ids["kpi"]), ("export", stored.ids["kpi"], "crate.zip")):
        answer = cli(*command, *words)
        assert answer.code == 2
        assert said in answer.err
    assert not (tmp_path / "crate.zip").exists()


def test_licences_are_shown(cli, stored):
    """What is ours waits for a licence; `--all` lists every artifact."""
    name = stored.ids["microstructure"]
    assert "yours" in cli("licences", name).out
    assert cli("licences", name, "--licence", "CC-BY-4.0").out.strip() == f"{name}: CC-BY-4.0"
    data = cli("licences", name, "--licence", "CC-BY-4.0", "--all", "--json").data
    assert data["licence"]["licence"] == "CC-BY-4.0"
    assert set(data["artifacts"].values()) == {"CC-BY-4.0"}


def test_an_export_holds_the_files_of_others(cli, stored, tmp_path):
    """Descriptions and readable files lie in the payload, and the metadata of the crate name them and its people."""
    assert cli("export", stored.ids["microstructure"], "crate", *WHO, *WHERE).code == 0
    payload = tmp_path / "crate" / "data"
    cited = json.loads((payload / "metadata" / "datacite.json").read_text())
    assert cited["creators"][0]["familyName"] == "Lovelace"
    assert len(list((payload / "readable" / "microstructure").glob("*.ome.tiff"))) == 1
    graph = {one["@id"]: one for one in json.loads((payload / "ro-crate-metadata.json").read_text())["@graph"]}
    assert graph["./"]["license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0.html"}
    assert graph["https://orcid.org/0000-0002-1825-0097"]["name"] == "Ada Lovelace"
    assert "metadata/prov.json" in graph
    assert cli("import-crate", "crate", "--lake", "other").code == 0
