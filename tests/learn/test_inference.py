"""Standard errors and tests, against the numbers of statsmodels 0.15 and plain formulas."""

import numpy as np
import pytest
from scipy import sparse, stats
from sklearn.datasets import load_diabetes

import thalweg as tw

DIABETES, PROGRESS = load_diabetes(return_X_y=True, scaled=False)
X, Y = DIABETES[:, [2, 3, 8]], PROGRESS  # body mass index, blood pressure, log of triglycerides
HIGH, W, GROUPS = (Y > 140).astype(int), 1.0 + np.arange(len(Y)) % 3, np.arange(len(Y)) // 20

# intercept and coefficients, and their standard errors, by statsmodels 0.15
PUBLISHED = {
    "squared": ([-334.881174, 6.50005135, 0.902963421, 49.5771378], [25.8784929, 0.697097196, 0.2167688, 5.89038901]),
    "squared HC0": (
        [-334.881174, 6.50005135, 0.902963421, 49.5771378],
        [21.6911837, 0.730087971, 0.228310462, 5.81560522],
    ),
    "squared HC1": (
        [-334.881174, 6.50005135, 0.902963421, 49.5771378],
        [21.7900051, 0.73341413, 0.229350606, 5.84210014],
    ),
    "squared HC2": (
        [-334.881174, 6.50005135, 0.902963421, 49.5771378],
        [21.8257729, 0.736486406, 0.229859151, 5.85988733],
    ),
    "squared HC3": (
        [-334.881174, 6.50005135, 0.902963421, 49.5771378],
        [21.9617546, 0.742988397, 0.231426417, 5.90476351],
    ),
    "squared clustered": (
        [-334.881174, 6.50005135, 0.902963421, 49.5771378],
        [18.5250808, 0.574075266, 0.21321704, 4.50112476],
    ),
    "squared variance weights": (
        [-320.747591, 6.3963819, 0.843726513, 48.3761213],
        [25.6077374, 0.697482511, 0.217159459, 5.77010698],
    ),
    "poisson": (
        [1.82034342, 0.0402903081, 0.00599380915, 0.326353711],
        [0.0384452744, 0.000944606429, 0.000306081598, 0.00826306518],
    ),
    "poisson frequency weights": (
        [1.91380392, 0.0398922748, 0.00558553159, 0.317483016],
        [0.0268666377, 0.000671293946, 0.000217232996, 0.00571569042],
    ),
    "poisson HC0": (
        [1.82034342, 0.0402903081, 0.00599380915, 0.326353711],
        [0.153987849, 0.00409743264, 0.00139881581, 0.0358216662],
    ),
    "poisson offset": (
        [1.20318203, 0.0434060945, 0.00312613999, 0.351346606],
        [0.0379777501, 0.000943187787, 0.000306851075, 0.00806481909],
    ),
    "gamma": (
        [1.72233399, 0.0398814839, 0.00544619527, 0.360601557],
        [0.18404443, 0.00495766336, 0.00154163113, 0.0418916701],
    ),
    "gamma variance weights": (
        [1.82502129, 0.0381734475, 0.00486289241, 0.360926848],
        [0.179967068, 0.00490179513, 0.00152616182, 0.0405513857],
    ),
    "tweedie": (
        [1.76377734, 0.0401535436, 0.0057324898, 0.344361842],
        [0.179871986, 0.00463964032, 0.00147298225, 0.0398815488],
    ),
    "negative-binomial": (
        [1.72275748, 0.0398915677, 0.00545388461, 0.360297732],
        [0.330661061, 0.00889387808, 0.00276676985, 0.0751887018],
    ),
    "logistic": (
        [-14.5715243, 0.175753671, 0.0283135137, 1.57057196],
        [1.47427532, 0.0331239557, 0.00941448862, 0.279536153],
    ),
    "logistic frequency weights": (
        [-14.2289813, 0.172977719, 0.0214318787, 1.64775441],
        [1.02620141, 0.0230563691, 0.0065633383, 0.196625518],
    ),
    "logistic equality": (
        [-14.6572595, 0.125108524, 0.0417028413, 1.60301695],
        [1.46604771, 0.0197378911, 0.00657929702, 0.27973517],
    ),
}
ESTIMATORS = {
    "squared": tw.LinearRegression(tol=1e-10),
    "poisson": tw.PoissonRegression(alpha=0, tol=1e-10),
    "gamma": tw.GammaRegression(alpha=0, tol=1e-10),
    "tweedie": tw.TweedieRegression(alpha=0, power=1.5, tol=1e-10),
    "negative-binomial": tw.NegativeBinomialRegression(alpha=0, dispersion=0.5, tol=1e-10),
    "logistic": tw.LogisticRegression(alpha=0, tol=1e-10),
}


