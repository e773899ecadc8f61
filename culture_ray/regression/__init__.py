"""Regression: designs, mixed models and inference, without files or configuration."""
