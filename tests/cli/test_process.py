"""The command line as a process of its own: streams, exit codes, what is loaded, signals."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

MAIN = "from thalweg.cli import main; main()"


def run(*arguments: str, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", MAIN, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)


def test_stdout_is_one_json_object_and_stderr_is_silent(here):
    done = run("solve", "bread.lp", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["verdict"] == "PROVED"
    assert done.stderr == ""


def test_text_is_silent_on_stderr_too(here):
    done = run("solve", "nowhere.lp")
    assert done.returncode == 4
    assert "INFEASIBLE" in done.stdout
    assert done.stderr == ""


def test_errors_go_to_stderr(here):
    done = run("solve", "bred.lp", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith('error: bred.lp does not exist. Did you mean "bread.lp"?')
    assert "Traceback" not in done.stderr


def test_debug_shows_the_traceback(here):
    done = run("solve", "bred.lp", "--debug")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "InputError" in done.stderr


def loaded(*arguments: str) -> set[str]:
    """Top-level modules that a command has loaded when it ends."""
    code = (
        "import atexit, json, sys\n"
        "show = lambda: print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})), file=sys.stderr)\n"
        f"atexit.register(show)\n{MAIN}"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_help_loads_next_to_nothing():
    assert not loaded("--help") & {"numpy", "scipy", "highspy", "pandas", "rich", "sklearn", "jinja2"}


def test_solving_a_small_file_loads_little(here):
    modules = loaded("solve", "bread.lp")
    assert "highspy" in modules
    assert not modules & {"scipy", "pandas", "rich", "sklearn", "jinja2"}


def test_checking_runs_on_less(here):
    (here / "a.json").write_text('{"x": [2, 6], "duals": [0, 1.5, 1]}')
    assert not loaded("check", "bread.lp", "a.json") & {"scipy", "pandas", "rich", "sklearn", "jinja2", "piqp"}


def test_a_reader_that_has_enough_is_no_failure_to_talk_about(here):
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "solve", "bread.lp"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(timeout=120) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_named(here):
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-c", MAIN, "solve", "bread.lp"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert done.stderr == "error: the output could not be written: No space left on device.\n"
    done = run("solve", "bread.lp", "--report", "/dev/full")
    assert done.returncode == 1
    assert "PROVED" in done.stdout
    assert "error: cannot write /dev/full: the disk is full" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["fit", "--help"]])
def test_a_full_disk_while_helping(arguments):
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-c", MAIN, *arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert done.stderr == "error: the output could not be written: No space left on device.\n"


def test_a_closed_output_is_a_failure(here):
    closed = ["bash", "-c", 'exec "$@" >&-', "-", sys.executable, "-c", MAIN, "solve", "bread.lp", "--json"]
    done = subprocess.run(closed, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (1, "error: stdout is closed; the result has nowhere to go.\n")


def test_the_package_is_the_command_line(here):
    command = [sys.executable, "-m", "thalweg", "solve", "nowhere.lp"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (4, "")
    assert "INFEASIBLE" in done.stdout


def test_an_answer_may_be_piped_in(here):
    answer = run("solve", "bread.lp", "--json").stdout
    done = run("check", "bread.lp", "-", "--json", input=answer)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["verdict"] == "PROVED"
    empty = run("check", "bread.lp", "-", input="")
    assert (empty.returncode, empty.stderr[:22]) == (1, "error: stdin is empty.")


def test_a_terminal_without_our_letters(here):
    (here / "name.lp").write_text("max\n o: 2 λ\nst\n r: λ <= 4\nend\n", encoding="utf-8")
    done = run("solve", "name.lp", env={**os.environ, "PYTHONIOENCODING": "latin-1"})
    assert done.returncode == 0
    assert "\\u03bb" in done.stdout


def test_interrupt_before_any_answer(here):
    """Ctrl-C while the file is read (here: a pipe that nobody fills) ends with one line and code 130."""
    os.mkfifo(here / "pipe.lp")
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "solve", "pipe.lp"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    writer = os.open(here / "pipe.lp", os.O_WRONLY)  # returns when the command has opened the pipe
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    os.close(writer)
    assert (process.returncode, out, err) == (130, "", "interrupted: no answer yet.\n")


def test_a_terminal_shows_the_same_words(here):
    pty = pytest.importorskip("pty", reason="this system has no terminals to open")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", MAIN, "solve", "bread.lp"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE, text=True, env=environment)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # how Linux says that the other side is closed
            break
        shown += part
        if not part:
            break
    os.close(ours)
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(timeout=120) == 0
    for word in ("PROVED", "wheat", "36"):
        assert word in shown.decode()
