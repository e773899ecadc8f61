"""Verbs that publish what runs have found."""
