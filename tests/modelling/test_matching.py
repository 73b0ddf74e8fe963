"""Numbers find their entries by label, whatever their order; what only counts goes by position."""

import datetime

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import thalweg as tw

NAMES = ["a", "b", "c"]
MONTHS = ["jan", "feb", "mar"]
SQUARE = pd.MultiIndex.from_product([["a", "b"], ["a", "b"]], names=["to", "from"])


@pytest.fixture
def model():
    return tw.Model()


def fixed(model, index, name="x"):
    """A block whose entries can only be 1, 2, 3, ..."""
    block = model.variable(name, index=index)
    numbers = np.arange(1.0, block.size + 1)
    model.add(block == numbers)
    return block


def value(model, expression):
    return model.solve().value(expression).to_dict()


def test_a_mask_with_labels_goes_by_label(model):
    x = fixed(model, NAMES)
    picked = pd.Series([True, False, False], index=["c", "b", "a"])
    assert value(model, x[picked]) == {"c": 3.0}
    y = fixed(model, (["p", "q"], NAMES), "y")
    table = pd.DataFrame([[True, False, False], [False, False, True]], ["q", "p"], ["c", "b", "a"])
    assert y[table].labels.entries() == [("p", "a"), ("q", "c")]
    assert y[picked].labels.entries() == [("p", "c"), ("q", "c")]
    assert y[np.array([[True, False, False], [False, False, True]])].labels.entries() == [("p", "a"), ("q", "c")]
    with pytest.raises(tw.InputError, match=r"shape \(3, 2\)"):
        y[np.ones((3, 2), dtype=bool)]


@pytest.mark.parametrize("divisor", [pd.Series([3.0, 2.0, 1.0], index=["c", "b", "a"]), {"b": 2, "c": 3, "a": 1}])
def test_squares_are_divided_by_label(model, divisor):
    x = fixed(model, NAMES)
    assert value(model, x**2 / divisor) == pytest.approx({"a": 1.0, "b": 2.0, "c": 3.0})
    assert value(model, x**2 * divisor) == pytest.approx({"a": 1.0, "b": 8.0, "c": 27.0})


@pytest.mark.parametrize("one", [np.array([2.0]), [2.0], pd.Series([2.0], index=["k"])])
def test_a_sum_of_squares_stays_one_beside_an_array_of_one_entry(model, one):
    x = fixed(model, NAMES)
    total = (x**2).sum()
    s = model.solve()
    assert [s.value(formula) for formula in (total + one, total * one, total / one)] == pytest.approx([16, 28, 7])
    assert s.value(total + x[["a"]]) == pytest.approx(15.0)


def test_a_series_that_only_counts_leaves_the_levels_as_they_are(model):
    x = fixed(model, (2, 3))
    weighted = x * pd.Series(np.ones(6))
    assert value(model, weighted.sum(by=0)) == {0: 6.0, 1: 15.0}
    y = model.variable("y", index=NAMES)
    assert (y["a"] * pd.Series([1.0, 2.0, 3.0]) + y).labels.entries() == NAMES
    z = fixed(model, (["p"], [1, 0, 2]), "z")  # but here they are labels of one level
    assert value(model, z * pd.Series([10.0, 20.0, 30.0])) == {("p", 1): 20.0, ("p", 0): 20.0, ("p", 2): 90.0}


@pytest.mark.parametrize("turn", [lambda series: series, lambda series: series.unstack()])
def test_names_of_levels_tell_their_order(model, turn):
    x = fixed(model, {"from": ["a", "b"], "to": ["a", "b"]})
    number = turn(pd.Series([0.0, 10.0, 20.0, 30.0], index=SQUARE))
    assert value(model, x * number) == {("a", "a"): 0, ("a", "b"): 40, ("b", "a"): 30, ("b", "b"): 120}


def test_a_table_may_be_turned_where_its_labels_tell(model):
    x = fixed(model, (["p", "q"], NAMES))
    table = pd.DataFrame(np.arange(6.0).reshape(2, 3), ["p", "q"], NAMES)
    assert value(model, x * table.T) == value(model, x * table)


