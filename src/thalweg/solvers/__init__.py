"""How it is found: one file per method, each registered by its decorator; solvers make claims, never verdicts."""
