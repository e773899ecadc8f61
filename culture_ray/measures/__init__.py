"""Alignment, self-consistency, capability and their reliability, computed from numpy arrays."""
