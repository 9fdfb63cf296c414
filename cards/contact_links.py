"""Addresses to write to or call a lead: made from what a form said, so only what checks out."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import phonenumbers

_EMAIL = re.compile(r"[^\s@<>|\"'(),:;\\\x00-\x1f\x7f]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LONGEST_URL = 2000
_SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


@dataclass(frozen=True, kw_only=True)
class ContactLinks:
    """Where to reach somebody. An address is None when the text isn't a valid one."""

    mail: str | None = None
    phone: str | None = None
    whatsapp: str | None = None


def contact_links(email: str | None, phone: str | None, country: str | None) -> ContactLinks:
    """`mailto:`, `tel:` and `https://wa.me/` addresses for a lead. `country` (ISO 3166-1 alpha-2)
    is where a number without `+` is read; with an unknown country such a number has no link."""
    number = _international(phone, country)
    return ContactLinks(
        mail=_mailto(email),
        phone=f"tel:{number}" if number else None,
        whatsapp=f"https://wa.me/{number.removeprefix('+')}" if number else None,
    )


def web_link(text: str | None) -> str | None:
    """`text` when it is an address that may be opened (http, https, mailto, tel), else None."""
    if not text or len(text) > _LONGEST_URL or re.search(r"[\s<>|\"\x00-\x1f\x7f]", text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme not in _SAFE_SCHEMES:
        return None
    named = parts.hostname if parts.scheme in {"http", "https"} else parts.path
    return text if named else None


def _mailto(email: str | None) -> str | None:
    if not email or len(email) > 254 or not _EMAIL.fullmatch(email):
        return None
    return f"mailto:{quote(email, safe='@+')}"


def _international(phone: str | None, country: str | None) -> str | None:
    """The number in E.164, `+4915112345678`, when it is a valid one."""
    if not phone or len(phone) > 60:
        return None
    region = (country or "").upper()
    try:
        number = phonenumbers.parse(
            phone, region if region in phonenumbers.SUPPORTED_REGIONS else None
        )
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
