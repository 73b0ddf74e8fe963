"""Whose Ctrl-C is: the command line takes it when it runs in a process of its own, and never when it is imported."""

import signal
import subprocess
import sys

import click

from thalweg.cli._interrupts import lose_nothing
from thalweg.watch import InterruptHold


def test_importing_the_command_line_leaves_ctrl_c_alone():
    """Also meanwhile: whoever imports it may have other work to lose."""
    code = (
        "import signal, sys\n"
        "seen = []\n"
        "look = lambda: seen.append(signal.getsignal(signal.SIGINT))\n"
        "sys.addaudithook(lambda event, _: look() if event == 'import' else None)\n"
        "import thalweg.cli._group\n"
        "assert len(seen) > 20 and set(seen) == {signal.default_int_handler}, set(seen)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_the_command_line_runs_in_any_thread():
    code = (
        "import signal, sys, threading\n"
        "from thalweg.cli import main\n"
        "sys.argv = ['thalweg', '--version']\n"
        "ended = []\n"
        "threading.excepthook = ended.append\n"
        "thread = threading.Thread(target=main)\n"
        "thread.start(); thread.join()\n"
        "assert [one.exc_type for one in ended] == [SystemExit]\n"
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("thalweg ")


def test_holding_ctrl_c_back_twice_is_holding_it_back_once():
    before = signal.getsignal(signal.SIGINT)
    with click.Context(click.Command("solve")) as ctx:
        lose_nothing(ctx)
        lose_nothing(ctx)
        assert len(InterruptHold._open) == 1
    assert InterruptHold._open == []
    assert signal.getsignal(signal.SIGINT) is before
