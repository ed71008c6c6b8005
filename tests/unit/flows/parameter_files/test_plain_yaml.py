"""YAML of strangers: limits are looked at before anything is made of it."""

from __future__ import annotations

import os

import pytest
import yaml

from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import changed, read_yaml
from ragone.flows.parameter_files.plain_yaml import MOST_VALUES, LimitError, decode_yaml


def bomb(line: str, lines: int) -> str:
    """Lines that each refer nine times to the one before."""
    return "a0: &a0 {x: 1}\n" + "".join(line.format(n, ", ".join([f"*a{n - 1}"] * 9)) for n in range(1, lines))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (bomb("a{0}: &a{0} {{<<: [{1}]}}\n", 9), "more than 10,000"),
        (bomb("a{0}: &a{0} [{1}]\n", 9), "with all that its anchors stand for it has more than 10,000 values"),
        ("a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 60)), "more than 50 levels"),
        ("[" * 60, "nested more than 50 deep"),
        ("- " * 60 + "1", "nested more than 50 deep"),
        ("[" + "1," * (MOST_VALUES + 1) + "]", "more than 10,000 values"),
        ("a: " + "x" * 70_000, "70,003 characters, of 65,536 at most"),
        ("a: " + "9" * 101, "line 1 has a number of 101 characters, of 100 at most"),
        ("a:\n  - " + "1:" * 60 + "1", "line 2 has a number of 121 characters"),
        ("a: !!binary aGk=", "asks for 'tag:yaml.org,2002:binary'"),
        ("a: !!set {b}", "asks for 'tag:yaml.org,2002:set'"),
        ("!!map [a, b]", "asks for 'tag:yaml.org,2002:map'"),
    ],
    ids=lambda value: value[:24],
)
def test_more_than_is_read_is_refused(text, said):
    """With the limit that it passes."""
    with pytest.raises(LimitError, match=said):
        decode_yaml(text)


@pytest.mark.parametrize("text", ["!!int ''", "!!bool maybe", "!!python/name:os.system", "a: [1", "2001-99-99"])
def test_values_that_are_not_what_they_say_are_no_yaml(text):
    """Whatever the safe loader raises."""
    with pytest.raises(yaml.YAMLError):
        decode_yaml(text)


def test_anchors_and_merged_maps_are_read():
    """As long as what they stand for is little."""
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: [*a, *a]\n"
    assert decode_yaml(text) == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "c": [{"x": 1, "y": 2}] * 2}


def test_a_file_or_a_change_beyond_the_limits_is_told(tmp_path):
    """By the path of the file, or by the change."""
    path = tmp_path / "study.yaml"
    path.write_text("- " * 60 + "1")
    with pytest.raises(StudyError, match=r"study.yaml is not YAML that is read: it is nested more than 50 deep"):
        read_yaml(path)
    path.write_text("x" * 70_000)
    with pytest.raises(StudyError, match="has 70,000 bytes; a parameter file has at most 65,536"):
        read_yaml(path)
    with pytest.raises(StudyError, match=r"is not YAML\. Write it as in the file"):
        changed({}, ["a=" + "[" * 60])


def test_a_pipe_is_no_parameter_file(tmp_path):
    """Nobody writes to it, and nobody waits."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StudyError, match="is a named pipe"):
        read_yaml(tmp_path / "pipe")
