"""A solution as one self-contained HTML page: no network, no script, every name escaped."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from pathlib import Path

from thalweg.errors import MissingExtra
from thalweg.io import files
from thalweg.reporting import content
from thalweg.reporting.text import solution_text
from thalweg.result import Solution

LONGEST = 200  # rows of a table
_TEMPLATE = Path(__file__).with_name("report.html.j2")


def html_report(solution: Solution, title: str | None = None, remarks: Sequence[tuple[str, str]] = ()) -> str:
    """Return a report as a self-contained HTML page.

    Parameters
    ----------
    solution : Solution
        What to report.
    title : str, optional
        Heading of the page. Default: the kind of problem.
    remarks : sequence of (str, str)
        Further lines of what was asked: the file, the target, choices made.

    Raises
    ------
    MissingExtra
        If jinja2 is not installed.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.reporting.html import html_report
    >>> page = html_report(tw.solve(tw.LinearProgram([1.0], lower=2)), title="a < b")
    >>> "<h1>a &lt; b</h1>" in page, "<script" in page
    (True, False)
    """
    check_installed()
    from jinja2 import Environment, StrictUndefined

    certificate, tried = solution.certificate, content.attempts(solution)
    verdict, _, explanation = certificate.explain().partition(":")
    page = Environment(autoescape=True, undefined=StrictUndefined).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return page.render(
        title=title or content.asked(solution.problem)[0][1],
        asked=[*solution.remarks, *remarks, *content.asked(solution.problem)],
        verdict=verdict,
        explanation=f":{explanation}",
        numbers=content.numbers(solution),
        assumptions=certificate.assumptions,
        tables=[*content.tables(solution, LONGEST), *([] if tried is None else [tried])],
        not_proved=content.not_proved(solution),
    )


def check_installed() -> None:
    """Raise MissingExtra now rather than after the work is done."""
    try:
        import jinja2  # noqa: F401
    except ImportError:
        raise MissingExtra("jinja2", "report", "writing an HTML report") from None


def write_report(
    solution: Solution, path: str | os.PathLike[str], *, title: str | None = None, overwrite: bool = False
) -> None:
    """Write the page; an existing file is replaced only if ``overwrite`` says so."""
    files.check_free(path, overwrite)
    files.write_text(path, html_report(solution, title), overwrite)


def html_fragment(solution: Solution) -> str:
    """Return what a notebook shows for a solution."""
    return f"<pre>{html.escape(solution_text(solution))}</pre>"
