"""Putting of items: the requests of every condition and step, and the texts they send."""
