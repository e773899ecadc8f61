"""The stages of a sweep, each from tables to tables."""
