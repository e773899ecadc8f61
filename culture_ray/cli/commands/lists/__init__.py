"""`culture-ray list`: what can be chosen, and the runs that exist."""
