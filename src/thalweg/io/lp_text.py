"""A program as the text of an LP file (CPLEX' format, as far as HiGHS reads it)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.io.mps_text import unused
from thalweg.naming import label
from thalweg.terms.constraints import triplets

_NAME = re.compile(r"""[A-Za-z!"#$%&(),;?@_'`{}~|][A-Za-z0-9!"#$%&(),;?@_'`{}~|.]*""")
_LIKE_NUMBER = re.compile(r"[eE][0-9]")
_LONGEST = 255
KEYWORD = re.compile(
    r"max(imi[sz]e|imum)?|min(imi[sz]e|imum)?|subject|such|st|s\.t\.|st\.|bounds?|free|inf(inity)?|nan|end|"
    r"gen(erals?)?|integers?|bin(ary|aries)?|semis?|semi-continuous|sos[12]?|sin|user|lazy|pwlobj",
    re.I,
)
_WIDTH = 100  # of lines; longer ones hold a single term, so that none has more than the 560 characters of the format
_DROPPED = 1e-12  # HiGHS' reader drops entries of A and P up to here, whatever it is told
_LARGEST = float(np.finfo(float).max) / 4  # of P: mixed terms are doubled here, and HiGHS' reader doubles all of them


def fault(name: str) -> str:
    """Say why LP files cannot hold a name; "" if they can."""
    if KEYWORD.fullmatch(name):
        return "it is a keyword of the format"
    if len(name) > _LONGEST:
        return f"it has {len(name)} characters, more than {_LONGEST}"
    if not _NAME.fullmatch(name):
        return "names are letters, digits and the signs !\"#$%&(),.;?@_'`{}~|, and begin neither with a digit nor a dot"
    return "it begins like the exponent of a number" if _LIKE_NUMBER.match(name) else ""


def text(problem: Any, names: Sequence[str], row_names: Sequence[str]) -> str:
    """Return the text of a file; the names are known to be writable."""
    _check_one_sided(problem)
    _check_entries(problem, names, row_names)
    costs = [_term(cost, name) for name, cost in zip(names, problem.q.tolist(), strict=True)]  # also 0: keeps the order
    quadratic = [] if problem.P is None else _quadratic(problem.P, names)
    constant = [_term(problem.constant, "")] if problem.constant else []
    lines = ["\\ Written by thalweg.", "maximize" if problem.maximize else "minimize"]
    lines += [f" {unused('obj', row_names)}:", *_broken([*costs, *constant, *quadratic]), "subject to"]
    lines += _rows(problem, names, row_names)
    bounds = list(_bounds(problem, names))
    lines += ["bounds", *bounds] if bounds else []
    return "\n".join([*lines, *_whole(problem, names), "end", ""])


def _check_one_sided(problem: Any) -> None:
    """Refuse two-sided rows, which HiGHS' reader does not know."""
    two = np.isfinite(problem.row_lower) & np.isfinite(problem.row_upper) & (problem.row_lower != problem.row_upper)
    if two.any():
        i = int(np.flatnonzero(two)[0])
        raise InputError(
            f"LP files cannot hold two different limits of a row: {label(problem.row_names, i, 'row')} lies between "
            f"{problem.row_lower[i]:g} and {problem.row_upper[i]:g} ({int(two.sum())} such of {two.size}). Write an "
            "MPS file (.mps), or state such rows twice."
        )


def _check_entries(problem: Any, names: Sequence[str], row_names: Sequence[str]) -> None:
    """Refuse entries of A and P that HiGHS' reader would drop, or that overflow there."""
    for symbol, matrix, owners, largest in (("A", problem.A, row_names, np.inf), ("P", problem.P, names, _LARGEST)):
        if matrix is None:
            continue
        rows, columns, values = triplets(matrix)
        size = np.abs(values)
        odd = np.flatnonzero((size <= _DROPPED) | (size > largest))
        if odd.size:
            k = int(odd[0])
            reason = f"drops entries up to {_DROPPED:g}" if size[k] <= _DROPPED else f"overflows above {largest:.4g}"
            raise InputError(
                f'LP files cannot hold {symbol}["{owners[rows[k]]}", "{names[columns[k]]}"] = {float(values[k])!r} '
                f"({odd.size} such of {values.size}): HiGHS, which reads them, {reason}. Write an MPS file (.mps), or "
                "change the units."
            )


def _term(value: float, name: str) -> str:
    """A number with its sign, and a variable: "+ 2.5 x"."""
    return f"{'-' if value < 0 else '+'} {abs(value)!r} {name}".rstrip()


def _broken(terms: Sequence[str]) -> Iterator[str]:
    """Break a long sum into lines."""
    line = " "
    for term in terms:
        if len(line) + len(term) >= _WIDTH and line != " ":
            yield line
            line = " "
        line += f" {term}"
    yield line


def _rows(problem: Any, names: Sequence[str], row_names: Sequence[str]) -> Iterator[str]:
    rows, columns, values = triplets(problem.A)
    order = np.lexsort((columns, rows))
    starts = np.searchsorted(rows[order], np.arange(len(row_names) + 1)).tolist()
    places: list[int] = columns[order].tolist()
    terms = [_term(value, names[j]) for j, value in zip(places, values[order].tolist(), strict=True)]
    for i, (lower, upper) in enumerate(zip(problem.row_lower.tolist(), problem.row_upper.tolist(), strict=True)):
        sign, side = ("=", lower) if lower == upper else ("<=", upper) if upper < np.inf else (">=", lower)
        yield f" {row_names[i]}:"
        yield from _broken(terms[starts[i] : starts[i + 1]] or [_term(0.0, names[0])])
        yield f"  {sign} {side!r}"


def _bounds(problem: Any, names: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the bounds; without one, a variable is >= 0."""
    for name, lower, upper in zip(names, problem.lower.tolist(), problem.upper.tolist(), strict=True):
        if lower == -np.inf and upper == np.inf:
            yield f" {name} free"
        elif lower == upper:
            yield f" {name} = {lower!r}"
        elif lower != 0 or upper < np.inf:
            yield f" {lower!r} <= {name} <= {upper!r}"


def _whole(problem: Any, names: Sequence[str]) -> Iterator[str]:
    """Yield the section ``general`` with the integer variables, and ``binary`` with those between 0 and 1."""
    if not hasattr(problem, "integer"):
        return
    binary = problem.integer & (problem.lower == 0) & (problem.upper == 1)
    for heading, chosen in (("general", problem.integer & ~binary), ("binary", binary)):
        if chosen.any():
            yield heading
            yield from _broken([name for name, is_chosen in zip(names, chosen.tolist(), strict=True) if is_chosen])


def _quadratic(P: Any, names: Sequence[str]) -> list[str]:
    """Return the terms of x'Px / 2 in brackets: mixed ones stand once, with both entries of P."""
    rows, columns, values = triplets(P)
    upper = rows <= columns
    entries = zip(rows[upper].tolist(), columns[upper].tolist(), values[upper].tolist(), strict=True)
    terms = [
        _term(value, f"{names[i]} ^ 2") if i == j else _term(2 * value, f"{names[i]} * {names[j]}")
        for i, j, value in entries
    ]
    return ["+ [", *terms, "] / 2"] if terms else []
