"""Country codes (ISO 3166-1 alpha-2) from what other studies write: names and other codes."""

from __future__ import annotations

from culture_ray.survey.codes.table import plain, spellings


def country_code(text: str) -> str | None:
    """Return the code of a country by a code of ISO 3166-1 or its English name; None if unknown.

    Denmark, dk, DNK, 208 and "the United States" are understood; numbers have three digits. NIR is
    Northern Ireland, as in surveys.
    """
    return spellings("countries").get(plain(text))
