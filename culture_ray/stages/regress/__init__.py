"""The stage that fits the regressions and the robustness checks."""
