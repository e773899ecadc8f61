"""Keys are removed from text in every form in which a server may send them back."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.redaction.secrets import REMOVED, SHORTEST, Secrets, scrub_message

PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
KEYS = (
    st.text(PRINTABLE, min_size=SHORTEST, max_size=60)
    .map(str.strip)
    .filter(lambda key: len(key) >= SHORTEST)
)
FORMS = {
    "raw": lambda key: key,
    "json": json.dumps,
    "json in json": lambda key: json.dumps(json.dumps(key)),
    "json with escaped slashes": lambda key: json.dumps(key).replace("/", "\\/"),
    "json with escaped markup": lambda key: "".join(
        f"\\u{ord(c):04X}" if c in "<>&'" else c for c in json.dumps(key)
    ),
    "unicode escapes": lambda key: "".join(f"\\u{ord(c):04x}" for c in key),
    "repr": repr,
    "repr of bytes": lambda key: repr(key.encode()),
    "url": quote,
    "url, all of it": lambda key: quote(key, safe=""),
    "form": quote_plus,
    "url twice": lambda key: quote(quote(key, safe=""), safe=""),
    "html": html.escape,
    "html with numbers": lambda key: "".join(f"&#{ord(c)};" for c in key),
    "html in json": lambda key: json.dumps(html.escape(key)),
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64 of a password": lambda key: base64.b64encode(f":{key}".encode()).decode(),
    "base64 of user and password": lambda key: base64.b64encode(f"me:{key}".encode()).decode(),
    "base64 of a user name": lambda key: base64.b64encode(f"{key}:x".encode()).decode(),
    "url-safe base64": lambda key: base64.urlsafe_b64encode(f"me:{key}\0".encode()).decode(),
}


def knowing(key):
    secrets = Secrets()
    secrets.add(key)
    return secrets


@pytest.mark.slow
@given(key=KEYS, before=st.text(max_size=20), after=st.text(max_size=20))
def test_no_form_of_a_key_is_left(key, before, after):
    secrets = knowing(key)
    for form, encode in FORMS.items():
        echoed = encode(key)
        text = secrets.scrub(f"{before} {echoed} {after}")
        assert echoed.strip("\"'=") not in text, form
        assert key not in text, form
        assert REMOVED in text, form


@pytest.mark.slow
@given(key=KEYS, shown=st.integers(3, 6), mask=st.sampled_from(["***", "...", "…", "•••", "xxxx"]))
def test_what_a_server_shows_of_a_masked_key_is_removed(key, shown, mask):
    for echoed in (
        f"{key[:shown]}{mask}{key[-shown:]}",
        f"{key[:shown]}{mask}",
        mask + key[-shown:],
    ):
        assert echoed not in knowing(key).scrub(f"Incorrect key: {echoed}.", masked=True)


@pytest.mark.slow
@given(key=KEYS, left=st.floats(0.5, 1.0))
def test_a_key_that_a_message_cuts_off_is_removed(key, left):
    cut = key[: max(SHORTEST, round(left * len(key)) + 1)]
    assert cut not in knowing(key).scrub(f"no such key: {cut}")


@given(text=st.text(), key=KEYS)
def test_a_text_without_the_key_stays_as_it_is(text, key):
    halves = (key[: len(key) // 2], key[len(key) // 2 :])
    if not any(half in text for half in halves) and "\\" not in text and "%" not in text:
        assert knowing(key).scrub(text) == text or "&" in text or "+" in text


def test_a_placeholder_for_servers_without_keys_is_no_secret():
    assert knowing("EMPTY").scrub("EMPTY words") == "EMPTY words"


def test_a_key_that_contains_another_is_removed_whole():
    secrets = knowing("abcdefgh")
    secrets.add("abcdefghijklmnop")
    assert secrets.scrub("abcdefghijklmnop abcdefgh") == f"{REMOVED} {REMOVED}"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "Incorrect key provided: sk-proj-abc123def456ghi.",
            "Incorrect key provided: [key]",
        ),
        ("key sk-abc***********wxyz is wrong", "key [key] is wrong"),
        ("at https://me:secret@host.example/v1", "at https://[credentials]@host.example/v1"),
        ("Authorization: Bearer abcdef123456789", "Authorization: Bearer [key]"),
        ("a task-key or a risk-free turkey", "a task-key or a risk-free turkey"),
    ],
)
def test_what_looks_like_anybodys_key_is_removed_from_messages(said, shown):
    assert scrub_message(said).rstrip(".") == shown
