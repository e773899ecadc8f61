"""Prompts of a local model: the chat template, the system role, and exactly one BOS."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from culture_ray.engines.interface import Request
from culture_ray.errors import EngineFailed

_SYSTEM, _USER, _ASSISTANT = "Answer in English.", "Is water wet?", "It is."
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
        self._in_parts = False
        self._bos = tokenizer.decode([tokenizer.bos_token_id]) if _has_bos(tokenizer) else ""
        self._adds_bos = bool(self._bos) and _begins_with_bos(tokenizer)
        if chat:
            self._check(has_template=template is not None)
        self.has_system_role = chat and self._takes_system_role()
        self._has_turns = chat and self._keeps_turns()

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
        """Return the messages; without a system role, its text precedes the first of the user.

        For a template that leaves out earlier exchanges, they precede the last one's text.
        """
        messages = request.messages
        if request.turns and not self._has_turns:
            apart = 1 if request.system and self.has_system_role else 0
            joined = "\n\n".join(message["content"] for message in messages[apart:])
            return [*messages[:apart], {"role": "user", "content": joined}]
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
        told = [_in_parts(message) for message in messages] if self._in_parts else messages
        rendered: str = self._tokenizer.apply_chat_template(
            told, tokenize=False, add_generation_prompt=True, **self._options
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
        found = self._problem()
        if found is not None and not own:  # some models with images take text as a part of content
            self._in_parts = True
            if self._problem() is None:
                return
            self._in_parts = False
        if found is not None:
            raise EngineFailed(
                f"the chat template does not render ({found}): correct chat_template or "
                f"chat_template_args"
            )

    def _problem(self) -> str | None:
        """Return the problem with a rendered message of the user, None if there is none."""
        try:
            rendered = self._rendered([{"role": "user", "content": _USER}])
        except Exception as problem:  # a template raises what it likes
            return f"{type(problem).__name__}: {' '.join(str(problem).split())[:200]}"
        whole = _encodes_messages_itself(self._tokenizer) or _USER in rendered
        return None if whole else "it leaves out the text of the user's message"

    def _takes_system_role(self) -> bool:
        """Return True if the template renders the text of a system message."""
        system = {"role": "system", "content": _SYSTEM}
        try:
            return _SYSTEM in self._rendered([system, {"role": "user", "content": _USER}])
        except Exception:  # the refusal of a template without the role, of whatever type
            return False

    def _keeps_turns(self) -> bool:
        """Return True if the template renders an earlier exchange, in the roles of a chat."""
        roles = ("user", _USER), ("assistant", _ASSISTANT), ("user", _SYSTEM)
        messages = [{"role": role, "content": text} for role, text in roles]
        try:
            rendered = self._rendered(messages)
        except Exception:  # the refusal of a template without earlier exchanges
            return False
        return _encodes_messages_itself(self._tokenizer) or (
            _USER in rendered and _ASSISTANT in rendered
        )


def _in_parts(message: Mapping[str, str]) -> dict[str, Any]:
    """Return a message whose content is a list with one part of text."""
    return {**message, "content": [{"type": "text", "text": message["content"]}]}


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
