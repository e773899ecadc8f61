"""Thoughts in the output of a local model: by vLLM's reasoning parser, or by marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from culture_ray.engines.thoughts.marks import HARMONY, KNOWN_MARKS, ThoughtMarks, opens_thoughts
from culture_ray.engines.thoughts.split import SplitResponse, split_thoughts
from culture_ray.engines.vllm.parser_names import check_parser


class ThoughtReader:
    """Reader of the outputs of one model."""

    def __init__(
        self,
        tokenizer: Any,
        *,
        parser: str | None = None,
        marks: Sequence[ThoughtMarks] = (),
        template_args: Mapping[str, Any] | None = None,
    ) -> None:
        """Take a model's tokenizer; raises UnknownName for a parser that vLLM does not have."""
        self._tokenizer, self._marks = tokenizer, tuple(marks)
        self._special = _special_tokens(tokenizer)
        self._template_args = dict(template_args or {})
        self._parser_class = None if parser is None else _parser_class(parser)
        known = (*self._marks, *KNOWN_MARKS)
        texts = [HARMONY, *(text for pair in known for text in (pair.start, pair.end))]
        self.needs_special_tokens = self._parser_class is not None or any(
            token in text for token in self._special for text in texts
        )
        """True if marks are special tokens, which a detokenizer leaves out unless it is told."""

    def read(self, raw: str, prompt: str, *, cut: bool) -> SplitResponse:
        """Return thoughts and text of an output; `prompt` is what it continues.

        `cut` says that the limit of tokens ended it.
        """
        found = self._parsed(raw, prompt)
        if found is None or found.text:
            rest = raw if found is None else found.text or ""
            inside = found is None and opens_thoughts(prompt, (*self._marks, *KNOWN_MARKS))
            split = split_thoughts(rest, self._marks, inside=inside, cut=cut)
            parts = [None if found is None else found.thoughts, split.thoughts]
            found = SplitResponse("\n\n".join(part for part in parts if part) or None, split.text)
        if not self.needs_special_tokens:
            return found
        return SplitResponse(self._plain(found.thoughts), self._plain(found.text))

    def tokens_of(self, thoughts: str | None) -> int:
        """Return the number of tokens of thoughts."""
        return len(self._tokenizer.encode(thoughts, add_special_tokens=False)) if thoughts else 0

    def _parsed(self, raw: str, prompt: str) -> SplitResponse | None:
        """Return the findings of vLLM's parser; None without one that reads whole outputs."""
        if self._parser_class is None:
            return None
        from vllm.entrypoints.openai.chat_completion.protocol import ChatCompletionRequest

        message = {"role": "user", "content": prompt}
        request = ChatCompletionRequest(messages=[message], model="")
        parser = self._parser_class(self._tokenizer, chat_template_kwargs=self._template_args)
        try:
            thoughts, text = parser.extract_reasoning(raw, request)
        except NotImplementedError:  # gpt-oss: its channels are read by their marks
            return None
        return SplitResponse((thoughts or "").strip() or None, (text or "").strip() or None)

    def _plain(self, text: str | None) -> str | None:
        """Return a text without special tokens."""
        if text is None:
            return None
        for token in self._special:
            text = text.replace(token, "")
        return text


def _special_tokens(tokenizer: Any) -> tuple[str, ...]:
    """Return every token that a detokenizer leaves out unless it is told to keep them.

    The list of a tokenizer of transformers has only those with a role, such as BOS: the marks of
    gpt-oss are not among them.
    """
    from transformers import PreTrainedTokenizerBase

    found = set(tokenizer.all_special_tokens)
    if isinstance(tokenizer, PreTrainedTokenizerBase):
        added = tokenizer.added_tokens_decoder.values()
        found |= {token.content for token in added if token.special}
    return tuple(sorted(found, key=len, reverse=True))


def _parser_class(name: str) -> Any:
    from vllm.reasoning import ReasoningParserManager

    check_parser(name)
    return ReasoningParserManager.get_reasoning_parser(name)
