"""Judge what was handed over: `certify` takes anybody's answer and runs no solver."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from thalweg.certificate import Certificate, Tolerance, Verdict
from thalweg.errors import InputError, suggest
from thalweg.judges import judge
from thalweg.result import Claim, Solution

HINTS = {
    "duals": "row_dual",
    "ray": "ray",
    "direction": "direction",
    "direction_intercept": "direction_intercept",
    "eta": "eta",
}


def certify(
    problem: Any,
    claim: Claim | Solution | None = None,
    tol: Tolerance | float | None = None,
    *,
    complete: bool = False,
    **values_and_hints: Any,
) -> Certificate:
    """Judge anybody's answer; no solver is run unless ``complete=True`` asks one for better hints.

    Parameters
    ----------
    problem : LinearProgram, QuadraticProgram or Fit
    claim : Claim or Solution, optional
        The answer as an object; or write it as keywords:
    **values_and_hints
        Values by the names of the problem's answer (``x``; ``coef``, ``intercept``), and what helps to judge them:
        ``duals`` (row duals), ``ray`` (a Farkas ray for the rows, in the sign of the row duals), ``direction`` (of
        unboundedness, or one that separates the classes, with ``direction_intercept``), ``eta`` (linear predictor of
        a better fit).
    tol : float or Tolerance, optional
        Default 1e-6.
    complete : bool
        Ask a solver for hints when the claim alone proves nothing.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.LinearProgram([1.0], [[1.0], [1.0]], row_lower=[2.0, None], row_upper=[None, 1.0])
    >>> print(tw.certify(problem, ray=[1.0, -1.0]).explain())
    INFEASIBLE: ...
    """
    if not hasattr(problem, "answer"):
        raise InputError(f"certify() judges LinearProgram, QuadraticProgram or Fit; got {type(problem).__name__}.")
    if isinstance(claim, Solution):
        claim = claim.claim
    if claim is not None and not isinstance(claim, Claim):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InputError(
            f"the claim is {type(claim).__name__}; pass values by name, e.g. x=..., or a Claim or Solution."
        )
    aim = Tolerance.of(tol)
    given = claim or Claim()
    given = replace(given, values={**given.values}, hints={**given.hints})
    for name, value in values_and_hints.items():
        _place(problem, given, name, value)
    certificate = judge(problem, given, aim)
    if complete and certificate.verdict is Verdict.UNPROVEN:
        from thalweg.front import solve  # judging alone loads no solver

        hints = {**given.hints, **solve(problem, tol=aim).claim.hints}
        better = judge(problem, replace(given, hints=hints), aim)
        certificate = better if better.gap < certificate.gap or better.conclusive else certificate
    return certificate


def _place(problem: Any, claim: Claim, name: str, value: Any) -> None:
    """Put one keyword of `certify` among the claim's values or hints."""
    if value is None:
        return
    if name in problem.answer:
        claim.values[name] = value  # type: ignore[index]
    elif name in HINTS:
        claim.hints[HINTS[name]] = value  # type: ignore[index]
    else:
        known = [*problem.answer, *HINTS]
        raise InputError(f'{type(problem).__name__} has no answer or hint called "{name}". {suggest(name, known)}')
