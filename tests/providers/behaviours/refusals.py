"""Refusals: of one request, which becomes a failed row, or of all, which stop the model."""

from __future__ import annotations

from tests.providers.behaviour import (
    BATCHES,
    CHAT_AND_BATCH,
    EVERYWHERE,
    ONLINE,
    Behaviour,
    fails,
    retried,
    stops,
)
from tests.providers.vocabulary import after, error, every, first, html, of_request, raw, status

_BAD_KEY = [{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT", "details": [{"reason": "API_KEY_INVALID"}]}}]  # fmt: skip
_FLAGGED = {"code": 403, "message": "Input was flagged by moderation", "metadata": {"reasons": ["sexual"], "flagged_input": "...", "provider_name": "OpenAI"}}  # fmt: skip
_CREDITS = {"message": "Insufficient credits. Add more using https://openrouter.ai/settings/credits", "code": 402}  # fmt: skip
_LOW = {"type": "error", "error": {"type": "invalid_request_error", "message": "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}}  # fmt: skip
_USAGE_LIMITS = {"type": "invalid_request_error", "message": "You have reached your specified API usage limits. You will regain access on 2026-09-01"}  # fmt: skip
_AZURE = {"message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", "type": None, "param": "prompt", "code": "content_filter", "status": 400, "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {"violence": {"filtered": True, "severity": "medium"}}}}  # fmt: skip
_CONTEXT = {"object": "error", "message": "This model's maximum context length is 6048 tokens. However, you requested 6616 tokens (568 in the messages, 6048 in the completion).", "type": "BadRequestError", "param": None, "code": 400}  # fmt: skip

REFUSALS = (
    Behaviour("a bad key as 401", "OpenAI: platform.openai.com/docs/guides/error-codes", status(401, error("Incorrect API key provided.", "invalid_api_key", "invalid_request_error")), stops("API key"), ONLINE),
    Behaviour("a bad key as 400, in a list", "Gemini: github.com/continuedev/continue/issues/10290", status(400, _BAD_KEY), stops("API key not valid"), ONLINE),
    Behaviour("a bad key as 400, while judging", "Gemini: github.com/continuedev/continue/issues/10530", status(400, _BAD_KEY), stops("API key not valid"), ("chat judge", "responses judge")),
    Behaviour("a bad key as 403", "DeepSeek: api-docs.deepseek.com/quick_start/error_codes", status(403, error("Authentication Fails, Your api key is invalid", "invalid_request_error", "authentication_error")), stops("api key"), ONLINE),
    Behaviour("the country is not served", "OpenAI: platform.openai.com/docs/guides/error-codes", status(403, error("Country, region, or territory not supported", "unsupported_country_region_territory", "request_forbidden")), stops("not supported"), ONLINE),
    Behaviour("no credit, as 402, from the seventh on", "OpenRouter: github.com/BerriAI/litellm/issues/37592", after(6, status(402, {"error": _CREDITS})), stops("Insufficient credits", texts=(6, 6)), ONLINE),
    Behaviour("no credit, as 402", "DeepSeek: api-docs.deepseek.com/quick_start/error_codes", status(402, error("Insufficient Balance", "invalid_request_error", "unknown_error")), stops("Insufficient Balance"), ONLINE),
    Behaviour("no credit, as 400", "Anthropic: github.com/anthropics/claude-code/issues/4207", status(400, _LOW), stops("credit balance is too low"), ONLINE),
    Behaviour("no quota, as 429", "OpenAI: platform.openai.com/docs/guides/error-codes", status(429, error("You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", "insufficient_quota")), stops("quota"), ONLINE),
    Behaviour("the account's own limit, as 400", "Anthropic: github.com/BerriAI/litellm/issues/37592", status(400, {"type": "error", "error": _USAGE_LIMITS}), stops("usage limits"), ONLINE),
    Behaviour("a proxy's budget is used up", "LiteLLM: github.com/BerriAI/litellm/pull/7220", status(400, error("Budget has been exceeded! Current cost: 10.0, Max budget: 10.0", "400", "budget_exceeded")), stops("Budget has been exceeded"), ONLINE),
    Behaviour("an unknown model", "OpenAI: platform.openai.com/docs/guides/error-codes", status(404, error("The model `model-1` does not exist or you do not have access to it.", "model_not_found", "invalid_request_error")), stops("does not exist"), ONLINE),
    Behaviour("an unknown model, without a code", "vLLM: docs.vllm.ai/en/latest/serving/openai_compatible_server.html", status(404, {"object": "error", "message": "The model `model-1` does not exist.", "type": "NotFoundError", "param": None, "code": 404}), stops("does not exist"), ONLINE),
    Behaviour("an unknown deployment", "Azure: learn.microsoft.com/azure/ai-services/openai/how-to/create-resource", status(404, error("The API deployment for this resource does not exist.", "DeploymentNotFound")), stops("deployment"), ONLINE),
    Behaviour("a model that is not pulled", "Ollama: docs.ollama.com/openai", status(404, error('model "model-1" not found, try pulling it first', None, "api_error")), stops("not found"), ONLINE),
    Behaviour("a base_url without /v1", "nginx: github.com/tsundereraws/aisub-translator/issues/2", html(404, "404 Not Found"), stops("404"), ONLINE),
    Behaviour("a base_url that knows no POST", "Open WebUI: github.com/mealie-recipes/mealie/issues/7123", status(405, {"detail": "Method Not Allowed"}), stops("Method Not Allowed"), ONLINE),
    Behaviour("a redirect that turns POST into GET", "Together: github.com/QwenLM/qwen-code/issues/166", status(301, None, location="/v1/elsewhere"), stops("redirect"), ONLINE),
    Behaviour("a page of Cloudflare refuses", "Groq behind Cloudflare: kerlig.com/help/groq/troubleshooting", html(403, "Attention Required! | Cloudflare"), stops("Cloudflare"), ONLINE),
    Behaviour("a bad key, in batches", "Gemini: github.com/continuedev/continue/issues/10290", status(400, _BAD_KEY), stops("API key not valid", failed=0), BATCHES, at="upload"),
    Behaviour("no credit, in batches", "OpenRouter: github.com/BerriAI/litellm/issues/37592", status(402, {"error": _CREDITS}), stops("Insufficient credits", failed=0), BATCHES, at="create"),
    Behaviour("an intermittent 404", "OpenRouter: openrouter.ai/docs/features/provider-routing", first(2, status(404, error("No endpoints found for model-1.", 404))), retried("nothing"), ONLINE),
    Behaviour("an intermittent 404 of a proxy", "nginx: github.com/tsundereraws/aisub-translator/issues/2", every(5, html(404, "404 Not Found")), retried("nothing"), ONLINE),
    Behaviour("one input is flagged, as 403", "OpenRouter: openrouter.ai/docs/errors", of_request("r3", status(403, {"error": _FLAGGED})), fails("flagged", 1, charge="nothing"), EVERYWHERE),
    Behaviour("one input is flagged, as 400", "Azure: github.com/compl-ai/compl-ai/issues/20", of_request("r3", status(400, {"error": _AZURE})), fails("content management policy", 1, charge="nothing"), EVERYWHERE),
    Behaviour("two inputs are flagged in a row", "Azure: github.com/openai/openai-python/issues/331", lambda ask: (status(400, {"error": _AZURE}) if ask.request_id in {"r3", "r4"} else lambda a: a.good())(ask), fails("content management policy", 2, charge="nothing"), EVERYWHERE),
    Behaviour("one input violates the usage policy", "OpenAI: platform.openai.com/docs/guides/reasoning", of_request("r3", status(400, error("Invalid prompt: your prompt was flagged as potentially violating our usage policy.", "invalid_prompt", "invalid_request_error"))), fails("usage policy", 1, charge="nothing"), EVERYWHERE),
    Behaviour("one prompt is too long", "vLLM: github.com/ogx-ai/ogx/issues/4534", of_request("r3", status(400, _CONTEXT)), fails("maximum context length", 1, charge="nothing"), EVERYWHERE),
    Behaviour("one prompt is too long for a proxy", "nginx: nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size", of_request("r3", html(413, "413 Request Entity Too Large")), fails("413", 1, charge="nothing"), ONLINE),
    Behaviour("one request is larger than a minute's tokens", "Groq: console.groq.com/docs/rate-limits", of_request("r3", status(413, error("Request too large for model `model-1` on tokens per minute (TPM): Limit 6000, Requested 8000", "rate_limit_exceeded", "tokens"))), fails("Request too large", 1, charge="nothing"), ONLINE),
    Behaviour("one request is larger than a minute's tokens, as 429", "OpenAI: platform.openai.com/docs/guides/rate-limits", of_request("r3", status(429, error("Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000.", "rate_limit_exceeded", "tokens"))), fails("Request too large", 1, charge="nothing"), ONLINE),
    Behaviour("a refusal as a plain string", "Ollama: github.com/ollama/ollama/issues/15934", of_request("r3", status(400, {"error": "prompt is too odd"})), fails("prompt is too odd", 1, charge="nothing"), CHAT_AND_BATCH),
    Behaviour("a refusal as plain text", "TGI: huggingface.co/docs/text-generation-inference/messages_api", of_request("r3", raw(b"prompt is too odd", "text/plain", 422)), fails("prompt is too odd", 1, charge="nothing"), ONLINE),
    Behaviour("a refusal as message and code", "Cohere: docs.cohere.com/reference/errors", of_request("r3", status(422, {"id": "x", "message": "prompt is too odd"})), fails("prompt is too odd", 1, charge="nothing"), EVERYWHERE),
    Behaviour("a refusal as a list of details", "FastAPI servers: github.com/crewAIInc/crewAI/issues/60", of_request("r3", status(422, {"detail": [{"type": "value_error", "loc": ["body", "messages"], "msg": "prompt is too odd"}]})), fails("prompt is too odd", 1, charge="nothing"), EVERYWHERE),
    Behaviour("a refusal without a body", "Cerebras: github.com/RooCodeInc/Roo-Code/pull/3247", of_request("r3", raw(b"", "text/plain", 400)), fails("400", 1, charge="nothing"), ONLINE),
    Behaviour("a refusal with a code that is a number", "Azure: github.com/jasonacox/TinyLLM/issues/17", of_request("r3", status(400, error("prompt is too odd", 17, 4.5, ["x"]))), fails("prompt is too odd", 1, charge="nothing"), EVERYWHERE),
)  # fmt: skip
