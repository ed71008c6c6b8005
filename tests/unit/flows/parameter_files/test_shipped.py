"""Parameter files of commands that work in an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragone.flows import Study, StudyError
from ragone.flows.parameter_files.shipped import here_or_shipped


def test_in_an_empty_folder_the_study_that_comes_with_ragone(tmp_path, monkeypatch):
    """It is read; the three case studies are there too."""
    monkeypatch.chdir(tmp_path)
    assert Study.load(here_or_shipped(None, "params.yaml")).name == "energy-density-at-constant-power"
    assert len(list(here_or_shipped(None, "params").glob("*.yaml"))) >= 3


def test_a_file_of_the_current_folder_or_one_that_is_given_comes_first(tmp_path, monkeypatch):
    """One that is given and missing is no reason to read another."""
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text("study: {}\n")
    assert here_or_shipped(None, "params.yaml") == Path("params.yaml")
    with pytest.raises(StudyError, match=r"missing\.yaml"):
        Study.load(here_or_shipped("missing.yaml", "params.yaml"))
