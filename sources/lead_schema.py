"""What a lead and an event look like on their way in, checked field by field.

Strangers fill in web forms: texts of any length and any character are kept, except NUL and halves
of surrogate pairs, which no database stores (they become U+FFFD). What can't be understood is
refused by field, in words.
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)

from commands.receive_lead import EmailTaken, IncomingLead
from commands.typed import storable
from leads.lead import COMPANY_FIELDS, Company, EngagementEvent, Scalar


class BadField(Exception):
    """One field of an incoming lead or event can't be used; `message` says what to mend."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


def _clean(value: object) -> object:
    """A text without NUL and outer blanks, None where nothing is left; numbers become text."""
    if isinstance(value, bool | int | float):
        value = str(value)
    if isinstance(value, str):
        return storable(value).strip() or None
    return value


_LONGEST_LABEL = 500
_MOST_EVENTS = 1000


def _label(value: object) -> object:
    """A text to group by, cut where it is longer than an index of a database takes."""
    value = _clean(value)
    if isinstance(value, str) and len(value) > _LONGEST_LABEL:
        return value[: _LONGEST_LABEL - 1] + "\N{HORIZONTAL ELLIPSIS}"
    return value


def _id(value: object) -> object:
    value = _clean(value)
    if isinstance(value, str) and len(value) > _LONGEST_LABEL:
        raise ValueError(f"an id of more than {_LONGEST_LABEL} characters")
    return value


def _lower(value: object) -> object:
    value = _clean(value)
    return value.casefold() if isinstance(value, str) else value


def _country(value: object) -> object:
    value = _clean(value)
    return value.upper() if isinstance(value, str) and len(value) == 2 else value


def _email(value: object) -> object:
    value = _clean(value)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("expected an e-mail address")
    try:
        return validate_email(value, check_deliverability=False).normalized.casefold()
    except EmailNotValidError as error:
        raise ValueError(f"not an e-mail address: {error}") from error


def _whole(value: object) -> object:
    value = _clean(value) if isinstance(value, str) else value
    if isinstance(value, str):
        value = value.replace(",", "").replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    return value


_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def _moment(value: datetime) -> datetime:
    """UTC; a moment without a zone is taken as UTC."""
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"expected a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


Text = Annotated[str | None, BeforeValidator(_clean)]
Label = Annotated[str | None, BeforeValidator(_label)]
Id = Annotated[str, BeforeValidator(_id)]
Email = Annotated[str | None, BeforeValidator(_email)]


def taken(error: EmailTaken) -> BadField:
    """What the sender of a lead is told whose e-mail another lead has."""
    return BadField("email", f"lead {error.lead_id} has this e-mail already, under another id")


class CompanyIn(BaseModel):
    """The company of a lead; unknown fields are kept."""

    model_config = ConfigDict(extra="allow")

    name: Text = None
    domain: Annotated[str | None, BeforeValidator(_lower)] = None
    industry: Text = None
    employees: Annotated[
        Annotated[int, Field(ge=0, le=2**31 - 1)] | None, BeforeValidator(_whole)
    ] = None
    country: Annotated[str | None, BeforeValidator(_country)] = None


class EventIn(BaseModel):
    """One thing a lead did."""

    model_config = ConfigDict(extra="ignore")

    id: Id
    type: Annotated[str, BeforeValidator(_label)]
    name: Text = None
    at: datetime

    @field_validator("at")
    @classmethod
    def _in_utc(cls, value: datetime) -> datetime:
        return _moment(value)

    def value(self) -> EngagementEvent:
        """The plain value."""
        return EngagementEvent(id=self.id, type=self.type, name=self.name, at=self.at)


