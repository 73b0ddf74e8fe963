"""Dense and sparse matrices put together."""

import numpy as np
import pytest
from scipy import sparse

from thalweg.terms.matrices import beside, dense, stacked

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
