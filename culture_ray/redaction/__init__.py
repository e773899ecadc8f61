"""Redaction: keys and control characters are removed from text before anybody reads it."""
