"""Exact top-p sampling on a CPU without sorting a vocabulary of 262,144 for every token.

A vLLM plugin (`vllm.general_plugins`). Top-p keeps the shortest prefix of the descending
probabilities whose sum reaches p. It almost always lies within the few hundred most likely tokens,
so those are selected with `topk`; rows with a larger set fall back to a wider `topk`, and finally
to vLLM's full sort. The set is identical; only the cost differs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Filter = Callable[[Any, Any, Any], Any]
_FIRST, _WIDEN, _WIDEST = 256, 8, 2048


def install() -> None:
    """Replace vLLM's top-k/top-p filter with the fast exact one, on CPUs only."""
    from vllm.platforms import current_platform

    if not current_platform.is_cpu():
        return
    import vllm.v1.sample.ops.topk_topp_sampler as sampler

    if getattr(sampler.apply_top_k_top_p, "exact", False):
        return
    sampler.apply_top_k_top_p = exact_filter(sampler.apply_top_k_top_p)


def exact_filter(full_sort: Filter) -> Filter:
    """Return a filter (logits B x V, k B or None, p B or None) -> logits, -inf outside the set.

    Equal to the filter `full_sort`, up to ties at the edge of the set.
    """

    def apply(logits: Any, k: Any, p: Any) -> Any:
        if p is None or k is not None:
            return full_sort(logits, k, p)
        return _narrow(logits, p, _FIRST, full_sort)

    apply.exact = True  # type: ignore[attr-defined]
    return apply


def _narrow(logits: Any, p: Any, width: int, full_sort: Filter) -> Any:
    import torch

    vocabulary = logits.shape[-1]
    values, index = logits.topk(min(width, vocabulary), dim=-1)
    probability = (values - torch.logsumexp(logits, -1, keepdim=True)).exp()
    reached = probability.cumsum(-1)
    keep = (reached - probability) < p.unsqueeze(1)
    keep[:, 0] = True
    wider = ((reached[:, -1] < p) & (width < vocabulary)).nonzero().squeeze(1)
    rest = None
    if wider.numel():
        rest = (
            _narrow(logits[wider], p[wider], width * _WIDEN, full_sort)
            if width < _WIDEST
            else full_sort(logits[wider], None, p[wider])
        )
    filtered = logits.fill_(float("-inf")).scatter_(
        -1, index, values.masked_fill(~keep, float("-inf"))
    )
    if rest is not None:
        filtered[wider] = rest
    return filtered
