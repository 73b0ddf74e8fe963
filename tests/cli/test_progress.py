"""The line on the terminal: there for people who wait, nowhere else."""

import io
import sys

import pytest

from thalweg.cli import _output, _progress
from thalweg.cli._progress import Progress


class Terminal(io.StringIO):
    """A stderr that claims to be a terminal, or not."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


@pytest.fixture
def stderr(monkeypatch):
    """Return a function that puts another stderr in place (inside the test: pytest puts its own before)."""

    def stderr(is_terminal: bool) -> Terminal:
        terminal = Terminal(is_terminal)
        monkeypatch.setattr(sys, "stderr", terminal)
        return terminal

    monkeypatch.setattr(_progress, "DELAY", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    return stderr


def test_a_terminal_shows_the_task_and_the_numbers(stderr):
    terminal = stderr(True)
    with Progress("solving [/b]model.mps") as progress:
        progress._timer.join()
        progress({"objective": 1.5})
        progress._status._live.refresh()
    assert "solving [/b]model.mps" in terminal.getvalue()
    assert "objective 1.5" in terminal.getvalue()


def test_a_file_shows_nothing(stderr):
    file = stderr(False)
    with Progress("solving model.mps") as progress:
        progress({"objective": 1.5})
    _output.say("report written")
    assert file.getvalue() == ""


def test_quick_answers_show_nothing(stderr, monkeypatch):
    terminal = stderr(True)
    monkeypatch.setattr(_progress, "DELAY", 600.0)
    with Progress("solving model.mps") as progress:
        progress({"objective": 1.5})
    assert progress._timer.finished.is_set()
    assert terminal.getvalue() == ""


def test_messages_reach_people(stderr):
    terminal = stderr(True)
    _output.say("report written to [bold]a[/bold].html")
    assert "report written to [bold]a[/bold].html" in terminal.getvalue()
