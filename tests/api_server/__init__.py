"""Small OpenAI-compatible server for tests: limits, faults, batches, and its own dollar count.

It has what `llmock` lacks: the max() charging rule, fixed windows, billed faults, batches that
expire, are refused or end incomplete, and a total that is independent of the client.
"""
