"""The terms both sides work under: the criteria in force, the definitions and the promises."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cards.asking import Asking, answer, ask_button
from cards.model import Block, Bullets, Button, Card, Form, Heading, Note, Paragraph, Words
from cards.what_counts_card import listing
from leads.agreement import Agreement, Learning, MarketingPromise, SalesPromise, Unit, WorkDuration
from leads.criteria import Criteria, EventCondition, FieldCondition, FieldTest, Group, Rule

_CRITERIA = "criteria"
_DEFINITIONS = "definitions"
_KNOWN_WORDS = ("icp", "mql", "sal", "sql")


@dataclass(frozen=True, kw_only=True)
class CriteriaView:
    """Criteria, since when, and who put them in force (a name). `exploration` is the share of leads
    below the threshold that is offered by chance, `proposed` the version that waits for a
    decision; of an earlier version neither is told, but `in_force`, the one that is."""

    asking: Asking
    criteria: Criteria
    since: datetime
    by: str
    exploration: float = 0.0
    trial: "OnTrial | None" = None
    proposed: int | None = None
    in_force: int | None = None


@dataclass(frozen=True, kw_only=True)
class OnTrial:
    """The version that scores a share of the leads until then."""

    version: int
    share: float
    until: datetime


def criteria_card(view: CriteriaView) -> Card:
    """Each group's rules, the weightiest first."""
    criteria = view.criteria
    blocks: list[Block] = [
        Heading(text=Words(_CRITERIA, "heading", version=criteria.version)),
        Paragraph(text=Words(_CRITERIA, "threshold", threshold=criteria.threshold)),
    ]
    for group, cap in (
        (Group.FIT, criteria.fit_cap),
        (Group.ENGAGEMENT, criteria.engagement_cap),
    ):
        rules = [rule for rule in criteria.rules if rule.group is group]
        if rules:
            heaviest = sorted(rules, key=lambda rule: -rule.points)
            blocks.append(Paragraph(text=Words(_CRITERIA, "group", group=group, cap=cap)))
            blocks.append(Bullets(lines=tuple(map(_rule, heaviest))))
    blocks += _learning(view)
    blocks.append(
        Note(text=Words(_CRITERIA, "since", at=view.since, by=view.by, in_force=view.in_force))
    )
    summary = Words(_CRITERIA, "summary", version=criteria.version, threshold=criteria.threshold)
    return answer(
        view.asking,
        summary=summary,
        blocks=tuple(blocks),
        further=tuple(_further(view)),
    )


def _learning(view: CriteriaView) -> Iterator[Block]:
    """What everybody is told of how the criteria learn: the programme, never the single lead."""
    if view.trial:
        yield Paragraph(text=Words(_CRITERIA, "trial", trial=view.trial))
    if view.exploration and view.in_force is None:
        yield Note(text=Words(_CRITERIA, "exploration", share=view.exploration))


def _further(view: CriteriaView) -> Iterator[Button]:
    version = view.criteria.version
    if view.in_force is not None:
        different = Words("criteria_versions", "compare")
        yield ask_button(different, f"criteria diff {version} {view.in_force}")
    elif view.proposed is not None:
        waits = Words(_CRITERIA, "proposed", version=view.proposed)
        yield ask_button(waits, f"criteria diff {version} {view.proposed}")
    yield ask_button(Words("criteria_versions", "ask"), "criteria history")
    yield ask_button(Words(_DEFINITIONS, "ask"), "definitions")


def _rule(rule: Rule) -> Words:
    return Words(
        _CRITERIA,
        "rule",
        points=rule.points,
        label=rule.label,
        days=_days(rule.half_life),
        each=rule.each,
        cap=rule.cap,
    )


def _days(half_life: timedelta | None) -> int | None:
    return None if half_life is None else max(1, round(half_life / timedelta(days=1)))


def definitions_card(asking: Asking, agreement: Agreement) -> Card:
    """The words as signed, then what each side promised."""
    order = [word for word in _KNOWN_WORDS if word in agreement.definitions]
    order += [word for word in agreement.definitions if word not in _KNOWN_WORDS]
    meant = (
        Paragraph(
            text=Words(_DEFINITIONS, "definition", word=word, text=agreement.definitions[word])
        )
        for word in order
    )
    return answer(
        asking,
        summary=Words(_DEFINITIONS, "summary", name=agreement.name),
        blocks=(
            Heading(text=Words(_DEFINITIONS, "heading", name=agreement.name)),
            *meant,
            Paragraph(text=Words(_DEFINITIONS, "sales")),
            Bullets(lines=_sales(agreement.sales)),
            Paragraph(text=Words(_DEFINITIONS, "marketing")),
            Bullets(lines=_marketing(agreement.marketing)),
            *_explored(agreement.learning.exploration),
            Note(text=listing()),
        ),
        further=(ask_button(Words(_CRITERIA, "ask"), "criteria"),),
    )


