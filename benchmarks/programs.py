"""Linear and quadratic programs of three public sets against the bare engines, and badly scaled copies of them.

    python benchmarks/programs.py [maros] [netlib] [infeasible] [scaled] [--proof assumption-free] [--only NAME ...]

The data are found through THALWEG_DATA (lpqp/maros_meszaros, lpqp/netlib, lpqp/infeasible with known.json each). One
process, one thread, 60 s per problem; medians of CPU seconds, both in turn. PIQP and HiGHS run alone at 1e-9, with no
judge; thalweg returns a certified answer at a relative gap of 1e-9. "residual" is the norm-wise one of the returned
point and duals in float64.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import highspy
import numpy as np
import piqp
from scipy import sparse
from scipy.io import loadmat

import thalweg as tw

TOLERANCE, LIMIT = 1e-9, 60.0
ROUNDS, PATIENCE = 3, 10.0  # each problem in turn by both, so often or until that many CPU seconds are spent
COUNTED = 0.01  # CPU seconds of the peer from which a problem counts in the geometric mean
SCALED_SIZE, SEEDS = 37, (0, 1)  # badly scaled copies: of the smallest problems


class Row(NamedTuple):
    """What was measured on one problem."""

    verdict: str
    ok: bool
    residual: float
    error: float
    seconds: float
    peer: float


def data(*parts: str) -> Path:
    """A place in the test data."""
    if "THALWEG_DATA" not in os.environ:
        print("THALWEG_DATA does not name the folder with the test data: nothing to measure.")
        raise SystemExit
    return Path(os.environ["THALWEG_DATA"], "lpqp", *parts)


def known(folder: str) -> dict[str, Any]:
    """Reference values by name."""
    return json.loads(data(folder, "known.json").read_text())


def maros(name: str) -> tw.QuadraticProgram:
    """The last n rows of A are the bounds."""
    read = loadmat(data("maros_meszaros", f"{name}.mat"))
    P, A = sparse.csc_array(read["P"]), sparse.csc_array(read["A"])
    q, low, high = (read[key].ravel().astype(float) for key in "qlu")
    m = A.shape[0] - P.shape[0]
    limits = {"row_lower": low[:m], "row_upper": high[:m], "lower": low[m:], "upper": high[m:]}
    return tw.QuadraticProgram(P, q, A[:m], constant=float(read["r"].ravel()[0]), **limits)


def linear(folder: str) -> Callable[[str], tw.LinearProgram]:
    """A reader of one folder."""
    return lambda name: tw.read(data(folder, f"{name}.mps.gz"))


def by_piqp(p: tw.QuadraticProgram) -> float:
    """CPU seconds of PIQP alone."""
    dense = p.shape[1] <= 100
    form = (lambda M: np.asfortranarray(sparse.csc_array(M).toarray())) if dense else sparse.csc_matrix
    equal = p.row_lower == p.row_upper
    other = ~equal & (np.isfinite(p.row_lower) | np.isfinite(p.row_upper))
    A = sparse.csr_array(p.A)
    parts = (form(p.P.copy()), np.array(p.q), form(A[np.flatnonzero(equal)]), p.row_lower[equal].copy())
    rows = (form(A[np.flatnonzero(other)]), p.row_lower[other], p.row_upper[other])
    began = time.process_time()
    method = piqp.DenseSolver() if dense else piqp.SparseSolver()
    method.settings.verbose = False
    for key in ("eps_abs", "eps_rel", "eps_duality_gap_abs", "eps_duality_gap_rel"):
        setattr(method.settings, key, TOLERANCE)
    method.setup(*parts, *rows, p.lower.copy(), p.upper.copy())
    method.solve()
    return time.process_time() - began


def by_highs(p: tw.LinearProgram) -> float:
    """CPU seconds of HiGHS' simplex alone."""
    highs, A, n = highspy.Highs(), sparse.csc_array(p.A), p.shape[1]
    options = {"output_flag": False, "threads": 1, "time_limit": LIMIT}
    for key in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        options[key] = TOLERANCE
    for key, value in options.items():
        highs.setOptionValue(key, value)
    began = time.process_time()
    highs.passModel(
        n, p.shape[0], A.nnz, 1, 1, 0.0, p.q, p.lower, p.upper, p.row_lower, p.row_upper,
        A.indptr.astype(np.int32), A.indices.astype(np.int32), A.data, np.zeros(n, dtype=np.int32),
    )  # fmt: skip
    highs.run()
    return time.process_time() - began


