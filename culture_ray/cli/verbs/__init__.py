"""Descriptions of the verbs: summary, help text, examples and flags, grouped by task."""
