"""Value polarity, alignment, self-consistency and capability: numpy on arrays, no files."""
