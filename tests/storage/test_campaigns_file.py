"""The campaigns file: the playbooks, and what is refused."""

from pathlib import Path

import pytest

from leads.campaign import Objection
from storage import team_file
from storage.campaigns_file import check, load
from storage.file_errors import FileError

SAMPLE = Path("campaigns.toml")


def written(folder: Path, text: str) -> Path:
    """A file with this text."""
    path = folder / "campaigns.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_sample_is_read_and_fits_the_team() -> None:
    campaigns = load(SAMPLE)
    spring = campaigns[0]
    assert (spring.name, spring.title, spring.spend) == ("spring-pricing", "Spring pricing", 12000)
    assert spring.objections[0] == Objection(
        says="Too expensive",
        answer="The seat audit usually pays for the switch within two months.",
        content="https://acme.example/roi",
    )
    check(campaigns, team_file.load(Path("team.toml")))


def test_without_a_file_there_are_no_campaigns(tmp_path: Path) -> None:
    assert load(tmp_path / "campaigns.toml") == ()
    assert load(written(tmp_path, "")) == ()


def test_objections_may_be_written_in_one_line(tmp_path: Path) -> None:
    text = """
    [[campaigns]]
    name = "spring"
    title = "Spring"
    objections = [ { says = "Too expensive", answer = "It pays for itself" } ]
    """
    (campaign,) = load(written(tmp_path, text))
    assert campaign.objections == (Objection(says="Too expensive", answer="It pays for itself"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[campaigns]]\nname = "a"\n',
            'campaigns[0].title (name "a"): expected a value, found nothing',
        ),
        (
            '[[campaigns]]\nname = " "\ntitle = "A"',
            'campaigns[0].name (name " "): expected text that isn\'t empty, found " "',
        ),
        (
            '[[campaigns]]\nname = "a"\ntitle = "A"\n[[campaigns]]\nname = "A"\ntitle = "B"',
            'campaigns[1].name: expected a name that no other campaign has, found "A"',
        ),
        (
            '[[campaigns]]\nname = "a"\ntitle = "A"\n'
            'objections = [{ says = "x", answer = "y", content = "javascript:alert(1)" }]',
            'campaigns[0].objections[0].content (says "x"): expected an address that starts '
            'with https:// or http://, found "javascript:alert(1)"',
        ),
    ],
)
def test_a_mistake_is_named_with_its_key_and_what_was_expected(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(FileError) as refused:
        load(written(tmp_path, text))
    assert str(refused.value) == f"campaigns.toml: {message}"


def test_an_owner_who_is_not_on_the_team_is_refused(tmp_path: Path) -> None:
    text = '[[campaigns]]\nname = "a"\ntitle = "A"\nowner = "x@acme.example"'
    with pytest.raises(FileError, match=r'campaigns\[0\]\.owner \(name "a"\): expected the e-mail'):
        check(load(written(tmp_path, text)), team_file.load(Path("team.toml")))
