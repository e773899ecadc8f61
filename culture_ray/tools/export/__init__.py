"""Exporting the tables of a run."""
