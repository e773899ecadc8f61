"""A small OpenAI-compatible server for tests: limits, faults, batches, and its own dollar count.

It stands in for what `llmock` lacks: the max() charging rule, quantised windows, billed faults,
batches that expire, are refused or end half done, and a total that no client can talk it out of.
"""
