"""Logistic regression of more than two classes."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.linear_model import LogisticRegression as Peer
from sklearn.preprocessing import StandardScaler

import thalweg as tw

NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return pd.DataFrame(X, columns=NAMES), np.array(["setosa", "versicolor", "virginica"])[y]


@pytest.mark.parametrize("data", [load_iris, load_wine, load_digits])
@pytest.mark.parametrize("C", [0.1, 1.0])
def test_coefficients_are_those_of_scikit_learn(data, C):
    X, y = data(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    ours, theirs = tw.LogisticRegression(C=C).fit(X, y), Peer(C=C, tol=1e-9, max_iter=10_000).fit(X, y)
    assert ours.certificate_.verdict.name == "PROVED"
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=2e-5)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=2e-5)
    np.testing.assert_allclose(
        ours.predict_proba(X), theirs.predict_proba(X), atol=1e-5
    )  # what the peer's coefficients leave
    np.testing.assert_allclose(ours.predict_log_proba(X), theirs.predict_log_proba(X), rtol=1e-4, atol=1e-7)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    graded = tw.certify(ours.solution_.problem, coef=theirs.coef_, intercept=theirs.intercept_)
    assert graded.ok
    assert graded.objective >= ours.certificate_.bound


def test_default_answers_of_scikit_learn_are_graded(iris):
    X, y = iris
    ours, theirs = tw.LogisticRegression(C=100.0).fit(X, y), Peer(C=100.0, tol=1e-1).fit(X, y)
    problem, values = ours.solution_.problem, {"coef": theirs.coef_, "intercept": theirs.intercept_}
    error = (problem.objective(values) - ours.solution_.objective) / problem.objective(values)
    graded = tw.certify(problem, **values)
    assert error > 1e-6
    assert not graded.ok
    assert error <= graded.gap <= 1.05 * error + 1e-9


@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("intercept", [False, True])
def test_two_classes_are_a_special_case(l1_ratio, intercept):
    """b_1 - b_0 of two classes with penalties l1, l2 is b of one vector with penalties l1, l2 / 2."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), rng.integers(0, 2, 60)
    l1, l2 = 2.0 * l1_ratio, 2.0 * (1 - l1_ratio)
    both = tw.solve(tw.MultinomialFit(X, y, l1, l2, intercept=intercept), tol=1e-9)
    one = tw.solve(tw.Fit(X, y, "logistic", l1, l2 / 2, intercept=intercept), tol=1e-9)
    assert both.certificate.verdict.name == one.certificate.verdict.name == "PROVED"
    np.testing.assert_allclose(both.objective, one.objective, rtol=1e-9)
    np.testing.assert_allclose(both.coef[1] - both.coef[0], one.coef, atol=1e-4)
    np.testing.assert_allclose(both.intercept[1] - both.intercept[0], one.intercept, atol=1e-4)


def test_sparse_data_weights_and_repeated_rows(iris):
    X, y = iris
    counts = np.random.default_rng(1).integers(0, 3, len(y))
    repeated = tw.LogisticRegression(C=0.5).fit(X.loc[np.repeat(X.index, counts)], np.repeat(y, counts))
    for data in (X, sparse.csr_array(X.to_numpy())):
        weighted = tw.LogisticRegression(C=0.5).fit(data, y, sample_weight=counts)
        np.testing.assert_allclose(weighted.coef_, repeated.coef_, atol=1e-5)
    balanced = tw.LogisticRegression(class_weight="balanced").fit(X[40:], y[40:])
    theirs = Peer(class_weight="balanced", tol=1e-9, max_iter=10_000).fit(X[40:], y[40:])
    np.testing.assert_allclose(balanced.coef_, theirs.coef_, atol=1e-5)


