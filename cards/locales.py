"""How numbers and dates are written in one part of the world, by Unicode's CLDR.

Babel is imported when somebody first wants it: a Baton that speaks plain English does without."""

from collections.abc import Mapping
from datetime import date, time
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

PLAIN = "en"
"""What Baton writes by itself: thousands by commas, 24 hours, 20 Nov 2026."""

OFFERED: Mapping[str, str] = MappingProxyType(
    {
        PLAIN: "English",
        "en-GB": "English (United Kingdom)",
        "de": "Deutsch",
        "de-AT": "Deutsch (Österreich)",
        "fr": "français",
        "es": "español",
        "it": "italiano",
        "pt-BR": "português (Brasil)",
        "nl": "Nederlands",
        "pl": "polski",
        "sv": "svenska",
        "ja": "日本語",
    }
)
"""What people may choose, by their own names. Any other that CLDR knows works in the agreement."""

_SAMPLE = 7


def number(written: str, value: float, locale: str) -> str:
    """`value`, which is `written` in plain English, as this locale writes it."""
    signs = _signs(locale)
    if signs:
        return written.translate(signs)
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=_parsed(locale)))


def percent(share: str, locale: str) -> str:
    """A whole number of percents, written already, with the locale's sign where it belongs."""
    before, after = _percent(locale)
    return f"{before}{share}{after}"


@lru_cache(maxsize=4096)
def day(value: date, locale: str) -> str:
    """A day with the month in letters, where the locale has it so."""
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMMd", value, locale=_parsed(locale)))


@lru_cache(maxsize=4096)
def clock(value: time, locale: str) -> str:
    """Hours and minutes."""
    from babel.dates import format_time

    return str(format_time(value, "short", locale=_parsed(locale)))


@lru_cache(maxsize=64)
def _parsed(locale: str) -> "Locale":
    from babel import Locale

    return Locale.parse(locale, sep="-")


@lru_cache(maxsize=64)
def _signs(locale: str) -> dict[int, str]:
    """What takes the place of the English signs; empty where thousands aren't grouped by three."""
    parsed = _parsed(locale)
    if parsed.decimal_formats[None].grouping != (3, 3):
        return {}
    symbols = parsed.number_symbols["latn"]
    return {
        ord(","): symbols["group"],
        ord("."): symbols["decimal"],
        ord("-"): symbols["minusSign"],
    }


@lru_cache(maxsize=64)
def _percent(locale: str) -> tuple[str, str]:
    from babel.numbers import format_percent

    sample = str(format_percent(_SAMPLE / 100, locale=_parsed(locale)))
    before, _, after = sample.partition(str(_SAMPLE))
    return before, after
