"""Predictions of a saved model, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import Any, NamedTuple

from thalweg.errors import InputError
from thalweg.io.columns import logarithm
from thalweg.io.delimited import Layout
from thalweg.io.models import SavedModel
from thalweg.io.tables import read_features
from thalweg.visible import visible

PREDICTION = "prediction"


class Predictions(NamedTuple):
    """One entry per row; ``probabilities`` by label (none of numbers); ``ignored`` columns were not needed."""

    values: list[Any]
    probabilities: dict[str, list[float]]
    ignored: tuple[str, ...]

    def told(self) -> str:
        """Say which columns were not needed."""
        shown = ", ".join(visible(name) for name in self.ignored[:10])
        more = f", ... ({len(self.ignored)} in all)" if len(self.ignored) > 10 else ""
        return f"columns that the model does not need are ignored: {shown}{more}."


def predictions(model: SavedModel, file: str, layout: Layout) -> Predictions:
    """Read the rows and predict them."""
    if model.features is None:
        raise InputError(
            "the model does not know the names of its features, because it was fitted on an array. Fit it on a data "
            "frame, or predict in Python: tw.load(path).predict(X)."
        )
    column = None if model.offset is None else model.offset.column
    table = read_features(file, model.features, layout, offset=column)
    offset = logarithm(table.offset, file) if model.offset is not None and model.offset.log else table.offset
    values = model.predict(table.features, offset)
    _check_finite(values, file)
    if model.classes is None:
        return Predictions(values.tolist(), {}, table.ignored)
    labels = [str(label) for label in model.classes.tolist()]
    columns = model.probabilities(table.features, offset).T.tolist()
    return Predictions(
        [str(label) for label in values.tolist()], dict(zip(labels, columns, strict=True)), table.ignored
    )


def _check_finite(values: Any, file: str) -> None:
    """Huge numbers may overflow; JSON and CSV have no infinity."""
    for row, value in enumerate(values.tolist() if values.dtype.kind == "f" else []):
        if value - value != 0:
            raise InputError(f"{file}: the prediction of row {row + 1} is beyond float64. Are its numbers too large?")


def as_csv(found: Predictions) -> str:
    """Return lines with a header; numbers with all their digits."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([PREDICTION, *(f"probability of {label}" for label in found.probabilities)])
    writer.writerows(zip(found.values, *found.probabilities.values(), strict=True))
    return stream.getvalue()


def as_json(found: Predictions, model: str, file: str) -> str:
    """Return one object."""
    columns = {"predictions": found.values, "probabilities": found.probabilities or None}
    return json.dumps({"model": model, "file": file, **columns, "ignored": list(found.ignored)}) + "\n"
