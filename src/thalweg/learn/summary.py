"""Tables of coefficients with their standard errors, as text and as HTML."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Any

from thalweg.learn.inference import Inference
from thalweg.visible import visible

_KINDS = {
    "classical": "classical",
    "clustered": "clustered sandwich",
    **{f"HC{k}": f"sandwich HC{k}, which holds where variances differ" for k in range(4)},
}


@dataclass(frozen=True, eq=False)
class Summary:
    """Coefficients with standard errors, statistics, p-values and intervals, under what they rest on.

    ``str()`` gives text, notebooks show `html`, and `table` is for further work.

    Examples
    --------
    >>> import thalweg as tw
    >>> print(tw.LinearRegression().fit([[0.0], [1.0], [2.0], [3.0]], [1.0, 2.0, 2.0, 4.0]).summary())
    LinearRegression, squared loss: PROVED, gap ...
    4 rows, 2 parameters, 2 degrees of freedom
    standard errors: classical; dispersion 0.35
    <BLANKLINE>
                 estimate  std error      t  p-value  [ 2.5 %  97.5 %]
    (intercept)       0.9   0.494975  1.818   0.2106    -1.23     3.03
    x0                0.9   0.264575  3.402   0.0766  -0.2384    2.038
    """

    model: str
    loss: str
    verdict: str
    gap: float
    inference: Inference
    level: float

    def table(self) -> dict[str, list[Any]]:
        """Columns by name: name, estimate, standard_error, statistic, p_value, lower, upper."""
        found, ends = self.inference, self.inference.interval(self.level)
        columns = {
            "estimate": found.estimates,
            "standard_error": found.standard_errors,
            "statistic": found.statistics,
            "p_value": found.p_values,
            "lower": ends[:, 0],
            "upper": ends[:, 1],
        }
        return {"name": list(found.names), **{name: values.tolist() for name, values in columns.items()}}

    def lines(self) -> list[str]:
        """Say what the numbers rest on."""
        found = self.inference
        rest = f"{found.residual_degrees_of_freedom:g} degrees of freedom"
        told = [
            f"{self.model}, {self.loss} loss: {self.verdict}, gap {self.gap:.1e}",
            f"{found.size:g} rows, {found.rank} parameters, {rest}",
            f"standard errors: {_KINDS[found.kind]}; dispersion {found.dispersion:.6g}",
        ]
        if found.held:
            told.append(f"conditional on these limits, taken for equalities: {', '.join(map(visible, found.held))}")
        unknown = [name for name, error in zip(found.names, found.standard_errors, strict=True) if math.isnan(error)]
        if unknown:
            shown = ", ".join(visible(name) for name in unknown[:8])
            more = f", ... ({len(unknown)} in all)" if len(unknown) > 8 else ""
            told.append(f"not determined by the data, since columns depend on each other: {shown}{more}")
        return told

    def _head(self) -> tuple[str, ...]:
        tail = 50 * (1 - self.level)
        statistic = "z" if self.inference.normal else "t"
        return ("", "estimate", "std error", statistic, "p-value", f"[{tail:4.3g} %", f"{100 - tail:.3g} %]")

    def _rows(self) -> list[tuple[str, ...]]:
        columns = list(self.table().values())
        return [
            (visible(name), f"{b:.6g}", f"{se:.6g}", f"{z:.4g}", _probability(p), f"{low:.4g}", f"{high:.4g}")
            for name, b, se, z, p, low, high in zip(*columns, strict=True)
        ]

    def __str__(self) -> str:
        rows = [self._head(), *self._rows()]
        widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
        table = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows]
        return "\n".join([*self.lines(), "", *table])

    def __repr__(self) -> str:
        return str(self)

    def html(self) -> str:
        """Return a table that stands on its own; names are escaped."""
        told = "".join(f"<p>{html.escape(line)}</p>" for line in self.lines())
        head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in self._head())
        rows = "".join(
            f'<tr><th scope="row">{html.escape(row[0])}</th>'
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
            + "</tr>"
            for row in self._rows()
        )
        return f"<div>{told}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"

    def _repr_html_(self) -> str:
        return self.html()


def _probability(p: float) -> str:
    return "< 1e-16" if p < 1e-16 else f"{p:.1e}" if p < 1e-4 else f"{p:.4f}"
