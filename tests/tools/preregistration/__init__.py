"""Tests of preregistrations."""
