"""Lexicons: files of terms, and the terms in a text."""
