"""Fitted models as JSON text: what predicts, what was asked, and what was proved when it was saved.

Floats come back bit by bit. The text is read strictly, and a digest tells whether it was changed. The data are not in
it, so nothing can be proved from it again: ``proof`` is for display only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from thalweg import inputs, naming
from thalweg.certificate import Certificate, Verdict
from thalweg.errors import InputError, suggest
from thalweg.io import archive, files, kinds, model_values, strict_json
from thalweg.io.files import PathLike
from thalweg.io.kinds import Kind
from thalweg.result import Array
from thalweg.terms.losses import loss_of
from thalweg.terms.losses.excess import sigmoid, softmax

FORMAT = 1
KINDS = {
    "LinearRegression": "squared",
    "LogisticRegression": "logistic",
    "PoissonRegression": "poisson",
    "NegativeBinomialRegression": "negative-binomial",
    "GammaRegression": "gamma",
    "TweedieRegression": "tweedie",
    "HuberRegression": "huber",
    "QuantileRegression": "quantile",
    "GeneralizedLinearModel": "squared",  # unless its parameter says another
}  # the loss by whose mean each predicts
_KEYS = ("thalweg", "kind", "params", "features", "target", "classes", "intercept", "coef", "proof", "digest")
_WANTED = "a model that model.save or thalweg fit --save MODEL.json wrote"
_PROOF = ("verdict", "objective", "gap", "tolerance", "assumptions")


@dataclass(frozen=True)
class Offset:
    """The column that is added to the predictor; ``log`` says whether as its logarithm (then it is an exposure)."""

    column: str
    log: bool = False


@dataclass(frozen=True, eq=False)
class SavedModel:
    """A fitted linear model that predicts with NumPy alone.

    Attributes
    ----------
    kind : str
        Name of the estimator, such as "LinearRegression".
    params : mapping of str
        Parameters of the estimator, as given; those left out have their defaults.
    coef : (p,) array, or (K, p) of K > 2 classes
    intercept : float, or (K,) array
    features : tuple of str or None
        Names of the columns of X.
    classes : (K,) array or None
        Labels of a logistic regression; of two, a positive predictor means the second.
    target : str or None
        Name of what is predicted.
    proof : mapping
        What was proved about the coefficients when they were saved (``verdict, objective, gap, tolerance,
        assumptions``); for display only.
    offset : Offset or None
        What the fit added to the predictor, by the name of its column.

    Examples
    --------
    >>> from thalweg.io.models import SavedModel
    >>> model = SavedModel("LinearRegression", {}, [2.0, -1.0], 0.5, features=("income", "debt"))
    >>> SavedModel.from_json(model.to_json()).predict([[3.0, 1.0]])
    array([5.5])
    """

    kind: str
    params: Mapping[str, Any]
    coef: Any
    intercept: Any
    features: tuple[str, ...] | None = None
    classes: Any = None
    target: str | None = None
    proof: Mapping[str, Any] = field(default_factory=dict[str, Any])
    offset: Offset | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"a model of kind {self.kind!r:.60} cannot be saved. {suggest(str(self.kind), KINDS)}")
        checked: dict[str, Any] = {}
        checked["classes"] = model_values.labels(self.classes) if self.kind == "LogisticRegression" else None
        several = 0 if checked["classes"] is None or checked["classes"].size == 2 else int(checked["classes"].size)
        checked["coef"], checked["intercept"] = _coefficients(self.coef, self.intercept, several)
        checked["features"] = naming.names_of(self.features, "features", checked["coef"].shape[-1])
        if self.kind != "LogisticRegression" and self.classes is not None:
            raise InputError(f"a {self.kind} has no classes; its model cannot have any.")
        self._mean(np.zeros(1))  # a loss that files do not know is refused at once
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def decision(self, X: Any, offset: Any = None) -> Array:
        """Return the predictor X b + b0 + offset of each row (the log-odds of the second class of two; of more (n, K)).

        Of more than two classes an offset is (n, K), too.
        """
        matrix = inputs.matrix(X, "X", columns=self.coef.shape[-1])
        names = inputs.column_names(X)
        if names is not None and self.features is not None and names != self.features:
            place, given, known = next(
                (j, a, b) for j, (a, b) in enumerate(zip(names, self.features, strict=True)) if a != b
            )
            raise InputError(
                f'column {place} of X is "{given}"; the model was fitted with "{known}" there. Pass the columns in '
                "the order of model.features."
            )
        scores = np.asarray(matrix @ self.coef.T) + self.intercept
        if offset is None:
            return scores
        if scores.ndim == 2:
            return scores + inputs.matrix(offset, "offset", rows=scores.shape[0], columns=scores.shape[1])
        return scores + inputs.vector(offset, "offset", size=scores.size)

    def predict(self, X: Any, offset: Any = None) -> Any:
        """Return the prediction of each row: a number in the unit of the target, or the more probable label."""
        decision = self.decision(X, offset)
        if self.classes is None:
            return self._mean(decision)
        return self.classes[(decision > 0).astype(int) if decision.ndim == 1 else decision.argmax(axis=1)]

    def _mean(self, decision: Array) -> Array:
        loss = self.params.get("loss", KINDS[self.kind]) if self.kind == "GeneralizedLinearModel" else KINDS[self.kind]
        return np.asarray(loss_of(loss).mean(decision))

    def probabilities(self, X: Any, offset: Any = None) -> Array:
        """Return the probabilities of the classes, shape (n, K)."""
        if self.classes is None:
            raise InputError(f"a {self.kind} predicts numbers, not probabilities. Use predict().")
        decision = self.decision(X, offset)
        return np.column_stack([sigmoid(-decision), sigmoid(decision)]) if decision.ndim == 1 else softmax(decision)[0]

    def to_json(self) -> str:
        """Return the text of a model file."""
        data: dict[str, Any] = {
            "thalweg": archive.head(FORMAT),
            "kind": self.kind,
            "target": self.target,
            "features": None if self.features is None else list(self.features),
            "classes": None if self.classes is None else model_values.written(self.classes, "classes"),
            "intercept": np.asarray(self.intercept).tolist(),
            "coef": self.coef.tolist(),
            "params": {str(name): model_values.written(value, str(name)) for name, value in self.params.items()},
            "proof": dict(self.proof),
        }
        if self.offset is not None:
            data["offset"] = {"column": self.offset.column, "log": self.offset.log}
        return strict_json.dump(data | {"digest": strict_json.digest(data)}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes, source: str = "the model") -> SavedModel:
        """Read the text of a model file; every failure is an InputError that names the ``source``."""
        data = strict_json.parse(text, source)
        if "thalweg" not in data:
            raise kinds.mismatch(source, Kind.JSON, _WANTED)
        archive.check_format(data.get("thalweg"), FORMAT, source)
        data = dict(strict_json.fields(data, source, _KEYS, ("offset",)))
        if data.pop("digest") != strict_json.digest(data):
            raise InputError(f"{source} was changed after it was saved: it does not match its digest. Save it again.")
        try:
            return cls(**_fields(data, source))
        except InputError as error:
            raise InputError(str(error) if str(error).startswith(source) else f"{source}: {error}") from None
        except MemoryError:
            raise InputError(f"{source} needs more memory than there is.") from None


def _fields(data: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Read what the text holds, piece by piece."""
    coef, params = data["coef"], data["params"]
    if not isinstance(coef, list) or not isinstance(params, dict):
        raise InputError(f"{source}: coef or params is {coef!r:.40}; expected a list and an object.")
    classes = data["classes"]
    return {
        "kind": strict_json.text(data["kind"], f"{source}: kind"),
        "params": {name: model_values.read(value, f"{source}: {name}") for name, value in params.items()},
        "coef": _numbers(coef, f"{source}: coef"),
        "intercept": _numbers(data["intercept"], f"{source}: intercept"),
        "features": strict_json.texts(data["features"], f"{source}: features"),
        "classes": None if classes is None else model_values.read(classes, f"{source}: classes"),
        "target": None if data["target"] is None else strict_json.text(data["target"], f"{source}: target"),
        "proof": _read_proof(data["proof"], f"{source}: proof"),
        "offset": _read_offset(data.get("offset"), f"{source}: offset"),
    }


