"""HTML page of a run, and the label sheet."""
