"""Reports of a solution as text and as a self-contained HTML page: pure readers, nothing is computed anew."""
