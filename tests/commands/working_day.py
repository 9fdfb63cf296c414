"""A small company and its day: offers, decisions and work on a real database, told in few words."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session, SQLModel, select

from cards.dialects import TERMINAL
from cards.model import Card, Form, Words
from cards.words import render
from commands import accept_lead, criteria_in_force, offer_lead, receive_lead
from commands.context import Context, Place, Platform, Setup
from commands.receive_lead import IncomingLead
from commands.reply import Ask, Correct, Page, Reply, Tell
from leads.agreement import Agreement, Asks, Reason, SalesPromise, Teaches, Unit, WorkDuration
from leads.campaign import Campaign, Objection
from leads.criteria import Criteria, EventCondition, FieldCondition, FieldTest, Group, Rule
from leads.lead import Company, EngagementEvent
from leads.person import Channels, HoursBlock, Person, Role, Team
from storage.database import Database
from storage.tables import CopyRow, HandoffRow, LeadRow
from tests.conftest import Clock

T = TypeVar("T")
R = TypeVar("R", bound=SQLModel)
Command = Callable[[Context, str, Mapping[str, str]], Reply]

_ALWAYS = (HoursBlock(days=frozenset(range(7)), start=0, end=1440),)


def _person(name: str, *roles: Role) -> Person:
    email = f"{name.split(maxsplit=1)[0].casefold()}@acme.example"
    return Person(name=name, email=email, roles=frozenset(roles), hours=_ALWAYS)


ANA = _person("Ana Ortiz", Role.REP)
BEN = _person("Ben Weber", Role.REP)
MIA = _person("Mia Chen", Role.MARKETER)
TOM = _person("Tom Berg", Role.MANAGER)
EVA = _person("Eva Adler", Role.ADMIN)
TEAM = Team(
    people=(ANA, BEN, MIA, TOM, EVA),
    channels=Channels(handoffs="#lead-handoffs", digest="#gtm", wins="#gtm"),
)
AGREEMENT = Agreement(
    name="Acme",
    timezone="UTC",
    fallback=TOM.email,
    crm_url="https://crm.acme.example/leads/{external_id}",
    sales=SalesPromise(
        accept_within=WorkDuration(amount=1, unit=Unit.HOURS),
        contact_within=WorkDuration(amount=24, unit=Unit.HOURS),
    ),
    criteria=Criteria(
        threshold=40,
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
            Rule(
                id="demo",
                label="Asked for a demo",
                group=Group.ENGAGEMENT,
                points=15,
                when=EventCondition(event="demo_request"),
            ),
        ),
    ),
    reasons=(
        Reason(code="too_small", label="Company too small", teaches=Teaches.FIT),
        Reason(code="later", label="Not now", teaches=Teaches.TIMING, asks=Asks.DATE),
    ),
)
SPRING = Campaign(
    name="spring-pricing",
    title="Spring pricing",
    owner=MIA.email,
    pains=("Paying for seats nobody uses",),
    next_step="Offer the 20-minute seat audit",
    opener="You looked at our pricing guide.",
    spend=12000,
    objections=(
        Objection(
            says="Too expensive",
            answer="The audit pays for itself",
            content="https://acme.example/roi",
        ),
    ),
)
ADA = IncomingLead(
    external_id="L-17",
    email="ada@initech.example",
    source="web",
    first_name="Ada",
    last_name="Byron",
    phone="030 901820",
    title="VP Engineering",
    company=Company(name="Initech", domain="initech.example", employees=120, country="DE"),
    campaign="spring-pricing",
)


class WorkingDay:
    """The company at work. Every deed is one committed unit of work."""

    def __init__(self, database: Database, clock: Clock, team: Team = TEAM) -> None:
        self.database = database
        self.clock = clock
        self.setup = Setup(agreement=AGREEMENT, team=team)

    def context(
        self, session: Session, actor: Person | None = None, place: Place | None = None
    ) -> Context:
        return Context(
            session=session, now=self.clock.now, setup=self.setup, actor=actor, place=place
        )

    async def begin(self) -> "WorkingDay":
        """The first criteria and playbooks are in the database."""
        await self.write(lambda ctx: criteria_in_force.seed(ctx, (SPRING,)))
        return self

    async def write(self, work: Callable[[Context], T]) -> T:
        return await self.database.write(lambda session: work(self.context(session)))

    async def read(self, work: Callable[[Context], T], actor: Person | None = None) -> T:
        return await self.database.read(lambda session: work(self.context(session, actor)))

    async def do(
        self,
        command: Command,
        subject: object,
        values: Mapping[str, str] | None = None,
        *,
        by: Person | None = ANA,
        place: Place | None = None,
    ) -> Reply:
        """`by` does something, as the router would have it done."""
        return await self.database.write(
            lambda session: command(self.context(session, by, place), str(subject), values or {})
        )

    async def offered(self, lead: IncomingLead = ADA, *, rep: Person = ANA) -> HandoffRow:
        """`lead` came in, and was offered to `rep`."""

        def arrive(ctx: Context) -> HandoffRow:
            events = (_event("download", "Pricing Guide", ctx.now),)
            incoming = IncomingLead(**{**vars(lead), "events": events})
            got = receive_lead.receive(ctx, incoming, offer=False)
            row = ctx.session.get_one(LeadRow, got.lead_id)
            receive_lead.qualify(ctx, row)
            mql = offer_lead.mql_of(ctx, row)
            made = offer_lead.offer(ctx, mql, preferred=rep.email)
            return ctx.session.get_one(HandoffRow, made)

        return await self.write(arrive)

    async def accepted(self, lead: IncomingLead = ADA, *, rep: Person = ANA) -> HandoffRow:
        """`lead` came in, was offered to `rep` and accepted."""
        handoff = await self.offered(lead, rep=rep)
        await self.do(accept_lead.accept, handoff.id, by=rep)
        return handoff

    async def lead(self, lead_id: int) -> LeadRow:
        return await self.read(lambda ctx: ctx.session.get_one(LeadRow, lead_id))

    async def handoff(self, handoff_id: int | None) -> HandoffRow:
        return await self.read(lambda ctx: ctx.session.get_one(HandoffRow, handoff_id))

    async def rows(self, table: type[R]) -> list[R]:
        """Everything in a table, oldest first."""
        return await self.read(lambda ctx: list(ctx.session.exec(select(table))))

    async def posted_as(
        self, kind: str, subject: str, conversation: str, message: str, workspace: str = "T1"
    ) -> int:
        """The copy of this card was delivered as `message` of `conversation`."""

        def deliver(ctx: Context) -> int:
            of_card = CopyRow.kind == kind, CopyRow.subject == subject
            copy = ctx.session.exec(select(CopyRow).where(*of_card)).one()
            copy.workspace, copy.conversation, copy.message = workspace, conversation, message
            ctx.session.add(copy)
            assert copy.id is not None
            return copy.id

        return await self.write(deliver)


def _event(kind: str, name: str, at: datetime) -> EngagementEvent:
    return EngagementEvent(id=f"{kind}-{at.isoformat()}", type=kind, name=name, at=at)


def channel(thread: str | None = None, *, private: bool = False, name: str = "C1") -> Place:
    """A conversation in Slack."""
    return Place(
        platform=Platform.SLACK,
        workspace="T1",
        conversation=name,
        thread=thread,
        is_private=private,
    )


def said(shown: Reply | Card | Form | None) -> str:
    """Every word of a reply or card, as on a terminal, one leaf a line."""
    match shown:
        case Tell(card=card) | Page(card=card):
            tree: object = card
        case Ask(form=form):
            tree = form
        case Correct(errors=errors):
            tree = tuple(errors.values())
        case _:
            tree = shown
    return "\n".join(render(leaf, TERMINAL) for leaf in leaves(tree))


def leaves(tree: object) -> Iterable[Words]:
    if isinstance(tree, Words):
        yield tree
    elif isinstance(tree, tuple | list):
        for part in tree:
            yield from leaves(part)
    elif isinstance(tree, Mapping):
        for part in tree.values():
            yield from leaves(part)
    elif hasattr(tree, "__dataclass_fields__"):
        for part in vars(tree).values():
            yield from leaves(part)
