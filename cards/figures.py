"""How numbers, days and spans of time are written, the same everywhere."""

from datetime import date, datetime, timedelta, tzinfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: float) -> str:
    """12,400 or 0.75: thousands apart, at most two decimals, none that are zero."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def money(value: float, currency: str = "") -> str:
    """An amount without cents, and its currency where one is known."""
    return f"{value:,.0f} {currency}".rstrip()


def percent(share: float) -> str:
    """A share of one as whole percents: 0.725 is 73%."""
    return f"{int(share * 100 + 0.5)}%"


def count(n: int, singular: str, plural: str = "") -> str:
    """1 lead, 3 leads, 1 company, 2 companies (where the plural is given)."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def day(value: date) -> str:
    """20 Nov 2026."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def clock(value: datetime, zone: tzinfo) -> str:
    """14:02 UTC: the time in `zone`, and which zone that is."""
    local = value.astimezone(zone)
    return f"{local:%H:%M} {local.tzname()}"


def duration(span: timedelta) -> str:
    """45 min, 2 h 5 min, 3 d 4 h: the two largest units; minutes are the smallest."""
    minutes = int(abs(span).total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"
