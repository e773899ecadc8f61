"""An address is joined rightly, shown without secrets, or refused with the line to write."""

from __future__ import annotations

import pytest

from culture_ray.engines.api_address import ApiAddress, address_of, address_problem

AZURE = "https://n.openai.azure.com/openai/deployments/d"


def test_the_query_is_apart_from_the_part_that_paths_are_added_to():
    query = {"api-version": "2024-10-21"}
    assert address_of(f"{AZURE}?api-version=2024-10-21") == ApiAddress(AZURE, query, AZURE)
    assert address_of("http://gpu:8000/v1").shown == "http://gpu:8000/v1"
    assert address_of("https://me:s3cret@gpu/v1?key=abc").shown == "https://gpu/v1"


@pytest.mark.parametrize("url", ["http://gpu:8000/v1", "https://[::1]:8000", f"{AZURE}?a=b"])
def test_an_address_that_can_be_used_has_no_problem(url):
    assert address_problem(url) is None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://me:s3cret@gpu/v1", "user name or password: write base_url: https://gpu/v1"),
        ("https://gpu/v1?key=s3cret", "holds a secret in its parameter key"),
        ("gpu:8000/v1", "expected http:// or https:// and a host, such as https://gpu:8000/v1"),
        ("ftp://gpu/v1", "such as https://gpu/v1"),
        ("", "expected http://"),
        ("http://gpu:port/v1", "is not an address"),
        ("http://[gpu/v1", "is not an address"),
        ("http://gpu/v1?a=1&a=2", "has a parameter twice"),
        ("http://gpu/v1#models", "ends in a fragment"),
        ("http://gpu/v1/chat/completions?a=b", "write base_url: http://gpu/v1?a=b"),
        ("http://gpu/v1/responses/", "write base_url: http://gpu/v1"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_secrets(url, words):
    problem = address_problem(url)
    assert words in problem
    assert "s3cret" not in problem
