"""What other packages register is found, loaded when it is asked for, and costs itself alone when it is broken."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from registered import register

import ragone
from ragone import extensions
from ragone.dataset import Lake
from ragone.dataset.errors import UnknownKindError
from ragone.dataset.fsck import Kind
from ragone.dataset.reproduce import trusted
from ragone.flows.stages import KPI_STAGES, STAGES, kpi_stage_of, stage_named
from ragone.schemas import KINDS
from ragone.schemas.errors import UnknownFieldError

HERE = Path(ragone.__file__).parents[1]
SOURCE = """
    from dataclasses import dataclass
    from typing import ClassVar
    from ragone import kpi_stage, stage
    from ragone.schemas import Kpi, Record
    from ragone.schemas.field import real

    @dataclass(frozen=True, kw_only=True, eq=False, repr=False)
    class Swelling(Record):
        '''How much thicker an electrode becomes.'''
        kind: ClassVar[str] = "swelling"
        strain: float = real("1", low=0)

    @stage("{package}.swell")
    def swell(swelling: Swelling, *, factor: float = 2.0) -> Swelling:
        return Swelling(strain=factor * swelling.strain)

    @kpi_stage("{package}.strain", gives={{"strain_of_{package}": "1"}})
    def strain(swelling: Swelling) -> Kpi:
        return Kpi(name="strain_of_{package}", value=swelling.strain, unit="1", outcome="measured", sample_count=1,
                   definition="strain", method="given")
    """

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Write a package and its metadata into a folder on the path; it is gone when the test ends."""
    written: list[str] = []

    def written_package(package: str, more: str = "", **groups: dict[str, str]) -> Path:
        folder = tmp_path / f"installed-{package}"
        folder.mkdir()
        source = textwrap.dedent(SOURCE.format(package=package)) + textwrap.dedent(more)
        (folder / f"{package}.py").write_text(source)
        register(folder, package, **groups)
        monkeypatch.syspath_prepend(folder)
        written.append(package)
        return folder

    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield written_package
    for name in written:
        sys.modules.pop(name, None)


def entries(package: str) -> dict[str, dict[str, str]]:
    """All that such a package has to register."""
    stages = {f"{package}.{name}": f"{package}:{name}" for name in ("swell", "strain")}
    return {"stages": stages, "records": {"swelling": f"{package}:Swelling"}}


def test_what_is_registered_is_there_by_its_name(install: Install) -> None:
    """Stages, KPIs and kinds follow Ragone's own; the package is trusted to be executed again."""
    before = list(STAGES), list(KINDS)
    install("swelling_lab", **entries("swelling_lab"))
    assert list(STAGES) == [*before[0], "swelling_lab.strain", "swelling_lab.swell"]
    assert list(KINDS) == [*before[1], "swelling"]
    assert stage_named("swell") is STAGES["swelling_lab.swell"]
    assert kpi_stage_of("strain_of_swelling_lab") is KPI_STAGES["swelling_lab.strain"]
    assert "swelling_lab.swell" not in KPI_STAGES
    assert trusted()[-1] == "swelling_lab"
    assert extensions.problems() == []


def test_nothing_is_looked_for_until_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ragone's own names cost no look at what is installed."""
    monkeypatch.setattr(extensions, "_registered", lambda path: pytest.fail("it was looked for"))
    assert KINDS["kpi"].kind == "kpi"
    assert "transport" in KINDS
    assert stage_named("homogenise") is STAGES["characterise.homogenise"]
    assert kpi_stage_of("energy_density") is KPI_STAGES["kpi.densities"]


