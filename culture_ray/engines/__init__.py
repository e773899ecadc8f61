"""Ways of getting text: one file each, all behind the interface in `interface.py`."""
