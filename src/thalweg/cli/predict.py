"""``thalweg predict``: a saved model on new rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from thalweg.cli._help import FAILURES, USE, Page, manual
from thalweg.cli._interrupts import lose_nothing
from thalweg.cli._output import common_options, gathered, layout_options, note
from thalweg.cli._values import File
from thalweg.io import files, kinds

if TYPE_CHECKING:
    from thalweg.io.delimited import Layout

SECTION = USE
EXAMPLES = """
Fit a model, then predict rows of another file (here the same)
$ thalweg fit examples/rents.csv --target rent --save rents.json
$ thalweg predict rents.json examples/rents.csv --out predicted.csv
The same on stdout, as JSON
$ thalweg predict rents.json examples/rents.csv --json
"""


@dataclass(frozen=True)
class Destination:
    """Where predictions go: a file, or stdout."""

    out: str | None
    overwrite: bool
    as_json: bool

    def check(self, *sources: str) -> None:
        """Fail before the work."""
        if self.out is not None:
            for source in sources:
                files.check_apart(self.out, source)
            files.check_free(self.out, overwrite=self.overwrite)

    def write(self, text: str) -> None:
        """Write the file, or print."""
        lose_nothing(click.get_current_context())
        if self.out is None:
            click.echo(text, nl=False)
        else:
            files.write_text(self.out, text, overwrite=self.overwrite)
            note(f"predictions written to {self.out}")


@click.command(
    cls=Page,
    short_help="Predict new rows with a saved model.",
    epilog=manual(EXAMPLES, {0: "every row was predicted", **FAILURES}),
)
@click.argument("model", metavar="MODEL.json", type=File(".json"))
@click.argument("file", metavar="NEW", type=File(*kinds.TABLES))
@click.option("--out", metavar="PREDICTIONS.csv", type=File(".csv"), help="Write there instead of stdout.")
@click.option("--overwrite", is_flag=True, help="Let what is written replace an existing file.")
@layout_options
@common_options
@gathered(Destination, "destination")
def command(model: str, file: str, layout: Layout, destination: Destination) -> None:
    """Predict the rows of NEW (CSV, Parquet or Arrow) with MODEL.json, which `thalweg fit --save` or model.save wrote.

    Writes CSV, one line per row in the same order. Column "prediction" holds a number, or the more probable label;
    labels are followed by the probability of each. Columns are found by name, whatever their order; further ones are
    ignored, and a line on stderr says so. Missing values and text in a column that is needed are refused.

    A model predicts; that its coefficients were the best for the data it was fitted on proves nothing about new rows.
    """
    destination.check(model, file)
    from thalweg.cli._predictions import as_csv, as_json, predictions
    from thalweg.io.models import read_model

    saved = read_model(model)
    found = predictions(saved, file, layout)
    if found.ignored:
        note(f"note: {found.told()}")
    if saved.proof and saved.proof["verdict"] not in ("PROVED", "WITHIN_TOLERANCE"):
        verdict = saved.proof["verdict"]
        note(f"note: the coefficients of {model} were not proved when it was saved ({verdict}).")
    destination.write(as_json(found, model, file) if destination.as_json else as_csv(found))
