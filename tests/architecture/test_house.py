"""Sizes, registration, and what the wheel carries."""

import ast
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from thalweg.solvers.registry import entries

ROOT = Path(__file__).parents[2]
LONGEST = 450


def test_files_stay_readable(source):
    lines = len(source.text.splitlines())
    assert lines <= LONGEST, f"{source} has {lines} lines; split it by its nouns"


def test_functions_stay_readable(source):
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= 60, f"{source}:{node.lineno} {node.name} has {lines} lines; name its stages"


def test_no_file_is_a_pile(source):
    assert source.path.stem not in {"utils", "helpers", "common", "base", "misc"}


def test_each_file_of_the_solvers_registers_one_solver(sources):
    expected = {
        source.module
        for source in sources
        if source.room == "solvers" and not source.path.stem.startswith("_") and source.path.stem != "registry"
    }
    registered = [entry.kind.__module__ for entry in entries() if entry.kind.__module__.startswith("thalweg.")]
    assert sorted(registered) == sorted(expected)


def test_names_and_ranks_of_solvers_are_unambiguous():
    found = entries()
    assert len({entry.name for entry in found}) == len(found)
    for kind in {kind for entry in found for kind in entry.solves}:
        ranks = [entry.rank for entry in found if kind in entry.solves]
        assert len(set(ranks)) == len(ranks), f"two solvers of {kind.__name__} have the same rank"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> list[str]:
    """Names of the files in a wheel built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_the_wheel_carries_all_of_the_package_and_nothing_else(wheel, package):
    skipped = {"__pycache__"}
    here = {
        path.relative_to(package.parent).as_posix()
        for path in package.rglob("*")
        if path.is_file() and not skipped & set(path.parts)
    }
    assert {name for name in wheel if ".dist-info/" not in name} == here
    assert "thalweg/py.typed" in here


def test_the_wheel_carries_the_licence(wheel):
    assert any(name.endswith("licenses/LICENSE") for name in wheel)


def test_the_extras_name_what_the_code_asks_for():
    """Each MissingExtra in the code names an extra that pyproject.toml knows, and that holds the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    distribution = {"sklearn": "scikit-learn"}
    asked = []
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", ""))
            if named in ("MissingExtra", "missing") and len(node.args) >= 2:
                values = [arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant)]
                if len(values) == 2:
                    asked.append((str(path), *values))
    for path, package, extra in asked:
        assert extra in extras, f"{path} asks for the extra {extra!r}"
        wanted = distribution.get(package, package)
        assert any(line.startswith(wanted) for line in extras[extra]), f"{path}: {extra} does not hold {wanted}"
