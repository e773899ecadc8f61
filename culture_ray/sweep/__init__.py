"""Sweeps: plan, schedule, execution on Ray, and progress."""
