"""Ten models as a newcomer writes them; their answers are known from elsewhere, or by trying everything."""

import itertools

import numpy as np
import pandas as pd
import pytest

import thalweg as tw


def test_blending():
    """Cheapest feed of which at least 20 % is protein and at most 5 % fibre: the corner is solved by hand."""
    feed = pd.DataFrame(
        {"protein": [0.09, 0.60, 0.40], "fibre": [0.02, 0.06, 0.12], "price": [0.30, 0.90, 0.50]},
        index=["corn", "soy", "cotton"],
    )
    m = tw.Model()
    kilos = m.variable("kilos", index=feed.index, lower=0)
    total = kilos.sum()
    m.add(total == 100, name="batch")
    m.add((feed["protein"] * kilos).sum() >= 0.20 * total, name="protein")
    m.add(kilos @ feed["fibre"] <= 0.05 * total, name="fibre")
    m.minimize((feed["price"] * kilos).sum())
    s = m.solve()
    corner = np.linalg.solve([[1, 1, 1], [0.09, 0.60, 0.40], [0.02, 0.06, 0.12]], [100, 20, 5])
    assert s.verdict.name == "PROVED"
    np.testing.assert_allclose(s.value(kilos), corner, rtol=1e-9)
    assert s.dual("fibre") < 0 < s.dual("protein")
    assert s.value(kilos.weighted(feed.T))["price"] == pytest.approx(s.objective)


def test_staffing():
    """Whole people in shifts of two neighbouring blocks of the day, against every combination."""
    blocks = ["night", "morning", "noon", "evening"]
    need, pay = pd.Series([2, 5, 4, 3], index=blocks), pd.Series([13, 10, 11, 12], index=blocks)
    works = np.array([[(block - start) % 4 < 2 for start in range(4)] for block in range(4)])
    m = tw.Model()
    start = m.variable("start", index=blocks, lower=0, upper=5, integer=True)
    m.add(works @ start >= need, name="need")
    m.minimize((pay * start).sum())
    s = m.solve()
    costs = [pay @ x for x in itertools.product(range(6), repeat=4) if (works @ x >= need).all()]
    assert s.ok
    assert s.objective == min(costs)
    assert (works @ s.value(start) >= need).all()


def test_portfolio():
    """Least risk for a wanted return: the equations of Lagrange are solved where no share is at its limit."""
    names = ["bonds", "shares", "gold"]
    risk = pd.DataFrame([[0.02, 0.005, 0.0], [0.005, 0.09, 0.01], [0.0, 0.01, 0.06]], index=names, columns=names)
    gain = pd.Series({"gold": 0.04, "bonds": 0.02, "shares": 0.08})
    m = tw.Model()
    w = m.variable("w", index=names, lower=0)
    m.add(w.sum() == 1, name="budget")
    m.add((gain * w).sum() >= 0.05, name="return")
    m.minimize(w @ risk @ w)
    s = m.solve(tol=1e-9)
    rows = np.array([np.ones(3), gain[names]])
    kkt = np.block([[2 * risk.to_numpy(), rows.T], [rows, np.zeros((2, 2))]])
    expected = np.linalg.solve(kkt, [0, 0, 0, 1, 0.05])[:3]
    assert (expected > 0).all()
    assert s.verdict.name == "PROVED"
    np.testing.assert_allclose(s.value(w), expected, atol=1e-6)


def test_assignment():
    """Each worker does one task: against every permutation. The relaxation is whole by itself."""
    hours = pd.DataFrame(np.random.default_rng(5).integers(1, 30, (5, 5)), index=list("ABCDE"), columns=list("vwxyz"))
    m = tw.Model()
    does = m.variable("does", index={"worker": hours.index, "task": hours.columns}, lower=0)
    m.add(does.sum(by="worker") == 1, name="one task")
    m.add(does.sum(by="task") == 1, name="one worker")
    m.minimize((hours * does).sum())
    s = m.solve()
    best = min(sum(hours.to_numpy()[k, j] for k, j in enumerate(p)) for p in itertools.permutations(range(5)))
    assert (s.verdict.name, s.objective) == ("PROVED", best)
    chosen = s.value(does).unstack()
    assert sorted(chosen.to_numpy().ravel()) == [0.0] * 20 + [1.0] * 5


def test_facility_location():
    """Which depots to open: against all subsets, each shop served by the nearest open depot."""
    rng = np.random.default_rng(11)
    shops = [f"shop{k}" for k in range(6)]
    fee = pd.Series({"north": 30.0, "south": 25.0, "west": 20.0})
    distance = pd.DataFrame(rng.integers(1, 20, (3, 6)), index=fee.index, columns=shops)
    loads = pd.Series(rng.integers(1, 4, 6), index=shops)
    m = tw.Model()
    opened = m.variable("open", index=fee.index, lower=0, upper=1, integer=True)
    share = m.variable("share", index={"depot": fee.index, "shop": shops}, lower=0)
    m.add(share.sum(by="shop") == 1, name="served")
    m.add(share <= opened.spread(share), name="only if open")
    m.minimize((fee * opened).sum() + (distance * share * loads).sum())
    s = m.solve()
    subsets = [list(part) for size in (1, 2, 3) for part in itertools.combinations(fee.index, size)]
    costs = {tuple(part): fee[part].sum() + (distance.loc[part].min() * loads).sum() for part in subsets}
    assert s.ok
    assert s.objective == pytest.approx(min(costs.values()), rel=1e-9)
    best = min(costs, key=costs.get)
    assert tuple(s.value(opened)[lambda value: value == 1].index) == best


