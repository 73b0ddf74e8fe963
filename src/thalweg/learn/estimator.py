"""The one `fit` of all estimators: gate, problem, solve, store."""

from __future__ import annotations

import warnings
from abc import ABCMeta, abstractmethod
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from thalweg.certificate import Verdict
from thalweg.errors import NotProved, UncertifiedWarning
from thalweg.front import solve
from thalweg.learn import gate
from thalweg.learn.constraints import rows_of_constraints
from thalweg.learn.contradiction import contradiction
from thalweg.learn.inferential import INFERRED, Inferential
from thalweg.learn.path import Path, follow
from thalweg.learn.savable import Savable
from thalweg.problems.fit import Fit, factors_of
from thalweg.problems.linear import check_flag
from thalweg.result import Array, Solution, Stop
from thalweg.terms.design import Design
from thalweg.watch import InterruptHold

_CURES = {
    Verdict.NO_MINIMISER: "Add a penalty (alpha > 0) or limits on the coefficients, or drop the features it names.",
    Verdict.UNPROVEN: "Raise time_limit or tol, or name another solver: tw.plan(model.solution_.problem) lists them.",
}
_GENERAL_CURE = "Name another solver: tw.plan(model.solution_.problem) lists them."


class Sample(NamedTuple):
    """What was observed, checked: one target, weight and offset per row of the design."""

    design: Design
    y: Any
    weights: Array
    offset: Array


