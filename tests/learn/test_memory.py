"""Peak memory of dense fits: the data, a Hessian or two, and a block of rows; never a second X."""

import tracemalloc

import numpy as np
import pytest

import thalweg as tw

N, P = 60_000, 40
VECTORS = 24  # of N numbers each: predictors, slopes, curvatures, and what becomes of them
BLOCKS = 4 * 2**20  # bytes for blocks of rows


def peak(model, X, y):
    model.fit(X[:2000], y[:2000])  # what is imported on the way does not count
    tracemalloc.start()
    try:
        model.fit(X, y)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shift", [0.0, 1e3])
@pytest.mark.parametrize(
    "model",
    [
        tw.LinearRegression(0.1, l1_ratio=1.0),
        tw.LinearRegression(),
        tw.LogisticRegression(),
        tw.LogisticRegression(alpha=1e-3, l1_ratio=1.0),
        tw.PoissonRegression(0.1),
    ],
    ids=repr,
)
def test_no_copy_of_the_data(model, shift, order):
    rng = np.random.default_rng(0)
    X = np.asarray(rng.normal(size=(N, P)) + shift, order=order)
    score = (X - shift)[:, :5].sum(axis=1)
    y = (score > 0).astype(float) if isinstance(model, tw.LogisticRegression) else np.floor(np.abs(score))
    allowed = 8 * (N * VECTORS + 2 * P**2) + BLOCKS
    assert allowed < X.nbytes
    assert peak(model, X, y) < allowed
