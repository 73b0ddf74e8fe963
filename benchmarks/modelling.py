"""Writing a model: 90,000 labelled variables and 1,000 rows, against the modelling layers of others where installed.

``python benchmarks/modelling.py``, part of ``make bench``. The problem is a transport from 300 mills to 300 cities with
400 more sparse rows. Timed is what lies between the data and the arrays that a solver gets, names included where a
layer keeps them; nothing is solved. Figures are medians of CPU seconds; a ratio above 1 says that the peer is slower.
"""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

import thalweg as tw

PLACES, MORE = 300, 400
REPEATS = 5


class Data(NamedTuple):
    """What the model is about."""

    mills: list[str]
    cities: list[str]
    supply: Any
    demand: Any
    cost: Any
    shared: Any  # rows of shared equipment
    capacity: float


def data() -> Data:
    """Random numbers, the same in every run."""
    rng = np.random.default_rng(0)
    mills, cities = ([f"{kind} {k}" for k in range(PLACES)] for kind in ("mill", "city"))
    shared = sparse.random_array((MORE, PLACES**2), density=1e-3, rng=rng, format="csr")
    return Data(mills, cities, np.full(PLACES, 10.0), np.full(PLACES, 9.0), rng.random((PLACES, PLACES)), shared, 60.0)


def thalweg(d: Data) -> tuple[int, int]:
    """Write it with `thalweg.Model`."""
    m = tw.Model()
    x = m.variable("x", index=(d.mills, d.cities), lower=0)
    m.add(x.sum(axis=1) <= d.supply, name="supply")
    m.add(x.sum(axis=0) >= d.demand, name="demand")
    m.add(d.shared @ x <= d.capacity, name="shared")
    m.minimize((d.cost * x).sum())
    return m.problem().shape


def by_hand(d: Data) -> tuple[int, int]:
    """Stack the matrices by hand; no names."""
    one, ones = sparse.eye_array(PLACES), np.ones((1, PLACES))
    A = sparse.vstack([sparse.kron(one, ones), sparse.kron(ones, one), d.shared], format="csc")
    low = np.concatenate([np.full(PLACES, -np.inf), d.demand, np.full(MORE, -np.inf)])
    high = np.concatenate([d.supply, np.full(PLACES, np.inf), np.full(MORE, d.capacity)])
    return tw.LinearProgram(d.cost.ravel(), A, row_lower=low, row_upper=high, lower=0).shape


def highspy(d: Data) -> tuple[int, int]:
    """Write it with the modelling functions of highspy; no names."""
    import highspy

    h = highspy.Highs()
    h.silent()
    cost = {(i, j): c for i, row in enumerate(d.cost.tolist()) for j, c in enumerate(row)}
    x = h.addVariables(PLACES, PLACES, lb=0, obj=cost, out_array=True)
    h.addConstrs(x.sum(axis=1) <= d.supply)
    h.addConstrs(x.sum(axis=0) >= d.demand)
    rows = d.shared
    lower, upper = np.full(MORE, -np.inf), np.full(MORE, d.capacity)
    h.addRows(MORE, lower, upper, rows.nnz, rows.indptr[:-1], rows.indices, rows.data)
    return h.getNumRow(), h.getNumCol()


def linopy(d: Data) -> tuple[int, int]:
    """Write it with linopy."""
    import linopy
    import pandas as pd

    m = linopy.Model()
    mills, cities = pd.Index(d.mills, name="mill"), pd.Index(d.cities, name="city")
    x = m.add_variables(lower=0, coords=[mills, cities], name="x")
    m.add_constraints(x.sum("city") <= pd.Series(d.supply, mills), name="supply")
    m.add_constraints(x.sum("mill") >= pd.Series(d.demand, cities), name="demand")
    m.add_objective((x * d.cost).sum())
    return m.matrices.A.shape  # without the shared rows, which linopy has no product for


def cvxpy(d: Data) -> tuple[int, int]:
    """Write it with CVXPY."""
    import cvxpy as cp

    x = cp.Variable((PLACES, PLACES), nonneg=True)
    rows = [cp.sum(x, axis=1) <= d.supply, cp.sum(x, axis=0) >= d.demand, d.shared @ cp.vec(x, order="C") <= d.capacity]
    found, _, _ = cp.Problem(cp.Minimize(cp.sum(cp.multiply(d.cost, x))), rows).get_problem_data(cp.HIGHS)
    return found["A"].shape


def cpu(write: Callable[[Data], tuple[int, int]], d: Data) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    write(d)
    return time.process_time() - began


def main() -> None:
    """Measure in turn, and print."""
    d = data()
    peers = {"highspy": highspy, "linopy": linopy, "cvxpy": cvxpy}
    ways = {"thalweg.Model": thalweg, "matrices by hand": by_hand}
    ways |= {name: write for name, write in peers.items() if importlib.util.find_spec(name)}
    for name, write in list(ways.items()):
        try:
            print(f"{name:20} rows, columns: {write(d)}")
        except Exception as error:  # a peer's trouble with this problem is a result as well
            print(f"{name:20} {type(error).__name__}: {error}")
            del ways[name]
    rounds = [{name: cpu(write, d) for name, write in ways.items()} for _ in range(REPEATS)]
    medians = {name: statistics.median(found[name] for found in rounds) for name in ways}
    print(f"\n{'median CPU seconds of ' + str(REPEATS) + ' runs':30} {'seconds':>10} {'ratio':>8}")
    for name, seconds in medians.items():
        print(f"{name:30} {seconds:10.4f} {seconds / medians['thalweg.Model']:8.2f}")


if __name__ == "__main__":
    main()
