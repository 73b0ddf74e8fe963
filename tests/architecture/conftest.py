"""What the tests of the architecture look at: the package's files and the imports in them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "thalweg"


@dataclass(frozen=True)
class Import:
    """One imported module. ``where`` is "top", "function" or "typing" (under ``if TYPE_CHECKING``)."""

    module: str
    line: int
    where: str


class Source:
    """One file of the package."""

    def __init__(self, path: Path) -> None:
        self.path = path
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        self.module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        self.room = parts[1] if len(parts) > 1 else ""
        self.text = path.read_text(encoding="utf-8")
        self.tree = ast.parse(self.text)

    def __str__(self) -> str:
        return str(self.path.relative_to(PACKAGE))

    @cached_property
    def imports(self) -> list[Import]:
        return imports_of(self.tree)


def imports_of(tree: ast.AST) -> list[Import]:
    """Every import of a module, wherever it hides."""
    return list(_imports(tree, "top"))


def _imports(node: ast.AST, where: str) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, where) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            base = "." * child.level + (child.module or "")
            yield from (Import(_target(base, alias.name), child.lineno, where) for alias in child.names)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from _imports(child, "typing")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _imports(child, where if where == "typing" else "function")
        else:
            yield from _imports(child, where)


def _target(base: str, name: str) -> str:
    """``from thalweg import inputs`` imports the module thalweg.inputs; ``from numpy import array`` imports numpy."""
    path = PACKAGE.parent.joinpath(*base.split("."), name)
    return f"{base}.{name}" if path.is_dir() or path.with_suffix(".py").exists() else base


SOURCES = [Source(path) for path in sorted(PACKAGE.rglob("*.py"))]


@pytest.fixture(params=SOURCES, ids=str)
def source(request: pytest.FixtureRequest) -> Source:
    """Each file of the package in turn."""
    return request.param


@pytest.fixture
def sources() -> list[Source]:
    """All files of the package."""
    return SOURCES


@pytest.fixture
def package() -> Path:
    """Return the folder of the package."""
    return PACKAGE


@pytest.fixture
def find_imports():
    """Return the function that finds the imports in a syntax tree."""
    return imports_of
