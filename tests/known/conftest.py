"""The fits with known optima, built from their definitions; the data lie beside them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.special import xlogy

import thalweg as tw

LEVELS = ["coverage", "sex", "fuel", "use", "fleet", "ageph", "bm", "agec"]
HOUSING = ["bedrooms", "bathrooms", "sqft_living", "floors", "waterfront", "view", "condition", "grade", "yr_built"]


@pytest.fixture(scope="session")
def known(data) -> dict[str, Any]:
    """Definitions and optima by name."""
    return json.loads((data / "fit" / "known.json").read_text())["problems"]


@pytest.fixture(scope="session")
def known_fit(data, known) -> Callable[[str], tuple[tw.Fit, float]]:
    """Return a fit by name with its optimum, in the form whose losses have infimum 0."""

    def build(name: str) -> tuple[tw.Fit, float]:
        facts = known[name]
        maker = next(make for start, make in MAKERS.items() if name.startswith(start))
        problem, constant = maker(data / "fit" / facts["data"], name, facts)
        return problem, facts["objective"] + constant

    return build


def _penalties(facts: dict[str, Any]) -> dict[str, Any]:
    return {"l1": facts["lambda1"], "l2": facts["lambda2"], "intercept": facts["intercept"]}


def _mean(n: int) -> dict[str, Any]:
    return {"weights": np.full(n, 1.0 / n)}


def _binary(path, name, facts):
    """Logistic regression on sparse labelled data."""
    z = np.load(path, allow_pickle=False)
    X = sparse.csr_array((z["data"].astype(float), z["indices"], z["indptr"]), shape=tuple(z["shape"]))
    y = (z["y"] <= 10 if "news20" in name else z["y"] == z["y"].max()).astype(float)
    if "news20" in name and "raw" not in name:
        X = sparse.csr_array(X.multiply(1 / np.sqrt(X.multiply(X).sum(axis=1))[:, None]))
    return tw.Fit(X.tocsc(), y, "logistic", **_penalties(facts), **_mean(y.size)), 0.0


def _genes(path, name, facts):
    """Lasso and logistic lasso on standardised gene expression."""
    z = np.load(path, allow_pickle=False)
    X, y = z["X"].astype(float), (z["y"] == 1).astype(float)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    lasso = facts["loss"] == "squared"
    fit = tw.Fit(Z, 2 * y - 1 if lasso else y, facts["loss"], **_penalties(facts), **_mean(y.size))
    return fit, 0.0


def _tariff(path, name, facts):
    """Claim counts and severities on ten rating factors."""
    d = pd.read_csv(path)
    X = _rating(d).assign(
        **{"ageph/10": d.ageph / 10, "bm/10": d.bm / 10, "power/100": d.power / 100, "agec/10": d.agec / 10}
    )
    if "gamma" in name:
        hit = d.nclaims > 0
        d, X = d[hit], X[hit]
        y, s = d.amount / d.nclaims, d.nclaims / d.nclaims.sum()
        return tw.Fit(X, y, "gamma", **_penalties(facts), weights=s), -float(s @ (1 + np.log(y)))
    return _counts(d, X, facts)


def _counts(d, X, facts, **limits):
    y = d.nclaims.to_numpy(dtype=float)
    fit = tw.Fit(X, y, "poisson", **_penalties(facts), offset=np.log(d.expo), **_mean(y.size), **limits)
    return fit, float((xlogy(y, y) - y).mean())


def _rating(d):
    """Dummies of coverage, sex, fuel, use and fleet."""
    dummies = {
        "coverage_TPL+": d.coverage == "TPL+",
        "coverage_TPL++": d.coverage == "TPL++",
        "sex_male": d.sex == "male",
        "fuel_diesel": d.fuel == "diesel",
        "use_work": d.use == "work",
        "fleet_1": d.fleet == 1,
    }
    return pd.DataFrame(dummies).astype(float)


def _monotone(path, name, facts):
    """A tariff that rises with the bonus-malus class."""
    d = pd.read_csv(path)
    X = _rating(d).assign(**{f"bm{k}": (d.bm == k).astype(float) for k in range(1, 23)})
    steps = np.zeros((21, 28))
    steps[np.arange(21), 6 + np.arange(21)], steps[np.arange(21), 7 + np.arange(21)] = -1, 1
    return _counts(d, X, facts, A=steps, row_lower=np.zeros(21), lower={"bm1": 0.0})


def _dummies(path, name, facts):
    """One column for every level of every factor: the columns depend on each other."""
    d = pd.read_csv(path)
    X = sparse.csc_array(np.column_stack([pd.get_dummies(d[c]).to_numpy(dtype=float) for c in LEVELS]))
    if facts["loss"] == "poisson":
        return _counts(d, X, facts)
    return tw.Fit(X, d.nclaims / d.expo, **_penalties(facts), weights=d.expo / d.expo.sum()), 0.0


def _housing(path, name, facts):
    """House prices: limits of all kinds, and a Gamma loss."""
    d = pd.read_csv(path)
    X = d[HOUSING].assign(yr_built=2015 - d.yr_built).astype(float)
    Z, price, mean = (X - X.mean()) / X.std(ddof=0), d.price.astype(float), _mean(len(d))
    if facts["loss"] == "gamma":
        return tw.Fit(Z, price, "gamma", **_penalties(facts), **mean), -float((1 + np.log(price)).mean())
    rows = np.zeros((3, 9))
    rows[0, [0, 1]], rows[1, [3, 4]], rows[2] = (1, -1), (1, -1), 1
    limits = {"A": rows, "row_lower": [-np.inf, -np.inf, 0.6], "row_upper": [0, 0, 0.6]}
    limits |= {"lower": {"bedrooms": -0.02}, "upper": {"grade": 0.2}}
    return tw.Fit(Z, np.log(price), **_penalties(facts), **mean, **limits), 0.0


MAKERS = {
    "logistic_l1_golub": _genes,
    "logistic_l1_alon": _genes,
    "lasso_": _genes,
    "logistic_": _binary,
    "motor_poisson_monotone": _monotone,
    "motor_poisson_l1": _dummies,
    "motor_lasso": _dummies,
    "motor_": _tariff,
    "housing_": _housing,
}
