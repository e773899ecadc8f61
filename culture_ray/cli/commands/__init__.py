"""The verbs of the console command, one file each, described in `catalogue.py`."""
