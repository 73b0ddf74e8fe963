"""What a claim proves, computed from the problem alone: no solver, no solver's state, plain NumPy.

`judge` is the one entry; each kind of problem registers its own judge in the file of that name.
"""

from thalweg.judges.entry import judge

__all__ = ["judge"]
