"""A walk through `make demo` in a real browser, with a screenshot at every stop."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.page import Workspace


@pytest.fixture
def workspace(demo: str, browser: Browser) -> Iterator[Workspace]:
    page = browser.new_page(viewport={"width": 1280, "height": 880}, color_scheme="light")
    page.set_default_timeout(30_000)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield Workspace(page, demo)
    page.close()
    assert troubles == []


@pytest.mark.browser
@pytest.mark.timeout(600)  # the machine may be busy with other tests
def test_a_walk_through_the_demo(workspace: Workspace) -> None:
    a_rep_accepts_and_works_a_lead(workspace)
    a_rep_rejects_and_marketing_reads_why(workspace)
    a_manager_hears_of_a_late_rep_and_gives_more_time(workspace)
    marketing_answers_a_rejection_and_a_manager_decides_a_dispute(workspace)
    both_sides_read_the_digest_and_the_reviews(workspace)
    a_proposal_waits_with_its_proof(workspace)
    a_marketer_asks_for_quality_and_shares_it(workspace)
    everybody_says_how_they_want_it(workspace)
    everybody_has_a_home_page_of_their_own(workspace)
    a_stranger_is_told_whom_to_ask(workspace)
    the_page_is_good_in_the_dark_and_on_a_phone(workspace)


def a_rep_accepts_and_works_a_lead(workspace: Workspace) -> None:
    workspace.be("ana")
    card = workspace.message("Isabel Quintana, VP Engineering")
    for label in ("Why now:", "points", "Campaign:", "Say:", "Next step:", "Accept by"):
        expect(card).to_contain_text(label)
    workspace.look("battle-card")
    workspace.press(card, "More actions")
    workspace.look("battle-card-menu")
    card.get_by_role("menuitem", name="More").click()
    workspace.modal("Isabel Quintana")
    workspace.look("lead-page")
    workspace.close()

    workspace.press(card, "Accept")
    expect(card).to_contain_text("It's yours")
    expect(card.get_by_role("button", name="Reject", exact=True)).to_have_count(0)
    workspace.look("accepted")

    workspace.press(card, "Log a touch")
    form = workspace.modal("Log a touch")
    form.get_by_label("Called").check()
    form.get_by_label("What came of it?").select_option(label="Reached them")
    workspace.look("touch-form")
    form.locator("#modal-submit").click()
    expect(card).to_contain_text("1 touch so far")

    card.hover()
    workspace.press(card, "Reply in a thread to Baton")
    thread = workspace.page.get_by_test_id("thread-composer").get_by_role("textbox")
    thread.fill("Wants the audit before their renewal in April.")
    thread.press("Enter")
    said = workspace.in_thread("renewal in April")
    expect(said.locator(".reaction")).to_be_visible()
    workspace.look("note-in-thread")


def a_rep_rejects_and_marketing_reads_why(workspace: Workspace) -> None:
    workspace.be("ben")
    card = workspace.message("Reto Amstad, CTO")
    workspace.press(card, "Reject")
    form = workspace.modal("Reject")
    workspace.look("reject-form")
    form.locator("#modal-submit").click()
    expect(form.locator(".error")).to_be_visible()
    form.locator("select").select_option(label="Something else")
    why = form.locator("textarea, input[type=text]").last
    expect(why).to_be_visible()
    why.fill("Is a partner, not a customer: they sell our kind of software themselves.")
    workspace.look("reject-form-asks-more")
    form.locator("#modal-submit").click()
    expect(card).to_contain_text("Rejected by you")
    workspace.look("rejected")

    workspace.be("noah", channel="lead-handoffs")
    line = workspace.message("Reto Amstad")
    expect(line).to_contain_text("rejected")
    line.get_by_test_id("replies").click()
    workspace.in_thread("Is a partner, not a customer")
    workspace.look("marketing-reads-why")


def a_manager_hears_of_a_late_rep_and_gives_more_time(workspace: Workspace) -> None:
    workspace.be("ana")
    reminded = workspace.message("Amaia Echeverri, CIO")
    workspace.open_thread(reminded)
    workspace.in_thread("waiting for your decision")
    workspace.look("reminder-in-thread")
    workspace.be("mia")
    alert = workspace.message("A lead is overdue")
    expect(alert).to_contain_text("Rosalind Thackeray")
    workspace.message("Your day, Mia")
    workspace.look("escalation")
    workspace.press(alert, "Extend")
    form = workspace.modal("Give more time")
    form.get_by_label("Why?").fill("Dan is on a plane until noon.")
    workspace.look("extend-form")
    form.locator("#modal-submit").click()
    expect(alert.get_by_role("button", name="Reassign", exact=True)).to_have_count(0)
    workspace.look("extended")


def marketing_answers_a_rejection_and_a_manager_decides_a_dispute(workspace: Workspace) -> None:
    workspace.be("noah")
    workspace.message("Your day, Noah")
    workspace.look("personal-digest")
    workspace.be("noah", channel="lead-handoffs")
    workspace.open_thread(workspace.message("Bertrand Sillon"))
    rejection = workspace.in_thread("No say in buying")
    workspace.press(rejection, "Answer")
    form = workspace.modal("Answer a rejection")
    form.get_by_label("Agreed, the rule will change").check()
    workspace.look("answer-form")
    form.locator("#modal-submit").click()
    workspace.in_thread("answered:")
    workspace.look("answered")
    workspace.be("mia")
    dispute = workspace.message("contests the rejection")
    workspace.press(dispute, "Decide")
    workspace.modal("Decide a dispute")
    workspace.look("verdict-form")
    workspace.close()


def both_sides_read_the_digest_and_the_reviews(workspace: Workspace) -> None:
    workspace.be("noah", channel="gtm")
    digest = workspace.message("Promises kept")
    expect(digest).to_contain_text("need someone now")
    digest.evaluate("element => element.scrollIntoView({block: 'start'})")
    workspace.look("digest")
    workspace.open_thread(digest)
    workspace.look("digest-thread")
    for title, name in (("Weekly review", "week"), ("in depth", "month")):
        review = workspace.message(title)
        workspace.picture(review).scroll_into_view_if_needed()
        workspace.look(f"review-{name}")
        workspace.open_thread(review)
        workspace.look(f"review-{name}-thread")
    for title, name in (("wins, worth", "celebration"), ("Big win", "win")):
        workspace.message(title).scroll_into_view_if_needed()
        workspace.look(name)


def a_proposal_waits_with_its_proof(workspace: Workspace) -> None:
    workspace.be("noah", channel="gtm")
    proposal = workspace.message("Proposed criteria: version")
    workspace.picture(proposal)
    workspace.look("proposal")
    proposal.get_by_text("What changes").scroll_into_view_if_needed()
    workspace.look("proposal-changes")
    workspace.press(proposal, "See backtest")
    workspace.modal("Backtest: version")
    workspace.look("backtest")
    workspace.close()


def a_marketer_asks_for_quality_and_shares_it(workspace: Workspace) -> None:
    workspace.be("noah", channel="gtm")
    workspace.write("/leads quality")
    table = workspace.message("Lead quality by campaign")
    expect(table).to_contain_text("Only visible to you")
    workspace.look("quality")
    workspace.press(table, "Share here")
    expect(workspace.message("Lead quality by campaign")).not_to_contain_text("Only visible to you")
    workspace.look("quality-shared")
    for question, answer in (
        ("/leads reasons", "Why leads were rejected"),
        ("/leads funnel", "From MQL to won"),
        ("/leads sla", "Promises kept"),
        ("/leads goals", "Goals of both teams"),
        ("/leads help", "This list."),
        ("/leads qualty", "Did you mean"),
        ("/leads campaign spring-pricing", "When they object"),
        ("/leads criteria", "Criteria, version 1"),
    ):
        workspace.write(question)
        workspace.message(answer)
        workspace.look(question.removeprefix("/leads ").replace(" ", "-"))


def everybody_says_how_they_want_it(workspace: Workspace) -> None:
    workspace.be("ana")
    workspace.write("/leads settings")
    settings = workspace.message("Your settings")
    workspace.press(settings, "Change")
    form = workspace.modal("Your settings")
    workspace.look("settings-form")
    form.get_by_label("In the thread of the lead's line").check()
    form.locator("#modal-submit").click()
    workspace.modal("Saved.")
    workspace.look("settings")
    workspace.close()
    workspace.write("/leads away")
    workspace.message("Eva Lindner")
    workspace.look("away")


def everybody_has_a_home_page_of_their_own(workspace: Workspace) -> None:
    for name, says in (("ana", "open leads"), ("noah", "Newest rejections"), ("mia", "For admins")):
        workspace.be(name, home="1")
        expect(workspace.page.get_by_test_id("home")).to_contain_text(says)
        workspace.look(f"home-{name}")


def a_stranger_is_told_whom_to_ask(workspace: Workspace) -> None:
    workspace.be("sam")
    workspace.write("/leads")
    workspace.message("Mia Keller")
    workspace.look("stranger")
    workspace.be("mia")
    workspace.message("Sam Rivera")
    workspace.look("admin-hears-of-a-stranger")


def the_page_is_good_in_the_dark_and_on_a_phone(workspace: Workspace) -> None:
    workspace.page.emulate_media(color_scheme="dark")
    workspace.be("dan")
    workspace.message("Oliver Wainwright, Head of IT")
    workspace.look("dark")
    workspace.be("noah", channel="gtm")
    workspace.picture(workspace.message("Weekly review"))
    workspace.look("dark-review")
    workspace.page.emulate_media(color_scheme="light")
    workspace.page.set_viewport_size({"width": 390, "height": 844})
    workspace.be("dan")
    card = workspace.message("Oliver Wainwright, Head of IT")
    assert workspace.fits()
    workspace.look("narrow")
    workspace.press(card, "Snooze")
    workspace.modal("Snooze")
    workspace.look("narrow-snooze")
    workspace.close()
    workspace.page.get_by_label("Open the menu").click()
    workspace.look("narrow-menu")
    workspace.be("mia")
    workspace.message("Your day, Mia")
    workspace.look("narrow-personal-digest")
    workspace.be("noah", channel="gtm")
    for text, name in (
        ("need someone now", "digest"),
        ("Weekly review", "review"),
        ("Proposed criteria: version", "proposal"),
        ("Lead quality by campaign", "quality"),
    ):
        message = workspace.message(text)
        message.evaluate("element => element.scrollIntoView({block: 'start'})")
        assert workspace.fits()
        workspace.look(f"narrow-{name}")
    workspace.write("/leads velocity")
    workspace.message("How fast leads move", "Only visible to you")
    assert workspace.fits()
    workspace.look("narrow-velocity")
    workspace.open_thread(workspace.message("Weekly review"))
    assert workspace.fits()
    workspace.look("narrow-thread")
