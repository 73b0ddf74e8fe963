"""Regularised equations, against dense linear algebra."""

import numpy as np
import pytest
from scipy import sparse

from thalweg.terms.saddle import Saddle


@pytest.mark.parametrize("n", [5, 300])
@pytest.mark.parametrize("regularisation", [1e-9, 1e-12])
def test_solutions_are_those_of_the_plain_equations(n, regularisation):
    rng = np.random.default_rng(n)
    m = n // 3
    A = sparse.random_array((m, n), density=min(6 / n, 0.5), rng=rng, format="csr") + sparse.eye_array(m, n)
    H = sparse.diags_array(10.0 ** rng.uniform(-3, 3, n))
    f, g = rng.normal(size=n), rng.normal(size=m)
    u, v = Saddle(H, A, regularisation).solve(f, g)
    np.testing.assert_allclose(H @ u + A.T @ v, f, atol=1e-8)
    np.testing.assert_allclose(A @ u, g, atol=1e-8)


def test_a_diagonal_may_be_a_vector_and_rows_may_depend_on_each_other():
    A = np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0]])
    u, _ = Saddle(np.ones(3), A, 1e-10).solve(np.zeros(3), np.array([5.0, 10.0]))
    np.testing.assert_allclose(u, [1.0, 2.0, 0.0], atol=1e-6)  # the shortest of all solutions


def test_no_rows():
    u, v = Saddle(np.array([2.0, 4.0]), np.zeros((0, 2)), 1e-12).solve(np.array([2.0, 2.0]), np.zeros(0))
    np.testing.assert_allclose(u, [1.0, 0.5])
    assert v.size == 0
