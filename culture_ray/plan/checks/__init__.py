"""Checks of what a plan asks: levels of factors, answers offered, and groups of topics."""
