"""What happens to a fit that is not proved, has no answer, or is interrupted."""

import pickle
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import thalweg as tw


class Guess:
    """A solver that claims all coefficients are 0.5."""

    def solve(self, problem, start, watch, aim):
        return tw.Claim({"coef": np.full(problem.shape[1], 0.5), "intercept": 0.0}, stop=tw.Stop.STALLED, by="guess")


class GivesUp:
    """A solver without an answer."""

    def solve(self, problem, start, watch, aim):
        return tw.Claim({}, stop=tw.Stop.FAILED, by="gives up")


class Interrupted:
    """A solver that the user stops after its first point."""

    def solve(self, problem, start, watch, aim):
        watch.offer(1.0, coef=np.full(problem.shape[1], 0.25), intercept=0.5)
        raise KeyboardInterrupt


def test_an_unproved_answer_is_kept_with_a_warning(diabetes):
    with pytest.warns(tw.UncertifiedWarning, match=r"LinearRegression is fitted.*not proved.*gap"):
        model = tw.LinearRegression(alpha=0.1, solver=Guess()).fit(*diabetes)
    assert not model.certificate_.ok
    assert model.certificate_.gap > 0
    assert (model.coef_ == 0.5).all()


def test_an_unproved_answer_can_be_an_error(diabetes):
    model = tw.LinearRegression(alpha=0.1, solver=Guess(), on_unproven="raise")
    with pytest.raises(tw.NotProved, match="not proved") as caught:
        model.fit(*diabetes)
    assert (caught.value.solution.coef == 0.5).all()
    assert not hasattr(model, "coef_")


def test_no_coefficients_are_an_error_even_with_warn(diabetes):
    with pytest.raises(tw.NotProved, match="not fitted"):
        tw.LinearRegression(solver=GivesUp()).fit(*diabetes)


def test_separated_classes_without_penalty(cancer):
    X, y = cancer
    with pytest.warns(tw.UncertifiedWarning, match=r"NO_MINIMISER[\s\S]*Add a penalty"):
        model = tw.LogisticRegression(alpha=0).fit(X, y)
    assert model.certificate_.verdict is tw.Verdict.NO_MINIMISER
    assert model.score(X, y) > 0.97
    with pytest.raises(tw.NotProved, match="NO_MINIMISER"):
        tw.LogisticRegression(alpha=0, on_unproven="raise").fit(X, y)


def test_interruption_keeps_the_best_and_passes_on(diabetes):
    model = tw.LinearRegression(alpha=0.1, solver=Interrupted())
    with pytest.raises(KeyboardInterrupt, match="best coefficients so far are kept"):
        model.fit(*diabetes)
    assert (model.coef_ == 0.25).all()
    assert model.intercept_ == 0.5
    assert model.solution_.stop is tw.Stop.INTERRUPTED
    assert not model.certificate_.ok


def test_probabilities_far_out_keep_their_accuracy(overlapping):
    X, y = overlapping
    model = tw.LogisticRegression().fit(X, y)
    model.coef_, model.intercept_ = np.array([[1.0, 0.0, 0.0]]), np.array([0.0])
    far = np.array([[-800.0, 0, 0], [40.0, 0, 0]])
    assert_allclose(model.predict_log_proba(far), [[0.0, -800.0], [-40.0, -np.exp(-40.0)]], rtol=1e-14, atol=0)
    assert_allclose(model.predict_proba(far)[1], [np.exp(-40.0), 1.0], rtol=1e-14)


def test_text_labels(overlapping):
    X, y = overlapping
    words = np.where(y == 1, "yes", "no")
    model = tw.LogisticRegression().fit(X, words)
    assert model.classes_.tolist() == ["no", "yes"]
    assert set(model.predict(X)) == {"no", "yes"}
    assert_allclose(model.coef_, tw.LogisticRegression().fit(X, y).coef_)
    balanced = tw.LogisticRegression(class_weight={"yes": 2.0}).fit(X, words)
    assert balanced.predict_proba(X)[:, 1].mean() > model.predict_proba(X)[:, 1].mean()


def test_inside_scikit_learn_machinery(cancer_raw, diabetes):
    X, y = cancer_raw
    pipeline = make_pipeline(StandardScaler(), tw.LogisticRegression())
    assert cross_val_score(pipeline, X, y, cv=3).min() > 0.95
    search = GridSearchCV(tw.LinearRegression(l1_ratio=1.0), {"alpha": [0.01, 0.1, 10.0]}, cv=3).fit(*diabetes)
    assert search.best_params_["alpha"] in (0.01, 0.1)
    assert search.best_estimator_.certificate_.ok


def test_a_fitted_model_survives_pickling_with_its_certificate(diabetes_frame):
    model = tw.LinearRegression(alpha=0.1, lower={"age": 0}).fit(*diabetes_frame)
    again = pickle.loads(pickle.dumps(model))
    assert again.certificate_.explain() == model.certificate_.explain()
    assert tw.certify(again.solution_.problem, again.solution_).ok
    assert clone(again).lower == {"age": 0}


def test_without_scikit_learn_the_message_says_how_to_install_it(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("thalweg.learn")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(tw.MissingExtra, match=r'needs scikit-learn.*pip install "thalweg\[learn\]"'):
        tw.__getattr__("LinearRegression")
