"""The front door: plan, solve, judge, and repair or try the next.

`solve` asks solvers for claims and returns the best one with its certificate, in the order of `thalweg.planning.plan`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np

from thalweg.certificate import Certificate, Tolerance, Verdict
from thalweg.errors import InputError, SolverMismatch
from thalweg.judges import judge
from thalweg.planning import Plan, plan
from thalweg.result import Attempt, Claim, Solution, Stop
from thalweg.solvers.registry import Entry, Restarter, Solver
from thalweg.starting import offer_start, remember, start_of
from thalweg.tolerance import Effort
from thalweg.watch import InterruptHold, Stopped, Watch

TIGHTENINGS = 2  # a loose answer of a warm solver is tightened at most twice
LATE = 0.2, 0.1  # seconds, and share of the time limit, by which a solver may be late without a word
CLEARLY = 1.1  # times smaller must a later gap be: between equals, which may differ by rounding, the first stays
_RANK = {verdict: place for place, verdict in enumerate(Verdict)}


def solve(
    problem: Any,
    solver: str | Solver = "auto",
    *,
    tol: Tolerance | float | None = None,
    start: Solution | Claim | Mapping[str, Any] | None = None,
    time_limit: float | None = None,
    callback: Callable[[Mapping[str, float]], Any] | None = None,
    proof: str = "usual",
) -> Solution:
    """Solve a problem and return the answer with its certificate.

    Parameters
    ----------
    problem : LinearProgram, QuadraticProgram, MixedIntegerProgram, Fit or MultinomialFit
    solver : str or Solver
        A registered name, or "auto": solvers are tried in the order of `plan` until one answer is conclusive.
    tol : float or Tolerance, optional
        Largest relative gap; see `Tolerance`. Default 1e-6.
    start : Solution, Claim or mapping, optional
        Where to start from: the solution of a similar problem, or values such as ``{"x": x0}``. Default: a linear or
        quadratic program made by ``replace`` starts from the solution of the one it was made from, if you still hold
        that; ``start={}`` starts from nothing.
    time_limit : float, optional
        Seconds. The best answer so far is returned with its certificate, which is a quick one: `certify` looks for a
        better bound than fits into the time.
    callback : callable, optional
        Called with a dict of the latest numbers, at most ten times a second; returning True stops the run. What it
        raises ends the run and is raised.
        `Progress` is one that shows them.
    proof : str
        "assumption-free" goes on where an answer is only within tolerance under assumptions, until it is proved or
        everything was tried. Default "usual".

    Returns
    -------
    Solution
        ``ok`` reads the certificate only. An answer that is not proved is returned with its verdict, never hidden.

    Raises
    ------
    SolverMismatch
        If the named solver, or every solver, cannot take the problem.

    Notes
    -----
    Ctrl-C returns the best answer so far with its certificate (``stop`` is ``Stop.INTERRUPTED``), or the answer itself
    if that is conclusive already. A second Ctrl-C breaks into a solver or callback that does not listen.

    Examples
    --------
    >>> import thalweg as tw
    >>> solution = tw.solve(tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0))
    >>> solution.certificate.verdict.name, solution.x, solution.objective
    ('PROVED', array([1., 0.]), 1.0)
    """
    aim, watch, effort = Tolerance.of(tol), Watch(time_limit, callback), Effort.of(proof)
    if not hasattr(problem, "answer"):
        cure = " Call its own solve(), or pass its problem()." if hasattr(problem, "problem") else ""
        raise InputError(
            "solve() takes LinearProgram, QuadraticProgram, MixedIntegerProgram, Fit or MultinomialFit; got "
            f"{type(problem).__name__}.{cure}"
        )
    if not isinstance(solver, str) and not hasattr(solver, "solve"):
        raise InputError(f"solver is {solver!r}; pass a name, or an object with a method solve().")
    run, given = Run(problem, aim, watch, effort), start_of(problem, start)
    watch.offer_when_asked(lambda: offer_start(problem, given, watch))
    with InterruptHold(watch), watch.followed():
        if isinstance(solver, str):
            run.follow(plan(problem, solver), given)
        else:
            run.attempt(solver, type(solver).__name__, given, aim)
        if watch.failure is not None:
            raise watch.failure
        solution = run.solution()
    if run.ok:
        remember(solution)
    return solution


class Run:
    """One call of `solve`: attempts so far, and the best of them."""

    def __init__(self, problem: Any, aim: Tolerance, watch: Watch, effort: Effort) -> None:
        self.problem, self.aim, self.watch, self.effort = problem, aim, watch, effort
        self.attempts: list[Attempt] = []
        self.best: tuple[Claim, Certificate] | None = None
        self.settled = self.ok = False

    @property
    def over(self) -> bool:
        """Conclusive, out of time, or interrupted."""
        return self.settled or self.watch.stop is not None

    def keep(self, claim: Claim, certificate: Certificate, verdict: Verdict) -> None:
        """Note the best claim so far, and whether it settles the question."""
        assumes = self.effort is Effort.ASSUMPTION_FREE and verdict is Verdict.WITHIN_TOLERANCE
        self.best, self.settled, self.ok = (claim, certificate), verdict.conclusive and not assumes, verdict.ok

    def follow(self, planned: Plan, start: Claim | None) -> None:
        """Try one solver after the other until an answer is conclusive."""
        if not planned.steps:
            reasons = "; ".join(planned.left_out.values())
            raise SolverMismatch(
                f"no solver takes this {planned.problem}: {reasons}. tw.certify judges an answer all the same."
            )
        for entry in planned.restarters if start is not None and "row_dual" in start.hints else ():
            method = cast(Restarter, entry.kind())
            if method.worthwhile(self.problem):
                self.attempt(method, entry.name, start, self.aim)
            if self.over:
                return
        methods, refiners = planned.entries[: len(planned.steps)], planned.entries[len(planned.steps) :]
        for method in methods:
            self.attempt(method.kind(), method.name, start, self.aim)
            for refiner in refiners:
                self.refine(refiner)
            self.tighten(method)
            if self.over:
                break

    def attempt(self, solver: Solver, name: str, start: Claim | None, aim: Tolerance) -> None:
        """Ask one solver, judge its claim, keep the better."""
        began = time.perf_counter()
        try:
            claim = self._claim(solver, name, start, aim)
            certificate = self._judged(claim)
        except np.linalg.LinAlgError as error:  # numbers at the ends of the range
            told = f"linear algebra failed: {error}"
            claim = replace(self.watch.best_claim(by=name), stop=Stop.FAILED, message=told)
            certificate = self._judged(claim)
        seconds, verdict = time.perf_counter() - began, certificate.verdict
        self.attempts.append(Attempt(name, claim.stop, verdict, seconds, certificate.gap, claim.message))
        if self.best is None or _order(certificate, CLEARLY) < _order(self.best[1]):
            self.keep(claim, certificate, verdict)

    def _claim(self, solver: Solver, name: str, start: Claim | None, aim: Tolerance) -> Claim:
        """Ask one solver; what it was unable to finish is the best point that it offered."""
        watch = self.watch
        if watch.stop is not None:  # nothing long starts now
            return watch.best_claim(by=name)
        try:
            with np.errstate(all="ignore"):  # a solver's overflow shows in its claim
                claim = InterruptHold.call(solver.solve, self.problem, start, watch, aim)
        except KeyboardInterrupt:
            watch.interrupt()
            return watch.best_claim(by=name)
        except Stopped:
            claim = watch.best_claim(by=name)
        if not claim.values and claim.stop in (Stop.TIME_LIMIT, Stop.INTERRUPTED):
            claim = watch.best_claim(by=name)
        late, (seconds, share) = -watch.remaining, LATE
        if late > seconds + share * (watch.deadline - watch.started):
            told = f"{name} could not be stopped in time: it ran {late:.2g} s past the limit"
            claim = replace(claim, message=f"{claim.message}. {told}" if claim.message else told)
        return claim

    def _judged(self, claim: Claim) -> Certificate:
        """Judge a claim, quickly if it or its judgement was cut short: that is over soon, and Ctrl-C waits for it."""
        if claim.stop not in (Stop.TIME_LIMIT, Stop.INTERRUPTED):
            try:
                return InterruptHold.call(judge, self.problem, claim, self.aim, self.effort)
            except KeyboardInterrupt:
                self.watch.interrupt()
        return judge(self.problem, claim, self.aim, Effort.QUICK)

    def refine(self, entry: Entry) -> None:
        """Let a refiner improve the best claim so far."""
        if not self.over and self.best is not None and self.best[0].values:
            self.attempt(entry.kind(), entry.name, self.best[0], self.aim)

    def tighten(self, entry: Entry) -> None:
        """Ask a warm solver again from its own claim with a tighter aim.

        The judge's gap is first order in the error, a solver's stopping rule second: hence the square.
        """
        for _ in range(TIGHTENINGS if entry.warm else 0):
            if self.over or self.best is None or not self.best[0].values:
                return
            claim, certificate = self.best
            if certificate.verdict is not Verdict.UNPROVEN or not np.isfinite(certificate.gap):
                return
            ratio = self.aim.gap / max(certificate.gap, self.aim.gap)
            self.attempt(entry.kind(), entry.name, claim, replace(self.aim, gap=self.aim.gap * ratio**2))

    def solution(self) -> Solution:
        """Return the best claim with its certificate and the whole story."""
        assert self.best is not None
        claim, certificate = self.best
        if self.watch.stop is Stop.INTERRUPTED and not certificate.conclusive:
            claim = replace(claim, stop=Stop.INTERRUPTED)
        return Solution(self.problem, claim, certificate, self.watch.trace, tuple(self.attempts), self.watch.seconds)


def _order(certificate: Certificate, handicap: float = 1.0) -> tuple[float, ...]:
    """Smaller is better: verdict, then gap, then violation; a conclusive statement about the problem comes first."""
    violation = max((v.normwise for v in certificate.violations.values()), default=0.0)
    rank, gap = _RANK[certificate.verdict], certificate.gap * handicap
    if certificate.verdict is Verdict.STATIONARY:  # each is one of many: the better objective counts
        gap = -certificate.objective if certificate.maximize else certificate.objective
    return (not certificate.conclusive, rank, gap, violation)
