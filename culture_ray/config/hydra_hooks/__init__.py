"""Changes to how Hydra finds and reads files and what it says of words; words it need not read."""
