"""How late a run ends that has a time limit: each solver on a problem too large for it, limits of 0.5, 1 and 2 s.

"late" is what the issue asks to be at most 10 % + 0.2 s where the backend can be stopped: seconds past the limit until
the answer is there, judged. "judge" is the judge's part of it. Solvers that cannot be stopped on their way are marked;
their attempts say by how much they were late. Linear algebra on dense matrices is one call, and no call is broken off.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
from scipy import sparse

import thalweg as tw
from thalweg import front
from thalweg.solvers.registry import entries

LIMITS = (0.5, 1.0, 2.0)
ALLOWED = 0.2, 0.1


def linear(m: int, n: int) -> tw.LinearProgram:
    """Sparse, feasible and bounded."""
    rng = np.random.default_rng(1)
    A = sparse.random(m, n, density=10 / m, random_state=1, format="csc")
    slack = rng.random(n) * (rng.random(n) < 0.7)
    return tw.LinearProgram(A.T @ rng.random(m) + slack, A, row_lower=A @ rng.random(n), lower=0)


def quadratic(n: int) -> tw.QuadraticProgram:
    """Dense and strictly convex."""
    rng = np.random.default_rng(2)
    F = rng.normal(size=(n, n))
    A = rng.normal(size=(n // 2, n))
    return tw.QuadraticProgram(F @ F.T / n + np.eye(n), rng.normal(size=n), A, row_upper=np.ones(n // 2), lower=0)


def fit(n: int, p: int, loss: str, **penalties: float) -> tw.Fit:
    """Correlated columns, noisy labels."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, p)) + rng.normal(size=(n, 1))
    score = X[:, :20].sum(axis=1) / 5 + 2 * rng.normal(size=n)
    return tw.Fit(X, score if loss == "squared" else (score > 0).astype(float), loss, **penalties)


def with_rows(n: int, p: int) -> tw.Fit:
    """Logistic regression with ordered coefficients."""
    free = fit(n, p, "logistic", l2=1e-3)
    A = np.eye(p)[:10] - np.eye(p)[1:11]
    return tw.Fit(free.X, free.y, "logistic", l2=1e-3, A=A, row_lower=np.zeros(10))


def cases() -> Iterator[tuple[str, str, Callable[[], object]]]:
    """Names of problem and solver, and a function that makes the problem."""
    yield "LP 20000 x 30000", "simplex", lambda: linear(20_000, 30_000)
    yield "LP 20000 x 30000", "interior-point", lambda: linear(20_000, 30_000)
    yield "QP 1500, dense", "piqp", lambda: quadratic(1500)
    yield "QP 1500, dense", "clarabel", lambda: quadratic(1500)
    yield "logistic 50000 x 300", "newton", lambda: fit(50_000, 300, "logistic", l2=1e-3)
    yield "logistic 50000 x 300", "lbfgs", lambda: fit(50_000, 300, "logistic", l2=1e-6)
    yield "l1 logistic 50000 x 300", "coordinate-descent", lambda: fit(50_000, 300, "logistic", l1=1e-2)
    yield "lasso 1500 x 3000", "coordinate-descent", lambda: fit(1500, 3000, "squared", l1=1e-2)
    yield "ridge 50000 x 300", "least-squares", lambda: fit(50_000, 300, "squared", l2=1.0)
    yield "logistic 20000 x 100, rows", "irls", lambda: with_rows(20_000, 100)
    yield "logistic 20000 x 100, rows", "slsqp", lambda: with_rows(20_000, 100)


def measured(problem: object, solver: str, limit: float) -> tuple[float, float, tw.Solution]:
    """Seconds past the limit, seconds of the judge."""
    judging, judge = [0.0], front.judge

    def timed(*arguments: object, **options: object) -> object:
        began = time.perf_counter()
        try:
            return judge(*arguments, **options)
        finally:
            judging[0] += time.perf_counter() - began

    front.judge = timed
    try:
        began = time.perf_counter()
        solution = tw.solve(problem, solver, time_limit=limit)
        return time.perf_counter() - began - limit, judging[0], solution
    finally:
        front.judge = judge


def main() -> None:
    """Measure and print."""
    deaf = {entry.name for entry in entries() if entry.interruptible == "no"}
    for warm in (linear(10, 20), quadratic(10), fit(50, 3, "logistic", l2=1.0), fit(50, 3, "squared", l1=1.0)):
        tw.solve(warm)  # loads the backends
        tw.solve(warm, tw.plan(warm).steps[-1])
    print(f"{'problem':28}{'solver':20}{'limit':>6}{'late':>8}{'judge':>8}  stop, verdict")
    for name, solver, make in cases():
        problem = make()
        for limit in LIMITS:
            late, judging, solution = measured(problem, solver, limit)
            seconds, share = ALLOWED
            mark = "" if late <= seconds + share * limit else " (cannot be stopped)" if solver in deaf else " TOO LATE"
            told = f"{solution.stop.value}, {solution.certificate.verdict.name}{mark}"
            print(f"{name:28}{solver:20}{limit:6}{late:8.2f}{judging:8.2f}  {told}", flush=True)


if __name__ == "__main__":
    main()