def estimate(model):
    return np.append(model.intercept_, model.coef_)


@pytest.mark.parametrize("name", PUBLISHED)
def test_coefficients_and_standard_errors_of_statsmodels(name):
    loss, _, variant = name.partition(" ")
    model = ESTIMATORS[loss].__class__(**ESTIMATORS[loss].get_params())
    options, fitting = {}, {}
    if variant.startswith("HC"):
        options = {"covariance": variant}
    elif variant == "clustered":
        options = {"covariance": "clustered", "groups": GROUPS}
    elif variant.endswith("weights"):
        options, fitting = {"weights": variant.split()[0]}, {"sample_weight": W}
    elif variant == "offset":
        fitting = {"offset": np.log(W)}
    elif variant == "equality":
        model.set_params(constraints="x0 == 3*x1")
    model.fit(X, HIGH if loss == "logistic" else Y, **fitting)
    coefficients, errors = PUBLISHED[name]
    np.testing.assert_allclose(estimate(model), coefficients, rtol=1e-6)
    np.testing.assert_allclose(model.inference(**options).standard_errors, errors, rtol=1e-6)


def test_tests_of_statsmodels():
    full, first = tw.LinearRegression().fit(X, Y), tw.LinearRegression().fit(X[:, :1], Y)
    found = full.inference()
    np.testing.assert_allclose(
        found.p_values, [1.15897676e-32, 5.55104526e-19, 3.74261962e-05, 5.55715837e-16], rtol=1e-6
    )
    np.testing.assert_allclose(
        full.confidence_interval(0.9)[:2], [[-377.53772848, -292.22462035], [5.35099818, 7.64910452]], rtol=1e-8
    )
    wald = found.wald(np.eye(4)[1:3])
    assert wald.statistic == pytest.approx(67.33604243640382)
    assert wald.degrees_of_freedom == (2.0, 438.0)
    assert wald.p_value == pytest.approx(3.172584397652141e-26)
    compared = full.compare(first)
    assert compared.statistic == pytest.approx(57.35283923769545)
    assert compared.p_value == pytest.approx(7.527665122027545e-23)
    classes, fewer = (tw.LogisticRegression(alpha=0, tol=1e-10).fit(Z, HIGH) for Z in (X, X[:, :1]))
    ratio = classes.compare(fewer)
    assert ratio.statistic == pytest.approx(58.542324976467285)
    assert ratio.p_value == pytest.approx(stats.chi2.sf(58.542324976467285, 2))
    assert classes.inference().wald(np.eye(4)[1:3]).statistic == pytest.approx(42.64208145313947)


def dense_covariance(design, information):
    return np.linalg.inv(design.T @ (design * information[:, None]))


