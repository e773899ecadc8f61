"""The judge: its prompt and schema, the reading of its answers, and how far they can be trusted."""
