"""The kinds of problem that the kits know by name."""

from __future__ import annotations

from thalweg.testing import fits, multinomials, programs
from thalweg.testing.kinds import Kind

KINDS = {kind.name: kind for kind in (programs.LINEAR, programs.QUADRATIC, fits.FIT, multinomials.MULTINOMIAL)}


def kind_of(name: str | Kind) -> Kind:
    """Return the kind of that name: "LinearProgram", "QuadraticProgram", "Fit" or "MultinomialFit"."""
    return name if isinstance(name, Kind) else KINDS[name]
