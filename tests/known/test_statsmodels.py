"""Results of Stata, R and glmnet that come with statsmodels: coefficients, errors, tests, likelihoods.

Wherever a published number has fewer than six digits, statsmodels itself, iterated until it stands still, must agree
with Thalweg: then it is the published fit that stopped early.
"""

import ast
import importlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.special import gammaln, xlog1py, xlogy

import thalweg as tw

statsmodels = pytest.importorskip("statsmodels")

SIX = 1e-6  # relative difference
EXACT = {"tol": 1e-12}  # coefficients are known to its root, in standard errors
PLAIN = {"alpha": 0, **EXACT}


def published(name):
    """A module of results; a distribution may come without its tests."""
    return pytest.importorskip(f"statsmodels.{name}")


def data_of(name):
    """Target and features as arrays of floats; y may have a column for successes and one for failures."""
    loaded = importlib.import_module(f"statsmodels.datasets.{name}").load()
    return np.array(loaded.exog, dtype=float), np.array(loaded.endog, dtype=float)


GLM = published("genmod.tests.results.results_glm")
WEIGHTED = published("genmod.tests.results.results_glm_poisson_weights")
IN_R = published("genmod.tests.results.res_R_var_weight")
GLMNET = published("genmod.tests.results.glmnet_r_results")
SHIPS = published("discrete.tests.results.results_count_robust_cluster")
SPECTOR = published("discrete.tests.results.results_glm_logit_constrained")
SMOKERS = published("discrete.tests.results.results_poisson_constrained")
DISCRETE = published("discrete.tests.results.results_discrete")
GRUNFELD = published("regression.tests.results.results_grunfeld_ols_robust_cluster")
MACRO = published("regression.tests.results.results_macro_ols_robust")


class Case(NamedTuple):
    """Data, model, and what was published about it; the constant comes last there."""

    model: Any
    X: Any
    y: Any
    published: Any
    weights: Any = None
    offset: Any = None
    options: Any = None  # of the inference

    def fitted(self):
        model = self.model.fit(self.X, self.y, sample_weight=self.weights, offset=self.offset)
        assert model.certificate_.verdict is tw.Verdict.PROVED
        return model

    def inferred(self):
        return self.fitted().inference(**(self.options or {}))


def single(values):
    """Numbers as Stata keeps what it reads from a file or is told to generate."""
    return np.asarray(values).astype(np.float32).astype(float)


def constant_last(values, intercept=True):
    return np.roll(values, -1) if intercept else np.asarray(values)


def constant_first(values, intercept=True):
    return np.roll(values, 1) if intercept else np.asarray(values)


def agree(found, params, errors, rtol=SIX, error_rtol=None):
    """Compare estimates and standard errors with published ones."""
    intercept = found.names[0] == "(intercept)"
    np.testing.assert_allclose(constant_last(found.estimates, intercept), params, rtol=rtol)
    np.testing.assert_allclose(constant_last(found.standard_errors, intercept), errors, rtol=error_rtol or rtol)


def poisson_top(y, weights=1.0):
    """Log-likelihood of Poisson counts whose means are the counts themselves."""
    return float(np.sum(weights * (xlogy(y, y) - y - gammaln(y + 1))))


# Published fits of generalized linear models


def counts_as_rows(X, successes, failures):
    """Numbers of successes and failures as weighted rows of 1 and of 0."""
    y = np.repeat([1.0, 0.0], len(X))
    return np.vstack([X, X]), y, np.concatenate([successes, failures])


def executions(log_population=True):
    X, y = data_of("cpunish")
    X[:, 3] = np.log(X[:, 3]) if log_population else X[:, 3]
    return X, y


def longley():
    return Case(tw.LinearRegression(**EXACT), *data_of("longley"), GLM.Longley())


def star98():
    X, y = data_of("star98")
    X, y, weights = counts_as_rows(X, *y.T)
    return Case(tw.LogisticRegression(**PLAIN), X, y, GLM.Star98(), weights)


