"""One message in a channel with its details in its thread, all in one transaction."""

from collections.abc import Sequence

from commands.card_kind import CardKind
from commands.context import Context, Platform
from storage import outbox

Said = tuple[CardKind, str]
"""A card by its kind and subject."""


def post(
    ctx: Context,
    platform: Platform,
    channel: str,
    root: Said,
    replies: Sequence[Said],
    *,
    dedupe_key: str,
) -> None:
    """Post `root` and, in its thread and in order, `replies`; nothing where `dedupe_key` was used
    before. A reply that has nothing to say by then isn't sent."""
    # One stream, so that they arrive in order; of their own, so that nothing holds them up.
    root_id = _post(ctx, platform, channel, root, dedupe_key, dedupe_key, None)
    if root_id is None:
        return
    for number, reply in enumerate(replies, start=1):
        _post(ctx, platform, channel, reply, dedupe_key, f"{dedupe_key}:{number}", root_id)


def _post(
    ctx: Context,
    platform: Platform,
    channel: str,
    said: Said,
    stream: str,
    dedupe_key: str,
    thread_of: int | None,
) -> int | None:
    kind, subject = said
    return outbox.post(
        ctx.session,
        kind=kind.value,
        subject=subject,
        platform=platform.value,
        destination=f"channel:{channel}",
        stream=stream,
        dedupe_key=dedupe_key,
        now=ctx.now,
        thread_of=thread_of,
    )
