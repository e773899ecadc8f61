"""Prompts of local models are what the model's own chat template makes of the messages."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from culture_ray.engines.interface import Request, Sampling, Turn
from culture_ray.engines.thoughts.marks import opens_thoughts
from culture_ray.engines.vllm.prompts import PromptRenderer, template_text
from culture_ray.errors import EngineFailed
from tests.engines.vllm.small_tokenizers import FAMILIES, GEMMA, LLAMA, OLMO, QWEN, tokenizer_of

pytestmark = pytest.mark.slow  # transformers takes seconds to import

PLAIN = Request("r", "Ist Wasser naß? 水は濡れていますか", Sampling())
FULL = replace(
    PLAIN,
    system="Answer in one word.",
    turns=(Turn("Is fire hot?", "Yes."), Turn("Is ice hot?", "No.")),
)
each_family = pytest.mark.parametrize("name", FAMILIES)


def expected(tokenizer: Any, messages: list[dict[str, str]], **arguments: Any) -> list[int]:
    """Return the tokens that transformers makes of messages."""
    tokens: list[int] = tokenizer.apply_chat_template(
        messages, tokenize=True, add_generation_prompt=True, return_dict=False, **arguments
    )
    return tokens


@each_family
def test_one_message_is_rendered_as_by_the_models_own_template(name: str) -> None:
    tokenizer = tokenizer_of(FAMILIES[name])
    found = PromptRenderer(tokenizer, chat=True).prompt(PLAIN)
    assert found.tokens == expected(tokenizer, [{"role": "user", "content": PLAIN.prompt}])
    assert tokenizer.encode(found.text, add_special_tokens=False) == found.tokens
    assert tokenizer.decode(found.tokens) == found.text


@each_family
def test_earlier_exchanges_keep_their_roles_and_the_system_text_its_own_or_precedes_the_first(
    name: str,
) -> None:
    family = FAMILIES[name]
    tokenizer = tokenizer_of(family)
    renderer = PromptRenderer(tokenizer, chat=True)
    messages = FULL.messages
    if not family.system_role:
        system, first, *rest = messages
        messages = [first | {"content": f"{system['content']}\n\n{first['content']}"}, *rest]
    assert renderer.has_system_role is family.system_role
    assert renderer.prompt(FULL).tokens == expected(tokenizer, messages)


@each_family
def test_there_is_one_bos_where_the_family_has_one(name: str) -> None:
    family = FAMILIES[name]
    tokenizer = tokenizer_of(family)
    for chat in (True, False):
        tokens = PromptRenderer(tokenizer, chat=chat).prompt(PLAIN).tokens
        begins = tokens[:1] == [tokenizer.bos_token_id]
        assert begins is (family.bos is not None and (name != "phi" or not chat))
        if begins:
            assert tokens[1] != tokenizer.bos_token_id


def test_a_template_with_two_bos_or_none_gets_one() -> None:
    doubled = replace(LLAMA, template="{{ bos_token }}" + (LLAMA.template or ""))
    left_out = replace(LLAMA, template=(LLAMA.template or "").removeprefix("{{ bos_token }}"))
    right = PromptRenderer(tokenizer_of(LLAMA), chat=True).prompt(PLAIN)
    for family in (doubled, left_out):
        assert PromptRenderer(tokenizer_of(family), chat=True).prompt(PLAIN) == right


def test_arguments_of_the_template_reach_it() -> None:
    tokenizer = tokenizer_of(QWEN)
    silent = PromptRenderer(tokenizer, chat=True, arguments={"enable_thinking": False})
    messages = [{"role": "user", "content": PLAIN.prompt}]
    assert silent.prompt(PLAIN).tokens == expected(tokenizer, messages, enable_thinking=False)
    assert silent.prompt(PLAIN).text.endswith("<think>\n\n</think>\n\n")
    assert not opens_thoughts(silent.prompt(PLAIN).text)


def test_a_prompt_tells_that_it_ends_within_thoughts() -> None:
    found = PromptRenderer(tokenizer_of(FAMILIES["deepseek"]), chat=True).prompt(PLAIN)
    assert opens_thoughts(found.text)


def test_a_template_from_a_file_replaces_the_tokenizers(tmp_path: Path) -> None:
    file = tmp_path / "template.jinja"
    file.write_text("{{ bos_token }}Q: {{ messages[-1].content }}\nA:", encoding="utf-8")
    tokenizer = tokenizer_of(OLMO)
    found = PromptRenderer(tokenizer, chat=True, template=template_text(str(file)))
    assert found.prompt(PLAIN).text == f"<|endoftext|>Q: {PLAIN.prompt}\nA:"
    with pytest.raises(EngineFailed, match=r"none\.jinja cannot be read"):
        template_text(str(tmp_path / "none.jinja"))


def test_a_template_that_does_not_render_is_refused_in_its_own_words() -> None:
    with pytest.raises(EngineFailed, match=r"chat template does not render .*roles"):
        broken = "{{ raise_exception('no such roles') }}"
        PromptRenderer(tokenizer_of(GEMMA), chat=True, template=broken)


def test_a_template_that_takes_text_as_a_part_of_the_content_gets_it_so() -> None:
    """Templates of models with images, which would else write a prompt without its text."""
    parts = (
        "{% for m in messages %}[{{ m.role }}]{% for part in m.content %}"
        "{% if part.type == 'text' %}{{ part.text }}{% endif %}{% endfor %}{% endfor %}[assistant]"
    )
    found = PromptRenderer(tokenizer_of(GEMMA), chat=True, template=parts).prompt(FULL)
    assert found.text == (
        "<bos>[system]Answer in one word.[user]Is fire hot?[assistant]Yes.[user]Is ice hot?"
        f"[assistant]No.[user]{PLAIN.prompt}[assistant]"
    )
    with pytest.raises(EngineFailed, match="leaves out the text of the user's message"):
        PromptRenderer(tokenizer_of(GEMMA), chat=True, template="[user][assistant]")


@pytest.mark.parametrize(
    "template",
    [
        "Q: {{ messages[-1].content }}\nA:",
        "{% if messages | length > 1 %}{{ raise_exception('one message') }}{% endif %}"
        "Q: {{ messages[-1].content }}\nA:",
    ],
)
def test_earlier_exchanges_precede_the_prompt_where_a_template_has_no_place_for_them(
    template: str,
) -> None:
    found = PromptRenderer(tokenizer_of(QWEN), chat=True, template=template).prompt(FULL)
    earlier = "Answer in one word.\n\nIs fire hot?\n\nYes.\n\nIs ice hot?\n\nNo."
    assert found.text == f"Q: {earlier}\n\n{PLAIN.prompt}\nA:"


def test_a_model_without_a_template_is_not_asked_to_chat() -> None:
    tokenizer = tokenizer_of(replace(GEMMA, template=None))
    with pytest.raises(EngineFailed, match="chat: false"):
        PromptRenderer(tokenizer, chat=True)
    assert PromptRenderer(tokenizer, chat=False).prompt(FULL).text == (
        "<bos>Answer in one word.\n\nIs fire hot?\n\nYes.\n\nIs ice hot?\n\nNo.\n\n" + PLAIN.prompt
    )


def test_a_tokenizer_of_mistral_encodes_its_marks_as_marks(tmp_path: Path) -> None:
    common = pytest.importorskip("mistral_common")
    files = sorted(Path(common.__file__).parent.joinpath("data").glob("tekken*.json"))
    if not files:
        pytest.skip("mistral_common comes without a tokenizer")
    from vllm.tokenizers.mistral import MistralTokenizer

    shutil.copy(files[0], tmp_path / "tekken.json")
    tokenizer = MistralTokenizer.from_pretrained(str(tmp_path))
    renderer = PromptRenderer(tokenizer, chat=True)
    found = renderer.prompt(replace(PLAIN, prompt="Who are you?"))
    messages = [{"role": "user", "content": "Who are you?"}]
    right = tokenizer.apply_chat_template(messages, tokenize=True, add_generation_prompt=True)
    assert found.tokens == list(right)
    assert len(found.tokens) < 10
    assert renderer.prompt(FULL).tokens.count(tokenizer.bos_token_id) == 1
    with pytest.raises(EngineFailed, match="remove chat_template"):
        PromptRenderer(tokenizer, chat=True, template="{{ messages }}")
