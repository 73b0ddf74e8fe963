"""Tables and series in front of a block, along all of its levels or some."""

import itertools

import numpy as np
import pandas as pd
import pytest

import thalweg as tw

PRODUCTS, PLANTS = ["bread", "cake", "rolls"], ["rome", "oslo"]
INDEX = pd.MultiIndex.from_product([PRODUCTS, PLANTS], names=["product", "plant"])
HOURS = pd.DataFrame([[1.0, 2.0, 3.0], [0.0, 5.0, 4.0]], ["oven", "mixer"], ["cake", "rolls", "bread"])
PRICE = pd.Series({"rolls": 4.0, "bread": 2.0, "cake": 3.0})


@pytest.fixture(params=["product", "pairs"])
def block(request):
    """x and what its entries are: all combinations, or some of them in another order."""
    index = INDEX if request.param == "product" else INDEX[[4, 0, 3, 2]]
    numbers = pd.Series(np.arange(1.0, len(index) + 1), index)
    m = tw.Model()
    x = m.variable("x", index=index, lower=numbers, upper=numbers)
    return x, numbers, m.solve()


def test_a_cost_per_product_counts_for_it_in_every_plant(block):
    x, numbers, s = block
    each = numbers * [PRICE[product] for product, _ in numbers.index]
    for price in (PRICE, PRICE.to_dict()):
        assert s.value(x.weighted(price)) == each.sum()
        assert s.value(x.weighted(price, by="plant")).to_dict() == each.groupby("plant").sum().to_dict()


def test_a_table_along_one_level_gives_one_entry_for_each_row(block):
    x, numbers, s = block
    expected = {row: sum(HOURS.loc[row, p] * number for (p, _), number in numbers.items()) for row in HOURS.index}
    assert s.value(x.weighted(HOURS)).to_dict() == expected
    assert s.value(x @ HOURS.T).to_dict() == expected


@pytest.mark.parametrize("by", ["plant", 1, ["plant"]])
def test_a_table_along_one_level_beside_the_other(block, by):
    x, numbers, s = block
    found = s.value(x.weighted(HOURS, by=by))
    assert found.index.names == [None, "plant"]
    for row, plant in itertools.product(HOURS.index, PLANTS):
        there = [HOURS.loc[row, p] * number for (p, where), number in numbers.items() if where == plant]
        assert found[row, plant] == sum(there)


def test_limits_beside_a_weighted_table_go_by_label():
    m = tw.Model()
    x = m.variable("x", index=INDEX, lower=0)
    room = pd.DataFrame([[8.0, 9.0], [6.0, 7.0]], ["mixer", "oven"], ["oslo", "rome"])
    m.add(x.weighted(HOURS, by="plant") <= room, name="hours")
    problem = m.problem()
    limits = dict(zip(problem.row_names, problem.row_upper, strict=True))
    assert limits["hours[oven,rome]"] == 7.0
    assert limits["hours[mixer,oslo]"] == 8.0


def test_columns_of_two_levels_and_three_levels():
    m = tw.Model()
    x = m.variable("x", index={"product": ["p", "q"], "plant": PLANTS, "month": [1, 2]})
    columns = pd.MultiIndex.from_product([PLANTS, ["p", "q"]], names=["plant", "product"])
    total = x.weighted(pd.DataFrame([[1.0, 2.0, 3.0, 4.0]], ["use"], columns), by="month")
    m.add(total == 0, name="use")
    problem = m.problem()
    row = dict(zip(problem.names, problem.A.toarray()[0], strict=True))
    assert total.labels.entries() == [("use", 1), ("use", 2)]
    assert (row["x[p,rome,1]"], row["x[q,rome,1]"], row["x[p,oslo,1]"], row["x[p,rome,2]"]) == (1.0, 2.0, 3.0, 0.0)


def test_names_tell_levels_with_the_same_labels_apart():
    x = tw.Model().variable("x", index={"from": ["a", "b"], "to": ["a", "b"]})
    table = pd.DataFrame([[1.0, 2.0]], ["k"], ["a", "b"])
    with pytest.raises(tw.InputError, match="the table has labels of levels 0 and 1"):
        x.weighted(table)
    assert x.weighted(table.rename_axis(columns="to"), by="from").labels.entries() == [("k", "a"), ("k", "b")]


def test_a_table_with_a_level_on_each_side_stands_beside_the_entries():
    x = tw.Model().variable("x", index=INDEX)
    cost = pd.DataFrame(np.ones((3, 2)), PRODUCTS, PLANTS)
    for table in (cost, cost.T):
        with pytest.raises(tw.InputError, match=r"Write \(x \* table\).sum\(\)"):
            x.weighted(table)
    assert x.weighted(cost, by="product").size == 9


@pytest.mark.parametrize(
    ("formula", "says"),
    {
        "HOURS @ x": r'here x\.weighted\(table, by="plant"\) sums along one level',
        "HOURS.to_numpy() @ x": r'3 columns; x has 6 entries in 2 levels.* x\.weighted\(table, by="plant"\) keeps',
        "np.ones((1, 2)) @ x": r'x\.weighted\(table, by="product"\) keeps',
        "np.ones((1, 3)) @ pairs": r"pairs\.weighted\(table, by=1\) keeps",
        "np.ones((1, 2)) @ (2 * x)": r'x\.weighted\(table, by="product"\) keeps',
        "np.ones((1, 5)) @ x": r"shape \(1, 5\); expected 6 columns",
        "x.weighted(HOURS) <= HOURS": r"x\.weighted\(table, by=\.\.\.\) keeps some",
    }.items(),
)
def test_a_product_along_one_level_is_offered(formula, says):
    m = tw.Model()
    x, pairs = m.variable("x", index=INDEX), m.variable("pairs", index=(PRODUCTS, PLANTS))
    with pytest.raises(tw.InputError, match=says):
        eval(formula, {"HOURS": HOURS, "x": x, "pairs": pairs, "np": np})


def test_mistakes_are_told():
    m = tw.Model()
    x, t = m.variable("x", index=INDEX), m.variable("t")
    with pytest.raises(tw.InputError, match=r"'Cake', which is no label of x. Did you mean \"cake\""):
        x.weighted(HOURS.rename(columns={"cake": "Cake"}))
    with pytest.raises(tw.InputError, match="the table has no label 'cake'"):
        x.weighted(HOURS.drop(columns="cake"))
    with pytest.raises(tw.InputError, match="x has no level 'town'"):
        x.weighted(HOURS, by="town")
    with pytest.raises(tw.InputError, match="t is a scalar"):
        t.weighted(HOURS)
