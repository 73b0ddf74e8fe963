"""scikit-learn's own conformance kit, at the defaults and with penalties and limits."""

from sklearn.utils.estimator_checks import parametrize_with_checks

import thalweg as tw

TIGHT = 1e-12  # the kit compares predictions to 1e-7; a relative gap of 1e-6 promises only their square root


@parametrize_with_checks(
    [
        tw.LinearRegression(),
        tw.LinearRegression(fit_intercept=False),
        tw.LinearRegression(alpha=0.1),
        tw.LinearRegression(alpha=0.1, l1_ratio=0.5, tol=TIGHT),
        tw.LinearRegression(lower=0, tol=TIGHT),
        tw.LogisticRegression(),
        tw.LogisticRegression(C=10.0),
        tw.LogisticRegression(alpha=0.1, l1_ratio=0.5, tol=TIGHT),
        tw.LogisticRegression(lower=0, tol=TIGHT),
    ]
)
def test_scikit_learn_accepts(estimator, check):
    check(estimator)
