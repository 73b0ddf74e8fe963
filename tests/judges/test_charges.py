"""What a bound is charged is what exact arithmetic says, and no less."""

from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse

import thalweg as tw
from thalweg.judges.augmented import augmented
from thalweg.judges.convexity import with_squares
from thalweg.judges.form import Form
from thalweg.judges.mixed_integer import _outward


def test_lent_curvature_is_paid_by_what_the_point_misses():
    """The equation 0.1 x0 + 0.2 x1 = 0.3 lends rho (a'w - b)^2 / 2."""
    problem = tw.QuadraticProgram([[1.0, 0], [0, 0]], [0, -1.0], [[0.1, 0.2]], row_lower=0.3, row_upper=0.3)
    form = Form.of(problem)
    lent = augmented(problem, form)
    assert lent is not None
    for w in ([1.0, 1.0], [0.7, 1.3], [0.0, 0.0]):
        missed = Fraction(0.1) * Fraction(w[0]) + Fraction(0.2) * Fraction(w[1]) - Fraction(0.3)
        exact = Fraction(float(lent.weights[0])) * missed * missed / 2
        assert exact <= Fraction(lent.price(form, np.array(w))) <= exact * Fraction(1001, 1000) + Fraction(1e-30)


def test_squares_of_rows_are_known_up_to_what_is_charged():
    rng = np.random.default_rng(0)
    P, A = np.diag(rng.random(4)), rng.random((3, 4))
    S, charge = with_squares(sparse.csc_array(P), sparse.csc_array(A))
    S = S.toarray()
    wrong = np.zeros(4)
    for i in range(4):
        for j in range(4):
            exact = Fraction(P[i, j]) + sum(Fraction(A[k, i]) * Fraction(A[k, j]) for k in range(3))
            wrong[i] += float(abs(Fraction(S[i, j]) - exact))
    assert wrong.max() > 0
    assert (wrong <= charge).all()


@pytest.mark.parametrize("bound", [Fraction(1, 3), Fraction(2, 3), Fraction(-1, 3), Fraction(1, 10), Fraction(5)])
def test_bounds_of_whole_points_are_rounded_outward(bound):
    problem = tw.MixedIntegerProgram([1.0], lower=0)
    assert Fraction(_outward(bound, problem)) <= bound
    assert Fraction(_outward(bound, problem.replace(maximize=True))) >= bound


def test_bounds_that_use_the_level_of_a_point_do_not_exceed_it():
    """No feasible point is as good as this one, which misses its limits by 5e-10: what its level implies is empty."""
    problem = tw.LinearProgram([1, 1], [[1, 1]], row_lower=2, lower=1)
    x = np.full(2, 1 - 4e-10)
    certificate = tw.certify(problem, x=x, duals=[1.5])
    assert certificate.feasible
    assert certificate.bound <= 2
