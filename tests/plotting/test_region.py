"""The feasible region of programs with two variables."""

import numpy as np
import pytest
from scipy import sparse

import thalweg as tw
from thalweg.plotting.half_planes import clipped, half_planes, window
from thalweg.plotting.region import plot_region

SQUARE = np.array([[-1.0, -1.0], [5.0, 5.0]])


def region(problem, box=SQUARE):
    return clipped(box, half_planes(problem))


def area(corners):
    x, y = corners.T
    return 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))


def test_the_region_is_what_the_limits_leave():
    triangle = tw.LinearProgram([1.0, 1.0], [[1, 1]], row_upper=[2], lower=0)
    assert area(region(triangle)) == pytest.approx(2)
    box = tw.LinearProgram([1.0, 1.0], lower=0, upper=[3, 2])
    assert area(region(box)) == pytest.approx(6)
    assert area(region(tw.LinearProgram([1.0, 1.0]))) == pytest.approx(36)


def test_points_of_the_region_meet_the_limits_and_others_do_not():
    rng = np.random.default_rng(0)
    for _ in range(50):
        A, b = rng.normal(size=(4, 2)), rng.normal(size=4) + 1
        problem = tw.LinearProgram([1.0, 1.0], sparse.csr_array(A), row_upper=b, lower=-1)
        corners = region(problem)
        points = rng.uniform(-1, 5, size=(200, 2))
        inside = (b[:, None] >= A @ points.T).all(axis=0)
        if not len(corners):
            assert not inside.any()
            continue
        edges = np.roll(corners, -1, axis=0) - corners
        turns = [edges[:, 0] * (p - corners)[:, 1] - edges[:, 1] * (p - corners)[:, 0] for p in points]
        assert np.array_equal(np.array([(turn >= -1e-7).all() for turn in turns]), inside)


def test_an_equality_leaves_an_edge():
    corners = region(tw.LinearProgram([1.0, 1.0], [[1, 1]], row_lower=[2], row_upper=[2], lower=0))
    assert area(corners) == pytest.approx(0, abs=1e-6)
    assert np.ptp(corners[:, 0]) == pytest.approx(2)


def test_contradictions_leave_nothing():
    assert not region(tw.LinearProgram([1.0, 1.0], [[1, 1], [1, 1]], row_lower=[3, None], row_upper=[None, 1])).size


def test_the_window_shows_every_corner_and_the_answer():
    problem = tw.LinearProgram([1.0, 1.0], [[1, 1]], row_upper=[2000], lower=0)
    low, high = window(half_planes(problem), np.array([-500.0, 0.0]))
    assert (low < [-500, 0]).all()
    assert (high > 2000).all()


def test_answer_region_and_level_are_drawn(bread, drawn, texts):
    ax = drawn(plot_region(bread))
    assert texts(ax)[-3:] == ["feasible", "answer", "same objective"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("rye", "wheat")
    assert {"row0", "row1", "row2", "rye ≥ 0", "wheat ≥ 0"} <= set(texts(ax))
    assert np.allclose(next(line.get_xydata()[0] for line in ax.lines if line.get_marker() == "D"), [2, 6])


def test_a_quadratic_objective_has_a_curved_level(drawn, texts):
    problem = tw.QuadraticProgram([[2, 0.5], [0.5, 1]], [-8, -6], [[1, 1]], row_upper=[3], lower=0)
    assert "same objective" in texts(drawn(plot_region(tw.solve(problem))))


def test_infeasible_programs_say_so_and_show_the_culprits(drawn, texts):
    problem = tw.LinearProgram(
        [1.0, 1.0], [[1, 1], [1, 1], [1, -1]], row_lower=[3, None, 0], row_upper=[None, 1, 5], row_names=["a", "b", "c"]
    )
    ax = drawn(plot_region(tw.solve(problem)))
    assert ax.get_title(loc="left") == "No point meets all limits"
    assert {"a", "b"} == set(texts(ax))
    assert not ax.patches


def test_unbounded_programs_show_the_direction(drawn, texts):
    ax = drawn(plot_region(tw.solve(tw.LinearProgram([-1.0, -1.0], [[1, -1]], row_upper=[2], lower=0))))
    assert "better for ever" in texts(ax)


@pytest.mark.parametrize(
    "problem",
    [
        tw.LinearProgram([1.0, 1.0]),
        tw.LinearProgram([0.0, 0.0], lower=0, upper=0),
        tw.LinearProgram([1.0, 1.0], [[0, 0]], row_upper=[1], lower=1e12),
        tw.LinearProgram([1.0, 1.0], np.ones((50, 2)), row_lower=np.arange(50.0), lower=0),
        tw.LinearProgram([1e308, 1e-308], [[1e308, -1e308], [1e-308, 5e-324]], row_lower=[1.0, -1e308], lower=0),
        tw.QuadraticProgram([[1e308, 0], [0, 1e-300]], [1.0, -1e308], lower=-1e18, upper=1e18),
    ],
)
def test_odd_regions_are_drawn(problem, drawn):
    drawn(plot_region(tw.solve(problem)))


def test_a_region_that_no_axis_can_show_is_not_drawn(drawn, texts):
    problem = tw.LinearProgram([1.0, 1.0], [[1e-300, 0]], row_lower=[1e18])
    made = tw.Solution(problem, tw.Claim(), tw.certify(problem))
    assert texts(drawn(plot_region(made))) == ["a limit leaves only points beyond 1e+100, which no axis can show"]


def test_a_claim_that_is_no_point_is_left_out(bread, axes):
    claim = tw.Claim({"x": [np.nan, 1.0]})
    made = tw.Solution(bread.problem, claim, tw.certify(bread.problem, claim))
    assert plot_region(made, ax=axes) is axes
    assert not [line for line in axes.lines if line.get_marker() == "D"]


def test_other_problems_are_refused(fit):
    with pytest.raises(tw.InputError, match="two variables; this LinearProgram has 3"):
        plot_region(tw.solve(tw.LinearProgram([1.0, 1.0, 1.0], lower=0)))
    with pytest.raises(tw.InputError, match="two variables; this Fit has 6"):
        plot_region(fit)
