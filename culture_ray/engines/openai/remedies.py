"""Sentences that say what to change after a provider has refused a model altogether; pure."""

from __future__ import annotations

import re

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.openai.problems import Problem

_KEY = re.compile(r"api[ _-]?key|authenti|unauthori[sz]ed|credential|\btoken is\b", re.IGNORECASE)
_MONEY = re.compile(
    r"credit|balance|billing|payment|quota|insufficient funds|spending limit|recharge",
    re.IGNORECASE,
)
_MODEL = re.compile(r"\bmodel\b|deployment|no endpoints", re.IGNORECASE)


def remedy(problem: Problem, api: ApiSettings) -> str:
    """Return the change to make, naming the setting, before the same command can go on."""
    said = f"{problem.code} {problem.message}"
    status = problem.status or 0
    if problem.kind == "unsent":
        return f"correct api.base_url ({_address(api)}), or let this machine trust its certificate"
    if 300 <= status < 400 or status in (405, 426):
        return f"correct api.base_url ({_address(api)}); use https and no redirect"
    if status == 402 or _MONEY.search(said):
        return "add credit to the provider's account"
    if status == 407:
        return "put the proxy's user and password into HTTPS_PROXY, or the API's host into NO_PROXY"
    if status == 401 or _KEY.search(said):
        if api.key_variable is None:
            return "name the environment variable with the key in api.key_variable"
        return f"put a valid key into the environment variable {api.key_variable}"
    if problem.kind == "body":
        return f"correct api.base_url ({_address(api)}): what answers there is no such API"
    if status == 404 or (status in (400, 422) and _MODEL.search(problem.param or "")):
        return f"correct source (the API's name of the model) or api.base_url ({_address(api)})"
    if status in (403, 451):
        return "let the provider admit this account, region and model"
    named = f" such as api.body={{{problem.param}: null}}" if problem.param else ""
    return f"change the request with api.body{named}; null leaves a field out"


def _address(api: ApiSettings) -> str:
    return api.shown_url or "the provider's own"
