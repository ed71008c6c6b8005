"""The code that a result depends on: what changes a recipe, and what does not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ragone.dataset import Reason
from ragone.schemas import Verdict


@pytest.fixture
def reused(lake, design, studio):
    """Whether the package's stage is reused, as a process that is started now would find."""
    given = lake.put(design())
    assert not lake.run(studio.stage(), design=given).reused
    assert lake.run(studio.stage(), design=given).reused
    return lambda: lake.run(studio.stage(), design=given).reused


STEPS = """
    from lake_stages import with_porosity
    {imports}
    from ragone.schemas import Design, stage

    @stage("made")
    def made(design: Design) -> Design:
        return with_porosity(design, {call}(design.porosity))
    """
THIRD = "def halved(porosity):\n    return porosity / 3\n"
QUARTER = "def halved(porosity):\n    return porosity / 4\n"


def test_helper_of_another_module_counts(reused, studio):
    """A changed helper is computed anew, and changed back it is reused."""
    studio.write(helper=THIRD)
    assert not reused()
    studio.write(helper="def halved(porosity):\n    return porosity / 2\n")
    assert reused()


def test_comments_docstrings_and_layout_do_not_count(reused, studio):
    """Words about the code are not the code."""
    studio.write(
        helper='"Said otherwise."\n\ndef halved( porosity ):\n    "Other."\n    # why\n    return (porosity\n /2)\n'
    )
    assert reused()


def test_unrelated_neighbour_does_not_count(reused, studio):
    """What a package re-exports beside what the stage uses changes nothing."""
    studio.write(neighbour="def unrelated(): return 2\n")
    assert reused()
    studio.write(init="from lake_studio.helper import halved\nfrom lake_studio.neighbour import *\nMORE = 1\n")
    assert reused()


def test_strings_that_are_no_docstrings_count(reused, studio):
    """A changed constant is changed code."""
    studio.write(helper="def halved(porosity, note='a'):\n    return porosity / 2\n")
    assert not reused()
    studio.write(helper="def halved(porosity, note='b'):\n    return porosity / 2\n")
    assert not reused()


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("import lake_studio.helper", "lake_studio.helper.halved"),
        ("from lake_studio import helper", "helper.halved"),
        ("from . import helper as h", "h.halved"),
        ("from .helper import *", "halved"),
        ("from lake_studio import *", "halved"),
        ("import lake_studio", "lake_studio.halved"),
        ("from .through import again", "again"),
        ("from .inner.deep import again", "again"),
        ("from lake_studio.inner import deep", "deep.again"),
        ("if 1 > 2: pass\nelse:\n    from .helper import halved", "halved"),
        ("try: 1 / 0\nexcept ZeroDivisionError:\n    from .helper import halved", "halved"),
        ("match 1:\n    case _:\n        from .helper import halved", "halved"),
        ("def late(porosity):\n    from .helper import halved\n    return halved(porosity)", "late"),
    ],
)
def test_every_way_to_import(lake, design, studio, tmp_path, imports, call):
    """However the helper is reached, its change is seen; folders without an __init__ are packages too."""
    steps = STEPS.format(imports=imports.replace("\n", "\n    "), call=call)
    studio.write(steps=steps, through="from .helper import halved as again\n")
    (tmp_path / "lake_studio" / "inner").mkdir()
    (tmp_path / "lake_studio" / "inner" / "deep.py").write_text("from ..helper import halved as again\n")
    given = lake.put(design(0.4))
    ids = []
    for helper in ("def halved(porosity):\n    return porosity / 2\n", THIRD, QUARTER):
        studio.write(helper=helper)
        made = lake.run(studio.stage(), design=given)
        assert not made.reused
        ids.append(made.id)
    assert [lake.get(i).porosity for i in ids] == pytest.approx([0.2, 0.4 / 3, 0.1])


def test_everything_of_a_package_of_everything(reused, studio):
    """Names that come through several stars are found wherever they are."""
    studio.write(
        steps=STEPS.format(imports="from lake_studio import *", call="halved"),
        init="from lake_studio.neighbour import *\nfrom lake_studio.helper import *\n",
    )
    assert not reused()
    assert reused()
    studio.write(helper=THIRD)
    assert not reused()


def test_libraries_are_not_imported_to_take_a_fingerprint(lake, design, studio, tmp_path):
    """What a stage imports late, or only re-exports, from elsewhere is not looked into."""
    (tmp_path / "heavy").mkdir()
    (tmp_path / "heavy" / "__init__.py").write_text("raise RuntimeError('imported')\n")
    studio.write(
        steps=STEPS.format(imports="from lake_studio import halved", call="halved")
        + "\n    def late():\n        from heavy import a\n        from heavy.part import b\n        import heavy.c\n"
        + "        from lake_studio import engine\n",
        init="from lake_studio.helper import halved\nif False:\n    from heavy import engine\n",
    )
    given = lake.put(design())
    assert lake.run(studio.stage(), design=given).outcome == "completed"


def test_verdict_names_the_changed_module(lake, design, studio):
    """A result that differs because the code changed since says so."""
    made = lake.run(studio.stage(), design=lake.put(design()))
    studio.write(helper=THIRD)
    found = lake.reproduce(made.id)
    assert found.verdict is Verdict.DIFFERENT
    assert found.code_changed == ("lake_studio.helper",)
    assert [(d["field"], d["within"]) for d in found.deviations] == [("porosity", False)]


def test_same_fingerprint_in_a_fresh_process(lake, design, studio, folder, tmp_path):
    """Another process with the same code finds the recipe."""
    made = lake.run(studio.stage(), design=lake.put(design()))
    lake.close()
    code = (
        "from ragone.dataset import Lake; from lake_studio.steps import made; import sys\n"
        "found = Lake.open(sys.argv[1]).run(made, design=sys.argv[2])\nprint(found.reused, found.run_id)"
    )
    given = lake.get(made.run_id).input_ids[0]
    path = ":".join([str(tmp_path), *filter(None, sys.path), "."])
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, str(folder), given],
        env={"PYTHONPATH": path, "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", made.run_id]


def test_stage_that_is_gone(lake, design, studio):
    """A stage that was taken out leaves its results readable, and why says that it is gone."""
    made = lake.run(studio.stage(), design=lake.put(design()))
    studio.write(steps="")
    assert lake.reproduce(made.id).verdict is Verdict.FAILED
    studio.stage("helper:halved")
    assert lake.why(made.id).reasons[-1][0] is Reason.STAGE_GONE
    assert lake.get(made.id).porosity == 0.15
