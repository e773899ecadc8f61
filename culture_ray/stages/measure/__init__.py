"""The stage that reduces labels to distributions, alignment and self-consistency."""
