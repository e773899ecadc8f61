"""`culture-ray models`: the models that can be chosen, and which of them would run here."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime

from rich.table import Table

from culture_ray.cli.console import Screen
from culture_ray.config.build import build
from culture_ray.config.compose import compose_and_run
from culture_ray.config.known_names import merged, model_files
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import cluster_from, model_from
from culture_ray.engines.architecture import with_own_config
from culture_ray.engines.model import Model
from culture_ray.errors import ModelFilesMissing, UnknownName
from culture_ray.redaction.visible import visible_json
from culture_ray.report.formatting import counted
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.tools.model_list import Host, ListedModel, ModelFilter, listed_models
from culture_ray.tools.this_machine import this_machine

_FILTERS = ("name", "family", "engine", "licence", "speaks", "billions_at_most", "runs")
_LICENCE = 12
"""Characters of a licence's name that are shown, so that a line has room on 80 columns."""


def act(overrides: list[str]) -> int:
    """Print the list, as JSON with --json; return 0."""
    words = [word for word in overrides if word != "--json"]

    def run(content: Content, _: str) -> None:
        chosen = build(ModelFilter, {key: content[key] for key in _FILTERS}, "")
        cluster = cluster_from(content) if content.get("cluster") else None
        machine = this_machine() if cluster is None else _machine(cluster)
        models = _models()
        families = {model.family for model in models.values()}
        if chosen.family is not None and chosen.family not in families:
            raise UnknownName("family", chosen.family, families)
        rows = list(listed_models(models, machine, chosen, datetime.now(UTC).date()))
        if "--json" in overrides:
            print(visible_json(json.dumps([asdict(row) for row in rows], indent=2)))
        else:
            _print(Screen(), rows, len(models), machine)

    return compose_and_run("culture-ray models", words, run, root="models")


def _models() -> dict[str, Model]:
    """Return every model of conf/model, with what its own config.json says where that is here."""
    files = model_files()
    models = {}
    for name in files:
        model = model_from(merged(files, name), f"model.{name}")
        try:
            models[name] = with_own_config(name, model)
        except ModelFilesMissing:
            models[name] = model
    return models


def _machine(cluster: Cluster) -> Host:
    cores = cluster.slurm.cpus_per_node if cluster.slurm else 0
    memory = (cluster.slurm.memory_gib_per_node if cluster.slurm else None) or 0.0
    name = f"cluster {cluster.name}"
    return Host(name, cluster.card, cluster.gpus, cores, memory)


def _print(screen: Screen, rows: list[ListedModel], total: int, machine: Host) -> None:
    table = Table(box=None, padding=(0, 1), pad_edge=False, collapse_padding=True)
    for column in ("model", "size", "lang.", "$ in, out", "licence", "needs", "runs"):
        table.add_column(column, no_wrap=True)
    family = None
    for row in rows:
        if row.family != family:
            table.add_row(family := row.family)
        table.add_row(
            f"  {row.name}", _size(row), _languages(row.languages), _price(row),
            _short(row.licence), "a key" if row.is_api else row.needs,
            "yes" if row.obstacle is None else "no",
        )  # fmt: skip
    screen.print(table)
    obstacles = Counter(row.obstacle for row in rows if row.obstacle is not None)
    screen.write_line(
        f"{len(rows)} of {counted(total, 'model')}, of which {len(rows) - obstacles.total()} would "
        f"run on {machine.name}; ? is what no card says; lang.: number of languages; $ per million "
        f"tokens; --json shows everything, with the pages"
    )
    for obstacle, count in obstacles.most_common():
        screen.write_line(f"{counted(count, 'model')} would not run: {obstacle}")
    screen.write_line(
        "prices: genai-prices, or the model's file; a sweep asks for the current ones"
    )


def _size(row: ListedModel) -> str:
    if row.parameters is None:
        return "" if row.is_api else "?"
    active = f"{row.active_parameters / 1e9:.3g} of " if row.active_parameters else ""
    return f"{active}{row.parameters / 1e9:.3g} G"


def _languages(codes: tuple[str, ...] | None) -> str:
    return "?" if codes is None else f"{len(codes)}"


def _short(licence: str) -> str:
    return licence if len(licence) <= _LICENCE else f"{licence[: _LICENCE - 1].rstrip()}…"


def _price(row: ListedModel) -> str:
    if not row.is_api:
        return ""
    if row.dollars_in is None or row.dollars_out is None:
        return "?"
    return f"{row.dollars_in:g}, {row.dollars_out:g}"
