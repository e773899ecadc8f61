"""Tables that say how close the models are to people: leaderboard, largest gaps, map."""
