"""Execution of a sweep, on Ray or in the driver's own process."""
