"""Changes to how Hydra finds and reads files, and what it says; words it need not read."""
