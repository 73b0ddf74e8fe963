"""Exact gradients of plain NumPy functions: a tape on NumPy's own protocols.

``tape`` records what a function does with its argument and runs it backwards; the rules say what each operation
passes back: ``elementwise`` for ufuncs, ``shaping`` for views and joins, ``reducing`` for sums and extremes,
``products`` for everything that multiplies and adds, ``linear_algebra`` for solves and factors; ``methods`` are those
of arrays. ``gradient`` is what users call.
"""
