"""Tests of leaderboards over runs."""
