"""vLLM engine: one AsyncLLM, on a CPU or any number of GPUs."""

from __future__ import annotations

import itertools
import json
import math
import os
import time
from typing import Any

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model
from culture_ray.engines.vllm.compile_cache import take_cache
from culture_ray.engines.vllm.parent_watchdog import bind_engine_to_this_process
from culture_ray.errors import EngineFailed, MissingExtra

_STREAM_INTERVAL = 32
"""Tokens between two outputs of a response: often enough to detect a hang, and cheap."""


class VllmEngine:
    """One copy of a model, loaded by vLLM."""

    def __init__(self, model: Model, folder: str) -> None:
        self._model = model
        self._folder = folder
        self._llm: Any = None
        self._tokenizer: Any = None
        self.in_flight = model.in_flight
        self.tokens_so_far = 0
        self._sent = itertools.count()

    async def start(self) -> None:
        """Load the model; raises EngineFailed with vLLM's message, MissingExtra without vLLM."""
        take_cache(os.environ)
        try:
            from vllm.engine.arg_utils import AsyncEngineArgs
            from vllm.v1.engine.async_llm import AsyncLLM
        except ImportError as error:
            extra = "gpu" if self._model.gpus_per_replica else "cpu"
            raise MissingExtra(f"model {self._model.source}", extra) from error
        bind_engine_to_this_process()
        try:
            self._llm = AsyncLLM.from_engine_args(AsyncEngineArgs(**self._arguments()))
            self._tokenizer = self._llm.get_tokenizer()
        except Exception as error:
            # vLLM's exceptions do not pickle through Ray; their messages do.
            raise EngineFailed(_message(error)) from None

    async def generate(self, request: Request) -> Response:
        """Return the response; a prompt that vLLM rejects gives a response with a failure.

        Raises EngineFailed if the engine is dead.
        """
        from vllm import TokensPrompt
        from vllm.exceptions import VLLMClientError
        from vllm.v1.engine.exceptions import EngineDeadError, EngineGenerateError

        started = time.monotonic()
        tokens = self._tokens(request)
        options = [self._spellings(option) for option in request.options]
        if not all(options):
            unknown = request.options[options.index([])]
            reason = f"option '{unknown}' is not one token for this model"
            return Response(request.request_id, None, "error", len(tokens), failure=reason)
        # The engine may still hold an aborted request when the same one is sent again.
        key = f"{request.request_id}-{next(self._sent)}"
        texts: list[str] = []
        output_tokens, finish_reason, logprobs = 0, None, None
        try:
            async for output in self._llm.generate(
                TokensPrompt(prompt_token_ids=tokens), _parameters(request, options), key
            ):
                for chunk in output.outputs:
                    texts.append(chunk.text)
                    output_tokens += len(chunk.token_ids)
                    logprobs = logprobs or chunk.logprobs
                    self.tokens_so_far += len(chunk.token_ids)
                    finish_reason = chunk.finish_reason or finish_reason
        except EngineDeadError as error:
            raise EngineFailed(_message(error)) from None
        except EngineGenerateError as error:
            return _failed(request, tokens, _message(error), transient=True)
        except (ValueError, VLLMClientError) as error:
            # the prompt is too long, the schema is not supported, ...
            return _failed(request, tokens, _message(error), transient=False)
        if finish_reason not in {"stop", "length"}:
            reason = f"the engine ended it with {finish_reason or 'no output'}"
            return _failed(request, tokens, reason, transient=True)
        return Response(
            request_id=request.request_id,
            text="".join(texts),
            finish_reason=finish_reason,
            prompt_tokens=len(tokens),
            output_tokens=output_tokens,
            seconds=time.monotonic() - started,
            probabilities=_probabilities(logprobs[0], options) if options and logprobs else None,
        )

    async def close(self) -> None:
        """Shut the engine down and free its memory."""
        if self._llm is not None:
            self._llm.shutdown()
            self._llm = None

    def _arguments(self) -> dict[str, Any]:
        model = self._model
        arguments = {
            "model": self._folder,
            "revision": model.revision,
            "dtype": model.dtype,
            "max_model_len": model.max_model_len,
            "tensor_parallel_size": max(model.gpus_per_replica, 1),
            "enable_prefix_caching": True,
            "enable_log_requests": False,
            "disable_log_stats": True,
        }
        backend = "ray" if model.gpus_per_replica > 1 else "uni"
        arguments["distributed_executor_backend"] = backend
        return arguments | dict(model.engine_args)

    def _tokens(self, request: Request) -> list[int]:
        """Return the prompt's token ids with exactly one BOS, whatever the tokenizer's defaults."""
        # Some chat templates (Gemma's) have no system role, so one message contains both.
        text = "\n\n".join(part for part in (request.system, request.prompt) if part)
        if self._model.chat:
            text = self._tokenizer.apply_chat_template(
                [{"role": "user", "content": text}], tokenize=False, add_generation_prompt=True
            )
        tokens: list[int] = self._tokenizer.encode(text, add_special_tokens=False)
        bos = self._tokenizer.bos_token_id
        return tokens if bos is None or tokens[:1] == [bos] else [bos, *tokens]

    def _spellings(self, option: str) -> list[int]:
        """Return the tokens that spell exactly this option, with or without a leading blank."""
        # Some tokenizers encode a word at the start as if a blank preceded it.
        ends = {
            self._tokenizer.encode(before + option, add_special_tokens=False)[-1]
            for before in ("", " ", "\n")
        }
        return sorted(token for token in ends if self._tokenizer.decode([token]).strip() == option)


def _probabilities(logprobs: Any, options: list[list[int]]) -> tuple[float, ...]:
    """Return the probability of each option from its tokens' logprobs at temperature 1."""
    return tuple(
        math.fsum(math.exp(logprobs[token].logprob) for token in tokens) for tokens in options
    )


def _parameters(request: Request, options: list[list[int]]) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

    if options:
        return SamplingParams(
            temperature=0.0,
            max_tokens=1,
            logprob_token_ids=sorted({token for tokens in options for token in tokens}),
            output_kind=RequestOutputKind.FINAL_ONLY,
        )
    sampling = request.sampling
    constraint = None
    if request.choices:
        constraint = StructuredOutputsParams(choice=list(request.choices))
    elif request.schema is not None:
        schema = json.loads(request.schema)
        constraint = StructuredOutputsParams(json=schema, disable_any_whitespace=True)
    return SamplingParams(
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        max_tokens=sampling.max_tokens,
        stop=list(sampling.stop) or None,
        seed=request.seed,
        output_kind=RequestOutputKind.DELTA,
        stream_interval=_STREAM_INTERVAL,
        structured_outputs=constraint,
    )


def _failed(request: Request, tokens: list[int], reason: str, *, transient: bool) -> Response:
    return Response(
        request.request_id, None, "error", len(tokens), failure=reason, transient=transient
    )


def _message(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else 'no words'}"[:500]
