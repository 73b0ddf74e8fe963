"""A model layer for people who do not think in matrices: blocks of labelled unknowns and rows over sparse arrays.

`Model` holds variables and rows, `Expression` is what is written with them, `ModelSolution` reads an answer by labels.
Everything becomes one problem of `thalweg.problems`; nothing is known here of solvers and proofs.
"""
