"""What the worker needs to know about the copy that a row of the outbox is about."""

from dataclasses import dataclass

from sqlmodel import Session

from storage.tables import CopyRow


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


def copy_of(session: Session, copy_id: int) -> Copy:
    """The copy with this id."""
    row = session.get_one(CopyRow, copy_id)
    root = session.get(CopyRow, row.thread_of) if row.thread_of else None
    return Copy(
        kind=row.kind,
        subject=row.subject,
        destination=row.destination,
        shown=row.shown,
        at=_place(row),
        under=_place(root) if root else None,
    )


def _place(row: CopyRow) -> Place | None:
    if row.workspace is None or row.conversation is None or row.message is None:
        return None
    return Place(
        platform=row.platform,
        workspace=row.workspace,
        conversation=row.conversation,
        message=row.message,
        thread=row.thread,
    )
