"""Texts that models write: translations and new wordings."""
