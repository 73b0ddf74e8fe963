"""A saved estimator comes back as itself: parameters, predictions bit by bit, and honest about what it cannot prove."""

import copy
import json
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import thalweg as tw
from thalweg.io.models import SavedModel
from thalweg.learn.saved import estimator_of


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.json"


def trip(model, path):
    model.save(path, overwrite=True)
    return tw.load(path)


def same_parameters(one, other) -> bool:
    mine, theirs = one.get_params(), other.get_params()
    return mine.keys() == theirs.keys() and all(
        type(value) is type(theirs[name]) and repr(value) == repr(theirs[name]) for name, value in mine.items()
    )


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"alpha": 0.1, "l1_ratio": 0.5},
        {"fit_intercept": False, "tol": 1e-9, "time_limit": 60.0, "on_unproven": "raise"},
        {"lower": 0, "upper": [1.0, np.inf, None]},
        {"lower": {"x0": -np.inf, "x1": 0}, "upper": np.array([2.0, np.inf, 0.5])},
        {"alpha": 1, "penalty_factors": {"x2": 0.0}},
        {"alpha": np.float32(0.1), "penalty_factors": (1.0, 2.0, 0.0)},
        {"tol": tw.Tolerance(1e-7, 1e-10, 1e-12)},
        {"solver": "coordinate-descent", "alpha": 0.1},
        {"constraints": ["x0 >= 2*x1", "x0 + x1 <= 1"], "lower": {"x0": 0}},
    ],
    ids=str,
)
def test_a_linear_regression_comes_back(params, path, overlapping):
    X, y = overlapping
    model = tw.LinearRegression(**params).fit(X, y)
    back = trip(model, path)
    assert type(back) is tw.LinearRegression
    assert same_parameters(back, model)
    assert back.coef_.tobytes() == model.coef_.tobytes()
    assert back.coef_.shape == model.coef_.shape
    assert back.intercept_ == model.intercept_
    assert back.n_features_in_ == 3
    assert not hasattr(back, "feature_names_in_")
    assert back.predict(X).tobytes() == model.predict(X).tobytes()


@pytest.mark.parametrize(
    "labels",
    [[0, 1], [False, True], ["no", "yes"], [-1.0, 2.0], [np.int8(3), np.int8(8)], ["\u202ea", "<b>\n\U0001f9ea"]],
)
def test_a_logistic_regression_comes_back_with_its_labels(labels, path, overlapping):
    X, codes = overlapping
    model = tw.LogisticRegression(C=2.0, class_weight={labels[1]: 2.0}).fit(X, np.array(labels)[codes])
    back = trip(model, path)
    assert (back.classes_.dtype, back.classes_.tolist()) == (model.classes_.dtype, model.classes_.tolist())
    assert (back.coef_.shape, back.intercept_.shape) == ((1, 3), (1,))
    for method in ("decision_function", "predict", "predict_proba", "predict_log_proba"):
        found, known = getattr(back, method)(X), getattr(model, method)(X)
        assert found.dtype == known.dtype
        assert found.tobytes() == known.tobytes()
    assert back.score(X, model.predict(X)) == 1.0


def test_a_tolerance_of_numpys_numbers_comes_back(path, overlapping):
    tolerance = tw.Tolerance(np.float32(1e-5), np.float64(1e-8))
    back = trip(tw.LinearRegression(alpha=np.float64(0.25), tol=tolerance).fit(*overlapping), path)
    assert back.tol == tolerance
    assert {type(back.tol.gap), type(back.proof_["tolerance"]["gap"]), type(back.alpha)} == {float}


def test_the_byte_order_of_the_labels_comes_back(path, overlapping):
    X, codes = overlapping
    model = tw.LogisticRegression().fit(X, np.asarray(codes, ">i4"))
    back = trip(model, path)
    assert back.classes_.dtype == model.classes_.dtype
    assert back.predict(X).tolist() == model.predict(X).tolist()


@pytest.mark.parametrize("kind", [np.longdouble, "M8[D]"])
def test_labels_that_no_file_can_hold_are_named(kind, path, overlapping):
    X, codes = overlapping
    model = tw.LogisticRegression().fit(X, np.asarray(codes).astype(kind))
    with pytest.raises(tw.InputError, match=r"the classes are of type .*texts, ordinary numbers or truth values"):
        model.save(path)
    assert not path.exists()


def test_no_penalty_and_balanced_classes_come_back(path, overlapping):
    X, y = overlapping
    model = tw.LogisticRegression(C=np.inf, class_weight="balanced").fit(X, y)
    assert same_parameters(trip(model, path), model)


def test_labels_of_a_data_frame_come_back(path, overlapping):
    X, codes = overlapping
    y = pd.Series(np.array(["no", "yes"], dtype=object)[codes])
    model = tw.LogisticRegression().fit(X, y)
    back = trip(model, path)
    assert back.classes_.dtype == model.classes_.dtype
    assert back.predict(X).tolist() == model.predict(X).tolist()


