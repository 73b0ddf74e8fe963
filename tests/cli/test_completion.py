"""Completion: the protocol between click and the shells, and the scripts in the shells that are there."""

import os
import shutil
import subprocess
import sys

import pytest

from thalweg.cli._group import group

MAIN = "from thalweg.cli import main; main()"


@pytest.fixture
def complete(here):
    """Return a function that asks for completions of a line, as bash does: pairs of kind and value."""

    def complete(line: str) -> list[tuple[str, str]]:
        words = line.split(" ")
        environment = {**os.environ, "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
        environment["_THALWEG_COMPLETE"] = "bash_complete"
        run = subprocess.run([sys.executable, "-c", MAIN], env=environment, capture_output=True, text=True, check=True)
        assert run.stderr == ""
        return [tuple(item.split(",", 1)) for item in run.stdout.splitlines() if item]

    (here / "data.csv").write_text("age,in come,debt,y\n1,2,3,4\n")
    (here / "data.txt.bak").write_text("")
    (here / "folder").mkdir()
    (here / "folder" / "old.csv").write_text("")
    return complete


def values(items) -> list[str]:
    assert all(kind == "plain" for kind, _ in items)
    return [value for _, value in items]


def test_commands(complete):
    assert values(complete("thalweg ")) == group.list_commands(None)
    assert values(complete("thalweg s")) == ["solve"]


def test_options(complete):
    assert values(complete("thalweg fit data.csv --l")) == ["--loss", "--l1-ratio", "--lower"]
    assert values(complete("thalweg fit data.csv --loss l")) == ["logistic"]


def test_files_whose_suffix_fits(complete):
    assert values(complete("thalweg fit d")) == ["data.csv"]
    assert "bread.lp" in values(complete("thalweg solve "))
    assert "data.csv" not in values(complete("thalweg solve "))
    assert values(complete("thalweg fit ./d")) == ["./data.csv"]
    assert values(complete("thalweg fit folder/")) == ["folder/old.csv"]
    assert values(complete("thalweg fit nowhere/")) == []


def test_a_lone_folder_is_left_to_the_shell(complete):
    assert complete("thalweg solve fo") == [("dir", "fo")]


def test_names_that_need_quotes_are_left_to_the_shell(complete, here):
    (here / "da ta.csv").write_text("")
    assert complete("thalweg fit da") == [("file", "da")]


def test_columns_of_the_file_on_the_line(complete, here):
    assert values(complete("thalweg fit data.csv --target ")) == ["age", "debt", "y"]
    assert values(complete("thalweg fit data.csv --target y --drop a")) == ["age"]
    assert values(complete("thalweg fit nowhere.csv --target ")) == []
    (here / "other.csv").write_text("a;b\n")
    assert values(complete("thalweg fit other.csv --separator ; --target ")) == ["a", "b"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_are_what_the_shells_read(thalweg, shell, tmp_path):
    result = thalweg("completion", shell)
    assert result.code == 0
    assert f"_THALWEG_COMPLETE={shell}_complete" in result.stdout
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed; its script was not read")
    (tmp_path / "script").write_text(result.stdout)
    run = subprocess.run([shell, "-n", str(tmp_path / "script")], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
