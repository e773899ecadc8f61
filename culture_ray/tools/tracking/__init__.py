"""Logging of runs to MLflow."""
