"""Help pages: complete, light, and their examples run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from thalweg.cli._group import group

ROOT = Path(__file__).parents[2]
COMMANDS = ["", *group.list_commands(None)]


def page(name: str) -> str:
    """The help of a command, or of all of them."""
    whole = group.make_context("thalweg", [], resilient_parsing=True)
    if not name:
        return group.get_help(whole)
    command = group.get_command(whole, name)
    return command.get_help(command.make_context(name, [], parent=whole, resilient_parsing=True))


def examples(text: str) -> list[str]:
    """Lines that start with ``$``, with their continuations."""
    joined = re.sub(r"\\\n\s*", "", text)
    return re.findall(r"^ +\$ (.+)$", joined, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS, ids=lambda name: name or "thalweg")
def test_pages_are_complete_and_fit_a_terminal(name):
    text = page(name)
    for heading in ("Usage: ", "Options:", "Examples:", "Exit codes:"):
        assert f"\n{heading}" in f"\n{text}"
    assert "-h, --help" in text
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.skipif(shutil.which("bash") is None, reason="the examples are lines for bash")
@pytest.mark.parametrize("name", COMMANDS, ids=lambda name: name or "thalweg")
def test_examples_run(name, tmp_path):
    """Each page's examples in their order, beside a copy of examples/ and in a home of their own."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    scripts = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": scripts + os.pathsep + os.environ["PATH"], "HOME": str(tmp_path)}
    found = examples(page(name))
    assert found
    for line in found:
        script = f"set -o pipefail; {line}"
        run = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, f"$ {line}\n{run.stdout}{run.stderr}"
        assert run.stdout or " > " in line or "--out" in line or line.startswith("mkdir"), line
        assert "Traceback" not in run.stderr
