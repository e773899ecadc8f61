"""Benchmarks: `make bench`. Speeds are ratios measured in one run; nothing here is asserted."""
