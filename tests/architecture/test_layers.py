"""The rooms keep to their layers, and the command line starts light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.application.use_cases import read_user_options
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
ROOMS = ("schemas", "dataset", "pipelines", "models", "flows", "app")
BELOW = ("extensions", "search_path")  # modules that the rooms stand on
LAYERS = [
    "ragone.app",
    "ragone.flows",
    "ragone.dataset | ragone.pipelines | ragone.models",
    "ragone.schemas",
    *(f"ragone.{name}" for name in BELOW),
]
HEAVY = {
    "numpy",
    "pyarrow",
    "polars",
    "torch",
    "pybamm",
    "prefect",
    "lancedb",
    "matplotlib",
    "rich",
    "ragone.schemas",
    "ragone.dataset",
}


def modules() -> list[Path]:
    """Every module of ours."""
    rooms = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [*rooms, *(ROOT / "ragone" / f"{name}.py" for name in BELOW)]


def test_import_contracts_are_kept(capsys, monkeypatch):
    """The import-linter contracts of pyproject.toml hold."""
    monkeypatch.chdir(ROOT)
    code = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert code == 0, capsys.readouterr().out


def test_contracts_name_every_room(monkeypatch):
    """No room is left out of the contracts."""
    monkeypatch.chdir(ROOT)
    options = read_user_options(config_filename="pyproject.toml")
    assert options.session_options["root_packages"] == ["ragone"]
    assert options.contracts_options[0]["layers"] == LAYERS
    assert len(options.contracts_options) >= 4


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_import_of_ours_inside_a_function(path):
    """Imports of our own modules stand at the top of a module, where everyone sees them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inner = [node for function in functions for node in ast.walk(function)]
    names = {node.module or "" for node in inner if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in inner if isinstance(node, ast.Import) for alias in node.names}
    assert not {name for name in names if name.split(".")[0] == "ragone"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path):
    """A module has a docstring, and nothing is called after what it is not."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert path.stem not in {"utils", "helpers", "manager", "base", "common", "misc"}


@pytest.mark.parametrize("path", [p for p in modules() if p.name == "__init__.py"], ids=lambda path: path.parent.name)
def test_packages_only_re_export(path):
    """An __init__ holds a docstring, imports and a sorted `__all__`."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            assert [target.id for target in node.targets if isinstance(target, ast.Name)] == ["__all__"]
            names = ast.literal_eval(node.value)
            assert sorted(names, key=lambda n: (not n.isupper(), not n[0].isupper(), n)) == names
        else:
            assert isinstance(node, ast.Import | ast.ImportFrom | ast.Expr)


def test_nothing_is_unpickled():
    """No module of ours loads a pickle, directly or through a library's loader that would."""
    for path in modules():
        text = path.read_text(encoding="utf-8")
        for forbidden in (
            "import pickle",
            "pickle.load",
            "torch.load(",
            "allow_pickle=True",
            "joblib.load",
            "marshal.load",
        ):
            assert forbidden not in text, f"{path} uses {forbidden}"


def test_help_loads_nothing_heavy():
    """`ragone --help` imports neither libraries nor rooms that take time."""
    code = (
        "import sys\nfrom ragone.app.main import main\nassert main(['--help']) == 0\n"
        f"loaded = {HEAVY!r} & set(sys.modules)\nsys.exit(', '.join(sorted(loaded)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
