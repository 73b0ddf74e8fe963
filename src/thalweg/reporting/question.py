"""What was asked: in words, and as a formula in plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from thalweg.problems.fit import Fit
from thalweg.problems.multinomial import MultinomialFit
from thalweg.reporting.wording import count, extent, interval, named, nonzeros, number
from thalweg.result import Array
from thalweg.terms.matrices import dense
from thalweg.visible import visible

MOST_LIMITS = 20  # limits of coefficients told one by one
SMALL = 8  # variables and rows up to which a program is written out
_KINDS = {
    "LinearProgram": "linear program",
    "QuadraticProgram": "quadratic program",
    "MixedIntegerProgram": "mixed-integer program",
    "Fit": "penalised linear model",
    "MultinomialFit": "penalised linear model",
}


def kind(problem: Any) -> str:
    """What sort of problem it is, in words."""
    name = type(problem).__name__
    return _KINDS.get(name, name)


def asked(problem: Any) -> list[tuple[str, str]]:
    """Say what was asked: kind, sense and sizes."""
    if isinstance(problem, (Fit, MultinomialFit)):
        return _asked_fit(problem)
    return _asked_program(problem) if hasattr(problem, "q") else [("problem", kind(problem))]


def formula(problem: Any) -> str:
    """What was asked as a formula; a small program is written out with its names."""
    if isinstance(problem, (Fit, MultinomialFit)):
        return _fit_formula(problem)
    if not hasattr(problem, "q"):
        return ""
    m, n = problem.shape
    return _written_out(problem) if m <= SMALL and n <= SMALL else _symbols(problem)


def _asked_program(problem: Any) -> list[tuple[str, str]]:
    m, n = problem.shape
    sense = "maximise" if problem.maximize else "minimise"
    lines = [("problem", f"{kind(problem)}, {sense}")]
    lines.append(("size", f"{count(n, 'variable')}, {count(m, 'row')}, {count(nonzeros(problem.A), 'nonzero')}"))
    if problem.P is not None:
        lines.append(("quadratic part", f"{count(nonzeros(problem.P), 'nonzero')} of P"))
    if hasattr(problem, "integer"):
        lines.append(("whole numbers", count(int(problem.integer.sum()), "variable")))
    if problem.constant:
        lines.append(("constant", f"{number(problem.constant)} (part of the objective, never of the gap's scale)"))
    return lines


def _asked_fit(problem: Fit | MultinomialFit) -> list[tuple[str, str]]:
    n, p = problem.shape
    lines = [("problem", f"{kind(problem)}, {problem.loss.name} loss")]
    beside = f"{'with' if problem.intercept else 'no'} intercept"
    lines.append(("size", f"{count(n, 'row')}, {count(p, 'feature')}{_classes(problem)}, {beside}"))
    factors = [(name, getattr(problem, name)) for name in ("l1", "l2")]
    shown = [f"{name} {extent(values)}" for name, values in factors if values.any()]
    if "groups" in problem.demands:
        shown.append(f"l1 on {count(int(np.unique(problem.groups).size), 'group')} of features")
    lines.append(("penalty", ", ".join(shown) or "none"))
    if (problem.weights != 1).any():
        even = problem.weights.min() == problem.weights.max()
        lines.append(("row weights", extent(problem.weights) + (" each" if even else "")))
    if problem.box.limited:
        lines.append(("limits", _limits(problem)))
    if problem.A.shape[0]:
        lines.append(("rows on coefficients", _rows_of(problem)))
    return lines


def _classes(problem: Fit | MultinomialFit) -> str:
    return f", {problem.classes} classes" if isinstance(problem, MultinomialFit) else ""


def _limits(problem: Fit | MultinomialFit) -> str:
    """Return the limits of the coefficients by name."""
    names, box = getattr(problem, "column_names", problem.names), problem.box
    limited = np.flatnonzero(np.isfinite(box.lower) | np.isfinite(box.upper))
    shown = [interval(named(names, "x", j), box.lower[j], box.upper[j]) for j in limited[:MOST_LIMITS].tolist()]
    return ", ".join(shown) + (f", ... ({limited.size} in all)" if limited.size > MOST_LIMITS else "")


def _rows_of(problem: Fit | MultinomialFit) -> str:
    """Rows by name: their text, where they were given as text."""
    names, size = problem.row_names, problem.A.shape[0]
    if names is None:
        return str(size)
    return ", ".join(names[:MOST_LIMITS]) + (f", ... ({size} in all)" if size > MOST_LIMITS else "")


def _fit_formula(problem: Fit | MultinomialFit) -> str:
    loss = problem.loss.formula
    weight = "weight_i " if (problem.weights != 1).any() else ""
    parts = [f"sum over rows i of  {weight}{loss}", *_penalty_formulas(problem)]
    intercept = " + b_0" if problem.intercept else ""
    offset = " + offset_i" if problem.offset.any() else ""
    lines = ["minimise", *(f"  {part}" for part in parts)]
    lines.append(f"where  score_i = sum over features j of  x_ij b_j{intercept}{offset}")
    if isinstance(problem, MultinomialFit):
        lines[-1] = f"where  score_ik = sum over features j of  x_ij b_kj{intercept.replace('b_0', 'b_k0')}{offset}"
        lines.append("       y_i is the class of row i, x_ij its feature j, b_kj the coefficient of class k")
    else:
        lines.append("       y_i is the target of row i, x_ij its feature j, b_j the coefficient")
    if problem.box.limited or problem.A.shape[0]:
        lines.append("subject to the limits on b")
    return "\n".join(lines)


def _penalty_formulas(problem: Fit | MultinomialFit) -> list[str]:
    """Return the terms of the penalty."""
    several = isinstance(problem, MultinomialFit)
    b, grouped, parts = "b_kj" if several else "b_j", "groups" in problem.demands, list[str]()
    if grouped:
        parts.append("+ sum over groups g of  sqrt(size_g) l1_g |b_g|_2")
    used = ((f"l1_j |{b}|", problem.l1.any() and not grouped), (f"l2_j {b}^2 / 2", problem.l2.any()))
    terms = [term for term, present in used if present]
    if terms:
        parts.append(f"+ sum over {'classes k and ' if several else ''}features j of  {' + '.join(terms)}")
    return parts


def _symbols(problem: Any) -> str:
    linear = "c'x" if problem.P is None else "x'P x / 2 + q'x"
    lines = ["maximise" if problem.maximize else "minimise", f"  {linear}{' + constant' if problem.constant else ''}"]
    limits = ["row_lower <= A x <= row_upper"] if problem.shape[0] else []
    if np.isfinite(problem.lower).any() or np.isfinite(problem.upper).any():
        limits.append("lower <= x <= upper")
    if hasattr(problem, "integer"):
        limits.append("x_j whole where integer_j")
    return "\n".join([*lines, *(["subject to"] if limits else []), *(f"  {limit}" for limit in limits)])


def _written_out(problem: Any) -> str:
    names = [visible(named(problem.names, "x", j)) for j in range(problem.shape[1])]
    objective = combination(problem.q, names, _quadratic(problem.P, names))
    if problem.constant:
        objective += f" {'-' if problem.constant < 0 else '+'} {number(abs(problem.constant))}"
    lines = ["maximise" if problem.maximize else "minimise", f"  {objective}"]
    rows = dense(problem.A)
    limits = []
    for i, row in enumerate(rows):
        told = interval(combination(row, names), problem.row_lower[i], problem.row_upper[i])
        if told:
            limits.append(f"{visible(named(problem.row_names, 'row', i))}:  {told}")
    bounds = (interval(name, problem.lower[j], problem.upper[j]) for j, name in enumerate(names))
    limits += [bound for bound in bounds if bound]
    free = [
        name for j, name in enumerate(names) if not (np.isfinite(problem.lower[j]) or np.isfinite(problem.upper[j]))
    ]
    if free:
        limits.append(f"{', '.join(free)} free")
    whole = [name for name, integer in zip(names, getattr(problem, "integer", ()), strict=False) if integer]
    if whole:
        limits.append(f"{', '.join(whole)} whole")
    return "\n".join([*lines, *(["subject to"] if limits else []), *(f"  {limit}" for limit in limits)])


def combination(coefficients: Array, names: Sequence[str], more: Sequence[tuple[float, str]] = ()) -> str:
    """Return ``3 bread - 2 cake``; 0 if there is nothing."""
    terms = [*more, *((float(a), name) for a, name in zip(coefficients, names, strict=True) if a)]
    text = ""
    for a, name in terms:
        size = "" if abs(a) == 1 else f"{number(abs(a))} "
        sign = ("- " if a < 0 else "+ ") if text else ("-" if a < 0 else "")
        text += f"{' ' if text else ''}{sign}{size}{name}"
    return text or "0"


def _quadratic(P: Any, names: Sequence[str]) -> list[tuple[float, str]]:
    """Terms of x'P x / 2: squares, then products."""
    if P is None:
        return []
    full, n = dense(P), len(names)
    squares = [(full[j, j] / 2, f"{names[j]}^2") for j in range(n)]
    products = [(full[j, k], f"{names[j]} {names[k]}") for j in range(n) for k in range(j + 1, n)]
    return [(float(a), name) for a, name in squares + products if a]
