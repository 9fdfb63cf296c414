"""The sandbox's page in the hands of a test: who one is, where one looks, what one presses."""

import re
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

    def message(self, *texts: str) -> Locator:
        """The newest message with all of these texts, in view."""
        messages = self.page.locator("#messages").get_by_test_id("message")
        for text in texts:
            messages = messages.filter(has_text=text)
        found = messages.last
        expect(found).to_be_visible()
        return found

    def in_thread(self, text: str) -> Locator:
        """A reply in the open thread."""
        found = self.page.get_by_test_id("thread").get_by_test_id("message").filter(has_text=text)
        expect(found.last).to_be_visible()
        return found.last

    def picture(self, where: Locator) -> Locator:
        """The picture of a message, loaded, and with words for who can't see it."""
        found = where.locator("img").first
        found.scroll_into_view_if_needed()  # it isn't loaded before
        expect(found).to_have_attribute("alt", re.compile(r"\S"))
        expect(found).to_have_js_property("complete", True)
        expect(found).not_to_have_js_property("naturalWidth", 0)
        return found

    def open_thread(self, where: Locator) -> Locator:
        """The thread under a message, once something stands there."""
        where.get_by_test_id("replies").click()
        thread = self.page.get_by_test_id("thread")
        expect(thread.get_by_test_id("message").nth(1)).to_be_visible()
        return thread

    def press(self, where: Locator, label: str) -> None:
        where.get_by_role("button", name=label, exact=True).click()

    def modal(self, title: str) -> Locator:
        found = self.page.get_by_test_id("modal").filter(has_text=title)
        expect(found).to_be_visible()
        return found

    def close(self) -> None:
        """Close the open modal."""
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_test_id("modal")).to_have_count(0)

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
