import discord
import pytest

from bot.discord.permissions import NEEDED, invite_url, is_moderator, missing_rights


def test_the_integer_of_the_documentation() -> None:
    assert NEEDED.value == 274878008320
    assert "permissions=274878008320" in invite_url(1)


def test_missing_rights_are_named_as_discord_shows_them() -> None:
    assert missing_rights(NEEDED) == []
    assert missing_rights(discord.Permissions(administrator=True)) == []
    granted = NEEDED & ~discord.Permissions(attach_files=True, view_channel=True)
    assert missing_rights(granted) == ["View Channels", "Attach Files"]


@pytest.mark.parametrize(
    ("name", "moderates"),
    [("manage_guild", True), ("moderate_members", True), ("administrator", True), ("manage_messages", False)],
)
def test_who_moderates(name: str, moderates: bool) -> None:
    assert is_moderator(discord.Permissions(**{name: True})) is moderates
    assert not is_moderator(discord.Permissions.none())
