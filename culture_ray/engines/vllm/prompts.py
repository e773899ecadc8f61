"""Prompts of a local model: the chat template, the system role, and exactly one BOS."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from culture_ray.engines.interface import Request
from culture_ray.errors import EngineFailed

_SYSTEM, _USER = "Answer in English.", "Is water wet?"
"""Texts of a short conversation that shows what a template makes of it."""


@dataclass(frozen=True)
class TokenPrompt:
    """Prompt as the model gets it."""

    tokens: list[int]
    text: str
    """The same in the model's own marks."""


class PromptRenderer:
    """Renderer of the prompts of one model; raises EngineFailed for a template it cannot use."""

    def __init__(
        self,
        tokenizer: Any,
        *,
        chat: bool,
        template: str | None = None,
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        """Take a model's tokenizer.

        `template` is the text of a chat template that replaces the tokenizer's; `arguments` are
        passed to it. Without `chat`, prompts are plain text.
        """
        self._tokenizer, self._chat = tokenizer, chat
        self._options = dict(arguments or {})
        if template is not None:
            self._options["chat_template"] = template
        self._bos = tokenizer.decode([tokenizer.bos_token_id]) if _has_bos(tokenizer) else ""
        self._adds_bos = bool(self._bos) and _begins_with_bos(tokenizer)
        if chat:
            self._check(has_template=template is not None)
        self.has_system_role = chat and self._takes_system_role()

    def prompt(self, request: Request) -> TokenPrompt:
        """Return the prompt of a request, with exactly one BOS where the model has one.

        A base model gets system, earlier exchanges and prompt as one text.
        """
        if self._chat:
            return self._of_messages(self._messages(request))
        text = "\n\n".join(text for text in request.texts[:-1] if text)
        tokens: list[int] = self._tokenizer.encode(text, add_special_tokens=False)
        bos = self._tokenizer.bos_token_id
        if bos is None or tokens[:1] == [bos]:
            return TokenPrompt(tokens, text)
        return TokenPrompt([bos, *tokens], self._bos + text)

    def _messages(self, request: Request) -> list[dict[str, str]]:
        """Return the messages; without a system role, its text precedes the first of the user."""
        messages = request.messages
        if not request.system or self.has_system_role:
            return messages
        system, first, *rest = messages
        return [first | {"content": f"{system['content']}\n\n{first['content']}"}, *rest]

    def _of_messages(self, messages: list[dict[str, str]]) -> TokenPrompt:
        text = self._rendered(messages)
        if _encodes_messages_itself(self._tokenizer):
            tokens = self._tokenizer.apply_chat_template(
                messages, tokenize=True, add_generation_prompt=True, **self._options
            )
            return TokenPrompt(list(tokens), text)
        # Most templates write the BOS; those that rely on the tokenizer to add one get it here.
        while self._bos and text.startswith(self._bos * 2):
            text = text.removeprefix(self._bos)
        if self._adds_bos and not text.startswith(self._bos):
            text = self._bos + text
        return TokenPrompt(self._tokenizer.encode(text, add_special_tokens=False), text)

    def _rendered(self, messages: list[dict[str, str]]) -> str:
        rendered: str = self._tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True, **self._options
        )
        return rendered

    def _check(self, *, has_template: bool) -> None:
        """Raise EngineFailed unless the template renders one message of the user."""
        own = _encodes_messages_itself(self._tokenizer)
        if own and has_template:
            raise EngineFailed(
                "chat_template: the format of conversations is built into this model's tokenizer "
                "(mistral_common), which takes no template: remove chat_template"
            )
        if not (own or has_template or self._tokenizer.chat_template):
            raise EngineFailed(
                "the tokenizer has no chat template: set chat: false if this is a base model, or "
                "chat_template to a file with the template"
            )
        try:
            self._rendered([{"role": "user", "content": _USER}])
        except Exception as problem:  # a template raises what it likes
            words = " ".join(str(problem).split())[:200]
            raise EngineFailed(
                f"the chat template does not render ({type(problem).__name__}: {words}): correct "
                f"chat_template or chat_template_args"
            ) from None

    def _takes_system_role(self) -> bool:
        """Return True if the template renders the text of a system message."""
        system = {"role": "system", "content": _SYSTEM}
        try:
            return _SYSTEM in self._rendered([system, {"role": "user", "content": _USER}])
        except Exception:  # the refusal of a template without the role, of whatever type
            return False


def template_text(file: str | None) -> str | None:
    """Return the text of a chat template's file; raises EngineFailed if it cannot be read."""
    if file is None:
        return None
    try:
        return Path(file).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise EngineFailed(f"chat_template {file} cannot be read ({problem})") from None


def _encodes_messages_itself(tokenizer: Any) -> bool:
    """Return True for a Mistral tokenizer: the rendered text is not what it makes of messages."""
    module = sys.modules.get("vllm.tokenizers.mistral")  # loaded if the tokenizer is of its kind
    return module is not None and isinstance(tokenizer, module.MistralTokenizer)


def _has_bos(tokenizer: Any) -> bool:
    return tokenizer.bos_token_id is not None


def _begins_with_bos(tokenizer: Any) -> bool:
    """Return True if the tokenizer writes a BOS before plain text by itself."""
    return bool(tokenizer.encode(_USER)[:1] == [tokenizer.bos_token_id])
