"""The command line inside this process, and small files for it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from thalweg.cli._group import group

PROGRAMS = {
    "bread.lp": "max\n profit: 3 rye + 5 wheat\nst\n a: rye <= 4\n b: 2 wheat <= 12\n c: 3 rye + 2 wheat <= 18\nend\n",
    "cup.lp": "min\n o: [ 2 x ^ 2 + 2 x * y + 2 y ^ 2 ] / 2\nst\n r: x + y >= 1\nend\n",
    "nowhere.lp": "min\n o: x\nst\n low: x + y >= 3\n high: x + y <= 1\nend\n",
    "endless.lp": "max\n o: x + y\nst\n r: x - y <= 1\nend\n",
    "saddle.lp": "min\n o: [ - 2 x * y ] / 2\nst\n r: x + y <= 6\nbounds\n x <= 4\n y <= 4\nend\n",
}


class Result:
    """What a command printed, and its exit code."""

    def __init__(self, result):
        self.code, self.stdout, self.stderr = result.exit_code, result.stdout, result.stderr
        assert "Traceback" not in self.stdout + self.stderr

    @property
    def json(self):
        """The one JSON object on stdout, without the words NaN and Infinity that JSON does not know."""
        assert self.stdout.count("\n") == 1
        return json.loads(self.stdout, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


@pytest.fixture
def thalweg():
    """Return a function that runs the command line in this process."""
    return lambda *arguments: Result(CliRunner().invoke(group, [str(a) for a in arguments], prog_name="thalweg"))


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """Return a folder to stand in, with the programs."""
    for name, text in PROGRAMS.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path
