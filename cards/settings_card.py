"""What somebody chose about how Baton talks to them, and the form to choose."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from cards.actions import Action
from cards.locales import OFFERED
from cards.model import (
    Actions,
    Button,
    Card,
    Choice,
    Fact,
    Facts,
    Form,
    Heading,
    Note,
    Option,
    Paragraph,
    Words,
)

OWN_CHAT, THREAD = "dm", "thread"
NONE, USUAL, NEVER, TEAMS_OWN = "none", "usual", "never", "team"
"""What the choices hold where it is no time and no locale."""

HOURS = tuple(f"{hour:02}:{minute}" for hour in range(24) for minute in ("00", "30"))
_WORDS = "settings"


@dataclass(frozen=True, kw_only=True)
class SettingsView:
    """One person's choices, as `storage.preferences.Preferences` has them, and what they stand
    for: `usual_digest` and `team_locale` hold where nothing was chosen."""

    email: str
    in_thread: bool = False
    quiet_from: str | None = None
    quiet_to: str | None = None
    digest_at: str | None = None
    locale: str | None = None
    usual_digest: str = "08:30"
    team_locale: str = "en"
    today: date
    sample: float = 12400.5
    sample_share: float = 0.73
    """Numbers that show how they are written. (Jinja writes constants of its words only once.)"""
    has_channel: bool = True
    is_saved: bool = False

    @property
    def language(self) -> str:
        """The name of the locale in which this person's numbers are written."""
        written = self.locale or self.team_locale
        return OFFERED.get(written, written)


def settings_card(view: SettingsView) -> Card:
    """The choices, each as it is now."""
    shown = ("place", "quiet", "digest", "locale")
    facts = tuple(
        Fact(label=_words("label", field=field), value=_words(field, view=view)) for field in shown
    )
    change = Button(label=_words("change"), action=Action.SETTINGS, subject=view.email)
    return Card(
        summary=_words("summary"),
        blocks=(
            Heading(text=_words("summary")),
            *([Paragraph(text=_words("saved"))] if view.is_saved else []),
            Facts(facts=facts),
            Note(text=_words("about")),
            Actions(buttons=(change,)),
        ),
    )


def settings_form(view: SettingsView) -> Form:
    """The same to be chosen."""
    return Form(
        title=_words("summary"),
        submit=_words("save"),
        action=Action.SETTINGS,
        subject=view.email,
        blocks=(
            Choice(
                id="place",
                label=_words("label", field="place"),
                options=tuple(
                    Option(value=place, label=_words("place_option", place=place))
                    for place in (OWN_CHAT, THREAD)
                ),
                initial=THREAD if view.in_thread else OWN_CHAT,
                expanded=True,
            ),
            Note(text=_words("about_place", has_channel=view.has_channel)),
            _hours("quiet_from", view.quiet_from or NONE, NONE),
            _hours("quiet_to", view.quiet_to or NONE, NONE),
            Note(text=_words("about_quiet")),
            _hours("digest_at", view.digest_at or USUAL, USUAL, NEVER, usual=view.usual_digest),
            Choice(
                id="locale",
                label=_words("label", field="locale"),
                options=tuple(_locales(view)),
                initial=view.locale or TEAMS_OWN,
            ),
        ),
    )


def _hours(field: str, initial: str, *others: str, usual: str = "") -> Choice:
    """Every half hour; an hour that was chosen by other ways stays to be chosen."""
    hours = HOURS if initial in (*others, *HOURS) else tuple(sorted((*HOURS, initial)))
    return Choice(
        id=field,
        label=_words("label", field=field),
        options=tuple(
            Option(value=value, label=_words("hour", value=value, usual=usual))
            for value in (*others, *hours)
        ),
        initial=initial,
    )


def _locales(view: SettingsView) -> Iterator[Option]:
    team = OFFERED.get(view.team_locale, view.team_locale)
    yield Option(value=TEAMS_OWN, label=_words("team_locale", name=team))
    for locale, name in OFFERED.items():
        yield Option(value=locale, label=_words("name", name=name))


def mend(trouble: str) -> Words:
    """Beside a choice that can't be: `end_missing`, `begin_missing`, `same` or `unknown`."""
    return _words("trouble", kind=trouble)


def not_yours() -> Card:
    """Everybody chooses for themselves."""
    said = _words("not_yours")
    return Card(summary=said, blocks=(Paragraph(text=said),))


def open_button() -> Words:
    """The label of a button that leads here."""
    return _words("open")


def _words(macro: str, **values: object) -> Words:
    return Words(_WORDS, macro, **values)


_VIEW = SettingsView(email="ana@acme.example", today=date(2026, 11, 20))
_CHOSEN = replace(
    _VIEW, in_thread=True, quiet_from="19:00", quiet_to="07:30", digest_at="07:00", locale="de-AT"
)

EXAMPLES: Mapping[str, Card | Form] = {
    "untouched": settings_card(_VIEW),
    "chosen": replace(settings_card(replace(_CHOSEN, is_saved=True)), locale="de-AT"),
    "chosen_by_the_team": settings_card(
        replace(_VIEW, team_locale="fr-CA", digest_at=NEVER, has_channel=False)
    ),
    "form": settings_form(_VIEW),
    "form_chosen": settings_form(replace(_CHOSEN, has_channel=False)),
    "not_yours": not_yours(),
    "hostile": settings_card(
        replace(
            _VIEW, team_locale="*x* <!channel>", digest_at="<@U1>", quiet_from="`", quiet_to="_"
        )
    ),
}
