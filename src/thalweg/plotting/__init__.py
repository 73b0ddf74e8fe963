"""Figures of answers, drawn with matplotlib: each reads a Solution or a Trace only, takes ``ax`` and returns it."""

from __future__ import annotations

from thalweg.plotting.coefficients import plot_coefficients
from thalweg.plotting.convergence import plot_convergence
from thalweg.plotting.region import plot_region
from thalweg.plotting.residuals import plot_residuals
from thalweg.plotting.trace import plot_trace

__all__ = ["plot_coefficients", "plot_convergence", "plot_region", "plot_residuals", "plot_trace"]
