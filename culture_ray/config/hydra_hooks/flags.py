"""Flags of the command line that Hydra takes."""

from __future__ import annotations

FLAGS_WITH_VALUE = frozenset(
    (
        "--cfg", "-c", "--package", "-p", "--config-path", "-cp", "--config-name", "-cn",
        "--config-dir", "-cd", "--experimental-rerun", "--info", "-i",
    )
)  # fmt: skip
HYDRA_FLAGS = FLAGS_WITH_VALUE | {
    "--hydra-help", "--version", "--resolve", "--run", "-r", "--multirun", "-m",
    "--shell-completion", "-sc",
}  # fmt: skip
"""Flags that Hydra takes, with those that have a value after them."""
