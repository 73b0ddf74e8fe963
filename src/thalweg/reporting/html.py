"""A solution as one self-contained HTML page: no network, no script, every name escaped."""

from __future__ import annotations

import html
import os
from functools import partial
from pathlib import Path
from typing import Any

from thalweg import __version__
from thalweg.errors import MissingExtra
from thalweg.io import files, kinds
from thalweg.reporting import figures
from thalweg.reporting.content import content
from thalweg.reporting.question import kind
from thalweg.reporting.text import solution_text
from thalweg.result import Solution
from thalweg.visible import visible

LONGEST = 200  # rows of a table
LONGEST_FRAGMENT = 20
_TEMPLATES = Path(__file__).with_name("templates")


def html_report(solution: Solution, title: str | None = None) -> str:
    """Return a report as a self-contained HTML page.

    Parameters
    ----------
    solution : Solution
        What to report; its ``remarks`` stand among what was asked.
    title : str, optional
        Heading of the page. Default: the kind of problem.

    Raises
    ------
    MissingExtra
        If jinja2 or matplotlib is not installed.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.reporting.html import html_report
    >>> page = html_report(tw.solve(tw.LinearProgram([1.0], lower=2)), title="a < b")
    >>> "<title>a &lt; b</title>" in page, "<script" in page
    (True, False)
    """
    check_installed()
    return _rendered(
        "page.html.j2",
        told=content(solution, LONGEST, title),
        kind=kind(solution.problem),
        answer_figures=figures.of_the_answer(solution),
        run_figures=figures.of_the_run(solution),
        version=__version__,
    )


def write_report(
    solution: Solution, path: str | os.PathLike[str], *, title: str | None = None, overwrite: bool = False
) -> None:
    """Write the page of `html_report` to a file; an existing file is replaced only if ``overwrite`` says so.

    Raises
    ------
    InputError
        If the file exists already or cannot be written.
    MissingExtra
        If jinja2 or matplotlib is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import thalweg as tw
    >>> page = pathlib.Path(tempfile.mkdtemp()) / "load.html"
    >>> tw.solve(tw.LinearProgram([1.0], lower=2)).report(page)
    >>> page.read_text(encoding="utf-8").startswith("<!doctype html>")
    True
    """
    kinds.check_suffix(path, ".html", "an HTML page")
    files.check_free(path, overwrite=overwrite)
    files.write_text(path, html_report(solution, title), overwrite=overwrite)


def html_fragment(solution: Solution) -> str:
    """Return what a notebook shows for a solution: the certificate and the first table; plain text without jinja2.

    Examples
    --------
    >>> import thalweg as tw
    >>> "PROVED" in tw.solve(tw.LinearProgram([1.0], lower=2))._repr_html_()
    True
    """
    try:
        told = content(solution, LONGEST_FRAGMENT)
        return _rendered("fragment.html.j2", card=told.card, table=next(iter(told.tables), None))
    except MissingExtra:
        return f"<pre>{html.escape(solution_text(solution))}</pre>"


def check_installed() -> None:
    """Raise MissingExtra now rather than after the work is done."""
    for package in ("jinja2", "matplotlib"):
        try:
            __import__(package)
        except ImportError:
            raise MissingExtra(package, "report", "writing an HTML report") from None


def _rendered(template: str, **parts: Any) -> str:
    """Fill in a template; whatever it is handed is escaped."""
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise MissingExtra("jinja2", "report", "writing HTML") from None
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = partial(visible, isolated=True)
    return environment.get_template(template).render(**parts)
