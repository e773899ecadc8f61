"""Engines that answer requests, local or behind an API; the interface is in `interface.py`."""
