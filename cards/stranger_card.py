"""Somebody the team file doesn't know: what they are told, and what the admins are told."""

from collections.abc import Mapping

from cards.model import Bullets, Card, Form, Note, Paragraph, Words

_TEMPLATE = "stranger"


def greeting(admins: tuple[str, ...], email: str | None) -> Card:
    """To the stranger: whom to ask, and for what. `email` is the one their account shows."""
    text = _words("greeting", admins=admins, email=email)
    return Card(
        summary=_words("greeting_summary"),
        blocks=(Paragraph(text=text), Note(text=_words("nothing_done"))),
    )


def stranger_notice(*, name: str | None, email: str | None, user_id: str, platform: str) -> Card:
    """To an admin: who tried, and what to add to the team file."""
    who = _words("who", name=name, email=email, user_id=user_id, platform=platform)
    lines = [_words("entry"), _words("entry_name", name=name)]
    lines += [_words("entry_email", email=email), _words("entry_roles")]
    return Card(
        summary=_words("notice_summary", name=name, email=email, user_id=user_id),
        blocks=(
            Paragraph(text=who),
            Paragraph(text=_words("if_colleague", email=email)),
            Bullets(lines=tuple(lines)),
            Note(text=_words("if_not")),
        ),
    )


def _words(macro: str, **values: object) -> Words:
    return Words(_TEMPLATE, macro, **values)


_HOSTILE = '<!channel> *Ada* <https://evil.example|click> "]] \u202e\x00'

EXAMPLES: Mapping[str, Card | Form] = {
    "greeting": greeting(("Mia Chen", "Tom Berg"), "new@acme.example"),
    "greeting_without_email": greeting(("Mia Chen",), None),
    "notice": stranger_notice(
        name="Nora New", email="new@acme.example", user_id="U0123", platform="slack"
    ),
    "notice_without_email": stranger_notice(
        name=None, email=None, user_id="U0123", platform="slack"
    ),
    "hostile": stranger_notice(
        name=_HOSTILE * 20, email=_HOSTILE, user_id=_HOSTILE, platform="slack"
    ),
}
