"""Parameters that a model refuses: left out or renamed, and said."""

from __future__ import annotations

from tests.providers.behaviour import (
    BATCH,
    CHAT,
    CHAT_AND_BATCH,
    JUDGE,
    ONLINE,
    REQUESTS,
    Behaviour,
    Expect,
    answered,
    left_out,
    stops,
)
from tests.providers.exchange import Ask, Reply, Script, good_reply
from tests.providers.vocabulary import (
    error,
    every,
    first,
    line_error,
    refusing_batch,
    status,
    with_field,
)

_INVALID = "invalid_request_error"


def _extra(name: str) -> dict[str, object]:
    """Return the refusal of a field in pydantic's words."""
    detail = {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs are not permitted", "input": 1}  # fmt: skip
    return {"object": "error", "message": {"detail": [detail]}, "type": _INVALID, "param": None, "code": None}  # fmt: skip


def _both(ask: Ask) -> Reply:
    """Refuse temperature and top_p together."""
    words = (
        "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
    )
    if {"temperature", "top_p"} <= set(ask.body):
        return status(400, {"type": "error", "error": {"type": _INVALID, "message": words}})(ask)
    return ask.good()


_TEMPERATURE = error("Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.", "unsupported_value", _INVALID, "temperature")  # fmt: skip
_MAX_TOKENS = error("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "unsupported_parameter", _INVALID, "max_tokens")  # fmt: skip
_FORMAT = error("This response_format type is unavailable now", _INVALID, _INVALID)
_NO_SCHEMA = {"message": "Failed to deserialize the JSON body into the target type: response_format: response_format.type `json_schema` is unavailable now at line 1 column 12440"}  # fmt: skip
_GENERATION = error("Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.", "json_validate_failed", _INVALID)  # fmt: skip
_UNKNOWN = 'Invalid JSON payload received. Unknown name "{}": Cannot find field.'
_UNSUPPORTED = (
    "unsupported_value", "Unsupported value: 'temperature' does not support 0.7 with this model."
)  # fmt: skip
_ROLE = error("Developer instruction is not enabled for models/gemma-3-27b-it", 400, "INVALID_ARGUMENT")  # fmt: skip


def _no_system(ask: Ask) -> Reply:
    """Refuse a system message."""
    roles = [message["role"] for message in ask.body.get("messages", ())]
    return status(400, _ROLE)(ask) if "system" in roles else ask.good()


def _one_after_the_other(ask: Ask) -> Reply:
    """Refuse temperature, and once that is left out, seed."""
    unknown = next((name for name in ("temperature", "seed") if name in ask.body), None)
    return ask.good() if unknown is None else status(400, error(_UNKNOWN.format(unknown)))(ask)


def _by_prompt(refusal: Script) -> Script:
    """Refuse a schema, and answer without one what the prompt asks for."""

    def ask_for(ask: Ask) -> Reply:
        if "json_schema" in str(ask.body.get("response_format")):
            return refusal(ask)
        schema = {"type": "json_schema", "json_schema": {"schema": {}}}
        return good_reply({**ask.body, "response_format": schema}, "chat", ask.number)

    return ask_for


PARAMETERS = (
    Behaviour("temperature is fixed", "OpenAI: github.com/buldezir/lemmary/issues/25", with_field("temperature", status(400, _TEMPERATURE)), left_out("temperature"), ONLINE),
    Behaviour("temperature is fixed, in batches", "OpenAI: github.com/openai/openai-python/issues/2072", with_field("temperature", status(400, _TEMPERATURE)), left_out("temperature"), BATCH),
    Behaviour("temperature is fixed, told in the validation of a batch", "OpenAI: platform.openai.com/docs/guides/batch", refusing_batch("temperature", *_UNSUPPORTED), Expect(without="temperature", repeats=(0, 0), charge="tokens"), BATCH, at="create"),
    Behaviour("temperature and seed are unknown, one after the other", "Gemini: ai.google.dev/gemini-api/docs/openai", _one_after_the_other, Expect(without="seed", repeats=(2, 2 * REQUESTS), charge="nothing"), CHAT_AND_BATCH),
    Behaviour("temperature is fixed, told without a response", "OpenAI: github.com/567-labs/instructor/pull/2657", with_field("temperature", line_error(*_UNSUPPORTED)), left_out("temperature"), BATCH),
    Behaviour("temperature is fixed, while judging", "OpenAI: github.com/QwenLM/qwen-code/issues/921", with_field("temperature", status(400, _TEMPERATURE)), left_out("temperature"), JUDGE),
    Behaviour("temperature and top_p exclude each other", "Anthropic: github.com/BerriAI/litellm/issues/15097", _both, left_out("top_p"), CHAT),
    Behaviour("max_completion_tokens is unknown", "Mistral: github.com/editor-code-assistant/eca/issues/231", with_field("max_completion_tokens", status(422, _extra("max_completion_tokens"))), left_out("max_completion_tokens"), CHAT),
    Behaviour("max_tokens is unknown", "OpenAI: platform.openai.com/docs/guides/reasoning", with_field("max_tokens", status(400, _MAX_TOKENS)), left_out("max_tokens"), CHAT, api={"output_limit": "max_tokens"}),
    Behaviour("seed is unknown", "Mistral: docs.mistral.ai/api", with_field("seed", status(422, _extra("seed"))), left_out("seed"), CHAT),
    Behaviour("store is unknown", "Mistral: github.com/Gitlawb/openclaude/issues/739", with_field("store", status(422, _extra("store"))), left_out("store"), ("responses elicit",)),
    Behaviour("a parameter of the user is unknown", "Cerebras: github.com/mnfst/modelparams.dev/pull/115", with_field("top_k", status(400, error("property 'top_k' is unsupported", "wrong_api_format", _INVALID, "validation_error"))), stops("top_k"), CHAT, api={"body": {"top_k": 20}}),
    Behaviour("a parameter of the user that is not OpenAI's", "vLLM: docs.vllm.ai/en/latest/serving/openai_compatible_server.html", lambda ask: ask.good() if ask.body.get("top_k") == 20 else status(500)(ask), answered(), ONLINE, api={"body": {"top_k": 20}}),
    Behaviour("structured output is unknown, as 400", "DeepSeek: github.com/UKGovernmentBEIS/inspect_ai/issues/4916", _by_prompt(status(400, _FORMAT)), Expect(repeats=(1, 8), charge="nothing"), ("chat judge", "batch judge")),
    Behaviour("structured output is unknown, as 422", "DeepSeek: github.com/browser-use/browser-use/pull/215", _by_prompt(status(422, _NO_SCHEMA)), Expect(repeats=(1, 8), charge="nothing"), ("chat judge", "batch judge")),
    Behaviour("structured output fails now and then", "Groq: github.com/thepersonalaicompany/amurex-backend/issues/38", every(4, status(400, _GENERATION)), Expect(repeats=(1, 8)), ("chat judge",)),
    Behaviour("a system message is unknown", "Gemini: ai.google.dev/gemma/docs/core/prompt-structure", _no_system, Expect(repeats=(1, 8)), ("chat judge",)),
    Behaviour("the output limit has to be at least 1", "vLLM: github.com/vllm-project/vllm/issues/4667", first(1, status(400, error("max_tokens must be at least 1, got -186.", 400, "BadRequestError"))), Expect(failed=(0, 1), repeats=(0, 2)), CHAT),
    Behaviour("the output limit is removed by the user", "Perplexity: docs.perplexity.ai/getting-started/pricing", lambda ask: ask.good(), Expect(), CHAT, api={"body": {"max_completion_tokens": None, "max_tokens": 200}}),
)  # fmt: skip
