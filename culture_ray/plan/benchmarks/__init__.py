"""Benchmarks in a plan: the units of their answers and ratings, their sizes and workload."""
