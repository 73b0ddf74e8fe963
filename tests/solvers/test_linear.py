"""HiGHS' simplex and interior-point methods on linear programs."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from thalweg.problems.linear import LinearProgram
from thalweg.result import Stop
from thalweg.watch import Watch

INF = np.inf

METHODS = ["simplex", "interior-point"]


def reference(problem):
    """Best objective by SciPy."""
    sign = -1.0 if problem.maximize else 1.0
    low, high = np.isfinite(problem.row_lower), np.isfinite(problem.row_upper)
    found = linprog(
        sign * problem.c,
        np.vstack([-problem.A[low], problem.A[high]]),
        np.concatenate([-problem.row_lower[low], problem.row_upper[high]]),
        bounds=np.column_stack([problem.lower, problem.upper]),
    )
    return sign * found.fun


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("method", METHODS)
def test_best_objective(run, random_program, assert_feasible, method, seed, maximize):
    problem = random_program(seed, maximize=maximize)
    claim = run(method, problem)
    assert claim.stop is Stop.CONVERGED
    assert_feasible(problem, claim.values["x"])
    assert problem.objective(claim.values) == pytest.approx(reference(problem), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_row_duals_are_derivatives(random_program, assert_duals_are_derivatives, method, maximize):
    assert_duals_are_derivatives(method, random_program(3, maximize=maximize))


def test_textbook_duals_of_a_maximisation(run):
    problem = LinearProgram([3.0, 5.0], [[1, 0], [0, 2], [3, 2]], row_upper=[4, 12, 18], lower=0, maximize=True)
    claim = run("simplex", problem)
    np.testing.assert_allclose(claim.values["x"], [2, 6], rtol=1e-12)
    np.testing.assert_allclose(claim.hints["row_dual"], [0, 1.5, 1], rtol=1e-12)


def test_sparse_and_dense_rows_agree(run, random_program):
    dense = random_program(1)
    thin = dense.replace(A=sparse.csr_array(dense.A))
    np.testing.assert_array_equal(run("simplex", dense).values["x"], run("simplex", thin).values["x"])


INFEASIBLE = {
    "two rows": LinearProgram([1.0, 1.0], [[1, 0], [1, 0]], row_lower=[2, -INF], row_upper=[INF, 1]),
    "row against box": LinearProgram([0.0, 1.0], [[1, 1]], row_upper=[-1], lower=0, maximize=True),
    "empty row": LinearProgram([1.0, -1.0], [[0, 0]], row_lower=[1], row_upper=[2], lower=0, upper=3),
    "infeasible and dual infeasible": LinearProgram(
        [-1.0, 0], [[0, 1], [0, 1]], row_lower=[1, -INF], row_upper=[INF, 0]
    ),
    "in a large unit": LinearProgram([0.0], [[1e9], [1e-9]], row_lower=[2e9, -INF], row_upper=[INF, 1e-9], lower=0),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", INFEASIBLE)
def test_infeasible_comes_with_a_ray(run, assert_farkas, method, name):
    claim = run(method, INFEASIBLE[name])
    assert claim.stop is Stop.INFEASIBLE
    assert_farkas(INFEASIBLE[name], claim.hints["ray"])


UNBOUNDED = {
    "a ray": LinearProgram([-1.0, 0.0], [[1, -1]], row_upper=[1], lower=0),
    "free columns": LinearProgram([-1.0, 0.0], [[1, -1]], row_upper=[1]),
    "no rows": LinearProgram([1.0, -1.0], lower=[0, -1]),
    "maximise": LinearProgram(
        [1.0, 2.0], [[1, -1], [1, 1]], row_upper=[3, INF], row_lower=[-INF, 2], lower=0, maximize=True
    ),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", UNBOUNDED)
def test_unbounded_comes_with_a_point_and_a_direction(run, assert_recession, method, name):
    claim = run(method, UNBOUNDED[name])
    assert claim.stop is Stop.UNBOUNDED
    assert_recession(UNBOUNDED[name], claim)


@pytest.mark.parametrize("power", [-100, -30, 30, 100])
def test_powers_of_two_change_nothing(run, random_program, power):
    """Objective, rows and columns in other units: the same vertex, in those units."""
    problem, unit = random_program(2), 2.0**power
    shift = 2.0 ** (power // 10)
    scaled = LinearProgram(
        problem.c * unit,
        problem.A * shift,
        row_lower=problem.row_lower * shift,
        row_upper=problem.row_upper * shift,
        lower=problem.lower,
        upper=problem.upper,
    )
    np.testing.assert_allclose(run("simplex", scaled).values["x"], run("simplex", problem).values["x"], rtol=1e-12)


def test_tiny_costs_are_told_apart(run):
    claim = run("simplex", LinearProgram([-1e-30, -2e-30], [[1e-12, 1e-12]], row_upper=[1e-15], lower=0))
    np.testing.assert_allclose(claim.values["x"], [0, 1e-3], rtol=1e-12)


def test_entries_beyond_what_highs_takes_are_scaled(run):
    claim = run("simplex", LinearProgram([1.0], [[1e17]], row_lower=[1e17], lower=0))
    np.testing.assert_allclose(claim.values["x"], [1.0], rtol=1e-12)


def large():
    """A program that takes seconds."""
    rng = np.random.default_rng(0)
    A = rng.standard_normal((400, 800))
    limit = A @ rng.random(800)
    return LinearProgram(rng.standard_normal(800), A, row_lower=limit, row_upper=limit, lower=0, upper=10)


@pytest.mark.parametrize("method", METHODS)
def test_time_limit_is_the_solvers_own_word(run, method):
    claim = run(method, large(), watch=Watch(time_limit=0.05))
    assert claim.stop is Stop.TIME_LIMIT
    assert "HiGHS" in claim.message


class Interrupted(Watch):
    """Sends Ctrl-C to this process when the solver shows life for the first time."""

    def pulse(self):
        if self.stop is None:
            os.kill(os.getpid(), signal.SIGINT)
        super().pulse()


def test_an_interrupt_during_the_run_is_obeyed_and_kept(run):
    watch = Interrupted()
    claim = run("simplex", large(), watch=watch)
    assert watch.stop is Stop.INTERRUPTED and claim.stop is Stop.INTERRUPTED


def test_a_refused_model_is_a_failed_claim(run, random_program, monkeypatch):
    from thalweg.solvers import _highs

    def refuse(*_):
        raise RuntimeError("out of order")

    monkeypatch.setattr(_highs.Run, "stop", refuse)
    claim = run("simplex", random_program(0))
    assert claim.stop is Stop.FAILED and "out of order" in claim.message and not claim.values


def test_nothing_is_printed(run):
    code = (
        "import thalweg as tw; from thalweg.solvers.simplex import Simplex;"
        "Simplex().solve(tw.LinearProgram([1.0], [[1.0]], row_lower=[1.0]), None, tw.Watch(), tw.Tolerance())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "" and done.stderr == ""
