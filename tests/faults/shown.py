"""What stands in chat, held against what the database says should stand there."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlmodel import Session, col, select

from cards import slack
from commands.context import Context, Platform, Setup
from commands.present import present
from sandbox import Message, Sandbox
from sandbox.reading import readable
from storage import accounts
from storage.tables import CopyRow, HistoryRow, OutboxRow, OutboxState
from tests.faults.promises import rows

_STATES = {
    "Yours to take.": "offered",
    "Snoozed until": "snoozed",
    "It's yours": "accepted",
    "Rejected by": "rejected",
    "Passed to": "passed",
    "Nothing to do:": "withdrawn",
}
"""How a battle card says what its handoff is in."""
_ACTS = {
    "offered": "offered",
    "woke": "offered",
    "undone": "offered",
    "snoozed": "snoozed",
    "accepted": "accepted",
    "rejected": "rejected",
    "released": "rejected",
    "overturned": "withdrawn",
    "passed": "passed",
    "withdrawn": "withdrawn",
    "reassigned": "withdrawn",
    "offered_on": "withdrawn",
}
"""Which of these each act leads to."""


def unsent(session: Session, now: datetime) -> list[OutboxRow]:
    """What is due and not delivered."""
    pending = select(OutboxRow).where(
        OutboxRow.state == OutboxState.PENDING.value, col(OutboxRow.due_at) <= now
    )
    return list(session.exec(pending))


def dropped(session: Session, sandbox: Sandbox, now: datetime) -> Iterator[str]:
    """Rows of the outbox that are neither delivered nor to be delivered later."""
    copies = {one.id: one for one in rows(session, CopyRow)}
    for row in rows(session, OutboxRow):
        copy = copies[row.copy_id]
        if row.state == OutboxState.DEAD or (
            row.state == OutboxState.PENDING and row.due_at <= now
        ):
            yield f"{row.verb} {row.id} is {row.state}: {row.error}"
        if row.verb == "post" and row.state == OutboxState.SENT and copy.message:
            message = sandbox.workspace.message(copy.conversation, copy.message)
            if message is None or _outbox_id(message) != row.id:
                yield f"post {row.id} is said to be {copy.message}, where there is {message}"
        if row.verb == "react" and row.state == OutboxState.SENT:
            sign, _, at = row.detail.partition(" ")
            message = sandbox.workspace.message(copy.conversation, at)
            if message is None or sign not in [one.name for one in message.reactions]:
                yield f"reaction {row.id} isn't on {message}"


def doubled(sandbox: Sandbox) -> Iterator[str]:
    """Messages that were posted more than once."""
    posted = Counter(
        _outbox_id(message)
        for channel in sandbox.workspace.conversations
        for message in sandbox.messages(channel)
        if message.metadata
    )
    yield from (f"outbox row {row} was posted {n} times" for row, n in posted.items() if n > 1)


def orphaned(session: Session, sandbox: Sandbox) -> Iterator[str]:
    """Messages in chat that Baton doesn't know it posted, so that it never updates them."""
    known = {(one.conversation, one.message) for one in rows(session, CopyRow)}
    for channel in sandbox.workspace.conversations:
        for message in sandbox.messages(channel):
            if message.metadata and (message.channel, message.ts) not in known:
                yield f"outbox row {_outbox_id(message)}: {message.plain()}"


def misplaced(session: Session, sandbox: Sandbox) -> Iterator[str]:
    """Cards in another chat than that of the person they are for."""
    for copy in rows(session, CopyRow):
        if copy.message and copy.destination.startswith("person:"):
            person = sandbox.persona(copy.destination.removeprefix("person:"))
            if copy.conversation != sandbox.workspace.direct(person.id).id:
                yield f"{copy.kind} {copy.subject} for {copy.destination} is in another chat"


def stale(session: Session, setup: Setup, sandbox: Sandbox, now: datetime) -> Iterator[str]:
    """Copies of a lead's cards that don't show what is true now."""
    ctx = Context(session=session, now=now, setup=setup)
    users = accounts.users(session, Platform.SLACK.value)
    for copy in rows(session, CopyRow):
        if copy.lead_id is None:
            continue
        card = present(ctx, copy.kind, copy.subject)
        if copy.message is None:
            if card is not None:
                yield f"{copy.kind} {copy.subject} should have been posted"
            continue
        shown = sandbox.workspace.message(copy.conversation or "", copy.message)
        if card is None or shown is None:
            continue  # no longer to be said; `dropped` sees to lost messages
        wanted = slack.message(card, users)
        if _bare(shown.blocks) != _bare(wanted.blocks):
            yield (
                f"{copy.kind} {copy.subject} (lead {copy.lead_id}) shows\n{shown.plain()}\n"
                f"instead of\n{readable(wanted.blocks)}"
            )


def disordered(session: Session, sandbox: Sandbox) -> Iterator[str]:
    """Battle cards that showed one thing after another that in truth came later."""
    place = {}
    for copy in rows(session, CopyRow):
        if copy.kind == "battle_card" and copy.message:
            place[copy.conversation, copy.message] = copy.subject
    shown: dict[str, list[str]] = {}
    for call in sandbox.calls:
        subject = place.get((call.arguments.get("channel", ""), call.arguments.get("ts", "")))
        if call.method == "chat.update" and subject:
            shown.setdefault(subject, []).append(_state(call.arguments["blocks"]))
    true: dict[str, list[str]] = {}
    for act in rows(session, HistoryRow):
        if act.handoff_id and act.act in _ACTS:
            states = true.setdefault(str(act.handoff_id), [])
            gave_back = act.act == "undone" and states[-2:] == ["accepted", "rejected"]
            states.append("accepted" if gave_back else _ACTS[act.act])
    for subject, states in shown.items():
        past = iter(true[subject])
        told = [state for state, _ in groupby(states)]
        if not all(state in past for state in told):
            yield f"handoff {subject} was {true[subject]} and its card showed {told}"


def _state(blocks: Any) -> str:
    text = readable(blocks)
    said = [state for words, state in _STATES.items() if words in text]
    assert len(said) == 1, f"the words of battle_card.j2 have changed: {text}"
    return said[0]


def _outbox_id(message: Message) -> object:
    return (message.metadata or {}).get("event_payload", {}).get("outbox_id")


def _bare(part: Any) -> Any:
    """Blocks without the ids that Slack gives them."""
    match part:
        case Mapping():
            return {key: _bare(value) for key, value in part.items() if key != "block_id"}
        case list() | tuple():
            return [_bare(one) for one in part]
        case _:
            return part
