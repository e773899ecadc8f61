"""Label sheet: an offline HTML page on which people label described opinions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

from culture_ray.store.atomic import replace_text

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class SheetItem:
    """One response on a sheet."""

    id: str
    language: str
    language_name: str
    topic: str
    pro: str
    con: str
    text: str
    opinions: tuple[str, ...]
    """Opinions as found by rule; empty texts if the response only counts people."""
    probability: float
    """Probability that the sheet contains the response; saved with the labels."""


def write_sheet_page(items: Sequence[SheetItem], path: Path, *, title: str) -> None:
    """Write the page to `path`.

    The page loads nothing and sends nothing. Labels are stored in the browser under a key derived
    from the sheet's content, and saved as CSV with the columns that judge-check reads. Raises
    DiskProblem if the file cannot be written.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    content = json.dumps([asdict(item) for item in items], ensure_ascii=False, sort_keys=True)
    key = hashlib.blake2b(content.encode(), digest_size=8).hexdigest()
    page = environment.get_template("label_sheet.html.j2").render(
        title=title,
        key=key,
        file=f"{path.stem}-labelled.csv",
        # A response must not be able to end the script element that holds it.
        items=Markup(content.replace("<", "\\u003c")),
        css=Markup((_HERE / "label_sheet.css").read_text(encoding="utf-8")),
        script=Markup((_HERE / "label_sheet.js").read_text(encoding="utf-8")),
    )
    replace_text(path, page)
