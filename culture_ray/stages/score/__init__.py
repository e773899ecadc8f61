"""Scores of benchmarks: what the answers say, and the figures over items."""
