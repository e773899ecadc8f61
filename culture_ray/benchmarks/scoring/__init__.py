"""Scores of answers, and figures over items with errors from joint draws of their clusters."""
