"""Why an answer is as it is: what contradicts what, what it would take, and how far the answer holds."""
