"""Ratings of answers to benchmarks: judges fill in the fields of a rubric."""
