"""No bound lies above a feasible value, whatever is claimed: every loss, penalty, limit, row, weight and offset."""

from itertools import product

import numpy as np
import pytest

import thalweg as tw

LOSSES = {
    "squared": "numbers",
    "huber": "numbers",
    "quantile": "numbers",
    "logistic": "labels",
    "squared-hinge": "labels",
    "poisson": "counts",
    "negative-binomial": "counts",
    "tweedie": "counts",
    "gamma": "amounts",
}
PENALTIES = {"none": (0.0, 0.0), "l1": (1.0, 0.0), "l2": (0.0, 1.0), "both": (0.5, 0.5)}
LIMITS = ("none", "signs", "box", "box away from 0", "rows", "box and rows")


def labels(rng, kind, n):
    y = {
        "numbers": rng.normal(0, 3, n),
        "labels": rng.integers(0, 2, n).astype(float),
        "counts": rng.poisson(1.5, n).astype(float),
        "amounts": rng.gamma(1.0, 2.0, n) + 1e-3,
    }[kind]
    y[:2] = [0.0, 1.0] if kind in ("labels", "counts") else y[:2]
    return y


def limits(rng, kind, p):
    """Limits that leave room, and a way to draw points within them."""
    found = {}
    if kind == "signs":
        found = {"lower": np.where(rng.random(p) < 0.5, 0.0, -np.inf)}
    if kind.startswith("box"):
        found = {"lower": np.full(p, -1.0), "upper": rng.uniform(0.5, 2.0, p)}
    if kind == "box away from 0":
        found = {"lower": np.full(p, 0.2), "upper": rng.uniform(0.5, 2.0, p)}
    if kind.endswith("rows"):
        A = rng.normal(size=(2, p))
        middle = A @ np.full(p, 0.3)
        found |= {"A": A, "row_lower": middle - [0.5, np.inf], "row_upper": middle + 0.5}
    return found


def points(rng, problem, n=200):
    """Feasible coefficients of all sizes, and intercepts."""
    p = problem.shape[1]
    for size in (0.03, 0.3, 1.0, 3.0):
        for b in 0.3 + size * rng.normal(size=(n // 4, p)):
            b = problem.box.project(b)
            if not problem.rows.violation(problem.A @ b).any():
                yield b, float(rng.normal(0, 1 + size)) if problem.intercept else 0.0


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_no_bound_lies_above_a_value(loss, penalty):
    compared = 0
    for kind, intercept, plain in product(LIMITS, (True, False), (True, False)):
        rng = np.random.default_rng([len(loss), len(penalty), len(kind), intercept, plain])
        n, p = 14, 3
        more = {} if plain else {"weights": rng.choice([0.0, 0.5, 1.0, 3.0], n), "offset": rng.normal(size=n)}
        if not plain:
            more["weights"][:2] = 1.0
        factors = {
            name: value * rng.uniform(0.5, 2.0, p) for name, value in zip(("l1", "l2"), PENALTIES[penalty], strict=True)
        }
        X, y = rng.normal(size=(n, p)), labels(rng, LOSSES[loss], n)
        problem = tw.Fit(X, y, loss, **factors, **limits(rng, kind, p), intercept=intercept, **more)
        found = list(points(rng, problem))
        values = [problem.objective({"coef": b, "intercept": b0}) for b, b0 in found]
        least = min(values)
        for b, b0 in found[:: max(1, len(found) // 6)]:
            hints = {
                "eta": rng.normal(0, 2, n),
                "slopes": rng.normal(0, 2, n),
                "duals": rng.normal(0, 2, problem.A.shape[0]),
            }
            for chosen in ({}, hints):
                bound = tw.certify(problem, coef=b, intercept=b0, **chosen).bound
                assert bound <= least * (1 + 1e-12), (loss, penalty, kind, intercept, plain)
                compared += bound > 0
    assert compared > 20  # bounds that say something


def test_scikit_learns_default_answer_is_graded(data):
    """Its logistic regression on a9a is off by 1e-4 and says nothing; the certificate says it, to 5 percent."""
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    with np.load(data / "fit" / "a9a.npz", allow_pickle=False) as z:
        X = sparse.csr_matrix((z["data"].astype(float), z["indices"], z["indptr"]), shape=tuple(z["shape"]))
        y = (z["y"] == z["y"].max()).astype(float)
    problem = tw.Fit(X, y, "logistic", l2=1.0)
    best = tw.solve(problem, tol=1e-10)
    assert best.ok
    model = LogisticRegression().fit(X, y)
    graded = tw.certify(problem, coef=model.coef_[0], intercept=model.intercept_[0])
    true = graded.objective - best.objective
    assert true > 1e-6 * best.objective
    assert true <= graded.distance <= 1.05 * true
