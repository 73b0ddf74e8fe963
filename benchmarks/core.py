"""What thalweg costs beside the work itself: start-up, overhead per call, and judging.

Run by ``make bench``. Figures are medians of CPU seconds of this machine; compare the ratios, not the seconds.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import highspy
import numpy as np
from scipy import sparse

import thalweg as tw

EXAMPLES = Path(__file__).parents[1] / "examples"
REPEATS = 7


def cpu_of_process(*command: str) -> float:
    """CPU seconds of a child process: user and system, all threads."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cpu_of_call(function: Callable[[], object], calls: int = 1) -> float:
    """CPU seconds of one call, averaged over some."""
    began = time.process_time()
    for _ in range(calls):
        function()
    return (time.process_time() - began) / calls


def side_by_side(*measures: Callable[[], float]) -> list[float]:
    """Medians of several measurements, taken in turn so that all meet the same load."""
    rounds = [[measure() for measure in measures] for _ in range(REPEATS + 1)]
    return [statistics.median(column) for column in zip(*rounds[1:], strict=True)]  # the first round warms up


def small_program() -> tw.LinearProgram:
    """10 x 10, dense, boxed."""
    rng = np.random.default_rng(0)
    A = rng.normal(size=(10, 10))
    return tw.LinearProgram(rng.normal(size=10), A, row_upper=A.sum(axis=1) + 1, lower=0, upper=10)


def again(problem: tw.LinearProgram) -> tw.LinearProgram:
    """The same numbers as a program that nobody has seen before: checked and copied again."""
    limits = {"row_upper": problem.row_upper, "lower": problem.lower, "upper": problem.upper}
    return tw.LinearProgram(problem.c, problem.A, **limits)


def transport(places: int = 120) -> tw.LinearProgram:
    """Transport between `places` sources and as many sinks: 240 rows, 14,400 variables, sparse."""
    rng = np.random.default_rng(1)
    one, ones = sparse.eye_array(places), np.ones((1, places))
    A = sparse.vstack([sparse.kron(one, ones), sparse.kron(ones, one)], format="csc")
    amounts = np.full(2 * places, 10.0)
    return tw.LinearProgram(rng.uniform(1, 9, places**2), A, row_lower=amounts, row_upper=amounts, lower=0)


def logistic(n: int = 20_000, p: int = 50) -> tw.Fit:
    """Dense logistic regression with ridge and lasso."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(n, p))
    y = (X[:, :10].sum(axis=1) + rng.logistic(size=n) > 0).astype(float)
    return tw.Fit(X, y, loss="logistic", l1=5.0, l2=1.0)


def bare_highs(problem: tw.LinearProgram) -> Callable[[], object]:
    """HiGHS alone on the same numbers: build, pass, run, read."""
    A = sparse.csc_array(problem.A)
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = A.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = problem.c, problem.lower, problem.upper
    lp.row_lower_, lp.row_upper_ = problem.row_lower, problem.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = A.indptr, A.indices, A.data

    def run() -> object:
        highs = highspy.Highs()
        highs.silent()
        highs.passModel(lp)
        highs.run()
        return highs.getSolution()

    return run


def row(name: str, first: float, second: float | None = None) -> None:
    """One line of the table."""
    ratio = f"{first / second:9.3g}" if second else ""
    print(f"{name:60} {first:10.4g} {'' if second is None else format(second, '10.4g'):>10} {ratio:>9}")


def main() -> None:
    """Measure and print."""
    highspy.Highs()  # prints its banner here, once, and not between the figures
    python, script = sys.executable, Path(sys.executable).with_name("thalweg")
    print(f"{'median CPU seconds of ' + str(REPEATS) + ' runs':60} {'this':>10} {'that':>10} {'ratio':>9}")

    ours, numpys = side_by_side(
        lambda: cpu_of_process(python, "-c", "import thalweg"), lambda: cpu_of_process(python, "-c", "import numpy")
    )
    row("import thalweg / import numpy (whole process)", ours, numpys)

    (command,) = side_by_side(lambda: cpu_of_process(str(script), "solve", str(EXAMPLES / "diet.mps"), "--json"))
    row("thalweg solve diet.mps --json (whole process)", command)

    small = small_program()
    ours, bare, addition = side_by_side(
        lambda: cpu_of_call(lambda: tw.solve(again(small)), 100),
        lambda: cpu_of_call(bare_highs(small), 100),
        lambda: cpu_of_call(lambda: small.lower + small.upper, 10_000),
    )
    row("build and tw.solve / bare HiGHS, LP 10 x 10", ours, bare)
    row("what thalweg adds / adding two arrays of 10", ours - bare, addition)

    for name, problem in (("transport 240 x 14400", transport()), ("logistic 20000 x 50", logistic())):
        claim = tw.solve(problem).claim
        judged, solved = side_by_side(
            lambda problem=problem, claim=claim: cpu_of_call(lambda: tw.certify(problem, claim)),
            lambda problem=problem: cpu_of_call(lambda: tw.solve(problem)),
        )
        row(f"judge / solve (judging included), {name}", judged, solved)


if __name__ == "__main__":
    main()
