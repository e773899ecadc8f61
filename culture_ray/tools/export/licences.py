"""Licences of published data: identifiers of the hub, and addresses of their texts."""

from __future__ import annotations

HUB_LICENCES = frozenset(
    (
        "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0",
        "cc-by-nc-nd-4.0", "cc-by-3.0", "cc-by-sa-3.0", "odc-by", "odbl", "pddl", "mit",
        "apache-2.0", "bsd-3-clause", "gpl-3.0", "gemma", "llama3.1", "openrail", "etalab-2.0",
        "cdla-permissive-2.0", "other", "unknown",
    )
)  # fmt: skip
"""Licence identifiers of the hub; any other licence is written as `other`, with its name."""

_SPDX = {
    "odc-by": "ODC-By-1.0", "odbl": "ODbL-1.0", "pddl": "PDDL-1.0", "apache-2.0": "Apache-2.0",
    "bsd-3-clause": "BSD-3-Clause", "gpl-3.0": "GPL-3.0-only", "etalab-2.0": "etalab-2.0",
    "cdla-permissive-2.0": "CDLA-Permissive-2.0",
}  # fmt: skip
"""Identifiers of SPDX that are not those of the hub in capitals."""


def licence_address(licence: str) -> str | None:
    """Return the page of a licence in the list of SPDX; None for one that is not known there."""
    name = licence.lower()
    if name in _SPDX:
        return f"https://spdx.org/licenses/{_SPDX[name]}"
    if name in HUB_LICENCES and (name == "mit" or name.startswith("cc")):
        return f"https://spdx.org/licenses/{name.upper()}"
    return None
