"""A small company on a real database, in which tests tell their stories."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from itertools import count
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session, SQLModel, col, select

from cards import terminal
from cards.model import Card
from commands import offer_lead
from commands.card_kind import CardKind
from commands.context import Context, Platform, Setup
from commands.criteria_in_force import seed
from commands.present import present
from commands.receive_lead import qualify
from commands.reply import Ask, Correct, Page, Reply, Tell
from leads.agreement import Agreement, Asks, Reason, SalesPromise, Teaches, Unit, WorkDuration
from leads.criteria import Criteria, EventCondition, FieldCondition, FieldTest, Group, Rule
from leads.person import Channels, Person, Role, Team
from storage.database import Database
from storage.tables import (
    CampaignRow,
    CopyRow,
    EventRow,
    HandoffRow,
    LeadRow,
    OutboxRow,
    TallyRow,
)
from storage.tally import WEEK
from tests.conftest import Clock

T = TypeVar("T")
Row = TypeVar("Row", bound=SQLModel)
Handler = Callable[[Context, str, Mapping[str, str]], Reply]

ZONE = "Europe/Madrid"


def person(name: str, *roles: Role, **more: object) -> Person:
    known = Person(
        name=name,
        email=f"{name.split(maxsplit=1)[0].casefold()}@acme.example",
        roles=frozenset(roles),
        timezone=ZONE,
    )
    return replace(known, **more)  # type: ignore[arg-type]


ANA = person("Ana Ortiz", Role.REP)
BEN = person("Ben Weber", Role.REP)
CEM = person("Cem Aydin", Role.REP)
MIA = person("Mia Chen", Role.MANAGER)
MAX = person("Max Stein", Role.MARKETER)
ADA = person("Adam Root", Role.ADMIN)

REASONS = (
    Reason(code="too_small", label="Company too small", teaches=Teaches.FIT),
    Reason(code="not_now", label="Not now", teaches=Teaches.TIMING, asks=Asks.DATE),
    Reason(code="later", label="Some day", teaches=Teaches.TIMING),
    Reason(code="unreachable", label="Can't be reached", teaches=Teaches.REACH),
    Reason(code="bad_data", label="Wrong details", teaches=Teaches.DATA),
    Reason(code="territory", label="Wrong territory", teaches=Teaches.ROUTING, asks=Asks.PERSON),
    Reason(code="duplicate", label="Duplicate", teaches=Teaches.DATA, asks=Asks.LEAD),
    Reason(code="other", label="Something else", teaches=Teaches.OTHER, asks=Asks.TEXT),
)

AGREEMENT = Agreement(
    name="Acme",
    timezone=ZONE,
    fallback=MIA.email,
    crm_url="https://crm.acme.example/{external_id}",
    sales=SalesPromise(
        accept_within=WorkDuration(amount=1, unit=Unit.HOURS),
        contact_within=WorkDuration(amount=1, unit=Unit.DAYS),
    ),
    criteria=Criteria(
        threshold=10,
        rules=(
            Rule(
                id="guide",
                label="Downloaded the Pricing Guide",
                group=Group.ENGAGEMENT,
                points=25,
                when=EventCondition(event="download", name="Pricing Guide"),
            ),
            Rule(
                id="title",
                label="Job title on the target list",
                group=Group.FIT,
                points=20,
                when=FieldCondition(
                    field="title", test=FieldTest.CONTAINS_ANY, value=("VP Engineering",)
                ),
            ),
        ),
    ),
    reasons=REASONS,
)


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A lead that was offered."""

    lead: int
    handoff: int

    @property
    def subject(self) -> str:
        return str(self.handoff)


