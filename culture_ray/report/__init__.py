"""Figures, tables, page and terminal summary of a run, drawn from its tables."""
