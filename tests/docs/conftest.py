"""Code blocks of the Markdown files, and a folder to run them in."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(?P<language>\w*) ?(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block: ```language info."""

    file: str
    line: int
    language: str
    info: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def blocks(file: str, *languages: str) -> list[Block]:
    """Return the blocks of a file in some languages (all of them if none is named)."""
    text = (ROOT / file).read_text(encoding="utf-8")
    found = (
        Block(file, text.count("\n", 0, match.start()) + 1, match["language"], match["info"], match["text"])
        for match in FENCE.finditer(text)
    )
    return [block for block in found if not languages or block.language in languages]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with an argument ``<language>_block`` runs once per block of that language in README.md."""
    for language in ("pycon", "console", "sh"):
        if f"{language}_block" in metafunc.fixturenames:
            metafunc.parametrize(f"{language}_block", blocks("README.md", language), ids=str)


@pytest.fixture(scope="session")
def find_blocks():
    """Return the function that finds the fenced blocks of a file."""
    return blocks


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the repository."""
    return ROOT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the examples to stand in, so that what is written is thrown away."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path
