"""Losses of a linear predictor: one file each; what they have in common is said in `thalweg.terms.losses.loss`."""

from __future__ import annotations

from thalweg.errors import InputError, suggest
from thalweg.terms.losses.logistic import Logistic
from thalweg.terms.losses.loss import Loss
from thalweg.terms.losses.squared import Squared

LOSSES: dict[str, type[Loss]] = {loss.name: loss for loss in (Squared, Logistic)}


def loss_of(loss: str | Loss) -> Loss:
    """Resolve a name to a loss; a loss object passes through."""
    if not isinstance(loss, str):
        return loss
    if loss not in LOSSES:
        raise InputError(f'unknown loss "{loss}". {suggest(loss, LOSSES)}')
    return LOSSES[loss]()
