"""Public conformance kits for terms, solvers and judges.

`check_term` compares the formulas of a loss or penalty with brute force; `check_solver` runs a registered solver on
problems whose answers are known; `check_judge` attacks the judge of one kind of problem with false claims.
"""

from thalweg.testing.claims import check_judge
from thalweg.testing.solvers import check_solver
from thalweg.testing.terms import check_term

__all__ = ["check_judge", "check_solver", "check_term"]
