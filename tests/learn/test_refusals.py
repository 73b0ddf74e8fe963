"""Bad input: each refusal says what, where, and what to do."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import thalweg as tw

X = np.random.default_rng(0).normal(size=(12, 3))
y = X @ [1.0, 2.0, 3.0]
labels = (y > 0).astype(int)
FRAME = pd.DataFrame(X, columns=["age", "income", "debt"])


def broken(value):
    changed = X.copy()
    changed[3, 1] = value
    return changed


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"alpha": -1.0}, "alpha is -1; it must be a finite number >= 0"),
        ({"alpha": np.nan}, "alpha is nan"),
        ({"alpha": np.inf}, "alpha is inf"),
        ({"alpha": "strong"}, "alpha is 'strong'; expected a number"),
        ({"l1_ratio": 1.5}, "l1_ratio is 1.5; it must be between 0 and 1"),
        ({"l1_ratio": -0.1}, "l1_ratio is -0.1"),
        ({"on_unproven": "shrug"}, "on_unproven is 'shrug'; choose one of 'warn', 'raise'"),
        ({"lower": {"incme": 0}}, r'unknown name "incme" in lower. Did you mean "income"\?'),
        ({"upper": [1.0, 2.0]}, "upper has 2 entries; expected 3"),
        ({"lower": np.nan}, "lower has NaN"),
        ({"penalty_factors": {"dept": 0}}, r'unknown name "dept" in penalty_factors. Did you mean "debt"\?'),
        ({"penalty_factors": {"debt": -1}}, r'penalty_factors is -1 for "debt"'),
        ({"penalty_factors": [1.0, -2.0, 1.0]}, 'penalty_factors is -2 for "income"'),
        ({"tol": -1.0}, "tol is -1"),
        ({"tol": "tight"}, "tol is 'tight'"),
        ({"time_limit": 0}, "time_limit is 0"),
    ],
)
@pytest.mark.parametrize("kind", [tw.LinearRegression, tw.LogisticRegression])
def test_parameters(kind, parameters, message):
    with pytest.raises(tw.InputError, match=message):
        kind(**parameters).fit(FRAME, y if kind is tw.LinearRegression else labels)


def test_crossed_limits_are_named():
    with pytest.raises(tw.ProblemError, match=r'lower > upper for 1 of 3 variables: "income" \(lower 1, upper 0\)'):
        tw.LinearRegression(lower={"income": 1}, upper=0).fit(FRAME, y)


def test_unknown_solver():
    with pytest.raises(tw.SolverMismatch, match=r'unknown solver "newtn"\. Did you mean "newton"'):
        tw.LinearRegression(solver="newtn").fit(X, y)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"C": 1.0, "alpha": 1.0}, "alpha is 1.0 and C is 1.0; they say the same thing twice"),
        ({"C": 0}, "C is 0; it must be > 0"),
        ({"C": -1.0}, "C is -1"),
        ({"class_weight": {0: 1.0, 2: 3.0}}, "class_weight names 2, which y does not hold. Known: 0, 1"),
        ({"class_weight": {1: -3.0}}, r"class_weight\[1\] is -3"),
        ({"class_weight": "fair"}, "class_weight .* is 'fair'; choose one of 'balanced'"),
    ],
)
def test_parameters_of_logistic_regression(parameters, message):
    with pytest.raises(tw.InputError, match=message):
        tw.LogisticRegression(**parameters).fit(X, labels)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (broken(np.nan), "X has 1 NaN value, first at row 3, column 1"),
        (broken(np.inf), "X has 1 infinite value, first at row 3, column 1"),
        (pd.DataFrame(broken(np.nan), columns=FRAME.columns), r'row 3, column 1 \(column "income"\)'),
        (pl.DataFrame(broken(np.inf), schema=list(FRAME.columns)), r'row 3, column 1 \(column "income"\)'),
        (FRAME.assign(income="lots"), r'X column "income" holds text, first .*lots'),
        (X.astype(str).tolist(), "X holds text"),
        (X.astype(str).astype(object), "X holds text, first .* at row 0, column 0"),
        (X[:, 0], "Expected 2D array, got 1D array"),
        (X[:0], r"0 sample\(s\)"),
        (FRAME[:0], "no rows"),
        (X[:, :0], r"0 feature\(s\)"),
        (X[:5], "X has 5 rows, y has 12 entries"),
        (pd.concat([FRAME, FRAME], axis=1), 'more than one column "age"'),
        (pl.LazyFrame(X, schema=list(FRAME.columns)), "lazy frame; collect it first"),
    ],
)
@pytest.mark.filterwarnings("ignore:Determining the column names")
def test_features(features, message):
    with pytest.raises(tw.InputError, match=message):
        tw.LinearRegression().fit(features, y)


@pytest.mark.parametrize(
    ("table", "cure"),
    [({"a": [1.0], "b": [2.0]}, r"pandas\.DataFrame\(X\)"), ({"a": 1.0, "b": 2.0}, r"pandas\.DataFrame\(\[X\]\)")],
)
def test_a_dict_is_no_table(table, cure):
    model = tw.LinearRegression().fit(X, y)
    with pytest.raises(tw.InputError, match=f"X is a dict, not a table. Pass {cure}"):
        model.predict(table)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (None, "requires y to be passed"),
        (np.where(np.arange(12) == 4, np.nan, y), "y has 1 NaN value, first at position 4"),
        (np.where(np.arange(12) == 4, np.inf, y), "y has 1 infinite value, first at position 4"),
        (["much"] * 12, "y holds text, first 'much'"),
        (np.column_stack([y, y]), r"y should be a 1d array, got an array of shape \(12, 2\)"),
    ],
)
def test_targets_of_linear_regression(target, message):
    with pytest.raises(tw.InputError, match=message):
        tw.LinearRegression().fit(X, target)


@pytest.mark.parametrize(
    ("target", "error", "message"),
    [
        (["yes"] * 12, tw.ProblemError, r"y has one class only \('yes', 12 rows\)"),
        (y, tw.InputError, "Unknown label type: continuous.*tw.LinearRegression"),
        (np.arange(12), tw.InputError, r"12 classes .* If y is measured .* tw.LinearRegression"),
        (["yes", None, "no"] * 4, tw.InputError, "y has 4 missing or infinite labels, first at row 1"),
        ([0.0, 1.0, np.inf] * 4, tw.InputError, "y has 4 missing or infinite labels, first at row 2"),
        ([0.0, 1.0, np.nan] * 4, tw.InputError, "y has 4 missing or infinite labels, first at row 2"),
        (pd.Series(["yes", pd.NA, "no"] * 4, dtype="string"), tw.InputError, "y has 4 missing or infinite labels"),
    ],
)
def test_targets_of_logistic_regression(target, error, message):
    with pytest.raises(error, match=message):
        tw.LogisticRegression().fit(X, target)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (-np.ones(12), "sample_weight has 12 negative values, first -1 at row 0"),
        (np.zeros(12), "sample_weight is zero for all 12 rows"),
        (np.ones(5), "sample_weight has 5 entries"),
        (np.full(12, np.nan), "sample_weight has 12 NaN values"),
    ],
)
def test_sample_weights(weights, message):
    with pytest.raises(tw.InputError, match=message):
        tw.LinearRegression().fit(X, y, sample_weight=weights)


def test_weights_that_leave_one_class():
    with pytest.raises(tw.ProblemError, match="every row of class 0 has weight zero"):
        tw.LogisticRegression(class_weight="balanced").fit(X, labels, sample_weight=labels)
    with pytest.raises(tw.ProblemError, match="every row of class 1 has weight zero"):
        tw.LogisticRegression(class_weight={1: 0}).fit(X, labels)


def test_prediction_with_other_columns():
    model = tw.LinearRegression().fit(FRAME, y)
    with pytest.raises(tw.InputError, match="feature names should match"):
        model.predict(FRAME[["income", "age", "debt"]])
    with pytest.raises(tw.InputError, match="X has 1 NaN value"):
        model.predict(pd.DataFrame(broken(np.nan), columns=FRAME.columns))


def test_masked_targets_are_refused():
    masked = np.ma.masked_array(y, mask=[True] + [False] * 11)
    with pytest.raises(tw.InputError, match="y has 1 masked values, first at row 0"):
        tw.LinearRegression().fit(X, masked)


def test_dates_are_no_features():
    dates = np.arange(24).reshape(12, 2).astype("datetime64[D]")
    for table in (dates, dates - dates[0]):
        with pytest.raises(tw.InputError, match="X holds dates or durations"):
            tw.LinearRegression().fit(table, y)


@pytest.mark.parametrize("value", ["no", None, 2, np.nan])
def test_a_flag_is_true_or_false(value):
    with pytest.raises(tw.InputError, match=r"fit_intercept is .*; pass True or False"):
        tw.LinearRegression(fit_intercept=value).fit(X, y)


@pytest.mark.parametrize("rows", ["x0[0]+x1[0] >= 1", "x0+x1 >= 1"])
def test_limits_and_rows_of_classes_that_contradict_each_other_are_named(rows):
    with pytest.raises(tw.NotProved, match=r"These contradict each other: .*upper limit 0 of"):
        tw.LogisticRegression(upper=0, constraints=rows).fit(X, np.arange(12) % 3)
