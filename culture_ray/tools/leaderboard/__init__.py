"""Leaderboard over several runs."""
