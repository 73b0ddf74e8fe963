"""Blocks of several levels: products and some of their entries."""

import numpy as np
import pandas as pd
import pytest

import thalweg as tw

MILLS, CITIES = ["oslo", "bergen"], ["rome", "paris", "lyon"]
COST = pd.DataFrame([[4.0, 6.0, 9.0], [5.0, 3.0, 8.0]], index=MILLS, columns=CITIES)
SOME = [("oslo", "rome"), ("bergen", "lyon"), ("bergen", "rome")]
PRODUCT = {"mill": MILLS, "city": CITIES}


def names_of(expression, model):
    """Return coefficients by name, row by row."""
    name = model.add(expression >= 0)
    problem = model.problem()
    A = problem.A.toarray()
    rows = [i for i, row in enumerate(problem.row_names) if row.split("[")[0] == name]
    named = [{problem.names[j]: A[i, j] for j in np.flatnonzero(A[i])} for i in rows]
    return dict(zip((problem.row_names[i].removeprefix(name) for i in rows), named, strict=True))


@pytest.mark.parametrize(
    ("index", "names"),
    [
        (None, ("x",)),
        (2, ("x[0]", "x[1]")),
        (["a", "b"], ("x[a]", "x[b]")),
        (np.array([3, 5]), ("x[3]", "x[5]")),
        (range(2020, 2022), ("x[2020]", "x[2021]")),
        (("a", "b"), ("x[a]", "x[b]")),
        (pd.Index(["a", "b"], name="fruit"), ("x[a]", "x[b]")),
        ((2, 2), ("x[0,0]", "x[0,1]", "x[1,0]", "x[1,1]")),
        ((["a", "b"], 2), ("x[a,0]", "x[a,1]", "x[b,0]", "x[b,1]")),
        ({"k": ["a"], "l": range(2)}, ("x[a,0]", "x[a,1]")),
        (SOME[:2], ("x[oslo,rome]", "x[bergen,lyon]")),
        (pd.MultiIndex.from_tuples(SOME[:2]), ("x[oslo,rome]", "x[bergen,lyon]")),
        ((["a"], ["b"], ["c", "d"]), ("x[a,b,c]", "x[a,b,d]")),
    ],
)
def test_names_of_variables(index, names):
    m = tw.Model()
    m.variable("x", index=index)
    assert m.problem().names == names


@pytest.mark.parametrize(
    ("index", "says"),
    [
        ([], "empty"),
        (0, "empty"),
        (["a", "b", "a"], "'a' more than once"),
        ([("a", 1), ("a", 1)], "more than once"),
        ("abc", "pass a list of labels"),
        (True, "pass a list of labels"),
        (2.5, "pass a list of labels"),
        (np.eye(2), "pass a list of labels"),
        ([["a"], ["b"]], "cannot be looked up"),
        ((["a"], []), "level 1 is empty"),
    ],
)
def test_bad_indices(index, says):
    with pytest.raises(tw.InputError, match=says):
        tw.Model().variable("x", index=index)


@pytest.mark.parametrize("index", [PRODUCT, (MILLS, CITIES), pd.MultiIndex.from_product([MILLS, CITIES])])
def test_sums_over_levels(index):
    m = tw.Model()
    x = m.variable("x", index=index)
    assert names_of(x.sum(axis=1), m) == {f"[{a}]": {f"x[{a},{b}]": 1.0 for b in CITIES} for a in MILLS}
    assert names_of(x.sum(by=1), m) == {f"[{b}]": {f"x[{a},{b}]": 1.0 for a in MILLS} for b in CITIES}
    assert names_of(x.sum(axis=-1), m) == names_of(x.sum(by=0), m)
    assert len(names_of(x.sum(), m)[""]) == 6
    assert x.sum(by=[0, 1]).size == 6


def test_sums_by_name():
    x = tw.Model().variable("x", index=PRODUCT)
    assert x.sum(by="mill").labels.entries() == MILLS
    assert x.sum(axis="mill").labels.entries() == CITIES
    with pytest.raises(tw.InputError, match="no level 'town'; it has 2, numbered from 0, named mill, city"):
        x.sum(by="town")


