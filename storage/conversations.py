"""Where in Teams Baton may speak: what it learned about its conversations."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func
from sqlmodel import Field, Session, SQLModel, col, select

from storage import accounts
from storage.upsert import dialect_of, insert_into


class ConversationKind(StrEnum):
    """What kind of conversation it is. A channel is known by the thread-less id of its team."""

    PERSONAL = "personal"
    GROUP = "group"
    CHANNEL = "channel"


class ConversationRow(SQLModel, table=True):
    """A conversation that Baton is in. It is deleted when Baton is taken out."""

    __tablename__ = "conversation"

    conversation: str = Field(primary_key=True)
    tenant_id: str = Field(primary_key=True)
    kind: str
    service_url: str
    bot_id: str
    user_id: str | None = Field(default=None, index=True)
    aad_object_id: str | None = Field(default=None, index=True)
    name: str | None = None
    team_id: str | None = None
    team_name: str | None = None
    learned_at: datetime


@dataclass(frozen=True, kw_only=True)
class ConversationRef:
    """All that is needed to speak in a conversation: our own value, no SDK's.

    `user_id` (29:…) and `aad_object_id` are those of the person in a
    personal conversation; `name` is that of a channel or group chat, None for a team's first
    channel; `team_id` is the id of the channel's team."""

    tenant_id: str
    conversation: str
    kind: ConversationKind
    service_url: str
    bot_id: str
    user_id: str | None = None
    aad_object_id: str | None = None
    name: str | None = None
    team_id: str | None = None
    team_name: str | None = None


def save(session: Session, ref: ConversationRef, learned_at: datetime) -> None:
    """Keep what is known of a conversation. What was learned before stays where `ref` says
    nothing, and wins where it was learned later."""
    learned = insert_into(dialect_of(session), ConversationRow).values(
        tenant_id=ref.tenant_id,
        conversation=ref.conversation,
        kind=ref.kind.value,
        service_url=ref.service_url,
        bot_id=ref.bot_id,
        user_id=ref.user_id,
        aad_object_id=ref.aad_object_id,
        name=ref.name,
        team_id=ref.team_id,
        team_name=ref.team_name,
        learned_at=learned_at,
    )
    said, known = learned.excluded, ConversationRow
    session.connection().execute(
        learned.on_conflict_do_update(
            index_elements=["conversation", "tenant_id"],
            set_={
                "kind": said.kind,
                "service_url": said.service_url,
                "bot_id": said.bot_id,
                "user_id": func.coalesce(said.user_id, known.user_id),
                "aad_object_id": func.coalesce(said.aad_object_id, known.aad_object_id),
                "name": func.coalesce(said.name, known.name),
                "team_id": func.coalesce(said.team_id, known.team_id),
                "team_name": func.coalesce(said.team_name, known.team_name),
                "learned_at": said.learned_at,
            },
            where=said.learned_at >= col(ConversationRow.learned_at),
        )
    )


def forget(session: Session, tenant_id: str, conversation: str, at: datetime) -> None:
    """Baton was taken out of a conversation at this moment; of a team's first channel: out of
    every channel of that team."""
    session.execute(
        delete(ConversationRow)
        .where(
            col(ConversationRow.tenant_id) == tenant_id,
            (col(ConversationRow.conversation) == conversation)
            | (col(ConversationRow.team_id) == conversation),
            col(ConversationRow.learned_at) <= at,
        )
        .execution_options(synchronize_session=False)
    )


def find(session: Session, conversation: str) -> ConversationRef | None:
    """The conversation with this id."""
    row = session.exec(
        select(ConversationRow)
        .where(ConversationRow.conversation == conversation)
        .order_by(col(ConversationRow.learned_at).desc())
        .limit(1)
    ).first()
    return _ref(row) if row else None


def personal(session: Session, person: str) -> ConversationRef | None:
    """The newest personal conversation with the person who has this AAD object id or user id."""
    row = session.exec(
        select(ConversationRow)
        .where(
            (ConversationRow.aad_object_id == person) | (ConversationRow.user_id == person),
            ConversationRow.kind == ConversationKind.PERSONAL.value,
        )
        .order_by(col(ConversationRow.learned_at).desc())
        .limit(1)
    ).first()
    return _ref(row) if row else None


def personal_by_email(session: Session, email: str) -> ConversationRef | None:
    """The same by e-mail, for people whose account is known."""
    account = accounts.user_of(session, "teams", email)
    return personal(session, account.user_id) if account else None


def everywhere(session: Session, *kinds: ConversationKind) -> list[ConversationRef]:
    """Every conversation of these kinds (all), the one learned last first."""
    chosen = [kind.value for kind in kinds or tuple(ConversationKind)]
    rows = session.exec(
        select(ConversationRow)
        .where(col(ConversationRow.kind).in_(chosen))
        .order_by(col(ConversationRow.learned_at).desc(), col(ConversationRow.conversation))
    )
    return [_ref(row) for row in rows]


def _ref(row: ConversationRow) -> ConversationRef:
    return ConversationRef(
        tenant_id=row.tenant_id,
        conversation=row.conversation,
        kind=ConversationKind(row.kind),
        service_url=row.service_url,
        bot_id=row.bot_id,
        user_id=row.user_id,
        aad_object_id=row.aad_object_id,
        name=row.name,
        team_id=row.team_id,
        team_name=row.team_name,
    )
