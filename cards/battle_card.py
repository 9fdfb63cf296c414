"""The battle card: what a rep needs to decide on a lead in five seconds, and to work it then."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from cards.actions import Action
from cards.battle_status import status
from cards.handoff_view import (
    AfterNo,
    BattleCardView,
    Decision,
    Engagement,
    Left,
    Playbook,
    ScoredAnew,
)
from cards.model import (
    Actions,
    Block,
    Bullets,
    Button,
    Card,
    Heading,
    LinkButton,
    Mention,
    Menu,
    Note,
    Paragraph,
    Style,
    Words,
)
from cards.score_lines import evidence
from leads.criteria import Group, ScoreLine
from leads.lifecycle import HandoffState, Stage

_REASONS_SHOWN = 3
_PAINS_SHOWN = 2
_CONDENSED = {HandoffState.REJECTED, HandoffState.PASSED, HandoffState.WITHDRAWN}


def battle_card(view: BattleCardView) -> Card:
    """The card in the state that the view is in."""
    who = {"name": view.name, "title": view.title, "company": view.company}
    blocks: list[Block] = [Heading(text=_words("who", **who))]
    if view.state in _CONDENSED or view.state is HandoffState.COMPLETED:
        blocks.append(Paragraph(text=status(view)))
    else:
        blocks += [*_company(view), Paragraph(text=status(view)), *_facts(view)]
    if buttons := tuple(_buttons(view)):
        blocks.append(Actions(buttons=buttons))
    summary = "summary" if view.state is HandoffState.OFFERED else "who"
    scored = {"score": view.score} if summary == "summary" else {}
    return Card(summary=_words(summary, **who, **scored), blocks=tuple(blocks))


def _company(view: BattleCardView) -> Iterator[Block]:
    if view.industry or view.employees or view.country or view.interests:
        yield Note(
            text=_words(
                "company",
                industry=view.industry,
                employees=view.employees,
                country=view.country,
                interests=view.interests,
            )
        )


def _facts(view: BattleCardView) -> Iterator[Block]:
    seen = view.why_now
    yield Paragraph(
        text=_words(
            "seen",
            type=seen.type if seen else None,
            name=seen.name if seen else None,
            at=seen.at if seen else None,
            times=seen.times if seen else 0,
            score=view.score,
            fit=view.fit,
            engagement=view.engagement,
        )
    )
    if reasons := _top(view.lines):
        yield Bullets(lines=tuple(_reason(line) for line in reasons))
    if view.scored_anew:
        yield Note(text=_words("scored_anew", now=view.scored_anew))
    if book := view.playbook:
        yield Paragraph(
            text=_words(
                "pitch",
                title=book.title,
                pains=book.pains[:_PAINS_SHOWN],
                opener=book.opener,
                next_step=book.next_step,
            )
        )
    if view.why_you:
        yield Note(text=_words("why_you", why=view.why_you))


def _top(lines: tuple[ScoreLine, ...]) -> list[ScoreLine]:
    earned = [line for line in lines if line.points > 0]
    return sorted(earned, key=lambda line: -line.points)[:_REASONS_SHOWN]


def _reason(line: ScoreLine) -> Words:
    return _words("reason", points=line.points, label=line.label, evidence=evidence(line))


def _buttons(view: BattleCardView) -> Iterator[Button | LinkButton | Menu]:
    match view.state:
        case HandoffState.OFFERED:
            yield from _deciding(view)
        case HandoffState.ACCEPTED:
            yield from _working(view)
        case _:
            if view.may_undo:
                yield _on_handoff(view, Action.UNDO)
            yield _on_lead(view, Action.MORE)
    if view.crm_url:
        yield LinkButton(label=_words("crm"), url=view.crm_url)


def _deciding(view: BattleCardView) -> Iterator[Button | Menu]:
    yield _on_handoff(view, Action.ACCEPT, Style.PRIMARY)
    aside = [_on_handoff(view, Action.PASS), _on_lead(view, Action.MORE)]
    if view.snoozed_until:
        yield Menu(buttons=(_on_handoff(view, Action.REJECT), *aside))
        return
    yield _on_handoff(view, Action.REJECT)
    if view.may_snooze:
        yield _on_handoff(view, Action.SNOOZE)
    yield Menu(buttons=tuple(aside))


_NEXT_STAGE = {
    Stage.SAL: Action.QUALIFY,
    Stage.SQL: Action.OPPORTUNITY,
    Stage.OPPORTUNITY: Action.WIN,
}


def _working(view: BattleCardView) -> Iterator[Button | Menu]:
    yield _on_handoff(view, Action.TOUCH, Style.PRIMARY)
    if following := _NEXT_STAGE.get(view.stage):
        yield _on_handoff(view, following)
    menu = [
        *_giving_back(view),
        _on_handoff(view, Action.LOSE),
        _on_lead(view, Action.NOTE),
        _on_lead(view, Action.MORE),
    ]
    if view.may_undo:
        menu.append(_on_handoff(view, Action.UNDO))
    yield Menu(buttons=tuple(menu))


def _giving_back(view: BattleCardView) -> Iterator[Button]:
    if view.stage in {Stage.SAL, Stage.SQL}:
        yield _on_handoff(view, Action.RELEASE)


def _on_handoff(view: BattleCardView, action: Action, style: Style = Style.PLAIN) -> Button:
    return _button(action, view.handoff_id, style)


def _on_lead(view: BattleCardView, action: Action) -> Button:
    return _button(action, view.lead_id, Style.PLAIN)


def _button(action: Action, subject: int, style: Style) -> Button:
    label = _words("button", action=action.name.lower())
    return Button(label=label, action=action, subject=str(subject), style=style)


def _words(macro: str, **values: object) -> Words:
    return Words("battle_card", macro, **values)


_MORNING = datetime(2026, 11, 20, 8, 58, tzinfo=UTC)
_ANA = Mention(name="Ana Ortiz", email="ana@acme.example")
_BEN = Mention(name="Ben Weber", email="ben@acme.example")
_MIA = Mention(name="Mia Chen", email="mia@acme.example")
_OFFERED = BattleCardView(
    handoff_id=31,
    lead_id=17,
    name="Ada Byron",
    title="VP Engineering",
    company="Initech",
    industry="software",
    employees=120,
    country="DE",
    interests=("pricing",),
    score=72,
    fit=35,
    engagement=37,
    lines=(
        ScoreLine(
            rule="pricing-guide",
            label="Downloaded the Pricing Guide",
            group=Group.ENGAGEMENT,
            points=25,
        ),
        ScoreLine(
            rule="target-title",
            label="Job title on the target list",
            group=Group.FIT,
            points=20,
            evidence="VP Engineering",
        ),
        ScoreLine(
            rule="size",
            label="50 to 500 people",
            group=Group.FIT,
            points=15,
            evidence="120",
        ),
        ScoreLine(
            rule="visits",
            label="Three or more site visits in 30 days",
            group=Group.ENGAGEMENT,
            points=12,
        ),
    ),
    why_now=Engagement(type="page_view", name="/pricing", at=_MORNING, times=3),
    playbook=Playbook(
        title="Spring pricing",
        pains=("Paying for seats nobody uses", "Renewal in Q2 without usage figures"),
        opener="You looked at our pricing guide; most teams your size find a fifth of their "
        "seats idle.",
        next_step="Offer the 20-minute seat audit",
    ),
    why_you="in charge of DE and SMB, working now, and next in turn "
    "(fewest new leads for the share)",
    state=HandoffState.OFFERED,
    stage=Stage.MQL,
    accept_by=_MORNING.replace(hour=9, minute=58),
    crm_url="https://crm.acme.example/leads/L-17",
)
_ACCEPTED = replace(
    _OFFERED,
    state=HandoffState.ACCEPTED,
    stage=Stage.SAL,
    decision=Decision(by=_ANA, own=True, at=_MORNING),
    contact_by=_MORNING.replace(day=23),
    may_undo=True,
)
_REJECTED = Decision(by=_ANA, own=True, at=_MORNING, reason="Not now", then=AfterNo.WAITS)
_NASTY = "<!channel> <@U123> *Bob* `x` &amp; [a](javascript:1) \u202egnp.exe\u0000 {{ 7*7 }} 😀"

EXAMPLES: Mapping[str, Card] = {
    "offered": battle_card(_OFFERED),
    "offered_little_known": battle_card(
        BattleCardView(
            handoff_id=32,
            lead_id=18,
            name="grace@globex.example",
            score=61,
            fit=0,
            engagement=61,
            state=HandoffState.OFFERED,
            stage=Stage.MQL,
            accept_by=_MORNING,
        )
    ),
    "offered_scored_anew": battle_card(
        replace(_OFFERED, scored_anew=ScoredAnew(points=45, version=8))
    ),
    "snoozed": battle_card(replace(_OFFERED, snoozed_until=_MORNING.replace(hour=10))),
    "accepted": battle_card(_ACCEPTED),
    "accepted_by_manager_touched": battle_card(
        replace(
            _ACCEPTED,
            stage=Stage.OPPORTUNITY,
            decision=Decision(by=_MIA, own=False, at=_MORNING),
            first_touch_at=_MORNING.replace(hour=11),
            touches=2,
            may_undo=False,
        )
    ),
    "rejected_waits": battle_card(
        replace(
            _OFFERED,
            state=HandoffState.REJECTED,
            stage=Stage.RECYCLED,
            decision=replace(_REJECTED, until=_MORNING.replace(month=12)),
            may_undo=True,
        )
    ),
    "rejected_rerouted": battle_card(
        replace(
            _OFFERED,
            state=HandoffState.REJECTED,
            decision=replace(
                _REJECTED, own=False, reason="Wrong territory", then=AfterNo.REROUTED, to=_BEN
            ),
        )
    ),
    "passed": battle_card(
        replace(
            _OFFERED,
            state=HandoffState.PASSED,
            decision=Decision(by=_ANA, own=True, at=_MORNING, to=_BEN),
            may_undo=True,
        )
    ),
    "offered_late": battle_card(replace(_OFFERED, is_late=True)),
    "offered_extended": battle_card(replace(_OFFERED, extended_by=_MIA)),
    "offered_to_the_fallback": battle_card(
        replace(_OFFERED, waits=True, why_you="No rep can take it: Ana Ortiz is on leave.")
    ),
    "snoozed_late": battle_card(
        replace(_OFFERED, snoozed_until=_MORNING.replace(hour=10), is_late=True)
    ),
    "accepted_late": battle_card(replace(_ACCEPTED, is_late=True, may_undo=False)),
    "accepted_late_extended": battle_card(replace(_ACCEPTED, is_late=True, extended_by=_MIA)),
    "withdrawn": battle_card(replace(_OFFERED, state=HandoffState.WITHDRAWN)),
    **{
        f"withdrawn_{left}": battle_card(
            replace(
                _OFFERED,
                state=HandoffState.WITHDRAWN,
                decision=Decision(
                    by=_MIA,
                    own=False,
                    at=_MORNING,
                    to=None if left is Left.AWAY else _BEN,
                    left=left,
                    due=_MORNING.replace(hour=9, minute=58),
                ),
            )
        )
        for left in Left
        if left is not Left.TAKEN_BACK
    },
    "won": battle_card(
        replace(
            _OFFERED,
            state=HandoffState.COMPLETED,
            stage=Stage.WON,
            stage_at=_MORNING,
            amount=12000.0,
        )
    ),
    "hostile": battle_card(
        replace(
            _OFFERED,
            name=_NASTY,
            title=_NASTY * 40,
            company="</script>" + _NASTY,
            industry=_NASTY,
            interests=(_NASTY,),
            why_now=Engagement(type=_NASTY, name=_NASTY, at=_MORNING),
            playbook=Playbook(title=_NASTY, pains=(_NASTY,), opener=_NASTY, next_step=_NASTY),
            lines=(
                ScoreLine(rule="x", label=_NASTY, group=Group.FIT, points=5, evidence=_NASTY * 400),
            ),
            why_you=_NASTY,
            crm_url="javascript:alert(1)",
        )
    ),
}
