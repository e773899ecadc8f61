"""Files of chat templates: rendered once, as transformers does it, to find what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

_GENERATION = re.compile(r"{%-?\s*(?:end)?generation\s*-?%}")
"""Marks that transformers adds to the language of templates; they render as nothing."""

_TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}


class _RefusedByTemplateError(Exception):
    """Words with which a template refuses a conversation."""


def template_problem(file: Path, arguments: Mapping[str, Any]) -> str | None:
    """Return the expectation that a chat template's file does not meet; None if it meets all.

    It has to render one message of a user.
    """
    from jinja2 import TemplateError, TemplateSyntaxError

    try:
        text = file.expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        return f"a file with a Jinja template; this one cannot be read ({problem})"
    try:
        rendered = _rendered(text, arguments)
    except TemplateSyntaxError as problem:
        return f"a Jinja template; line {problem.lineno} is not: {problem.message}"
    except (TemplateError, _RefusedByTemplateError, TypeError, ValueError) as problem:
        return f"a template that renders a message of the user; it says: {problem}"
    if "Is water wet?" not in rendered:
        return "a template that renders a message of the user; this one leaves its content out"
    return None


def _rendered(text: str, arguments: Mapping[str, Any]) -> str:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.globals |= {"raise_exception": _refuse, "strftime_now": _now}
    given = {**_TOKENS, "tools": None, "documents": None, **arguments}
    messages = [{"role": "user", "content": "Is water wet?"}]
    template = environment.from_string(_GENERATION.sub("", text))
    return template.render(messages=messages, add_generation_prompt=True, **given)


def _refuse(words: str) -> NoReturn:
    raise _RefusedByTemplateError(words)


def _now(form: str) -> str:
    return datetime.now().strftime(form)
