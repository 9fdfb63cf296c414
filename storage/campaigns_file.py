"""`campaigns.toml`: the playbooks that the battle cards are made from."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from leads.campaign import Campaign, Objection
from leads.person import Team
from storage.file_errors import FileError, Table, found_words, read_toml, validated
from storage.file_values import Address, Email, Text

__all__ = ["check", "load"]


class ObjectionTable(Table):
    """One of a campaign's `objections`."""

    says: Text
    answer: Text
    content: Address | None = None


class CampaignTable(Table):
    """One of `[[campaigns]]`."""

    name: Text
    title: Text
    owner: Email | None = None
    pains: list[Text] = Field(default_factory=list)
    next_step: Text | None = None
    opener: Text | None = None
    spend: Annotated[float, Field(ge=0)] | None = None
    objections: list[ObjectionTable] = Field(default_factory=list)

    def campaign(self) -> Campaign:
        """The campaign."""
        return Campaign(
            name=self.name,
            title=self.title,
            owner=self.owner,
            pains=tuple(self.pains),
            next_step=self.next_step,
            opener=self.opener,
            spend=self.spend,
            objections=tuple(
                Objection(says=one.says, answer=one.answer, content=one.content)
                for one in self.objections
            ),
        )


class CampaignsTable(Table):
    """The whole file."""

    campaigns: list[CampaignTable] = Field(default_factory=list)


def load(path: Path) -> tuple[Campaign, ...]:
    """The campaigns in a file, in its order; none when the file is missing. Raises FileError,
    also where a name stands twice (upper and lower case are the same)."""
    if not path.exists():
        return ()
    table = validated(CampaignsTable, read_toml(path), path)
    seen: set[str] = set()
    for number, campaign in enumerate(table.campaigns):
        if campaign.name.casefold() in seen:
            wanted = "a name that no other campaign has"
            raise FileError(path, f"campaigns[{number}].name", wanted, found_words(campaign.name))
        seen.add(campaign.name.casefold())
    return tuple(campaign.campaign() for campaign in table.campaigns)


def check(
    campaigns: tuple[Campaign, ...],
    team: Team,
    path: Path = Path("campaigns.toml"),
    team_path: Path = Path("team.toml"),
) -> None:
    """Raises FileError where the owner of a campaign isn't on the team."""
    for number, campaign in enumerate(campaigns):
        if campaign.owner is not None and team.find(campaign.owner) is None:
            raise FileError(
                path,
                f"campaigns[{number}].owner",
                f"the e-mail of somebody in {team_path.name}",
                found_words(campaign.owner),
                about=f"name {found_words(campaign.name)}",
            )
