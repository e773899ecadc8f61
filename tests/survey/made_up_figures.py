"""Made-up figures of ground truth."""

from __future__ import annotations

from pathlib import Path

from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.survey.ground_truth_table import read_ground_truth

HEAD = "population,kind,languages,topic,value_polarity,std_error,n\n"

ROWS = HEAD + (
    "DK,country,da,f120,0.84,0.01,1200\n"
    "DK,country,da,e035,0.4,,\n"
    "BE,country,nl fr de,f120,0.5,,\n"
    "NA,country,en,f120,0.25,0.02,900\n"
    "speakers:da,language,da,f120,0.8,,\n"
    "world,world,,f120,0.5,,\n"
)


def read(folder: Path, text: str) -> GroundTruth:
    """Write figures to a file and read them."""
    path = folder / "figures.csv"
    path.write_text(text, encoding="utf-8")
    return read_ground_truth(path, "a made-up source")