@pytest.mark.parametrize("kind", ["classical", "HC0", "HC1", "HC2", "HC3", "clustered"])
@pytest.mark.parametrize("as_sparse", [False, True])
@pytest.mark.parametrize("intercept", [False, True])
def test_sandwiches_are_their_formulas(kind, as_sparse, intercept):
    rng = np.random.default_rng(1)
    Z = np.round(rng.normal(size=(80, 3)), 2) * (rng.random((80, 3)) < 0.7)
    y = rng.poisson(np.exp(0.3 * Z[:, 0] + 0.5))
    model = tw.PoissonRegression(alpha=0, fit_intercept=intercept, tol=1e-10)
    model.fit(sparse.csr_array(Z) if as_sparse else Z, y)
    groups = rng.integers(0, 9, 80)
    found = model.inference(kind, groups=groups if kind == "clustered" else None)
    design = np.column_stack([np.ones(80), Z]) if intercept else Z
    mean = model.predict(Z)
    bread, scores = dense_covariance(design, mean), design * (mean - y)[:, None]
    leverage = mean * ((design @ bread) * design).sum(axis=1)
    n, k = design.shape
    middle = {
        "classical": np.linalg.inv(bread),
        "HC0": scores.T @ scores,
        "HC1": scores.T @ scores * n / (n - k),
        "HC2": (scores.T / (1 - leverage)) @ scores,
        "HC3": (scores.T / (1 - leverage) ** 2) @ scores,
    }
    if kind == "clustered":
        sums = np.array([scores[groups == g].sum(axis=0) for g in range(9)])
        middle[kind] = 9 / 8 * (n - 1) / (n - k) * sums.T @ sums
    np.testing.assert_allclose(found.covariance, bread @ middle[kind] @ bread, rtol=1e-7)


@pytest.mark.parametrize("loss", ["squared", "poisson", "gamma", "logistic"])
@pytest.mark.parametrize("kind", ["classical", "HC0", "HC1", "HC2", "HC3"])
def test_a_frequency_is_a_number_of_rows(loss, kind):
    y, times = HIGH if loss == "logistic" else Y, W.astype(int)
    weighted = ESTIMATORS[loss].fit(X, y, sample_weight=times).inference(kind).standard_errors
    repeated = ESTIMATORS[loss].fit(np.repeat(X, times, axis=0), np.repeat(y, times)).inference(kind).standard_errors
    np.testing.assert_allclose(weighted, repeated, rtol=1e-6)


@pytest.mark.parametrize("kind", ["classical", "HC0", "HC1", "HC2", "HC3", "clustered"])
def test_the_unit_of_variance_weights_does_not_matter(kind):
    groups = GROUPS if kind == "clustered" else None
    found = [
        tw.GammaRegression(alpha=0, tol=1e-10)
        .fit(X, Y, sample_weight=unit * W)
        .inference(kind, groups=groups, weights="variance")
        .standard_errors
        for unit in (1.0, 1e-6)
    ]
    np.testing.assert_allclose(*found, rtol=1e-6)
    with pytest.raises(tw.ProblemError, match='pass weights="variance"'):
        tw.GammaRegression(alpha=0).fit(X, Y, sample_weight=1e-6 * W).inference()


def test_rows_without_weight_do_not_count():
    W0 = (np.arange(len(Y)) % 4 > 0).astype(float)
    weighted, fewer = tw.LinearRegression().fit(X, Y, sample_weight=W0), tw.LinearRegression().fit(X[W0 > 0], Y[W0 > 0])
    for weights in ("frequency", "variance"):
        found = weighted.inference("HC3", weights=weights).standard_errors
        np.testing.assert_allclose(found, fewer.inference("HC3").standard_errors, rtol=1e-10)


def test_one_row_per_group_is_a_sandwich_with_its_factor():
    model = tw.LinearRegression().fit(X, Y)
    n, rows = len(Y), np.arange(len(Y))
    alone = model.inference("clustered", groups=rows).covariance
    np.testing.assert_allclose(alone, model.inference("HC0").covariance * n / (n - 4), rtol=1e-12)


def test_a_wald_test_of_one_coefficient_is_its_statistic_squared():
    found = ESTIMATORS["poisson"].fit(X, Y).inference("HC1")
    for k in range(4):
        test = found.wald(np.eye(4)[k])
        assert test.statistic == pytest.approx(found.statistics[k] ** 2)
        assert test.p_value == pytest.approx(found.p_values[k], rel=1e-9, abs=1e-300)
    assert found.wald([0, 1, 0, 0], found.estimates[1]).p_value == pytest.approx(1.0)
    with pytest.raises(tw.ProblemError, match="depend on each other"):
        found.wald([[0, 1, 0, 0], [0, 2, 0, 0]])


