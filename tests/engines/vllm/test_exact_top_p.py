"""The fast top-p filter keeps exactly the tokens that a full sort keeps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.engines.vllm.exact_top_p import exact_filter

pytestmark = pytest.mark.slow

VOCABULARY = 20_000


@pytest.fixture(scope="module")
def torch():
    """PyTorch, imported when a test runs: collecting this file must not take seconds."""
    return pytest.importorskip("torch", reason="the extra cpu is not installed")


def by_full_sort(logits, k, p):
    """The definition: the shortest prefix of the descending probabilities that reaches p."""
    ordered, index = logits.sort(dim=-1, descending=True)
    probability = ordered.double().softmax(-1)
    keep = (probability.cumsum(-1) - probability) < p.double().unsqueeze(1)
    keep[:, 0] = True
    kept = logits.new_full(logits.shape, float("-inf"))
    return kept.scatter_(-1, index, ordered.masked_fill(~keep, float("-inf")))


def never(logits, k, p):
    raise AssertionError("the full sort was not needed")


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    spread=st.floats(0.05, 12.0),
    tops=st.lists(st.floats(0.05, 0.999), min_size=1, max_size=4),
)
def test_the_kept_set_is_that_of_a_full_sort(torch, seed, spread, tops):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(len(tops), VOCABULARY, generator=generator) * spread
    p = torch.tensor(tops)
    kept = torch.isfinite(exact_filter(by_full_sort)(logits.clone(), None, p))
    wanted = torch.isfinite(by_full_sort(logits.clone(), None, p))
    # Where a cumulative sum meets p to the last bit, single and double precision may differ by one.
    assert ((kept ^ wanted).sum(-1) <= 1).all()
    assert kept.any(-1).all()


def test_peaked_rows_are_kept_without_a_full_sort(torch):
    logits = torch.full((3, VOCABULARY), -20.0)
    logits[:, :5] = torch.tensor([5.0, 4.0, 3.0, 2.0, 1.0])
    kept = exact_filter(never)(logits.clone(), None, torch.tensor([0.5, 0.9, 0.99]))
    assert torch.isfinite(kept).sum(-1).tolist() == [1, 3, 5]


def test_flat_rows_beside_peaked_ones_get_their_own_wide_set(torch):
    logits = torch.zeros(2, VOCABULARY)
    logits[0, 7] = 50.0
    kept = exact_filter(by_full_sort)(logits.clone(), None, torch.tensor([0.9, 0.9]))
    assert torch.isfinite(kept).sum(-1).tolist()[0] == 1
    assert abs(torch.isfinite(kept).sum(-1).tolist()[1] - 0.9 * VOCABULARY) <= 2


def test_top_k_and_no_top_p_are_left_to_the_engine(torch):
    calls = []

    def full_sort(logits, k, p):
        calls.append((k, p))
        return logits

    logits = torch.zeros(1, 10)
    chosen = exact_filter(full_sort)
    chosen(logits, None, None)
    chosen(logits, torch.tensor([5]), torch.tensor([0.9]))
    assert len(calls) == 2
