"""Tests of logging to MLflow."""