def test_its_kind_has_a_table_and_is_missed_when_it_is_gone(install: Install, tmp_path: Path) -> None:
    """Queries and fsck know it; without the package the lake opens and says what is missing; with it all is back."""
    folder = install("gone_lab", **entries("gone_lab"))
    with Lake.open(tmp_path / "lake", create=True) as lake:
        given = lake.put(KINDS["swelling"].build({"strain": 0.1}))
        made = lake.run(STAGES["gone_lab.swell"], swelling=given).id
        assert sorted(lake.sql("SELECT strain FROM swellings")["strain"].to_list()) == [0.1, 0.2]
        assert lake.fsck().problems == ()
        assert dict(lake.unknown_kinds()) == {}
    sys.path.remove(str(folder))
    with Lake.open(tmp_path / "lake") as lake:
        assert dict(lake.unknown_kinds()) == {"swelling": ("gone_lab",)}
        with pytest.raises(UnknownKindError, match="of the kind swelling, which no installed package registers"):
            lake.get(made)
        found = lake.fsck().problems
        assert {one.kind for one in found} == {Kind.UNKNOWN}
        assert {one.found for one in found} == {"stages of gone_lab made or took such records"}
        lake.put(KINDS["cell_design"].build({"mass_loading_kilogram_per_square_metre": 0.2}))
    sys.path.insert(0, str(folder))
    with Lake.open(tmp_path / "lake") as lake:
        assert lake.sql("SELECT count(*) FROM swellings").item() == 2
        assert lake.get(made).strain == 0.2
        assert lake.fsck().problems == ()


RECORD = "@dataclass(frozen=True, kw_only=True, eq=False, repr=False)\nclass Broken(Record):\n    "
BROKEN = [
    ("stages", "x.broken", "no_such_module:broken", "", "No module named 'no_such_module'"),
    ("stages", "x.broken", "{0}:broken", "", "no attribute 'broken'"),
    ("stages", "x.broken", "{0}:broken", "raise SystemExit('bye')", "SystemExit: bye"),
    ("stages", "x.broken", "{0}:swell.function", "", "it is a function. Decorate"),
    ("stages", "x.broken", "{0}:swell", "", "called '{0}.swell'. Register it under that name"),
    ("stages", "kpi.densities", "{0}:swell", "", "Ragone has its own 'kpi.densities'"),
    ("stages", "{0}.swell", "{0}:swell", "", "'{0}.swell' of a-swell 1.0 has that name"),
    ("stages", "x.broken", "{0}:other", "other = stage('x.broken')(swell.function)", "does not find it at {0}:swell"),
    ("stages", "x.broken", "{0}:broken", "@stage('x.broken')\ndef broken(a: Kpi): ...", "type of 'return' is missing"),
    (
        "stages",
        "x.broken",
        "{0}:broken",
        "@kpi_stage('x.broken', gives={{'energy_density': '1'}})\ndef broken(a: Kpi) -> Kpi: ...",
        "it gives 'energy_density', which kpi.densities gives",
    ),
    ("records", "broken", "{0}:swell", "", "it is a Stage; a subclass"),
    ("records", "broken", "{0}:Swelling", "", "its kind is 'swelling'. Register"),
    ("records", "kpi", "{0}:Swelling", "", "Ragone has its own 'kpi'"),
    ("records", "kpis", "{0}:Swelling", "", "Ragone has its own 'kpi'"),
    ("records", "b2", "{0}:Broken", RECORD + "kind = 'b2'\n    x: float = real('1')", "lower-case letters"),
    ("records", "artifact", "{0}:Broken", RECORD + "kind = 'artifact'\n    x: float = real('1')", "its plural none of"),
    ("records", "broken", "{0}:Broken", "class Broken(Record):\n    kind = 'broken'\n    x = 1", "it has no fields"),
    (
        "records",
        "broken",
        "{0}:Broken",
        RECORD + "kind: ClassVar[str] = 'broken'\n    x: float = 1",
        "Broken.x says no",
    ),
]


