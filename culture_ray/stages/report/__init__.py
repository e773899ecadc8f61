"""The stage that gathers the tables of a run for its report."""
