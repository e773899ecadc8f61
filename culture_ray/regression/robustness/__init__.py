"""Robustness checks: prompts, topics, personas and assumptions of a study."""
