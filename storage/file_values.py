"""The small values that files of the company share, and how they are checked."""

import math
import re
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, StrictStr

from leads.agreement import Unit, WorkDuration
from leads.lead import Scalar
from storage.file_errors import expected

_SPANS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def _amount_and_unit(text: object, what: str) -> tuple[int, str]:
    if isinstance(text, str) and (found := re.fullmatch(r"([1-9]\d{0,4}) ?([mhd])", text.strip())):
        return int(found[1]), found[2]
    raise expected(what)


def _span(text: object) -> timedelta:
    number, unit = _amount_and_unit(text, 'a time such as "30d", "12h" or "90m"')
    return number * _SPANS[unit]


def span_words(span: timedelta) -> str:
    """A time as files write it, in the largest unit that fits; parts of a minute are lost."""
    unit = next((unit for unit, size in _SPANS.items() if not span % size), "m")
    return f"{span // _SPANS[unit]}{unit}"


def _work_duration(text: object) -> WorkDuration:
    number, unit = _amount_and_unit(text, 'business time such as "30m", "4h" or "2d"')
    return WorkDuration(amount=number, unit=Unit(unit))


def _email(text: str) -> str:
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise expected("an e-mail address") from error
    return text.casefold()


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise expected('a time zone such as "Europe/Madrid"') from error
    return name


def _holiday_code(code: str) -> str:
    import holidays

    country, _, region = code.partition("-")
    supported = holidays.list_supported_countries()
    if country not in supported:
        raise expected('the code of a country with known holidays, such as "ES" or "DE-BY"')
    if region and region not in supported[country]:
        known = ", ".join(f"{country}-{one}" for one in supported[country]) or f"only {country}"
        raise expected(f"one of {known}")
    return code


def _address(text: str) -> str:
    if not text.startswith(("https://", "http://")) or any(ch.isspace() for ch in text):
        raise expected("an address that starts with https:// or http://")
    return text


def _visible(text: str) -> str:
    if not text.strip():
        raise expected("text that isn't empty")
    return text.strip()


def _number(value: object) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    raise expected("a number")


def _scalar(value: object) -> Scalar:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float) and math.isfinite(value):
        return value
    raise expected("text, a number, true or false")


def parse_date(text: str) -> date | None:
    """The day of an ISO date, or None."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


Text = Annotated[StrictStr, AfterValidator(_visible)]
Number = Annotated[int | float, PlainValidator(_number)]
"""A whole number stays one."""
Word = Annotated[Scalar, PlainValidator(_scalar)]
Email = Annotated[StrictStr, AfterValidator(_email)]
Zone = Annotated[StrictStr, AfterValidator(_zone)]
HolidayCode = Annotated[StrictStr, AfterValidator(_holiday_code)]
Address = Annotated[StrictStr, AfterValidator(_address)]
Span = Annotated[timedelta, BeforeValidator(_span)]
"""Calendar time, written "30d"."""
BusinessTime = Annotated[WorkDuration, BeforeValidator(_work_duration)]
"""Business time, written "2d"."""
Code = Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
"""A short name for machines, such as "too_small"."""
