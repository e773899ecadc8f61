"""Rubrics: fields that a judge fills in about an answer, and ratings that people gave."""
