"""Planning a sweep, deciding what runs where, and running it on Ray."""
