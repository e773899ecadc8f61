"""Table of the figures on models that answer as the people of a survey, by group."""
