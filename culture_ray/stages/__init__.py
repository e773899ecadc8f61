"""The stages of a sweep; each reads tables and writes tables."""
