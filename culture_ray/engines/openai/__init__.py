"""Engines for APIs that implement Chat Completions or Responses."""
