"""`culture-ray probe`: a handful of requests that show what an API model supports and costs."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from pathlib import Path

from culture_ray.cli.console import Screen
from culture_ray.config.build import build, convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.files import conf_folder, files_of, writable_folder
from culture_ray.config.known_names import file_text
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import model_from
from culture_ray.engines.model import Model
from culture_ray.errors import WrongValue
from culture_ray.plan.billing import BilledModel, billing_for, check_keys, keep_spending
from culture_ray.prompts.language_file import dumped, nested
from culture_ray.settings.spending import SpendingSettings
from culture_ray.spending.billing import BillingContext
from culture_ray.spending.local_accounts import LocalAccounts
from culture_ray.store.atomic import replace_text
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tools.probe.ask import probe
from culture_ray.tools.probe.findings import findings_of
from culture_ray.tools.probe.outcome import ProbeOutcome
from culture_ray.tools.probe.probes import SHORT_OUTPUT
from culture_ray.tools.probe.settings import Suggestions, suggested, with_settings


def act(overrides: list[str]) -> int:
    """Probe a model, and write its file with --write; return 0."""
    words = [_as_list(word) for word in overrides if word != "--write"]

    def run(content: Content, _: str) -> None:
        _probe(content, write="--write" in overrides)

    return compose_and_run("culture-ray probe", words, run, root="probe")


def _as_list(word: str) -> str:
    """Return `model=NAME` as Hydra wants it, `model=[NAME]`; other words as they are."""
    return re.sub(r"^model=([\w.-]+)$", r"model=[\1]", word)


def _probe(content: Content, *, write: bool) -> None:
    name, model = _model(content)
    check_keys({name: model})
    folder = Path(str(content["results"])).expanduser() / str(content["run"] or f"probe-{name}")
    run = RunDirectory(folder)
    spending = build(SpendingSettings, content["spending"], "spending")
    billing = billing_for(run, spending, {name: BilledModel(name, model, SHORT_OUTPUT)})
    if billing is None:
        raise AssertionError("the model is behind an API")
    outcomes, dollars = asyncio.run(_ask(name, model, billing))
    keep_spending(run, billing)
    now = time.time()
    findings = findings_of(outcomes, now)
    settings = suggested(model, outcomes, findings, now)
    screen = Screen()
    where = model.api.base_url or "OpenAI"
    screen.write_line(
        f"{name} ({model.source} at {where}): {len(outcomes)} probes, ${dollars:.6f} of a cap of "
        f"${spending.cap_dollars or 0:g}"
    )
    if model.engine == "openai_batch":
        screen.write_line("  asked one by one, at the standard price; batches take the same bodies")
    for finding in findings:
        screen.write_line(f"  {finding.what:<22} {finding.verdict:<8} {finding.detail}".rstrip())
    conf_dir: str | None = convert(str | None, content["conf_dir"], "conf_dir")
    for line in _told(name, settings, write=write, conf_dir=conf_dir):
        screen.write_line(line)


def _model(content: Content) -> tuple[str, Model]:
    """Return the one model behind an API. Raises WrongValue."""
    entries = content.get("model") or {}
    if len(entries) != 1:
        raise WrongValue("model", list(entries), "one model, such as model=[gpt_4o]")
    (name, entry), *_ = entries.items()
    model = model_from(entry, f"model.{name}")
    if not model.is_api:
        raise WrongValue("model", name, "a model behind an API (engine: openai or openai_batch)")
    return str(name), model


async def _ask(
    name: str, model: Model, billing: BillingContext
) -> tuple[Mapping[str, ProbeOutcome], float]:
    """Return the outcomes, and the dollars charged to the ledger so far."""
    accounts = LocalAccounts(
        billing.ledger, billing.run, billing.models, billing.caps, billing.owner
    )
    try:
        outcomes = await probe(name, model, accounts.of(name))
        return outcomes, sum(accounts.balances.dollars_by_model(billing.run).values())
    finally:
        await accounts.close()


def _told(name: str, settings: Suggestions, *, write: bool, conf_dir: str | None) -> list[str]:
    """Return lines about the settings, which are written first if asked for."""
    path = files_of("model")[name]
    if not settings:
        return [f"{path} agrees with this; nothing to change"]
    if not write:
        lines = dumped(nested(settings)).splitlines()
        return [f"settings to add to {path}, or run the command with --write:", *lines]
    target = _target(path, name, conf_dir)
    replace_text(target, with_settings(file_text(path), settings, str(path)))
    return [f"written: {target}", *(f"  {line}" for line in dumped(nested(settings)).splitlines())]


def _target(path: Path, name: str, conf_dir: str | None) -> Path:
    """Return the file to write: the model's own, or a copy of one that was installed."""
    installed = conf_folder().name == "_conf" and path.is_relative_to(conf_folder())
    if conf_dir is None and not installed:
        return path
    target = writable_folder(conf_dir) / "model" / f"{name}.yaml"
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
