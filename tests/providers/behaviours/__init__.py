"""The table of behaviours, by what they concern."""