@pytest.mark.parametrize(("group", "name", "value", "more", "words"), BROKEN, ids=range(len(BROKEN)))
def test_what_is_broken_costs_itself_alone(
    install: Install, request: pytest.FixtureRequest, group: str, name: str, value: str, more: str, words: str
) -> None:
    """It is told in one line that names its package; what others register, and all of Ragone, is there."""
    package = f"broken_{request.node.callspec.id}"
    name, value, more, words = (text.format(package) for text in (name, value, more, words))
    if "a-swell" in words:
        install("a_swell", stages={name: "a_swell:swell"})
        words = words.replace(f"{package}.swell", name)
    else:
        install("whole_lab", **entries("whole_lab"))
    install(package, more, **{group: {name: value}})
    registry = STAGES if group == "stages" else KINDS
    list(STAGES), list(KINDS)
    told = [line for line in extensions.problems() if package.replace("_", "-") in line]
    assert len(told) == 1
    assert "\n" not in told[0]
    assert told[0].startswith(f"ragone.{group} {name!r} of {package.replace('_', '-')} 1.0 ({value}) cannot be used: ")
    assert words in told[0]
    assert value not in [getattr(one, "entry_point", "") for one in registry.values()]
    if "a-swell" not in words:
        assert {"whole_lab.swell", "whole_lab.strain"} <= set(STAGES)
        assert "swelling" in KINDS


def test_a_name_that_failed_is_told_where_it_is_asked_for(install: Install) -> None:
    """The error of a study that names it says why it is not there."""
    install("asked_lab", stages={"asked_lab.swell": "no_such_module:swell"})
    with pytest.raises(UnknownFieldError, match=r"'asked_lab.swell' is not known.* of asked-lab 1.0 .*no_such_module"):
        stage_named("asked_lab.swell")


def test_two_packages_that_are_one(install: Install, tmp_path: Path) -> None:
    """Of two installations of one package the first on the path counts, as for an import."""
    first = install("twice_lab", stages={"twice_lab.swell": "twice_lab:swell"})
    (tmp_path / "later").mkdir()
    register(tmp_path / "later", "twice_lab", stages={"twice_lab.strain": "twice_lab:strain"})
    sys.path.append(str(tmp_path / "later"))
    assert [one.name for one in extensions.extensions(extensions.STAGES)] == ["twice_lab.swell"]
    sys.path.remove(str(first))
    assert [one.name for one in extensions.extensions(extensions.STAGES)] == ["twice_lab.strain"]


def test_damaged_metadata_cost_themselves_alone(install: Install) -> None:
    """What is installed beside may hold anything."""
    install("sound_lab", stages={"sound_lab.swell": "sound_lab:swell"})
    metadata = install("damaged_lab") / "damaged_lab-1.0.dist-info"
    for content in (b"[ragone.stages\nx", b"\xff\xfe", b"x = y\n", b"[ragone.stages]\nno value\n"):
        (metadata / "entry_points.txt").write_bytes(content)
        extensions._registered.cache_clear()
        assert "sound_lab.swell" in STAGES


@pytest.mark.parametrize("entry", ["", ".", "{cwd}"])
def test_the_current_folder_registers_nothing(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    """Metadata beside a stranger's lake are not heeded, however the folder got onto the path."""
    folder = install("handed_lab", **entries("handed_lab"))
    sys.path.remove(str(folder))
    monkeypatch.chdir(folder)
    sys.path.insert(0, entry.format(cwd=folder))
    assert "handed_lab.swell" not in STAGES
    assert "swelling" not in KINDS
    assert "handed_lab" not in trusted()
    monkeypatch.setenv("PYTHONPATH", str(folder))  # somebody chose it
    sys.path.insert(0, str(folder))
    assert "swelling" in KINDS


def test_a_lake_in_a_folder_of_metadata(install: Install, tmp_path: Path) -> None:
    """A prompt and the command line open, check and query a stranger's lake, and import nothing that lies beside it."""
    mark = tmp_path / "executed"
    folder = install("beside_lab", f"open({str(mark)!r}, 'w').close()", **entries("beside_lab"))
    sys.path.remove(str(folder))
    Lake.open(folder / "lake", create=True).close()
    look = "lake.fsck(), lake.sql('SELECT 1'), list(KINDS), list(lake.unknown_kinds())"
    code = f"from ragone.dataset import Lake; from ragone.schemas import KINDS; lake = Lake.open('lake'); {look}"
    start = "import sys; sys.path.insert(0, ''); from ragone.app.main import main; sys.exit(main(['fsck']))"
    for words in (code, start):
        environment = {**os.environ, "PYTHONPATH": str(HERE)}
        subprocess.run([sys.executable, "-c", words], cwd=folder, env=environment, capture_output=True, check=True)
    assert not mark.exists()
