"""``thalweg doctor``: what is installed, and whether it works."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterable

import click

from thalweg.cli._help import EXIT_CODES, HERE, Page, manual
from thalweg.cli._output import common_options

SECTION = HERE
EXAMPLES = """
Look at everything, and say whether it can be used
$ thalweg doctor
The same for a program
$ thalweg doctor --json
"""
CODES = {
    0: "usable: what is needed is there and works",
    1: "not usable: something needed is missing, broken or wrong",
    2: EXIT_CODES[2],
}


@click.command(
    cls=Page,
    short_help="Say what is installed, and test it.",
    epilog=manual(EXAMPLES, CODES),
)
@common_options
def command(as_json: bool) -> None:
    """Say what is installed, what is missing and how to install it, and whether it works.

    Imports every package, looks at threads and folders, has each solver solve tiny problems whose answers are
    known, judges what it says, and hands the judge a false claim, which must be refuted. Takes some seconds.
    """
    from thalweg.cli._installation import folders, packages, threads, version_lines
    from thalweg.cli._self_test import self_test

    title = f"{', '.join(version_lines()[:2])}, {platform.system()} {platform.machine()}"
    parts = {"packages": packages, "threads": threads, "folders": folders, "self-test": self_test}
    usable = _as_json(title, parts) if as_json else _as_text(title, parts)
    click.get_current_context().exit(0 if usable else 1)


def _as_text(title: str, parts: dict[str, Callable[[], Iterable]]) -> bool:
    """Print each finding as it is made: a crash of a broken library shows where."""
    click.echo(title)
    usable = True
    for part, find in parts.items():
        click.echo(f"\n{part}")
        for finding in find():
            usable = usable and finding.good
            click.echo(f"  {finding.name:<33} {finding.seen}{'' if finding.good else '  <- not good'}")
    click.echo(f"\nusable: {'yes' if usable else 'no'}")
    return usable


def _as_json(title: str, parts: dict[str, Callable[[], Iterable]]) -> bool:
    found = {part: [finding._asdict() for finding in find()] for part, find in parts.items()}
    usable = all(finding["good"] for findings in found.values() for finding in findings)
    click.echo(json.dumps({"title": title, "usable": usable, **found}))
    return usable