def test_names_of_features_come_back_and_are_compared(path, overlapping):
    X, y = overlapping
    frame = pd.DataFrame(X, columns=["<script>", 'a "b"\n', "n" * 300])
    model = tw.LinearRegression(lower={"<script>": 0}).fit(frame, y)
    back = trip(model, path)
    assert back.feature_names_in_.tolist() == frame.columns.tolist()
    assert back.feature_names_in_.dtype == object
    assert back.predict(frame).tobytes() == model.predict(frame).tobytes()
    with pytest.raises(tw.InputError, match="feature names"):
        back.predict(frame.iloc[:, ::-1])


def test_a_loaded_model_says_what_was_proved_and_proves_nothing(path, overlapping):
    model = tw.LinearRegression().fit(*overlapping)
    back = trip(model, path)
    assert back.proof_ == model.proof_
    assert back.proof_["verdict"] == model.certificate_.verdict.name == "PROVED"
    for name in ("certificate_", "solution_"):
        assert not hasattr(back, name)
        with pytest.raises(AttributeError, match=f"loaded from a file, which does not hold its data.*no {name}"):
            getattr(back, name)
    with pytest.raises(AttributeError, match="no attribute 'something_'"):
        back.something_  # noqa: B018


def test_a_loaded_model_is_fitted_again_like_any_other(path, overlapping):
    X, y = overlapping
    back = trip(tw.LinearRegression(alpha=1.0).fit(X, y), path)
    refitted = back.fit(X, -y)
    assert refitted.certificate_.ok
    assert refitted.proof_["objective"] == refitted.certificate_.objective
    assert "_proof" not in vars(refitted)  # nothing of the file is left
    assert not hasattr(clone(trip(refitted, path)), "coef_")


def test_a_loaded_model_that_cannot_be_fitted_again_keeps_what_it_has(path, overlapping):
    back = trip(tw.LinearRegression(constraints=["x0 >= 1"]).fit(*overlapping), path)
    before = back.proof_, back.coef_.tolist()
    back.set_params(upper=0)
    with pytest.raises(tw.NotProved, match="no coefficients exist"):
        back.fit(*overlapping)
    assert (back.proof_, back.coef_.tolist()) == before


def test_a_loaded_model_is_saved_copied_and_pickled_like_any_other(path, overlapping):
    X, y = overlapping
    back = trip(tw.LogisticRegression().fit(X, y), path)
    for other in (trip(back, path), copy.deepcopy(back), pickle.loads(pickle.dumps(back))):
        assert other.predict_proba(X).tobytes() == back.predict_proba(X).tobytes()
        assert other.proof_ == back.proof_


def test_what_was_not_proved_is_said(path):
    X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    with pytest.warns(tw.UncertifiedWarning):
        model = tw.LogisticRegression(alpha=0.0).fit(X, y)
    assert trip(model, path).proof_["verdict"] == "NO_MINIMISER"


def test_an_unfitted_model_cannot_be_saved(path):
    with pytest.raises(NotFittedError):
        tw.LinearRegression().save(path)
    with pytest.raises(AttributeError, match="no attribute 'proof_'"):
        tw.LinearRegression().proof_  # noqa: B018
    assert not path.exists()


def test_an_existing_file_stays(path, overlapping):
    path.write_text("mine")
    model = tw.LinearRegression().fit(*overlapping)
    with pytest.raises(tw.InputError, match="exists already"):
        model.save(path)
    assert path.read_text() == "mine"


def test_a_parameter_that_no_file_can_hold_is_named(path, overlapping):
    X, y = overlapping
    model = tw.LinearRegression(lower=pd.Series([0.0, 0.0, 0.0])).fit(X, y)
    with pytest.raises(tw.InputError, match=r"lower is a Series.*\.to_numpy\(\)"):
        model.save(path)
    assert not path.exists()


def test_a_subclass_is_not_mistaken_for_its_parent(path, overlapping):
    class Mine(tw.LinearRegression):
        pass

    with pytest.raises(tw.InputError, match="of kind 'Mine' cannot be saved"):
        Mine().fit(*overlapping).save(path)


def test_parameters_that_the_estimator_does_not_have_are_refused():
    with pytest.raises(tw.InputError, match=r'LinearRegression has no parameter "alhpa"\. Did you mean "alpha"'):
        estimator_of(SavedModel("LinearRegression", {"alhpa": 1.0}, [1.0], 0.0))


def test_a_changed_file_is_refused(path, overlapping):
    tw.LinearRegression().fit(*overlapping).save(path)
    data = json.loads(path.read_text())
    data["coef"][0] += 1.0
    path.write_text(json.dumps(data))
    with pytest.raises(tw.InputError, match="changed after it was saved"):
        tw.load(path)


def test_a_file_that_is_neither_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(tw.InputError, match=r"x\.csv is a table, not an \.npz file"):
        tw.load(tmp_path / "x.csv")
    (tmp_path / "answer.json").write_text('{"x": [1.0]}')
    with pytest.raises(tw.InputError, match=r"answer\.json is JSON text, not a model"):
        tw.load(tmp_path / "answer.json")