@dataclass
class Story:
    """Acts of the company's people, each a unit of work of its own."""

    database: Database
    clock: Clock
    setup: Setup
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def context(self, session: Session, actor: Person | None = None) -> Context:
        return Context(session=session, now=self.clock.now, setup=self.setup, actor=actor)

    async def do(self, work: Callable[[Context], T], actor: Person | None = None) -> T:
        return await self.database.write(lambda session: work(self.context(session, actor)))

    async def act(self, handler: Handler, actor: Person, subject: str, **values: str) -> Reply:
        return await self.do(lambda ctx: handler(ctx, subject, values), actor)

    async def begin(self) -> None:
        def start(ctx: Context) -> None:
            seed(ctx, ())
            ctx.session.add(
                CampaignRow(
                    name="spring-pricing",
                    title="Spring pricing",
                    owner=MAX.email,
                    pains=["Paying for seats nobody uses"],
                    opener="You looked at our pricing guide.",
                    next_step="Offer the seat audit",
                    changed_at=ctx.now,
                    changed_by=MAX.email,
                )
            )

        await self.do(start)

    async def mql(self, **fields: object) -> int:
        """A lead that has just become an MQL and isn't offered yet."""
        number = next(self.numbers)
        known: dict[str, object] = {
            "external_id": f"L-{number}",
            "email": f"ada{number}@initech.example",
            "first_name": "Ada",
            "last_name": "Byron",
            "title": "VP Engineering",
            "company_name": "Initech",
            "campaign": "spring-pricing",
            "source": "web",
            "search": f"ada byron ada{number}@initech.example initech",
            "score": 45,
        }

        def receive(ctx: Context) -> int:
            lead = LeadRow(created_at=ctx.now, received_at=ctx.now, **(known | fields))  # type: ignore[arg-type]
            ctx.session.add(lead)
            ctx.session.flush()
            assert lead.id is not None
            ctx.session.add(
                EventRow(
                    event_id=f"e{number}",
                    lead_id=lead.id,
                    type="download",
                    name="Pricing Guide",
                    at=ctx.now,
                )
            )
            qualify(ctx, lead)
            return lead.id

        return await self.do(receive)

    async def offer(
        self, rep: Person | None = None, *, by: Person | None = None, **fields: object
    ) -> Offered:
        """A new lead, offered to `rep` or to whom the rules say."""
        lead_id = await self.mql(**fields)

        def hand(ctx: Context) -> int:
            mql = offer_lead.mql_of(ctx, ctx.session.get_one(LeadRow, lead_id))
            if rep:
                return offer_lead.hand_to(ctx, mql, rep, why="was chosen", previous=None)
            return offer_lead.offer(ctx, mql)

        handoff = await self.do(hand, by)
        return Offered(lead=lead_id, handoff=handoff)

    async def lead(self, lead_id: int) -> LeadRow:
        return await self.database.read(lambda session: session.get_one(LeadRow, lead_id))

    async def handoff(self, handoff_id: int) -> HandoffRow:
        return await self.database.read(lambda session: session.get_one(HandoffRow, handoff_id))

    async def handoffs(self, lead_id: int) -> list[HandoffRow]:
        return await self.all(HandoffRow, HandoffRow.lead_id == lead_id)

    async def all(self, table: type[Row], *where: object) -> list[Row]:
        return await self.database.read(
            lambda session: list(
                session.exec(select(table).where(*where).order_by(col(table.id)))  # type: ignore[arg-type, attr-defined]
            )
        )

    async def shown(self, kind: CardKind, subject: object) -> str:
        """What the card says in a terminal; "" when it is no longer to be said."""
        card = await self.card(kind, subject)
        return terminal.text(card) if card else ""

    async def card(self, kind: CardKind, subject: object) -> Card | None:
        return await self.database.read(
            lambda session: present(self.context(session), kind.value, str(subject))
        )

    async def posted(self, kind: CardKind, subject: object) -> None:
        """The only copy of this card stands in chat from now on."""

        def deliver(ctx: Context) -> None:
            of_card = CopyRow.kind == kind.value, CopyRow.subject == str(subject)
            ctx.session.exec(select(CopyRow).where(*of_card)).one().message = "1.1"

        await self.do(deliver)

    async def told(self, kind: CardKind) -> list[tuple[str, str]]:
        """Destination and words of every copy of this kind, oldest first."""
        copies = await self.all(CopyRow, CopyRow.kind == kind.value)
        return [(copy.destination, await self.shown(kind, copy.subject)) for copy in copies]

    async def posts(self, kind: CardKind) -> Sequence[tuple[CopyRow, OutboxRow]]:
        def find(session: Session) -> list[tuple[CopyRow, OutboxRow]]:
            found = session.exec(
                select(CopyRow, OutboxRow)
                .join(OutboxRow, col(OutboxRow.copy_id) == col(CopyRow.id))
                .where(CopyRow.kind == kind.value, OutboxRow.verb == "post")
                .order_by(col(OutboxRow.id))
            )
            return [(copy, row) for copy, row in found]

        return await self.database.read(find)

    async def tallies(self) -> dict[tuple[str, str, str], int]:
        rows = await self.database.read(lambda session: session.exec(select(TallyRow)).all())
        found: dict[tuple[str, str, str], int] = {}
        for row in rows:
            if row.n and not row.dimension.startswith(WEEK):
                key = (row.measure, row.dimension, row.value)
                found[key] = found.get(key, 0) + row.n
        return found


def setup_of(
    *people: Person, agreement: Agreement = AGREEMENT, channel: str | None = "#handoffs"
) -> Setup:
    team = people or (ANA, BEN, CEM, MIA, MAX, ADA)
    channels = Channels(handoffs=channel, wins="#wins")
    return Setup(
        agreement=agreement,
        team=Team(people=team, channels=channels),
        platforms=(Platform.SLACK,),
    )


def words_of(reply: Reply) -> str:
    """What a reply says, in plain text."""
    match reply:
        case Tell(card=card) | Page(card=card):
            return terminal.text(card)
        case Correct(errors=errors):
            return "; ".join(f"{field}: {words.macro}" for field, words in errors.items())
        case Ask(form=form):
            return form.title.macro
        case _:
            return ""


def local(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment on the company's wall clock, in UTC."""
    wall = datetime.combine(datetime(year, month, day, tzinfo=UTC).date(), time(hour, minute))
    return wall.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
