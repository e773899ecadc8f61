"""The stage that asks models: requests become responses."""
