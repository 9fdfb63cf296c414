"""Baton's command line. What it starts is joined in `composition.py`."""

import asyncio
import errno
import logging
import signal
import sys
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import Progress

import learning
import resending
import telling
from bot.finding import Verdict
from bot.teams import package
from bot.teams.package import Publisher, WrongPackage
from commands import criteria_in_force
from commands.receive_lead import Result
from composition import (
    Company,
    Settings,
    WrongSetup,
    clock,
    read_settings,
    running,
)
from console import WRONG_FILE, our_company, problems, screen, stop
from demos import slack_demo, teams_demo
from doctor import examine
from sandbox.demo import cast
from sources import csv_import, feedback_export, lead_map
from sources.feedback_export import Format
from storage import agreement_file, team_file

cli = typer.Typer(
    help="Baton passes qualified leads from marketing to sales inside Slack and Microsoft Teams.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
agreement_cli = typer.Typer(help="The agreement between marketing and sales.", no_args_is_help=True)
export_cli = typer.Typer(help="Take data out of Baton.", no_args_is_help=True)
teams_cli = typer.Typer(help="The app for Microsoft Teams.", no_args_is_help=True)
leave_cli = typer.Typer(help="Who is away.", no_args_is_help=True)
cli.add_typer(agreement_cli, name="agreement")
cli.add_typer(export_cli, name="export")
cli.add_typer(telling.digest_cli, name="digest")
cli.add_typer(leave_cli, name="leave")
cli.add_typer(teams_cli, name="teams")

OutFile = Annotated[Path | None, typer.Option(help="The file to write.", show_default="the screen")]


def _when_stopped() -> asyncio.Event:
    """Set at SIGTERM or Ctrl-C, from now on: ask for it before anybody is told that we run."""
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    return stopped


@cli.command()
def serve() -> None:
    """Serve the chats and incoming leads, as the settings say."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")

    async def main(opened: Company) -> None:
        async with running(opened) as address:
            stopped = _when_stopped()
            screen.print(f"Baton is listening on {address}. Ctrl-C ends it.")
            await stopped.wait()

    with our_company() as opened:
        if not (opened.settings.slack_bot_token or opened.settings.teams_app_id):
            problems.print(
                "No chat is connected: set SLACK_BOT_TOKEN or TEAMS_APP_ID, or try "
                "`python app.py demo`.",
                style="yellow",
            )
        try:
            asyncio.run(main(opened))
        except OSError as error:
            stop(f"Can't listen on {opened.settings.host}:{opened.settings.port}: {error}")


@cli.command(name="demo")
def try_demo(
    port: Annotated[int, typer.Option(help="Where to serve the page.")] = 3000,
    fast: Annotated[bool, typer.Option("--fast", help="Leads come every few seconds.")] = False,
) -> None:
    """Try Baton with a made-up company in a small Slack-like workspace in your browser."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")

    async def main(port: int) -> None:
        async with slack_demo(port, fast=fast) as address:
            screen.print(f"\nOpen {address}\n", soft_wrap=True)
            screen.print("  You are Ana, a rep: a lead waits for you. Accept it, or reject it.")
            screen.print("  Become Noah, a marketer (top left), and write /leads quality.")
            screen.print(
                "  Look into #gtm for the digest. New leads keep coming; Ctrl-C ends it.\n"
            )
            await _when_stopped().wait()

    _serve_a_demo(main, port)


