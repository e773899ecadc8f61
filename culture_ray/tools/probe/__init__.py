"""Probe of an API model: a handful of requests that show what its provider supports and costs."""
