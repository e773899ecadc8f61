"""Configuration, read at the edge: Hydra's files and words, once, into typed settings."""
