"""What can be asked: frozen data, one class per kind, the formula in its docstring; no algorithm lives here."""
