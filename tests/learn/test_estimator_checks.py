"""scikit-learn's own conformance kit, at the defaults and with penalties and limits."""

from sklearn.utils.estimator_checks import parametrize_with_checks

import thalweg as tw


@parametrize_with_checks(
    [
        tw.LinearRegression(),
        tw.LinearRegression(fit_intercept=False),
        tw.LinearRegression(alpha=0.1),
        tw.LinearRegression(alpha=0.1, l1_ratio=0.5),
        tw.LinearRegression(lower=0),
        tw.LogisticRegression(),
        tw.LogisticRegression(C=10.0),
        tw.LogisticRegression(alpha=0.1, l1_ratio=0.5),
        tw.LogisticRegression(lower=0),
    ]
)
def test_scikit_learn_accepts(estimator, check):
    check(estimator)
