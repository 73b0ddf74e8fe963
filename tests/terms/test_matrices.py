"""Matrices scaled and put together, dense or sparse, and the type their numbers have behind the gate."""

import numpy as np
import pytest
from scipy import sparse

import thalweg as tw
from thalweg.terms.matrices import beside, dense, outer_index, scaled_by, stacked

A, B = np.array([[1.0, 0.0], [2.0, 3.0]]), np.array([[0.0, 4.0], [5.0, 0.0]])
FORMS = (np.asarray, sparse.csc_array, sparse.csr_array)


@pytest.mark.parametrize("first", FORMS)
@pytest.mark.parametrize("second", FORMS)
@pytest.mark.parametrize(("together", "known"), [(stacked, np.vstack), (beside, np.hstack)])
def test_what_is_sparse_stays_sparse(first, second, together, known):
    found = together([first(A), second(B)])
    assert np.array_equal(dense(found), known([A, B]))
    assert sparse.issparse(found) == (first is not np.asarray or second is not np.asarray)
    assert not sparse.issparse(found) or found.format == "csc"


def test_no_rows_and_no_columns():
    assert stacked([A, np.empty((0, 2))]).shape == (2, 2)
    assert beside([sparse.csc_array(A), np.empty((2, 0))]).shape == (2, 2)


@pytest.mark.parametrize("form", [*FORMS, sparse.coo_array])
@pytest.mark.parametrize("rows", [1.0, np.array([2.0, -3.0, 0.5])])
def test_scaled_by_is_the_product_with_diagonal_matrices(form, rows):
    M = np.array([[1.0, 0.0, 2.0, 0.0], [0.0, 3.0, 0.0, 0.0], [4.0, 0.0, 5.0, 6.0]])
    columns = np.array([1.0, 10.0, 100.0, 0.25])
    expected = np.diag(np.broadcast_to(rows, 3)) @ M @ np.diag(columns)
    given = form(M.copy())
    assert np.array_equal(dense(scaled_by(given, rows, columns)), expected)
    assert np.array_equal(dense(given), M)  # and the given one is as it was


def test_scaled_by_ones_is_the_matrix_itself():
    M = sparse.csc_array(np.eye(3))
    assert scaled_by(M, np.ones(3), np.ones(3)) is M


def test_outer_index_counts_empty_rows():
    M = sparse.csr_array(np.array([[0.0, 0.0], [1.0, 2.0], [0.0, 3.0]]))
    assert outer_index(M).tolist() == [1, 1, 2]


def test_numbers_out_of_files_get_numpys_own_type():
    """NumPy compares types by identity: an equal one, as unpickled arrays have it, makes ufunc.at many times slower."""
    foreign = np.ones(3).view(np.dtype(np.float64).newbyteorder("=").newbyteorder("S").newbyteorder("S"))
    assert foreign.dtype == np.float64 and foreign.dtype is not np.dtype(np.float64)
    A = sparse.csc_array(np.eye(3))
    A.data = foreign
    problem = tw.LinearProgram(foreign, A, row_upper=foreign)
    for numbers in (problem.q, problem.A.data, problem.row_upper):
        assert numbers.dtype is np.dtype(np.float64)