def _explored(share: float) -> Iterator[Block]:
    if share:
        yield Note(text=Words(_CRITERIA, "exploration", share=share))


def duration(promise: WorkDuration) -> Words:
    """1 hour, 2 working days."""
    return Words(_DEFINITIONS, "duration", amount=promise.amount, unit=promise.unit)


def _working_time(promise: WorkDuration) -> Words:
    """1 hour of working time, 2 working days."""
    return Words(_DEFINITIONS, "working_time", amount=promise.amount, unit=promise.unit)


def field_name(path: str) -> Words:
    """What people call the field at `path`."""
    return Words(_DEFINITIONS, "field", name=path)


def _sales(promise: SalesPromise) -> tuple[Words, ...]:
    return (
        Words(_DEFINITIONS, "accept", within=_working_time(promise.accept_within)),
        Words(_DEFINITIONS, "contact", within=_working_time(promise.contact_within)),
    )


def _marketing(promise: MarketingPromise) -> tuple[Words, ...]:
    lines: list[Words] = []
    if promise.leads_per_week is not None:
        lines.append(Words(_DEFINITIONS, "volume", n=promise.leads_per_week))
    if promise.acceptance_rate is not None:
        lines.append(Words(_DEFINITIONS, "acceptance", share=promise.acceptance_rate))
    if promise.required:
        fields = tuple(map(field_name, promise.required))
        lines.append(Words(_DEFINITIONS, "required", fields=fields))
    if promise.answer_rejections_within is not None:
        within = _working_time(promise.answer_rejections_within)
        lines.append(Words(_DEFINITIONS, "answer", within=within))
    return tuple(lines) or (Words(_DEFINITIONS, "nothing"),)


def _examples() -> dict[str, Card | Form]:
    hour = WorkDuration(amount=1, unit=Unit.HOURS)
    criteria = Criteria(
        version=3,
        threshold=60,
        engagement_cap=50,
        rules=(
            Rule(
                id="target-title",
                label="Job title on the target list",
                group=Group.FIT,
                points=20,
                when=FieldCondition(field="title", test=FieldTest.PRESENT, value=True),
            ),
            Rule(
                id="student",
                label="Student or free mailbox",
                group=Group.FIT,
                points=-15,
                when=FieldCondition(field="email", test=FieldTest.PRESENT, value=True),
            ),
            Rule(
                id="pricing-guide",
                label="Downloaded the Pricing Guide",
                group=Group.ENGAGEMENT,
                points=25,
                half_life=timedelta(days=30),
                when=EventCondition(event="download", name="Pricing Guide"),
            ),
            Rule(
                id="webinar",
                label="Attended a webinar",
                group=Group.ENGAGEMENT,
                points=10,
                each=True,
                cap=30,
                when=EventCondition(event="webinar"),
            ),
        ),
    )
    agreement = Agreement(
        name="Acme sales and marketing",
        fallback="mia@acme.example",
        definitions={
            "icp": "Software companies in Europe with 50 to 2,000 people",
            "mql": "Fits the ICP and has asked for something that costs us time",
            "sal": "A rep has read it and wants to talk to them",
            "sql": "Need, budget and a date are known",
        },
        sales=SalesPromise(
            accept_within=hour, contact_within=WorkDuration(amount=1, unit=Unit.DAYS)
        ),
        marketing=MarketingPromise(
            leads_per_week=40,
            acceptance_rate=0.7,
            answer_rejections_within=WorkDuration(amount=2, unit=Unit.DAYS),
            required=("email", "company.name", "campaign"),
        ),
        criteria=criteria,
        reasons=(),
    )
    view = CriteriaView(
        asking=Asking(question="criteria", may_share=True),
        criteria=criteria,
        since=datetime(2026, 11, 2, 8, 30, tzinfo=UTC),
        by="Mia Novak",
    )
    hostile = replace(criteria.rules[0], label="<!channel> *x* {{ 7*7 }} [a](https://b.example)")
    asking = Asking(question="definitions", may_share=True)
    nothing = replace(agreement, definitions={}, marketing=MarketingPromise())
    return {
        "criteria": criteria_card(view),
        "criteria_hostile": criteria_card(
            replace(view, criteria=replace(criteria, rules=(hostile,)))
        ),
        "criteria_that_learn": criteria_card(
            replace(
                view,
                exploration=0.05,
                proposed=5,
                trial=OnTrial(version=4, share=0.2, until=view.since + timedelta(weeks=4)),
            )
        ),
        "criteria_earlier": criteria_card(replace(view, in_force=7, exploration=0.05)),
        "definitions": definitions_card(asking, agreement),
        "definitions_with_exploration": definitions_card(
            asking, replace(agreement, learning=Learning(exploration=0.05))
        ),
        "definitions_nothing_promised": definitions_card(asking, nothing),
    }


EXAMPLES: Mapping[str, Card | Form] = _examples()
