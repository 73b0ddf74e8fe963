"""What every command shares: its options, where its result goes, and the exit code."""

from __future__ import annotations

import functools
import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import click

from thalweg.cli import INTERRUPTED, debug_switch
from thalweg.cli._values import Finite
from thalweg.io import files

if TYPE_CHECKING:  # NumPy comes with these, and --help does without
    from thalweg.certificate import Certificate
    from thalweg.result import Solution

Remarks = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Output:
    """Where the result goes.

    Attributes
    ----------
    as_json : bool
        One JSON object on stdout instead of text.
    report : str or None
        Path of an HTML report.
    overwrite : bool
        Whether the report may replace a file.
    """

    as_json: bool
    report: str | None = None
    overwrite: bool = False

    def check(self, source: str) -> None:
        """Fail before the work rather than after it; the report must not replace the file that is read."""
        if self.report is not None:
            from thalweg.reporting.html import check_installed

            check_installed()
            files.check_apart(self.report, source)
            files.check_free(self.report, self.overwrite)

    def deliver(self, solution: Solution, title: str, remarks: Remarks, answer: Mapping[str, Any]) -> None:
        """Print the result, write the report, and leave with the exit code of the certificate.

        ``remarks`` are lines of text about what was asked, ``answer`` the same and the values for JSON.
        """
        if not solution.claim.values and solution.stop.name == "INTERRUPTED":
            click.echo("interrupted: no answer yet.", err=True)
            click.get_current_context().exit(INTERRUPTED)
        if self.as_json:
            click.echo(json.dumps(solution.certificate.to_dict() | {"seconds": solution.seconds} | dict(answer)))
        else:
            from thalweg.reporting.text import solution_text

            click.echo(solution_text(solution, remarks))
        if self.report is not None:
            from thalweg import __version__
            from thalweg.reporting.html import html_report

            page = html_report(solution, title, [("written by", f"thalweg {__version__}"), *remarks])
            files.write_text(self.report, page, self.overwrite)
            say(f"report written to {self.report}")
        click.get_current_context().exit(exit_code(solution.certificate))


@dataclass(frozen=True)
class Search:
    """How to look for the answer: the arguments of `thalweg.solve` that the command line offers."""

    solver: str
    tol: float | None
    time_limit: float | None

    def run(self, problem: Any, task: str) -> Solution:
        """Solve, with a line of progress on the terminal."""
        from thalweg.cli._progress import Progress
        from thalweg.front import solve

        with Progress(task) as progress:
            return solve(problem, self.solver, tol=self.tol, time_limit=self.time_limit, callback=progress)


def exit_code(certificate: Certificate) -> int:
    """0 ok, 3 answered but not proved, 4 infeasible, 5 unbounded or no minimiser."""
    if certificate.ok:
        return 0
    return {"INFEASIBLE": 4, "UNBOUNDED": 5, "NO_MINIMISER": 5}.get(certificate.verdict.name, 3)


def named(names: Sequence[str] | None, numbers: Any) -> dict[str, float | None] | list[float | None] | None:
    """Numbers by name, or in order where there are no names; infinite and NaN become None."""
    if numbers is None:
        return None
    plain = [number + 0.0 if math.isfinite(number) else None for number in map(float, numbers)]
    return plain if names is None else dict(zip(names, plain, strict=True))


def attempts(solution: Solution) -> list[dict[str, Any]]:
    """Return the story of a solution for JSON."""
    return [
        {"solver": a.by, "stop": a.stop.value, "verdict": a.verdict.name, "seconds": a.seconds, "message": a.message}
        for a in solution.attempts
    ]


def say(message: str) -> None:
    """Tell a person at a terminal; silent when stderr goes elsewhere."""
    if sys.stderr.isatty():
        from rich.console import Console

        Console(stderr=True, highlight=False).print(message, style="dim", markup=False)


def gathered(kind: type, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Hand those options that are fields of a dataclass to the command as one argument."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def call(**options: Any) -> None:
            own = {entry.name: options.pop(entry.name) for entry in fields(kind) if entry.name in options}
            command(**{name: kind(**own)}, **options)

        return call

    return decorate


def debug_option(command: Callable[..., None]) -> Callable[..., Any]:
    """Add --debug."""
    help_text = "Show tracebacks."
    return click.option("--debug", is_flag=True, expose_value=False, callback=debug_switch, help=help_text)(command)


def common_options(command: Callable[..., None]) -> Callable[..., Any]:
    """Add what every command takes: --json and --debug."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")(
        debug_option(command)
    )


def tolerance_option(command: Callable[..., None]) -> Callable[..., Any]:
    """Add --tol."""
    help_text = "Largest relative gap, objective to bound [default: 1e-6]."
    return click.option("--tol", type=Finite(min=0), help=help_text)(command)


def solving_options(command: Callable[..., None]) -> Callable[..., Any]:
    """Add what commands take that run solvers, and hand it over as ``output`` and ``search``."""
    command = gathered(Search, "search")(gathered(Output, "output")(command))
    for option in (
        click.option("--overwrite", is_flag=True, help="Let the report replace an existing file."),
        click.option("--report", metavar="OUT.html", help="Also write a self-contained HTML report."),
        click.option("--solver", default="auto", show_default=True, help="Use this solver only."),
        click.option(
            "--time-limit",
            type=Finite(min=0, min_open=True),
            metavar="SECONDS",
            help="Stop with the best answer so far.",
        ),
    ):
        command = option(command)
    return tolerance_option(common_options(command))
