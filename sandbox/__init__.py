"""A small local Slack workspace: a Web API for a bot, the people in it, and a page."""

from sandbox.delivery import Delivery
from sandbox.hands import Answered, Click, Submission
from sandbox.mischief import Mischief, Trouble
from sandbox.personas import Persona
from sandbox.records import Call, Message, SandboxChannel, SandboxUser, View
from sandbox.server import Sandbox

__all__ = [
    "Answered",
    "Call",
    "Click",
    "Delivery",
    "Message",
    "Mischief",
    "Persona",
    "Sandbox",
    "SandboxChannel",
    "SandboxUser",
    "Submission",
    "Trouble",
    "View",
]
