"""Gain of a choice among languages, cross-fitted, and as published."""
