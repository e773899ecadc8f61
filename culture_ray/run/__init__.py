"""A run: opening its directory, its status, and the ground truth it is compared with."""
