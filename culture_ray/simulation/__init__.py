"""Simulated studies of known truth: what the calibration and the power of a plan rest on."""
