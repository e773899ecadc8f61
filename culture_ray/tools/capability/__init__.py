"""Capability figures computed from the results of benchmark harnesses."""
