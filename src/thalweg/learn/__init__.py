"""Estimators in scikit-learn's manner whose coefficients come with a certificate."""

from importlib.util import find_spec

from thalweg.errors import MissingExtra

if find_spec("sklearn") is None:
    raise MissingExtra("scikit-learn", "learn", "an estimator such as tw.LinearRegression")
