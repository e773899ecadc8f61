"""Answers to the questions of a battery, read one by one from the text that answers them all."""
