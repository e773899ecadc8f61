"""Topics, populations, ground truth and capability: the data that models are compared with."""