def test_some_entries_of_a_product():
    m = tw.Model()
    x = m.variable("x", index=SOME)
    assert names_of(x.sum(by=0), m) == {
        "[oslo]": {"x[oslo,rome]": 1.0},
        "[bergen]": {"x[bergen,lyon]": 1.0, "x[bergen,rome]": 1.0},
    }
    assert names_of(x["bergen", :], m) == {"[lyon]": {"x[bergen,lyon]": 1.0}, "[rome]": {"x[bergen,rome]": 1.0}}
    assert names_of(x["bergen", "rome"], m) == {"": {"x[bergen,rome]": 1.0}}
    with pytest.raises(tw.InputError, match="this combination of labels is not there"):
        x["oslo", "lyon"]
    y = m.variable("y", index=(MILLS, ["a", "b"], CITIES))[:, ["b"], :]
    assert y.sum(by=[0, 2]).labels.entries() == [(a, b) for a in MILLS for b in CITIES]


@pytest.mark.parametrize(
    ("key", "entries"),
    [
        (("oslo", "paris"), ["x[oslo,paris]"]),
        (("oslo", slice(None)), ["x[oslo,rome]", "x[oslo,paris]", "x[oslo,lyon]"]),
        ((slice(None), "lyon"), ["x[oslo,lyon]", "x[bergen,lyon]"]),
        ((slice(1, None), ["lyon", "rome"]), ["x[bergen,lyon]", "x[bergen,rome]"]),
        (SOME, ["x[oslo,rome]", "x[bergen,lyon]", "x[bergen,rome]"]),
        (np.array([1, 0, 0, 0, 0, 1], dtype=bool), ["x[oslo,rome]", "x[bergen,lyon]"]),
    ],
)
def test_entries_of_a_product(key, entries):
    m = tw.Model()
    x = m.variable("x", index=PRODUCT)
    assert [next(iter(row)) for row in names_of(x[key], m).values()] == entries


def test_slices_are_combined_by_position():
    m = tw.Model()
    stock, made = m.variable("stock", index=["mon", "tue", "wed"]), m.variable("made", index=["mon", "tue", "wed"])
    found = names_of(stock[:-1] + made[["tue", "wed"]] - stock[1:], m)
    assert found == {
        "[tue]": {"stock[mon]": 1.0, "made[tue]": 1.0, "stock[tue]": -1.0},
        "[wed]": {"stock[tue]": 1.0, "made[wed]": 1.0, "stock[wed]": -1.0},
    }
    assert (made[:] + stock).labels.entries() == ["mon", "tue", "wed"]
    m.add(stock[1:] <= pd.Series({"wed": 2.0, "tue": 1.0}))  # a series is matched by label all the same
    assert m.problem().row_upper[-2:].tolist() == [1.0, 2.0]
    flow = m.variable("flow", index=(["a", "b"], 3))
    assert names_of(flow[:, 1:] - flow[:, :-1], m)["[b,2]"] == {"flow[b,2]": 1.0, "flow[b,1]": -1.0}


@pytest.mark.parametrize("key", ["oslo", ("oslo",), ("oslo", "rome", 1)])
def test_a_key_of_another_number_of_levels_is_refused(key):
    with pytest.raises(tw.InputError, match=r"x has 2 levels; pass 2 keys, such as x\[label, :\]"):
        tw.Model().variable("x", index=PRODUCT)[key]


@pytest.mark.parametrize(
    "cost",
    [
        COST,
        COST.loc[MILLS[::-1], CITIES[::-1]],
        COST.to_numpy(),
        COST.to_numpy().ravel(),
        COST.stack(),
        COST.T.stack().swaplevel(),
        COST.stack().to_dict(),
    ],
)
def test_a_table_is_matched_by_labels(cost):
    m = tw.Model()
    x = m.variable("x", index=PRODUCT, lower=cost)
    expected = COST.to_numpy().ravel()
    np.testing.assert_array_equal(m.problem().lower, expected)
    m.minimize((cost * x).sum() if not isinstance(cost, dict) else (x * cost).sum())
    np.testing.assert_array_equal(m.problem().c, expected)
    m.add(x <= cost)
    np.testing.assert_array_equal(m.problem().row_upper, expected)


