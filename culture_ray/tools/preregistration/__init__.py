"""Preregistration of a planned run."""