def test_shortest_path():
    """Potentials prove a path: against every simple path; the duals are the distances."""
    roads = {("a", "b"): 7, ("a", "c"): 3, ("c", "b"): 1, ("b", "d"): 2, ("c", "d"): 8, ("d", "e"): 3, ("b", "e"): 9}
    m = tw.Model()
    flow = m.variable("flow", index=list(roads), lower=0)
    for town in "abcde":
        leaves = sum(flow[road] for road in roads if road[0] == town)
        comes = sum(flow[road] for road in roads if road[1] == town)
        m.add(leaves - comes == {"a": 1, "e": -1}.get(town, 0), name=town)
    m.minimize((roads * flow).sum())
    s = m.solve()
    paths = [("a", *middle, "e") for size in range(4) for middle in itertools.permutations("bcd", size)]
    known = [
        sum(roads[step] for step in itertools.pairwise(path))
        for path in paths
        if set(itertools.pairwise(path)) <= set(roads)
    ]
    assert (s.verdict.name, s.objective) == ("PROVED", min(known))
    assert [road for road, used in s.value(flow).items() if used] == [("a", "c"), ("c", "b"), ("b", "d"), ("d", "e")]
    assert s.dual("a") - s.dual("e") == min(known)


def test_least_squares_with_bounds():
    """Against SciPy's lsq_linear."""
    optimize = pytest.importorskip("scipy.optimize")
    rng = np.random.default_rng(2)
    A, b = rng.normal(size=(20, 4)), rng.normal(size=20)
    m = tw.Model()
    x = m.variable("x", index=["u", "v", "w", "z"], lower=-0.1, upper={"u": 0.05, "z": 0.2})
    m.minimize(((A @ x - b) ** 2).sum())
    s = m.solve(tol=1e-9)
    reference = optimize.lsq_linear(A, b, (np.full(4, -0.1), [0.05, np.inf, np.inf, 0.2]), tol=1e-14)
    assert s.verdict.name == "PROVED"
    np.testing.assert_allclose(s.value(x), reference.x, atol=1e-6)
    assert s.objective == pytest.approx(2 * reference.cost)


def test_transport():
    """Two mills, three cities: every flow in steps of 10, which are enough as all limits are multiples of 10."""
    cost = pd.DataFrame([[4, 6, 9], [5, 3, 8]], index=["oslo", "bergen"], columns=["rome", "paris", "lyon"])
    supply, demand = pd.Series({"bergen": 60, "oslo": 50}), pd.Series({"paris": 50, "rome": 40, "lyon": 20})
    widest = pd.Series({"rome": 30, "paris": 40, "lyon": 30})
    m = tw.Model()
    sent = m.variable(
        "sent", index=pd.MultiIndex.from_product([cost.index, cost.columns], names=["mill", "city"]), lower=0
    )
    m.add(sent.sum(by="mill") <= supply, name="supply")
    m.add(sent.sum(by="city") >= demand, name="demand")
    m.add(sent <= widest, name="road")
    m.minimize((cost.stack() * sent).sum())
    s = m.solve()
    costs = []
    for oslo in itertools.product(range(0, 41, 10), repeat=3):
        bergen = demand[cost.columns].to_numpy() - oslo
        sides = np.array([oslo, bergen])
        if (sides >= 0).all() and (sides <= widest.to_numpy()).all() and sum(oslo) <= 50 and bergen.sum() <= 60:
            costs.append((cost.to_numpy() * sides).sum())
    assert (s.verdict.name, s.objective) == ("PROVED", min(costs))
    assert s.dual("demand").index.tolist() == ["rome", "paris", "lyon"]
    assert s.dual("road").index.names == ["mill", "city"]


def test_inventory():
    """Make or keep: every plan in steps of 10, which are enough as all limits are multiples of 10."""
    months = ["jan", "feb", "mar", "apr"]
    need, price = pd.Series([30, 40, 20, 60], index=months), pd.Series([5.0, 7.0, 6.0, 9.0], index=months)
    room, keep = 60, 1.5
    m = tw.Model()
    made = m.variable("made", index=months, lower=0, upper=room)
    stock = m.variable("stock", index=months, lower=0)
    m.add(stock["jan"] == made["jan"] - need["jan"], name="first")
    m.add(stock[1:] == stock[:-1] + made[1:] - need.iloc[1:], name="balance")
    m.minimize((price * made).sum() + keep * stock.sum())
    s = m.solve()
    assert s.verdict.name == "PROVED"
    plans = np.array(list(itertools.product(range(0, room + 1, 10), repeat=4)))
    kept = np.cumsum(plans - need.to_numpy(), axis=1)
    costs = (plans @ price.to_numpy() + keep * kept.sum(axis=1))[(kept >= 0).all(axis=1)]
    assert s.objective == pytest.approx(min(costs))
    assert s.dual("balance").index.tolist() == months[1:]


def test_knapsack():
    """Against every subset; at most one of two that exclude each other."""
    rng = np.random.default_rng(9)
    goods = [f"good{k}" for k in range(9)]
    value, weight = (pd.Series(rng.integers(5, 40, 9), index=goods) for _ in range(2))
    m = tw.Model()
    packed = m.variable("packed", index=goods, lower=0, upper=1, integer=True)
    m.add((weight * packed).sum() <= 80, name="weight")
    m.add(packed["good1"] + packed["good4"] <= 1, name="either")
    m.maximize(packed @ value)
    s = m.solve()
    takes = np.array(list(itertools.product([0, 1], repeat=9)))
    fits = (takes @ weight.to_numpy() <= 80) & (takes[:, 1] + takes[:, 4] <= 1)
    assert s.ok
    assert s.objective == (takes @ value.to_numpy())[fits].max()
    assert set(s.value(packed)) <= {0.0, 1.0}