def low_birth_weight():
    found = GLM.Lbw()
    return Case(tw.LogisticRegression(**PLAIN), np.array(found.exog)[:, :-1], np.array(found.endog), found)


def cancer():
    found = GLM.CancerLog()
    return Case(tw.GammaRegression(**PLAIN), found.exog[:, :-1], np.array(found.endog, dtype=float), found)


def cpunish():
    return Case(tw.PoissonRegression(**PLAIN), *executions(), GLM.Cpunish())


def cpunish_offset():
    found = GLM.Cpunish_offset()
    found.params, found.bse = np.roll(found.params, -1), np.roll(found.bse, -1)  # the constant comes first there
    return Case(tw.PoissonRegression(**PLAIN), *executions(), found, offset=np.full(17, np.log(100)))


def cpunish_overdispersed():
    """Poisson's loss, but errors by the dispersion of Pearson: Tweedie with power 1."""
    X, y = executions(log_population=False)
    X = X[:, [0, 4]]  # income and south
    means = tw.PoissonRegression(fit_intercept=False, **PLAIN).fit(X, y).predict(X)
    options = {"dispersion": float(((y - means) ** 2 / means).sum() / 15)}
    return Case(tw.PoissonRegression(fit_intercept=False, **PLAIN), X, y, GLM.CpunishTweedieLog1(), options=options)


def fair():
    X, y = data_of("fair")
    model = tw.TweedieRegression(power=1.5, fit_intercept=False, **PLAIN)
    return Case(model, X[:, :3], y, GLM.FairTweedieLog15())


def committee():
    X, y = data_of("committee")
    X[:, 2] = np.log(X[:, 2])
    X, found = np.column_stack([X, X[:, 2] * X[:, 1]]), GLM.Committee()
    options = {"dispersion": found.scale}  # R's, by Pearson; its negative binomial has dispersion 1
    return Case(tw.NegativeBinomialRegression(dispersion=1.0, **PLAIN), X, y, found, options=options)


FITS = {  # relative accuracy of published coefficients and of published errors
    longley: (SIX, SIX),
    star98: (SIX, SIX),
    cpunish_overdispersed: (1e-12, 1e-12),
    cpunish_offset: (SIX, 1e-4),  # errors are printed with four digits
    # R stops once the deviance changes by a share of less than 1e-8, and takes errors from the last iterate but one
    low_birth_weight: (SIX, 2e-5),
    cpunish: (SIX, 1e-5),
    cancer: (3e-5, SIX),
    fair: (2e-5, 4e-5),
    committee: (3e-4, 2e-5),
}
by_fit = pytest.mark.parametrize("make", FITS, ids=lambda make: make.__name__)


@by_fit
def test_coefficients_and_errors_as_published(make):
    case = make()
    agree(case.inferred(), case.published.params, case.published.bse, *FITS[make])


@by_fit
def test_deviance_as_published(make):
    case = make()
    deviance, told = case.inferred().deviance, case.published.deviance
    if make is star98:  # of rows of 0 and 1; that of numbers of successes leaves out what no model explains
        successes, failures = np.split(case.weights, 2)
        share = successes / (successes + failures)
        deviance += 2 * float(xlogy(successes, share).sum() + xlog1py(failures, -share).sum())
    assert deviance == pytest.approx(told, rel=2e-7 if make is fair else 1e-8)  # fair's has seven digits


@by_fit
def test_published_coefficients_are_no_better(make):
    case = make()
    model = case.fitted()
    intercept = model.fit_intercept
    first = constant_first(np.asarray(case.published.params, dtype=float), intercept)
    coef, constant = (first[1:], first[0]) if intercept else (first, 0.0)
    theirs = model.solution_.problem.objective({"coef": coef, "intercept": constant})
    assert theirs >= model.solution_.objective * (1 - 1e-10)
    assert theirs <= model.solution_.objective * (1 + 1e-7)


@by_fit
def test_statsmodels_iterated_to_the_end(make):
    """What the published numbers miss, statsmodels does not: the same fits until no coefficient moves."""
    case = make()
    theirs = live(case)
    agree(case.inferred(), theirs.params, theirs.bse, rtol=1e-10)


