"""Labels of a run: read from shards, counted, and selected for the measures."""
