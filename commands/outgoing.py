"""Who hears what: everything that somebody other than the asker sees starts here, as rows of the
outbox in the transaction of the change."""

from datetime import datetime

from sqlmodel import col, select

from commands import clocks
from commands.card_kind import CardKind
from commands.context import Context, Platform
from commands.counting import local_day
from commands.quiet import good_moment, loud_from
from leads.person import Role
from storage import accounts, outbox
from storage.preferences import preferences_of
from storage.tables import CopyRow


def to_person(
    ctx: Context,
    email: str,
    kind: CardKind,
    subject: str,
    *,
    dedupe_key: str,
    lead_id: int | None = None,
    due_at: datetime | None = None,
) -> None:
    """A card in the person's own chat with Baton, not before `due_at` nor in their quiet hours;
    nothing where no chat is connected."""
    platform = platform_of(ctx, email)
    if platform is None:
        return
    due_at = _when_loud(ctx, email, due_at)
    outbox.post(
        ctx.session,
        kind=kind.value,
        subject=subject,
        platform=platform.value,
        destination=f"person:{email}",
        stream=_stream(kind, lead_id),
        dedupe_key=dedupe_key,
        now=ctx.now,
        due_at=due_at,
        lead_id=lead_id,
    )


def to_rep(
    ctx: Context,
    email: str,
    kind: CardKind,
    subject: str,
    *,
    dedupe_key: str,
    lead_id: int,
    due_at: datetime | None = None,
) -> None:
    """As `to_person`, but in the thread of the lead's line for those who chose that, where there
    is such a line on their platform."""
    line = None
    if preferences_of(ctx.session, email).in_thread:
        lines = _newest(ctx, lead_id, CardKind.HANDOFF_LINE)
        line = lines.get(platform_of(ctx, email) or "")
    if line is None:
        to_person(ctx, email, kind, subject, dedupe_key=dedupe_key, lead_id=lead_id, due_at=due_at)
    else:
        _reply(ctx, line, kind, subject, dedupe_key, _when_loud(ctx, email, due_at))


def to_handoffs(ctx: Context, lead_id: int, *, dedupe_key: str) -> None:
    """The lead's line in the handoffs channel, at once, on every platform that is connected.
    Without a channel in the team file the admins hear of it, once a day."""
    channel = ctx.setup.team.channels.handoffs
    _to_channel(ctx, "handoffs", channel, CardKind.HANDOFF_LINE, lead_id, dedupe_key)


def to_wins(ctx: Context, lead_id: int) -> None:
    """The post about a won lead in the wins channel, once for a lead: what is won stays won."""
    channel = ctx.setup.team.channels.wins
    _to_channel(ctx, "wins", channel, CardKind.WIN, lead_id, f"win:{lead_id}")


def in_thread(ctx: Context, lead_id: int, kind: CardKind, subject: str) -> None:
    """A card in the thread of the lead's newest line, on every platform that has one."""
    for platform, line in _newest(ctx, lead_id, CardKind.HANDOFF_LINE).items():
        _reply(ctx, line, kind, subject, f"{kind}:{subject}:{platform}")


def under_battle_card(
    ctx: Context,
    lead_id: int,
    handoff_id: int,
    kind: CardKind,
    *,
    dedupe_key: str,
    subject: str | None = None,
    due_at: datetime | None = None,
) -> None:
    """A card about a handoff in the thread of its battle card, not before `due_at`; `subject` is
    the handoff's id unless given."""
    handoff = str(handoff_id)
    for platform, card in _newest(ctx, lead_id, CardKind.BATTLE_CARD, handoff).items():
        _reply(ctx, card, kind, subject or handoff, f"{dedupe_key}:{platform}", due_at)


