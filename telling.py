"""What the channel is told, on the command line: the digest and the reviews."""

from collections.abc import Callable, Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cards import terminal
from cards.model import Card
from cards.review_views import ReviewKind
from commands import post_digest, post_reviews
from commands.context import Context
from composition import Company, clock
from console import our_company, screen

digest_cli = typer.Typer(help="What the digest channel is told.", no_args_is_help=True)


@digest_cli.command(name="daily")
def daily_digest(
    post: Annotated[
        bool, typer.Option("--post", help="Have it posted, once a day, by the Baton that runs.")
    ] = False,
) -> None:
    """Print today's digest as of now."""
    with our_company() as opened:
        day = clock().astimezone(ZoneInfo(opened.setup.agreement.timezone)).date()
        _tell(
            opened,
            posting=(lambda ctx: post_digest.post_now(ctx, day)) if post else None,
            cards=lambda ctx: [
                post_digest.present_digest(ctx, day.isoformat()),
                post_digest.present_details(ctx, day.isoformat()),
            ],
        )


@digest_cli.command(name="weekly")
def weekly_review(
    post: Annotated[
        bool, typer.Option("--post", help="Have it posted, once a week, by the Baton that runs.")
    ] = False,
) -> None:
    """Print the review of the last week with all its points."""
    _review(ReviewKind.WEEK, post=post)


@digest_cli.command(name="monthly")
def monthly_review(
    post: Annotated[
        bool, typer.Option("--post", help="Have it posted, once a month, by the Baton that runs.")
    ] = False,
) -> None:
    """Print the deep dive into the last month with all its points."""
    _review(ReviewKind.MONTH, post=post)


@digest_cli.command(name="quarterly")
def quarterly_celebration(
    post: Annotated[
        bool, typer.Option("--post", help="Have it posted, once a quarter, by the Baton that runs.")
    ] = False,
) -> None:
    """Print the celebration of the last quarter's wins."""
    _review(ReviewKind.QUARTER, post=post)


def _review(kind: ReviewKind, *, post: bool) -> None:
    with our_company() as opened:
        _tell(
            opened,
            posting=(lambda ctx: post_reviews.post_newest(ctx, kind)) if post else None,
            cards=lambda ctx: post_reviews.newest_cards(ctx, kind),
        )


def _tell(
    opened: Company,
    *,
    posting: Callable[[Context], int] | None,
    cards: Callable[[Context], Sequence[Card | None]],
) -> None:
    """Have it posted, or print its message and what is in the thread."""
    context = opened.context()
    if posting:
        posted = opened.database.write_now(lambda session: posting(context(session=session)))
        screen.print(
            "It will be posted in a moment."
            if posted
            else "Nothing to post: it was posted already, or there is nothing to tell."
        )
        return
    told = opened.database.read_now(lambda session: cards(context(session=session)))
    zone = ZoneInfo(opened.setup.agreement.timezone)
    shown = [terminal.text(card, zone) for card in told if card]
    screen.print("\n\n".join(shown) or "Nothing to tell.", markup=False)
