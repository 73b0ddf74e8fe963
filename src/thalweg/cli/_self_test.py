"""A tiny problem of each kind for every solver, and a false claim for the judge: what `thalweg doctor` tries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from thalweg.cli._installation import Finding, words

if TYPE_CHECKING:
    from thalweg.certificate import Certificate


def self_test() -> Iterator[Finding]:
    """Solve and judge; nothing raises."""
    known = (
        ("linear program", _linear, 36.0),
        ("quadratic program", _quadratic, 0.75),
        ("mixed-integer program", _mixed_integer, 10.0),
        ("fit", _fit, None),
    )
    for name, build, best in known:
        try:
            problem = build()
            solvers = _solvers(problem)
        except Exception as error:  # a broken installation may raise anything
            yield Finding(name, f"failed: {words(error)}", False)
            continue
        for solver in solvers:
            yield _solved(f"{name}, {solver}", problem, solver, best)
    yield _refused()


def _linear() -> Any:
    from thalweg.problems.linear import LinearProgram

    return LinearProgram([3, 5], [[1, 0], [0, 2], [3, 2]], row_upper=[4, 12, 18], lower=0, maximize=True)


def _quadratic() -> Any:
    from thalweg.problems.quadratic import QuadraticProgram

    return QuadraticProgram([[2, 1], [1, 2]], [0, 0], [[1, 1]], row_lower=[1])


def _mixed_integer() -> Any:
    from thalweg.problems.mixed_integer import MixedIntegerProgram

    return MixedIntegerProgram([5, 5], [[2, 2]], row_lower=[3], lower=0)


def _fit() -> Any:
    from thalweg.problems.fit import Fit

    return Fit([[0.0], [1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 0, 1], loss="logistic", l2=0.1)


def _solvers(problem: Any) -> list[str]:
    from thalweg.planning import plan

    return list(plan(problem).steps)


def _solved(name: str, problem: Any, solver: str, best: float | None) -> Finding:
    from thalweg.front import solve

    try:
        solution = solve(problem, solver)
    except Exception as error:
        return Finding(name, f"failed: {words(error)}", False)
    right = best is None or abs(solution.objective - best) <= 1e-5
    return Finding(name, f"{_told(solution.certificate)} in {solution.seconds:.2g} s", solution.ok and right)


def _refused() -> Finding:
    """A judge that passes everything would be worse than none."""
    from thalweg.evidence import certify

    name = "a false claim"
    try:
        certificate = certify(_linear(), x=[3.0, 6.0], duals=[0.0, 1.5, 1.0])
    except Exception as error:
        return Finding(name, f"failed: {words(error)}", False)
    return Finding(name, certificate.verdict.name, certificate.verdict.name == "REFUTED")


def _told(certificate: Certificate) -> str:
    return f"{certificate.verdict.name}, objective {certificate.objective:.6g}"
