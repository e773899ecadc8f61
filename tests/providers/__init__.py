"""Conformance suite: behaviours of real providers, as public reports describe them.

`table.py` lists them, one line each; `test_behaviours.py` runs every line through the real client,
the real engines and a real governor against a scripted server, in virtual time.
"""
