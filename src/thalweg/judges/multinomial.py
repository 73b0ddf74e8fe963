"""The judge of multinomial fits: the same as that of other fits, of K predictors per sample."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from thalweg.certificate import Certificate, Tolerance, Verdict
from thalweg.judges import fit
from thalweg.judges.reading import Reader
from thalweg.judges.separation import separation
from thalweg.result import Array, Claim
from thalweg.tolerance import Effort

PASSED = ("row_dual", "ray")  # hints that mean the same to the flat problem


def judge(problem: Any, claim: Claim, tolerance: Tolerance, effort: Effort = Effort.USUAL) -> Certificate:
    """Judge the claim as one about the columns of ``problem.flat``, and say what that means for the classes."""
    reader = Reader()
    reader.unknown(claim.values, problem.answer)
    coef, intercept = _pair(problem, reader, claim.values, "coef", "intercept")
    direction, level = _pair(problem, reader, claim.hints, "direction", "direction_intercept")
    hints = {name: claim.hints[name] for name in PASSED if name in claim.hints}
    hints |= _predictors(problem, reader, claim)
    reader.unused(claim.hints, (*PASSED, "direction", "direction_intercept", "eta", "slopes"))
    if not problem.intercept and np.any(intercept):
        reader.faults.append("intercept is not 0, but the problem has none")
    if not reader.finite:
        return Certificate("", finite=False, tolerance=tolerance, notes=tuple(reader.faults))
    columns = None if coef is None else problem.columns_of(coef, intercept)
    ended = _without_minimiser(problem, [(direction, level), (coef, intercept)], columns, tolerance)
    if ended is not None:
        return ended
    values = {} if columns is None else {"coef": columns}
    return _by_class(problem, fit.judge(problem.flat, Claim(values, hints), tolerance, effort))


def _pair(problem: Any, reader: Reader, source: Any, many: str, one: str) -> tuple[Array | None, Array]:
    """Read (K, p) numbers, and the K that go with them (0 if they are absent)."""
    shape: tuple[int, int] = problem.lower.shape
    level = reader.take_shape(source, one, (shape[0],))
    return reader.take_shape(source, many, shape), np.zeros(shape[0]) if level is None else level


def _predictors(problem: Any, reader: Reader, claim: Claim) -> dict[str, Array]:
    """Predictors and slopes that were handed over: (K, n) numbers."""
    shape = (problem.classes, problem.shape[0])
    taken = {name: reader.take_shape(claim.hints, name, shape) for name in ("eta", "slopes")}
    return {name: array.ravel() for name, array in taken.items() if array is not None}


def _without_minimiser(problem: Any, candidates: Any, columns: Array | None, tolerance: Tolerance) -> Any:
    """Look whether a direction, the one that was handed over or the coefficients themselves, separates the classes."""
    if not problem.intercept and (problem.l1 + problem.l2 > 0).all():
        return None
    for coef, intercept in candidates:
        if coef is None or not (coef.any() or intercept.any()):
            continue
        direction = problem.columns_of(coef, intercept)
        if problem.margins.hopeless(direction):
            continue
        found = separation(problem.margins, direction, 0.0)
        if found is not None and not found.premises:
            objective = np.nan if columns is None else problem.flat.objective({"coef": columns})
            way, level = problem.flat.X.spread(found.direction)
            facts = {"direction": way, "direction_intercept": level}
            return Certificate(
                found.statement,
                objective=objective,
                bound=0.0,
                distance=objective,
                scale=objective,
                tolerance=tolerance,
                outcome=Verdict.NO_MINIMISER,
                facts=facts,
            )
    return None


def _by_class(problem: Any, certificate: Certificate) -> Certificate:
    """Facts about columns as facts about (K, p) coefficients."""
    facts = dict(certificate.facts)
    X = problem.flat.X
    for name in ("reduced_costs", "certified_zeros"):
        if name in facts:
            facts[name] = X.spread(facts[name].astype(float))[0].astype(facts[name].dtype)
    if "gradient" in facts:
        gradient = X.spread(facts["gradient"])[0]
        gradient[-1] -= np.where(problem.free, gradient.sum(axis=0), 0.0)  # slopes of a sample add up to 0
        facts["gradient"] = gradient
    if "coef_error" in facts:
        error = X.spread(facts["coef_error"])[0]
        error[:, problem.free] = np.inf  # only differences between classes are unique
        facts["coef_error"] = error
    return replace(certificate, facts=facts)
