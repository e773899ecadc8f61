"""Transforms of rows: apply.py lists them, the others hold them by what they change."""
