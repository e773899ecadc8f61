"""Checks of a model's settings for chats and thoughts, before anything is loaded or sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from culture_ray.config.chat_templates import template_problem
from culture_ray.engines.model import Model
from culture_ray.engines.vllm.parser_names import check_parser
from culture_ray.errors import WrongValue

_TEMPLATE_FILES = ("chat_template.jinja", "chat_template.json", "tekken.json")
"""Files of a tokenizer, beside tokenizer_config.json, that hold a format of conversations."""


def check_models(models: Mapping[str, Model]) -> None:
    """Raise WrongValue or UnknownName for the first setting that has no use or cannot be used.

    The models are by their key in the configuration, such as `model.NAME`.
    """
    for key, model in models.items():
        if model.engine == "vllm":
            _check_local(key, model)
        else:
            _check_remote(key, model)
        for number, pair in enumerate(model.thought_marks):
            if not pair.start.strip() or not pair.end.strip() or pair.start == pair.end:
                raise WrongValue(
                    f"{key}.thought_marks.{number}",
                    {"start": pair.start, "end": pair.end},
                    "two different texts",
                )


def _check_local(key: str, model: Model) -> None:
    if model.reasoning_parser is not None:
        check_parser(model.reasoning_parser)
    if not model.chat:
        for name in ("chat_template", "chat_template_args"):
            if value := getattr(model, name):
                expected = "nothing: the model has chat: false, so its prompts are plain text"
                raise WrongValue(f"{key}.{name}", value, expected)
        return
    if model.chat_template is not None:
        if problem := template_problem(Path(model.chat_template), model.chat_template_args):
            raise WrongValue(f"{key}.chat_template", model.chat_template, problem)
    elif _lacks_template(Path(model.source).expanduser()):
        raise WrongValue(
            f"{key}.chat",
            True,
            f"false for a base model, or chat_template with a file: the tokenizer in "
            f"{model.source} has no chat template",
        )


def _check_remote(key: str, model: Model) -> None:
    """Raise WrongValue for settings that only apply where this machine loads the model."""
    if not model.request_seeds:
        expected = "true, or nothing: only models that vLLM loads here can go without seeds"
        raise WrongValue(f"{key}.request_seeds", False, expected)
    for name in ("chat_template", "reasoning_parser"):
        if (value := getattr(model, name)) is not None:
            raise WrongValue(f"{key}.{name}", value, "nothing: the server of an API decides on it")
    if model.engine == "imported":
        return
    if model.chat_template_args and "chat_template_kwargs" in model.api.extra_fields:
        raise WrongValue(
            f"{key}.chat_template_args",
            dict(model.chat_template_args),
            "nothing while api.body has chat_template_kwargs: state them in one place",
        )


def _lacks_template(folder: Path) -> bool:
    """Return True if a model's folder has a tokenizer and no chat template anywhere."""
    config = folder / "tokenizer_config.json"
    if not config.is_file() or any((folder / name).exists() for name in _TEMPLATE_FILES):
        return False
    return '"chat_template"' not in config.read_text(encoding="utf-8", errors="replace")
