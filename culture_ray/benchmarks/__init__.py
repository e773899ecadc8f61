"""Benchmarks: tables of items that are put in conditions, with one answer kind, and scored."""
