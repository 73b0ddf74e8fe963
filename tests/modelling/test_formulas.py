"""Formulas become the matrices that they say, whatever stands on which side."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import thalweg as tw

NAMES = ["apples", "pears", "figs"]
A = np.array([[1.0, 2.0, 0.0], [3.0, 0.0, -1.0]])
c = np.array([1.0, -2.0, 4.0])
P = np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [5.0, 0.0, 1.0]])
POINT = np.array([2.0, 3.0, 5.0])


@pytest.fixture
def model():
    return tw.Model()


@pytest.fixture
def x(model):
    return model.variable("x", index=NAMES)


@pytest.fixture
def at(model, x):
    """Value of an expression where x is POINT, by way of the assembled problem: rows if linear, else the objective."""

    def value(expression):
        if not hasattr(expression, "pairs"):
            name = model.add(expression == 0.0)
            problem = model.problem()
            mine = [k for k, row in enumerate(problem.row_names) if row.split("[")[0] == name]
            full = np.concatenate([POINT, np.zeros(problem.shape[1] - 3)])
            assert (problem.row_lower[mine] == problem.row_upper[mine]).all()
            return (problem.A @ full - problem.row_upper)[mine]
        model.minimize(expression)
        return model.problem().objective({"x": POINT})

    return value


@pytest.mark.parametrize(
    ("formula", "expected"),
    {
        "A @ x": A @ POINT,
        "sparse.csr_array(A) @ x": A @ POINT,
        "sparse.csc_matrix(A) @ x": A @ POINT,
        "sparse.coo_array(A) @ x": A @ POINT,
        "A @ (2 * x + 1)": A @ (2 * POINT + 1),
        "A @ (A.T @ (A @ x))": A @ (A.T @ (A @ POINT)),
        "c @ x": c @ POINT,
        "x @ c": c @ POINT,
        "x @ P": POINT @ P,
        "c.tolist() @ x": c @ POINT,
        "x + x": 2 * POINT,
        "x - 0.5 * x": POINT / 2,
        "x - 1": POINT - 1,
        "1 - x": 1 - POINT,
        "c - x": c - POINT,
        "-x": -POINT,
        "+x": POINT,
        "x / 4": POINT / 4,
        "x / c": POINT / c,
        "c * x": c * POINT,
        "x * c": c * POINT,
        "np.float64(2) * x": 2 * POINT,
        "np.int64(2) * x + np.float32(1)": 2 * POINT + 1,
        "x.sum()": 10.0,
        "x.sum(axis=0)": 10.0,
        "sum(x)": 10.0,
        "x - x['pears']": POINT - 3,
        "x['pears'] * c": 3 * c,
        "x['pears'] + c": 3 + c,
        "x['pears']": 3.0,
        "x[['figs', 'apples']]": [5.0, 2.0],
        "x[1:]": POINT[1:],
        "x[::-1]": POINT[::-1],
        "x[1:] - x[:-1]": np.diff(POINT),
        "x[c > 0]": POINT[c > 0],
        "x[[True, False, True]]": POINT[[0, 2]],
        "x[1:]['figs']": 5.0,
        "x * pd.Series({'figs': 4.0, 'apples': 1.0, 'pears': -2.0})": c * POINT,
        "pd.Series({'figs': 4.0, 'apples': 1.0, 'pears': -2.0}) * x": c * POINT,
        "pd.Series(c) * x": c * POINT,
        "x @ pd.Series({'figs': 4.0, 'apples': 1.0, 'pears': -2.0})": c @ POINT,
        "x + {'figs': 1, 'apples': 2, 'pears': 3}": POINT + np.array([2, 3, 1]),
        "x.weighted(pd.DataFrame(A[:, ::-1], columns=NAMES[::-1]))": A @ POINT,
        "x.weighted(pd.Series(c[::-1], index=NAMES[::-1]))": c @ POINT,
        "x @ P @ x": POINT @ P @ POINT,
        "x @ x": POINT @ POINT,
        "(x * x).sum()": POINT @ POINT,
        "(x ** 2).sum()": POINT @ POINT,
        "c @ x ** 2": c @ POINT**2,
        "(c * x ** 2).sum() + 3": c @ POINT**2 + 3,
        "(A @ x - [1, 2]).square().sum()": ((A @ POINT - [1, 2]) ** 2).sum(),
        "((x - 1) * (2 * x + c)).sum() / 2": ((POINT - 1) * (2 * POINT + c)).sum() / 2,
        "1 - x['pears'] * x['figs'] + x.sum()": 1 - 15 + 10,
        "x['pears'] ** 2 - c @ x": 9 - c @ POINT,
        "-(x ** 2).sum() + (x ** 2).sum()": 0.0,
    }.items(),
)
def test_a_formula_means_what_it_says(formula, expected, x, at):
    value = eval(formula, {"A": A, "c": c, "P": P, "x": x, "np": np, "pd": pd, "sparse": sparse, "NAMES": NAMES})
    np.testing.assert_allclose(at(value), expected, rtol=1e-15, atol=1e-14)


def test_division_rounds_once(model, x):
    name = model.add(3 * x["figs"] / 10 == 0)
    assert model.problem().A.toarray()[0, 2] == 0.3
    assert name == "rows1"


@pytest.mark.parametrize(
    ("rows", "lower", "upper"),
    [
        (lambda x: x <= [1, 2, 3], [-np.inf] * 3, [1, 2, 3]),
        (lambda x: (1, 2, 3) >= x, [-np.inf] * 3, [1, 2, 3]),  # noqa: SIM300
        (lambda x: np.array([1, 2, 3]) <= x, [1, 2, 3], [np.inf] * 3),
        (lambda x: np.float64(1) <= x, [1] * 3, [np.inf] * 3),
        (lambda x: x - 1 <= 3, [-np.inf] * 3, [4] * 3),
        (lambda x: 2 * x + 1 == x + 5, [4] * 3, [4] * 3),
        (lambda x: x == {"figs": 1, "pears": 2, "apples": 3}, [3, 2, 1], [3, 2, 1]),
        (lambda x: pd.Series([1, 2, 3], index=NAMES[::-1]) >= x, [-np.inf] * 3, [3, 2, 1]),
        (lambda x: x.between(0, [1, np.inf, 2]), [0] * 3, [1, np.inf, 2]),
        (lambda x: x["figs"] >= [1, 2], [1, 2], [np.inf] * 2),
        (lambda x: x["figs"].between(None, 2), [-np.inf], [2]),
    ],
)
def test_comparisons_give_rows(model, x, rows, lower, upper):
    model.add(rows(x))
    problem = model.problem()
    np.testing.assert_array_equal(problem.row_lower, lower)
    np.testing.assert_array_equal(problem.row_upper, upper)


@pytest.mark.parametrize(
    ("formula", "says"),
    {
        "A @ x <= [1, 2, 3]": "the limit has 3 entries; expected 2",
        "x * [1, 2]": "the factor has 2 entries; expected 3",
        "x <= [1, np.nan, 2]": "the limit has NaN at 'pears'",
        "x * np.inf": "the factor is infinite",
        "x['aples']": "no label 'aples'. Did you mean \"apples\"",
        "x[['apples', 'fgs']]": 'Did you mean "figs"',
        "x[3]": "no label 3",
        "x['a':'b']": "slices of x count positions",
        "x[5:]": "the slice names nothing",
        "x[[True, False]]": "the mask has 2 entries; x has 3",
        "x['figs']['figs']": "scalar",
        "x + {'apples': 1, 'pears': 2, 'plums': 3}": "'plums', which is not there",
        "x + {'apples': 1}": "no number for 'pears' and 1 more",
        "x * pd.Series([1, 2, 3], index=['apples', 'pears', 'fig'])": 'Did you mean "figs"',
        "x.weighted(pd.DataFrame([[1, 2]], columns=['apples', 'pear']))": "'pear', which is no label of x.*\"pears\"",
        "x.weighted(pd.DataFrame([[1, 2]], columns=['apples', 'pears']))": "the table has no label 'figs'",
        "x.weighted(pd.DataFrame([[1, 2, 'a']], columns=NAMES))": "text",
        "pd.DataFrame(A, columns=NAMES) @ x": r"write x.weighted\(table\)",
        "pd.Series(c, index=NAMES) @ x": r"write x.weighted\(table\)",
        "x @ pd.DataFrame(P)": "the table has the label 0, which is no label of x",
        "np.sum(x)": r"np.sum takes numbers.*x.sum\(\)",
        "np.dot(c, x)": "np.dot takes numbers.*c \\* x",
        "np.concatenate([x, x])": "np.concatenate takes numbers",
        "abs(x)": "not linear.*t >= x and t >= -x",
        "np.asarray(x)": "no values before",
        "0 <= x <= 1": r"x.between\(a, b\)",
        "x != 1": "neither true nor false",
        "bool(x)": "neither true nor false",
        "x < 1": "write <= or >=",
        "x > 1": "write <= or >=",
        "1 / x": "dividing by an expression",
        "x / x": "dividing by an expression",
        "x / 0": "the divisor is 0",
        "x ** 3": "must be 1 or 2",
        "x * x * x": "degree 3",
        "x @ (x * x)": "degree 3",
        "x ** 2 <= 1": "rows must be linear",
        "1 >= x ** 2": "rows must be linear",
        "x <= x ** 2": "rows must be linear",
        "x ** 2 + (x ** 2).sum()": r"write .sum\(\) on both",
        "(x ** 2).sum() + x": r"write .sum\(\)",
        "x @ A": r"needs a matrix of 3 rows; this one has the shape \(2, 3\)",
        "P[:, :2] @ x": r"expected 3 columns",
        "x @ 3": r"write \* instead",
        "A @ x['figs']": r"write \* instead of @",
        "x + 'a'": "expected numbers",
        "x + None": "expected numbers",
        "x + 1j": "expected numbers",
        "sparse.csr_array(A) * x": "write A @ x",
        "x * [[1, 2], [3]]": "not an array of numbers",
        "x.sum(axis=1)": "no level 1",
        "x.sum(axis=0, by=0)": "not both",
    }.items(),
)
def test_mistakes_are_told(formula, says, x):
    names = {"A": A, "c": c, "P": P, "x": x, "np": np, "pd": pd, "sparse": sparse, "NAMES": NAMES}
    with pytest.raises(tw.InputError, match=says):
        eval(formula, names)


def test_labels_of_two_blocks_must_fit(model, x):
    y = model.variable("y", index=["figs", "pears", "apples"])
    with pytest.raises(tw.InputError, match="labels differ, first 'apples' and 'figs'"):
        x + y
    with pytest.raises(tw.InputError, match="sizes differ: 3 and 2"):
        x + y[["figs", "apples"]]
    assert (x + y[NAMES]).size == 3
    assert (x + model.variable("z", index=3)).labels.entries() == NAMES  # plain numbers give way


def test_variables_of_two_models_do_not_mix(model, x):
    other = tw.Model()
    y = other.variable("y", index=NAMES)
    with pytest.raises(tw.InputError, match='"x" and "y" are variables of different models'):
        x + y
    with pytest.raises(tw.InputError, match="different models"):
        x * y
    for wrong in (y.sum(), y @ y):
        with pytest.raises(tw.InputError, match='"y" is a variable of another model'):
            model.minimize(wrong)
    with pytest.raises(tw.InputError, match='"y" is a variable of another model'):
        model.add(y <= 1)


def test_a_table_behind_a_block_is_matched_by_its_rows(model, x):
    table = pd.DataFrame([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], index=["pears", "figs", "apples"], columns=["u", "v"])
    product = x @ table
    assert product.labels.entries() == ["u", "v"]
    model.add(product == 0, name="product")
    np.testing.assert_array_equal(model.problem().A.toarray(), table.loc[NAMES].to_numpy().T)


def test_differences_of_slices_take_the_labels_of_a_series_of_either(model):
    x, y = (model.variable(name, index=["jan", "feb", "mar"]) for name in "xy")
    need = pd.Series([7.0, 5.0], index=["mar", "feb"])
    for k, formula in enumerate((x[:-1] + y[1:] - need, y[1:] + x[:-1] - need)):
        model.add(formula == 0, name=f"balance{k}")
        assert formula.labels.entries() == ["feb", "mar"]
    assert model.problem().row_upper.tolist() == [5, 7] * 2
    assert (x[:-1] + y[1:]).labels.entries() == ["jan", "feb"]
    with pytest.raises(tw.InputError, match="'apr', which is not there"):
        x[:-1] + y[1:] - need.rename({"mar": "apr"})
