"""Ground truth for sweeps, computed from a survey's data and written to a configuration."""
