"""Numbers that come in any layout of memory are the same problem, bit by bit."""

import numpy as np
import pytest

import thalweg as tw

RNG = np.random.default_rng(0)
WIDE = RNG.normal(size=(500, 60))


@pytest.mark.parametrize("X", [WIDE[:, ::2], WIDE[::-1], WIDE[:, ::-1], np.broadcast_to(WIDE[:, :1], (500, 3))])
def test_strides_do_not_change_a_certificate(X):
    y = RNG.normal(size=500)
    told = [tw.certify(tw.Fit(layout, y, l2=0.1), coef=np.ones(X.shape[1])).to_dict() for layout in (X, X.copy())]
    assert told[0] == told[1]


def test_columns_and_rows_first_are_kept_without_a_copy():
    for X in (WIDE, np.asfortranarray(WIDE)):
        assert np.shares_memory(tw.Fit(X, np.ones(500) + X[:, 0]).X.X, X)
