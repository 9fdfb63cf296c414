"""The market of the demo: companies and people that don't exist, made up from a seed."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from pydantic import BaseModel

from commands.receive_lead import IncomingLead
from leads.lead import Company, EngagementEvent

T = TypeVar("T")

_TITLES = ("CTO", "VP Engineering", "Head of Design", "Director of Operations", "Head of IT", "CIO")
OTHER_TITLES = ("Project Engineer", "Design Lead", "CAD Specialist", "Office Manager", "Buyer")
_SIZES = {(20, 49): 2, (50, 120): 4, (121, 200): 3, (201, 480): 3, (481, 990): 1, (1200, 2400): 1}
_SMALL = {(20, 34): 5, (35, 48): 4, (60, 180): 3, (220, 600): 1}
SMALL = 50
"""Companies below this size are those that the reps of the demo find too small."""

_TRIES = 40
_VISITS = ("/pricing", "/product", "/customers", "/integrations", "/security")


@dataclass(frozen=True, kw_only=True)
class Pitch:
    """How a campaign draws people: from where, what they do first, and how large their companies
    are. Shares are relative."""

    campaign: str
    share: int
    sources: Mapping[str, int]
    does: tuple[str, str]
    sizes: Mapping[tuple[int, int], int]


PITCHES = (
    Pitch(
        campaign="spring-pricing",
        share=9,
        sources={"search ads": 5, "website": 4, "referral": 1},
        does=("download", "Pricing Guide"),
        sizes=_SIZES,
    ),
    Pitch(
        campaign="cad-webinar",
        share=6,
        sources={"social ads": 5, "newsletter": 3},
        does=("webinar", "CAD reviews in half the time"),
        sizes=_SMALL,
    ),
    Pitch(
        campaign="demo-request",
        share=5,
        sources={"website": 4, "referral": 3},
        does=("form_submit", "Demo request"),
        sizes=_SIZES,
    ),
)


class _Land(BaseModel):
    countries: dict[str, int]
    phone: str
    first: list[str]
    last: list[str]
    places: list[str]
    companies: dict[str, str]


class _Names(BaseModel):
    lands: list[_Land]


class Market:
    """Makes up leads, each another person; a company, once made up, keeps its size."""

    def __init__(self, rng: Random, prefix: str) -> None:
        names = Path(__file__).with_name("names.toml").read_text("utf-8")
        self._lands = _Names.model_validate(tomllib.loads(names)).lands
        self._rng = rng
        self._prefix = prefix
        self._companies: dict[str, Company] = {}
        self._emails: set[str] = set()
        self._events = 0

    def lead(self, at: datetime, *, country: str | None = None, warm: bool = True) -> IncomingLead:
        """A lead who comes up at `at`: a warm one has done enough to be handed over, as a rule."""
        rng = self._rng
        pitch = rng.choices(PITCHES, [one.share for one in PITCHES])[0]
        country = country or self._country()
        land = next(one for one in self._lands if country in one.countries)
        company = self._company(land, country, pitch)
        first, last, email = self._person(land, company)
        target = rng.random() < (0.8 if warm else 0.25)
        return IncomingLead(
            external_id=f"{self._prefix}-{len(self._emails)}",
            email=email,
            source=_drawn(rng, pitch.sources),
            first_name=first,
            last_name=last,
            phone=land.phone.format(rng.randrange(100)) if rng.random() < 0.7 else None,
            title=rng.choice(_TITLES if target else OTHER_TITLES),
            company=company,
            campaign=pitch.campaign if rng.random() > 0.03 else None,
            created_at=at,
            events=tuple(self._did(pitch, at) if warm else [self.visit(at, "/product")]),
        )

    def visit(self, at: datetime, page: str | None = None) -> EngagementEvent:
        """A look at a page of our site."""
        return self._event("page_view", page or self._rng.choice(_VISITS), at)

    def interest(self, at: datetime) -> tuple[EngagementEvent, ...]:
        """What makes a lead warm who wasn't."""
        return (
            self.visit(at - timedelta(minutes=9), "/pricing"),
            self._event("download", "Pricing Guide", at),
        )

    def _did(self, pitch: Pitch, at: datetime) -> Sequence[EngagementEvent]:
        rng = self._rng
        visits = rng.choice((0, 1, 1, 1, 3))
        before = sorted(rng.uniform(0.2, 60) for _ in range(visits))
        seen = [self.visit(at - timedelta(hours=hours)) for hours in reversed(before)]
        if visits and rng.random() < 0.6:
            seen[-1] = self.visit(seen[-1].at, "/pricing")
        if pitch.campaign == "cad-webinar":
            # One webinar alone earns too little: those who come have looked around as well.
            seen.append(self._event("webinar", "Drawings without e-mail", at - timedelta(days=6)))
            seen.append(self.visit(at - timedelta(minutes=4), "/pricing"))
        return [*seen, self._event(*pitch.does, at)]

    def _event(self, kind: str, name: str, at: datetime) -> EngagementEvent:
        self._events += 1
        return EngagementEvent(id=f"{self._prefix}-e{self._events}", type=kind, name=name, at=at)

    def _country(self) -> str:
        shares = {code: n for land in self._lands for code, n in land.countries.items()}
        return _drawn(self._rng, shares)

    def _company(self, land: _Land, country: str, pitch: Pitch) -> Company:
        """One of the size that the campaign draws: made up now, or known by now; of another size
        only where all of the land's are known."""
        rng = self._rng
        smallest, largest = _drawn(rng, pitch.sizes)
        for left in reversed(range(_TRIES)):
            form, industry = rng.choice(list(land.companies.items()))
            name = form.format(rng.choice(land.places))
            known = self._companies.get(name)
            if known is None:
                known = Company(
                    name=name,
                    domain=f"{_slug(name)}.example",
                    industry=industry,
                    employees=rng.randint(smallest, largest),
                    country=country,
                )
                self._companies[name] = known
            if ((known.employees or 0) < SMALL) == (smallest < SMALL) or not left:
                return known
        raise AssertionError("the last try takes any")

    def _person(self, land: _Land, company: Company) -> tuple[str, str, str]:
        while True:
            first, last = self._rng.choice(land.first), self._rng.choice(land.last)
            email = f"{_slug(first)}.{_slug(last)}@{company.domain}"
            if email not in self._emails:
                self._emails.add(email)
                return first, last, email


def _drawn(rng: Random, shares: Mapping[T, int]) -> T:
    return rng.choices(list(shares), list(shares.values()))[0]


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
