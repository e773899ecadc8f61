"""Ask an API one question many times with another project's client: run by that project's Python.

`python peer_tools.py TOOL BASE_URL REQUESTS REQUESTS_PER_MINUTE`; prints how many answers came.
Imports nothing of this repository.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile

MODEL, MAX_TOKENS, IN_FLIGHT = "gpt-4o", 300, 64


def ask_with_curator(base_url: str, prompts: list[str], per_minute: int) -> int:
    """Return the number of answers that `curator.LLM` gives, with its own retries.

    Its tokenizer would be downloaded; no limit on tokens is set, so that any count will do.
    """
    import tiktoken

    tiktoken.get_encoding = tiktoken.encoding_for_model = lambda name: _Bytes()
    from bespokelabs import curator

    class Asking(curator.LLM):
        def prompt(self, row: dict[str, str]) -> str:
            return row["prompt"]

        def parse(self, row: dict[str, str], response: str) -> dict[str, str]:
            return {"answer": response}

    asking = Asking(
        model_name=MODEL, backend="openai", generation_params={"max_tokens": MAX_TOKENS},
        backend_params={
            "base_url": base_url, "max_requests_per_minute": per_minute or 1_000_000,
            "max_tokens_per_minute": 1_000_000_000, "max_retries": 100,
            "require_all_responses": False,
        },
    )  # fmt: skip
    answers = asking([{"prompt": prompt} for prompt in prompts])
    rows = getattr(answers, "dataset", answers)
    return sum(bool(row["answer"]) for row in rows)


class _Bytes:
    """Stand-in for a tokenizer: four bytes are a token."""

    def encode(self, text: str, **_: object) -> list[int]:
        return list(text.encode()[::4])


def ask_with_inspect(base_url: str, prompts: list[str], per_minute: int) -> int:
    """Return the number of answers of an `inspect_ai` task; it knows no limit per minute."""
    import inspect_ai
    from inspect_ai import Task
    from inspect_ai.dataset import Sample
    from inspect_ai.solver import generate

    task = Task(dataset=[Sample(input=prompt) for prompt in prompts], solver=generate())
    with tempfile.TemporaryDirectory() as folder:
        [log] = inspect_ai.eval(
            task, model=f"openai/{MODEL}", model_base_url=base_url, display="none",
            log_dir=folder, fail_on_error=False, max_samples=IN_FLIGHT,
            max_connections=IN_FLIGHT, max_retries=100, max_tokens=MAX_TOKENS,
        )  # fmt: skip
        return sum(bool(sample.output.completion) for sample in log.samples or [])


def ask_bare(base_url: str, prompts: list[str], per_minute: int) -> int:
    """Return the number of answers of openai's own client with its default retries."""
    from openai import APIError, AsyncOpenAI

    async def act() -> int:
        gate = asyncio.Semaphore(IN_FLIGHT)
        async with AsyncOpenAI(base_url=base_url) as client:

            async def one(prompt: str) -> int:
                message = {"role": "user", "content": prompt}
                async with gate:
                    try:
                        answer = await client.chat.completions.create(
                            model=MODEL, messages=[message], max_tokens=MAX_TOKENS
                        )
                    except APIError:
                        return 0
                return int(bool(answer.choices[0].message.content))

            return sum(await asyncio.gather(*map(one, prompts)))

    return asyncio.run(act())


if __name__ == "__main__":
    tools = {"curator": ask_with_curator, "inspect_ai": ask_with_inspect, "bare": ask_bare}
    tool, base_url, requests, per_minute = sys.argv[1:]
    prompts = [f"Describe ten people of town {n} and their opinions." for n in range(int(requests))]
    print("answers:", tools[tool](base_url, prompts, int(per_minute)))
