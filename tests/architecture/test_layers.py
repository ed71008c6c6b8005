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
BELOW = ("extensions", "search_path", "shown")  # modules that the rooms stand on
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
SAYING_NOTHING = {"utils", "helpers", "manager", "base", "common", "misc"}


def modules() -> list[Path]:
    """Every module of ours."""
    rooms = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [*rooms, *(ROOT / "ragone" / f"{name}.py" for name in BELOW)]


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    """The syntax of every module of ours, by its path in the repository."""
    read = {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in modules()}
    assert len(read) > 500
    return read


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


def imported_inside_functions(tree: ast.Module) -> set[str]:
    """The names of what the functions of a module import."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inner = [node for function in functions for node in ast.walk(function)]
    names = {node.module or "" for node in inner if isinstance(node, ast.ImportFrom)}
    return names | {alias.name for node in inner if isinstance(node, ast.Import) for alias in node.names}


def only_re_exports(tree: ast.Module) -> bool:
    """Whether a module holds a docstring, imports and a sorted `__all__`, and nothing else."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names = ast.literal_eval(node.value)
            if [target.id for target in node.targets if isinstance(target, ast.Name)] != ["__all__"]:
                return False
            if sorted(names, key=lambda n: (not n.isupper(), not n[0].isupper(), n)) != names:
                return False
        elif not isinstance(node, ast.Import | ast.ImportFrom | ast.Expr):
            return False
    return True


def test_no_import_of_ours_inside_a_function(trees):
    """Imports of our own modules stand at the top of a module, where everyone sees them."""
    found = {name: imported_inside_functions(tree) for name, tree in trees.items()}
    ours = [f"{name} imports {n}" for name, names in found.items() for n in names if n.split(".")[0] == "ragone"]
    assert not ours, "\n".join(ours)


def test_every_module_says_what_it_is_for(trees):
    """A module has a docstring, and nothing is called after what it is not."""
    silent = [f"{name} has no docstring" for name, tree in trees.items() if not ast.get_docstring(tree)]
    silent += [f"{name} says nothing by its name" for name in trees if Path(name).stem in SAYING_NOTHING]
    assert not silent, "\n".join(silent)


def test_packages_only_re_export(trees):
    """An __init__ holds a docstring, imports and a sorted `__all__`."""
    packages = {name: tree for name, tree in trees.items() if Path(name).name == "__init__.py"}
    assert len(packages) > len(ROOMS)
    others = [name for name, tree in packages.items() if not only_re_exports(tree)]
    assert not others, "\n".join(others)


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
