"""A small language for the shape of JSON: checkers that collect problems in Slack's words."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Checker = Callable[[Any, "Place"], None]

_URL = re.compile(r"(https?|mailto|tel|slack|sms)://?\S+|(mailto|tel|sms):\S+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{2}:\d{2}")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in the document a checker looks; all places share one list of problems."""

    pointer: str
    problems: list[str] = field(default_factory=list)

    def __truediv__(self, step: str | int) -> "Place":
        return Place(pointer=f"{self.pointer}/{step}", problems=self.problems)

    def refuse(self, why: str) -> None:
        self.problems.append(f"[ERROR] {why} [json-pointer:{self.pointer}]")


def string(limit: int, *, at_least: int = 1) -> Checker:
    def check(value: Any, place: Place) -> None:
        if not isinstance(value, str):
            place.refuse("must be a string")
        elif len(value) > limit:
            place.refuse(f"must be less than {limit + 1} characters")
        elif len(value) < at_least:
            place.refuse(f"must be more than {at_least - 1} characters")

    return check


def boolean(value: Any, place: Place) -> None:
    if not isinstance(value, bool):
        place.refuse("must be a boolean")


def integer(low: int, high: int) -> Checker:
    def check(value: Any, place: Place) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            place.refuse("must be an integer")
        elif not low <= value <= high:
            place.refuse(f"must be between {low} and {high}")

    return check


def one_of(*allowed: str) -> Checker:
    def check(value: Any, place: Place) -> None:
        if value not in allowed:
            place.refuse(f"must be one of: {', '.join(allowed)}")

    return check


def matching(pattern: re.Pattern[str], what: str, limit: int = 3000) -> Checker:
    def check(value: Any, place: Place) -> None:
        string(limit)(value, place)
        if isinstance(value, str) and not pattern.fullmatch(value):
            place.refuse(f"must be {what}")

    return check


url = matching(_URL, "a valid URL")
date = matching(_DATE, "a date as YYYY-MM-DD")
clock_time = matching(_TIME, "a time as HH:mm")


def array(each: Checker, *, at_most: int, at_least: int = 1) -> Checker:
    def check(value: Any, place: Place) -> None:
        if not isinstance(value, list):
            place.refuse("must be an array")
            return
        if len(value) > at_most:
            place.refuse(f"no more than {at_most} items allowed")
        if len(value) < at_least:
            place.refuse(f"no fewer than {at_least} items allowed")
        for index, one in enumerate(value):
            each(one, place / index)

    return check


def shape(
    required: Mapping[str, Checker], optional: Mapping[str, Checker] | None = None
) -> Checker:
    """An object with these keys and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, dict):
            place.refuse("must be an object")
            return
        for key in required:
            if key not in value:
                place.refuse(f"missing required field: {key}")
        for key, part in value.items():
            if key in known:
                known[key](part, place / key)
            else:
                place.refuse(f"invalid additional property: {key}")

    return check


def by_type(kinds: Mapping[str, Checker]) -> Checker:
    """An object whose `type` says which of the shapes it must have."""

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, dict):
            place.refuse("must be an object")
        elif "type" not in value:
            place.refuse("missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            (place / "type").refuse(f"unsupported type: {value['type']}")
        else:
            kinds[value["type"]](value, place)

    return check


def both(*checkers: Checker) -> Checker:
    def check(value: Any, place: Place) -> None:
        for checker in checkers:
            checker(value, place)

    return check


def exactly_one(*keys: str) -> Checker:
    def check(value: Any, place: Place) -> None:
        if isinstance(value, dict) and sum(key in value for key in keys) != 1:
            place.refuse(f"must define exactly one of: {', '.join(keys)}")

    return check


def at_least_one(*keys: str) -> Checker:
    def check(value: Any, place: Place) -> None:
        if isinstance(value, dict) and not any(key in value for key in keys):
            place.refuse(f"must define either `{'` or `'.join(keys)}`")

    return check


def unique(values: Sequence[Any], place: Place, what: str) -> None:
    seen = set()
    for value in values:
        if isinstance(value, str) and value in seen:
            place.refuse(f"{what} already exists: {value}")
        elif isinstance(value, str):
            seen.add(value)
