"""Results of benchmark harnesses, read as scores per model and language."""