def live(case):
    """Fit a case by statsmodels."""
    api = importlib.import_module("statsmodels.api")
    families, links = api.families, api.families.links
    family = {
        "LinearRegression": lambda: families.Gaussian(),
        "LogisticRegression": lambda: families.Binomial(),
        "PoissonRegression": lambda: families.Poisson(),
        "GammaRegression": lambda: families.Gamma(links.Log()),
        "TweedieRegression": lambda: families.Tweedie(links.Log(), var_power=1.5),
        "NegativeBinomialRegression": lambda: families.NegativeBinomial(alpha=1.0),
    }[type(case.model).__name__]()
    X = np.column_stack([case.X, np.ones(len(case.X))]) if case.model.fit_intercept else case.X
    model = api.GLM(case.y, X, family=family, offset=case.offset, freq_weights=case.weights)
    scale = (case.options or {}).get("dispersion")
    return model.fit(tol=1e-13, tol_criterion="params", maxiter=200, scale=scale)


# Weights and robust errors: Stata on executions by state, R on amounts

STATES = np.array([1.0, 1, 1, 2, 2, 2, 3, 3, 3, 1, 1, 1, 2, 2, 2, 3, 3])
PAIRS = np.arange(1, 18) // 2
SCHEMES = {  # weights of the rows, and what they mean
    "none": (None, "frequency"),
    "fweight": (STATES, "frequency"),
    "aweight": (STATES * 17 / STATES.sum(), "variance"),
    "pweight": (STATES, "variance"),
}


def by_stata(kind, rows, parameters):
    """Options for a covariance of Stata's maximum likelihood, and the factor from ours to theirs of a variance.

    Stata multiplies by n / (n - 1) and by g / (g - 1), whatever the number of parameters.
    """
    if kind == "nonrobust":
        return {}, 1.0
    if kind == "hc1":
        return {"covariance": "HC0"}, rows / (rows - 1)
    return {"covariance": "clustered"}, (rows - parameters) / (rows - 1)


