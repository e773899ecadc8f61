"""Judging: the judge's prompt and answer schema, parsing of answers, and reliability of judges."""
