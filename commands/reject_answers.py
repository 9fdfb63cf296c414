"""Reads what the reject form asked after the reason, and says what is to be mended."""

from collections.abc import Mapping
from datetime import date, timedelta

from cards import decision_forms
from cards.model import Words
from commands import clocks, typed
from commands.context import Context
from commands.deciding import Case
from commands.working import number
from leads.agreement import Asks, Reason
from leads.lifecycle import Answer
from leads.person import Role
from storage.leads import find_lead, search
from storage.tables import LeadRow

LONGEST_TEXT = 2000
_FURTHEST = timedelta(days=3 * 366)


class Mistaken(Exception):
    """An answer that can't be kept; `words` say beside input `field` what to mend."""

    def __init__(self, field: str, words: Words) -> None:
        super().__init__(field)
        self.field = field
        self.words = words


def read(ctx: Context, case: Case, reason: Reason, values: Mapping[str, str]) -> Answer:
    """The checked answer to what `reason` asks. Raises Mistaken."""
    given = values.get(decision_forms.ANSWER_FIELDS[reason.asks], "").strip()
    match reason.asks:
        case Asks.NOTHING:
            return Answer()
        case Asks.DATE:
            return Answer(until=_until(ctx, case, given))
        case Asks.LEAD:
            return Answer(lead=_other(ctx, case, given))
        case Asks.PERSON:
            return Answer(person=_colleague(ctx, case, given))
        case Asks.TEXT:
            return Answer(text=_text(given))


def _until(ctx: Context, case: Case, given: str) -> date:
    try:
        until = date.fromisoformat(given)
    except ValueError:
        raise Mistaken("until", decision_forms.mend("date_missing")) from None
    today = clocks.calendar(ctx, clocks.rep_of(ctx, case.rep)).local_day(ctx.now)
    if until <= today:
        raise Mistaken("until", decision_forms.mend("date_past"))
    if until > today + _FURTHEST:
        raise Mistaken("until", decision_forms.mend("date_far"))
    return until


def _other(ctx: Context, case: Case, given: str) -> int:
    if not given:
        raise Mistaken("lead", decision_forms.mend("lead_missing"))
    found = _leads(ctx, given)
    others = [row for row in found if row.id != case.lead_id]
    if not others:
        raise Mistaken("lead", decision_forms.mend("lead_same" if found else "lead_unknown"))
    if len(others) > 1:
        raise Mistaken("lead", decision_forms.mend("lead_several"))
    (other,) = others
    if other.id is None or other.duplicate_of == case.lead_id:
        raise Mistaken("lead", decision_forms.mend("lead_circle"))
    return other.id


def _leads(ctx: Context, given: str) -> list[LeadRow]:
    """By external id or e-mail, else by number, else by words."""
    exact = find_lead(ctx.session, given, given if "@" in given else None)
    if exact:
        return [exact]
    lead_id = number(given.removeprefix("#"))
    if lead_id is not None:
        row = ctx.session.get(LeadRow, lead_id)
        return [row] if row else []
    return search(ctx.session, given, 3)


def _colleague(ctx: Context, case: Case, given: str) -> str | None:
    if not given:
        return None  # whoever the rules say
    person = ctx.setup.team.find(given)
    if person is None or Role.REP not in person.roles:
        raise Mistaken("person", decision_forms.mend("person_unknown"))
    if person.email == case.rep:
        raise Mistaken("person", decision_forms.mend("person_same"))
    if clocks.is_on_leave(ctx, person):
        raise Mistaken("person", decision_forms.mend("person_away"))
    return person.email


def _text(given: str) -> str:
    kept = typed.text(given, LONGEST_TEXT)
    if not kept:
        raise Mistaken("text", decision_forms.mend("text_missing"))
    return kept
