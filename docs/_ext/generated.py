"""Parts of the site that are made from the code: the table of solvers, the help of commands, docstrings, a report."""

from __future__ import annotations

import inspect
import os
from pathlib import Path
from typing import Any

import click
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from thalweg.solvers.registry import Entry, entries

HOW_IT_STOPS = {"steps": "after any step", "callback": "when its backend asks", "no": "not before it is done"}


class SolverTable(SphinxDirective):
    """One row per registered solver, in the order in which "auto" tries them."""

    def run(self) -> list[nodes.Node]:
        """Lay the register out as a Markdown table."""
        head = ["name", "takes", "respects", "can be stopped", "what it is"]
        lines = [_row(head), _row(["---"] * len(head)), *(_row(_cells(entry)) for entry in entries())]
        return self.parse_text_to_nodes("\n".join(lines))


def _cells(entry: Entry) -> list[str]:
    """Say what the register knows about a solver."""
    kinds = ", ".join(f"`{kind.__name__}`" for kind in entry.solves)
    first = (entry.kind.__doc__ or "").strip().split("\n\n")[0]
    stops = HOW_IT_STOPS[entry.interruptible]
    return [f'`"{entry.name}"`', kinds, ", ".join(sorted(entry.handles)) or "-", stops, " ".join(first.split())]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


class CommandHelp(SphinxDirective):
    """A section per command of ``thalweg`` with what its ``--help`` prints."""

    def run(self) -> list[nodes.Node]:
        """Ask click for the text of each command."""
        from thalweg.cli._group import group

        os.environ["COLUMNS"] = "88"
        whole = click.Context(group, info_name="thalweg", terminal_width=88)
        found: list[nodes.Node] = [*self._section("thalweg", whole)]
        for name in group.list_commands(whole):
            command = group.get_command(whole, name)
            context = click.Context(command, info_name=name, parent=whole, terminal_width=88)
            found += self._section(f"thalweg {name}", context)
        return found

    def _section(self, title: str, context: click.Context) -> list[nodes.Node]:
        anchor = nodes.make_id(title)
        section = nodes.section(ids=[anchor], names=[title])
        section += nodes.title(title, title)
        section += nodes.literal_block(text := context.get_help(), text, language="text")
        return [section]


def as_written(_app: Any, what: str, _name: str, obj: Any, _options: Any, lines: list[str]) -> None:
    """Keep what docstrings mean: the bars of |b| are no substitutions, "Name: text" of a property no type."""
    if what == "property":
        lines[:] = [*(inspect.getdoc(obj) or "").splitlines(), ""]
    literal = None  # indentation of the line that opened a literal block
    for k, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if literal is not None and line.strip() and indent <= literal:
            literal = None
        if literal is None and not line.lstrip().startswith((">>>", "...")) and "``" not in line:
            lines[k] = line.replace("|", r"\|")
        if line.rstrip().endswith("::"):
            literal = indent


def skip_foreign(_app: Any, _what: str, _name: str, obj: Any, skip: bool, _options: Any) -> bool:
    """Leave out what estimators inherit from scikit-learn, whose own documentation describes it."""
    return skip or (getattr(obj, "__module__", None) or "").startswith("sklearn")


def from_the_menu(app: Any, env: Any, node: nodes.Node, contnode: nodes.Node) -> nodes.Node | None:
    """Let docstrings of every room name what the menu offers: `Fit` is `thalweg.Fit`."""
    if node["reftype"] != "obj" or node["reftarget"].startswith("thalweg."):
        return None
    name = f"thalweg.{node['reftarget']}"
    return env.get_domain("py").resolve_xref(env, node["refdoc"], app.builder, "obj", name, node, contnode)


def write_example_report(app: Any, exception: Exception | None) -> None:
    """Put the report of the tutorial's fit beside the pages that link to it."""
    if exception is None and app.builder.name == "html":
        import pandas as pd

        import thalweg as tw

        flats = pd.read_csv(Path(app.srcdir).parent / "examples" / "rents.csv")
        model = tw.LinearRegression(constraints=["balcony >= 2.5*rooms"], lower={"floor": 0})
        solution = model.fit(flats.drop(columns="rent"), flats["rent"]).solution_
        solution.report(Path(app.outdir) / "example-report.html", title="Rents of 40 flats", overwrite=True)


def setup(app: Any) -> dict[str, bool]:
    """Register directives and hooks with Sphinx."""
    app.add_directive("solver-table", SolverTable)
    app.add_directive("command-help", CommandHelp)
    app.connect("autodoc-process-docstring", as_written, priority=600)  # after napoleon
    app.connect("autodoc-skip-member", skip_foreign)
    app.connect("missing-reference", from_the_menu)
    app.connect("build-finished", write_example_report)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