def test_a_name_means_all_classes_and_a_name_with_a_class_one(iris):
    X, y = iris
    model = tw.LogisticRegression(
        lower={"petal_width": -0.5, "sepal_width[setosa]": 2.0},
        upper={"sepal_width[virginica]": -1.0},
        constraints=["petal_length <= 3*petal_width", "sepal_length[setosa] >= sepal_length[virginica] + 1"],
    ).fit(X, y)
    coef = dict(zip(model.solution_.problem.column_names, model.coef_.ravel(), strict=True))
    assert model.certificate_.ok
    assert (model.coef_[:, 3] >= -0.5).all()
    assert (model.coef_[:, 2] <= 3 * model.coef_[:, 3] + 1e-12).all()
    assert coef["sepal_width[setosa]"] >= 2.0
    assert coef["sepal_width[virginica]"] <= -1.0
    assert coef["sepal_length[setosa]"] >= coef["sepal_length[virginica]"] + 1 - 1e-12
    assert model.solution_.problem.row_names == (
        "petal_length <= 3*petal_width [setosa]",
        "petal_length <= 3*petal_width [versicolor]",
        "petal_length <= 3*petal_width [virginica]",
        "sepal_length[setosa] >= sepal_length[virginica] + 1",
    )


def test_matrices_speak_of_features_or_of_all_coefficients(iris):
    X, y = iris
    each = np.array([[1.0, 1.0, 0.0, 0.0]]), 0.5, 0.5
    one = np.zeros((1, 12))
    one[0, 4:8] = 1.0
    model = tw.LogisticRegression(constraints=[each, (one, -np.inf, 0.0), *tw.nonnegative(["petal_width"])]).fit(X, y)
    assert model.certificate_.ok
    np.testing.assert_allclose(model.coef_[:, 0] + model.coef_[:, 1], 0.5, atol=1e-9)
    assert model.coef_[1].sum() <= 1e-9
    assert (model.coef_[:, 3] >= 0).all()
    with pytest.raises(tw.InputError, match="columns"):
        tw.LogisticRegression(constraints=(np.ones((1, 5)), 0.0, 1.0)).fit(X, y)


def test_unknown_names_are_refused_with_those_that_are_near(iris):
    X, y = iris
    with pytest.raises(tw.InputError, match=r'unknown name "petal_width\[setoso\]"'):
        tw.LogisticRegression(constraints="petal_width[setoso] >= 0").fit(X, y)
    with pytest.raises(tw.InputError, match=r'unknown name "petal_width\[rose\]" in lower'):
        tw.LogisticRegression(lower={"petal_width[rose]": 0}).fit(X, y)


def test_an_offset_has_a_column_per_class(iris):
    X, y = iris
    offset = np.random.default_rng(2).normal(size=(len(y), 3))
    model = tw.LogisticRegression().fit(X, y, offset=offset)
    assert model.certificate_.ok
    np.testing.assert_allclose(
        model.decision_function(X, offset), X.to_numpy() @ model.coef_.T + model.intercept_ + offset
    )
    with pytest.raises(tw.InputError, match="3 columns, one per class"):
        tw.LogisticRegression().fit(X, y, offset=offset[:, 0])
    with pytest.raises(tw.InputError, match="offset has 2 columns"):
        model.predict(X, offset[:, :2])


def test_classes_that_can_be_told_apart_have_no_maximum_likelihood(iris):
    X, y = iris
    with pytest.warns(tw.UncertifiedWarning, match="NO_MINIMISER"):
        model = tw.LogisticRegression(alpha=0.0).fit(X, y)
    facts = model.certificate_.facts
    assert model.certificate_.verdict.name == "NO_MINIMISER"
    rates = X.to_numpy() @ facts["direction"].T + facts["direction_intercept"]
    own = rates[np.arange(len(y)), np.searchsorted(model.classes_, y)]
    assert (own[:, None] - rates >= -1e-9 * np.abs(rates).max()).all()
    assert (own > rates.min(axis=1)).any()


