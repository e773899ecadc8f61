"""Hydra at the edge: from words on the command line to a composed configuration."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from culture_ray.config.files import choices, conf_folder, groups
from culture_ray.errors import BadOverride, UnknownName, UserError

Content = Mapping[str, Any]


def with_composed(
    program: str, overrides: Sequence[str], act: Callable[[Content, str], None]
) -> None:
    """Compose the configuration under Hydra and hand `act` its plain content and the experiment.

    Hydra's own flags (--multirun, --cfg job, --config-dir) work. Raises UserError in one line for
    what Hydra refuses, with the nearest name that exists.
    """
    import hydra
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import DictConfig, OmegaConf

    def task(composed: DictConfig) -> None:
        content = OmegaConf.to_container(composed, resolve=True)
        chosen = HydraConfig.get().runtime.choices.get("experiment")
        if not isinstance(content, dict):
            raise BadOverride("the configuration is not a set of keys and values")
        try:
            act({str(key): value for key, value in content.items()}, str(chosen or ""))
        except BaseException as error:  # Hydra would print words of its own around it
            raised.append(error)

    raised: list[BaseException] = []
    main = hydra.main(version_base="1.3", config_path=str(conf_folder()), config_name="config")
    with _as_arguments(program, overrides), _translated(overrides):
        main(task)()
    if raised:
        raise raised[0]


@contextmanager
def _as_arguments(program: str, overrides: Sequence[str]) -> Iterator[None]:
    before = sys.argv
    sys.argv = [program, *overrides]
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra raises instead of printing and leaving
    try:
        yield
    finally:
        sys.argv = before


@contextmanager
def _translated(overrides: Sequence[str]) -> Iterator[None]:
    from hydra.errors import HydraException, MissingConfigException
    from omegaconf.errors import OmegaConfBaseException

    try:
        yield
    except MissingConfigException as error:
        raise _missing_choice(error) from error
    except (HydraException, OmegaConfBaseException) as error:
        raise _refused(str(error), overrides) from error


def _missing_choice(error: Any) -> UserError:
    group, _, name = str(error.missing_cfg_file or "").rpartition("/")
    if not group:
        return BadOverride(_one_line(str(error)))
    return UnknownName(group.replace("_", " "), name, error.options or choices(group), group)


def _refused(message: str, overrides: Sequence[str]) -> UserError:
    key = re.search(
        r"Could not (?:override|append to config|delete from config)[^']*'([^']+)'", message
    )
    if key:
        known = _known_keys(overrides)
        if key.group(1) in known:
            return BadOverride(
                f"{key.group(1)} has no such entry yet: add one with +{key.group(1)}.NAME=VALUE"
            )
        return UnknownName("key", key.group(1), known)
    bad = next((word for word in overrides if "=" not in word and not word.startswith("-")), None)
    if bad is not None:
        return BadOverride(f"'{bad}' is not an override: write KEY=VALUE, such as seed=2")
    return BadOverride(_one_line(message))


def _known_keys(overrides: Sequence[str]) -> list[str]:
    from hydra import compose, initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra
    from omegaconf import OmegaConf

    GlobalHydra.instance().clear()
    chosen = [
        word for word in overrides if word.partition("=")[0] in {"model", "experiment", "judge"}
    ]
    with initialize_config_dir(str(conf_folder()), version_base="1.3"):
        content = OmegaConf.to_container(compose("config", overrides=[*chosen, "language=[]"]))
    return sorted({*groups(), *_flattened(content, "")})


def _flattened(content: Any, prefix: str) -> Iterator[str]:
    if not isinstance(content, Mapping):
        return
    for name, value in content.items():
        key = f"{prefix}{name}"
        yield key
        if key != "topics.topics":
            yield from _flattened(value, f"{key}.")


def _one_line(message: str) -> str:
    return " ".join(line.strip() for line in message.splitlines() if line.strip())[:300]
