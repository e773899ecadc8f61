"""Tests of `culture-ray list`."""
