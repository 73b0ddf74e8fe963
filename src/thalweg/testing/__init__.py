"""Public conformance kits: does a term, a solver or a judge keep its promises?

`check_term` compares the formulas of a loss or penalty with brute force; `check_solver` runs a registered solver on
problems whose answers are known; `check_judge` attacks the judge of one kind of problem with false claims.
"""

from thalweg.testing.terms import check_term

__all__ = ["check_term"]
