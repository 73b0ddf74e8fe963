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
LONG = 5.0  # seconds that are measured once
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


def median_cpu(function: Callable[[], object]) -> float:
    """Median of three CPU times; of one where that takes long."""
    first = cpu(function)
    return first if first > LONG else statistics.median([first, cpu(function), cpu(function)])


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
    if importlib.util.find_spec("glum"):
        import glum

        options = {"family": "normal", "l1_ratio": 1, "max_iter": 10_000}
        add("glum", lambda tol: glum.GeneralizedLinearRegressor(alpha=alpha, gradient_tol=tol, **options))
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


# --- paths -----------------------------------------------------------------------------------------------------------


def path_peers(X: np.ndarray, y: np.ndarray, alphas: np.ndarray) -> dict[str, Callable[[float], Any]]:
    """Paths without intercept on centred data, as functions of a tolerance."""

    def scikit_learn(tolerance: float) -> np.ndarray:
        options = {"precompute": X.shape[0] > X.shape[1], "tol": tolerance, "max_iter": 100_000}
        return linear_model.lasso_path(X, y, alphas=alphas, **options)[1]

    peers: dict[str, Callable[[float], Any]] = {"scikit-learn lasso_path": scikit_learn}
    if X.shape[0] < X.shape[1] and importlib.util.find_spec("celer"):  # elsewhere it takes an hour
        import celer

        peers["celer"] = lambda tolerance: celer.celer_path(X, y, "lasso", alphas=alphas, tol=tolerance, max_iter=1000)[
            1
        ]
    return peers


def path_case(name: str, X: np.ndarray, y: np.ndarray, down_to: float, target: str, gap: float = GAP) -> None:
    """Measure a lasso path of 100 points; peers at the loosest tolerance at which every tenth point is certified."""
    X, y = np.asfortranarray(X - X.mean(axis=0)), y - y.mean()
    alphas = np.geomspace(1.0, down_to, 100) * float(np.abs(X.T @ y).max()) / len(y)
    model = tw.LinearRegression(l1_ratio=1.0, fit_intercept=False, tol=gap)
    path = model.path(X, y, alphas=alphas)
    ours = median_cpu(lambda: model.path(X, y, alphas=alphas))
    certified = sum(certificate.ok for certificate in path.certificates)
    print(f"{name:46} {ours:9.4f} s  {certified} of 100 certified  target: {target}")
    problem = tw.Fit(X, y, l1=1.0, weights=np.full(len(y), 1 / len(y)), intercept=False)
    for label, peer in path_peers(X, y, alphas).items():
        told = f"reaches no certified gap of {gap:g}"
        for tolerance in TOLERANCES[2:]:
            began = time.process_time()
            coefs = peer(tolerance)
            taken = time.process_time() - began
            points = range(0, 100, 10)
            if all(tw.certify(problem.replace(l1=alphas[k]), coef=coefs[:, k], tol=gap).ok for k in points):
                taken = median_cpu(lambda peer=peer, tolerance=tolerance: peer(tolerance))
                told = f"{taken:9.4f} s at tol {tolerance:g}; ratio {ours / taken:.2f}"
                break
            if taken > 100 * ours:
                told = f"{taken:9.4f} s at tol {tolerance:g}, and not certified; ratio below {ours / taken:.3f}"
                break
        print(f"    {label:42} {told}")


def paths(data: Path | None, quick: bool) -> None:
    """Lasso paths, on correlated columns and on many more columns than rows."""
    n = 10 if quick else 1
    X, _, y = simulated(20_000 // n, 500 // n, 0.9)
    path_case(f"path, {X.shape[0]} x {X.shape[1]}, correlation 0.9", X, y, 1e-3, "at most 0.25 of scikit-learn")
    if data is not None:
        with np.load(data / "fit" / "golub_leukemia.npz", allow_pickle=False) as z:
            X, y = z["X"].astype(float), z["y"].astype(float)
        X = X[:, X.std(axis=0) > 0]
        path_case("path, golub 72 x 7129", X / X.std(axis=0), y, 1e-2, "at most 1.2 of celer")
        path_case("path, golub, gaps of 1e-10", X / X.std(axis=0), y, 1e-2, "below celer", 1e-10)


# --- counts with ordered coefficients --------------------------------------------------------------------------------


def monotone_case() -> Iterator[Case]:
    """3000 counts, 20 coefficients that do not fall, a little ridge."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 20))
    y = rng.poisson(np.exp(np.clip(X @ np.sort(rng.normal(0, 0.2, 20)), -3, 3))).astype(float)
    A = np.eye(20)[1:] - np.eye(20)[:-1]
    alpha = 1e-2
    model = tw.PoissonRegression(alpha, constraints=[(A, 0.0, np.inf)])
    weights = np.full(len(y), 1 / len(y))
    problem = tw.Fit(X, y, "poisson", l2=alpha, weights=weights, A=A, row_lower=np.zeros(19), row_upper=None)
    peers: dict[str, Callable[[float], Answer]] = {}
    if importlib.util.find_spec("glum"):
        import glum

        def run(tolerance: float) -> Answer:
            peer = glum.GeneralizedLinearRegressor(
                family="poisson", alpha=alpha, l1_ratio=0, solver="trust-constr", A_ineq=-A, b_ineq=np.zeros(19),
                gradient_tol=tolerance, max_iter=10_000,
            ).fit(X, y)  # fmt: skip
            coef = peer.coef_
            return np.maximum.accumulate(coef), peer.intercept_  # onto the rows: its answers miss them by a little

        peers["glum trust-constr"] = run
    yield Case("poisson 3000 x 20, 19 monotone", problem, lambda: model.fit(X, y), peers, "at most 0.1 of glum")


# --- sparse ----------------------------------------------------------------------------------------------------------


def sparse_cases(data: Path | None, quick: bool) -> Iterator[Case]:
    """Word counts of news, l1 logistic regression without intercept."""
    if data is None or quick:
        return
    with np.load(data / "fit" / "news20.npz", allow_pickle=False) as z:
        X = sparse.csr_matrix((z["data"].astype(float), z["indices"], z["indptr"]), shape=tuple(z["shape"])).tocsc()
        y = (z["y"] <= 10).astype(float)
    for share in (0.1, 0.01):
        alpha = share * float(np.abs(X.T @ (y - 0.5)).max()) / len(y)
        model = tw.LogisticRegression(alpha=alpha, l1_ratio=1.0, fit_intercept=False)
        problem = tw.Fit(X, y, "logistic", l1=alpha, weights=np.full(len(y), 1 / len(y)), intercept=False)
        peers: dict[str, Callable[[float], Answer]] = {}
        if importlib.util.find_spec("skglm"):
            import skglm

            def run(tolerance: float, alpha: float = alpha) -> Answer:
                peer = skglm.SparseLogisticRegression(alpha=alpha, fit_intercept=False, tol=tolerance)
                return peer.fit(X, 2 * y - 1).coef_, np.zeros(1)

            peers["skglm"] = run
        name = f"l1 logistic, news20, {share:g} of the largest alpha"
        yield Case(name, problem, lambda model=model: model.fit(X, y), peers, "about 1 of skglm, compiled")


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
    families = (
        logistic_cases(data, options.quick),
        lasso_cases(options.quick),
        monotone_case(),
        sparse_cases(data, options.quick),
    )
    for cases in families:
        for case in cases:
            if options.only in case.name:
                measure(case, 1 if options.quick else 3)
    if options.only in "path":
        paths(data, options.quick)


if __name__ == "__main__":
    main()
