"""The group lasso: fits whose answer is known by construction, and false claims about them."""

import numpy as np
import pytest

import thalweg as tw

LOSSES = ("squared", "logistic", "poisson", "huber")


def known(rng, loss):
    """Make a grouped fit and its best coefficients: the penalties are chosen to fit the slopes."""
    n, sizes = int(rng.integers(8, 40)), rng.integers(1, 5, int(rng.integers(2, 7)))
    groups = np.repeat(np.arange(sizes.size), sizes)
    order = rng.permutation(groups.size)
    groups, p = groups[order], groups.size
    X = rng.normal(size=(n, p)) * 10.0 ** rng.uniform(-1, 1)
    if p > 2 and rng.random() < 0.3:
        X[:, 1] = X[:, 0]
    w, eta, y, slope = samples(rng, loss, n)
    u = w * slope
    coef, l1, l2 = np.zeros(p), np.zeros(p), np.zeros(p)
    for g in range(sizes.size):
        members = groups == g
        pull = -(X[:, members].T @ u)
        size = np.linalg.norm(pull)
        if rng.random() < 0.5:
            l1[members] = size * rng.uniform(1.0, 1.5) / np.sqrt(sizes[g])
            continue
        length, share = 10.0 ** rng.uniform(-2, 1), rng.choice([0.0, 0.0, 0.5])
        coef[members] = pull * (length / size)
        l1[members], l2[members] = (1 - share) * size / np.sqrt(sizes[g]), share * size / length
    b0 = float(rng.normal())
    problem = tw.Fit(X, y, loss, l1, l2, weights=w, offset=eta - X @ coef - b0, groups=groups)
    return problem, coef, b0


def samples(rng, loss, n):
    """Weights, predictors, labels and slopes; the weighted slopes sum to 0."""
    eta, w = rng.normal(size=n), rng.uniform(0.5, 2.0, n)
    if loss in ("squared", "huber"):
        slope = rng.uniform(-0.9, 0.9, n)
        slope[0] -= (w @ slope) / w[0]
        slope = slope / max(1.0, np.abs(slope).max() / 0.9)
        return w, eta, eta - slope, slope
    if loss == "logistic":
        y = np.arange(n) % 2 * 1.0
        slope = 1 / (1 + np.exp(-eta)) - y
    else:
        y = rng.poisson(np.exp(eta)) * 1.0
        y[:2] = [0.0, np.ceil(np.exp(eta[1])) + 1]
        slope = np.exp(eta) - y
    u = w * slope
    return np.where(u > 0, w * (-u[u < 0].sum() / u[u > 0].sum()), w), eta, y, slope


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("seed", range(25))
def test_the_known_answer_is_proved_and_nothing_false_is(loss, seed):
    rng = np.random.default_rng(seed)
    problem, coef, b0 = known(rng, loss)
    best = problem.objective({"coef": coef, "intercept": b0})
    noise = 1e-11 * best
    honest = tw.certify(problem, coef=coef, intercept=b0)
    assert honest.ok, honest.explain()
    assert honest.bound <= best + noise
    assert not honest.facts["certified_zeros"][coef != 0].any()
    for size in (1e-9, 1e-6, 1e-3, 1.0):
        wrong = coef + size * rng.normal(size=coef.size) * rng.choice([0.0, 1.0], coef.size)
        said = tw.certify(problem, coef=wrong, intercept=b0 + size * rng.normal())
        assert said.bound <= best + noise
        assert said.distance >= said.objective - best - noise
        assert not said.facts["certified_zeros"][coef != 0].any()
    shrunk = tw.certify(problem, coef=coef * rng.choice([0.0, 0.5, 2.0, -1.0], coef.size), intercept=b0)
    assert shrunk.bound <= best + noise


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("seed", range(8))
def test_solving_finds_the_known_answer(loss, seed):
    problem, coef, b0 = known(np.random.default_rng(100 + seed), loss)
    best = problem.objective({"coef": coef, "intercept": b0})
    solution = tw.solve(problem, tol=1e-9)
    assert solution.ok, solution.certificate.explain()
    assert solution.objective == pytest.approx(best, rel=1e-9)


def test_groups_of_one_are_the_lasso():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(40, 5)), rng.normal(size=40)
    lasso, alone = (tw.solve(tw.Fit(X, y, l1=3.0, groups=groups)) for groups in (None, ["a", "b", "c", "d", "e"]))
    assert (lasso.coef == alone.coef).all()
    assert "groups" not in alone.problem.demands


def test_a_claim_about_the_lasso_is_none_about_groups():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(60, 6))
    y = X @ [2.0, -1.0, 0.5, 0.0, 0.0, 0.0] + rng.normal(size=60)
    lasso = tw.solve(tw.Fit(X, y, l1=8.0))
    grouped = tw.Fit(X, y, l1=8.0, groups=[0, 0, 0, 1, 1, 1])
    assert not tw.certify(grouped, coef=lasso.coef, intercept=lasso.intercept).ok
