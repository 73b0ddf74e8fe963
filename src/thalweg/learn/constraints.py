"""Linear rows on coefficients in every form that ``constraints=`` takes, as the rows of a `Fit`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from thalweg import inputs, naming
from thalweg.errors import InputError
from thalweg.terms.matrices import dense
from thalweg.terms.row_text import rows_of


class Piece(NamedTuple):
    """row_lower <= A b <= row_upper; names of None are counted."""

    A: Any
    row_lower: Any
    row_upper: Any
    row_names: tuple[str, ...] | None


def rows_of_constraints(constraints: Any, size: int, names: Sequence[str] | None) -> dict[str, Any]:
    """Return the fields of a `Fit` for a text, (A, lower, upper), SciPy's ``LinearConstraint``, or a list of such.

    Parameters
    ----------
    constraints : see above
        Texts name coefficients, as what ``tw.monotone``, ``tw.nonnegative`` and ``tw.sum_to`` return does.
    size : int
        Number of coefficients.
    names : sequence of str or None
        Their names; without, they are called "x0", "x1", ...

    Raises
    ------
    InputError
        A text that is no linear comparison, a matrix of another width, or something else.
    """
    return joined(pieces_of(constraints, list(naming.places_of(names, size)), (size,)))


def pieces_of(constraints: Any, known: Sequence[str], widths: tuple[int, ...]) -> list[Piece]:
    """Read what was given as matrices; texts may name what is known, matrices may have these numbers of columns."""
    return list(_pieces(constraints, known, widths, "constraints"))


def joined(pieces: list[Piece]) -> dict[str, Any]:
    """Return the fields of a problem for rows from several places."""
    if len(pieces) < 2:
        return pieces[0]._asdict() if pieces else {}
    labels = [piece.row_names or _counted(k, piece.A.shape[0]) for k, piece in enumerate(pieces)]
    sides = [
        np.concatenate(
            [inputs.limits(getattr(piece, side), side, piece.A.shape[0], default=default) for piece in pieces]
        )
        for side, default in (("row_lower", -np.inf), ("row_upper", np.inf))
    ]
    A = np.vstack([dense(piece.A) for piece in pieces])
    return Piece(A, *sides, tuple(label for several in labels for label in several))._asdict()


def _pieces(constraints: Any, known: Sequence[str], widths: tuple[int, ...], what: str) -> Iterator[Piece]:
    """Split what was given into matrices; texts that follow each other are read together."""
    if constraints is None:
        return
    if _is_scipy(constraints):
        yield _scipy_rows(constraints, widths, what)
    elif _is_triple(constraints):
        yield _matrix_rows(constraints, widths, what)
    elif isinstance(constraints, (list, tuple)) and not all(isinstance(entry, str) for entry in constraints):
        yield from _listed(constraints, known, widths, what)
    else:
        yield Piece(*rows_of(constraints, known))


def _listed(constraints: Sequence[Any], known: Sequence[str], widths: tuple[int, ...], what: str) -> Iterator[Piece]:
    texts: list[str] = []
    for k, entry in enumerate(constraints):
        if isinstance(entry, str):
            texts.append(entry)
        elif isinstance(entry, (list, tuple)) and entry and all(isinstance(text, str) for text in entry):
            texts += entry
        elif _is_scipy(entry) or _is_triple(entry):
            if texts:
                yield Piece(*rows_of(texts, known))
            texts = []
            yield from _pieces(entry, known, widths, f"{what}[{k}]")
        else:
            raise InputError(
                f'{what}[{k}] is {entry!r:.80}; expected a text such as "a >= 2*b", (A, lower, upper), or what '
                "tw.monotone, tw.nonnegative or tw.sum_to return."
            )
    if texts:
        yield Piece(*rows_of(texts, known))


def _is_scipy(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("A", "lb", "ub"))


def _is_triple(value: Any) -> bool:
    """Whether a value is (A, lower, upper): three parts, the first of which is neither text nor a constraint itself."""
    if not isinstance(value, tuple) or len(value) != 3:
        return False
    first = value[0]
    if isinstance(first, (list, tuple)):
        return not all(isinstance(text, str) for text in first) and not _is_triple(first)
    return hasattr(first, "shape")


def _scipy_rows(constraint: Any, widths: tuple[int, ...], what: str) -> Piece:
    # SciPy repeats a single limit for every row, and holds it as an array of one entry
    low, high = (np.ravel(side).tolist() for side in (constraint.lb, constraint.ub))
    low, high = (side[0] if len(side) == 1 else side for side in (low, high))
    return Piece(_checked(constraint.A, f"{what}.A", widths), low, high, None)


def _matrix_rows(triple: tuple[Any, Any, Any], widths: tuple[int, ...], what: str) -> Piece:
    A, low, high = triple
    return Piece(_checked(np.atleast_2d(A) if np.ndim(A) == 1 else A, f"A of {what}", widths), low, high, None)


def _checked(A: Any, what: str, widths: tuple[int, ...]) -> Any:
    """Check a matrix that has one of these numbers of columns, the first if none."""
    matrix = inputs.matrix(A, what)
    return matrix if matrix.shape[1] in widths else inputs.matrix(A, what, columns=widths[0])


def _counted(k: int, rows: int) -> tuple[str, ...]:
    return tuple(f"constraints[{k}] row {i}" for i in range(rows))
