"""How numbers, days and spans of time are written, the same everywhere: in plain English, or as the
reader's locale writes them."""

from datetime import date, datetime, timedelta, tzinfo

from cards import locales
from cards.locales import PLAIN

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: float, *, locale: str = PLAIN) -> str:
    """12,400 or 0.75: thousands apart, at most two decimals, none that are zero."""
    if value == int(value):
        written = f"{int(value):,}"
    else:
        value = round(value, 2)
        written = f"{value:,.2f}".rstrip("0").rstrip(".")
    return written if locale == PLAIN else locales.number(written, value, locale)


def money(value: float, currency: str = "", *, locale: str = PLAIN) -> str:
    """An amount without cents, and its currency where one is known."""
    return f"{number(round(value), locale=locale)} {currency}".rstrip()


def percent(share: float, *, locale: str = PLAIN) -> str:
    """A share of one as whole percents: 0.725 is 73%."""
    whole = int(share * 100 + 0.5)
    if locale == PLAIN:
        return f"{whole}%"
    return locales.percent(number(whole, locale=locale), locale)


def count(n: int, singular: str, plural: str = "", *, locale: str = PLAIN) -> str:
    """1 lead, 3 leads, 1 company, 2 companies (where the plural is given)."""
    return f"{number(n, locale=locale)} {singular if n == 1 else plural or singular + 's'}"


def day(value: date, *, locale: str = PLAIN) -> str:
    """20 Nov 2026."""
    if locale == PLAIN:
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return locales.day(value, locale)


def clock(value: datetime, zone: tzinfo, *, locale: str = PLAIN) -> str:
    """14:02 UTC: the time in `zone`, and which zone that is."""
    local = value.astimezone(zone)
    if locale == PLAIN:
        return f"{local:%H:%M} {local.tzname()}"
    minute = local.time().replace(second=0, microsecond=0)
    return f"{locales.clock(minute, locale)} {local.tzname()}"


def duration(span: timedelta) -> str:
    """45 min, 2 h 5 min, 3 d 4 h: the two largest units; minutes are the smallest."""
    minutes = int(abs(span).total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"
