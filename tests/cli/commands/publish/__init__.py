"""Tests of verbs that publish."""
