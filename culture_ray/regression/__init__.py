"""Regression: designs, mixed models, inference. Rows in, tables out; no files, no configuration."""
