"""Fits against scikit-learn and, where installed, celer, skglm and glum: same problem, same certified accuracy.

``python benchmarks/fit.py``, part of ``make bench``. Each peer runs at its loosest tolerance
whose answer `thalweg.certify` grades within 1e-6 of the best; figures are medians of CPU seconds (one thread), taken
in turn, for a whole fit: ours includes judging. A ratio above 1 says that the peer is faster.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn import datasets, linear_model

import thalweg as tw

GAP = 1e-6
TOLERANCES = [10.0**-k for k in range(2, 15)]
Answer = tuple[np.ndarray, float]


class Case(NamedTuple):
    """A problem, our fit of it, and peers as functions of a tolerance that return coefficients and intercept."""

    name: str
    problem: tw.Fit
    ours: Callable[[], Any]
    peers: dict[str, Callable[[float], Answer]]
    target: str


def cpu(function: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    function()
    return time.process_time() - began


def loosest(case: Case, peer: Callable[[float], Answer]) -> float | None:
    """Loosest tolerance that is certified; None if none is."""
    for tolerance in TOLERANCES:
        coef, intercept = peer(tolerance)
        if tw.certify(case.problem, coef=np.ravel(coef), intercept=float(np.ravel(intercept)[0]), tol=GAP).ok:
            return tolerance
    return None


def measure(case: Case, repeats: int) -> None:
    """Run all contestants in turn, and print a line for each peer."""
    ours = case.ours()
    certificate = getattr(ours, "certificate_", None) or ours.certificate
    chosen = {name: loosest(case, peer) for name, peer in case.peers.items()}
    runs = {"thalweg": case.ours} | {
        name: (lambda peer=case.peers[name], tolerance=tolerance: peer(tolerance))
        for name, tolerance in chosen.items()
        if tolerance is not None
    }
    rounds = [{name: cpu(run) for name, run in runs.items()} for _ in range(repeats)]
    medians = {name: statistics.median(times[name] for times in rounds) for name in runs}
    print(f"{case.name:46} {medians['thalweg']:9.4f} s  {certificate.verdict.name}  target: {case.target}")
    for name, tolerance in chosen.items():
        if tolerance is None:
            print(f"    {name:42} reaches no certified gap of {GAP:g}")
        else:
            ratio = medians["thalweg"] / medians[name]
            print(f"    {name:42} {medians[name]:9.4f} s at tol {tolerance:g}; ratio {ratio:.2f}")


# --- logistic regression with a ridge --------------------------------------------------------------------------------


def ridge_logistic(name: str, X: np.ndarray, y: np.ndarray, target: str = "at most 1.5 of the better") -> Case:
    """C = 1, with intercept."""

    def peer(solver: str) -> Callable[[float], Answer]:
        def run(tolerance: float) -> Answer:
            model = linear_model.LogisticRegression(solver=solver, tol=tolerance, max_iter=10_000).fit(X, y)
            return model.coef_, model.intercept_

        return run

    peers = {f"scikit-learn {solver}": peer(solver) for solver in ("lbfgs", "newton-cholesky")}
    return Case(name, tw.Fit(X, y, "logistic", l2=1.0), lambda: tw.LogisticRegression().fit(X, y), peers, target)


def simulated(n: int, p: int, correlation: float = 0.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Equicorrelated normal features, labels and numbers of a few of them."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) * np.sqrt(1 - correlation) + rng.normal(size=(n, 1)) * np.sqrt(correlation)
    score = X[:, :10] @ np.linspace(1, -1, 10)
    return X, (score + rng.logistic(size=n) > 0).astype(float), score + rng.normal(size=n)


def logistic_cases(data: Path | None, quick: bool) -> Iterator[Case]:
    """Dense data of many shapes."""
    yield ridge_logistic("logistic breast_cancer", *datasets.load_breast_cancer(return_X_y=True))
    digits, number = datasets.load_digits(return_X_y=True)
    yield ridge_logistic("logistic digits 0-4 | 5-9", digits, (number > 4).astype(float))
    n = 10 if quick else 1
    X, labels, _ = simulated(100_000 // n, 100)
    yield ridge_logistic(f"logistic simulated {X.shape[0]} x 100", X, labels)
    X, labels, _ = simulated(40_000 // n, 150, 0.8)
    yield ridge_logistic(f"logistic correlated {X.shape[0]} x 150", X, labels)
    for name in ("mushrooms", "a9a", "w8a") if data is not None and not quick else ():
        X, labels = stored(data, name)
        target = "below both" if name in ("a9a", "mushrooms") else "at most 1.5 of the better"
        yield ridge_logistic(f"logistic {name}", X, labels, target)


def stored(data: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Dense features and labels 0 and 1."""
    with np.load(data / "fit" / f"{name}.npz", allow_pickle=False) as z:
        X = sparse.csr_matrix((z["data"].astype(float), z["indices"], z["indptr"]), shape=tuple(z["shape"]))
        return X.toarray(), (z["y"] == z["y"].max()).astype(float)


