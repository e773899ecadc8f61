"""The stage measure, which reduces labels to distributions, alignment and self-consistency."""
