"""Kinds of option values; what no data could make right is refused as the line is read."""

from __future__ import annotations

import math
from typing import Any

import click


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
