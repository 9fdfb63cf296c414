"""views.*: modals and the Home tab."""

from typing import Any

from sandbox.answers import view_json
from sandbox.api import Api, Method
from sandbox.arguments import Arguments, SlackError
from sandbox.blockkit import Surface, problems_of_view, with_ids
from sandbox.records import Json, View
from sandbox.workspace import Workspace

STACK_LIMIT = 3


def checked_view(workspace: Workspace, content: Any, surface: Surface) -> Json:
    problems = problems_of_view(content, surface)
    if problems:
        raise SlackError("invalid_arguments", problems)
    return {**content, "blocks": list(with_ids(content["blocks"], workspace.next_id))}


def views_open(api: Api, args: Arguments) -> Json:
    content = checked_view(api.workspace, args.nested("view"), Surface.MODAL)
    user = api.tickets.exchange(_trigger(args))
    view = api.workspace.new_view(user, content)
    api.workspace.show_modals(user, [view])
    return {"view": view_json(view)}


def views_push(api: Api, args: Arguments) -> Json:
    content = checked_view(api.workspace, args.nested("view"), Surface.MODAL)
    user = api.tickets.exchange(_trigger(args))
    return {"view": view_json(push(api.workspace, user, content))}


def push(workspace: Workspace, user: str, content: Json) -> View:
    stack = workspace.modals[user]
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= STACK_LIMIT:
        raise SlackError("push_limit_reached")
    view = workspace.new_view(user, content, under=stack[-1])
    workspace.show_modals(user, [*stack, view])
    return view


def views_update(api: Api, args: Arguments) -> Json:
    old = api.workspace.view(args.text("view_id") or args.required("external_id"))
    if old is None:
        raise SlackError("not_found")
    if args.text("hash", old.hash) != old.hash:
        raise SlackError("hash_conflict")
    content = checked_view(api.workspace, args.nested("view"), Surface(old.content["type"]))
    return {"view": view_json(api.workspace.replace_view(old, content))}


def views_publish(api: Api, args: Arguments) -> Json:
    user = args.required("user_id")
    if user not in api.workspace.members:
        raise SlackError("user_not_found")
    content = checked_view(api.workspace, args.nested("view"), Surface.HOME)
    old = api.workspace.homes.get(user)
    if old and args.text("hash", old.hash) != old.hash:
        raise SlackError("hash_conflict")
    if old:
        return {"view": view_json(api.workspace.replace_view(old, content))}
    return {"view": view_json(api.workspace.put_view(api.workspace.new_view(user, content)))}


def _trigger(args: Arguments) -> str:
    return args.required("trigger_id", "invalid_trigger_id")


METHODS: dict[str, Method] = {
    "views.open": views_open,
    "views.push": views_push,
    "views.update": views_update,
    "views.publish": views_publish,
}
