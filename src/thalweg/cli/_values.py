"""Kinds of option values; what no data could make right is refused as the line is read."""

from __future__ import annotations

import csv
import math
import os
import re
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from thalweg.io import kinds

LOSSES = {
    "squared": None,
    "logistic": None,
    "huber": "delta",
    "quantile": "tau",
    "poisson": None,
    "gamma": None,
    "tweedie": "power",
    "negative-binomial": "dispersion",
    "squared-hinge": None,
}  # with what stands behind the equals sign
PROGRAMS = (*kinds.PROGRAMS, ".npz")
_PLAIN_NAME = re.compile(r"[\w.+-]+")  # what a shell passes on as it is


class Finite(click.FloatRange):
    """A number of a range; NaN and infinity, which click's own range lets through, are refused."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a number."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number


class Limit(click.ParamType):
    """NAME=VALUE with a finite number; a name may hold equals signs itself."""

    name = "NAME=VALUE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        """Read a name and a number."""
        name, _, text = value.rpartition("=")
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not name or not math.isfinite(number):
            self.fail(f'"{value}" is not NAME=VALUE with a finite number, e.g. age=0.', param, ctx)
        return name, number


class LossName(click.ParamType):
    """The name of a loss, with the number it depends on behind an equals sign if that is not the usual one."""

    name = "NAME[=NUMBER]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse unknown names, and numbers where none belongs; ranges are known to the loss."""
        name, equals, number = str(value).partition("=")
        if name not in LOSSES:
            self.fail(f'"{name}" is no loss. Choose one of {", ".join(LOSSES)}.', param, ctx)
        if equals and LOSSES[name] is None:
            self.fail(f'the loss "{name}" takes no number. Drop "={number}".', param, ctx)
        if equals:
            Finite().convert(number, param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        """List the names that fit."""
        return [CompletionItem(name) for name in LOSSES if name.startswith(incomplete)]


class Separator(click.ParamType):
    """One character, or the word "tab"."""

    name = "character"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read a character that can stand between fields."""
        character = {"tab": "\t", r"\t": "\t"}.get(value, value)
        if len(character) != 1 or character.isalnum() or character in "\"'\n\r.+-_":
            self.fail(
                f'{value!r} cannot separate columns; pass one character such as ";", or the word tab.', param, ctx
            )
        return character


class File(click.ParamType):
    """The name of a file; shells offer those whose suffix fits, and folders. ``dash`` lets "-" stand for stdin."""

    name = "file"

    def __init__(self, *suffixes: str, dash: bool = False) -> None:
        self.suffixes, self.dash = suffixes, dash

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what names no file."""
        if not value:
            self.fail("the name of the file is empty.", param, ctx)
        if value == "-" and not self.dash:
            self.fail('"-" stands for no file here. Only the ANSWER of `thalweg check` comes from stdin.', param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        """List what fits; a lone folder is left to the shell, which goes on behind the slash."""
        folder, _ = os.path.split(incomplete)
        try:
            entries = sorted(os.scandir(folder or "."), key=lambda entry: entry.name)
            found = [(os.path.join(folder, entry.name), entry.is_dir()) for entry in entries]
        except OSError:
            return []
        fitting = [
            f"{path}/" if is_folder else path
            for path, is_folder in found
            if path.startswith(incomplete) and (is_folder or path.lower().endswith(self.suffixes))
        ]
        if len(fitting) == 1 and fitting[0].endswith("/"):
            return [CompletionItem(incomplete, type="dir")]
        if not all(_PLAIN_NAME.fullmatch(part) for path in fitting for part in path.split("/") if part):
            return [CompletionItem(incomplete, type="file")]  # the shell knows how to quote
        return [CompletionItem(path) for path in fitting]


class Target(File):
    """The name of a file to be written; its suffix says what is written into it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse other suffixes, too."""
        value = super().convert(value, param, ctx)
        if not value.lower().endswith(self.suffixes):
            self.fail(f'"{value}" does not say what to write: end it in {" or ".join(self.suffixes)}.', param, ctx)
        return value


class Column(click.ParamType):
    """The name of a column; shells offer those of the CSV file that stands before it on the line."""

    name = "column"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        """Read the names in the first line of the file."""
        path = ctx.params.get("file") or next(iter(ctx.args), "")  # the line ends in an option, so click gave up on it
        separator = ctx.params.get("separator") or ","
        try:
            with Path(path).open(encoding="utf-8-sig", newline="") as stream:
                names = next(csv.reader([stream.readline(100_000)], delimiter=separator, skipinitialspace=True), [])
        except (OSError, ValueError, csv.Error):
            return []
        fitting = [name.strip() for name in names if name.strip().startswith(incomplete)]
        return [CompletionItem(name) for name in fitting if _PLAIN_NAME.fullmatch(name)]