def _numbers(value: Any, where: str, depth: int = 2) -> Any:
    """Read a number, or lists of numbers, at most two deep."""
    if isinstance(value, list) and depth:
        return [_numbers(entry, f"{where}[{j}]", depth - 1) for j, entry in enumerate(cast(list[Any], value))]
    return strict_json.number(value, where, finite=True)


def _coefficients(coef: Any, intercept: Any, classes: int) -> tuple[Array, Any]:
    """Check (p,) coefficients and one intercept, or (K, p) and K of them."""
    if not classes:
        return inputs.vector(coef, "coef"), float(inputs.vector([intercept], "intercept")[0])
    return inputs.matrix(coef, "coef", rows=classes), inputs.vector(intercept, "intercept", size=classes, of="classes")


def _read_offset(data: Any, where: str) -> Offset | None:
    if data is None:
        return None
    given = strict_json.fields(data, where, ("column", "log"))
    if not isinstance(given["log"], bool):
        raise InputError(f"{where}: log is {given['log']!r:.60}; expected true or false. The file is damaged.")
    return Offset(strict_json.text(given["column"], f"{where}: column"), given["log"])


def proof_of(certificate: Certificate) -> dict[str, Any]:
    """Return what a model file says of a certificate."""
    told = certificate.to_dict()
    tolerance = {name: float(value) for name, value in told["tolerance"].items()}  # may be NumPy's numbers
    return {name: told[name] for name in _PROOF} | {"tolerance": tolerance}


def _read_proof(data: Any, where: str) -> dict[str, Any]:
    """Check that the proof can be shown: it proves nothing any more."""
    proof = dict(strict_json.fields(data, where, (), _PROOF))
    if proof:
        strict_json.fields(proof, where, _PROOF)
        if strict_json.text(proof["verdict"], f"{where}: verdict") not in Verdict.__members__:
            raise InputError(f"{where} names the verdict {proof['verdict']!r:.60}, which this thalweg does not know.")
        strict_json.texts(proof["assumptions"], f"{where}: assumptions")
        measures = strict_json.fields(proof["tolerance"], f"{where}: tolerance", ("gap", "feasibility", "absolute"))
        for value in (proof["objective"], proof["gap"], *measures.values()):
            if value is not None:
                strict_json.number(value, f"{where}: a measure", finite=True)
    return proof


def read_model(path: PathLike) -> SavedModel:
    """Read a model file."""
    kinds.expect(path, _WANTED, Kind.MODEL, Kind.JSON)
    return SavedModel.from_json(files.read_text(path), str(path))


def write_model(model: SavedModel, path: PathLike, *, overwrite: bool = False) -> None:
    """Write a model file whole or not at all."""
    kinds.check_suffix(path, ".json", "a model as JSON")
    files.write_text(path, model.to_json(), overwrite=overwrite)
