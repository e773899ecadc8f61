"""The key of figures changes with what they are drawn from, and with nothing else."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from culture_ray.report.content import ReportContent
from culture_ray.report.plots.figure_key import figure_key
from tests.report.synthetic.content import make_content


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return make_content(topics=3, responses=2)


def test_texts_of_the_page_alone_leave_it(content: ReportContent) -> None:
    other = replace(content, run="another", notices=("New.",), finished="later", examples=())
    assert figure_key(other) == figure_key(content)


def test_every_table_and_name_changes_it(content: ReportContent) -> None:
    first = content.regressions["us_bias"]
    assert first.table is not None
    rows = first.table.to_pylist()
    rows[len(rows) // 2]["estimate"] += 0.1  # in the middle, which a short form leaves out
    other = pa.Table.from_pylist(rows, schema=first.table.schema)
    changed = [
        replace(content, alignment=content.alignment.slice(1)),
        replace(content, topics=(*content.topics[:2], replace(content.topics[2], label="Other"))),
        replace(content, regressions={"us_bias": replace(first, table=other)}),
        replace(content, us="DK"),
    ]
    keys = [figure_key(one) for one in (content, *changed)]
    assert len(set(keys)) == len(keys)