@pytest.mark.parametrize("kind", ["nonrobust", "hc1", "clu1"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_weights_of_stata(scheme, kind):
    told = getattr(WEIGHTED, f"results_poisson_{scheme}_{kind}")
    robust = "hc1" if (scheme, kind) == ("pweight", "nonrobust") else kind  # Stata's sampling weights imply it
    options, factor = by_stata(robust, told.N, 7)
    weights, meaning = SCHEMES[scheme]
    X, y = executions()
    model = tw.PoissonRegression(**PLAIN).fit(single(X), y, sample_weight=weights)
    found = model.inference(weights=meaning, groups=PAIRS if robust == "clu1" else None, **options)
    agree(found, told.params, told.bse / np.sqrt(factor), rtol=1e-8)
    assert found.wald(np.eye(7)[1:]).statistic / factor == pytest.approx(told.chi2, rel=1e-8)
    assert found.deviance == pytest.approx(told.deviance, rel=1e-12)
    top = poisson_top(y, 1.0 if weights is None else weights)
    assert top - found.deviance / 2 == pytest.approx(told.ll, rel=1e-12)


def test_p_values_and_intervals_of_stata():
    told = WEIGHTED.results_poisson_fweight_nonrobust
    X, y = executions()
    model = tw.PoissonRegression(**PLAIN).fit(single(X), y, sample_weight=STATES)
    found = model.inference()
    np.testing.assert_allclose(constant_last(found.statistics), told.tvalues, rtol=1e-8)
    np.testing.assert_allclose(constant_last(found.p_values), told.pvalues, rtol=SIX)
    np.testing.assert_allclose(np.roll(found.interval(0.95), -1, axis=0), told.params_table[:, 4:6], rtol=1e-7)


@pytest.mark.parametrize("name", ["aweight_robust", "aweight_clu1", "fweight_clu1", "pweight_clu1"])
def test_weighted_least_squares_of_stata(name):
    told = getattr(WEIGHTED, f"results_wls_{name}")
    weights, meaning = SCHEMES[name.split("_")[0]]
    clustered = name.endswith("clu1")
    X, y = executions()
    model = tw.LinearRegression(**EXACT).fit(single(X), y, sample_weight=weights)
    found = model.inference("clustered" if clustered else "HC1", groups=PAIRS if clustered else None, weights=meaning)
    agree(found, told.params, told.bse, rtol=1e-10)
    if not clustered:  # with clusters Stata takes their number less 1 for the degrees of freedom
        np.testing.assert_allclose(constant_last(found.p_values), told.pvalues, rtol=1e-10)


def weighted_in_r(name):
    """Every fifth row has weight 5, every thirteenth 3."""
    if name == "tweedie":
        X, y = data_of("fair")
        X, model = X[:, [1, 2]], tw.TweedieRegression(power=1.55, **PLAIN)
    else:
        X, y, model = *cancer()[1:3], tw.GammaRegression(**PLAIN)
    weights = np.ones(len(y))
    weights[::5], weights[::13] = 5, 3
    told = getattr(IN_R, f"results_{name}_aweights_nonrobust")
    return model.fit(X, y, sample_weight=weights).inference(weights="variance"), told


@pytest.mark.parametrize("name", ["gamma", "tweedie"])
def test_variance_weights_of_r(name):
    found, told = weighted_in_r(name)
    agree(found, constant_last(told.params), constant_last(told.bse), rtol=1e-8)
    assert found.deviance == pytest.approx(told.deviance, abs=6e-7)  # printed with six decimals


def grunfeld():
    """Investment of ten firms; Stata has them without the last one of statsmodels."""
    frame = importlib.import_module("statsmodels.datasets.grunfeld").load_pandas().data[:200]
    X = frame[["value", "capital"]].to_numpy(dtype=float)
    return single(X), single(frame["invest"]), frame["firm"].to_numpy()


@pytest.mark.parametrize("name", ["cluster", "cluster_wls_small", "hc1_wls_small"])
def test_firms_of_stata(name):
    X, y, firms = grunfeld()
    weights = 1 / X[:, 0] if "wls" in name else np.ones(200)
    options = {"covariance": "HC1"} if name.startswith("hc1") else {"covariance": "clustered", "groups": firms}
    model = tw.LinearRegression(**EXACT).fit(X, y, sample_weight=weights * 200 / weights.sum())
    told = getattr(GRUNFELD, f"results_{name}")
    agree(model.inference(weights="variance", **options), told.params, told.bse, rtol=1e-10)


@pytest.mark.parametrize(
    ("name", "kind"), [("results_hc0", "HC1"), ("results_ivhc0_small", "HC1"), ("results_ivhc0_large", "HC0")]
)
def test_growth_of_investment_of_stata(name, kind):
    """Stata's "robust" is HC1, and HC0 without its correction for small samples."""
    frame = importlib.import_module("statsmodels.datasets.macrodata").load_pandas().data
    growth, y = (400 * np.diff(np.log(frame[column].to_numpy())) for column in ("realgdp", "realinv"))
    X, told = np.column_stack([growth, frame["realint"].to_numpy()[:-1]]), getattr(MACRO, name)
    agree(tw.LinearRegression(**EXACT).fit(X, y).inference(kind), told.params, told.bse, rtol=1e-10)


# Counts


def ships():
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(Path(SHIPS.__file__).parent / "ships.csv").dropna()
    X = frame[["yr_con", "op_75_79"]].to_numpy(dtype=float)
    y, service, ship = (frame[column].to_numpy(dtype=float) for column in ("accident", "service", "ship"))
    return X, y, np.log(service), ship


@pytest.mark.parametrize("name", ["clu", "hc1", "exposure_nonrobust", "exposure_hc1", "exposure_clu"])
def test_accidents_of_ships(name):
    X, y, log_service, ship = ships()
    told = getattr(SHIPS, f"results_poisson_{name}")
    options, factor = by_stata(name.split("_")[-1], 34, 3)
    offset = log_service if name.startswith("exposure") else None
    model = tw.PoissonRegression(**PLAIN).fit(X, y, offset=offset)
    found = model.inference(groups=ship if name.endswith("clu") else None, **options)
    agree(found, told.params, told.bse / np.sqrt(factor), rtol=1e-10)
    assert poisson_top(y) - found.deviance / 2 == pytest.approx(told.ll, rel=1e-12)
    if name == "exposure_nonrobust":  # against the constant alone
        alone = tw.PoissonRegression(constraints=["x0 == 0", "x1 == 0"], **PLAIN).fit(X, y, offset=offset)
        assert model.compare(alone).statistic == pytest.approx(told.chi2, rel=1e-9)


@pytest.mark.parametrize("name", ["clu", "hc1", "exposure_nonrobust", "exposure_clu"])
def test_negative_binomial_accidents_given_the_dispersion(name):
    """Stata's errors count in that the dispersion is estimated; the coefficients are those of that dispersion."""
    X, y, log_service, _ = ships()
    told = getattr(SHIPS, f"results_negbin_{name}")
    model = tw.NegativeBinomialRegression(dispersion=told.alpha, **PLAIN)
    model.fit(X, y, offset=log_service if name.startswith("exposure") else None)
    found = constant_last(model.inference().estimates)
    np.testing.assert_allclose(found, told.params[:3], rtol=SIX)
    assert negative_binomial_top(y, told.alpha) - model.inference().deviance / 2 == pytest.approx(told.ll, rel=1e-8)


def negative_binomial_top(y, dispersion):
    """Log-likelihood of counts whose means are the counts themselves."""
    size = 1 / dispersion
    choices = gammaln(y + size) - gammaln(size) - gammaln(y + 1)
    return float((choices + xlogy(y, y / (y + size)) - size * np.log1p(y / size)).sum())


@pytest.mark.parametrize("loss", ["poisson", "negative binomial"])
def test_visits_to_doctors(loss):
    """20,190 rows: Stata's Poisson, R's glm.nb, whose errors take the dispersion as known."""
    X, y = data_of("randhie")
    told = DISCRETE.RandHIE.poisson if loss == "poisson" else DISCRETE.RandHIE.negativebinomial_nb2_bfgs
    dispersion = told.params[-1]  # only of the negative binomial
    if loss == "poisson":
        model, top = tw.PoissonRegression(**PLAIN), poisson_top(y)
    else:
        model = tw.NegativeBinomialRegression(dispersion=dispersion, **PLAIN)
        top = negative_binomial_top(y, dispersion)
    found = model.fit(X, y).inference()
    agree(found, told.params[:10], told.bse[:10])
    assert top - found.deviance / 2 == pytest.approx(told.llf, rel=1e-9)


# Classes


def test_seven_party_identifications():
    """Stata's coefficients are differences from the first class, with eight decimals."""
    X, y = data_of("anes96")
    model = tw.LogisticRegression(**PLAIN).fit(X, y)
    told = DISCRETE.Anes.mnlogit_basezero
    slopes = np.column_stack([model.coef_, model.intercept_])
    np.testing.assert_allclose((slopes[1:] - slopes[0]).T, told.params, rtol=SIX, atol=1e-8)
    assert -len(y) * model.solution_.objective == pytest.approx(told.llf, rel=1e-9)


ROWS = {"noconstraint": None, "constraint1": "x0 == 2.8", "constraint2": "x0 == x2"}


def grades(name):
    return tw.LogisticRegression(constraints=ROWS[name], **PLAIN).fit(*data_of("spector"))


@pytest.mark.parametrize("name", [*ROWS, "noconstraint_robust", "constraint2_robust"])
def test_grades_under_equalities(name):
    told = getattr(SPECTOR, f"results_{name}")
    options, factor = by_stata("hc1" if name.endswith("robust") else "nonrobust", 32, 4)
    found = grades(name.split("_")[0]).inference(**options)
    errors = np.nan_to_num(told.bse)  # Stata has none for what is fixed
    agree(found, told.params, errors / np.sqrt(factor))
    assert found.deviance == pytest.approx(told.deviance, rel=1e-9)
    assert -found.deviance / 2 == pytest.approx(told.ll, rel=1e-9)


def test_a_coefficient_fixed_by_its_limits():
    X, y = data_of("spector")
    told = SPECTOR.results_constraint1
    model = tw.LogisticRegression(lower={"x0": 2.8}, upper={"x0": 2.8}, **PLAIN).fit(X, y)
    agree(model.inference(), told.params, np.nan_to_num(told.bse))


def test_predictions_under_an_equality():
    X, _ = data_of("spector")
    told, model = SPECTOR.results_constraint2, grades("constraint2")
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], told.predict_mu, rtol=SIX)
    rows = np.column_stack([np.ones(len(X)), X])
    spread = np.sqrt(((rows @ model.covariance_) * rows).sum(axis=1))
    np.testing.assert_allclose(spread, told.predict_linpred_std, rtol=SIX)


