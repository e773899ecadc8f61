"""The stage regress, which fits the regressions and computes the robustness checks."""
