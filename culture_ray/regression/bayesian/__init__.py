"""Bayesian fit of the same rows and design, as a check of the regression."""