# --- lasso -----------------------------------------------------------------------------------------------------------


def lasso(name: str, X: np.ndarray, y: np.ndarray, share: float) -> Case:
    """alpha as a share of the largest that does anything."""
    centred = X - X.mean(axis=0)
    alpha = share * float(np.abs(centred.T @ (y - y.mean())).max()) / len(y)
    X = np.asfortranarray(X)
    peers: dict[str, Callable[[float], Answer]] = {}

    def add(label: str, make: Callable[[float], Any]) -> None:
        def run(tolerance: float) -> Answer:
            model = make(tolerance).fit(X, y)
            return model.coef_, model.intercept_

        peers[label] = run

    add("scikit-learn precompute", lambda tol: linear_model.Lasso(alpha, precompute=True, tol=tol, max_iter=100_000))
    add("scikit-learn", lambda tol: linear_model.Lasso(alpha, tol=tol, max_iter=100_000))
    if importlib.util.find_spec("celer"):
        import celer

        add("celer", lambda tol: celer.Lasso(alpha, tol=tol))
    if importlib.util.find_spec("skglm"):
        import skglm

        add("skglm", lambda tol: skglm.Lasso(alpha, tol=tol))
    problem = tw.Fit(X, y, l1=alpha, weights=np.full(len(y), 1 / len(y)))
    ours = tw.LinearRegression(alpha, l1_ratio=1.0)
    return Case(name, problem, lambda: ours.fit(X, y), peers, "at most 1.2 of precompute, 0.4 of celer and skglm")


def lasso_cases(quick: bool) -> Iterator[Case]:
    """Many more rows than columns."""
    n = 10 if quick else 1
    X, _, y = simulated(100_000 // n, 100, 0.5)
    yield lasso(f"lasso {X.shape[0]} x 100", X, y, 0.05)
    X, _, y = simulated(20_000 // n, 1000 // n, 0.5)
    yield lasso(f"lasso {X.shape[0]} x {X.shape[1]}", X, y, 0.05)


def paths(data: Path | None, quick: bool) -> None:
    """Lasso paths of 100 points down to a thousandth of the largest penalty; all points certified."""
    n = 10 if quick else 1
    X, _, y = simulated(20_000 // n, 500 // n, 0.9)
    X = np.asfortranarray(X)
    path = tw.LinearRegression(l1_ratio=1.0).path(X, y)
    runs = {
        "thalweg": lambda: tw.LinearRegression(l1_ratio=1.0).path(X, y),
        "scikit-learn precompute": lambda: linear_model.lasso_path(
            X - X.mean(axis=0), y - y.mean(), alphas=path.alphas, precompute=True, tol=1e-8, max_iter=100_000
        ),
    }
    rounds = [{name: cpu(run) for name, run in runs.items()} for _ in range(1 if quick else 3)]
    medians = {name: statistics.median(times[name] for times in rounds) for name in runs}
    certified = sum(certificate.ok for certificate in path.certificates)
    print(f"path of 100 lassos, {X.shape[0]} x {X.shape[1]}, correlation 0.9 {certified} certified  target: ratio 0.25")
    for name, seconds in medians.items():
        print(f"    {name:42} {seconds:9.4f} s; ratio {medians['thalweg'] / seconds:.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, one repeat")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # peers warn of what their certificates say here
    given = os.environ.get("THALWEG_DATA")
    data = Path(given) if given else None
    print(f"median CPU seconds; peers at their loosest tolerance with a certified gap of {GAP:g}")
    for cases in (logistic_cases(data, options.quick), lasso_cases(options.quick)):
        for case in cases:
            if options.only in case.name:
                measure(case, 1 if options.quick else 3)
    if options.only in "path":
        paths(data, options.quick)


if __name__ == "__main__":
    main()
