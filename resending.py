"""What couldn't be delivered, on the command line: told, and sent again."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cards.plain_characters import one_line
from composition import Company
from console import WRONG_FILE, messages, our_company, screen, stop
from storage import deliveries, outbox
from storage.deliveries import ParkedMessage

_MOST = 50
_LONGEST_ERROR = 300
_NOTHING = "Nothing waits to be sent again."


def resend(
    all: Annotated[bool, typer.Option("--all", help="Send all of it again.")] = False,
    id: Annotated[
        int | None, typer.Option("--id", help="Send the one of this number again.")
    ] = None,
) -> None:
    """Say what couldn't be delivered and why, or have it sent again. What is sent again is drawn as
    things are then; what has nothing to say any more isn't sent."""
    if all and id is not None:
        stop("Either --all or --id, not both.", WRONG_FILE)
    with our_company() as opened:
        if all or id is not None:
            _send_again(opened, id)
        else:
            _tell(opened)


def _send_again(opened: Company, id: int | None) -> None:
    now = opened.clock()
    revived = opened.database.write_now(lambda session: deliveries.revive(session, now, id))
    if id is not None and not revived:
        stop(
            f"--id: no message of number {id} waits to be sent again. "
            "`python app.py resend` tells the numbers of those that do.",
            WRONG_FILE,
        )
    screen.print(
        f"{messages(revived)} will be sent again in a moment, by the Baton that runs."
        if revived
        else _NOTHING
    )


def _tell(opened: Company) -> None:
    now = opened.clock()
    found, n = opened.database.read_now(
        lambda session: (
            deliveries.parked_messages(session, _MOST),
            outbox.backlog(session, now).parked,
        )
    )
    if not found:
        screen.print(_NOTHING)
        return
    screen.print(f"{messages(n)} couldn't be delivered:")
    zone = ZoneInfo(opened.setup.agreement.timezone)
    for one in found:
        screen.print(_line(one, zone), markup=False, soft_wrap=True)
        why = " ".join(f"{text.rstrip('.')}." for text in (one.error, one.advice) if text)
        screen.print(f"      {one_line(why, _LONGEST_ERROR)}", markup=False, soft_wrap=True)
    if n > len(found):
        screen.print(f"… and {n - len(found)} older.")
    screen.print(
        "When the cause is mended, `python app.py resend --all` sends them again, "
        f"`python app.py resend --id {found[0].id}` only that one.",
        soft_wrap=True,
    )


def _line(one: ParkedMessage, zone: ZoneInfo) -> str:
    platform, _, place = one.destination.partition(":")
    where = place.partition(":")[2]
    what = one.kind.replace("_", " ")
    if one.verb != outbox.POST:
        what = f"{what} ({one.verb})"
    at = one.due_at.astimezone(zone)
    return f"{one.id:>4}  {platform}, {where}: {what}, since {at.day} {at:%b %Y, %H:%M}"