@pytest.mark.parametrize("form", ["table", "turned", "series", "mapping"])
def test_numbers_by_the_labels_of_two_of_three_levels(model, form):
    x = fixed(model, {"product": ["p", "q"], "plant": ["u", "v"], "month": MONTHS})
    table = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], ["p", "q"], ["u", "v"])
    number = {"table": table, "turned": table.T, "series": table.stack(), "mapping": table.stack().to_dict()}[form]
    found = value(model, x * number)
    assert found["q", "u", "feb"] == 3.0 * 8
    assert value(model, (x * number).sum(by=["product", "plant"]))["p", "v"] == 2.0 * (4 + 5 + 6)


def test_labels_of_two_levels_that_fit_twice(model):
    x = model.variable("x", index=(["a", "b"], ["a", "b"], ["k"]))
    with pytest.raises(tw.InputError, match="levels 0, 1 and 1, 0; pass a series whose index has the name"):
        x * pd.DataFrame([[1, 2], [3, 4]], ["a", "b"], ["a", "b"])


@pytest.mark.parametrize("index", [(["p", "q"], MONTHS), pd.MultiIndex.from_product([["p", "q"], MONTHS])])
def test_slices_of_one_level_loosen_no_other(model, index):
    stock = fixed(model, index, "stock")
    made = model.variable("made", index=(["q", "p"], MONTHS))
    assert set(value(model, stock[:, 1:] - stock[:, :-1]).values()) == {1.0}
    with pytest.raises(tw.InputError, match="labels differ, first"):
        stock[:, 1:] - stock[:, :-1] - made[:, 1:]
    with pytest.raises(tw.InputError, match="labels differ"):
        stock[:, 1:] + model.variable("four", index=list("wxyz"))


def test_a_covariance_in_another_order_is_refused_with_a_cure_that_runs(model):
    w = fixed(model, ["a", "b"], "w")
    P = pd.DataFrame([[1.0, 2.0], [0.0, 1.0]], ["b", "a"], ["b", "a"])
    with pytest.raises(tw.InputError, match=r"another order.*P\.loc\[x\.labels\.entries\(\), x\.labels\.entries\(\)\]"):
        w @ P @ w
    assert model.solve().value(w @ P.loc[w.labels.entries(), w.labels.entries()] @ w) == 1 + 4 + 2 * 2


def test_different_shapes_of_the_same_size_do_not_fit(model):
    x, n = model.variable("x", index=(MONTHS, MONTHS)), model.variable("n", index=(2, 3))
    with pytest.raises(tw.InputError, match="labels differ"):
        x[1:, :] + x[:, 1:]
    with pytest.raises(tw.InputError, match=r"shapes differ: \(2, 3\) and \(3, 2\)"):
        n + model.variable("m", index=(3, 2))


def test_sums_of_slices_are_slices(model):
    stock = fixed(model, (["p", "q"], MONTHS), "stock")
    steps = stock[:, 1:].sum(by=1) - stock[:, :-1].sum(by=1)
    assert value(model, steps - pd.Series({"mar": 1.0, "feb": 0.0})) == {"feb": 2.0, "mar": 1.0}
    one = stock[:, 1:]["p", :] - stock[:, :-1]["p", :]
    assert value(model, one) == {"feb": 1.0, "mar": 1.0}


def test_differences_of_slices_take_the_labels_of_a_table_of_either(model):
    stock = fixed(model, (["p", "q"], MONTHS), "stock")
    need = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], ["q", "p"], ["mar", "feb"])
    found = value(model, stock[:, :-1] + stock[:, 1:] - need)
    assert found == {("p", "feb"): -1.0, ("p", "mar"): 2.0, ("q", "feb"): 7.0, ("q", "mar"): 10.0}


def test_entries_keep_the_names_of_their_levels(model):
    x = model.variable("x", index={"mill": ["oslo", "bergen"], "city": ["rome", "lyon"]})
    chosen = pd.MultiIndex.from_tuples([("oslo", "rome"), ("bergen", "lyon")])
    for part in (x[chosen], x[list(chosen)], x[[True, False, False, True]]):
        assert part.sum(by="city").labels.entries() == ["rome", "lyon"]
    arcs = model.variable("arcs", index=pd.MultiIndex.from_tuples(chosen, names=["mill", "city"]))
    assert arcs[["oslo"], :].sum(by="city").labels.entries() == ["rome"]


