"""Paths: the points are those of single fits, each is certified, and what cannot be asked is refused."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import thalweg as tw

rng = np.random.default_rng(4)
X = rng.normal(size=(60, 5))
NUMBERS = X @ [2.0, -1.0, 0.5, 0.0, 0.0] + rng.normal(size=60)
COUNTS = rng.poisson(np.exp(0.3 * NUMBERS)).astype(float)
LABELS = (NUMBERS > 0).astype(int)
WEIGHTS = rng.uniform(0.5, 2.0, 60)
OFFSET = rng.uniform(-0.5, 0.5, 60)

MODELS = [
    (tw.LinearRegression(l1_ratio=1.0), NUMBERS),
    (tw.LinearRegression(l1_ratio=0.5, lower={"x1": -0.5}, penalty_factors={"x0": 0.0}), NUMBERS),
    (tw.LinearRegression(), NUMBERS),
    (tw.LogisticRegression(l1_ratio=1.0), LABELS),
    (tw.LogisticRegression(C=3.0, constraints="x0 >= x2"), LABELS),
    (tw.PoissonRegression(l1_ratio=0.9), COUNTS),
    (tw.HuberRegression(l1_ratio=1.0), NUMBERS),
    (tw.QuantileRegression(), NUMBERS),
]
every_model = pytest.mark.parametrize(
    ("model", "y"), MODELS, ids=lambda value: str(value) if hasattr(value, "fit") else ""
)


@every_model
def test_points_are_those_of_single_fits(model, y):
    model.set_params(tol=1e-9)
    path = model.path(X, y, n_alphas=6, sample_weight=WEIGHTS, offset=OFFSET)
    assert path.ok
    assert (np.diff(path.alphas) < 0).all()
    assert (path.coefs.shape, path.intercepts.shape, len(path.certificates)) == ((6, 5), (6,), 6)
    for alpha, coef, intercept, certificate in zip(
        path.alphas, path.coefs, path.intercepts, path.certificates, strict=True
    ):
        changes = {"alpha": alpha, "C": None} if hasattr(model, "C") else {"alpha": alpha}
        single = type(model)(**{**model.get_params(), **changes}).fit(X, y, WEIGHTS, OFFSET)
        assert certificate.objective == pytest.approx(single.certificate_.objective, rel=1e-8)
        judged = tw.certify(
            single.solution_.problem, coef=coef, intercept=intercept, duals=certificate.facts["row_dual"]
        )
        assert judged.distance <= 1e-4 * judged.objective  # it is a claim about this very problem
    assert not hasattr(model, "coef_")


@every_model
def test_the_largest_strength_is_the_least_that_leaves_nothing(model, y):
    if model.l1_ratio < 1 or model.constraints is not None:
        return
    alphas = model.path(X, y, n_alphas=2).alphas
    ends = model.path(X, y, alphas=[alphas[0] * 1.001, alphas[0] * 0.99])
    assert_array_equal(ends.coefs[0], 0)
    assert (ends.coefs[1] != 0).any()
    assert alphas[1] == pytest.approx(alphas[0] / 1000)


def test_given_strengths_are_sorted_and_zero_is_one():
    path = tw.LinearRegression(l1_ratio=1.0).path(X, NUMBERS, alphas=[0.0, 1.0, 0.1])
    assert path.alphas.tolist() == [1.0, 0.1, 0.0]
    assert_allclose(path.coefs[2], tw.LinearRegression().fit(X, NUMBERS).coef_, rtol=1e-6)


def test_names_come_from_the_frame():
    frame = pd.DataFrame(X, columns=list("abcde"))
    path = tw.LinearRegression(l1_ratio=1.0).path(frame, NUMBERS, n_alphas=3)
    assert path.names == tuple("abcde")
    assert repr(path) == "<Path of 3 points, 3 certified, 5 features>"


def test_points_that_are_not_proved_are_told():
    model = tw.LogisticRegression(l1_ratio=1.0, tol=1e-15)
    with pytest.warns(tw.UncertifiedWarning, match="of 4 points of the path are not proved, first alpha = "):
        path = model.path(X, LABELS, n_alphas=4)
    assert not path.ok
    with pytest.raises(tw.NotProved, match="not proved") as caught:
        model.set_params(on_unproven="raise").path(X, LABELS, n_alphas=4)
    assert not caught.value.solution.ok


def test_an_interrupted_path_keeps_its_points(monkeypatch):
    from thalweg.learn import path as room

    calls = []

    def solve(problem, **settings):
        calls.append(settings)
        solver = Interrupted() if len(calls) == 4 else settings.pop("solver")
        return tw.solve(problem, solver, **{name: value for name, value in settings.items() if name != "solver"})

    class Interrupted:
        def solve(self, problem, start, watch, aim):
            raise KeyboardInterrupt

    monkeypatch.setattr(room, "solve", solve)
    with pytest.warns(tw.UncertifiedWarning, match="the path has 2 of 5 points"):
        path = tw.LinearRegression(l1_ratio=1.0).path(X, NUMBERS, n_alphas=5)
    assert len(path) == 2
    assert path.ok
    assert "start" in calls[2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_alphas": 0}, "n_alphas is 0; pass how many points"),
        ({"n_alphas": 2.5}, "n_alphas is 2.5"),
        ({"alphas": []}, "at least one; none is there"),
        ({"alphas": [1.0, -1.0]}, "one is -1"),
        ({"alphas": [np.nan]}, "alphas has 1 NaN"),
    ],
)
def test_strengths_that_are_none_are_refused(options, message):
    with pytest.raises(tw.InputError, match=message):
        tw.LinearRegression(l1_ratio=1.0).path(X, NUMBERS, **options)


def test_where_nothing_is_penalised_or_explained_there_is_no_largest_strength():
    with pytest.raises(tw.InputError, match="no coefficient is penalised"):
        tw.LinearRegression(penalty_factors=0.0).path(X, NUMBERS)
    with pytest.raises(tw.InputError, match="say nothing about y"):
        tw.LinearRegression(l1_ratio=1.0).path([[1.0], [-1.0], [1.0], [-1.0]], [2.0, 2.0, 0.0, 0.0])


def test_a_path_is_quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tw.PoissonRegression(l1_ratio=0.5).path(X, COUNTS, n_alphas=3)
