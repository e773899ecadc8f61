"""Composition of a configuration from command-line overrides, with Hydra."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from culture_ray.config.files import conf_folder
from culture_ray.config.hub_models import with_hub_models
from culture_ray.config.hydra_hooks.flags import FLAGS_WITH_VALUE, HYDRA_FLAGS
from culture_ray.config.hydra_hooks.grid import all_jobs_awaited
from culture_ray.config.hydra_hooks.own_folder import resolve_tables, search_own_folder
from culture_ray.config.hydra_hooks.quick_yaml import quick_yaml
from culture_ray.config.hydra_hooks.refusals import one_line, translated
from culture_ray.config.hydra_hooks.whole_sections import names_part, needs_parts, with_all_parts
from culture_ray.config.known_names import meant
from culture_ray.config.launchers import (
    Act,
    Content,
    is_launched,
    run_as_job,
)
from culture_ray.config.secret_checks import refuse_keys
from culture_ray.errors import BadOverride, UnknownName
from culture_ray.survey.topics import name_topics


def compose_and_run(
    program: str,
    overrides: Sequence[str],
    act: Act,
    root: str = "config",
) -> int:
    """Compose the configuration with Hydra and call `act` with its content and experiment.

    Returns the highest exit code that `act` returned. `root` is the primary configuration file.
    Hydra's own flags (--multirun, --cfg job, --config-dir) work; with a launcher
    (hydra/launcher=submitit_slurm) `act` runs in the launcher's job. Raises UserError with one
    line for whatever Hydra refuses, naming the nearest existing name.
    """
    # `act` is called after Hydra has returned: Hydra would print its own lines about an error.
    composed = _composed(program, overrides, root, _checked(act))
    codes = [_checked(act)(content, name) for content, name in composed]
    return max((code or 0 for code in codes), default=0)


def compose(overrides: Sequence[str], root: str = "config") -> tuple[dict[str, Any], str]:
    """Return the content of a configuration and the name of its experiment, empty for none.

    For callers from Python: flags of Hydra and launchers are refused, `sys.argv` and the
    environment stay as they are, and so does a Hydra that the caller has initialised. Raises
    UserError as `compose_and_run` does.
    """
    words = [str(word) for word in overrides]
    for word in words:
        _check_override(word)
    words = with_hub_models(words)
    search_own_folder()
    content, experiment, _ = _composed_at_once(words, root)
    refuse_keys(content)
    name_topics(content)
    return content, experiment


def _checked(act: Act) -> Act:
    """Return `act` after the refusal of a configuration with keys, with topics by their ids."""

    def checked(content: Content, experiment: str) -> int | None:
        refuse_keys(content)
        name_topics(content)
        return act(content, experiment)

    return checked


def _composed(program: str, words: Sequence[str], root: str, act: Act) -> list[tuple[Content, str]]:
    import hydra
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import DictConfig, OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    flags, overrides = _flags_and_overrides(words)
    overrides = with_hub_models(overrides)
    search_own_folder()
    if not flags and not any("hydra" in word for word in overrides):
        try:
            content, experiment, is_one_job = _composed_at_once(overrides, root)
        except BadOverride as problem:
            if "HydraConfig" not in str(problem):
                raise  # else ${hydra:...}, which has a value in a run of Hydra's only
        else:
            if is_one_job:
                return [(content, experiment)]
    found: list[tuple[Content, str]] = []
    problems: list[OmegaConfBaseException] = []

    def task(composed: DictConfig) -> None:
        try:
            content = OmegaConf.to_container(composed, resolve=True)
        except OmegaConfBaseException as problem:
            problems.append(problem)
            return
        chosen = HydraConfig.get().runtime.choices.get("experiment")
        whole = cast("dict[str, Any]", content)
        resolve_tables(whole, [s.path for s in HydraConfig.get().runtime.config_sources])
        if is_launched(HydraConfig.get()):
            run_as_job(act, whole, str(chosen or ""))
        else:
            found.append((whole, str(chosen or "")))

    main = hydra.main(version_base="1.3", config_path=str(conf_folder()), config_name=root)
    arguments = _as_arguments([program, *flags, *overrides])
    with arguments, translated(overrides, root), all_jobs_awaited(_say):
        main(task)()
        if problems:
            raise problems[0]
    return found


def _say(line: str) -> None:
    from culture_ray.redaction.console import SafeConsole

    SafeConsole().write_line(line)


def _composed_at_once(overrides: list[str], root: str) -> tuple[dict[str, Any], str, bool]:
    """Return the content of a configuration, its experiment, and True if it is for one job.

    Hydra's own main function composes twice, the first time for `hydra.mode` alone.
    """
    from hydra import initialize_config_dir

    with (
        translated(overrides, root),
        initialize_config_dir(str(conf_folder()), version_base="1.3"),
    ):
        if not names_part(overrides):
            try:
                with quick_yaml(whole_sections=True):
                    return _composition(overrides, root)
            except Exception as problem:
                if not needs_parts(problem):
                    raise
        return _composition(overrides, root)


def _composition(overrides: list[str], root: str) -> tuple[dict[str, Any], str, bool]:
    """Return the content, experiment and True for one job; raises PartOfSection.

    It is raised where a composition needs parts of sections that are one value each.
    """
    from hydra import compose as hydra_compose
    from hydra.types import RunMode
    from omegaconf import OmegaConf

    composed = hydra_compose(root, overrides=overrides, return_hydra_config=True)
    hydra = composed.hydra
    chosen, sources = hydra.runtime.choices.get("experiment"), hydra.runtime.config_sources
    folders = [source.path for source in sources]
    values = OmegaConf.to_container(
        OmegaConf.masked_copy(composed, [key for key in composed if key != "hydra"]),
        resolve=True,
    )
    content = cast("dict[str, Any]", with_all_parts(values))
    resolve_tables(content, folders)
    return content, str(chosen or ""), hydra.mode != RunMode.MULTIRUN


@contextmanager
def _as_arguments(words: list[str]) -> Iterator[None]:
    before = sys.argv
    sys.argv = words
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra raises instead of printing and exiting
    try:
        yield
    finally:
        sys.argv = before


def _flags_and_overrides(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Separate Hydra's flags from overrides: Hydra does not accept overrides around a flag.

    Raises UserError for the first word that is neither.
    """
    flags: list[str] = []
    overrides: list[str] = []
    for before, word in zip(("", *words), words, strict=False):
        if word.startswith("-"):
            if word.split("=")[0] not in HYDRA_FLAGS:
                raise UnknownName("flag", word, HYDRA_FLAGS)
            flags.append(word)
        elif before in FLAGS_WITH_VALUE:
            flags.append(word)
        else:
            _check_override(word)
            overrides.append(word)
    return flags, overrides


def _check_override(word: str) -> None:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    key, equals, _ = word.lstrip("+~").partition("=")
    if not key or not (equals or word.startswith("~")):
        raise BadOverride(f"'{word}' is not an override: write {meant(word)}")
    try:
        OverridesParser.create().parse_override(word)
    except HydraException as error:
        raise BadOverride(
            f"'{word}' cannot be read ({one_line(str(error).splitlines()[0])}): write "
            f"KEY=VALUE or 'KEY=[A,B]', and close every bracket and quote"
        ) from error
