"""What stands in the thread of the daily digest: what each colleague has waiting, and why leads
were rejected, with examples."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cards.actions import Action
from cards.model import Block, Bullets, Button, Card, Form, Heading, Note, Paragraph, Words

_WORDS = "digest"
_MOST_REPS = 20


@dataclass(frozen=True, kw_only=True)
class WaitingLine:
    """What one rep owes; `late` counts how many of all of it are past their time."""

    rep: str
    to_decide: int
    decide_late: int
    to_touch: int
    touch_late: int

    @property
    def late(self) -> int:
        """Leads that need this rep now."""
        return self.decide_late + self.touch_late


@dataclass(frozen=True, kw_only=True)
class AnsweringLine:
    """How many rejections one marketer has to answer, and how many of them late."""

    owner: str
    n: int
    late: int


@dataclass(frozen=True, kw_only=True)
class OldestLead:
    """The lead that has waited longest for its first touch, in whole days."""

    lead_id: int
    name: str
    company: str | None
    since: datetime
    days: int


@dataclass(frozen=True, kw_only=True)
class RejectedLead:
    """One example. `said` is what the rep wrote about it."""

    name: str
    company: str | None
    by: str
    said: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class RejectedFor:
    """One reason, and how often it was given."""

    label: str
    n: int
    examples: tuple[RejectedLead, ...]


@dataclass(frozen=True, kw_only=True)
class DigestDetailsView:
    """All that is waiting now, and what was rejected from `since` on."""

    since: datetime
    waiting: tuple[WaitingLine, ...] = ()
    answering: tuple[AnsweringLine, ...] = ()
    oldest: OldestLead | None = None
    reasons: tuple[RejectedFor, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to add to the digest."""
        return not (self.waiting or self.answering or self.reasons)


def digest_details_card(view: DigestDetailsView) -> Card:
    """Lists, for whoever wants to know more than the digest says."""
    blocks: list[Block] = []
    shown = view.waiting[:_MOST_REPS]
    lines = (
        *(Words(_WORDS, "waiting", line=line) for line in shown),
        *(Words(_WORDS, "answering", line=line) for line in view.answering[:_MOST_REPS]),
    )
    if lines:
        blocks += [Heading(text=Words(_WORDS, "waiting_heading")), Bullets(lines=lines)]
    if rest := view.waiting[_MOST_REPS:]:
        left = Words(_WORDS, "more_reps", reps=len(rest), late=sum(line.late for line in rest))
        blocks.append(Note(text=left))
    if view.oldest:
        opens = Button(
            label=Words("lead_lines", "open"),
            action=Action.MORE,
            subject=str(view.oldest.lead_id),
        )
        blocks.append(Paragraph(text=Words(_WORDS, "oldest", oldest=view.oldest), button=opens))
    if view.reasons:
        blocks.append(Heading(text=Words(_WORDS, "rejected_heading", since=view.since)))
        blocks += [Paragraph(text=Words(_WORDS, "reason", reason=one)) for one in view.reasons]
    summary = Words(
        _WORDS,
        "details_summary",
        waiting=len(view.waiting) + len(view.answering),
        rejected=sum(one.n for one in view.reasons),
    )
    return Card(summary=summary, blocks=tuple(blocks))


_EXAMPLE = DigestDetailsView(
    since=datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
    waiting=(
        WaitingLine(rep="Ana Ortiz", to_decide=2, decide_late=1, to_touch=3, touch_late=1),
        WaitingLine(rep="Ben Adler", to_decide=0, decide_late=0, to_touch=2, touch_late=1),
        WaitingLine(rep="Mia Novak", to_decide=1, decide_late=0, to_touch=0, touch_late=0),
    ),
    answering=(AnsweringLine(owner="Noah Lind", n=3, late=1),),
    oldest=OldestLead(
        lead_id=17,
        name="Ada Byron",
        company="Initech",
        since=datetime(2026, 11, 17, 9, 0, tzinfo=UTC),
        days=6,
    ),
    reasons=(
        RejectedFor(
            label="Company too small",
            n=2,
            examples=(
                RejectedLead(
                    name="Bo Lind",
                    company="Lind & Co",
                    by="Ana Ortiz",
                    url="https://crm.acme.example/leads/L-21",
                ),
                RejectedLead(name="Cy Park", company=None, by="Ben Adler"),
            ),
        ),
        RejectedFor(
            label="Something else",
            n=1,
            examples=(
                RejectedLead(
                    name="Dee Park", company="Hooli", by="Ana Ortiz", said="A competitor of ours."
                ),
            ),
        ),
    ),
)
_NASTY = "<!channel> *Bob* <@U1> ](https://evil.example) \u202e&amp;"

EXAMPLES: Mapping[str, Card | Form] = {
    "monday": digest_details_card(_EXAMPLE),
    "only_reasons": digest_details_card(
        replace(_EXAMPLE, waiting=(), answering=(), oldest=None, reasons=_EXAMPLE.reasons[:1])
    ),
    "many_reps": digest_details_card(replace(_EXAMPLE, waiting=_EXAMPLE.waiting * 9, reasons=())),
    "hostile": digest_details_card(
        replace(
            _EXAMPLE,
            waiting=(replace(_EXAMPLE.waiting[0], rep=_NASTY),),
            oldest=None,
            reasons=(
                RejectedFor(
                    label=_NASTY,
                    n=1,
                    examples=(
                        RejectedLead(
                            name=_NASTY,
                            company=_NASTY,
                            by=_NASTY,
                            said=_NASTY * 40,
                            url="javascript:alert(1)",
                        ),
                    ),
                ),
            ),
        )
    ),
}
