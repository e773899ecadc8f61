"""Sizes of a model from its configuration: parameters, caches, and how they divide over GPUs."""
