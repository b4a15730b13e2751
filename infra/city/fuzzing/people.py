"""
What schemathesis loads to draw requests to casework that reach something: ids of children there are, and versions that are current.

Most requests go to a child of the list of whoever asks; some to one that nobody has. A move mostly names the version of the moment, and
some of what is drawn is replaced by what the invented wards fill in (`infra/city/office/courses.py`): else no case would ever move.
"""

import os
import random
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import schemathesis

from infra.city.office.courses import COURSES

CHILDREN, COOKIE, SEED, TODAY = "TSUNAGU_FUZZ_CHILDREN", "TSUNAGU_FUZZ_COOKIE", "TSUNAGU_FUZZ_SEED", "TSUNAGU_FUZZ_TODAY"
"""What is in the environment: ids joined by commas, the session of whoever asks, where chance begins, and the day of the service."""

_CHILD = "person_id"
_KNOWN, _CURRENT, _FRESH_KEY, _FILLED_IN = 0.7, 0.7, 0.7, 0.5
_ACTS = [act for course in COURSES for act in course]
_TODAY = date.fromisoformat(os.environ.get(TODAY) or date.max.isoformat())
_children = [each for each in os.environ.get(CHILDREN, "").split(",") if each]
_random = random.Random(os.environ.get(SEED, "7"))


@schemathesis.hook
def before_call(_ctx: Any, case: Any, _kwargs: Any) -> None:
    """Name a child that there is, and the version that its page has now."""
    if case.path_parameters and _CHILD in case.path_parameters and _children and _random.random() < _KNOWN:
        case.path_parameters = {**case.path_parameters, _CHILD: _random.choice(_children)}
    if case.method.upper() != "POST" or not case.path_parameters or _CHILD not in case.path_parameters:
        return
    headers: dict[str, Any] = dict(case.headers or {})
    if _random.random() < _CURRENT:
        headers["if-match"] = _version(str(case.operation.base_url), str(case.path_parameters[_CHILD])) or headers.get("if-match", "")
    if _random.random() < _FRESH_KEY:
        headers["idempotency-key"] = str(uuid4())
    case.headers = headers
    if isinstance(case.body, Mapping) and _random.random() < _FILLED_IN:
        act = _random.choice(_ACTS)
        case.body = {"move": act.move, **act.form_on(_TODAY)}


def _version(base: str, child: str) -> str:
    """Return the version of a child's page, "" where it may not be seen."""
    try:
        answer = httpx.get(f"{base.rstrip('/')}/v1/children/{child}", headers={"cookie": os.environ.get(COOKIE, "")}, timeout=20)
    except (httpx.HTTPError, ValueError):
        return ""
    version: str = answer.headers.get("etag", "")
    return version
