"""Figures of what a run used: replicas over time, and money."""
