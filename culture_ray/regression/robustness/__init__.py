"""Robustness of a study to prompts, topics and personas, and checks of its assumptions."""
