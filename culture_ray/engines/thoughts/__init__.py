"""Thoughts of models that reason before they answer, separated from the answer; pure."""
