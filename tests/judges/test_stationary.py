"""Programs that are not convex: stationary points are named, never proved best, and their interval holds the truth."""

import itertools

import numpy as np
import pytest

import thalweg as tw

SADDLE = tw.QuadraticProgram([[0, -1], [-1, 0]], [0, 0], lower=-1, upper=2)  # the best: -4 at (2, 2)


def test_a_saddle_meets_the_first_order_only():
    c = tw.certify(SADDLE, x=[0, 0])
    assert (c.verdict.name, c.ok, c.facts["order"]) == ("STATIONARY", False, 1)
    v = c.facts["negative_curvature"]
    assert v @ SADDLE.P @ v < 0
    assert c.lower <= -4 <= c.upper


def test_a_strict_local_minimiser_meets_the_second():
    c = tw.certify(SADDLE, x=[-1, -1])
    assert (c.verdict.name, c.facts["order"]) == ("STATIONARY", 2)
    assert c.lower <= -4 and c.objective == -1


def test_the_global_one_may_be_proved():
    assert tw.certify(SADDLE, x=[2, 2]).verdict.name == "PROVED"


@pytest.mark.parametrize("x", [[0.5, 0.5], [0.0, 1.0], [2.0, 0.0]])
def test_other_points_are_unproven(x):
    assert tw.certify(SADDLE, x=x).verdict.name == "UNPROVEN"


def test_without_limits_there_is_no_interval():
    problem = tw.QuadraticProgram([[1, 0], [0, -1]], [0, 0], [[1, 1]], row_lower=[0], row_upper=[0])
    c = tw.certify(problem, x=[0, 0], duals=[0])
    assert c.verdict.name in ("STATIONARY", "UNPROVEN") and not np.isfinite(c.bound)


@pytest.mark.parametrize("seed", range(20))
def test_intervals_hold_the_best_vertex(seed):
    """A concave objective over a box is least at a vertex, so that all of them can be tried."""
    rng = np.random.default_rng(seed)
    F = rng.normal(size=(4, 4))
    problem = tw.QuadraticProgram(-(F @ F.T), rng.normal(size=4), lower=-1, upper=1)
    vertices = np.array(list(itertools.product([-1.0, 1.0], repeat=4)))
    best = min(problem.objective({"x": vertex}) for vertex in vertices)
    s = tw.solve(problem)
    assert s.certificate.lower <= best + 1e-12 * abs(best)
    assert not s.ok or s.objective <= best + 1e-5 * abs(best)
    for vertex in vertices:
        c = tw.certify(problem, x=vertex)
        assert c.lower <= best + 1e-12 * abs(best)
        assert not c.ok or c.objective <= best + 1e-5 * abs(best)
