"""The multinomial loss and its design, against plain formulas."""

import itertools

import numpy as np
import pytest
from scipy import sparse

from thalweg.terms.class_design import ClassDesign
from thalweg.terms.design import Design
from thalweg.terms.losses.multinomial import Multinomial

rng = np.random.default_rng(3)
K, N, P = 4, 7, 3


def stretches(rows):
    """(n, K) numbers as the loss takes them."""
    return np.asarray(rows).T.ravel()


def one_hot(y, classes=K):
    return stretches(np.eye(classes)[y])


@pytest.mark.parametrize("scale", [1e-9, 1.0, 30.0, 800.0])
def test_value_is_the_negative_logarithm_of_the_probability(scale):
    eta, y = scale * rng.normal(size=(50, K)), rng.integers(0, K, 50)
    wide = eta.astype(np.longdouble)
    odds = np.where(np.eye(K)[y] > 0, 0.0, np.exp(wide - wide[np.arange(50), y][:, None]))
    true = np.log1p(odds.sum(axis=1))
    value = Multinomial(K).value(stretches(eta), one_hot(y)).reshape(K, -1)
    assert (value >= 0).all()
    np.testing.assert_allclose(value.sum(axis=0), true.astype(float), rtol=1e-13)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0])
def test_slopes_are_those_of_the_value_and_add_up_to_0(scale):
    loss, y = Multinomial(K), rng.integers(0, K, N)
    eta = scale * rng.normal(size=(N, K))
    slope = loss.slope(stretches(eta), one_hot(y)).reshape(K, N)
    assert np.abs(slope.sum(axis=0)).max() <= 4e-16
    for k in range(K):
        step = np.zeros((N, K))
        step[:, k] = 1e-6
        ends = [loss.value(stretches(eta + s * step), one_hot(y)).reshape(K, N).sum(axis=0) for s in (-1, 1)]
        np.testing.assert_allclose((ends[1] - ends[0]) / 2e-6, slope[k], atol=1e-8)


@pytest.mark.parametrize("scale", [0.0, 1e-8, 1.0, 30.0])
def test_shortfall_is_that_of_fenchel_and_young(scale):
    loss, y = Multinomial(K), rng.integers(0, K, N)
    eta, other = (rng.normal(size=(N, K)) * s for s in (1.0, scale))
    t = loss.slope(stretches(eta + other), one_hot(y))
    found = loss.shortfall(t, stretches(eta), one_hot(y)).reshape(K, N)
    q = np.maximum((t + one_hot(y)).reshape(K, N).astype(np.longdouble), np.longdouble("1e-4000"))
    value = loss.value(stretches(eta), one_hot(y)).reshape(K, N).sum(axis=0)
    conjugate = (q * np.log(q)).sum(axis=0)  # f*(t) = sum q log q for q = t + e_y; the conjugate of f is at t
    inner = (t.reshape(K, N) * (eta.T - eta[np.arange(N), y])).sum(axis=0)
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=0), (value + conjugate - inner).astype(float), atol=1e-14)
    assert scale or found.sum() <= 1e-30


def test_slopes_that_are_none_are_brought_into_the_domain():
    loss, y = Multinomial(K), rng.integers(0, K, 200)
    t = loss.balanced(rng.normal(size=200 * K), one_hot(y))
    q = (t + one_hot(y)).reshape(K, -1)
    assert (q >= 0).all()
    assert np.abs(q.sum(axis=0) - 1).max() <= 4e-16
    assert np.isfinite(loss.shortfall(t, rng.normal(size=200 * K), one_hot(y))).all()


def explicit(X, intercepts, free):
    """The matrix that `ClassDesign` never forms."""
    n, p = X.shape
    columns = [np.kron(np.eye(K)[:, [k]], X[:, [j]]) for k in range(K) for j in range(p) if k < K - 1 or not free[j]]
    columns += [np.kron(np.eye(K)[:, [k]], np.ones((n, 1))) for k in range(intercepts)]
    return np.hstack(columns)


DESIGNS = list(itertools.product((0, K - 1, K), ([False] * P, [True, False, False], [True] * P), (False, True)))


@pytest.mark.parametrize(("intercepts", "free", "is_sparse"), DESIGNS)
def test_the_design_is_the_matrix_that_it_stands_for(intercepts, free, is_sparse):
    X = rng.normal(size=(N, P)) * (rng.random((N, P)) < 0.8)
    design = ClassDesign(Design(sparse.csr_array(X) if is_sparse else X), K, intercepts, np.array(free))
    Z, b, u = explicit(X, intercepts, free), rng.normal(size=design.shape[1]), rng.normal(size=K * N)
    assert design.shape == Z.shape
    np.testing.assert_allclose(design.dot(b), Z @ b)
    np.testing.assert_allclose(design.t_dot(u), Z.T @ u)
    np.testing.assert_allclose(design.sharp_t_dot(u)[0], Z.T @ u)
    np.testing.assert_allclose(design.abs_t_dot(u), np.abs(Z).T @ np.abs(u))
    np.testing.assert_allclose(design.squares(u**2), (Z**2).T @ u**2)
    np.testing.assert_allclose(design.largest(), np.abs(Z).max(axis=0))
    np.testing.assert_allclose(design.columns(np.arange(Z.shape[1])), Z)
    sizes = (np.abs(Z) @ np.abs(b)).reshape(K, N).max(axis=0)
    np.testing.assert_allclose(design.abs_dot(b), np.tile(sizes, K))


@pytest.mark.parametrize(("intercepts", "free", "is_sparse"), DESIGNS)
def test_gram_is_the_second_derivative_and_height_bounds_differences(intercepts, free, is_sparse):
    X = rng.normal(size=(N, P))
    design = ClassDesign(Design(sparse.csr_array(X) if is_sparse else X), K, intercepts, np.array(free))
    Z, loss = explicit(X, intercepts, free), Multinomial(K)
    w, p = rng.random(N), loss.curvature(rng.normal(size=K * N), np.zeros(K * N)).reshape(K, N)
    W = np.zeros((K * N, K * N))
    for i in range(N):
        at = np.arange(K) * N + i
        W[np.ix_(at, at)] = w[i] * (np.diag(p[:, i]) - np.outer(p[:, i], p[:, i]))
    some = rng.permutation(Z.shape[1])[: max(1, Z.shape[1] // 2)]
    np.testing.assert_allclose(design.gram((w * p).ravel()), Z.T @ W @ Z, atol=1e-13)
    np.testing.assert_allclose(design.gram((w * p).ravel(), some), (Z.T @ W @ Z)[np.ix_(some, some)], atol=1e-13)
    assert np.linalg.eigvalsh(np.diag((w * p).ravel()) - W).min() > -1e-14  # at most diag(p)
    root = rng.normal(size=(Z.shape[1], 2))
    images = (Z @ root).reshape(K, N, 2)
    worst = max(np.linalg.norm(images[k] - images[m], axis=1).max() for k in range(K) for m in range(K))
    assert worst <= design.height(root) * (1 + 1e-12) <= 2 * worst
