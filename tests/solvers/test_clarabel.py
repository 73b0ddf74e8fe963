"""Clarabel beside PIQP, and how it is stopped; what both engines do is in test_quadratic."""

import os
import signal
import threading

import numpy as np
import pytest

import thalweg as tw
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.result import Stop
from thalweg.watch import Watch


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_proved_and_equal_to_the_first_engine(run, random_program, seed, maximize):
    problem = random_program(seed, quadratic=True, maximize=maximize)
    claim = run("clarabel", problem)
    assert claim.stop is Stop.CONVERGED
    assert tw.certify(problem, claim, tol=1e-8).verdict.name == "PROVED"
    np.testing.assert_allclose(problem.objective(claim.values), problem.objective(run("piqp", problem).values))


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