def residual(p: Any, x: Any, y: Any) -> float:
    """Largest of violation, wrong reduced cost and gap, each relative to the largest number it comes from, or 1."""
    if x is None or y is None:
        return np.nan
    largest = lambda *parts: max(1.0, *(float(np.abs(v[np.isfinite(v)]).max(initial=0)) for v in parts))  # noqa: E731
    activity, bend = p.A @ x, 0 * x if p.P is None else p.P @ x
    z = p.q + bend - p.A.T @ y
    out = [np.maximum(p.row_lower - activity, activity - p.row_upper), np.maximum(p.lower - x, x - p.upper)]
    violation = max(float(v.max(initial=0)) for v in out) / largest(activity, p.row_lower, p.row_upper, x)
    wrong = np.where((z > 0) & np.isinf(p.lower) | (z < 0) & np.isinf(p.upper), np.abs(z), 0.0)
    objective, bound = 0.5 * x @ bend + p.q @ x, -0.5 * x @ bend
    for push, low, high in ((y, p.row_lower, p.row_upper), (z, p.lower, p.upper)):
        limit = np.where(push > 0, low, np.where(push < 0, high, 0.0))
        bound += float((push * np.where(np.isfinite(limit), limit, 0.0)).sum())
    gap = abs(objective - bound) / max(1.0, abs(objective), abs(bound))
    return max(violation, float(wrong.max(initial=0)) / largest(bend, p.q, p.A.T @ y, z), gap)


def measured(read: Callable[[], Any], best: float, proof: str) -> tuple[Row, tw.Solution]:
    """Solve by the engine alone and by thalweg, in turn, each time a problem that nobody has seen before."""
    rounds = list[tuple[float, float]]()
    while len(rounds) < ROUNDS and sum(map(sum, rounds)) < PATIENCE:
        p = read()
        peer = by_highs(p) if p.P is None else by_piqp(p)
        began = time.process_time()
        s = tw.solve(p, tol=TOLERANCE, time_limit=LIMIT, proof=proof)
        rounds.append((time.process_time() - began, peer))
    seconds, peer = map(statistics.median, zip(*rounds, strict=True))
    error = abs(s.objective - best) / max(abs(best), 1e-300)
    return Row(s.certificate.verdict.name, s.ok, residual(p, s.x, s.duals), error, seconds, peer), s


def run(title: str, read: Callable[[str], Any], names: list[str], reference: dict[str, Any], proof: str) -> None:
    """One set, problem by problem, and its summary."""
    print(f"\n{title}\n{'':12}{'verdict':18}{'residual':>9}{'error':>9}{'seconds':>9}{'peer':>9}{'ratio':>7}")
    rows = []
    for name in names:
        row, s = measured(lambda name=name: read(name), reference[name].get("objective", np.nan), proof)
        rows.append(row)
        shown = f"{row.residual:9.1e}{row.error:9.1e}{row.seconds:9.3f}{row.peer:9.3f}{row.seconds / row.peer:7.2f}"
        told = "; ".join(s.certificate.assumptions)
        print(f"{name:12}{row.verdict:18}{shown}  {told[:80]}", flush=True)
    summary(rows)


