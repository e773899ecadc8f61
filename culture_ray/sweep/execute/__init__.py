"""Execution of a sweep on Ray."""
