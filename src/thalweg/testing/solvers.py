"""Conformance of solvers: whether a registered method keeps the promises of its entry."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.result import Claim, Stop
from thalweg.solvers.registry import Entry, entries, mismatch
from thalweg.testing.kinds import Case
from thalweg.testing.known import kind_of
from thalweg.watch import Stopped, Watch

AIM = Tolerance.of(1e-8)
NEAR = 1e-6  # relative to the objective's terms; two digits are left to stopping rules


def check_solver(entry: Entry | str, *, problems: int = 25, seed: int = 0) -> None:
    """Run a registered solver on small problems whose answers are known, and on problems that have none.

    Checked: it never raises; values and hints have the names, shapes and finiteness that judges expect; values lie
    exactly inside their box; what it calls converged is feasible and near the best; a start and an expired clock are
    respected; it does not change the problem.

    Parameters
    ----------
    entry : Entry or str
        A registered solver, or its name.
    problems : int
        Number of problems of each kind that it solves.
    seed : int

    Raises
    ------
    AssertionError
        Saying on which problem which promise was broken.

    Examples
    --------
    >>> from thalweg.testing import check_solver
    >>> check_solver("simplex", problems=5)
    """
    found = {known.name: known for known in entries()}[entry] if isinstance(entry, str) else entry
    tried = 0
    for kind in (kind_of(problem.__name__) for problem in found.solves):
        rng = np.random.default_rng(seed)
        for case in (kind.honest(rng) for _ in range(problems)):
            if mismatch(found, case.problem) is None:
                tried += 1
                for start, watch in _ways(found, case):
                    _check_run(found, case, start, watch)
        for hostile in kind.hostile(rng)[:: max(1, 200 // problems)]:
            if mismatch(found, hostile.problem) is None:
                start = hostile.claim if found.needs_start and _numeric(hostile.claim) else None
                claim = _run(found, hostile.problem, start, Watch())
                _check_shapes(found, hostile.problem, claim)
    assert tried, f'"{found.name}" takes none of {problems} small problems of the kinds that it solves.'


def _numeric(claim: Claim) -> bool:
    """Whether the front door would hand this over as a start."""
    return all(np.asarray(array).dtype.kind in "fiub" for array in (*claim.values.values(), *claim.hints.values()))


def _ways(entry: Entry, case: Case) -> Iterator[tuple[Claim | None, Watch]]:
    """From nothing, from the answer, from a bent answer, and out of time."""
    bent = replace(case.claim, values={k: 1.01 * np.asarray(v) for k, v in case.claim.values.items()})
    if not entry.needs_start:
        yield None, Watch()
    yield case.claim, Watch()
    if entry.warm or entry.needs_start:
        yield bent, Watch()
    yield case.claim if entry.needs_start else None, Watch(time_limit=1e-9)


def _run(entry: Entry, problem: Any, start: Claim | None, watch: Watch) -> Claim:
    try:
        claim = entry.kind().solve(problem, start, watch, AIM)
    except Stopped:  # as the front door does
        claim = watch.best_claim(by=entry.name)
    except Exception as error:
        raise AssertionError(f'"{entry.name}" raised {type(error).__name__} ({error}) on {problem}.') from error
    assert isinstance(claim, Claim), f'"{entry.name}" returned {type(claim).__name__}, not a Claim.'
    assert claim.stop is not Stop.GIVEN, f'"{entry.name}" does not say why it stopped.'
    return claim


def _check_run(entry: Entry, case: Case, start: Claim | None, watch: Watch) -> None:
    problem = case.problem
    claim = _run(entry, problem, start, watch)
    _check_shapes(entry, problem, claim)
    late = math.isfinite(watch.deadline)
    no_answer = claim.stop in (Stop.INFEASIBLE, Stop.UNBOUNDED)
    assert not no_answer, f'"{entry.name}" {claim.stop.value}, but the problem has an answer: {problem}.'
    if claim.stop is not Stop.CONVERGED:
        assert late or entry.needs_start, f'"{entry.name}" gave up ({claim.stop.value}: {claim.message}) on {problem}.'
        return
    assert problem.answer[0] in claim.values, f'"{entry.name}" converged without {problem.answer}.'
    if start is not None and entry.needs_start:
        return  # a refiner may leave a bent start as bad as it was; the judge sees that
    truth = case.measure(claim.values, 1e-7)
    sign = -1 if problem.maximize else 1
    worse = (truth.objective - case.best) * sign
    away = {**claim.values, problem.answer[0]: np.abs(claim.values[problem.answer[0]]) + 1.0}
    size = case.measure(away, 0.0).noise * 2**53  # of the objective's terms at a point of ordinary size
    assert truth.feasible, f'"{entry.name}" converged to {claim.values}, beyond the limits of {problem}.'
    assert worse <= Fraction(NEAR) * size, f'"{entry.name}" converged {float(worse):.3g} above the best of {problem}.'


def _check_shapes(entry: Entry, problem: Any, claim: Claim) -> None:
    """Names, shapes, finiteness, and the box."""
    kind = kind_of(type(problem).__name__)
    expected = {name: (size,) for name, size in kind.hint_sizes(problem).items()}
    expected |= dict.fromkeys(kind.words, (1,))
    expected |= {name: np.shape(value) for name, value in problem.start().items()}
    for of, way in (("coef", "direction"), ("intercept", "direction_intercept")):
        if of in expected:
            expected[way] = expected[of]
    if type(problem).__name__ == "LinearProgram":  # no judge reads a basis, but the simplex method goes on from it
        expected |= {"basis_rows": problem.shape[:1], "basis_columns": problem.shape[1:]}
    for name, array in {**claim.values, **claim.hints}.items():
        where = f'"{entry.name}", {name} = {array}, on {problem}'
        assert name in expected, f"{where}: no judge reads this name."
        assert np.shape(array) in (expected[name], (1,) * (expected[name] == ())), (
            f"{where}: expected {expected[name]}."
        )
        assert np.isfinite(np.asarray(array, dtype=float)).all(), f"{where}: not finite."
    x = claim.values.get(problem.answer[0])
    if x is not None:
        inside = (np.asarray(x) >= problem.lower).all() and (np.asarray(x) <= problem.upper).all()
        assert inside, f'"{entry.name}": {x} is outside the box of {problem}.'
