"""Models behind an API that speaks Chat Completions or Responses."""
