"""The adapter to HiGHS: programs in, answers with their rays out, stoppable at any time.

HiGHS is asked for more than a status: an infeasible program comes with a Farkas ray, an unbounded one with a feasible
point and a direction. Where HiGHS has none at hand, a second linear program finds it.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.inputs import is_sparse
from thalweg.result import Array, Mask, Stop
from thalweg.solvers._highs_class import quiet
from thalweg.solvers._program import Answer, Basis, Program, Scales, scaled
from thalweg.solvers._thread import SMALL, in_thread
from thalweg.terms.constraints import triplets
from thalweg.terms.matrices import beside, stacked
from thalweg.watch import Watch

TIGHTEST, LOOSEST = 1e-10, 1e-9  # tolerances asked for; HiGHS takes none below the first
IGNORED_BELOW = 1e-12  # HiGHS drops matrix entries below this; it takes no smaller value
ROUNDING = 1e-14  # entries of a ray below this, relative to the largest, are what should be 0
STOPS = {
    "kOptimal": Stop.CONVERGED,
    "kInfeasible": Stop.INFEASIBLE,
    "kUnbounded": Stop.UNBOUNDED,
    "kTimeLimit": Stop.TIME_LIMIT,
    "kIterationLimit": Stop.STEP_LIMIT,
    "kInterrupt": Stop.INTERRUPTED,
    "kUnboundedOrInfeasible": Stop.UNBOUNDED,
    "kUnknown": Stop.STALLED,
}
DOUBTFUL = (Stop.UNBOUNDED, Stop.STALLED)
USUAL = {"presolve": "choose", "time_limit": np.inf}  # options that single runs change
TINY = 400  # nonzeros up to which presolve takes longer than what it spares
SETTLED = (Stop.CONVERGED, Stop.INFEASIBLE)
_idle = threading.local()  # per thread: an instance whose last run was an ordinary success, and its options


def least_linear(
    program: Program,
    watch: Watch,
    aim: Tolerance,
    solver: str = "simplex",
    *,
    as_it_is: bool = False,
    basis: Basis | None = None,
) -> Answer:
    """Solve a linear program, rescaled or as it is; an infeasible or unbounded one comes with its ray.

    The simplex method goes on from a ``basis``, where one is given.
    """
    small, scales = (program, Scales.none(program)) if as_it_is else scaled(program)
    if solver == "ipm" and not program.rows.limited:  # there it fails
        solver = "simplex"
    try:
        run = Run(small, watch, aim, solver=solver)
        if basis is not None and run.goes_on_from(basis) and run.stop() not in SETTLED and watch.stop is None:
            run = Run(small, watch, aim, solver=solver)  # it may do better from nothing
        return _answer(program, run, scales)
    except Exception as error:  # a backend's failure is part of the story, not its end
        return Answer(Stop.FAILED, message=f"HiGHS failed: {error}")


def _answer(program: Program, run: Run, scales: Scales) -> Answer:
    """Read the answer of a run on the rescaled program."""
    stop, message = run.stop(), run.story()
    if stop is Stop.INFEASIBLE:
        ray = run.dual_ray()
        ray = farkas_ray(run.program, run.watch, run.aim) if ray is None else ray
        return Answer(stop, ray=ray, message=message).from_scaled(scales)
    if stop in DOUBTFUL and (run.solver != "ipm" or program.q.any()):
        found = infeasible_or_unbounded(program, run.watch, run.aim)
        if found is not None:
            return found._replace(message=message)
    x, y = run.point()
    answer = Answer(stop, x, y, message=message, basis=run.basis()).from_scaled(scales)
    if stop is Stop.CONVERGED:
        run.leave()
    return answer


def infeasible_or_unbounded(program: Program, watch: Watch, aim: Tolerance) -> Answer | None:
    """Return a ray that says so, or None if the program is neither (or nobody knows)."""
    feasible = least_linear(without_objective(program), watch, aim, solver="ipm")  # its statuses were the most reliable
    if feasible.stop is Stop.INFEASIBLE:
        return feasible
    direction = recession(program, watch, aim) if feasible.stop is Stop.CONVERGED else None
    return None if direction is None else Answer(Stop.UNBOUNDED, feasible.x, direction=direction)


def without_objective(program: Program) -> Program:
    """Return the question whether any point is feasible."""
    return program._replace(P=None, q=np.zeros_like(program.q))


def farkas_ray(program: Program, watch: Watch, aim: Tolerance) -> Array | None:
    """Row duals of the least total violation of the rows: a Farkas ray exactly if that violation is positive."""
    from scipy import sparse

    m, n = program.A.shape
    slacks = sparse.eye_array(m, format="csc")
    A = beside([program.A, slacks, -slacks])
    q = np.concatenate([np.zeros(n), np.ones(2 * m)])
    lower = np.concatenate([program.lower, np.zeros(2 * m)])
    upper = np.concatenate([program.upper, np.full(2 * m, np.inf)])
    run = Run(Program(None, q, A, program.row_lower, program.row_upper, lower, upper), watch, aim)
    return run.point()[1] if run.stop() is Stop.CONVERGED else None


def recession(program: Program, watch: Watch, aim: Tolerance) -> Array | None:
    """Return a direction along which a feasible point stays feasible and the objective falls for ever, or None.

    d minimises q'd over -1 <= d <= 1 with P d = 0, (A d)_i >= 0 where row_lower_i is finite, <= 0 where row_upper_i
    is, and d_j likewise.
    """
    small, scales = scaled(program)
    flat = np.zeros(0 if small.P is None else small.q.size)
    entries = np.zeros(0) if small.P is None else (small.P.data if is_sparse(small.P) else small.P)
    sizes = [float(np.abs(values).max(initial=0.0)) or 1.0 for values in (small.q, entries)]
    if not np.isfinite(sizes).all():
        return None
    cone = Program(
        None,
        small.q / sizes[0],
        small.A if small.P is None else stacked([small.A, small.P / sizes[1]]),
        np.concatenate([np.where(np.isfinite(small.row_lower), 0.0, -np.inf), flat]),
        np.concatenate([np.where(np.isfinite(small.row_upper), 0.0, np.inf), flat]),
        np.where(np.isfinite(small.lower), 0.0, -1.0),
        np.where(np.isfinite(small.upper), 0.0, 1.0),
    )
    run = Run(cone, watch, aim)
    if run.stop() is not Stop.CONVERGED:
        return None
    direction = scales.point(run.point()[0])
    return direction if program.q @ direction < 0 else None


class Run:
    """One linear program inside HiGHS, or a mixed-integer one; a quadratic part is ignored."""

    def __init__(
        self, program: Program, watch: Watch, aim: Tolerance, solver: str = "simplex", integer: Mask | None = None
    ) -> None:
        self.program, self.watch, self.aim, self.solver, self.integer = program, watch, aim, solver, integer
        self._triplets, self._stop, self._changed = triplets(program.A), None, set[str]()
        self.brief = self._triplets[2].size < SMALL and integer is None
        tolerance = max(TIGHTEST, min(LOOSEST, aim.gap, aim.feasibility))
        self.options: dict[str, Any] = {
            "solver": solver if integer is None else "choose",  # HiGHS drops whole numbers where a solver is named
            "threads": 1,  # a second instance with another number is an error in HiGHS
            "random_seed": 0,
            "primal_feasibility_tolerance": tolerance,
            "dual_feasibility_tolerance": tolerance,
            "mip_feasibility_tolerance": tolerance,
            "mip_rel_gap": aim.gap / 2,  # rounding to whole numbers may cost the other half
            "mip_abs_gap": aim.absolute,
            "small_matrix_value": IGNORED_BELOW,
        }
        if self._triplets[2].size <= TINY and integer is None:
            self.options["presolve"] = "off"
        self.highs = self._instance()
        self._load(program)

    def _instance(self) -> Any:
        """Return an instance with its options set: for a brief run the idle one, which spares most of its time."""
        idle, _idle.instance = getattr(_idle, "instance", None), None
        if self.brief and idle is not None and idle[1] == self.options:
            return idle[0]
        highs = quiet()()
        for key, value in self.options.items():
            highs.setOptionValue(key, value)
        return highs

    def leave(self) -> None:
        """Leave the instance to the next brief run; nothing may be asked of this one any more."""
        if self.brief:
            for name in self._changed:
                self.highs.setOptionValue(name, self.options.get(name, USUAL[name]))
            _idle.instance = self.highs, self.options

    def goes_on_from(self, basis: Basis) -> bool:
        """Start from a basis, for which presolve is left out; False if HiGHS does not take it."""
        if self.solver != "simplex":
            return False
        from highspy import HighsBasis, HighsBasisStatus

        given, states = HighsBasis(), list(HighsBasisStatus.__members__.values())
        try:
            given.col_status = [states[int(k)] for k in basis.columns]
            given.row_status = [states[int(k)] for k in basis.rows]
        except (IndexError, ValueError):
            return False
        if self.highs.setBasis(given).name != "kOk":
            return False
        self._change("presolve", "off")
        return True

    def _change(self, name: str, value: Any) -> None:
        """Set an option for this run alone."""
        self._changed.add(name)
        self.highs.setOptionValue(name, value)

    def basis(self) -> Basis | None:
        """Return where the simplex method ended."""
        found = self.highs.getBasis()
        if self.solver != "simplex" or not found.valid:
            return None
        states = [np.fromiter(map(int, part), dtype=np.int64) for part in (found.col_status, found.row_status)]
        return Basis(*states)

    def _load(self, program: Program) -> None:
        m, n = program.A.shape
        rows, columns, values = self._triplets
        starts = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=n))])
        whole = np.zeros(n) if self.integer is None else self.integer
        status = self.highs.passModel(
            n, m, values.size, 1, 1, 0.0,  # 1: column by column; 1: minimise; 0: no constant
            program.q, program.lower, program.upper, program.row_lower, program.row_upper,
            starts.astype(np.int32), rows.astype(np.int32), values, whole.astype(np.int32),
        )  # fmt: skip
        if status.name == "kError":
            raise ValueError("the model was refused; are its entries below 1e15?")

    def stop(self) -> Stop:
        """Solve, unless that is done, and return why HiGHS stopped."""
        if self._stop is None:
            self._stop = self._solved()
        return self._stop

    def _solved(self) -> Stop:
        if np.isfinite(self.watch.remaining):
            self._change("time_limit", self.highs.getRunTime() + max(self.watch.remaining, 0.0))
        if self.brief:
            self.highs.run()
        else:
            self._wait()
        status = self.highs.getModelStatus().name
        if status == "kInterrupt" and self.watch.stop is not None:
            return self.watch.stop
        return STOPS.get(status, Stop.FAILED)

    def _wait(self) -> None:
        """Run in a thread of its own, where a callback tells HiGHS to stop."""

        def obey(event: Any) -> None:
            if self.watch.stop is not None:
                event.interrupt()

        def obey_and_tell(event: Any) -> None:
            told = {"gap": event.data_out.mip_gap, "nodes": float(event.data_out.mip_node_count)}
            seen.update({name: value for name, value in told.items() if np.isfinite(value)})
            obey(event)

        seen: dict[str, float] = {}
        self.highs.cbSimplexInterrupt += obey
        self.highs.cbIpmInterrupt += obey
        self.highs.cbMipInterrupt += obey_and_tell
        in_thread(self.highs.run, self.watch, seen)

    def point(self) -> tuple[Array | None, Array | None]:
        """Return the point and the row duals; None if there is no point."""
        solution = self.highs.getSolution()
        x, y = np.array(solution.col_value), np.array(solution.row_dual)
        if not (solution.value_valid and np.isfinite(x).all()):
            return None, None
        return x, y if solution.dual_valid else np.zeros(self.highs.getNumRow())

    def bound(self) -> float:
        """Return what nobody can be below, as branch and bound says."""
        return float(self.highs.getInfo().mip_dual_bound)

    def dual_ray(self) -> Array | None:
        """Return a Farkas ray if HiGHS has one."""
        _, found, ray = self.highs.getDualRay()
        if not found or not np.any(ray):
            return None
        sizes = np.abs(ray)
        return np.where(sizes >= ROUNDING * sizes.max(), ray, 0.0)

    def story(self) -> str:
        """What HiGHS did, in one line; empty after an ordinary success."""
        status = self.highs.getModelStatus().name
        if status == "kOptimal":
            return ""
        info, told = self.highs.getInfo(), self.highs.modelStatusToString(self.highs.getModelStatus())
        if self.integer is not None:
            return f"HiGHS: {told} after {max(info.mip_node_count, 0)} nodes"
        return f"HiGHS: {told} after {info.simplex_iteration_count + info.ipm_iteration_count} iterations"
