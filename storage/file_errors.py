"""What is wrong with a file of the company, in one line that says how to mend it."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

Schema = TypeVar("Schema", bound=BaseModel)

_LONGEST_FOUND = 80
_NAMES = ("id", "code", "name", "email", "says")
"""Keys by which a reader recognises one of several tables."""

_EXPECTED_KIND = "expected"

_EXPECTED = {
    "missing": "a value",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "string_too_short": "text that isn't empty",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than_equal": "{le:g} or less",
    "enum": "{expected}",
    "literal_error": "{expected}",
    "value_error": "{error}",
    _EXPECTED_KIND: "{expected}",
}
"""What pydantic's error types ask for, in words (docs.pydantic.dev/latest/errors)."""


class FileError(Exception):
    """A file can't be used. `str()` is one line: file, key, what was expected, what was found."""

    def __init__(
        self, path: Path, key: str, expected: str, found: str, *, about: str | None = None
    ) -> None:
        place = f"{path.name}: {key}" if key else path.name
        place += f" ({about})" if about else ""
        super().__init__(f"{place}: expected {expected}, found {found}")
        self.path = path
        self.key = key
        self.expected = expected
        self.found = found


class Table(BaseModel):
    """A table of a file: strict about types, and it takes no key that it doesn't know."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _knows_every_key(cls, body: object) -> object:
        """Says which key was probably meant, before pydantic only forbids the wrong one."""
        if not isinstance(body, Mapping):
            return body
        keys = [field.alias or name for name, field in cls.model_fields.items()]
        for key in body:
            if key not in keys:
                near = get_close_matches(str(key), keys, n=1)
                what = found_words(near[0]) if near else f"one of {', '.join(keys)}"
                raise expected(what, key=str(key), found="an unknown key")
        return body


def expected(what: str, *, key: str | None = None, found: str = "") -> PydanticCustomError:
    """The error that a validator raises: what it would have taken. A validator of a whole table
    names the key that is wrong, and what was found there."""
    details = {"expected": what}
    if key is not None:
        details |= {"key": key, "found": found}
    return PydanticCustomError(_EXPECTED_KIND, "{expected}", details)


def read_toml(path: Path) -> dict[str, object]:
    """The file as TOML. Raises FileError when it is missing or isn't TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise FileError(path, "", "a file", f"nothing at {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(path, "", "a file of UTF-8 text", str(error)) from error
    except RecursionError as error:
        raise FileError(path, "", "TOML", "tables nested too deeply") from error
    except tomllib.TOMLDecodeError as error:
        raise FileError(path, "", "TOML", f"a mistake: {error}") from error


def validated(schema: type[Schema], body: Mapping[str, object], path: Path) -> Schema:
    """`body` as `schema`. Raises FileError for the first thing that is wrong."""
    try:
        return schema.model_validate(body)
    except ValidationError as error:
        raise _translated(error.errors(include_url=False)[0], body, path) from error


def found_words(value: object) -> str:
    """A value as the file would write it, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_FOUND else f"{text[: _LONGEST_FOUND - 1]}…"


def _translated(error: ErrorDetails, body: Mapping[str, object], path: Path) -> FileError:
    # Parts in brackets are pydantic's own: the kind of a condition, or a key of a mapping.
    place = [part for part in error["loc"] if not str(part).startswith("[")]
    kind, details = error["type"], error.get("ctx", {})
    found = "nothing" if kind == "missing" else found_words(error["input"])
    if "key" in details:
        place.append(details["key"])
        found = details["found"]
    # A kind that nobody foresaw speaks pydantic's own words rather than none.
    words = _EXPECTED[kind].format(**details) if kind in _EXPECTED else error["msg"]
    return FileError(path, _key(place), words, found, about=_about(body, place))


def _key(place: Sequence[int | str]) -> str:
    """A place as people write it: criteria.rules[3].points, counted from 0."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _about(body: object, place: Sequence[int | str]) -> str | None:
    """What the innermost named table around a place is called, such as `id "site-visits"`."""
    about = None
    for part in place:
        match body:
            case dict() if part in body:
                body = body[part]
            case list() if isinstance(part, int) and part < len(body):
                body = body[part]
            case _:
                break
        if isinstance(part, int) and isinstance(body, dict):
            names = [(key, body[key]) for key in _NAMES if isinstance(body.get(key), str)]
            about = f"{names[0][0]} {found_words(names[0][1])}" if names else about
    return about
