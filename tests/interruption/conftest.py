"""Problems that take about a second, one per family of solvers, and processes that Ctrl-C meets while they work."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

OPENING = """
import json, os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # processes in the background inherit that it is ignored
def ready():
    os.write({fd}, b"!")
"""
# the first import after Ctrl-C is ours: until then Python itself is still loading
COMMAND = """
sys.addaudithook(lambda event, details: ready() if event == "import" and details[0] == "click" else None)
from thalweg.cli import main
main()
"""
SCRIPT = """
import numpy as np
import thalweg as tw
from thalweg import front
problem = {make}
plan = front.plan
front.plan = lambda *arguments: (ready(), plan(*arguments))[1]  # solve has begun
try:
    solution = tw.solve(problem, {solver!r})
    signal.signal(signal.SIGINT, signal.SIG_IGN)
except KeyboardInterrupt:
    print("lost")
else:
    print(json.dumps(solution.certificate.to_dict() | {{"stop": solution.stop.value, "seconds": solution.seconds}}))
"""


@dataclass(frozen=True)
class Ended:
    """How a process ended, and how long it worked."""

    code: int
    out: str
    err: str
    seconds: float


@dataclass(frozen=True)
class Family:
    """A command line, or a script, that works for a while in one solver."""

    name: str
    arguments: tuple[str, ...] = ()
    make: str = ""
    solver: str = ""

    def run(self, folder: Path, delay: float | None) -> Ended:
        """Run it, and press Ctrl-C so long after Ctrl-C became ours, if at all."""
        reading, writing = os.pipe()
        rest = SCRIPT.format(make=self.make, solver=self.solver) if self.make else COMMAND
        code = OPENING.format(fd=writing) + rest
        process = subprocess.Popen(
            [sys.executable, "-c", code, *self.arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            pass_fds=[writing],
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        os.close(writing)
        os.read(reading, 1)
        os.close(reading)
        began = time.perf_counter()
        if delay is not None:
            time.sleep(delay)
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        return Ended(process.returncode, out, err, time.perf_counter() - began)


LABELS = "tw.Fit(np.random.default_rng(0).normal(size=(20000, 100)), np.arange(20000) % 2.0, 'logistic', l2=1.0)"
FAMILIES = (
    Family("simplex", ("solve", "big.mps", "--solver", "simplex", "--json")),
    Family("interior-point", ("solve", "big.mps", "--solver", "interior-point", "--json")),
    Family("piqp", ("solve", "curved.lp", "--solver", "piqp", "--json")),
    Family("newton", ("fit", "table.csv", "--target", "y", "--solver", "newton", "--json")),
    Family("coordinate-descent", ("fit", "table.csv", "--target", "y", "--l1-ratio", "1", "--alpha", "1e-4", "--json")),
    Family("lbfgs", ("fit", "table.csv", "--target", "y", "--solver", "lbfgs", "--alpha", "1e-7", "--json")),
    Family("simplex in Python", make="tw.read('big.mps')", solver="simplex"),
    Family("newton in Python", make=LABELS, solver="newton"),
)


@pytest.fixture(params=FAMILIES, ids=lambda family: family.name)
def family(request) -> Family:
    """Every family in turn."""
    return request.param


@pytest.fixture(scope="session")
def problems(tmp_path_factory) -> Path:
    """Folder of files that the families work on."""
    folder = tmp_path_factory.mktemp("problems")
    rng = np.random.default_rng(7)
    (folder / "big.mps").write_text(_cover(rng, rows=550, columns=750))
    (folder / "curved.lp").write_text(_curved(rng, size=300))
    X = rng.normal(size=(6000, 60)) + rng.normal(size=(6000, 1))
    y = X[:, :5].sum(axis=1) + 3 * rng.normal(size=6000) > 0
    lines = [",".join(f"x{j}" for j in range(60)) + ",y"]
    lines += [",".join(f"{v:.6g}" for v in row) + f",{int(label)}" for row, label in zip(X, y, strict=True)]
    (folder / "table.csv").write_text("\n".join(lines) + "\n")
    return folder


def _cover(rng, rows: int, columns: int) -> str:
    """A covering program in MPS, degenerate enough to take some time."""
    lines = ["NAME cover", "ROWS", " N o", *(f" G r{i}" for i in range(rows)), "COLUMNS"]
    for j in range(columns):
        lines.append(f" c{j} o {rng.uniform(1, 2):.6f}")
        chosen = rng.choice(rows, size=60, replace=False)
        lines += [f" c{j} r{i} {rng.uniform(0.5, 1.5):.6f}" for i in sorted(chosen)]
    lines += ["RHS", *(f" b r{i} {rng.uniform(5, 10):.6f}" for i in range(rows)), "ENDATA"]
    return "\n".join(lines) + "\n"


def _curved(rng, size: int) -> str:
    """A dense convex quadratic program as LP text."""
    F = rng.normal(size=(size, size)) / np.sqrt(size)
    P = F @ F.T + np.eye(size)
    terms = [f"{P[i, i]:.8f} x{i} ^ 2" for i in range(size)]
    terms += [
        f"{'+' if P[i, j] >= 0 else '-'} {2 * abs(P[i, j]):.8f} x{i} * x{j}" for i in range(size) for j in range(i)
    ]
    plain = " + ".join(terms[:size]) + " " + "\n ".join(terms[size:])
    sums = (" + ".join(f"{rng.uniform():.4f} x{j}" for j in range(size)) for _ in range(size // 2))
    rows = "\n".join(f" r{i}: {row} >= 1" for i, row in enumerate(sums))
    return f"min\n o: [ {plain} ] / 2\nst\n{rows}\nend\n"
