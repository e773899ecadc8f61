"""Requests, units and machines of a sweep, and estimates of its time; pure."""
