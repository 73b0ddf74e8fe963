"""Linear rows on named quantities, written as text: ``"income >= 2*debt + 1"``.

Grammar (blanks and line ends mean nothing between tokens)::

    row     = sum compare sum { compare sum }      a chain has one direction: no <= beside >=
    sum     = product { ("+" | "-") product }
    product = signed { ("*" | "/") signed }        names in one factor at most, and in no divisor
    signed  = { "+" | "-" } atom
    atom    = number | name | "(" sum ")"

A name is an identifier in any script, dots included; any other name stands in backticks or double quotes, and a quote
inside it is written twice. Nothing is ever evaluated: numbers are rational while they are read, and rounded once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, cast

import numpy as np

from thalweg import inputs, naming
from thalweg.errors import InputError
from thalweg.result import Array
from thalweg.terms.row_sums import Linear, Side, SideReader
from thalweg.terms.row_tokens import Token

LONGEST = 200_000  # characters of one text
_MIRRORED = {"<=": ">=", ">=": "<=", "==": "=="}


class Rows(NamedTuple):
    """row_lower <= A b <= row_upper, one label per row."""

    A: Array
    row_lower: Array
    row_upper: Array
    row_names: tuple[str, ...]


def rows_of(texts: str | Sequence[str], names: Sequence[str]) -> Rows:
    """Read linear rows on named quantities.

    Parameters
    ----------
    texts : str or sequence of str
        Each one comparison such as ``"a >= 2*b + 1"`` or ``"a + b == 1"``, or a chain: ``"0 <= a + b <= 1"`` is one
        row, ``"a <= b <= c"`` two.
    names : sequence of str
        What the texts may name, in the order of the columns of A.

    Returns
    -------
    Rows
        Row by row: the left side minus the right side, its constant moved to the limits; of ``"1 <= a"`` the right
        side. The label of a row is its text.

    Raises
    ------
    InputError
        A text is no linear comparison, or names something unknown; the message marks the place.

    Examples
    --------
    >>> from thalweg.terms.row_text import rows_of
    >>> rows = rows_of(["income >= 2*debt + 1", "0 <= (income + `mean age`)/2 <= 1"], ["debt", "income", "mean age"])
    >>> rows.A
    array([[-2. ,  1. ,  0. ],
           [ 0. ,  0.5,  0.5]])
    >>> rows.row_lower, rows.row_upper
    (array([1., 0.]), array([inf,  1.]))
    """
    known = naming.names_of(names, "names", len(names)) or ()
    columns = {name: j for j, name in enumerate(known)}
    rows = [row for text in _texts(texts) for row in _rows(text, columns)]
    A = np.zeros((len(rows), len(known)))
    for i, row in enumerate(rows):
        A[i, list(row.weights)] = list(row.weights.values())
    low = np.array([row.low for row in rows], dtype=float)
    high = np.array([row.high for row in rows], dtype=float)
    return Rows(A, low, high, _told_apart([row.label for row in rows]))


class _Row(NamedTuple):
    """low <= sum_j weights[j] b_j <= high, rounded."""

    weights: dict[int, float]
    low: float
    high: float
    label: str


def _texts(texts: Any) -> list[str]:
    if isinstance(texts, str):
        return [texts]
    if isinstance(texts, (Mapping, bytes)) or not (hasattr(texts, "__getitem__") and getattr(texts, "shape", (0,))):
        # what can be read only once would leave the next fit without constraints
        raise InputError(f'constraints is {texts!r}; pass a text such as "a >= 2*b", or a list of texts.')
    found = list(cast(Iterable[Any], texts))
    for k, text in enumerate(found):
        if not isinstance(text, str):
            raise InputError(f'constraints[{k}] is {text!r}; expected a text such as "a >= 2*b".')
    return found


def _told_apart(labels: list[str]) -> tuple[str, ...]:
    """Number the labels that occur again, so that a row can be named by its text."""
    taken = set(labels)
    seen: dict[str, int] = {}
    apart: list[str] = []
    for label in labels:
        count = seen[label] = seen.get(label, 0) + 1
        unique = label
        while count > 1 and unique in taken:
            unique, count = f"{label} ({count})", count + 1
        taken.add(unique)
        apart.append(unique)
    return tuple(apart)


def _rows(text: str, columns: Mapping[str, int]) -> list[_Row]:
    """Read one text: sides, and the comparisons between them."""
    if len(text) > LONGEST:
        raise InputError(f"a constraint has {len(text)} characters; at most {LONGEST} are read.")
    if not text.strip():
        raise InputError('a constraint is empty; write a comparison such as "a >= 2*b".')
    reader = SideReader(text, columns)
    sides, comparisons = [reader.side()], list[Token]()
    while reader.token.kind == "compare":
        comparisons.append(reader.take())
        if {"<=", ">="} <= {comparison.text for comparison in comparisons}:
            reader.refuse(comparisons[-1], "<= and >= stand in one chain; write two constraints.")
        sides.append(reader.side())
    if reader.token.kind != "end":
        reader.refuse(reader.token, reader.misplaced())
    if not comparisons:
        reader.refuse(reader.token, "there is no comparison. Add <=, >= or == and a right side.")
    return _chained(reader, sides, comparisons)


def _chained(reader: SideReader, sides: list[Side], comparisons: list[Token]) -> list[_Row]:
    """Make a row of each comparison; two limits on one side make one row."""
    rows: list[_Row] = []
    for k, comparison in enumerate(comparisons):
        left, right = sides[k], sides[k + 1]
        row = _row(reader, left, comparison, right)
        if k and not sides[k - 1].value.weights and not right.value.weights:
            before = rows.pop()
            label = reader.text[sides[k - 1].start : right.stop]
            row = _Row(row.weights, max(row.low, before.low), min(row.high, before.high), label)
        rows.append(row)
    whole = reader.text.strip()
    return [row._replace(label=whole if len(rows) == 1 else f"{whole} [{row.label}]") for row in rows]


def _row(reader: SideReader, left: Side, comparison: Token, right: Side) -> _Row:
    """Turn one comparison into limits on a sum of names."""
    operator, moved, other = comparison.text, left.value, right.value
    if not moved.weights:
        operator, moved, other = _MIRRORED[operator], other, moved
    difference = Linear(dict(moved.weights), moved.constant)
    difference.add(other, -1)
    if not any(difference.weights.values()):
        gone = "all coefficients cancel" if difference.weights else "there is no name"
        reader.refuse(comparison, f"{gone}, so that nothing is constrained. Drop it, or check the names.")
    weights = {j: _rounded(reader, comparison, weight) for j, weight in difference.weights.items()}
    limit = _rounded(reader, comparison, -difference.constant)
    if abs(limit) >= inputs.INFINITE:
        reader.refuse(comparison, f"the limit is {limit:g}; {inputs.INFINITE:g} and more counts as infinite.")
    low = -math.inf if operator == "<=" else limit
    high = math.inf if operator == ">=" else limit
    return _Row(weights, low, high, reader.text[left.start : right.stop])


def _rounded(reader: SideReader, comparison: Token, number: Fraction) -> float:
    """Nearest float64 of a coefficient or limit."""
    try:
        value = float(number)
    except OverflowError:
        reader.refuse(comparison, "a number here is too large for float64 (1.8e308).")
    if number and not value:
        reader.refuse(comparison, "a number here is so small that float64 rounds it to 0. Multiply both sides.")
    return value
