"""Changes to how Hydra finds and reads configuration files."""
