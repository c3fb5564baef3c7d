"""One person on two platforms: a code here, the code there, and a look at whom it joins before it does."""

from __future__ import annotations

from typing import Literal

from bot.button_ids import button_id
from bot.chat import Button, CommandAnswer, CommandParameter, CommandSpec
from bot.commands.command import Action, Command, Scene
from bot.linking import give_code, link, new_code, offer_of, unlink
from storage.records import AccountRecord


async def link_accounts(scene: Scene) -> CommandAnswer:
    """Give a code, or look at the code that was given on the other platform."""
    code = scene.call.arguments.get("code", "").strip()
    account = await _account(scene)
    if not code:
        made = new_code()
        await give_code(scene.work, account, made, scene.now)
        return scene.say("link.code", code=made)
    offer = await offer_of(scene.work, account, code, scene.now)
    if offer.refusal is not None or offer.owner is None:
        return scene.say(offer.refusal or "link.unknown")
    plain = code.replace(" ", "")[:20]
    return CommandAnswer(
        scene.text("link.confirm", platform=offer.owner.platform, name=offer.owner.display_name or "-"),
        buttons=(
            Button(button_id("link", "all", plain), scene.text("button.link_all"), "primary"),
            Button(button_id("link", "none", plain), scene.text("button.link_none"), "primary"),
            Button(button_id("link", "no", "-"), scene.text("button.link_no"), "danger"),
        ),
    )


async def link_confirmed(scene: Scene) -> CommandAnswer:
    """Join the accounts, with the memories that the clicked button says."""
    wish, _, code = scene.value.partition(":")
    if wish not in ("all", "none"):
        return CommandAnswer(scene.text("link.not_done"), in_place=True)
    # What still waits to be blanked after an erasure goes first; it could not be told apart afterwards.
    scene.after.files_to_remove.extend(await scene.work.retention.sweep(None, None))
    share: Literal["all", "none"] = "all" if wish == "all" else "none"
    refusal = await link(scene.work, await _account(scene), code, share, scene.now)
    return CommandAnswer(scene.text(refusal or f"link.done_{wish}"), in_place=True)


async def unlink_account(scene: Scene) -> CommandAnswer:
    """Make this account a person of its own again."""
    scene.after.files_to_remove.extend(await scene.work.retention.sweep(None, None))
    return scene.say(await unlink(scene.work, await _account(scene), scene.now) or "unlink.done")


async def _account(scene: Scene) -> AccountRecord:
    author = scene.call.author
    found = await scene.work.people.find(author.platform, author.account_id)
    assert found is not None, "who calls has been located"
    return found


ACTIONS: tuple[Action, ...] = (Action("link", link_confirmed),)
COMMANDS: tuple[Command, ...] = (
    Command(
        CommandSpec("link", moderators_only=False, parameters=(CommandParameter("code", required=False),)),
        link_accounts,
    ),
    Command(CommandSpec("unlink", moderators_only=False), unlink_account),
)
