# SciPy carries no types. Here everything in it is Any: matrices that may be sparse are checked at run time.
from typing import Any

def __getattr__(name: str) -> Any: ...