def alert(ctx: Context, email: str, kind: CardKind, subject: str, lead_id: int) -> None:
    """Tell one person of something about a lead in their working time, outside of the ladder: the
    first such thing of their day; whatever follows on that day they find on the lead's page."""
    person = clocks.rep_of(ctx, email)
    due_at = good_moment(ctx, person, ctx.now)
    day = clocks.calendar(ctx, person).local_day(due_at)
    dedupe_key = f"alert:{lead_id}:{email}:{day}"
    to_person(ctx, email, kind, subject, dedupe_key=dedupe_key, lead_id=lead_id, due_at=due_at)


def to_admins(
    ctx: Context, kind: CardKind, subject: str, *, cause: str, but: str | None = None
) -> None:
    """A notice to every admin (to the managers, where there are no admins) but the actor and
    `but`, once for each cause and day."""
    team = ctx.setup.team
    day = local_day(ctx, ctx.now)
    for person in team.with_role(Role.ADMIN) or team.with_role(Role.MANAGER):
        if person.email not in {but, ctx.actor_email}:
            to_person(ctx, person.email, kind, subject, dedupe_key=f"{cause}:{day}:{person.email}")


def refresh(ctx: Context, lead_id: int) -> None:
    """Draws every copy of the lead's cards again."""
    outbox.update_copies(ctx.session, lead_id, ctx.now)


def refresh_decided(ctx: Context, lead_id: int, handoff_id: int, again_at: datetime) -> None:
    """Draws every copy of the lead's cards again now, and this handoff's battle card once more at
    `again_at`."""
    outbox.update_copies_and_again(
        ctx.session,
        lead_id,
        ctx.now,
        kind=CardKind.BATTLE_CARD.value,
        subject=str(handoff_id),
        again_at=again_at,
    )


def platform_of(ctx: Context, email: str) -> Platform | None:
    """Where this person is reached: the first connected platform that knows them; None when no
    chat is connected."""
    if not ctx.setup.platforms:
        return None
    first, *others = ctx.setup.platforms
    if not others or accounts.user_of(ctx.session, first.value, email):
        return first
    for platform in others:
        if accounts.user_of(ctx.session, platform.value, email):
            return platform
    return first


def _to_channel(
    ctx: Context, use: str, channel: str | None, kind: CardKind, lead_id: int, dedupe_key: str
) -> None:
    if channel is None:
        to_admins(ctx, CardKind.CHANNEL_MISSING, use, cause=f"channel:{use}")
        return
    for platform in ctx.setup.platforms:
        outbox.post(
            ctx.session,
            kind=kind.value,
            subject=str(lead_id),
            platform=platform.value,
            destination=f"channel:{channel}",
            stream=_stream(kind, lead_id),
            dedupe_key=f"{dedupe_key}:{platform}",
            now=ctx.now,
            lead_id=lead_id,
        )


def _when_loud(ctx: Context, email: str, due_at: datetime | None) -> datetime | None:
    """`due_at`, or the end of the quiet hours in which it lies."""
    person = ctx.setup.team.find(email)
    return loud_from(ctx, person, due_at or ctx.now) if person else due_at


def _newest(
    ctx: Context, lead_id: int, kind: CardKind, subject: str | None = None
) -> dict[str, CopyRow]:
    query = select(CopyRow).where(CopyRow.lead_id == lead_id, CopyRow.kind == kind.value)
    if subject is not None:
        query = query.where(CopyRow.subject == subject)
    return {copy.platform: copy for copy in ctx.session.exec(query.order_by(col(CopyRow.id)))}


def _reply(
    ctx: Context,
    root: CopyRow,
    kind: CardKind,
    subject: str,
    dedupe_key: str,
    due_at: datetime | None = None,
) -> None:
    outbox.post(
        ctx.session,
        kind=kind.value,
        subject=subject,
        platform=root.platform,
        destination=root.destination,
        stream=_stream(kind, root.lead_id),
        dedupe_key=dedupe_key,
        now=ctx.now,
        due_at=due_at,
        lead_id=root.lead_id,
        thread_of=root.id,
    )


def _stream(kind: CardKind, lead_id: int | None) -> str:
    return f"lead:{lead_id}" if lead_id is not None else kind.value
