"""Kept compiled code follows the sources, also those of other files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ragone.pipelines.compiled import sources_digest

CALLER = """
from pipelines.callee import two
from pipelines.compiled import compiled

@compiled()
def twice(x):
    return two() * x
"""
CALLEE = """
from pipelines.compiled import compiled

@compiled()
def two():
    return {value}
"""


def test_the_digest_changes_with_content_and_name_of_compiled_sources_only(tmp_path: Path) -> None:
    """A changed, renamed or added file that holds compiled functions counts; others do not."""
    (tmp_path / "a.py").write_text("from x import compiled\n")
    first = sources_digest(tmp_path)
    (tmp_path / "plain.py").write_text("x = 1\n")
    assert sources_digest(tmp_path) == first
    (tmp_path / "a.py").write_text("from x import compiled\ny = 1\n")
    second = sources_digest(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, sources_digest(tmp_path)}) == 3


def test_a_changed_callee_in_another_file_is_compiled_anew(tmp_path: Path) -> None:
    """Where kept code is named after the sources, a caller does not go on with the callee that it was compiled with."""
    package = tmp_path / "pipelines"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "compiled.py").write_bytes((Path(__file__).parents[3] / "pipelines" / "compiled.py").read_bytes())
    (package / "caller.py").write_text(CALLER)
    answers = []
    for value in (2, 3):
        (package / "callee.py").write_text(CALLEE.format(value=value))
        # Python's own kept code goes by size and second: it would not see the change.
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
        environment.pop("NUMBA_CACHE_DIR", None)
        done = subprocess.run(
            [sys.executable, "-c", "from pipelines.caller import twice; print(twice(10))"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        answers.append(done.stdout.strip())
    assert answers == ["20", "30"]
    assert len(list((package / "__pycache__").glob("numba-*"))) == 2


def test_the_current_folder_does_not_say_where_kept_code_lies(tmp_path: Path) -> None:
    """A file of settings for numba beside somebody's lake is not heeded, nor when numba reads them again."""
    (tmp_path / ".numba_config.yaml").write_text(f"cache_dir: {tmp_path}/kept\nnum_threads: 1\n")
    code = (
        "import ragone.pipelines.compiled, numba, os; os.environ['NUMBA_OPT'] = '2'; numba.config.reload_config(); "
        "print(repr(numba.config.CACHE_DIR), numba.config.NUMBA_NUM_THREADS)"
    )
    environment = {**os.environ, "NUMBA_NUM_THREADS": "2"}
    environment.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "kept" not in done.stdout
