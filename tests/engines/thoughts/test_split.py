"""Thoughts are separated from the text, whatever the marks and their number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.thoughts.marks import HARMONY, KNOWN_MARKS, ThoughtMarks, opens_thoughts
from culture_ray.engines.thoughts.split import SplitResponse, split_thoughts

PAIRS = [pair for pair in KNOWN_MARKS if not pair.plain]
WORDS = st.text(st.characters(blacklist_characters="<>[]|◁▷", blacklist_categories=["Cs"]))
SAID = WORDS.filter(lambda words: words.strip() != "" and not words.startswith("analysis"))


@given(WORDS, st.booleans())
def test_a_response_without_marks_is_returned_as_it_is(raw: str, cut: bool) -> None:
    if not raw.strip().casefold().startswith(("here", "analysis")):
        assert split_thoughts(raw, cut=cut) == SplitResponse(None, raw)


@given(st.sampled_from(PAIRS), st.lists(SAID, min_size=1, max_size=4), SAID, st.booleans())
def test_any_number_of_blocks_before_the_text_are_thoughts(
    pair: ThoughtMarks, blocks: list[str], text: str, cut: bool
) -> None:
    raw = "".join(f"{pair.start}{block}{pair.end}" for block in blocks) + text
    found = split_thoughts(raw, cut=cut)
    assert found.text == text.strip()
    assert found.thoughts == "\n\n".join(block.strip() for block in blocks)


@given(st.sampled_from(PAIRS), SAID, SAID, st.integers(1, 4))
def test_nested_blocks_are_one_thought(
    pair: ThoughtMarks, thought: str, text: str, depth: int
) -> None:
    raw = pair.start * depth + thought + pair.end * depth + text
    found = split_thoughts(raw)
    assert found.text == text.strip()
    assert thought.strip() in (found.thoughts or "")


@given(st.sampled_from(PAIRS), SAID, SAID)
def test_an_end_alone_ends_thoughts_that_began_in_the_prompt(
    pair: ThoughtMarks, thought: str, text: str
) -> None:
    for inside in (False, True):
        found = split_thoughts(thought + pair.end + text, inside=inside)
        assert found == SplitResponse(thought.strip(), text.strip())


@given(st.sampled_from(PAIRS), SAID, st.booleans())
def test_unclosed_thoughts_leave_no_text(pair: ThoughtMarks, thought: str, cut: bool) -> None:
    assert split_thoughts(pair.start + thought, cut=cut) == SplitResponse(thought.strip(), None)
    assert split_thoughts(thought, inside=True, cut=cut) == SplitResponse(thought.strip(), None)


@given(st.sampled_from(PAIRS), SAID, SAID)
def test_cutting_a_response_never_makes_a_thought_a_text(
    pair: ThoughtMarks, thought: str, text: str
) -> None:
    raw = f"{pair.start}{thought}{pair.end}{text}"
    answer_begins = len(raw) - len(text)
    for end in range(len(pair.start), len(raw)):
        found = split_thoughts(raw[:end], cut=True)
        if end <= answer_begins:
            assert found.text is None
        else:
            assert (found.text or "") == text[: end - answer_begins].strip()


def test_marks_of_a_models_own_file_count_beside_the_known_ones() -> None:
    own = (ThoughtMarks("«pensée»", "«fin»"),)
    raw = "«pensée»deux personnes«fin»<think>encore</think>1. Pour."
    assert split_thoughts(raw, own) == SplitResponse("deux personnes\n\nencore", "1. Pour.")
    assert split_thoughts(raw).text == "«pensée»deux personnes«fin»1. Pour."


@pytest.mark.parametrize("start", ["**Thinking**", "#denk", "<denk a>"])
def test_a_models_own_marks_may_have_the_form_of_markdown_or_of_a_tag_with_attributes(
    start: str,
) -> None:
    own = (ThoughtMarks(start, "**Answer**"),)
    found = split_thoughts(f"{start} two people **Answer** 1. Yes", own)
    assert found == SplitResponse("two people", "1. Yes")


@given(st.sampled_from(PAIRS), st.sampled_from(PAIRS), SAID, SAID)
def test_the_end_of_any_pair_ends_thoughts_whose_own_end_does_not_follow(
    pair: ThoughtMarks, other: ThoughtMarks, thought: str, text: str
) -> None:
    raw = pair.start + thought + other.end + text
    assert split_thoughts(raw) == SplitResponse(thought.strip(), text.strip())
    if pair is not other:  # cut off, its own end may have been to come
        assert split_thoughts(raw, cut=True).text is None


@pytest.mark.parametrize(
    ("prompt", "inside"),
    [
        ("<|im_start|>assistant\n<think>\n", True),
        ("<|im_start|>assistant\n<think>\n\n</think>\n\n", False),
        ("<|im_start|>assistant\n", False),
        (f"<|start|>assistant{HARMONY}", True),
        ("<|start|>assistant", False),
        ("model\n<|channel>thought\n", True),
        ("Here is my thought process:", False),
    ],
)
def test_a_prompt_that_ends_within_thoughts_is_recognised(prompt: str, inside: bool) -> None:
    assert opens_thoughts(prompt) is inside
