"""Clarabel on quadratic programs: the second engine."""

import os
import signal
import threading

import numpy as np
import pytest
from scipy import sparse

import thalweg as tw
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.result import Stop
from thalweg.watch import Watch

INF = np.inf


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_proved_and_equal_to_the_first_engine(run, random_program, seed, maximize):
    problem = random_program(seed, quadratic=True, maximize=maximize)
    claim = run("clarabel", problem)
    assert claim.stop is Stop.CONVERGED
    assert tw.certify(problem, claim, tol=1e-8).verdict.name == "PROVED"
    np.testing.assert_allclose(problem.objective(claim.values), problem.objective(run("piqp", problem).values))


@pytest.mark.parametrize("maximize", [False, True])
def test_row_duals_are_derivatives(random_program, assert_duals_are_derivatives, maximize):
    assert_duals_are_derivatives("clarabel", random_program(1, quadratic=True, maximize=maximize), step=1e-3)


def test_projection_in_closed_form(run):
    """Nearest point of x1 + x2 <= 2 to (3, 1)."""
    claim = run("clarabel", QuadraticProgram(np.eye(2), [-3.0, -1.0], [[1.0, 1.0]], row_upper=[2.0]))
    np.testing.assert_allclose(claim.values["x"], [2, 0], atol=1e-8)
    np.testing.assert_allclose(claim.hints["row_dual"], [-1], atol=1e-8)


def test_without_rows_and_limits(run):
    claim = run("clarabel", QuadraticProgram([[2.0, 0.0], [0.0, 4.0]], [-2.0, 4.0]))
    np.testing.assert_allclose(claim.values["x"], [1, -1], atol=1e-8)


def test_sparse_agrees_with_dense(run):
    rng = np.random.default_rng(0)
    P = sparse.diags_array(rng.random(60)).tocsc()
    A = sparse.random_array((20, 60), density=0.1, rng=rng, format="csc")
    problem = QuadraticProgram(P, rng.standard_normal(60), A, row_lower=-0.1, row_upper=0.1, lower=-1, upper=1)
    dense = problem.replace(P=P.toarray(), A=A.toarray())
    np.testing.assert_allclose(run("clarabel", problem).values["x"], run("clarabel", dense).values["x"], atol=1e-7)


def test_a_small_objective_is_not_taken_for_zero(run):
    problem = QuadraticProgram(np.zeros((2, 2)), [-1e-8, -2e-8], [[1, 1]], row_upper=[1], lower=0)
    np.testing.assert_allclose(run("clarabel", problem).values["x"], [0, 1], atol=1e-7)


def test_every_variable_fixed(run):
    problem = QuadraticProgram(np.eye(2), [1.0, 1.0], [[1.0, 1.0]], row_upper=[4.0], lower=[1, 2], upper=[1, 2])
    np.testing.assert_array_equal(run("clarabel", problem).values["x"], [1, 2])


def test_infeasible_comes_with_a_ray(run, assert_farkas):
    problem = QuadraticProgram(np.eye(2), [1, 1], [[1, 1], [1, 1]], row_lower=[2, -INF], row_upper=[INF, 1])
    claim = run("clarabel", problem)
    assert claim.stop is Stop.INFEASIBLE
    assert_farkas(problem, claim.hints["ray"])


def test_unbounded_comes_with_a_flat_direction(run, assert_recession):
    problem = QuadraticProgram(np.diag([1.0, 0.0]), [0.0, -1.0], [[1.0, 1.0]], row_lower=[0.0])
    claim = run("clarabel", problem)
    assert claim.stop is Stop.UNBOUNDED
    assert_recession(problem, claim)


@pytest.fixture(scope="module")
def slow():
    """A dense program that takes long enough to be stopped on the way."""
    root = np.random.default_rng(0).standard_normal((500, 500))
    return QuadraticProgram(root @ root.T, np.ones(500), lower=-0.1, upper=0.1)


def test_the_watch_stops_it(run, slow):
    """The front door's limits reach the backend through its callback."""
    watch = Watch(time_limit=1e-9)
    assert run("clarabel", slow, watch=watch).stop is Stop.TIME_LIMIT
    watch = Watch()
    watch.interrupt()
    assert run("clarabel", slow, watch=watch).stop is Stop.INTERRUPTED


@pytest.mark.parametrize("iteration", [1, 5])
def test_ctrl_c_is_heard_while_it_computes(run, slow, iteration):
    watch, seen = Watch(), [0]
    main, stop = threading.main_thread(), Watch.stop.fget

    class Pressed(Watch):
        @property
        def stop(self):
            """Press Ctrl-C when the backend asks for the so-manieth time."""
            if threading.current_thread() is not main:
                seen[0] += 1
                if seen[0] == iteration:
                    os.kill(os.getpid(), signal.SIGINT)
                    pressed.wait(5)
            return stop(self)

        def interrupt(self):
            super().interrupt()
            pressed.set()

    pressed = threading.Event()
    watch = Pressed()
    claim = run("clarabel", slow, watch=watch)
    assert claim.stop is Stop.INTERRUPTED and pressed.is_set() and seen[0] == iteration