@cli.command(name="demo-teams")
def try_demo_in_teams(
    be: Annotated[str, typer.Option(help="Who you are: ana, ben, mia, noah, sam…")] = "ana",
    port: Annotated[int, typer.Option(help="Where Baton listens.")] = 3000,
    fast: Annotated[bool, typer.Option("--fast", help="Leads come every few seconds.")] = False,
) -> None:
    """Try Baton with a made-up company in a Teams-like page in your browser; needs Node.js."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    people = {
        one.email.partition("@")[0]: one for one in cast.users(team_file.load(cast.TEAM_FILE))
    }
    me = people.get(be.casefold())
    if me is None:
        stop(f"--be: expected {', '.join(people)}; found {be!r}", WRONG_FILE)

    async def main(port: int) -> None:
        async with teams_demo(port, me, fast=fast) as command:
            screen.print("\nBaton waits. In another terminal, with Node.js, start the page:\n")
            screen.print(f"  {command}\n", soft_wrap=True)
            screen.print(f"  You are {me.name}. What is new comes once the page is open.")
            screen.print("  Write mine or help to Baton; in a channel, begin with @Baton.")
            screen.print("  The page forgets what it showed when it is loaded again.")
            screen.print(
                "  To be somebody else, start both again with --be here. Ctrl-C ends it.\n"
            )
            await _when_stopped().wait()

    _serve_a_demo(main, port)


def _serve_a_demo(main: Callable[[int], Coroutine[None, None, None]], port: int) -> None:
    screen.print("Making up a company and eight weeks of its history: a few seconds…")
    try:
        asyncio.run(main(port))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        screen.print(f"Port {port} is taken; using a free one.")
        asyncio.run(main(0))


@cli.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(help="The CSV file with the leads.")],
    map: Annotated[Path, typer.Option(help="Which column is which field of a lead.")],
    offer: Annotated[
        bool, typer.Option("--offer", help="Hand leads at the threshold over to reps at once.")
    ] = False,
    rejects: Annotated[
        Path | None, typer.Option(help="Where bad rows go.", show_default="FILE.bad.csv")
    ] = None,
) -> None:
    """Take in leads from a CSV file. Bad rows are put in a file of their own with line and reason;
    running it again changes nothing twice."""
    bad_file = rejects or file.with_suffix(".bad.csv")
    with our_company() as opened, Progress(console=problems, transient=True) as progress:
        size = file.stat().st_size if file.exists() else None
        task = progress.add_task(f"Reading {file.name}", total=size)
        report = csv_import.import_leads(
            file,
            lead_map.load(map),
            bad_file,
            database=opened.database,
            setup=opened.setup,
            clock=clock,
            offer=offer,
            progress=lambda read: progress.update(task, completed=read),
        )
    results = report.results
    screen.print(
        f"{results[Result.CREATED]} new, {results[Result.UPDATED]} updated, "
        f"{results[Result.UNCHANGED]} unchanged, {report.bad} bad."
    )
    if report.bad:
        screen.print(f"The bad rows are in {bad_file}, each with its line and the reason.")
    if report.qualified:
        screen.print(
            f"{report.qualified} reach the threshold. To hand them over to reps, run this again "
            "with --offer."
        )


cli.command()(learning.learn)
cli.command(name="replay")(learning.replay)


_SIGNS = {
    Verdict.OK: "[green]✓ ok     [/]",
    Verdict.WARNING: "[yellow]! look at[/]",
    Verdict.FAILURE: "[red]✗ wrong  [/]",
}


@cli.command()
def doctor(
    url: Annotated[
        str | None, typer.Option(help="Baton's public address, to see whether it is reached.")
    ] = None,
) -> None:
    """Say line by line what is right and what is wrong, with the fix for each."""

    async def main(settings: Settings) -> Counter[Verdict]:
        seen: Counter[Verdict] = Counter()
        async for finding in examine(settings, url):
            seen[finding.verdict] += 1
            screen.print(f"{_SIGNS[finding.verdict]} {escape(finding.what)}")
            if finding.fix:
                screen.print(f"          → {escape(finding.fix)}", style="dim")
        return seen

    try:
        seen = asyncio.run(main(read_settings()))
    except WrongSetup as error:
        stop(str(error), WRONG_FILE)
    if seen[Verdict.FAILURE]:
        stop(f"{seen[Verdict.FAILURE]} to mend.")
    screen.print("Baton is ready.")


cli.command()(resending.resend)


@leave_cli.command(name="import")
def import_leave(
    file: Annotated[Path, typer.Argument(help="A calendar (.ics), exported or downloaded.")],
    person: Annotated[str, typer.Option(help="Whose it is: an e-mail of the team file.")],
) -> None:
    """Take in somebody's leave from a calendar file. Events out of office count, and busy ones of
    whole days; running it again changes nothing twice."""
    from sources import leave_ics  # not at start: only this command reads calendars

    with our_company() as opened:
        colleague = opened.setup.team.find(person)
        if colleague is None:
            stop(f"--person: nobody in {opened.settings.team} has the e-mail {person}", WRONG_FILE)
        report = leave_ics.import_leave(
            file, colleague, database=opened.database, setup=opened.setup, clock=clock
        )
    counts = ", ".join(f"{n} {came}" for came, n in report.counts.items())
    screen.print(f"{counts or 'No events'}.", markup=False)
    for line in report.left_out:
        screen.print(f"Left out: {line}", markup=False)


@agreement_cli.command(name="check")
def check_agreement() -> None:
    """Say whether the agreement, the team and the campaigns file are right, and whether the
    criteria in the file are the ones in force."""
    with our_company() as opened:
        context = opened.context()
        current = opened.database.read_now(
            lambda session: criteria_in_force.criteria_in_force(context(session=session))
        )
    written = opened.setup.agreement.criteria
    screen.print(f"{opened.settings.agreement}, {opened.settings.team}: right.")
    if replace(written, version=current.version) != current:
        screen.print(
            f"The criteria in force are version {current.version}, and the file has others. "
            "`python app.py agreement adopt` makes the file's the next version; "
            "`python app.py agreement export` writes those in force."
        )


@agreement_cli.command(name="export")
def export_agreement(
    out: Annotated[
        Path | None, typer.Option(help="The file to write. [default: the screen]")
    ] = None,
) -> None:
    """Write the agreement with the criteria in force as TOML."""
    with our_company() as opened:
        context = opened.context()
        current = opened.database.read_now(
            lambda session: criteria_in_force.criteria_in_force(context(session=session))
        )
    text = agreement_file.dump(replace(opened.setup.agreement, criteria=current))
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


@agreement_cli.command(name="adopt")
def adopt_agreement() -> None:
    """Make the criteria in the agreement file the next version, in force from now on."""
    with our_company() as opened:
        context = opened.context()
        adopted = opened.database.write_now(
            lambda session: criteria_in_force.adopt(context(session=session))
        )
    if adopted:
        screen.print(f"Version {adopted.version} is in force now.")
    else:
        screen.print("The criteria in the file are in force already.")


@export_cli.command(name="feedback")
def export_feedback(
    format: Annotated[Format, typer.Option(help="How to write it.")] = Format.CSV,
    out: Annotated[
        Path | None, typer.Option(help="The file to write. [default: the screen]")
    ] = None,
) -> None:
    """Write every decision with its reason, what was known, and how marketing answered it."""
    with our_company() as opened, ExitStack() as stack:
        target = (
            stack.enter_context(out.open("w", encoding="utf-8", newline="")) if out else sys.stdout
        )
        count = feedback_export.export_feedback(opened.database, target, format)
    problems.print(f"{count} decisions.")


@teams_cli.command(name="package")
def teams_package(
    website: Annotated[str, typer.Option(help="Your company's address, https://…")],
    company: Annotated[str, typer.Option(help="Your company's name, as Teams shows it.")],
    privacy: Annotated[
        str, typer.Option(help="Its privacy statement.", show_default="the website")
    ] = "",
    terms: Annotated[str, typer.Option(help="Its terms of use.", show_default="the website")] = "",
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("baton-teams.zip"),
) -> None:
    """Write the app package for the TEAMS_APP_ID, to be uploaded in Teams."""
    publisher = Publisher(
        name=company, website=website, privacy=privacy or website, terms=terms or website
    )
    try:
        package.build(out, read_settings().teams_app_id or "", publisher)
    except (WrongSetup, WrongPackage) as error:
        stop(str(error), WRONG_FILE)
    screen.print(f"{out} is ready. In Teams: Apps, Manage your apps, Upload an app.")


if __name__ == "__main__":
    cli()
