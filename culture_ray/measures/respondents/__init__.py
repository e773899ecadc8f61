"""Figures of how a model answers as the people of a survey, with resamples of both."""
