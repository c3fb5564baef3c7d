"""Usernames that were seen, so that `/block @kim` finds an account: bots cannot look usernames up."""

from __future__ import annotations

from collections import OrderedDict

from telegram import User

_KEPT = 10_000


class PeopleSeen:
    """Remembers the account behind each username that wrote lately, in this process only."""

    def __init__(self) -> None:
        self._accounts: OrderedDict[str, str] = OrderedDict()

    def note(self, user: User) -> None:
        """Remember a person who wrote."""
        if not user.username:
            return
        name = user.username.casefold()
        self._accounts.pop(name, None)
        self._accounts[name] = str(user.id)
        while len(self._accounts) > _KEPT:
            self._accounts.popitem(last=False)

    def account(self, username: str) -> str | None:
        """Return the account id of a username (without @), or None when it was not seen."""
        return self._accounts.get(username.casefold())
