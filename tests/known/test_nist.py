"""NIST's Statistical Reference Datasets for linear regression: digits of coefficients and standard deviations."""

import json

import numpy as np
import pytest

import thalweg as tw
from thalweg.learn.inference import Asked, infer

DIGITS = {  # digits of the certified coefficients; what float64 powers of x allow is 7.9 for Filip
    "Filip": 7.5,
    "Wampler5": 8.5,
    "Longley": 9.0,
    "Norris": 12.0,
    "Pontius": 9.0,
    "NoInt1": 12.0,
    "NoInt2": 12.0,
    **{f"Wampler{k}": 9.0 for k in range(1, 5)},
}


@pytest.fixture(scope="module")
def sets(data):
    return json.loads((data / "fit" / "nist_linear.json").read_text())


def digits(found, certified):
    """Digits of the worst number; those of 0 are absolute."""
    found, certified = np.asarray(found, dtype=float), np.asarray(certified, dtype=float)
    off = np.abs(found - certified) / np.where(certified == 0, 1.0, np.abs(certified))
    return float(-np.log10(np.maximum(off, 1e-16)).min())


def fitted(facts):
    x, y = np.array(facts["x"], dtype=float), np.array(facts["y"], dtype=float)
    if facts["degree"] is not None:
        x = np.column_stack([x**1 if k == 1 else np.multiply.reduce([x] * k) for k in range(1, facts["degree"] + 1)])
    x = x if x.ndim == 2 else x[:, None]
    return tw.LinearRegression(fit_intercept=facts["intercept"]).fit(x, y)


@pytest.mark.filterwarnings("ignore::thalweg.UncertifiedWarning")  # Filip's condition of 1e15 leaves it unproven
@pytest.mark.parametrize("name", DIGITS)
def test_digits(sets, name):
    facts = sets[name]
    model = fitted(facts)
    parts = [*([model.intercept_] if facts["intercept"] else []), *model.coef_]
    deviations = facts["certified_standard_deviations"]
    assert model.certificate_.ok or name == "Filip"
    assert digits(parts, facts["certified_coefficients"]) >= DIGITS[name]
    if any(deviations):
        errors = infer(model.solution_.problem, model.solution_, len(facts["y"]), Asked()).standard_errors
        assert digits(errors, deviations) >= DIGITS[name]
    else:
        assert np.nanmax(np.abs(model.standard_errors_)) <= 1e-5 * np.abs(facts["certified_coefficients"]).max()