def test_equalities_are_a_smaller_model():
    """x0 == 2*x1, x2 == 1 is a fit on 2*x0 + x1 with an offset of x2."""
    model = tw.PoissonRegression(alpha=0, tol=1e-10, constraints="x0 == 2*x1", lower={"x2": 0.3}, upper={"x2": 0.3})
    model.fit(X, Y)
    single = tw.PoissonRegression(alpha=0, tol=1e-10).fit((2 * X[:, 0] + X[:, 1])[:, None], Y, offset=0.3 * X[:, 2])
    found, expected = model.inference(), single.inference()
    np.testing.assert_allclose(found.standard_errors[[0, 2]], expected.standard_errors, rtol=1e-6)
    np.testing.assert_allclose(
        found.standard_errors[[1, 3]], [2 * expected.standard_errors[1], 0.0], rtol=1e-6, atol=1e-15
    )
    assert found.rank == expected.rank == 2
    assert np.isnan(found.statistics[3])
    assert ESTIMATORS["poisson"].fit(X, Y).compare(model).degrees_of_freedom == (2.0,)


def test_active_limits_are_refused_or_held():
    model = tw.LinearRegression(upper={"x0": 5.0}).fit(X, Y)
    assert "touches the limit of x0" in model.inference_refusal_
    assert not hasattr(model, "standard_errors_")
    with pytest.raises(tw.ProblemError, match="touches the limit of x0"):
        model.inference()
    held = model.inference(hold_active=True)
    rest = tw.LinearRegression().fit(X[:, 1:], Y, offset=5.0 * X[:, 0])
    np.testing.assert_allclose(held.standard_errors[[0, 2, 3]], rest.standard_errors_, rtol=1e-9)
    assert held.standard_errors[1] == 0
    assert held.held == ("x0",)
    idle = tw.LinearRegression(upper={"x0": 50.0}, constraints="x0 + x1 >= -100").fit(X, Y)
    np.testing.assert_allclose(idle.standard_errors_, tw.LinearRegression().fit(X, Y).standard_errors_)


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (tw.LinearRegression(alpha=0.1), "penalised, e.g. x0.*bootstrap"),
        (tw.LinearRegression(alpha=0.1, l1_ratio=1), "rows that were not used to choose"),
        (tw.LinearRegression(alpha=0.1, penalty_factors={"x0": 0, "x1": 0}), "penalised, e.g. x2"),
        (tw.QuantileRegression(alpha=0), "kinks"),
    ],
)
def test_where_standard_errors_would_mislead(model, why):
    model.fit(X, Y)
    with pytest.raises(tw.ProblemError, match=why):
        model.inference()
    for name in ("covariance_", "standard_errors_"):
        with pytest.raises(AttributeError, match=why):
            getattr(model, name)


def test_what_is_not_proved_has_none(tmp_path):
    apart = np.arange(10.0)[:, None]
    with pytest.warns(tw.UncertifiedWarning):
        model = tw.LogisticRegression(alpha=0).fit(apart, apart[:, 0] > 4)
    assert "not proved" in model.inference_refusal_
    several = tw.LogisticRegression().fit(apart, np.arange(10) % 3)
    assert "two classes" in several.inference_refusal_
    tw.LinearRegression().fit(X, Y).save(tmp_path / "model.json")
    assert "loaded from a file" in tw.load(tmp_path / "model.json").inference_refusal_
    with pytest.raises(ValueError, match="not fitted"):
        tw.LinearRegression().inference_refusal_  # noqa: B018


