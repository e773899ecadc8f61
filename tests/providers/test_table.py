"""The table is as large as it is meant to be, and says where its lines come from."""

from __future__ import annotations

from collections import Counter

from tests.providers.behaviour import ALL
from tests.providers.table import CASES, TABLE

PROVIDERS = (
    "OpenAI", "Azure", "Anthropic", "Gemini", "xAI", "Groq", "Mistral", "Cohere", "DeepSeek",
    "Together", "OpenRouter", "Perplexity", "Cerebras", "vLLM", "SGLang", "TGI", "llama.cpp",
    "Ollama", "LiteLLM", "Cloudflare", "nginx",
)  # fmt: skip


def test_every_line_has_a_name_of_its_own_and_a_source():
    assert max(Counter(behaviour.name for behaviour in TABLE).values()) == 1
    assert all(behaviour.source.strip() for behaviour in TABLE)


def test_the_table_covers_the_providers_and_the_modes():
    sources = [behaviour.source for behaviour in TABLE]
    assert not [name for name in PROVIDERS if not any(s.startswith(name) for s in sources)]
    assert len(TABLE) >= 150
    modes = Counter(mode for _, mode in CASES)
    assert set(modes) == set(ALL)
