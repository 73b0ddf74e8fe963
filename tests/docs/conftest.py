"""Code blocks of the Markdown files, a folder to run them in, and how they are run."""

import doctest
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
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


def run_session(block: Block, namespace: dict) -> None:
    """Run a Python session in a namespace, and compare what it prints."""
    test = doctest.DocTestParser().get_doctest(block.text, namespace, str(block), block.file, block.line)
    test.globs = namespace  # the parser made a copy
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    runner.run(test, out=report.append, clear_globs=False)
    assert test.examples, f"{block} holds no example"
    assert not runner.failures, "".join(report)


def run_shell(block: Block) -> None:
    """Run each line ``$ command``; what follows, up to the next one, is its output."""
    scripts = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": scripts + os.pathsep + os.environ["PATH"], "COLUMNS": "200"}
    sessions = re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE)
    assert sessions, f"{block} holds no command"
    status = 0
    for command, expected in sessions:
        script = f"(exit {status}); {command}"  # so that `echo $?` speaks of the command before
        shown = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}  # as a terminal shows them
        run = subprocess.run(["bash", "-c", script], **shown, text=True, env=environment, check=False)
        status = run.returncode
        matches = doctest.OutputChecker().check_output(expected, run.stdout, FLAGS)
        assert matches, f"{block}: $ {command}\n{run.stdout}\nexpected\n{expected}"


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
def run_block():
    """Return the function that runs a block by its language; Python sessions share the namespace that is handed in."""

    def run(block: Block, namespace: dict) -> None:
        if block.language == "pycon":
            run_session(block, namespace)
        elif block.language == "console":
            run_shell(block)
        elif block.language == "python":
            Path(block.info).write_text(block.text, encoding="utf-8")  # a later shell session runs it

    return run


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
