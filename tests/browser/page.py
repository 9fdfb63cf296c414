"""The sandbox's page in the hands of a test: who one is, where one looks, what one presses."""

from pathlib import Path
from urllib.parse import urlencode, urljoin

from playwright.sync_api import Locator, Page, expect

SCREENSHOTS = Path(__file__).resolve().parent.parent.parent / "test-results" / "screenshots"


class Workspace:
    """One tab. Every look waits until what is wanted is there."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._address = address
        self._shots = 0
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def be(self, name: str, **where: str) -> None:
        """Open the page as this person at `dm="1"`, `home="1"` or `channel=NAME`."""
        query = urlencode({"as": f"{name}@acme.example", **(where or {"dm": "1"})})
        self.page.goto(urljoin(self._address, f"/?{query}"))
        expect(self.page.get_by_test_id(f"persona-{name}@acme.example")).to_have_attribute(
            "aria-checked", "true"
        )

    def message(self, text: str) -> Locator:
        """The newest message with this text, in view."""
        found = self.page.locator("#messages").get_by_test_id("message").filter(has_text=text).last
        expect(found).to_be_visible()
        return found

    def in_thread(self, text: str) -> Locator:
        """A reply in the open thread."""
        found = self.page.get_by_test_id("thread").get_by_test_id("message").filter(has_text=text)
        expect(found.last).to_be_visible()
        return found.last

    def press(self, where: Locator, label: str) -> None:
        where.get_by_role("button", name=label, exact=True).click()

    def modal(self, title: str) -> Locator:
        found = self.page.get_by_test_id("modal").filter(has_text=title)
        expect(found).to_be_visible()
        return found

    def write(self, text: str) -> None:
        box = self.page.get_by_test_id("composer").get_by_role("textbox")
        box.fill(text)
        box.press("Enter")

    def look(self, name: str) -> None:
        """Keep a screenshot, numbered in the order of the walk."""
        self._shots += 1
        self.page.screenshot(
            path=SCREENSHOTS / f"{self._shots:02}-{name}.png", animations="disabled"
        )

    def fits(self) -> bool:
        """Whether nothing has to be scrolled sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
