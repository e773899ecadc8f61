"""Responses labelled by people, or by a stronger judge: how many, which, and what they correct."""
