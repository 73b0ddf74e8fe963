"""The group of commands: it finds them, lists them, and turns their failures into one line and an exit code."""

from __future__ import annotations

import errno
import importlib
import pkgutil
import sys
import warnings
from typing import Any

import click

from thalweg.cli import _interrupts
from thalweg.cli._help import SECTIONS, Page, manual
from thalweg.errors import ThalwegError, suggest
from thalweg.visible import visible

ROOM = sys.modules[__name__.rpartition(".")[0]]  # where the commands are
DEBUG = "thalweg.debug"  # key of the switch in click's context
WARNINGS = "thalweg.warnings"  # key of what was warned of so far


class Commands(click.Group):
    """Every command of this room, loaded by name; their failures become one line on stderr and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the files of this room."""
        return sorted(module.name for module in pkgutil.iter_modules(ROOM.__path__) if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the file of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return importlib.import_module(f"{ROOM.__name__}.{cmd_name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by what they are for."""
        listed: dict[str, list[tuple[str, str]]] = {section: [] for section in SECTIONS}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            section = getattr(sys.modules[f"{ROOM.__name__}.{name}"], "SECTION", SECTIONS[-1])
            listed[section].append((name, command.get_short_help_str(60) if command else ""))
        for section, rows in listed.items():
            if rows:
                with formatter.section(section):
                    formatter.write_dl(rows)

    format_epilog = Page.format_epilog

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Offer the nearest command for an unknown one."""
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            raise click.UsageError(f'No such command "{args[0]}". {suggest(args[0], known)}', ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the line; ``--help`` and ``--version`` already write here."""
        try:
            return super().parse_args(ctx, args)
        except OSError as error:
            _report(error)
            ctx.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; nothing but ``--debug`` shows a traceback."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = _show_warning
            try:
                return super().invoke(ctx)
            except (click.ClickException, click.exceptions.Exit, click.Abort):
                raise
            except KeyboardInterrupt:
                click.echo(_interrupts.LINE, err=True)
                ctx.exit(_interrupts.CODE)
            except Exception as error:
                if ctx.meta.get(DEBUG):
                    raise
                _report(error)
                ctx.exit(1)


def _report(error: Exception) -> None:
    """Say on stderr what went wrong."""
    if isinstance(error, OSError) and not isinstance(error, ThalwegError):
        if error.errno == errno.EPIPE:  # whoever read our output has enough of it
            return
        where = f"{error.filename} could not be used" if error.filename else "the output could not be written"
        message = f"{where}: {error.strerror or error}."
    elif isinstance(error, ThalwegError):
        message = str(error)
    elif isinstance(error, MemoryError):
        message = "the memory does not suffice. Use a smaller file or a larger machine."
    else:
        kind = type(error).__name__
        message = f"an error inside thalweg ({kind}: {error}). Please report it; --debug shows where it happened."
    click.echo(f"error: {_printable(message)}", err=True)


def _printable(text: str) -> str:
    """Make the lines visible, each for itself: line ends stay."""
    return "\n".join(visible(line) for line in text.split("\n"))


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """Say it on stderr, and keep it for the notes of --json."""
    context = click.get_current_context(silent=True)
    if context is not None:
        context.meta.setdefault(WARNINGS, []).append(str(message))
    click.echo(f"warning: {_printable(str(message))}", err=True)


def debug_switch(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Remember ``--debug``, wherever it stands on the line."""
    if value:
        ctx.meta[DEBUG] = True


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        from thalweg.cli._installation import version_lines

        click.echo("\n".join(version_lines()))
        ctx.exit()


EXAMPLES = """
Fit a regression to a table
$ thalweg fit examples/rents.csv --target rent
Solve a linear program and keep the answer
$ thalweg solve examples/diet.mps --save diet.npz
Judge it again, from the file alone
$ thalweg check diet.npz
"""


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"{manual(EXAMPLES)}\n\nMore on a command: thalweg COMMAND --help",
)
@click.option("--debug", is_flag=True, expose_value=False, callback=debug_switch, help="Show tracebacks.")
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Show versions, also of solvers.",
)
def group() -> None:
    """Optimization for machine learning that proves its answers.

    A solver makes a claim; the certificate says what that claim proves. Results go to stdout, messages to stderr, and
    the exit code says what was proved. No file is overwritten unless --overwrite says so.
    """
