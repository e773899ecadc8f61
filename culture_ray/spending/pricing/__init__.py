"""Prices of models: their schedule, their calendar, and the table they are looked up in."""
