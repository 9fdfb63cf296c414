"""A walk through `make demo-teams` in Microsoft's own playground for Teams apps, with a screenshot
at every stop."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from sandbox.demo.playground import PACKAGE
from tests.browser.conftest import HOUSE
from tests.browser.teams_page import TeamsPage
from tests.npm import PLAYGROUND, installed

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]  # npm may have to fetch it first


@contextmanager
def playground(me: str) -> Iterator[str]:
    """The address of the playground's page with this person as its user, and Baton behind it."""
    tool = installed(PLAYGROUND)
    command = [sys.executable, "app.py", "demo-teams", "--port", "0", "--be", me]
    with until_said(command, HOUSE, r"cd (\S+) && npx --yes (\S+) (.+)") as said:
        folder, package, arguments = said.groups()
        assert package == PACKAGE == PLAYGROUND
        port = free_port()
        start = ["node", str(tool / "cli.js"), *shlex.split(arguments), "--port", str(port)]
        with until_said(start, Path(folder), r"Listening on (\d+)") as listening:
            yield f"http://localhost:{listening[1]}"


@contextmanager
def until_said(command: list[str], folder: Path, pattern: str) -> Iterator[re.Match[str]]:
    """Run it, and go on when it says this; at the end it gets a Ctrl-C."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "BROWSER": "true"}  # opens none
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        printed = ""
        try:
            for line in process.stdout:
                printed += line
                if said := re.search(pattern, line):
                    yield said
                    break
            else:
                pytest.fail(f"it ended, and didn't say {pattern}: {printed}")
        finally:
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=60)
        assert "Traceback" not in rest, rest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def opened(me: str, browser: Browser) -> Iterator[TeamsPage]:
    with playground(me) as address:
        page = browser.new_page(viewport={"width": 1440, "height": 1000}, color_scheme="light")
        page.set_default_timeout(30_000)
        page.route("**/*", only_this_machine)
        page.goto(address)
        page.get_by_role("button", name="Hide log panel").click()
        yield TeamsPage(page, me)
        page.close()


def only_this_machine(route: Route) -> None:
    """The page asks for fonts elsewhere, and does without them."""
    if urlsplit(route.request.url).hostname in {"localhost", "127.0.0.1"}:
        route.continue_()
    else:
        route.abort()


def test_a_rep_and_the_team_walk_through_the_demo(browser: Browser) -> None:
    with opened("ana", browser) as teams:
        a_rep_rejects_with_a_reason_and_thinks_again(teams)
        a_rep_accepts_and_works_a_lead(teams)
        a_rep_asks_in_their_own_chat(teams)
        the_team_reads_the_digest_and_what_becomes_of_leads(teams)
        an_answer_is_shared_in_the_channel_where_it_was_asked_for(teams)


def a_rep_rejects_with_a_reason_and_thinks_again(teams: TeamsPage) -> None:
    teams.card("Your day, Ana")
    card = teams.card("Isabel Quintana", "Yours to take")
    for label in ("Why now:", "points", "Campaign:", "Say:", "Next step:", "Accept by"):
        expect(card).to_contain_text(label)
    teams.look("battle-card")
    teams.press(card, "Reject")
    form = teams.card("Why isn't it one for you?")
    teams.look("reject-form")
    teams.choose(form, "Something else")
    teams.press(form, "Reject")
    expect(form).to_contain_text("Please fill this in")
    form.get_by_role("textbox").fill("Is a partner, not a customer.")
    teams.look("reject-form-asks-more", form)
    teams.press(form, "Reject")
    card = teams.card("Isabel Quintana", "Rejected by you")
    expect(card).to_contain_text("Something else")
    teams.look("rejected")
    teams.press(card, "Undo")
    teams.card("Isabel Quintana", "Yours to take")


def a_rep_accepts_and_works_a_lead(teams: TeamsPage) -> None:
    teams.press(teams.card("Isabel Quintana", "Yours to take"), "Accept")
    card = teams.card("It's yours")
    expect(card.get_by_role("button", name="Reject", exact=True)).to_have_count(0)
    teams.look("accepted")
    teams.press(card, "Log a touch")
    form = teams.card("What did you do?")
    teams.press(form, "Called")
    teams.pick(form, "What came of it?", "Reached them")
    teams.look("touch-form", form)
    teams.press(form, "Log it")
    expect(teams.card("It's yours")).to_contain_text("1 touch so far")
    teams.choose(teams.card("It's yours"), "More")
    page = teams.card("Back")
    teams.look("lead-page")
    teams.press(page, "Back")
    teams.card("1 touch so far")


def a_rep_asks_in_their_own_chat(teams: TeamsPage) -> None:
    for question, answer in (
        ("quality", "Lead quality by campaign"),
        ("reasons", "Why leads were rejected"),
        ("qualty", "Did you mean"),
        ("help", "What you can ask"),
        ("mine", "Isabel Quintana"),
        ("sla", "Promises kept"),
        ("away", "Eva Lindner"),
        ("settings", "Your settings"),
    ):
        teams.look(question, teams.ask(question, answer))
    teams.press(teams.card("Your settings"), "Change")
    teams.look("settings-form", teams.card("Quiet until"))


def the_team_reads_the_digest_and_what_becomes_of_leads(teams: TeamsPage) -> None:
    teams.go_to("General")
    teams.look("digest", teams.card("need someone now"))
    # The playground shows no pictures in channels: the words that stand for them are on the card.
    teams.look("review-week", teams.card("Weekly review", "Leads accepted by week:"))
    teams.look("review-month", teams.card("in depth", "Point by point"))
    teams.look("celebration", teams.card("wins, worth"))
    teams.look("proposal", teams.card("Proposed criteria: version", "by score under"))
    teams.go_to("lead-handoffs")
    expect(teams.card("Isabel Quintana")).to_contain_text("accepted")
    teams.look("handoffs")


def an_answer_is_shared_in_the_channel_where_it_was_asked_for(teams: TeamsPage) -> None:
    answer = asked_in_general(teams, "funnel", "From MQL to won")
    teams.look("answered-in-private")
    teams.press(answer, "Share here")
    teams.go_to("General")
    teams.card("From MQL to won", "Shared by Ana Ortiz")
    teams.look("shared")


def asked_in_general(teams: TeamsPage, question: str, answer: str) -> Locator:
    """The answer in one's own chat; the page may lose one that comes at once."""
    for _ in range(3):
        teams.go_to("General")
        teams.post(question)
        teams.look("asked-in-a-channel")
        teams.go_to("Personal Chat")
        with suppress(AssertionError):
            return teams.card(answer)
    raise AssertionError(f"{question} has no answer")


def test_a_manager_finds_who_is_late_and_what_to_decide(browser: Browser) -> None:
    with opened("mia", browser) as manager:
        manager.card("Your day, Mia")
        alert = manager.card("A lead is overdue")
        expect(alert).to_contain_text("Rosalind Thackeray")
        manager.look("escalation", alert)
        manager.press(alert, "Extend")
        manager.look("extend-form", manager.card("How long?"))
        manager.look("personal-digest", manager.card("Your day, Mia"))
        manager.look("dispute", manager.card("contests the rejection"))
