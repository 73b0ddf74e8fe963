"""Help that reads like a page of a manual: what a command does, its options, examples, exit codes.

Examples are lines that start with ``$``; the tests run them in a folder that holds a copy of ``examples/``.
"""

from __future__ import annotations

from collections.abc import Mapping

import click

# Sections of ``thalweg --help``. A command's file names its own; one that names none stands under the last.
FIND, LOOK, USE, HERE = "Find an answer", "Look at an answer", "Use a model", "This installation"
SECTIONS = (FIND, LOOK, USE, HERE, "Further commands")

EXIT_CODES = {
    0: "proved, or within tolerance under assumptions that are listed",
    1: "failure: a file, the data, an unknown name of a column or solver",
    2: "usage: no data could make this line right",
    3: "answered, but not proved",
    4: "infeasible: no point satisfies all limits",
    5: "unbounded, or no minimiser",
    130: "interrupted before any answer",
}
FAILURES = {code: EXIT_CODES[code] for code in (1, 2)}  # of commands that judge nothing


class Page(click.Command):
    """A command whose epilog is laid out already, so that click must not wrap it."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the epilog as it is."""
        if self.epilog:
            formatter.write(f"\n{self.epilog}\n")


def manual(examples: str, codes: Mapping[int, str] = EXIT_CODES) -> str:
    """Lay out the foot of a page: examples and exit codes."""
    lines = [f"  {'  ' * line.startswith('$')}{line}" for line in examples.strip().splitlines()]
    meanings = [f"  {code:<3} {meaning}" for code, meaning in codes.items()]
    return "\n".join(["Examples:", *lines, "", "Exit codes:", *meanings])
