"""Progress of a running sweep for people."""
