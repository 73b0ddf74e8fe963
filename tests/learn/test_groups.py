"""Groups of features: they enter together, by label or by name; what cannot be is refused."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import thalweg as tw

rng = np.random.default_rng(0)
X = pd.DataFrame(rng.normal(size=(80, 6)), columns=["north", "south", "age", "size", "rooms", "bath"])
Y = X.north - X.south + 0.1 * X["size"] + rng.normal(size=80)
GROUPS = {"region": ["north", "south"], "house": ["size", "rooms", "bath"]}


def test_features_enter_together():
    path = tw.LinearRegression(l1_ratio=1.0, groups=GROUPS).path(X, Y, n_alphas=20)
    assert path.ok
    present = path.coefs != 0
    for names in GROUPS.values():
        members = present[:, [X.columns.get_loc(name) for name in names]]
        assert (members.all(axis=1) == members.any(axis=1)).all()
    assert not present[0].any()
    assert present[1].any()
    assert present[-1].all()


def test_labels_say_the_same_as_names():
    named = tw.LinearRegression(0.2, l1_ratio=0.8, groups=GROUPS).fit(X, Y)
    labels = tw.LinearRegression(0.2, l1_ratio=0.8, groups=["r", "r", "age", "h", "h", "h"]).fit(X, Y)
    assert_allclose(named.coef_, labels.coef_, rtol=1e-12)


def test_the_objective_is_that_of_the_docstring():
    model = tw.LinearRegression(0.2, l1_ratio=0.8, groups=GROUPS).fit(X, Y)
    b = dict(zip(X.columns, model.coef_, strict=True))
    norms = [np.sqrt(len(names)) * np.linalg.norm([b[name] for name in names]) for names in GROUPS.values()]
    loss = ((Y - model.predict(X)) ** 2).mean() / 2
    penalty = 0.2 * (0.8 * (sum(norms) + abs(b["age"])) + 0.1 * (model.coef_**2).sum())
    assert model.certificate_.objective == pytest.approx(loss + penalty, rel=1e-12)


@pytest.mark.parametrize(
    "model", [tw.LogisticRegression(alpha=0.05, l1_ratio=1.0, groups=GROUPS), tw.HuberRegression(0.05, l1_ratio=1.0)]
)
def test_other_losses(model):
    model = model.set_params(groups=GROUPS)
    target = (Y > 0).astype(int) if isinstance(model, tw.LogisticRegression) else Y
    assert model.fit(X, target).certificate_.ok


def test_a_sparse_design_gives_the_same():
    from scipy import sparse

    dense = tw.LinearRegression(0.2, l1_ratio=1.0, groups=[0, 0, 1, 1, 1, 2]).fit(X.to_numpy(), Y)
    thin = tw.LinearRegression(0.2, l1_ratio=1.0, groups=[0, 0, 1, 1, 1, 2]).fit(sparse.csr_matrix(X.to_numpy()), Y)
    assert_allclose(dense.coef_, thin.coef_, rtol=1e-6)


def test_a_grouped_problem_survives_its_file(tmp_path):
    solution = tw.solve(tw.Fit(X, Y, l1=5.0, groups=GROUPS))
    solution.save(tmp_path / "answer.npz")
    again = tw.load(tmp_path / "answer.npz")
    assert again.certificate.bound == solution.certificate.bound
    assert (again.problem.groups == solution.problem.groups).all()
    solution.report(tmp_path / "page.html")
    assert "sqrt(size_g)" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"groups": {"region": ["nort"]}}, 'unknown name "nort" in groups. Did you mean "north"'),
        ({"groups": {"a": ["north"], "b": ["north"]}}, 'groups has "north" twice: in "a" and in "b"'),
        ({"groups": [0, 0]}, "groups has 2 labels; expected 6, one per feature"),
        ({"groups": "region"}, "groups is 'region'; pass a label for each feature"),
        ({"groups": ["a", None, "b", "b", np.nan, "b"]}, 'groups has no label for "south"'),
        ({"groups": 3}, "groups is 3; pass a label"),
        ({"groups": GROUPS, "lower": {"north": 0}}, '"north" has limits and is in a group of several'),
        ({"groups": GROUPS, "penalty_factors": {"north": 0}}, "the features of a group share one factor"),
    ],
)
def test_refusals(parameters, message):
    with pytest.raises(tw.InputError, match=message):
        tw.LinearRegression(0.1, l1_ratio=1.0, **parameters).fit(X, Y)


def test_no_solver_takes_rows_and_groups_together():
    with pytest.raises(tw.SolverMismatch, match="groups"):
        tw.LinearRegression(0.1, l1_ratio=1.0, groups=GROUPS, constraints="north >= age").fit(X, Y)


def test_more_than_two_classes_are_refused():
    with pytest.raises(tw.InputError, match="groups of features are for two classes"):
        tw.LogisticRegression(l1_ratio=1.0, groups=GROUPS).fit(X, np.arange(80) % 3)
