"""Drivers that give no sign of life, are old, or run on another machine."""

from __future__ import annotations

import os
from pathlib import Path

from culture_ray.store.claims import Claims, Presence


def silent(folder: Path, driver: str) -> Presence:
    """Return a presence that gives no sign of life by itself, however long the test takes."""
    return Presence(folder, driver, beat_s=3600.0)


def age(claims: Claims, seconds: float) -> None:
    """Set a driver's last sign of life back by some seconds."""
    now = claims.file.stat().st_mtime - seconds
    os.utime(claims.file, (now, now))


def on_another_machine(claims: Claims) -> None:
    """Make a driver look like one whose process cannot be seen from here."""
    claims.file.write_text(f"{claims.driver}\nelsewhere 1 1\n")
