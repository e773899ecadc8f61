"""Typed settings of a run, as frozen dataclasses whose annotations state types and ranges."""
