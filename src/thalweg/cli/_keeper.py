"""What ``thalweg fit --save`` writes: the model, or problem and answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from thalweg.cli._output import note, save_answer
from thalweg.cli._values import LOSSES as PARAMETERS
from thalweg.cli._wishes import Choices, Wishes
from thalweg.io.models import KINDS, Offset, SavedModel, proof_of, write_model

if TYPE_CHECKING:
    from thalweg.result import Solution


@dataclass(frozen=True)
class Keeper:
    """Writes what the suffix says."""

    wishes: Wishes
    choices: Choices

    def __call__(self, solution: Solution, path: str, overwrite: bool) -> None:
        """Write the file; without coefficients there is no model, and a line says so."""
        if not path.lower().endswith(".json"):
            save_answer(solution, path, overwrite)
            return
        model = self._model(solution)
        if model is None:
            verdict = solution.certificate.verdict.name
            note(f"note: {path} is not written: there are no coefficients to keep ({verdict}).")
            return
        write_model(model, path, overwrite=overwrite)
        note(f"model saved to {path}")

    def _model(self, solution: Solution) -> SavedModel | None:
        """Return the model, or None if no finite coefficients are best, or none are there."""
        values, problem = solution.claim.values, solution.problem
        if solution.certificate.outcome is not None or not solution.certificate.finite or "coef" not in values:
            return None
        return SavedModel(
            self._kind,
            self._params(solution),
            values["coef"],
            values.get("intercept", 0.0),
            problem.names,
            self._classes(),
            self.wishes.target,
            proof_of(solution.certificate),
            self._offset(),
        )

    @property
    def _kind(self) -> str:
        """The estimator of the loss."""
        return next((kind for kind, loss in KINDS.items() if loss == self.choices.loss), "GeneralizedLinearModel")

    def _offset(self) -> Offset | None:
        column = self.wishes.beside
        return None if column is None else Offset(column, log=self.wishes.exposure is not None)

    def _classes(self) -> tuple[Any, ...] | None:
        """Labels of the classes; shares between 0 and 1 are of the classes 0 and 1."""
        return (0, 1) if self.choices.loss == "logistic" and self.choices.classes is None else self.choices.classes

    def _params(self, solution: Solution) -> dict[str, Any]:
        """Parameters by which an estimator would ask the same."""
        lower, upper = self.wishes.limits()
        of_the_loss: dict[str, Any] = {}
        if self._kind == "GeneralizedLinearModel":
            of_the_loss = {"loss": self.choices.loss}
        elif self.choices.loss_parameter is not None:
            name = "quantile" if self.choices.loss == "quantile" else PARAMETERS[self.choices.loss]
            of_the_loss = {str(name): self.choices.loss_parameter}
        return {
            **of_the_loss,
            "alpha": self.choices.alpha,
            "l1_ratio": self.choices.l1_ratio,
            "fit_intercept": not self.wishes.no_intercept,
            "lower": lower or None,
            "upper": upper or None,
            "constraints": list(self.wishes.constraint) or None,
            "tol": solution.certificate.tolerance,
        }
