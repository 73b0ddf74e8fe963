"""Small programs as files."""

import gzip
from pathlib import Path

import pytest

MPS = """\
NAME bread
ROWS
 N COST
 G R1
 L R2
COLUMNS
 x COST 1 R1 1
 x R2 1
 y COST 2 R1 1
RHS
 RHS R1 1 R2 4
 RHS COST -3
BOUNDS
 UP BND y 5
ENDATA
"""

QPS = """\
NAME cup
ROWS
 N COST
 G R1
COLUMNS
 x COST 1 R1 1
 y COST 2 R1 1
RHS
 RHS R1 1
BOUNDS
 FR BND y
QUADOBJ
 x x 2
 x y 1
 y y 2
ENDATA
"""

LP = """\
maximize
 profit: 3 rye + 5 wheat - [ 2 rye ^ 2 + 2 rye * wheat + 2 wheat ^ 2 ] / 2 + 3
subject to
 oven: rye + wheat <= 4
bounds
 wheat free
end
"""


@pytest.fixture
def mps() -> str:
    return MPS


@pytest.fixture
def qps() -> str:
    return QPS


@pytest.fixture
def lp() -> str:
    return LP


@pytest.fixture
def write(tmp_path):
    """Return a function that writes text or bytes to a file of that name, compressed if it ends in .gz."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write
