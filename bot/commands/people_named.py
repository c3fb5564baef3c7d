"""The people that moderators speak of, as they know them on their own platform."""

from __future__ import annotations

from bot.chat import CommandParameter
from bot.commands.command import Scene

PERSON = CommandParameter("person", required=True, kind="person")
REASON = CommandParameter("reason", required=True)


async def person_named(scene: Scene) -> int | None:
    """Return the person whose account the caller named, when she knows them."""
    account = scene.call.arguments.get("person", "").strip()
    found = await scene.work.people.find(scene.call.place.platform, account)
    return found.person_id if found else None


async def name_of(scene: Scene, person_id: int) -> str:
    """Name a person by their accounts on this platform; what they are on another one is nobody's business here."""
    accounts = await scene.work.people.accounts(person_id)
    named = [
        f"{account.display_name} ({account.account_id})" if account.display_name else account.account_id
        for account in accounts
        if account.platform == scene.space.platform
    ]
    return ", ".join(named) or scene.text("person.elsewhere")
