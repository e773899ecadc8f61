"""Hydra at the edge: from words on the command line to a composed configuration."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from culture_ray.config.files import choices, conf_folder, groups
from culture_ray.config.launchers import (
    Act,
    Content,
    act_as_job,
    launched,
    problem_of_launcher,
)
from culture_ray.config.own_folder import find_tables, search_own_folder
from culture_ray.config.run_settings import typed_keys
from culture_ray.errors import BadOverride, UnknownName, UserError

_FLAGS_WITH_VALUE = frozenset(
    (
        "--cfg", "-c", "--package", "-p", "--config-path", "-cp", "--config-name", "-cn",
        "--config-dir", "-cd", "--experimental-rerun", "--info", "-i",
    )
)  # fmt: skip
_FLAGS = _FLAGS_WITH_VALUE | {
    "--hydra-help", "--version", "--resolve", "--run", "-r", "--multirun", "-m",
    "--shell-completion", "-sc",
}  # fmt: skip


def with_composed(
    program: str,
    overrides: Sequence[str],
    act: Act,
    root: str = "config",
) -> int:
    """Compose the configuration under Hydra and hand `act` its plain content and the experiment.

    Returns the highest exit code that `act` returned. `root` is the file that the composition
    begins with. Hydra's own flags (--multirun, --cfg job, --config-dir) work; with a launcher
    (hydra/launcher=submitit_slurm) `act` runs where the launcher puts it. Raises UserError in one
    line for what Hydra refuses, with the nearest name that exists.
    """
    # Acting comes after Hydra, which prints lines of its own about an error within it.
    codes = [act(content, name) for content, name in _composed(program, overrides, root, act)]
    return max((code or 0 for code in codes), default=0)


def _composed(program: str, words: Sequence[str], root: str, act: Act) -> list[tuple[Content, str]]:
    import hydra
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import DictConfig, OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    flags, overrides = _flags_and_overrides(words)
    search_own_folder()
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
        find_tables(whole, [s.path for s in HydraConfig.get().runtime.config_sources])
        if launched(HydraConfig.get()):
            act_as_job(act, whole, str(chosen or ""))
        else:
            found.append((whole, str(chosen or "")))

    main = hydra.main(version_base="1.3", config_path=str(conf_folder()), config_name=root)
    with _as_arguments([program, *flags, *overrides]), _translated(overrides, root):
        main(task)()
        if problems:
            raise problems[0]
    return found


@contextmanager
def _as_arguments(words: list[str]) -> Iterator[None]:
    before = sys.argv
    sys.argv = words
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra raises instead of printing and leaving
    try:
        yield
    finally:
        sys.argv = before


@contextmanager
def _translated(overrides: Sequence[str], root: str) -> Iterator[None]:
    from hydra.errors import HydraException, MissingConfigException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    try:
        yield
    except MissingConfigException as error:
        raise _missing_choice(error) from error
    except YAMLError as error:
        raise UserError(f"a configuration file cannot be read: {_one_line(str(error))}") from error
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        raise _refused(str(error), overrides, root) from error
    except RuntimeError as error:
        problem = problem_of_launcher(error)
        if problem is None:
            raise
        raise problem from error


def _missing_choice(error: Any) -> UserError:
    group, _, name = str(error.missing_cfg_file or "").rpartition("/")
    if not group:
        return BadOverride(_one_line(str(error)))
    return UnknownName(group.replace("_", " "), name, error.options or choices(group))


def _flags_and_overrides(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Tell Hydra's flags from overrides, which it does not let stand on both sides of a flag.

    Raises UserError for the first word that is neither.
    """
    flags: list[str] = []
    overrides: list[str] = []
    for before, word in zip(("", *words), words, strict=False):
        if word.startswith("-"):
            if word.split("=")[0] not in _FLAGS:
                raise UnknownName("flag", word, _FLAGS)
            flags.append(word)
        elif before in _FLAGS_WITH_VALUE:
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
        raise BadOverride(f"'{word}' is not an override: write KEY=VALUE, such as seed=2")
    try:
        OverridesParser.create().parse_override(word)
    except HydraException as error:
        raise BadOverride(
            f"'{word}' cannot be read ({_one_line(str(error).splitlines()[0])}): write "
            f"KEY=VALUE or 'KEY=[A,B]', and close every bracket and quote"
        ) from error


def _refused(message: str, overrides: Sequence[str], root: str) -> UserError:
    key = re.search(
        r"Could not (?:override|append to config|delete from config)[^']*'([^']+)'", message
    )
    if key is None:
        return BadOverride(_one_line(message))
    name, known = key.group(1), _known_keys(overrides, root)
    if name in known:
        return BadOverride(f"'{name}' stands in no chosen file: write +{name}=VALUE to set it")
    return UnknownName("key", name, known)


def _known_keys(overrides: Sequence[str], root: str) -> list[str]:
    """Return the keys there are once the groups that the overrides choose are composed."""
    from hydra import compose, initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException
    from omegaconf import OmegaConf

    chosen = [word for word in overrides if word.partition("=")[0] in groups()]
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(conf_folder()), version_base="1.3"):
        try:
            composed = compose(root, overrides=chosen)
        except HydraException:  # a choice that lies in a folder of the user's own, or +GROUP
            composed = compose(root)
    content = cast("dict[str, Any]", OmegaConf.to_container(composed))
    return sorted({*groups(), *_flattened(content, ""), *typed_keys(content)})


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
