"""Real data that scikit-learn brings along."""

import numpy as np
import pytest
from sklearn import datasets
from sklearn.preprocessing import StandardScaler


@pytest.fixture(scope="session")
def diabetes():
    return datasets.load_diabetes(return_X_y=True)


@pytest.fixture(scope="session")
def diabetes_frame():
    data = datasets.load_diabetes(as_frame=True)
    return data.data, data.target


@pytest.fixture(scope="session")
def cancer_raw():
    return datasets.load_breast_cancer(return_X_y=True)


@pytest.fixture(scope="session")
def cancer(cancer_raw):
    X, y = cancer_raw
    return StandardScaler().fit_transform(X), y


@pytest.fixture(scope="session")
def digits():
    X, y = datasets.load_digits(return_X_y=True)
    kept = (y == 3) | (y == 8)
    return X[kept], y[kept]


@pytest.fixture
def overlapping():
    """Sixty rows of three features whose two classes no plane separates."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(60, 3))
    return X, (X @ [1.0, -1.0, 0.0] + 2.0 * rng.normal(size=60) > 0).astype(int)
