"""Bounds of 1e12 make much of the rounding of a reduced cost; where it is exactly 0, they cost nothing."""

import numpy as np
import pytest

import thalweg as tw

THIRD, LARGE = 1 / 3, 1e12
CONTRADICTION = {"A": [[THIRD], [THIRD]], "row_lower": [1, None], "row_upper": [None, 1 - 1e-6]}
BOX = {"lower": -LARGE, "upper": LARGE}


@pytest.mark.parametrize(
    "problem",
    [
        tw.LinearProgram([0.0], **CONTRADICTION, **BOX),
        tw.QuadraticProgram([[1.0]], [0.0], **CONTRADICTION, **BOX),
        tw.Fit([[1.0]], [1.0], **CONTRADICTION, **BOX, intercept=False),
    ],
)
def test_an_exact_ray_is_believed_next_to_large_bounds(problem):
    certificate = tw.certify(problem, ray=[1, -1])
    assert certificate.verdict is tw.Verdict.INFEASIBLE
    assert 4e-7 < certificate.facts["margin"] <= 1e-6
    assert tw.certify(problem, ray=[1, -0.999]).verdict is not tw.Verdict.INFEASIBLE


def test_a_ray_that_only_rounding_makes_true_is_not_believed():
    """0.1 + 0.2 > 0.3 in float64, by 5.6e-17: enough to meet the limits at 1e12."""
    feasible = tw.LinearProgram(
        [0.0], [[0.1], [0.2], [0.3]], row_lower=[0, 0, None], row_upper=[None, None, -1e-6], **BOX
    )
    assert tw.certify(feasible, ray=[1, 1, -1]).verdict is not tw.Verdict.INFEASIBLE


@pytest.mark.parametrize("lower", [-LARGE, 0])
def test_exact_duals_prove_the_best_point_next_to_large_bounds(lower):
    problem = tw.LinearProgram([2 * THIRD], [[THIRD]], row_lower=[1.0], lower=lower, upper=LARGE)
    certificate = tw.certify(problem, x=[3.0], duals=[2.0])
    assert certificate.verdict is tw.Verdict.PROVED
    assert certificate.gap < 1e-12
    assert not tw.certify(problem, x=np.array([3.001]), duals=[2.0]).ok
