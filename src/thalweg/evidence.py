"""Judge what was handed over: `certify` takes anybody's answer, `load` a file; neither runs a solver."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeGuard

from thalweg.certificate import Certificate, Tolerance, Verdict
from thalweg.errors import InputError, suggest
from thalweg.judges import judge
from thalweg.result import Claim, Solution

Path = str | os.PathLike[str]

HINTS = {
    "duals": "row_dual",
    "ray": "ray",
    "direction": "direction",
    "direction_intercept": "direction_intercept",
    "eta": "eta",
}


def certify(
    problem: Any,
    claim: Claim | Solution | Path | None = None,
    tol: Tolerance | float | None = None,
    *,
    complete: bool = False,
    **values_and_hints: Any,
) -> Certificate:
    """Judge anybody's answer; no solver is run unless ``complete=True`` asks one for better hints.

    Parameters
    ----------
    problem : LinearProgram, QuadraticProgram, Fit, or the path of a saved file
        A saved solution brings its own claim, which is judged unless another is given; never at its own tolerance.
    claim : Claim, Solution, or the path of a saved file, optional
        The answer as an object; or write it as keywords:
    **values_and_hints
        Values by the names of the problem's answer (``x``; ``coef``, ``intercept``), and what helps to judge them, as
        arrays or as mappings by name (names left out of a hint count as 0):
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
    if _is_path(problem):
        problem, claim = _opened(problem, claim, alone=not values_and_hints)
    if not hasattr(problem, "answer"):
        raise InputError(f"certify() judges LinearProgram, QuadraticProgram or Fit; got {type(problem).__name__}.")
    claim = _claimed(claim, problem)
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


def load(path: Path, tol: Tolerance | float | None = None) -> Any:
    """Load what `thalweg.save`, ``solution.save`` or ``model.save`` wrote.

    Parameters
    ----------
    path : str or path
    tol : float or Tolerance, optional
        What a solution is held against. Default: the tolerance that it was saved with, where that is stricter than the
        default, and the default elsewhere, so that no file chooses a looser measure.

    Returns
    -------
    LinearProgram, QuadraticProgram, Fit, Claim, Solution, LinearRegression or LogisticRegression
        The certificate of a solution is computed anew from the problem. Trace, attempts and remarks are what the file
        says. An estimator predicts as before; its data are not in the file, so it has no certificate.

    Warns
    -----
    UserWarning
        The solution was saved with a looser tolerance than it is now held against.

    Raises
    ------
    InputError, ProblemError
        The file is not there, not thalweg's, damaged, of another format, or contradicts itself.

    Examples
    --------
    >>> import tempfile, os, thalweg as tw
    >>> path = os.path.join(tempfile.mkdtemp(), "answer.npz")
    >>> tw.solve(tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0)).save(path)
    >>> solution = tw.load(path)
    >>> solution.objective, solution.certificate.verdict.name
    (1.0, 'PROVED')
    """
    from thalweg.io.models import looks_like_a_model, read_model

    if looks_like_a_model(path):
        model = read_model(path)
        from thalweg.learn.saved import estimator_of  # scikit-learn is loaded for models only

        return estimator_of(model)
    from thalweg.io.saved import read_saved

    saved = read_saved(path)
    if saved.problem is None or saved.claim is None:
        return saved.claim if saved.problem is None else saved.problem
    tolerance = _strict(saved.tolerance or Tolerance(), path) if tol is None else Tolerance.of(tol)
    certificate = judge(saved.problem, saved.claim, tolerance)
    return Solution(saved.problem, saved.claim, certificate, saved.trace, saved.attempts, saved.seconds, saved.remarks)


def _strict(saved: Tolerance, path: Path) -> Tolerance:
    """Return the stricter of the saved tolerance and the default: a file must not choose its measure."""
    usual = Tolerance()
    strict = Tolerance(*(min(getattr(saved, name), getattr(usual, name)) for name in Tolerance.__slots__))
    loose = [name for name in Tolerance.__slots__ if getattr(saved, name) > getattr(usual, name)]
    if loose:
        told = ", ".join(f"{name} {getattr(saved, name):g} (now {getattr(usual, name):g})" for name in loose)
        warnings.warn(
            f"{os.fspath(path)} was saved with a looser tolerance than the default: {told}. It is held against the "
            "default; pass tol to load() to choose another.",
            stacklevel=3,
        )
    return strict


def _is_path(value: Any) -> TypeGuard[Path]:
    return isinstance(value, (str, os.PathLike))


def _opened(path: Path, claim: Any, alone: bool) -> tuple[Any, Any]:
    """Return the problem of a file, and its claim if nothing else is to be judged."""
    from thalweg.io.saved import read_saved

    saved = read_saved(path)
    if saved.problem is None:
        raise InputError(
            f"{os.fspath(path)} holds a claim without its problem; pass the problem first: certify(problem, path)."
        )
    return saved.problem, saved.claim if claim is None and alone else claim


def _claimed(claim: Any, problem: Any) -> Claim | None:
    """Return the claim as an object; a file whose claim was about another problem is warned of."""
    if isinstance(claim, Solution):
        return claim.claim
    if claim is None or isinstance(claim, Claim):
        return claim
    if not _is_path(claim):
        raise InputError(
            f"the claim is {type(claim).__name__}; pass values by name, e.g. x=..., or a Claim, a Solution or a file."
        )
    from thalweg.io.saved import is_about, read_saved

    saved = read_saved(claim)
    if saved.claim is None:
        raise InputError(f"{os.fspath(claim)} holds a problem without a claim. Pass a file with an answer.")
    if not is_about(saved, problem):
        warnings.warn(
            f"{os.fspath(claim)} was saved as an answer to other data than this problem's. It is judged all the same.",
            stacklevel=3,
        )
    return saved.claim


def _items(value: Any) -> list[tuple[Any, Any]]:
    return list(value.items())


def _place(problem: Any, claim: Claim, name: str, value: Any) -> None:
    """Put one keyword of `certify` among the claim's values or hints."""
    if value is None:
        return
    if isinstance(value, Mapping) and name in (*problem.answer, "duals", "ray", "direction"):
        from thalweg.io.answers import numbers_of

        plain = {str(label): getattr(number, "item", lambda n=number: n)() for label, number in _items(value)}
        value = numbers_of(plain, name, problem, "certify()")
    if name in problem.answer:
        claim.values[name] = value  # type: ignore[index]
    elif name in HINTS:
        claim.hints[HINTS[name]] = value  # type: ignore[index]
    else:
        known = [*problem.answer, *HINTS]
        raise InputError(f'{type(problem).__name__} has no answer or hint called "{name}". {suggest(name, known)}')
