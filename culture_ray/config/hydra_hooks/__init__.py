"""Changes to how Hydra finds and reads configuration files, and to what it says of words."""