# Poisson regression under equalities


def smokers(exposure):
    """Deaths by age and smoking; person-years are an exposure, or their logarithm is a feature."""
    age, smokes, deaths, years = breslow_and_day()
    X = np.column_stack([smokes, *(age == level for level in range(2, 6))]).astype(float)
    return (X, deaths, np.log(years)) if exposure else (np.column_stack([np.log(years), X]), deaths, None)


def breslow_and_day():
    """Columns of the table in a module that cannot be imported: it has marks that are none of ours."""
    source = Path(SMOKERS.__file__).parents[1] / "test_constrained.py"
    lines = ast.parse(source.read_text()).body
    text = next(
        line.value.value
        for line in lines
        if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "ss"
    )
    return np.loadtxt(text.splitlines()[1:]).T


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("noexposure_noconstraint", None),
        ("exposure_noconstraint", None),
        ("noexposure_constraint", "x4 == x5"),  # coefficients of the two oldest
        ("exposure_constraint", "x3 == x4"),
        ("noexposure_constraint2", "x5 - x4 == 0.5"),
        ("exposure_constraint2", "x4 - x3 == 0.5"),
        ("exposure_constraint2_robust", "x4 - x3 == 0.5"),
    ],
)
def test_deaths_under_equalities(name, row):
    exposure, told = name.startswith("exposure"), getattr(SMOKERS, f"results_{name}")
    X, y, offset = smokers(exposure)
    options, factor = by_stata("hc1" if name.endswith("robust") else "nonrobust", 10, 5)
    found = tw.PoissonRegression(constraints=row, **PLAIN).fit(X, y, offset=offset).inference(**options)
    base = 1 if exposure else 2  # Stata's table has a row for the youngest
    agree(found, np.delete(told.params, base), np.delete(told.bse, base) / np.sqrt(factor))
    assert poisson_top(y) - found.deviance / 2 == pytest.approx(told.ll, rel=1e-9)


