"""The scheduling policy: a pure function of the state of a sweep to actions; no Ray."""
