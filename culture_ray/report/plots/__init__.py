"""Figures of a report, one kind per file; each is a Plot, or a Missing with the reason."""
