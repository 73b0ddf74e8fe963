"""Where the real data of the tests lie."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    """Folder of real data: THALWEG_DATA, or shared/data beside the repository; without it the test is skipped."""
    folder = Path(os.environ.get("THALWEG_DATA", BESIDE))
    if not folder.is_dir():
        pytest.skip(f"real data not found at {folder}; set THALWEG_DATA to the folder that holds lpqp/ and fit/")
    return folder
