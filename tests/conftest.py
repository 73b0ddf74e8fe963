"""Where the real data of the tests lie, and Ctrl-C as the tests want it."""

import os
import signal
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[2] / "shared" / "data"


def pytest_configure() -> None:
    """Hear Ctrl-C also where the tests were started in the background: a shell makes such a process deaf to it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def data() -> Path:
    """Folder of real data: THALWEG_DATA, or shared/data beside the repository; without it the test is skipped."""
    folder = Path(os.environ.get("THALWEG_DATA", BESIDE))
    if not folder.is_dir():
        pytest.skip(f"real data not found at {folder}; set THALWEG_DATA to the folder that holds lpqp/ and fit/")
    return folder
