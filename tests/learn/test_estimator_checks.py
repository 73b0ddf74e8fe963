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
        tw.PoissonRegression(),
        tw.PoissonRegression(alpha=0.1, l1_ratio=0.5, lower=0),
        tw.NegativeBinomialRegression(),
        tw.GammaRegression(),
        tw.TweedieRegression(),
        tw.HuberRegression(),
        tw.HuberRegression(alpha=0.1, l1_ratio=1.0),
        tw.QuantileRegression(),
        tw.QuantileRegression(alpha=0.1, l1_ratio=0.5, quantile=0.8, upper=1.0),
        tw.GeneralizedLinearModel(),
        tw.GeneralizedLinearModel(loss=tw.Huber(delta=2.0), alpha=0.1, upper=3.0),
    ]
)
def test_scikit_learn_accepts(estimator, check):
    check(estimator)
