"""Tables in front of a block: their columns are found among its labels."""

from __future__ import annotations

from typing import Any

from thalweg import inputs
from thalweg.errors import InputError, suggest
from thalweg.modelling.alignment import counts, level_names
from thalweg.modelling.block import matrix_of, sparse_of, summation
from thalweg.modelling.joining import crossed
from thalweg.modelling.labels import Labels, label_of
from thalweg.modelling.levels import grouped, levels_kept, levels_meant, weighting


def weighing(table: Any, labels: Labels, by: Any, name: str) -> tuple[Any, Labels]:
    """Return the matrix that weighs the entries by each row of the table and sums them, and the labels of the sums.

    The levels in ``by`` are not summed away: there is one sum for each row and each of their labels.
    """
    if labels.scalar:
        raise InputError(f"{name} is a scalar; a table weighs the entries of a block.")
    kept = levels_kept(labels, None, by, name)
    weights, rows = _weights(table, labels, name, alone=not kept)
    groups, left = grouped(labels, kept)
    cells = weights.tocoo()
    i, j = cells.coords
    places = i * left.size + groups[j]
    return matrix_of(cells.data, places, j, (rows.size * left.size, labels.size)), crossed(rows, left)


def refuse_one_level(matrix: Any, labels: Labels, name: str) -> None:
    """Refuse an array in front of a block whose columns are as many as the labels of one of its several levels."""
    shape = getattr(matrix, "shape", ())
    if len(labels.levels) < 2 or len(shape) != 2 or shape[1] == labels.size or shape[1] not in labels.shape:
        return
    along = weighting(labels, name, labels.shape.index(shape[1]))
    raise InputError(
        f"the matrix has {shape[1]} columns; {name} has {labels.size} entries in {len(labels.levels)} levels. For a "
        f"product along one level pass a table whose columns are its labels: {along} keeps the others."
    )


def _weights(table: Any, labels: Labels, name: str, *, alone: bool) -> tuple[Any, Labels]:
    """Return the weights of all entries, row by row of the table, and the labels of its rows.

    The columns are labels of the entries, or of some of their levels; ``alone`` if no level stays beside the rows.
    """
    places = {label: k for k, label in enumerate(table.columns)}
    meant = levels_meant(places, level_names(table.columns), labels, "the table")
    if alone:
        _refuse_two_sides(table, labels, meant, name)
    groups, part = grouped(labels, meant)
    entries = part.entries()
    strangers = places.keys() - set(entries)
    if strangers:
        first = next(label for label in places if label in strangers)
        raise InputError(
            f"the table has the label {first!r}, which is no label of {name}. {suggest(str(first), map(str, entries))}"
        )
    order = [label_of(places, label, "the table") for label in entries]
    matrix = sparse_of(inputs.matrix(table, "the table")[:, order])
    rows = Labels.of(table.index if hasattr(table, "index") else matrix.shape[0], "rows of the table")
    return matrix @ summation(groups, part.size), rows


def _refuse_two_sides(table: Any, labels: Labels, meant: tuple[int, ...], name: str) -> None:
    """Refuse a table whose rows are a level of the block as well: its numbers belong beside the entries."""
    rows = list(getattr(table, "index", ()))
    sides = [level for k, level in enumerate(labels.levels) if k not in meant and set(level) == set(rows)]
    if sides and not counts(rows):
        raise InputError(
            f"the rows of the table are labels of {name} as well as its columns. Write ({name} * table).sum() for "
            "numbers beside the entries, or say with by=... which levels stay."
        )
