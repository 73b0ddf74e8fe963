"""Pictures of answers, drawn with matplotlib: one file per figure, each reads a `Solution` or a `Trace` only."""
