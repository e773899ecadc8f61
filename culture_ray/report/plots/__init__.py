"""One figure idea per file; each returns a Plot, or a Missing that says why there is none."""
