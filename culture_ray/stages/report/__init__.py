"""The stage report, which gathers the tables of a run and writes its figures and page."""
