"""Back from a model file to the estimator that was saved."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from thalweg.errors import InputError, suggest
from thalweg.io.models import SavedModel
from thalweg.learn.amounts import GammaRegression, TweedieRegression
from thalweg.learn.counts import NegativeBinomialRegression, PoissonRegression
from thalweg.learn.estimator import PenalizedModel
from thalweg.learn.generalized import GeneralizedLinearModel
from thalweg.learn.linear import LinearRegression
from thalweg.learn.logistic import LogisticRegression
from thalweg.learn.robust import HuberRegression, QuantileRegression

ESTIMATORS: dict[str, type[PenalizedModel]] = {
    kind.__name__: kind
    for kind in (
        LinearRegression,
        LogisticRegression,
        PoissonRegression,
        NegativeBinomialRegression,
        GammaRegression,
        TweedieRegression,
        HuberRegression,
        QuantileRegression,
        GeneralizedLinearModel,
    )
}


def estimator_of(model: SavedModel) -> Any:
    """Return a fitted estimator that predicts what the saved one predicted, bit by bit.

    Its data are not in the file, so it has no ``certificate_`` and no ``solution_``; ``proof_`` says what was proved
    when it was saved.

    Examples
    --------
    >>> from thalweg.io.models import SavedModel
    >>> from thalweg.learn.saved import estimator_of
    >>> estimator_of(SavedModel("LinearRegression", {"alpha": 0.5}, [2.0], 1.0)).predict([[3.0]])
    array([7.])
    """
    kind = ESTIMATORS[model.kind]
    known = list(inspect.signature(kind).parameters)
    strange = [name for name in model.params if name not in known]
    if strange:
        raise InputError(f'a {model.kind} has no parameter "{strange[0]:.80}". {suggest(strange[0], known)}')
    estimator = kind(**model.params)
    estimator.n_features_in_ = model.coef.shape[-1]
    if model.features is not None:
        estimator.feature_names_in_ = np.array(model.features, dtype=object)
    if model.classes is not None:
        estimator.classes_ = model.classes
    estimator._restore(model.coef.copy(), np.array(model.intercept), model.proof)
    return estimator
