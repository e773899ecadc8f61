"""The run directory: atomic shards, resume, quarantine, provenance."""