CONSTRAINED = ["TestGLMGaussianConstrained", "TestGLMWtdGaussianConstrained"]


@pytest.mark.parametrize("robust", ["", "HC"])
@pytest.mark.parametrize("name", CONSTRAINED)
def test_least_squares_under_an_equality(name, robust):
    """Against statsmodels' least squares without the column whose coefficient is given."""
    theirs = getattr(published("genmod.tests.test_constrained"), name + robust)
    theirs.setup_class()
    weights = getattr(theirs, "aweights", None)
    model = tw.LinearRegression(constraints="x0 == 0.5", **EXACT)
    model.fit(theirs.exog[:, 1:], theirs.endog, sample_weight=weights)
    found = model.inference("HC0" if robust else None, weights="variance" if weights is not None else "frequency")
    assert found.estimates[1] == pytest.approx(0.5, rel=1e-12)
    assert found.standard_errors[1] == 0
    kept = theirs.idx_uc
    np.testing.assert_allclose(found.estimates[kept], theirs.res2.params, rtol=1e-9)
    np.testing.assert_allclose(found.standard_errors[kept], theirs.res2.bse, rtol=1e-9)


@pytest.mark.parametrize("robust", ["", "HC"])
def test_successes_under_equalities(robust):
    """The last five coefficients are 0: as without their columns. Rows of 0 and 1 are clusters of a district."""
    theirs = getattr(published("genmod.tests.test_constrained"), f"TestGLMBinomialCountConstrained{robust}")
    theirs.setup_class()
    X, y, weights = counts_as_rows(*data_of("star98")[:1], *data_of("star98")[1].T)
    model = tw.LogisticRegression(constraints=[f"x{j} == 0" for j in range(15, 20)], **PLAIN)
    found = model.fit(X, y, sample_weight=weights, offset=np.ones(len(y))).inference(**districts(robust, len(y) // 2))
    np.testing.assert_allclose(found.estimates[:16], theirs.res2.params, rtol=SIX)
    size, factor = found.size, 1.0
    if robust:  # ours has the corrections for small samples, theirs has not
        factor = (size - found.rank) / (size - 1) * (1 - 1 / (len(y) // 2))
    np.testing.assert_allclose(np.sqrt(factor) * found.standard_errors[:16], theirs.res2.bse, rtol=SIX)
    np.testing.assert_allclose(found.estimates[16:], 0, atol=1e-12)


def districts(robust, number):
    return {"covariance": "clustered", "groups": np.tile(np.arange(number), 2)} if robust else {}


# Penalties


def penalised(family, number):
    """A fit of glmnet.

    R took the first row of the file for names, which it lacks, and standardised the rest; statsmodels' own test does
    neither and has to allow for 30 percent.
    """
    table = np.loadtxt(Path(GLMNET.__file__).parent / f"enet_{family}.csv", delimiter=",")[1:]
    X = table[:, 1:]
    told = getattr(GLMNET, f"rslt_{family}_{number}")
    make = tw.LogisticRegression if family == "binomial" else tw.PoissonRegression
    model = make(alpha=told[1], l1_ratio=told[0], fit_intercept=False, **EXACT)
    return model.fit((X - X.mean(axis=0)) / X.std(axis=0, ddof=1), table[:, 0]), told[2:]


@pytest.mark.parametrize("number", range(9))
@pytest.mark.parametrize("family", ["binomial", "poisson"])
def test_glmnet_is_never_better(family, number):
    model, theirs = penalised(family, number)
    ours = model.solution_
    reached = ours.problem.objective({"coef": theirs, "intercept": 0.0})
    assert model.certificate_.verdict is tw.Verdict.PROVED
    assert ours.objective * (1 - 1e-10) <= reached <= ours.objective * (1 + 1e-7)  # glmnet's stopping rule
    np.testing.assert_allclose(np.ravel(model.coef_), theirs, atol=2e-5)
    np.testing.assert_array_equal(np.ravel(model.coef_) == 0, theirs == 0)


SWEEP = np.array([[0.1, 0.1, 0.1, 0.1], [0.4, 0.4, 0.5, 0.5], [0.5, 0.5, 1, 1], [0, 3, 3, 3]])  # the constant first


@pytest.mark.parametrize("number", range(4))
def test_lasso_of_grades(number):
    """Penalties of their own for the constant and every coefficient, published by statsmodels itself.

    Its method ends within 1e-10 of the best objective, which leaves five digits of the coefficients.
    """
    X, y = data_of("spector")
    lasso = {"alpha": 1 / len(y), "l1_ratio": 1, "penalty_factors": SWEEP[number], "fit_intercept": False}
    model = tw.LogisticRegression(**lasso, **EXACT).fit(np.column_stack([np.ones(len(y)), X]), y)
    told = DISCRETE.DiscreteL1.logit.params if number == 3 else DISCRETE.DiscreteL1.sweep.params[number]
    np.testing.assert_allclose(np.ravel(model.coef_), told, rtol=5e-6)
    ours = model.solution_
    theirs = ours.problem.objective({"coef": np.array(told), "intercept": 0.0})
    assert ours.objective * (1 - 1e-12) <= theirs <= ours.objective + 1e-10