def summary(rows: list[Row]) -> None:
    """Counts, and ratios of CPU time."""
    for verdict in sorted({row.verdict for row in rows}):
        print(f"{verdict}: {sum(row.verdict == verdict for row in rows)} of {len(rows)}")
    for limit in (1e-9, 1e-12):
        print(f"residual <= {limit:.0e}: {sum(row.residual <= limit for row in rows)}")
    total, peer = sum(row.seconds for row in rows), sum(row.peer for row in rows)
    print(f"CPU seconds: {total:.2f}; the engine alone {peer:.2f}; ratio {total / peer:.3f}")
    ratios = [row.seconds / row.peer for row in rows if row.peer > COUNTED]
    if ratios:
        mean = float(np.exp(np.mean(np.log(ratios))))
        print(f"geometric mean of the ratios above {COUNTED} s ({len(ratios)} problems): {mean:.2f}")


def badly_scaled(p: Any, rng: np.random.Generator) -> tuple[Any, float]:
    """Rows, columns and objective times 10^U(-3, 3); the best objective is multiplied by the last factor."""
    m, n = p.shape
    row, column, factor = (10.0 ** rng.uniform(-3, 3, size) for size in (m, n, 1))
    D, R, f = sparse.diags_array(column), sparse.diags_array(row), float(factor[0])
    P = f * (D @ sparse.csc_array(p.P) @ D)
    limits = {"row_lower": row * p.row_lower, "row_upper": row * p.row_upper}
    limits |= {"lower": p.lower / column, "upper": p.upper / column, "constant": f * p.constant}
    return tw.QuadraticProgram((P + P.T) / 2, f * column * p.q, R @ p.A @ D, **limits), f


def scaled(names: list[str], reference: dict[str, Any]) -> None:
    """What becomes of problems whose numbers are badly scaled."""
    print("\nbadly scaled copies (default tolerance)")
    counts: dict[str, int] = {}
    for name, seed in ((name, seed) for name in names[:SCALED_SIZE] for seed in SEEDS):
        p, factor = badly_scaled(maros(name), np.random.default_rng(seed))
        s = tw.solve(p, time_limit=LIMIT)
        verdict, best = s.certificate.verdict.name, factor * reference[name]["objective"]
        error = abs(s.objective - best) / max(abs(best), 1e-300)
        wrong = (s.ok and not error <= 1e-5) or verdict in ("INFEASIBLE", "UNBOUNDED")
        counts["WRONG" if wrong else verdict] = counts.get("WRONG" if wrong else verdict, 0) + 1
        if wrong or not s.ok:
            print(f"{name:12}{seed:3} {verdict:18} error {error:.1e}  {s.certificate.explain().splitlines()[0][:90]}")
    print(", ".join(f"{verdict}: {count}" for verdict, count in sorted(counts.items())))


def smallest_first(folder: str, only: list[str]) -> Iterator[str]:
    """Names in the order of the reference file, which is by size."""
    yield from (name for name in known(folder) if not only or name in only)


def main() -> None:
    """Measure what was asked for; everything without arguments."""
    sets = {"maros": "maros_meszaros", "netlib": "netlib", "infeasible": "infeasible", "scaled": "maros_meszaros"}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", choices=[*sets, []], default=list(sets))
    parser.add_argument("--proof", default="usual")
    parser.add_argument("--only", nargs="*", default=[])
    asked = parser.parse_args()
    tw.solve(tw.QuadraticProgram([[1.0]], [1.0]))  # loads the backends
    tw.solve(tw.LinearProgram([1.0], lower=0))
    for name in asked.sets:
        folder = sets[name]
        names, reference = list(smallest_first(folder, asked.only)), known(folder)
        if name == "scaled":
            scaled([n for n in names if n != "VALUES"], reference)
        else:
            title = f"{name}: against {'PIQP' if name == 'maros' else 'HiGHS'} alone, proof {asked.proof}"
            run(title, maros if name == "maros" else linear(folder), names, reference, asked.proof)


if __name__ == "__main__":
    main()
