"""The mathematics that problems are made of: losses, penalties, limits, and the design matrix.

Each term stands in one class together with all that a solver and a judge need of it.
"""
