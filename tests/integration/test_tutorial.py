"""Every command and every line of Python of the tutorial, and of the README's first screen, does what it says.

A block whose first line is a comment with a file's name is saved under it, other Python is executed; lines that begin
with `$` are commands. Blocks behind `<!-- slow -->`, and the campaign in its full size, run only in `make slow`.
"""

from __future__ import annotations

import contextlib
import io
import re
import runpy
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ragone.app.arguments import parser
from ragone.app.main import main
from ragone.flows import Study

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "TUTORIAL.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(<!-- slow -->\n)?```(\w+)\n(.*?)```", re.DOTALL)
SMALLER = {
    "budget: {initial: 4, total: 6, batch: 2}": "budget: {initial: 2, total: 2}",
    "edge_voxels: 32": "edge_voxels: 16",
}


@dataclass
class Reader:
    """Somebody who types the tutorial in an empty folder."""

    small: bool
    variables: dict[str, str] = field(default_factory=dict)
    printed: list[str] = field(default_factory=list)

    def read(self, language: str, text: str) -> None:
        """Do what a block says."""
        if named := re.match(r"# ([\w.-]+\.\w+)\n", text):
            Path(named[1]).write_text(self._sized(text), encoding="utf-8")
        elif language == "python":
            self.printed.append(_printed(lambda: exec(compile(text, "TUTORIAL.md", "exec"), {})))
        elif language == "console":
            for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
                self._type(command, shown)

    def _sized(self, text: str) -> str:
        for large, small in SMALLER.items() if self.small else ():
            text = text.replace(large, small)
        return text

    def _type(self, command: str, shown: str) -> None:
        """Type one command; it must succeed unless the page shows a complaint."""
        kept = re.fullmatch(r"(\w+)=\$\((.*) \| tail -n 1\)", command)
        words = [self.variables.get(word.removeprefix("$"), word) for word in shlex.split(kept[2] if kept else command)]
        if words[0] == "python":
            runpy.run_path(words[1])
            return
        complaint = shown.startswith("ragone: ")
        answer = _printed(lambda: self._ragone(words, 2 if complaint else 0))
        self.printed.append(answer)
        if complaint:
            assert shown in answer
        if kept:
            self.variables[kept[1]] = answer.splitlines()[-1]

    def _ragone(self, words: list[str], code: int) -> None:
        assert words[0] == "ragone"
        assert main([*words[1:], "--quiet"]) == code, words


def _printed(act: Callable[[], object]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        act()
    return out.getvalue()


def blocks() -> Iterator[tuple[bool, str, str]]:
    """Whether it is slow, the language and the text of each block."""
    for slow, language, text in BLOCK.findall(PAGE):
        yield bool(slow), language, text


@pytest.mark.parametrize("small", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_the_tutorial_can_be_typed(small, tmp_path, monkeypatch):
    """From the first study to a KPI of one's own, in the order of the page."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delenv("RAGONE_LAKE", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    reader = Reader(small)
    for slow, language, text in blocks():
        if not (small and slow):
            reader.read(language, text)
    sys.modules.pop("my_kpis")
    printed = "".join(reader.printed)
    assert "energy_density = " in printed
    assert re.search(r"ohmic_resistance +0\.02996", printed)
    assert "final_voltage = 3.475 V\ncomputed a second time: False\n" in printed
    assert small or printed.count("bitwise equal: ") >= 2
    _the_first_screen(reader)


def _the_first_screen(reader: Reader) -> None:
    """The ten lines of the README, with the lake of the tutorial in place of the demo's."""
    Path("demo").mkdir()
    Path("lake").rename("demo/lake")
    (lines,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    reader.read("python", lines)
    assert re.search(r"energy_density = \d.* W\.h/L\nmade of \d+ stored", reader.printed[-1])
    assert reader.printed[-1].endswith("computed again: bitwise equal\n")


def test_every_study_and_command_of_the_tutorial_is_understood(tmp_path):
    """Slow blocks too: each study is read, each command's arguments are known."""
    studies = [text for _, language, text in blocks() if language == "yaml"]
    for text in studies:
        (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
        assert Study.load(tmp_path / "study.yaml")
    for _, language, text in blocks():
        if language == "console":
            for command in re.findall(r"^\$ (?:\w+=\$\()?(ragone .*?)(?: \| tail -n 1\))?$", text, re.MULTILINE):
                assert parser().parse_args(shlex.split(command)[1:])