@pytest.mark.parametrize("as_sparse", [False, True])
def test_what_the_data_do_not_determine_has_none(as_sparse):
    rng = np.random.default_rng(3)
    Z = rng.normal(size=(60, 3))
    Z = np.column_stack([Z, Z[:, 0] - 2 * Z[:, 1]])
    y = Z[:, 2] + rng.normal(size=60)
    model = tw.LinearRegression().fit(sparse.csc_array(Z) if as_sparse else Z, y)
    errors = model.inference().standard_errors
    assert np.isnan(errors[[1, 2, 4]]).all()
    np.testing.assert_allclose(
        errors[[0, 3]], tw.LinearRegression().fit(Z[:, :3], y).standard_errors_[[0, 3]], rtol=1e-6
    )
    assert "not determined by the data, since columns depend on each other: x0, x1, x3" in str(model.summary())
    assert model.inference().rank == 4


def test_other_options():
    model = ESTIMATORS["poisson"].fit(X, Y)
    quasi = model.inference(dispersion=4.0)
    np.testing.assert_allclose(quasi.standard_errors, 2 * model.standard_errors_)
    huber = tw.HuberRegression(alpha=0).fit(X, Y)
    np.testing.assert_allclose(huber.standard_errors_, huber.inference("HC1").standard_errors)
    for options, message in (
        ({"covariance": "HC9"}, "HC9"),
        ({"weights": "importance"}, "importance"),
        ({"groups": GROUPS}, "groups go with"),
        ({"covariance": "clustered"}, "groups go with"),
        ({"covariance": "clustered", "groups": GROUPS[:-1]}, "one label per row"),
        ({"covariance": "clustered", "groups": 0 * GROUPS}, "one group only"),
        ({"dispersion": -1.0}, "dispersion is -1"),
    ):
        with pytest.raises(tw.InputError, match=message):
            model.inference(**options)
    with pytest.raises(tw.InputError, match="no classical covariance"):
        huber.inference("classical")
    for level in (0.0, 1.0, 2.0):
        with pytest.raises(tw.InputError, match="level"):
            model.confidence_interval(level)


def test_models_that_cannot_be_compared():
    full = tw.LinearRegression().fit(X, Y)
    for other, message in (
        (tw.LinearRegression().fit(X[:100], Y[:100]), "different y"),
        (tw.LinearRegression().fit(X[:, :2], Y, sample_weight=W), "different weights"),
        (tw.LinearRegression().fit(DIABETES[:, [0]], Y), "not nested.*x0"),
        (full, "pass the one with fewer"),
    ):
        with pytest.raises(tw.InputError, match=message):
            full.compare(other)


def test_a_summary_as_text_as_html_and_as_columns():
    import pandas as pd

    frame = pd.DataFrame(X, columns=["bmi", "<b>bp</b>", "s5"])
    summary = tw.LinearRegression().fit(frame, Y).summary(0.9)
    text, page, table = str(summary), summary.html(), summary.table()
    assert "LinearRegression, squared loss: PROVED" in text
    assert "442 rows, 4 parameters, 438 degrees of freedom" in text
    assert "5.551e-19" in text or "< 1e-16" in text
    assert "[   5 %" in text
    assert "95 %]" in text
    assert "<b>" not in page
    assert "&lt;b&gt;bp" in page
    assert page.count("<tr>") == 5
    assert list(pd.DataFrame(table)["name"]) == ["(intercept)", "bmi", "<b>bp</b>", "s5"]
    assert table["standard_error"] == tw.LinearRegression().fit(frame, Y).standard_errors_.tolist()
    assert repr(summary) == text


def test_clustered_intervals_have_as_many_degrees_of_freedom_as_groups_less_one():
    rng = np.random.default_rng(8)
    X, groups = rng.normal(size=(60, 2)), np.arange(60) % 5
    found = tw.LinearRegression().fit(X, X[:, 0] + rng.normal(size=60)).inference("clustered", groups=groups)
    half = found.standard_errors * stats.t(4).ppf(0.975)
    np.testing.assert_allclose(found.interval()[:, 1] - found.estimates, half, rtol=1e-12)
    assert found.wald([[0.0, 1.0, 0.0]]).degrees_of_freedom == (1.0, 4.0)
    np.testing.assert_allclose(found.p_values, 2 * stats.t(4).sf(np.abs(found.statistics)), rtol=1e-12)
