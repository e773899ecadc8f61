"""vLLM engine: one AsyncLLM, on a CPU or any number of GPUs."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from pathlib import Path
from typing import Any

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model
from culture_ray.engines.thoughts.split import SplitResponse, reason_without_text
from culture_ray.engines.thoughts.stops import before_stop
from culture_ray.engines.vllm.compile_cache import take_cache
from culture_ray.engines.vllm.logit_lens import LogitLens, first_tokens
from culture_ray.engines.vllm.parent_watchdog import bind_engine_to_this_process
from culture_ray.engines.vllm.parser_names import check_parser
from culture_ray.engines.vllm.prompts import PromptRenderer, TokenPrompt, template_text
from culture_ray.engines.vllm.sampling import probabilities, sampling_parameters, spellings
from culture_ray.engines.vllm.shared_kernels import copy_shared, share_finished
from culture_ray.engines.vllm.thoughts import ThoughtReader
from culture_ray.engines.vllm.versions import logprob_limits, rejections
from culture_ray.errors import EngineFailed, MissingExtra

_IN_ENGINE = "vllm.v1.executor.uniproc_executor.UniProcExecutor"
"""Executor whose worker is a part of the engine's process."""


class VllmEngine:
    """One copy of a model, loaded by vLLM."""

    def __init__(self, model: Model, folder: str) -> None:
        self._model = model
        self._folder = folder
        self._llm: Any = None
        self._tokenizer: Any = None
        self._prompts: PromptRenderer | None = None
        self._thoughts: ThoughtReader | None = None
        self._limits_thoughts = False
        """True if vLLM ends thoughts that reach their budget."""
        self.in_flight = model.in_flight
        self.tokens_so_far = 0
        self._sent = itertools.count()
        self._lens = LogitLens(folder, model.revision, model.dtype)
        self._adapters: dict[str, int] = {}

    async def start(self) -> None:
        """Load the model; raises EngineFailed with vLLM's message, MissingExtra without vLLM.

        Raises UnknownName for a reasoning parser that vLLM does not have.
        """
        cache = take_cache(os.environ)
        if cache.own:
            await asyncio.to_thread(copy_shared, cache.folder, cache.base)
        try:
            from vllm.engine.arg_utils import AsyncEngineArgs
            from vllm.v1.engine.async_llm import AsyncLLM
        except ImportError as error:
            extra = "gpu" if self._model.gpus_per_replica else "cpu"
            raise MissingExtra(f"model {self._model.source}", extra) from error
        if self._model.reasoning_parser is not None:
            check_parser(self._model.reasoning_parser)
        template = template_text(self._model.chat_template)
        bind_engine_to_this_process()
        try:
            arguments = logprob_limits() | self._arguments()
            self._llm = AsyncLLM.from_engine_args(AsyncEngineArgs(**arguments))
            self._tokenizer = self._llm.get_tokenizer()
            reasoning = self._llm.vllm_config.reasoning_config
        except Exception as error:
            # vLLM's exceptions do not pickle through Ray; their messages do.
            raise EngineFailed(_message(error)) from None
        if cache.own:
            await asyncio.to_thread(share_finished, cache.folder, cache.base)
        self._limits_thoughts = reasoning is not None and reasoning.enabled
        self._thoughts = ThoughtReader(
            self._tokenizer,
            parser=self._model.reasoning_parser,
            marks=self._model.thought_marks,
            template_args=self._model.chat_template_args,
        )
        try:
            self._prompts = PromptRenderer(
                self._tokenizer,
                chat=self._model.chat,
                template=template,
                arguments=self._model.chat_template_args,
            )
        except EngineFailed:
            await self.close()
            raise

    async def generate(self, request: Request) -> Response:
        """Return the response; a prompt that vLLM rejects gives a response with a failure.

        Raises EngineFailed if the engine is dead.
        """
        from vllm import TokensPrompt
        from vllm.v1.engine.exceptions import EngineDeadError, EngineGenerateError

        if self._thoughts is None:
            raise EngineFailed("the engine is not started")
        started = time.monotonic()
        prompt = self.prompt(request)
        tokens = prompt.tokens
        if request.layer_words:
            return await asyncio.to_thread(self._read_layers, request, prompt, started)
        # The first word of a model that thinks belongs to its thoughts: it is asked for a text.
        asked = () if self._model.thinks else request.options
        options = [spellings(self._tokenizer, option) for option in asked]
        if not all(options):
            unknown = request.options[options.index([])]
            reason = f"option '{unknown}' is not one token for this model"
            return Response(request.request_id, None, "error", len(tokens), failure=reason)
        parameters = sampling_parameters(
            self._model,
            request,
            options,
            special_tokens=self._thoughts.needs_special_tokens,
            limits_thoughts=self._limits_thoughts,
        )
        # The engine may still hold an aborted request when the same one is sent again.
        key = f"{request.request_id}-{next(self._sent)}"
        texts: list[str] = []
        output_tokens, finish_reason, logprobs = 0, None, None
        try:
            async for output in self._llm.generate(
                TokensPrompt(prompt_token_ids=tokens),
                parameters,
                key,
                lora_request=self._adapter(request.adapter),
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
        except rejections() as error:
            # the prompt is too long, the schema is not supported, ...
            return _failed(request, tokens, _message(error), transient=False)
        if finish_reason not in {"stop", "length"}:
            reason = f"the engine ended it with {finish_reason or 'no output'}"
            return _failed(request, tokens, reason, transient=True)
        cut = finish_reason == "length"
        raw = "".join(texts)
        # The one token of a request for probabilities is never thoughts.
        split = (
            SplitResponse(None, raw) if options else self._thoughts.read(raw, prompt.text, cut=cut)
        )
        text = split.text
        if text is not None and self._model.thinks:
            text = before_stop(request.sampling.stop, text)
        return Response(
            request_id=request.request_id,
            text=text,
            finish_reason=finish_reason if text == split.text else "stop",
            prompt_tokens=len(tokens),
            output_tokens=output_tokens,
            seconds=time.monotonic() - started,
            failure=None if text is not None else reason_without_text(cut=cut),
            thoughts=split.thoughts,
            reasoning_tokens=self._thoughts.tokens_of(split.thoughts),
            rendered_prompt=prompt.text,
            probabilities=probabilities(logprobs[0], options) if options and logprobs else None,
        )

    def _read_layers(self, request: Request, prompt: TokenPrompt, started: float) -> Response:
        """Return the probabilities of the request's words after each layer of the model."""
        groups = first_tokens(self._tokenizer, request.layer_words)
        try:
            found = self._lens.read(prompt.tokens, groups)
        except Exception as error:  # transformers raises what it likes
            return _failed(request, prompt.tokens, _message(error), transient=False)
        self.tokens_so_far += 1
        return Response(
            request_id=request.request_id,
            text=self._tokenizer.decode([found.token]),
            finish_reason="length",
            prompt_tokens=len(prompt.tokens),
            output_tokens=1,
            seconds=time.monotonic() - started,
            rendered_prompt=prompt.text,
            layers=found.layers,
        )

    def prompt(self, request: Request) -> TokenPrompt:
        """Return the prompt of a request as the model gets it."""
        if self._prompts is None:
            raise EngineFailed("the engine is not started")
        return self._prompts.prompt(request)

    async def close(self) -> None:
        """Shut the engine down and free its memory."""
        if self._llm is not None:
            self._llm.shutdown()
            self._llm = None

    def _arguments(self) -> dict[str, Any]:
        model = self._model
        arguments: dict[str, Any] = {
            "model": self._folder,
            "revision": model.revision,
            "dtype": model.dtype,
            "max_model_len": model.max_model_len,
            "tensor_parallel_size": max(model.gpus_per_replica // model.pipeline_stages, 1),
            "enable_prefix_caching": True,
            "enable_log_requests": False,
            "disable_log_stats": True,
        }
        if model.reasoning_parser is not None:
            arguments["reasoning_parser"] = model.reasoning_parser
        arguments["distributed_executor_backend"] = _backend(model)
        return arguments | dict(model.engine_args)

    def _adapter(self, source: str) -> Any:
        """Return vLLM's request for an adapter, which it loads when it is first used."""
        if not source:
            return None
        from vllm.lora.request import LoRARequest

        number = self._adapters.setdefault(source, len(self._adapters) + 1)
        path = Path(source).expanduser()
        return LoRARequest(source, number, str(path) if path.is_dir() else source)


def _backend(model: Model) -> str:
    """Return the executor of a model: Ray over several GPUs, else one in the engine's process."""
    if model.gpus_per_replica > 1:
        return "ray"
    # On a CPU vLLM takes "uni" for "mp", a process more that loads all of it: only there does it
    # bind threads to cores and end thoughts at their budget (vLLM 0.32). By its path the executor
    # is taken as it is.
    binds = os.environ.get("VLLM_CPU_OMP_THREADS_BIND")
    return "uni" if model.gpus_per_replica or binds or model.thinks else _IN_ENGINE


def _failed(request: Request, tokens: list[int], reason: str, *, transient: bool) -> Response:
    return Response(
        request.request_id, None, "error", len(tokens), failure=reason, transient=transient
    )


def _message(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else 'no words'}"[:500]
