"""The stage elicit: send requests to models and store their responses."""
