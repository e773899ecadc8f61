"""Tests of `culture-ray populations`."""
