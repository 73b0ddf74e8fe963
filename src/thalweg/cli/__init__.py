"""The command line: ``thalweg fit | solve | check | explain | predict | doctor | completion``.

A file in this room whose name does not start with an underscore is a command of that name; it defines ``command``,
and ``SECTION``, where ``thalweg --help`` lists it.
Commands are imported when they are called, so that ``thalweg --help`` and the other commands stay light.
"""

from __future__ import annotations

import sys

from thalweg.cli import _interrupts


def main() -> None:
    """Run the command line; the entry point of ``thalweg``."""
    _interrupts.leave_at_once()
    import click  # from here on, where Ctrl-C is ours: loading takes its time

    from thalweg.cli._group import group

    if sys.stdout is None:  # closed by the caller, where click would lose the result without a word
        click.echo("error: stdout is closed; the result has nowhere to go.", err=True)
        sys.exit(1)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # names beyond the terminal's alphabet are escaped, not fatal
            stream.reconfigure(errors="backslashreplace")
    group(prog_name="thalweg")