def test_a_table_with_strange_labels_is_refused():
    x = tw.Model().variable("x", index=PRODUCT)
    with pytest.raises(tw.InputError, match="'oslo', 'Paris'"):
        x * COST.rename(columns={"paris": "Paris"})
    with pytest.raises(tw.InputError, match=r"shape \(3, 2\); expected \(2, 3\)"):
        x * COST.to_numpy().T


def test_spread_repeats_entries_beside_another_block():
    m = tw.Model()
    x, opened = m.variable("x", index=PRODUCT), m.variable("open", index=MILLS[::-1])
    found = names_of(x - 2 * opened.spread(x), m)
    assert found["[oslo,lyon]"] == {"x[oslo,lyon]": 1.0, "open[oslo]": -2.0}
    assert len(found) == 6
    with pytest.raises(tw.InputError, match="0 levels of x have labels"):
        m.variable("y", index=["a"]).spread(x)
    square = m.variable("square", index=(MILLS, MILLS))
    with pytest.raises(tw.InputError, match="name one with level"):
        opened.spread(square)
    assert names_of(opened.spread(square, level=1), m)["[bergen,oslo]"] == {"open[oslo]": 1.0}


def test_numbers_as_labels_are_labels():
    m = tw.Model()
    plain, years = m.variable("plain", index=3), m.variable("years", index=[2, 1, 0])
    down = pd.Series([30.0, 20.0, 10.0], index=[2, 1, 0])
    m.add(plain <= down)
    m.add(years <= down.sort_index())
    m.add(plain <= pd.Series([1.0, 2.0, 3.0], index=["a", "b", "c"]), name="named")
    assert m.problem().row_upper.tolist() == [10.0, 20.0, 30.0, 30.0, 20.0, 10.0, 1.0, 2.0, 3.0]
    assert m.problem().row_names[-1] == "named[c]"
    with pytest.raises(tw.InputError, match="labels that repeat"):
        plain * pd.Series([1.0, 2.0, 3.0], index=[0, 0, 1])


@pytest.mark.parametrize(
    "limit", [{"lyon": 3.0, "paris": 2.0, "rome": 1.0}, pd.Series([2.0, 1.0, 3.0], ["paris", "rome", "lyon"])]
)
def test_numbers_by_the_labels_of_one_level_are_repeated_beside_the_others(limit):
    m = tw.Model()
    x = m.variable("x", index=PRODUCT, upper=limit)
    expected = [{"rome": 1.0, "paris": 2.0, "lyon": 3.0}[city] for _, city in x.labels.entries()]
    m.add(x <= limit)
    m.minimize((x * limit).sum())
    problem = m.problem()
    for found in (problem.upper, problem.row_upper, problem.c):
        np.testing.assert_array_equal(found, expected)


def test_labels_of_one_level_that_are_left_out():
    m = tw.Model()
    x = m.variable("x", index=PRODUCT, upper={"rome": 1.0})
    assert m.problem().upper.tolist() == [1.0 if city == "rome" else np.inf for _, city in x.labels.entries()]
    with pytest.raises(tw.InputError, match="the factor has no number for 'paris' and 1 more"):
        x * {"rome": 1.0}
    with pytest.raises(tw.InputError, match="the limit has the label 'bern', which is not there"):
        m.add(x <= {"rome": 1.0, "bern": 2.0})


def test_levels_with_the_same_labels_are_told_apart_by_name():
    m = tw.Model()
    x = m.variable("x", index={"origin": ["a", "b"], "target": ["a", "b", "c"]})
    limit = pd.Series([1.0, 2.0], index=["a", "b"])
    with pytest.raises(tw.InputError, match="labels of levels 0 and 1; pass a series whose index has the name"):
        m.add(x <= limit)
    m.add(x <= limit.rename_axis("origin"))
    assert m.problem().row_upper.tolist() == [1, 1, 1, 2, 2, 2]
    with pytest.raises(tw.InputError, match="no number for 'c'"):
        m.add(x <= limit.rename_axis("target"))
