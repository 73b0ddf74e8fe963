"""Losses of a linear predictor: one file each; what they have in common is said in `thalweg.terms.losses.loss`."""

from __future__ import annotations

from thalweg.errors import InputError, suggest
from thalweg.terms.losses.gamma import Gamma
from thalweg.terms.losses.huber import Huber
from thalweg.terms.losses.logistic import Logistic
from thalweg.terms.losses.loss import Loss
from thalweg.terms.losses.negative_binomial import NegativeBinomial
from thalweg.terms.losses.poisson import Poisson
from thalweg.terms.losses.quantile import Quantile
from thalweg.terms.losses.squared import Squared
from thalweg.terms.losses.squared_hinge import SquaredHinge
from thalweg.terms.losses.tweedie import Tweedie

ALL = (Squared, Logistic, Huber, Quantile, Poisson, Gamma, Tweedie, NegativeBinomial, SquaredHinge)
LOSSES: dict[str, type[Loss]] = {loss.name: loss for loss in ALL}


_NEEDED = tuple(name for name in [*vars(Loss), *Loss.__annotations__] if not name.startswith("_"))


def loss_of(loss: str | Loss) -> Loss:
    """Resolve a name to a loss; an object that has all that a loss needs passes through."""
    if isinstance(loss, str):
        if loss not in LOSSES:
            raise InputError(f'unknown loss "{loss}". {suggest(loss, LOSSES)}')
        return LOSSES[loss]()
    missing = [name for name in _NEEDED if not hasattr(loss, name)]
    if missing:
        names = ", ".join(f'"{name}"' for name in LOSSES)
        lacks = f"{', '.join(missing[:3])}{' ...' if len(missing) > 3 else ''}"
        raise InputError(
            f"loss is {loss!r}; pass {names}, or an object with the methods of a Loss (it has no {lacks})."
        )
    return loss
