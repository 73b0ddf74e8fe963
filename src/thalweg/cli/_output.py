"""What every command shares: its options, where its result goes, and the exit code."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import click

from thalweg.cli import _interrupts as interrupts
from thalweg.cli._answers import number
from thalweg.cli._group import WARNINGS, debug_switch
from thalweg.cli._values import File, Finite, Separator
from thalweg.io import files, kinds
from thalweg.io.delimited import Layout
from thalweg.visible import visible

if TYPE_CHECKING:  # NumPy comes with these, and --help does without
    from thalweg.certificate import Certificate
    from thalweg.result import Solution

    Keep = Callable[[Solution, str, bool], None]


@dataclass(frozen=True)
class Output:
    """Where the result goes.

    Attributes
    ----------
    as_json : bool
        One JSON object on stdout instead of text.
    report : str or None
        Path of an HTML report.
    save : str or None
        Path of a file that keeps the answer.
    overwrite : bool
        Whether these may replace files.
    """

    as_json: bool
    report: str | None = None
    save: str | None = None
    overwrite: bool = False

    def check(self, *sources: str) -> None:
        """Fail before the work rather than after it; no output may replace a file that is read, or another output."""
        if self.report is not None:
            from thalweg.reporting.html import check_installed

            check_installed()
        written = [path for path in (self.report, self.save) if path is not None]
        for path in written:
            for source in sources:
                files.check_apart(path, source)
            files.check_free(path, overwrite=self.overwrite)
        if len(written) == 2 and os.path.realpath(written[0]) == os.path.realpath(written[1]):
            raise click.UsageError(f'--report and --save name the same file "{written[0]}".')
        if self.report is not None:
            kinds.check_suffix(self.report, ".html", "an HTML page")

    def deliver(
        self, solution: Solution, title: str, answer: Mapping[str, Any], keep: Keep | None = None, story: str = ""
    ) -> None:
        """Print the result, write the files, and leave with the exit code of the certificate.

        ``answer`` goes into JSON beside the certificate, ``story`` behind the text; ``keep`` writes what --save asks.
        """
        interrupts.lose_nothing(click.get_current_context())
        if not solution.claim.values and solution.stop.name == "INTERRUPTED":
            click.echo(interrupts.LINE, err=True)
            click.get_current_context().exit(interrupts.CODE)
        told = solution.certificate.to_dict() | {"seconds": number(solution.seconds)} | dict(answer)
        told["notes"] += click.get_current_context().meta.get(WARNINGS, [])  # of the file, for whoever reads no stderr
        if self.as_json:
            click.echo(json.dumps(told))
        else:
            _print(solution)
            if story:
                click.echo(f"\n{story}")
        if self.save is not None:
            if keep is None and self.save.lower().endswith(".json"):
                save_json(told, self.save, self.overwrite)
            else:
                (keep or save_answer)(solution, self.save, self.overwrite)
        if self.report is not None:
            from thalweg.reporting.html import write_report

            write_report(solution, self.report, title=title, overwrite=self.overwrite)
            note(f"report written to {self.report}")
        click.get_current_context().exit(exit_code(solution.certificate))


def _print(solution: Solution) -> None:
    """Print a solution in colours on a terminal, and as plain text elsewhere."""
    if sys.stdout.isatty():
        from rich.console import Console

        Console(highlight=False).print(solution)
    else:
        click.echo(str(solution))


def save_answer(solution: Solution, path: str, overwrite: bool) -> None:
    """Keep problem and answer, the way of --save that every command knows."""
    solution.save(path, overwrite=overwrite)
    note(f"answer saved to {path}")


def save_json(told: Mapping[str, Any], path: str, overwrite: bool) -> None:
    """Keep what --json prints: an answer file for `thalweg check`."""
    files.write_text(path, json.dumps(told, indent=1) + "\n", overwrite=overwrite)
    note(f"answer saved to {path}")


@dataclass(frozen=True)
class Search:
    """How to look for the answer: the arguments of `thalweg.solve` that the command line offers."""

    solver: str
    tol: float | None
    time_limit: float | None

    def run(self, problem: Any, task: str, remarks: Sequence[tuple[str, str]]) -> Solution:
        """Solve, with a line of progress on the terminal; remarks say what was asked beside the problem."""
        interrupts.lose_nothing(click.get_current_context())
        from thalweg.front import solve
        from thalweg.reporting.progress import Progress

        progress = Progress(task)
        solution = solve(problem, self.solver, tol=self.tol, time_limit=self.time_limit, callback=progress)
        return replace(solution, remarks=tuple(remarks))


def exit_code(certificate: Certificate) -> int:
    """0 ok, 3 answered but not proved, 4 infeasible, 5 unbounded or no minimiser."""
    if certificate.ok:
        return 0
    return {"INFEASIBLE": 4, "UNBOUNDED": 5, "NO_MINIMISER": 5}.get(certificate.verdict.name, 3)


def note(message: str) -> None:
    """Say in one line on stderr what happened beside the result, such as the name of a file that was written."""
    click.secho(visible(message), err=True, dim=True)


def say(message: str) -> None:
    """Tell a person at a terminal; silent when stderr goes elsewhere."""
    if sys.stderr is not None and sys.stderr.isatty():
        note(message)


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


def layout_options(command: Callable[..., None]) -> Callable[..., Any]:
    """Add --separator and --decimal, and hand them over as ``layout``."""
    command = gathered(Layout, "layout")(command)
    help_text = 'Between the fields of a CSV file: ",", ";", "tab" ...'
    for option in (
        click.option("--decimal", type=click.Choice([".", ","]), default=".", help="Before decimals in a CSV file."),
        click.option("--separator", type=Separator(), default=",", help=help_text),
    ):
        command = option(command)
    return command


def report_options(command: Callable[..., None]) -> Callable[..., Any]:
    """Add --report and --overwrite."""
    for option in (
        click.option("--overwrite", is_flag=True, help="Let what is written replace an existing file."),
        click.option(
            "--report", type=File(".html"), metavar="OUT.html", help="Also write a self-contained HTML report."
        ),
    ):
        command = option(command)
    return command


def solving_options(command: Callable[..., None]) -> Callable[..., Any]:
    """Add what commands take that run solvers, and hand it over as ``output`` and ``search``."""
    command = gathered(Search, "search")(gathered(Output, "output")(command))
    for option in (
        click.option("--solver", default="auto", show_default=True, help="Use this solver only."),
        click.option(
            "--time-limit",
            type=Finite(min=0, min_open=True),
            metavar="SECONDS",
            help="Stop with the best answer so far.",
        ),
    ):
        command = option(command)
    return tolerance_option(common_options(report_options(command)))