def test_unpenalised_coefficients_have_sum_0(iris):
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(300, 3)), rng.integers(0, 4, 300)
    model = tw.LogisticRegression(alpha=0.0).fit(X, y)
    theirs = Peer(C=np.inf, tol=1e-10, max_iter=10_000).fit(X, y)
    assert model.certificate_.verdict.name == "PROVED"
    np.testing.assert_allclose(model.coef_.sum(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(model.intercept_.sum(), 0.0, atol=1e-12)
    np.testing.assert_allclose(
        model.coef_ - theirs.coef_, (model.coef_ - theirs.coef_).mean(axis=0) + np.zeros((4, 1)), atol=1e-5
    )


def test_a_saved_model_predicts_the_same_bit_by_bit(iris, tmp_path):
    X, y = iris
    model = tw.LogisticRegression(l1_ratio=0.5).fit(X, y)
    model.save(tmp_path / "model.json")
    again = tw.load(tmp_path / "model.json")
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    np.testing.assert_array_equal(again.coef_, model.coef_)
    np.testing.assert_array_equal(again.classes_, model.classes_)
    model.solution_.save(tmp_path / "answer.npz")
    solution = tw.load(tmp_path / "answer.npz")
    assert solution.ok
    np.testing.assert_array_equal(solution.coef, model.solution_.coef)


def test_a_path_has_a_matrix_per_point(iris):
    X, y = iris
    path = tw.LogisticRegression(l1_ratio=1.0).path(X, y, n_alphas=6)
    assert path.coefs.shape == (6, 3, 4)
    assert path.intercepts.shape == (6, 3)
    assert path.ok
    assert not path.coefs[0].any()
    assert np.count_nonzero(path.coefs[-1]) > np.count_nonzero(path.coefs[2])
    assert len(path.plot(most=3).lines) >= 3


def test_every_solver_agrees(iris):
    X, y = iris
    for problem in (
        tw.MultinomialFit(X, np.unique(y, return_inverse=True)[1], l2=1.0),
        tw.MultinomialFit(X, np.unique(y, return_inverse=True)[1], l1=1.0),
        tw.MultinomialFit(X, np.unique(y, return_inverse=True)[1], l1=0.5, l2=0.1, lower=-1.0),
    ):
        fitting = list(tw.plan(problem).steps)
        objectives = [tw.solve(problem, name).require().objective for name in fitting]
        assert len(fitting) >= 2
        np.testing.assert_allclose(objectives, min(objectives), rtol=1e-6)


@pytest.mark.parametrize(
    ("y", "changes", "message"),
    [
        ([0, 1, 2, 1.5], {}, r"y\[3\] is 1.5; classes are whole numbers"),
        ([0, 1, -1, 1], {}, r"y\[2\] is -1; classes are whole numbers"),
        ([0, 0, 0, 0], {}, "one class only"),
        ([0, 1, 3, 1], {}, 'no row with a positive weight belongs to class "2"'),
        ([0, 1, 2, 1], {"weights": [1, 1, 0, 1]}, 'no row with a positive weight belongs to class "2"'),
        ([0, 1, 2, 1], {"weights": [1, 1, -1, 1]}, "weights has 1 negative"),
        ([0, 1, 2, 1], {"class_names": ["a", "b"]}, "class_names has 2 entries"),
        ([0, 1, 2, 1], {"offset": np.zeros((4, 2))}, "offset"),
        ([0, 1, 2, 1], {"lower": {"x0[1]": 1}, "upper": {"x0": 0}}, r"lower > upper for 1 of 3 .*x0\[1\]"),
        ([0, 1, 2, 1], {"A": np.ones((1, 2))}, "A has"),
        ([0, 1, 2], {}, "y has 3 entries"),
        ([0, 1, 9, 1], {}, "10 classes"),
    ],
)
def test_bad_input_is_refused(y, changes, message):
    with pytest.raises((tw.InputError, tw.ProblemError), match=message):
        tw.MultinomialFit([[0.0], [1.0], [2.0], [3.0]], y, **changes)


def test_reports_name_features_and_classes(iris, tmp_path):
    X, y = iris
    model = tw.LogisticRegression(l1_ratio=1.0, lower={"petal_width[setosa]": 0}).fit(X, y)
    told = str(model.solution_)
    assert "petal_width[virginica]" in told
    assert "intercept[setosa]" in told
    assert "petal_width[setosa] >= 0" in told
    assert "3 classes" in told
    model.solution_.report(tmp_path / "report.html")
    assert "petal_width[virginica]" in (tmp_path / "report.html").read_text()
