"""Headline findings of a run as sentences."""
