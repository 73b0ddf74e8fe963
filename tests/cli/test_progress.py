"""Signs of life on the terminal: there for people who wait, nowhere else."""

import io
import os
import sys
import threading
import time

import pytest

import thalweg as tw
from thalweg.cli import _output
from thalweg.reporting.progress import HINT

pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")

BAKERY = tw.LinearProgram([3, 5], [[1, 0], [0, 2], [3, 2]], row_upper=[4, 12, 18], lower=0, maximize=True)


class Terminal:
    """A pseudo-terminal as stderr; what it was sent is read by a thread, or it would be full one day."""

    def __init__(self):
        self.master, slave = pty.openpty()
        self.stream = os.fdopen(slave, "w", encoding="utf-8")
        self.sent = b""
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        try:
            while piece := os.read(self.master, 4096):
                self.sent += piece
        except OSError:  # how Linux says that the other side is closed
            pass

    @property
    def text(self) -> str:
        return self.sent.decode()

    def wait_for(self, text: str) -> None:
        """Return when it was sent."""
        deadline = time.monotonic() + 60
        while text not in self.text:
            assert time.monotonic() < deadline, f"{text!r} never came; the terminal got {self.text!r}"
            time.sleep(0.01)

    def closed(self) -> str:
        """All that was sent."""
        self.stream.close()
        self.reader.join(60)
        return self.text


@pytest.fixture
def terminal(monkeypatch):
    """Return a function that makes stderr a terminal (inside the test: pytest puts its own before)."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("NO_COLOR", raising=False)
    opened = []

    def terminal() -> Terminal:
        opened.append(Terminal())
        monkeypatch.setattr(sys, "stderr", opened[-1].stream)
        return opened[-1]

    yield terminal
    for each in opened:
        each.stream.close()
        os.close(each.master)


def test_a_terminal_shows_task_seconds_and_numbers_and_is_cleared(terminal):
    screen = terminal()
    with tw.Progress("solving [/b]model.mps", delay=0) as progress:
        progress({"objective": 1.5, "gap": 0.25, "primal_residual": 3.0})
        screen.wait_for("objective 1.5  gap 0.25")
    text = screen.closed()
    assert "solving [/b]model.mps" in text
    assert "0 s" in text
    assert HINT in text
    assert "primal_residual" not in text
    assert text.endswith(("\x1b[2K", "\x1b[?25h"))  # the line is erased, the cursor is there again


def test_other_numbers_are_shown_where_there_is_no_objective(terminal):
    screen = terminal()
    with tw.Progress(delay=0) as progress:
        progress({"merit": 2.0})
        screen.wait_for("merit 2")


def test_a_time_limit_shows_a_bar_of_time(terminal):
    screen = terminal()
    progress = tw.Progress(delay=0)
    with progress.follow(tw.Watch(time_limit=50)):
        screen.wait_for("of 50 s")
    assert "━" in screen.closed()


def test_solve_shows_and_clears_it(terminal):
    screen = terminal()

    class Slow:
        def solve(self, problem, start, watch, aim):
            watch.step(objective=-36.0)
            screen.wait_for("objective -36")
            return tw.Claim({"x": [2.0, 6.0]}, {"row_dual": [0.0, 1.5, 1.0]})

    assert tw.solve(BAKERY, Slow(), callback=tw.Progress("baking", delay=0), time_limit=600).ok
    text = screen.closed()
    assert "baking" in text
    assert "of 600 s" in text


def test_runs_inside_one_with_share_its_line(terminal):
    screen = terminal()
    with tw.Progress("two runs", delay=0) as progress:
        screen.wait_for("two runs")
        for _ in range(2):
            assert tw.solve(BAKERY, callback=progress).ok
        assert threading.active_count() >= 2
    assert screen.closed().count("\x1b[?25l") <= 1  # the cursor was hidden once


@pytest.mark.parametrize(("name", "value"), [("TERM", "dumb"), ("TERM", "unknown"), ("NO_COLOR", "1")])
def test_a_plain_terminal_gets_one_line_once(terminal, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    screen = terminal()
    with tw.Progress("solving\x1b[31m it\n", delay=0) as progress:
        progress({"objective": 1.5})
        screen.wait_for("\n")
    assert screen.closed() == f"solving\\x1b[31m it\\n ({HINT})\r\n"


class File(io.StringIO):
    """A stderr that is no terminal, or says that it is one."""

    def __init__(self, is_terminal: bool = False) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


@pytest.mark.parametrize("stream", [File(), None, object()])
def test_files_and_missing_streams_get_nothing(monkeypatch, stream):
    monkeypatch.setattr(sys, "stderr", stream)
    with tw.Progress("solving", delay=0) as progress:
        progress({"objective": 1.5})
        assert not any(thread.name == "thalweg progress" for thread in threading.enumerate())
    assert not isinstance(stream, File) or stream.getvalue() == ""


def test_a_notebook_gets_one_line(monkeypatch):
    notebook = type("OutStream", (File,), {"__module__": "ipykernel.iostream"})()
    monkeypatch.setattr(sys, "stderr", notebook)
    with tw.Progress("solving", delay=0):
        deadline = time.monotonic() + 60
        while "\n" not in notebook.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert notebook.getvalue() == f"solving ({HINT})\n"


def test_quick_answers_show_nothing(terminal):
    screen = terminal()
    with tw.Progress("solving", delay=600) as progress:
        progress({"objective": 1.5})
    assert screen.closed() == ""


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_terminal_that_vanishes_ends_nothing_but_the_line(monkeypatch, term):
    monkeypatch.setenv("TERM", term)
    written = threading.Event()

    class Vanished(File):
        def write(self, text):
            written.set()
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stderr", Vanished(is_terminal=True))
    with tw.Progress("solving", delay=0):
        assert written.wait(60)
    assert not any(thread.name == "thalweg progress" for thread in threading.enumerate())


def test_many_threads_may_report(terminal):
    screen = terminal()
    with tw.Progress("solving", delay=0) as progress:
        threads = [threading.Thread(target=progress, args=({"objective": k},)) for k in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        screen.wait_for("objective ")


def test_a_delay_is_a_time():
    with pytest.raises(tw.InputError, match="delay is 'soon'"):
        tw.Progress(delay="soon")
    with pytest.raises(tw.InputError, match="delay is nan"):
        tw.Progress(delay=float("nan"))


def test_messages_reach_people(monkeypatch):
    terminal = File(is_terminal=True)
    monkeypatch.setattr(sys, "stderr", terminal)
    _output.say("loss: [bold]squared[/bold]")
    assert "loss: [bold]squared[/bold]" in terminal.getvalue()


def test_messages_stay_out_of_files(monkeypatch):
    file = File()
    monkeypatch.setattr(sys, "stderr", file)
    _output.say("loss: squared")
    assert file.getvalue() == ""


def test_names_of_written_files_go_everywhere(monkeypatch):
    file = File()
    monkeypatch.setattr(sys, "stderr", file)
    _output.note("report written to \x1b[1mtwo\nlines.html")
    assert file.getvalue() == "report written to \\x1b[1mtwo\\nlines.html\n"
