"""The playground's page in the hands of a test: where one looks, what one presses and writes."""

from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Locator, Page, TimeoutError, expect

SCREENSHOTS = Path(__file__).resolve().parent.parent.parent / "test-results" / "screenshots-teams"

_TRIES = 5


class TeamsPage:
    """One tab. Every look waits until what is wanted is there."""

    def __init__(self, page: Page, me: str) -> None:
        self.page = page
        self._me = me
        self._shots = 0
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def go_to(self, name: str) -> None:
        """Open "Personal Chat", the group chat or a channel, from the list at the left."""
        self.page.get_by_role("treeitem", name=name).click()

    def card(self, *texts: str) -> Locator:
        """The newest card with all of these texts, in view."""
        cards = self.page.locator(".ac-preview-panel")
        for text in texts:
            cards = cards.filter(has_text=text)
        found = cards.last
        expect(found).to_be_visible()
        found.scroll_into_view_if_needed()
        return found

    def press(self, where: Locator, label: str) -> None:
        where.get_by_role("button", name=label, exact=True).last.click()

    def choose(self, where: Locator, label: str) -> None:
        """Press what is in the menu behind the row of buttons, which a message that comes in may
        close."""
        entry = self.page.get_by_role("menuitem", name=label, exact=True)
        more = where.get_by_role("button", name="More options").last
        for _ in range(_TRIES):
            more.click()
            with suppress(TimeoutError):
                return entry.click(timeout=5_000)
        raise AssertionError(f"no {label} in the menu")

    def pick(self, where: Locator, question: str, label: str) -> None:
        """Pick it in the list of a form that asks this."""
        where.get_by_role("combobox", name=question).click()
        self.page.get_by_role("option", name=label, exact=True).click()

    def ask(self, text: str, answer: str) -> Locator:
        """Say it in the open chat; the card with the answer, which nothing there said before. The
        page may lose an answer that comes at once: then it is asked for again."""
        for _ in range(_TRIES):
            self._box().click()
            self.page.keyboard.type(text)
            self.page.keyboard.press("Enter")
            with suppress(AssertionError):
                return self.card(answer)
        raise AssertionError(f"{text} has no answer")

    def post(self, text: str) -> None:
        """Begin a post in the open channel with @Baton."""
        self._box().click()
        self.page.keyboard.type("@Ba")
        self.page.get_by_role("menuitem").filter(has_text="Baton").click()
        self.page.keyboard.type(f" {text}")
        self.page.get_by_role("button", name="Post", exact=True).click()

    def look(self, name: str, at: Locator | None = None) -> None:
        """Keep a screenshot, numbered in the order of the walk, with the end of `at` in view."""
        self._shots += 1
        if at:
            at.evaluate("element => element.scrollIntoView({block: 'end'})")
        self.page.screenshot(
            path=SCREENSHOTS / f"{self._me}-{self._shots:02}-{name}.png", animations="disabled"
        )

    def _box(self) -> Locator:
        return self.page.get_by_role("textbox").first
