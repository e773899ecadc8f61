"""Refusals of words that Hydra cannot compose, each with the nearest name that there is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, cast

from culture_ray.config.annotations import entry_type, field_types, keys_of
from culture_ray.config.files import choices, conf_folder, groups
from culture_ray.config.hydra_hooks.quick_yaml import quick_yaml
from culture_ray.config.known_names import missing_language
from culture_ray.config.launchers import problem_of_launcher
from culture_ray.errors import BadOverride, UnknownName, UserError

WITHOUT_TEXTS = "language=[]"
"""Override for what needs no texts: the files of languages are longer than all others."""


@contextmanager
def translated(overrides: Sequence[str], root: str) -> Iterator[None]:
    """Raise UserError with one line for whatever Hydra refuses in the body."""
    from hydra.errors import HydraException, MissingConfigException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    try:
        with quick_yaml():
            yield
    except MissingConfigException as error:
        raise _missing_choice(error) from error
    except YAMLError as error:
        raise UserError(f"a configuration file cannot be read: {one_line(str(error))}") from error
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
        return BadOverride(one_line(str(error)))
    if group == "language":
        return missing_language(name, error.options or choices(group))
    listed_by = "culture-ray models" if group == "model" else ""
    known = error.options or choices(group)
    return UnknownName(group.replace("_", " "), name, known, listed_by=listed_by)


def _refused(message: str, overrides: Sequence[str], root: str) -> UserError:
    key = re.search(
        r"Could not (?:override|append to config|delete from config)[^']*'([^']+)'", message
    )
    if key is None:
        return BadOverride(one_line(message))
    name = key.group(1)
    known = _known_keys(overrides, root, texts=name.startswith("lang"))
    if name in known:
        return BadOverride(f"'{name}' is set in no chosen file: write +{name}=VALUE to add it")
    return UnknownName("key", name, known)


def _known_keys(overrides: Sequence[str], root: str, *, texts: bool) -> list[str]:
    """Return the keys of the configuration with the groups that the overrides choose.

    Those of the texts of languages take as long as all others, and are left out without `texts`.
    """
    from hydra import compose, initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException
    from omegaconf import OmegaConf

    chosen = [word for word in overrides if word.partition("=")[0] in groups()]
    # The last two are for roots without languages, and for a choice in a folder of --config-dir.
    tried = (chosen, []) if texts else ([*chosen, WITHOUT_TEXTS], chosen, [])
    GlobalHydra.instance().clear()
    sections = quick_yaml(whole_sections=not texts)
    with sections, initialize_config_dir(str(conf_folder()), version_base="1.3"):
        for words in tried:
            with suppress(HydraException):
                composed = compose(root, overrides=words)
                break
    content = cast("dict[str, Any]", OmegaConf.to_container(composed))
    return sorted({*groups(), *_flattened(content, ""), *typed_keys(content)})


def typed_keys(content: Mapping[str, Any]) -> set[str]:
    """Return the keys that a composed configuration may have, whether or not a file sets them."""
    from culture_ray.settings.composed import CHOSEN_BY_NAME, ComposedRun  # for a refusal alone
    from culture_ray.settings.stages import Stage

    found = {f"spending.stages.{stage}" for stage in Stage if stage.asks_models}
    found |= {
        f"spending.models.{name}" for key in ("model", "judge") for name in content.get(key) or {}
    }
    for key, annotation in field_types(ComposedRun).items():
        if key in CHOSEN_BY_NAME:
            for name in content.get(key) or {}:
                found.update(keys_of(entry_type(annotation, name), f"{key}.{name}"))
        elif key != "imported":
            found.update(keys_of(annotation, key))
    return found


def _flattened(content: Any, prefix: str) -> Iterator[str]:
    if not isinstance(content, Mapping):
        return
    for name, value in content.items():
        key = f"{prefix}{name}"
        yield key
        if key != "topics.topics":
            yield from _flattened(value, f"{key}.")


def one_line(message: str) -> str:
    """Return the lines of a message as one, cut to what can be read at a glance."""
    return " ".join(line.strip() for line in message.splitlines() if line.strip())[:300]
