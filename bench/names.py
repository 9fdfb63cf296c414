"""Who and what is called how in the company that is measured."""

import tomllib
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
SECRET = "bench-signing-secret"
TOKEN = "bench-token"
WORKSPACE = "T0BENCH"
MANAGER = "mia@acme.example"


def rep(number: int) -> str:
    """E-mail of the rep with this number, from 0."""
    return f"rep{number}@acme.example"


def account(number: int) -> str:
    """Slack's id of that rep."""
    return f"U{number:05}"


def campaigns() -> list[str]:
    """The names of the campaigns that leads come from."""
    return [f"campaign-{number:02}" for number in range(20)]


def reasons() -> list[tuple[str, str, str]]:
    """Code, label and what it teaches, for every reason of the agreement of this repository."""
    raw = tomllib.loads((HOUSE / "agreement.toml").read_text("utf-8"))
    return [(one["code"], one["label"], one["teaches"]) for one in raw["reasons"]]
