"""What the worker needs to know about the copy that a row of the outbox is about."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlmodel import Session

from storage.tables import metadata


@dataclass(frozen=True, kw_only=True)
class Place:
    """A message in chat."""

    platform: str
    workspace: str
    conversation: str
    message: str
    thread: str | None


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A card and where it is; `at` is None until it is posted, `under` is the message whose thread
    it belongs in, None where there is none or that was never posted."""

    kind: str
    subject: str
    destination: str
    shown: str | None
    at: Place | None
    under: Place | None


_COPY = metadata.tables["card_copy"]
_ROOT = _COPY.alias()
_PLACED = ("platform", "workspace", "conversation", "message", "thread")
_OF_ID = (
    select(
        *(_COPY.c[name] for name in ("kind", "subject", "destination", "shown", *_PLACED)),
        *(_ROOT.c[name].label(f"root_{name}") for name in _PLACED),
    )
    .select_from(_COPY.outerjoin(_ROOT, _ROOT.c.id == _COPY.c.thread_of))
    .where(_COPY.c.id == bindparam("copy"))
)


def copy_of(session: Session, copy_id: int) -> Copy:
    """The copy with this id."""
    row = session.connection().execute(_OF_ID, {"copy": copy_id}).one()
    return Copy(
        kind=row.kind,
        subject=row.subject,
        destination=row.destination,
        shown=row.shown,
        at=_place(row.platform, row.workspace, row.conversation, row.message, row.thread),
        under=_place(
            row.root_platform,
            row.root_workspace,
            row.root_conversation,
            row.root_message,
            row.root_thread,
        ),
    )


def _place(
    platform: str,
    workspace: str | None,
    conversation: str | None,
    message: str | None,
    thread: str | None,
) -> Place | None:
    if workspace is None or conversation is None or message is None:
        return None
    return Place(
        platform=platform,
        workspace=workspace,
        conversation=conversation,
        message=message,
        thread=thread,
    )
