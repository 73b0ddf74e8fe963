"""Residuals in twice the precision, against rational arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse

from thalweg.terms.extended import ExtendedRows, rounded_once, two_product, two_sum


def wild(rng, *shape):
    """Numbers of very different sizes, some of them 0."""
    return rng.normal(size=shape) * 10.0 ** rng.integers(-9, 9, size=shape) * (rng.random(shape) < 0.7)


def exact(A, b, x):
    products = [[Fraction(a) * Fraction(t) for a, t in zip(row, x, strict=True)] for row in A.tolist()]
    value = [Fraction(right) - sum(terms) for right, terms in zip(b.tolist(), products, strict=True)]
    size = [abs(Fraction(right)) + sum(map(abs, terms)) for right, terms in zip(b.tolist(), products, strict=True)]
    return value, size


@pytest.mark.parametrize("form", [np.asarray, sparse.csc_array])
@pytest.mark.parametrize("cancels", [True, False])
def test_pairs_are_as_near_as_they_promise(form, cancels):
    rng = np.random.default_rng(0)
    for _ in range(150):
        A = wild(rng, *rng.integers(1, 20, size=2))
        x = wild(rng, A.shape[1])
        b = A @ x if cancels else wild(rng, A.shape[0])
        rows = ExtendedRows(form(A))
        high, low = rows.pair(b, x)
        assert (rows.lost <= 2.0**-100).all()
        for h, lo, lost, value, size in zip(high, low, rows.lost, *exact(A, b, x), strict=True):
            assert abs(Fraction(h) + Fraction(lo) - value) <= Fraction(lost) * size
            assert abs(Fraction(lo)) <= abs(Fraction(h)) * Fraction(2.0**-52)


@pytest.mark.parametrize("n", [5_000, 70_000])
def test_long_rows_promise_less_and_keep_it(n):
    rng = np.random.default_rng(n)
    A, x = rng.normal(size=(1, n)), rng.normal(size=n)
    b = A @ x
    rows = ExtendedRows(A)
    assert rows.lost[0] > 2.0**-100
    (high,), (low,) = rows.pair(b, x)
    (value,), (size,) = exact(A, b, x)
    assert abs(Fraction(high) + Fraction(low) - value) <= Fraction(rows.lost[0]) * size


def test_rows_without_entries_and_no_rows():
    empty = ExtendedRows(np.zeros((2, 3)))
    np.testing.assert_array_equal(empty.residual(np.array([1.5, 0.0]), np.ones(3)), [1.5, 0.0])
    assert ExtendedRows(np.zeros((0, 3))).residual(np.zeros(0), np.ones(3)).size == 0


def test_sums_and_products_lose_nothing():
    rng = np.random.default_rng(1)
    a, b = wild(rng, 500), wild(rng, 500)
    for operation, whole in ((two_sum, Fraction.__add__), (two_product, Fraction.__mul__)):
        for x, y, high, low in zip(a, b, *operation(a, b), strict=True):
            assert Fraction(high) + Fraction(low) == whole(Fraction(x), Fraction(y))


def test_few_rows_are_summed_exactly():
    rng = np.random.default_rng(2)
    for _ in range(100):
        A, x = wild(rng, 4, 7), wild(rng, 7)
        b = np.append((A @ x)[:2], wild(rng, 2))
        A[3] = 0.0
        sums, unknown = rounded_once(sparse.csr_array(A), b, x)
        for found, error, value in zip(sums, unknown, exact(A, b, x)[0], strict=True):
            assert found == float(value) and error >= abs(Fraction(found) - value)
            assert (error == 0) == (value == 0)


@pytest.mark.parametrize("size", [1e308, 1e300, 1e-200])
def test_sums_beyond_the_range_of_numbers_are_not_known(size):
    A, x = sparse.csr_array([[size, -size, size]]), np.array([size, size, 1.0])
    with np.errstate(over="ignore", invalid="ignore"):  # as judges do
        sums, unknown = rounded_once(A, np.array([-size]), x)
    assert np.isfinite(sums).all() and unknown[0] > 0
