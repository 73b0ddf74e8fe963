"""Sequences of programs, and many small ones: what starts save, and what each small program costs beside its backend.

Sequences: 50 right sides that fit a point whose entries change by up to 0.1 % or 1 %, on problems of Netlib and of
Maros and Meszaros (set THALWEG_DATA to the folder that holds lpqp/). "warm" starts from the solution before, "cold"
from nothing; both certified. Medians of CPU seconds of the whole sequence, taken in turn; compare the ratios.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import loadmat

import thalweg as tw

LENGTH, REPEATS, MANY = 50, 3, 2000
SIZES = (1e-3, 1e-2)
NETLIB = ("25fv47", "ship12l", "degen3")
MAROS_MESZAROS = ("QSHIP04L", "CVXQP1_M")


def linear(folder: Path) -> Iterator[tuple[str, tw.LinearProgram]]:
    """Problems of Netlib."""
    for name in NETLIB:
        yield name, tw.read(folder / "netlib" / f"{name}.mps.gz")


def quadratic(folder: Path) -> Iterator[tuple[str, tw.QuadraticProgram]]:
    """Problems of Maros and Meszaros; the last rows are the bounds of the variables."""
    for name in MAROS_MESZAROS:
        found = loadmat(folder / "maros_meszaros" / f"{name}.mat")
        A, low, high = found["A"].tocsc(), found["l"].ravel(), found["u"].ravel()
        m = A.shape[0] - A.shape[1]
        rows, box = {"row_lower": low[:m], "row_upper": high[:m]}, {"lower": low[m:], "upper": high[m:]}
        yield name, tw.QuadraticProgram(found["P"], found["q"].ravel(), A[:m], **rows, **box)


def changed(problem: Any, size: float) -> list[dict[str, Any]]:
    """Right sides that fit the best point of the problem, each variable changed a little: so there are points."""
    rng = np.random.default_rng(0)
    x = tw.solve(problem).x
    moves = [problem.A @ (x * size * rng.uniform(-1, 1, x.size)) for _ in range(LENGTH)]
    return [{"row_lower": problem.row_lower + move, "row_upper": problem.row_upper + move} for move in moves]


def sequence(problem: Any, changes: list[dict[str, Any]], warm: bool) -> tuple[float, list[str]]:
    """CPU seconds for a sequence, and the verdicts."""
    last, verdicts, began = tw.solve(problem), list[str](), time.process_time()
    for change in changes:
        solution = tw.solve(problem.replace(**change), start=last if warm else {})
        last = solution if solution.ok else last
        verdicts.append(solution.certificate.verdict.name)
    return time.process_time() - began, verdicts


def sequences(folder: Path) -> None:
    """Print a line per problem."""
    head = f"sequences of {LENGTH}"
    print(f"{head:32} {'change':>7} {'warm s':>8} {'cold s':>8} {'ratio':>6}  verdicts warm / cold")
    for name, problem in (*linear(folder), *quadratic(folder)):
        for size in SIZES:
            changes = changed(problem, size)
            rounds = [[sequence(problem, changes, warm) for warm in (True, False)] for _ in range(REPEATS)]
            warm, cold = (statistics.median(seconds for seconds, _ in column) for column in zip(*rounds, strict=True))
            told = " / ".join(counted(verdicts) for _, verdicts in rounds[0])
            print(f"{name:32} {size:7.1%} {warm:8.3f} {cold:8.3f} {warm / cold:6.2f}  {told}")


def counted(verdicts: list[str]) -> str:
    """How often each verdict was given."""
    return ", ".join(f"{verdicts.count(name)} {name}" for name in dict.fromkeys(verdicts))


def small(size: int, seed: int) -> tw.QuadraticProgram:
    """Strictly convex, boxed, some rows active."""
    rng = np.random.default_rng(seed)
    A, F = rng.normal(size=(size, size)), rng.normal(size=(size, size))
    limits = 0.1 * A.sum(axis=1) + 1
    return tw.QuadraticProgram(
        F @ F.T + 0.1 * np.eye(size), 3 * rng.normal(size=size), A, row_upper=limits, lower=-1, upper=1
    )


def bare_piqp(problem: tw.QuadraticProgram) -> Callable[[], object]:
    """PIQP alone on the same numbers, to the accuracy that thalweg asks for."""
    import piqp

    P, A = np.asfortranarray(problem.P), np.asfortranarray(problem.A)
    none, nothing = np.zeros((0, problem.q.size)), np.zeros(0)

    def run() -> object:
        method = piqp.DenseSolver()
        for name in ("eps_abs", "eps_rel", "eps_duality_gap_abs", "eps_duality_gap_rel"):
            setattr(method.settings, name, 5e-13)
        limits = problem.row_lower, problem.row_upper, problem.lower, problem.upper
        method.setup(P, problem.q, none, nothing, A, *limits)
        method.solve()
        return method.result.x

    return run


def microseconds(work: Callable[[], object], count: int) -> float:
    """CPU microseconds per program."""
    began = time.process_time()
    work()
    return (time.process_time() - began) / count * 1e6


def many(size: int) -> None:
    """Compare solve_many with a loop and with the bare backend, on problems that nobody has seen before."""
    rounds = []
    for turn in range(REPEATS):
        seeds = range(turn * MANY, (turn + 1) * MANY)
        bare = [bare_piqp(small(size, seed)) for seed in seeds]
        for_loop, for_many = ([small(size, seed) for seed in seeds] for _ in range(2))
        base = small(size, turn)
        alike = [base.replace(q=base.q * (1 + 1e-4 * k)) for k in range(MANY)]
        rounds.append(
            [
                microseconds(lambda bare=bare: [run() for run in bare], MANY),
                microseconds(lambda problems=for_loop: [tw.solve(problem) for problem in problems], MANY),
                microseconds(lambda problems=for_many: tw.solve_many(problems), MANY),
                microseconds(lambda problems=alike: tw.solve_many(problems), MANY),
            ]
        )
    figures = [statistics.median(column) for column in zip(*rounds, strict=True)]
    print(f"{f'{MANY} QPs {size} x {size}':32}" + "".join(f"{figure:12.0f}" for figure in figures))


def main() -> None:
    """Measure and print."""
    print(f"{'microseconds per program':32}{'bare PIQP':>12}{'loop':>12}{'solve_many':>12}{'same P':>12}")
    for size in (10, 30):
        many(size)
    folder = Path(os.environ.get("THALWEG_DATA", "")) / "lpqp"
    if (folder / "netlib").is_dir():
        sequences(folder)
    else:
        print("sequences: left out; set THALWEG_DATA to the folder that holds lpqp/")


if __name__ == "__main__":
    main()