@dataclass(eq=False, repr=False)
class PenalizedModel(Savable, Inferential, BaseEstimator, metaclass=ABCMeta):
    """A linear predictor X b + b0 with an elastic-net penalty and limits on b.

    The fields are the parameters that every estimator takes. A subclass says what the problem is (`_problem`) and in
    which shapes the answer is kept (`_keep`).
    """

    alpha: Any = 0.0
    l1_ratio: float = 0.0
    _: KW_ONLY
    fit_intercept: bool = True
    lower: Any = None
    upper: Any = None
    constraints: Any = None
    penalty_factors: Any = None
    groups: Any = None
    solver: Any = "auto"
    tol: Any = 1e-6
    time_limit: float | None = None
    on_unproven: str = "warn"

    _per_class: ClassVar[bool] = False  # whether an offset may have one column per class

    def fit(self, X: Any, y: Any, sample_weight: Any = None, offset: Any = None) -> PenalizedModel:
        """Find the coefficients and judge them.

        Parameters
        ----------
        X : (n, p) array, SciPy sparse matrix or data frame
            Finite numbers. Column names of a data frame become feature names.
        y : (n,) array
            Targets.
        sample_weight : (n,) array, optional
            Weights >= 0; 0 leaves a row out. Default: 1.
        offset : (n,) array, optional
            Known part of the predictor, added to X b + b0; of a model of rates, the logarithm of the exposure.
            Default: 0.

        Returns
        -------
        self
            Fitted. ``certificate_`` says what is proved about the coefficients.

        Raises
        ------
        InputError, ProblemError
            What was handed over cannot be used, or contradicts itself.
        NotProved
            The answer is not proved and ``on_unproven="raise"``, or there are no coefficients to keep.
        KeyboardInterrupt
            After Ctrl-C; the best coefficients so far are kept.

        Examples
        --------
        >>> import thalweg as tw
        >>> tw.LinearRegression().fit([[0.0], [1.0], [3.0]], [1.0, 3.0, 7.0]).certificate_.verdict.name
        'PROVED'
        """
        problem = self._stated(X, y, sample_weight, offset)
        with InterruptHold() as hold:  # also between the answer and its storage
            self._store(solve(problem, self.solver, tol=self.tol, time_limit=self.time_limit), hold)
        return self

    def path(
        self,
        X: Any,
        y: Any,
        alphas: Any = None,
        n_alphas: int = 100,
        sample_weight: Any = None,
        offset: Any = None,
    ) -> Path:
        """Fit for a row of penalty strengths, each starting from the one before; the estimator itself stays as it is.

        Parameters
        ----------
        X, y, sample_weight, offset
            As in `fit`.
        alphas : (k,) array, optional
            Strengths >= 0, in any order. Default: ``n_alphas`` of them from the largest that does anything down to a
            thousandth of it, in geometric steps.
        n_alphas : int
            How many, if ``alphas`` is None.

        Returns
        -------
        Path
            ``alphas``, ``coefs`` (k, p), ``intercepts``, ``certificates``, and ``plot()``. After Ctrl-C it holds the
            points that were done.

        Raises
        ------
        InputError, ProblemError
            As `fit`; or nothing is penalised, so that there is no largest strength.
        NotProved
            A point is not proved and ``on_unproven="raise"``.

        Examples
        --------
        >>> import thalweg as tw
        >>> X, y = [[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 1.0]], [1.0, 3.0, 5.0, 8.0]
        >>> tw.LinearRegression(l1_ratio=1.0).path(X, y, n_alphas=5)
        <Path of 5 points, 5 certified, 2 features>
        """
        unit = clone(self).set_params(**self._at_strength(1.0))._stated(X, y, sample_weight, offset)
        settings = {"solver": self.solver, "tol": self.tol, "time_limit": self.time_limit}
        return follow(unit, alphas, n_alphas, settings, self.on_unproven)

    def _at_strength(self, alpha: float) -> dict[str, Any]:
        """Parameters by which the penalty has this strength."""
        return {"alpha": alpha}

    def _stated(self, X: Any, y: Any, sample_weight: Any, offset: Any) -> Fit:
        """Check what was handed over, and state the problem."""
        gate.choice(self.on_unproven, "on_unproven", ("warn", "raise"))
        checked = gate.features(self, X, reset=True)
        design = Design(checked, getattr(self, "feature_names_in_", None))
        rows = design.shape[0]
        target = gate.targets(y, rows, type(self).__name__)
        sample = Sample(
            design, target, gate.sample_weights(sample_weight, rows), gate.offset(offset, rows, self._per_class)
        )
        with np.errstate(all="ignore"):  # what overflows is refused as infinite
            return self._problem(sample)

    @abstractmethod
    def _problem(self, sample: Sample) -> Fit:
        """Say what is asked."""

    def _mean_loss(self, loss: Any, sample: Sample, alpha: float) -> Fit:
        """State mean loss + alpha * sum_j f_j (l1_ratio |b_j| + (1 - l1_ratio) b_j^2 / 2) within the limits."""
        p, names = sample.design.shape[1], sample.design.names
        rows = rows_of_constraints(self.constraints, p, names)
        shared = self._penalties_and_limits(sample, alpha)
        return Fit(sample.design, sample.y, loss, offset=sample.offset, groups=self.groups, **shared, **rows)

    def _penalties_and_limits(self, sample: Sample, alpha: float) -> dict[str, Any]:
        """Fields that every problem of this estimator has."""
        self._total = float(sample.weights.sum())
        l1_ratio = gate.number(self.l1_ratio, "l1_ratio", 0.0, 1.0)
        p, names = sample.design.shape[1], sample.design.names
        factors = alpha * factors_of(self.penalty_factors, "penalty_factors", p, names, default=1.0)
        return {
            "l1": l1_ratio * factors,
            "l2": (1.0 - l1_ratio) * factors,
            "weights": sample.weights / sample.weights.sum(),
            "lower": self.lower,
            "upper": self.upper,
            "intercept": check_flag(self.fit_intercept, "fit_intercept"),
        }

    def __getattr__(self, name: str) -> Any:
        if name in INFERRED:  # a property that raised: say why once more, as Python asks here next
            check_is_fitted(self, "coef_")
            raise AttributeError(f"{type(self).__name__} has no {name}: {self.inference_refusal_}.")
        if name in ("certificate_", "solution_") and "_proof" in vars(self):
            raise AttributeError(
                f"this {type(self).__name__} was loaded from a file, which does not hold its data, so it has no "
                f"{name}. proof_ says what was proved when it was saved; fit again to prove it again."
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _store(self, solution: Solution, hold: InterruptHold) -> None:
        """Keep the answer; then say what is wrong with it, if anything is."""
        interrupted = solution.stop is Stop.INTERRUPTED or hold.presses > 0
        proved, usable = solution.ok, _usable(solution)
        if not interrupted and not proved and (self.on_unproven == "raise" or not usable):
            raise NotProved(self._complaint(solution, "not fitted"), solution)
        if usable:
            self.solution_, self.certificate_ = solution, solution.certificate
            vars(self).pop("_proof", None)  # of the file that other coefficients were loaded from
            self._keep(np.array(solution.coef, dtype=float), np.array(solution.intercept, dtype=float))
        if interrupted:  # a search over many fits must stay stoppable
            raise KeyboardInterrupt(f"{type(self).__name__}: interrupted; the best coefficients so far are kept")
        if not proved:
            warnings.warn(self._complaint(solution, "fitted"), UncertifiedWarning, stacklevel=3)

    def _complaint(self, solution: Solution, state: str) -> str:
        """Say what was not proved, how far it is from it, and what to do."""
        certificate = solution.certificate
        name, told = type(self).__name__, certificate.explain()
        if certificate.verdict is Verdict.INFEASIBLE:
            return f"{name} is {state}: no coefficients exist. {told}\n{contradiction(solution)}"
        cure = _CURES.get(certificate.verdict, _GENERAL_CURE)
        return f"{name} is {state}: its answer is not proved. {told}\n{cure}"

    def _predictor(self, X: Any, offset: Any = None) -> Array:
        """X b + b0 + offset for new rows."""
        check_is_fitted(self, "coef_")
        rows = gate.features(self, X, reset=False)
        return rows @ np.ravel(self.coef_) + self.intercept_ + gate.offset(offset, rows.shape[0])

    @property
    def _limited(self) -> bool:
        """Whether limits were asked for: then a good score is not to be expected on every data set."""
        return any(limits is not None for limits in (self.lower, self.upper, self.constraints))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _usable(solution: Solution) -> bool:
    """Whether the claim holds finite coefficients that can predict, of a problem that has some."""
    values = solution.claim.values
    if solution.certificate.verdict is Verdict.INFEASIBLE:
        return False
    return all(name in values and np.isfinite(values[name]).all() for name in Fit.answer)