def test_entries_come_in_the_order_of_the_key(model):
    x = fixed(model, pd.MultiIndex.from_tuples([("a", 1), ("b", 2), ("a", 2)]))
    assert list(value(model, x[["b", "a"], :])) == [("b", 2), ("a", 1), ("a", 2)]
    assert value(model, x["a", ::-1]) == {2: 3.0, 1: 1.0}
    assert value(model, x[:, 2]) == {"b": 2.0, "a": 3.0}


@pytest.mark.parametrize("key", [{"c", "a"}, ["a", "c"], iter(["a", "c"]), pd.Index(["a", "c"]), {"a": 1, "c": 2}])
def test_several_labels_in_any_container(model, key):
    assert value(model, fixed(model, NAMES)[key]) == {"a": 1.0, "c": 3.0}


def test_numbers_among_objects_are_numbers(model):
    x = fixed(model, NAMES)
    table = pd.DataFrame({"kind": ["u", "v", "w"], "cost": [3, 2, 1]}, index=NAMES).T
    assert value(model, x * table.loc["cost"]) == {"a": 3.0, "b": 4.0, "c": 3.0}
    with pytest.raises(tw.InputError, match="expected numbers"):
        x * table.loc["kind"]
    y = model.variable("y", index=(2, 2), upper=[[None, 1], [2, None]])
    model.minimize(-y[0, 1])
    assert model.problem().upper[3:].tolist() == [np.inf, 1.0, 2.0, np.inf]


def test_dates_of_arrays_are_those_of_series(model):
    days = pd.date_range("2020-01-01", periods=2)
    x = model.variable("x", index=days.to_numpy())
    assert x.labels.entries() == [datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 2)]
    model.add(x <= pd.Series([2.0, 1.0], index=days[::-1]))
    assert model.problem().row_upper.tolist() == [1.0, 2.0]


def test_arrays_of_the_user_may_change_afterwards(model):
    x, A = model.variable("x", index=2), sparse.csc_array(np.eye(2))
    model.add(A @ x <= 1)
    A.data[:] = 7.0
    assert model.problem().A.toarray().tolist() == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("formula", "says"),
    {
        "x[['a', 'a']]": "names 'a' of x more than once",
        "x[[]]": "nothing of x is chosen. Where nothing may be chosen, leave the term out",
        "x * pd.DataFrame([[1, 2, 3]], columns=['a', 'b', 'c'])": r"is a table; beside a block of one level .*weighted",
        "x * np.ones((2, 3))": "Write A @ x",
        "x['a'] <= np.ones((1, 2))": "expected one number",
        "x ** np.array([1, 2, 3])": "must be 1 or 2",
        "x ** x['a']": "must be 1 or 2",
        "x ** 2 / 0": "the divisor is 0",
        "2 ** x": "not linear",
        "x // 2": "not linear",
        "x % 2": "not linear",
        "np.abs(x)": "np.absolute takes numbers.*t >= x and t >= -x",
        "np.exp(x)": "np.exp takes numbers",
        "np.maximum(x, 0)": "np.maximum takes numbers",
        "np.add.reduce(x)": "np.add takes numbers",
        "max(x['a'], x['b'])": "t >= x",
        "float(x['a'])": "no values before",
        "round(x)": "no values before",
        "(x ** 2).sum(by=0)": "over all entries",
        "(x ** 2)['a']": "choose first",
        "sum(x ** 2)": "choose first",
        "x.spread('y')": "takes another block",
        "x.sum(by=[0, 0])": "names a level of x twice",
        "dictionary * {'u': 3, 'v': 2}": "a mapping as index gives names of levels; pass a list of labels",
        "twins.sum(by='k')": "several levels 'k'; name them by number",
    }.items(),
)
def test_mistakes_are_told(model, formula, says):
    names = {
        "x": model.variable("x", index=NAMES),
        "dictionary": model.variable("dictionary", index={"u": 3, "v": 2}),
        "twins": model.variable("twins", index=(pd.Index(["p"], name="k"), pd.Index(["q"], name="k"))),
    }
    with pytest.raises(tw.InputError, match=says):
        eval(formula, {**names, "np": np, "pd": pd})


@pytest.mark.parametrize("formula", ["np.multiply(2, x)", "np.add(x, x)", "np.float64(2) * x", "np.matmul(2 * I, x)"])
def test_functions_of_numpy_that_are_operators(model, formula):
    x = fixed(model, NAMES)
    assert list(value(model, eval(formula, {"np": np, "x": x, "I": np.eye(3)})).values()) == [2.0, 4.0, 6.0]
