"""`agreement.toml`: what both sides signed, read with every mistake named, and written back."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictStr, model_validator

from leads.agreement import (
    Agreement,
    Asks,
    Goal,
    Learning,
    MarketingPromise,
    OnLeave,
    Reason,
    Retuning,
    Rung,
    SalesPromise,
    Step,
    Teaches,
    WinTier,
)
from leads.lead import COMPANY_FIELDS, LEAD_FIELDS
from leads.person import Team
from storage.criteria_body import (
    Body,
    CriteriaTable,
    ShallowCondition,
    condition_body,
    criteria_body,
    criteria_from,
)
from storage.file_errors import FileError, Table, expected, found_words, read_toml, validated
from storage.file_values import Address, BusinessTime, Code, Email, HolidayCode, Text, Zone
from storage.toml_text import inline, toml_text

__all__ = ["check", "criteria_body", "criteria_from", "dump", "load"]

_FIRST_VERSION = 1
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_GOAL_PERIOD = re.compile(r"20\d\d(-Q[1-4]|-(0[1-9]|1[0-2]))?")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
_MOST_EXPLORATION = 20
_LARGEST_AMOUNT = 10**12


def _share(text: object) -> float:
    found = re.fullmatch(r"(\d{1,4}) ?%", text) if isinstance(text, str) else None
    if not found or int(found[1]) > 1000:
        raise expected('a share of the promised time from "0%" to "1000%"')
    return int(found[1]) / 100


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise expected('a time of day such as "09:00"')
    return text


def _exploration(text: object) -> float:
    found = re.fullmatch(r"(\d{1,2}(?:\.\d)?) ?%", text) if isinstance(text, str) else None
    if not found or float(found[1]) > _MOST_EXPLORATION:
        raise expected(f'a share of leads from "0%" to "{_MOST_EXPLORATION}%"')
    return float(found[1]) / 100


def _goal_period(text: str) -> str:
    if not _GOAL_PERIOD.fullmatch(text):
        raise expected('a year, quarter or month such as "2026", "2026-Q4" or "2026-11"')
    return text


def _locale(text: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(text, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        raise expected('a language such as "en", "en-GB" or "de-AT"') from error
    return text


def _crm_url(text: str) -> str:
    if re.findall(r"{.*?}", text) != ["{external_id}"]:
        raise expected("an address with {external_id} in it, once")
    return text


def _lead_field(path: str) -> str:
    known = LEAD_FIELDS | {f"company.{name}" for name in COMPANY_FIELDS}
    if path not in known and not path.startswith("extra."):
        raise expected(f"a field of a lead: {', '.join(sorted(known))}, or extra.…")
    return path


class AboutTable(Table):
    """`[agreement]`"""

    name: Text
    timezone: Zone = "UTC"
    holidays: HolidayCode | None = None
    fallback: Email
    crm_url: Annotated[Address, AfterValidator(_crm_url)] | None = None
    digest_at: Annotated[StrictStr, AfterValidator(_clock)] = "09:00"
    review_on: Literal["mon", "tue", "wed", "thu", "fri"] = "mon"
    locale: Annotated[StrictStr, AfterValidator(_locale)] = "en"
    currency: Annotated[StrictStr, Field(pattern=r"^[A-Z]{3}$")] = "EUR"


class RungTable(Table):
    """One step of the ladder."""

    at: Annotated[float, BeforeValidator(_share)]
    do: Literal["remind", "escalate", "reassign", "mark"]


class SalesTable(Table):
    """`[sla.sales]`"""

    accept_within: BusinessTime
    contact_within: BusinessTime
    attempts: Annotated[int, Field(ge=1, le=100)] = 3
    ladder: list[RungTable] = Field(default_factory=list)
    on_leave: Literal["pause", "move"] = "pause"

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        shares = [rung.at for rung in self.ladder]
        if shares != sorted(shares):
            what = "the steps in the order of their time"
            raise expected(what, key="ladder", found=", ".join(f"{one:.0%}" for one in shares))
        return self

    def promise(self) -> SalesPromise:
        """What sales promises."""
        return SalesPromise(
            accept_within=self.accept_within,
            contact_within=self.contact_within,
            attempts=self.attempts,
            ladder=tuple(Rung(at=rung.at, do=Step(rung.do)) for rung in self.ladder),
            on_leave=OnLeave(self.on_leave),
        )


class MarketingTable(Table):
    """`[sla.marketing]`"""

    leads_per_week: Annotated[int, Field(ge=0)] | None = None
    acceptance_rate: Annotated[float, Field(ge=0, le=1)] | None = None
    answer_rejections_within: BusinessTime | None = None
    required: list[Annotated[Text, AfterValidator(_lead_field)]] = Field(default_factory=list)

    def promise(self) -> MarketingPromise:
        """What marketing promises."""
        return MarketingPromise(
            leads_per_week=self.leads_per_week,
            acceptance_rate=self.acceptance_rate,
            answer_rejections_within=self.answer_rejections_within,
            required=tuple(self.required),
        )


class SlaTable(Table):
    """`[sla]`"""

    sales: SalesTable
    marketing: MarketingTable = Field(default_factory=MarketingTable)


class ReasonTable(Table):
    """One of `[[reasons]]`."""

    code: Code
    label: Text
    teaches: Literal["fit", "timing", "routing", "data", "reach", "other"]
    asks: Literal["", "date", "lead", "person", "text"] = ""

    def reason(self) -> Reason:
        """The reason."""
        return Reason(
            code=self.code,
            label=self.label,
            teaches=Teaches(self.teaches),
            asks=Asks(self.asks),
        )


class LearningTable(Table):
    """`[learning]`"""

    exploration: Annotated[float, BeforeValidator(_exploration)] = 0.0
    retune: Literal["weekly", "never"] = "weekly"

    def learning(self) -> Learning:
        """How the criteria may learn."""
        return Learning(exploration=self.exploration, retune=Retuning(self.retune))


Amount = Annotated[int, Field(ge=0, le=_LARGEST_AMOUNT)]


class GoalTable(Table):
    """One of `[[goals]]`."""

    period: Annotated[StrictStr, AfterValidator(_goal_period)]
    mqls: Amount | None = None
    pipeline: Amount | None = None
    revenue: Amount | None = None

    def goal(self) -> Goal:
        """What is wanted in the period."""
        return Goal(
            period=self.period, mqls=self.mqls, pipeline=self.pipeline, revenue=self.revenue
        )


class WinTable(Table):
    """One of `[[wins]]`."""

    label: Text
    at_least: Amount

    def tier(self) -> WinTier:
        """How such a win is called."""
        return WinTier(label=self.label, at_least=self.at_least)


class AgreementTable(Table):
    """The whole file."""

    agreement: AboutTable
    definitions: dict[Code, Text] = Field(default_factory=dict)
    segments: dict[Code, ShallowCondition] = Field(default_factory=dict)
    sla: SlaTable
    criteria: CriteriaTable
    learning: LearningTable = Field(default_factory=LearningTable)
    goals: list[GoalTable] = Field(default_factory=list, max_length=100)
    wins: list[WinTable] = Field(default_factory=list, max_length=10)
    reasons: Annotated[list[ReasonTable], Field(min_length=2, max_length=100)]

    @model_validator(mode="after")
    def _has_no_reason_twice(self) -> Self:
        codes = [reason.code for reason in self.reasons]
        for number, one in enumerate(codes):
            if one in codes[:number]:
                what = "a code that no other reason has"
                raise expected(what, key=f"reasons[{number}].code", found=found_words(one))
        return self

    def value(self) -> Agreement:
        """What both sides signed."""
        about = self.agreement
        return Agreement(
            name=about.name,
            timezone=about.timezone,
            holidays=about.holidays,
            fallback=about.fallback,
            crm_url=about.crm_url,
            digest_at=about.digest_at,
            review_on=_WEEKDAYS.index(about.review_on),
            locale=about.locale,
            currency=about.currency,
            definitions=dict(self.definitions),
            segments={name: table.condition() for name, table in self.segments.items()},
            sales=self.sla.sales.promise(),
            marketing=self.sla.marketing.promise(),
            criteria=self.criteria.criteria(_FIRST_VERSION),
            learning=self.learning.learning(),
            goals=tuple(goal.goal() for goal in self.goals),
            wins=tuple(sorted((win.tier() for win in self.wins), key=lambda tier: -tier.at_least)),
            reasons=tuple(reason.reason() for reason in self.reasons),
        )


def load(path: Path) -> Agreement:
    """The agreement in a file; its criteria are version 1. Raises FileError."""
    return validated(AgreementTable, read_toml(path), path).value()


def check(
    agreement: Agreement,
    team: Team,
    agreement_path: Path = Path("agreement.toml"),
    team_path: Path = Path("team.toml"),
) -> None:
    """Raises FileError where agreement and team don't fit together: the fallback must be on the
    team, and every segment that somebody covers must be defined."""
    if team.find(agreement.fallback) is None:
        raise FileError(
            agreement_path,
            "agreement.fallback",
            f"the e-mail of somebody in {team_path.name}",
            found_words(agreement.fallback),
        )
    known = ", ".join(agreement.segments) or "none is defined"
    for number, person in enumerate(team.people):
        for unknown in sorted(person.segments - agreement.segments.keys()):
            raise FileError(
                team_path,
                f"people[{number}].segments",
                f"segments of {agreement_path.name} ({known})",
                found_words(unknown),
                about=f"name {found_words(person.name)}",
            )


def dump(agreement: Agreement) -> str:
    """The agreement as TOML, which `load` reads as the same values but for the version of the
    criteria; comments of the file it came from are lost."""
    return toml_text(_body(agreement))


def _body(agreement: Agreement) -> Body:
    about = {
        "name": agreement.name,
        "timezone": agreement.timezone,
        "holidays": agreement.holidays,
        "fallback": agreement.fallback,
        "crm_url": agreement.crm_url,
        "digest_at": agreement.digest_at,
        "review_on": _WEEKDAYS[agreement.review_on],
        "locale": agreement.locale,
        "currency": agreement.currency,
    }
    return {
        "agreement": {key: value for key, value in about.items() if value is not None},
        "definitions": dict(agreement.definitions),
        "segments": {name: inline(condition_body(one)) for name, one in agreement.segments.items()},
        "sla": {
            "sales": _sales_body(agreement.sales),
            "marketing": _marketing_body(agreement.marketing),
        },
        "criteria": _inline_conditions(criteria_body(agreement.criteria)),
        "learning": {
            "exploration": f"{agreement.learning.exploration * 100:g}%",
            "retune": agreement.learning.retune.value,
        },
        "goals": [
            {key: value for key, value in asdict(goal).items() if value is not None}
            for goal in agreement.goals
        ],
        "wins": [{"label": tier.label, "at_least": tier.at_least} for tier in agreement.wins],
        "reasons": [
            {
                "code": reason.code,
                "label": reason.label,
                "teaches": reason.teaches.value,
                "asks": reason.asks.value,
            }
            for reason in agreement.reasons
        ],
    }


def _inline_conditions(body: Body) -> Body:
    rules = body["rules"]
    assert isinstance(rules, list)
    return body | {"rules": [rule | {"when": inline(rule["when"])} for rule in rules]}


def _sales_body(promise: SalesPromise) -> Body:
    return {
        "accept_within": str(promise.accept_within),
        "contact_within": str(promise.contact_within),
        "attempts": promise.attempts,
        "ladder": inline(
            [{"at": f"{round(rung.at * 100)}%", "do": rung.do.value} for rung in promise.ladder]
        ),
        "on_leave": promise.on_leave.value,
    }


def _marketing_body(promise: MarketingPromise) -> Body:
    answer = promise.answer_rejections_within
    body = {
        "leads_per_week": promise.leads_per_week,
        "acceptance_rate": promise.acceptance_rate,
        "answer_rejections_within": None if answer is None else str(answer),
        "required": list(promise.required),
    }
    return {key: value for key, value in body.items() if value is not None}
