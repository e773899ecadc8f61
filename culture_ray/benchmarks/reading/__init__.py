"""Answers to items of benchmarks, read in any script; what cannot be read is never guessed."""