class LeadIn(BaseModel):
    """A lead as `POST /ingest/leads` and the CSV import take it; unknown fields are kept."""

    model_config = ConfigDict(extra="allow")

    external_id: Annotated[str | None, BeforeValidator(_id)] = None
    email: Email = None
    source: Label = None
    first_name: Text = None
    last_name: Text = None
    phone: Text = None
    title: Text = None
    company: CompanyIn = CompanyIn()
    campaign: Label = None
    interests: tuple[str, ...] = ()
    created_at: datetime | None = None
    events: tuple[EventIn, ...] = ()

    @field_validator("interests", mode="before")
    @classmethod
    def _as_texts(cls, value: object) -> object:
        if isinstance(value, str):
            value = value.split(",")
        if isinstance(value, list | tuple):
            return tuple(text for one in value if (text := _clean(one)) is not None)
        return () if value is None else value

    @field_validator("created_at")
    @classmethod
    def _in_utc(cls, value: datetime | None) -> datetime | None:
        return value and _moment(value)

    @field_validator("company", mode="before")
    @classmethod
    def _company(cls, value: object) -> object:
        if value is None:
            return CompanyIn()
        return {"name": value} if isinstance(value, str) else value

    @field_validator("events", mode="before")
    @classmethod
    def _events(cls, value: object) -> object:
        if isinstance(value, list | tuple) and len(value) > _MOST_EVENTS:
            raise ValueError(
                f"a lead takes up to {_MOST_EVENTS:,} events at once; "
                "send the others to /ingest/events"
            )
        return () if value is None else value


class EventForLeadIn(EventIn):
    """An event as `POST /ingest/events` takes it: with the lead that it belongs to."""

    external_id: Annotated[str | None, BeforeValidator(_id)] = None
    email: Email = None


def parse_lead(raw: object) -> IncomingLead:
    """The lead in `raw`, a JSON object; BadField for the first field that can't be used."""
    parsed = _validated(LeadIn, raw)
    if parsed.external_id is None and parsed.email is None:
        raise BadField("email", "a lead needs an `email` or an `external_id`")
    company_extra = parsed.company.model_extra or {}
    return IncomingLead(
        external_id=parsed.external_id,
        email=parsed.email,
        source=parsed.source,
        first_name=parsed.first_name,
        last_name=parsed.last_name,
        phone=parsed.phone,
        title=parsed.title,
        company=Company(**parsed.company.model_dump(include=set(COMPANY_FIELDS))),
        campaign=parsed.campaign,
        interests=parsed.interests,
        extra=_extra(parsed.model_extra or {}) | _extra(company_extra, "company."),
        created_at=parsed.created_at,
        events=tuple(event.value() for event in parsed.events),
    )


def parse_event(raw: object) -> EventForLeadIn:
    """The event in `raw`; BadField for the first field that can't be used."""
    parsed = _validated(EventForLeadIn, raw)
    if parsed.external_id is None and parsed.email is None:
        raise BadField("email", "an event needs the `email` or `external_id` of its lead")
    return parsed


Model = TypeVar("Model", bound=BaseModel)


def _validated(model: type[Model], raw: object) -> Model:
    if not isinstance(raw, dict):
        raise BadField("", "expected a JSON object")
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise BadField(path, message[:1].lower() + message[1:]) from error


def _extra(unknown: Mapping[str, Any], prefix: str = "") -> dict[str, Scalar]:
    """Further fields, with `prefix` before their names: plain values as they are, an `extra`
    object opened up, the rest as JSON. BadField for a number too large to be one (1e400)."""
    kept: dict[str, Scalar] = {}
    for given, value in unknown.items():
        name = prefix + storable(given)
        if name == "extra" and isinstance(value, dict):
            kept.update(_extra(value))
        elif isinstance(value, float) and not math.isfinite(value):
            raise BadField(name, "expected a number that isn't infinite")
        elif isinstance(value, bool | int | float):
            kept[name] = value
        elif isinstance(value, str):
            cleaned = _clean(value)
            if isinstance(cleaned, str):
                kept[name] = cleaned
        elif value is not None:
            kept[name] = json.dumps(value)
    return kept
