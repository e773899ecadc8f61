"""Source of a benchmark's items: files or a data set of the hub, and the transforms of its rows."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from culture_ray.errors import WrongValue
from culture_ray.survey.fields import Fields

FORMATS = ("csv", "json", "jsonl", "parquet", "xlsx")
TRANSFORMS = {
    "entries": "rows of a JSON file that maps ids to objects; the id becomes this column",
    "rows": "rows that stand in this field of a JSON file",
    "keep": "rows whose column has one of the given values",
    "drop": "rows whose column has none of the given values",
    "drop_where": "rows in which the sum of numeric fields is below a bound",
    "number": "a new column with the number of the row, from 0 or 1",
    "replace": "other values of a column, by its present values",
    "compose": "a new column from a text with {column} in it",
    "parse": "columns of JSON texts or Python lists as what the texts say",
    "fields": "new columns from fields within others, by paths such as question.text",
    "digest": "a new column with a short hash of others, where rows have no id",
    "split": "a column of texts as a list, cut at a separator",
    "collect": "one row per key, with the values of some columns as lists",
    "explode": "one row per entry of a column of lists",
    "join": "columns of a second file, by a column of both",
    "lettered": "a column of texts with lines A., B., ... as lists of options",
    "draw": "a new column with a right option and others drawn from a list",
    "votes": "answers and their numbers of votes from annotations, counts or columns of counts",
}
"""Result of each transform, by its name in `source.transforms`."""


@dataclass(frozen=True)
class Transform:
    """One step from the rows of the published files to rows of items."""

    name: str
    """One of TRANSFORMS."""
    arguments: Mapping[str, Any] | str
    """Arguments as in the file; culture_ray.benchmarks.items.transforms checks and applies them."""
    key: str = ""
    """Place in the configuration, for messages."""

    @property
    def by_language(self) -> bool:
        """Return True if it finds the rows of each language in one file."""
        return isinstance(self.arguments, str) and "{language}" in self.arguments


@dataclass(frozen=True)
class FileForm:
    """Form of the source's files, as far as their names and contents do not tell it."""

    format: str = ""
    """One of FORMATS; empty to read it from the suffix."""
    encoding: str = ""
    """Encoding of CSV files that are not UTF-8, such as gb18030; empty to refuse them."""
    separator: str = ""
    """Character between the values of CSV files; empty to read it from the header."""
    columns: tuple[str, ...] = ()
    """Names of the columns of CSV and XLSX files without a header."""
    quoted: bool = True
    """False for CSV files in which a quotation mark is a character like others."""


@dataclass(frozen=True)
class Source:
    """Files or data set of the items, and the terms under which they are used."""

    paths: tuple[str, ...]
    """Patterns of paths with {language} and names of lists in braces; * and ** match any names.

    Relative to the folder of the command, or to the snapshot of the data set `hub`."""
    hub: str = ""
    """Name of a data set on the hub, empty for local files."""
    revision: str | None = None
    """Commit of the data set; None until `culture-ray fetch` has written one."""
    licence: str = "not stated"
    cite: str = ""
    form: FileForm = FileForm()
    transforms: tuple[Transform, ...] = ()

    @classmethod
    def of(cls, fields: Fields) -> Source:
        """Return the source in a benchmark's file; raises WrongValue, UnknownName."""
        fields.known(_KEYS)
        if fields.has("files") == fields.has("hub"):
            raise WrongValue(fields.key, dict(fields.values), "either files or hub")
        if fields.has("hub") and not fields.has("path"):
            raise WrongValue(fields.at("path"), None, "paths in the data set")
        if fields.has("files") and (fields.has("path") or fields.has("revision")):
            raise WrongValue(fields.key, dict(fields.values), "path and revision with hub only")
        return cls(
            paths=fields.texts("files" if fields.has("files") else "path"),
            hub=fields.text("hub") if fields.has("hub") else "",
            revision=fields.text("revision") if fields.has("revision") else None,
            licence=fields.text("licence", "not stated"),
            cite=fields.text("cite", ""),
            form=_form(fields),
            transforms=transforms_of(fields),
        )


_KEYS = (
    "files", "hub", "revision", "path", "licence", "cite", "format", "encoding", "separator",
    "columns", "quoted", "transforms",
)  # fmt: skip


def _form(fields: Fields) -> FileForm:
    separator = {"\\t": "\t", "tab": "\t"}.get(str(fields.values.get("separator")), "")
    separator = separator or (fields.text("separator") if fields.has("separator") else "")
    if len(separator.encode()) > 1:
        raise WrongValue(fields.at("separator"), separator, "one character, such as ; or tab")
    return FileForm(
        format=fields.one_of("format", FORMATS) if fields.has("format") else "",
        encoding=_encoding(fields),
        separator=separator,
        columns=fields.texts("columns", ()),
        quoted=fields.flag("quoted", True),
    )


def _encoding(fields: Fields) -> str:
    name = fields.text("encoding", "")
    if name:
        try:
            codecs.lookup(name)
        except LookupError:
            raise WrongValue(
                fields.at("encoding"), name, "the name of an encoding, such as gb18030"
            ) from None
    return name


def transforms_of(fields: Fields) -> tuple[Transform, ...]:
    """Return the transforms in a source's field `transforms`, in order."""
    listed = fields.values.get("transforms") or []
    key = fields.at("transforms")
    if not isinstance(listed, list | tuple):
        raise WrongValue(key, listed, "a list of transforms, such as - keep: {lang: [en]}")
    return tuple(_transform(entry, f"{key}.{index}") for index, entry in enumerate(listed))


def _transform(entry: object, key: str) -> Transform:
    fields = Fields.of(entry, key).known(TRANSFORMS)
    if len(fields.values) != 1:
        raise WrongValue(key, entry, "one transform per entry of the list")
    [(name, arguments)] = fields.values.items()
    if not isinstance(arguments, Mapping | str):
        raise WrongValue(fields.at(name), arguments, "a mapping or a column")
    return Transform(str(name), arguments, fields.at(name))
