"""Ways in and out: program files, tables, answer files, and a writer that never overwrites unasked."""
