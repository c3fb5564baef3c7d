"""What `doctor` looks at on Telegram: the token, the connection, webhook or polling, and the privacy mode."""

from __future__ import annotations

from urllib.parse import urlsplit

from telegram import User, WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot.errors import BotError
from bot.findings import Finding
from bot.settings import Settings
from bot.telegram.failures import reason_of
from bot.telegram.library import TelegramBot, make_bot
from bot.telegram.webhook import webhook_secret


async def check_telegram(settings: Settings) -> list[Finding]:
    """Return what is right and wrong with the Telegram settings, one line each; nothing is changed or taken."""
    findings: list[Finding] = []
    if settings.telegram_mode == "webhook":
        findings.append(_webhook_settings(settings))
    try:
        bot = make_bot(settings)
    except BotError as error:
        return [*findings, Finding(False, str(error))]
    try:
        findings.extend(await _ask(bot, settings))
    except InvalidToken:
        findings.append(
            Finding(False, "Telegram refuses the token; ask BotFather for a new one and set OHLORA_TELEGRAM_TOKEN")
        )
    except TelegramError as error:
        host = urlsplit(settings.telegram_base_url).netloc
        findings.append(
            Finding(False, f"{reason_of(error)}; check the network and OHLORA_TELEGRAM_BASE_URL (now {host})")
        )
    finally:
        await bot.shutdown()
    return findings


async def _ask(bot: TelegramBot, settings: Settings) -> list[Finding]:
    await bot.initialize()
    return [
        Finding(True, f"Telegram: logged in as @{bot.username}"),
        _privacy(bot.bot),
        *_webhook_state(await bot.get_webhook_info(), settings),
    ]


def _privacy(me: User) -> Finding:
    if me.can_join_groups is False:
        return Finding(True, "Telegram: she cannot be added to groups; /setjoingroups at BotFather allows it")
    if me.can_read_all_group_messages:
        return Finding(True, "Telegram: privacy mode is off, so groups can be made hers")
    return Finding(
        True,
        "Telegram: privacy mode is on, she sees mentions, replies and commands only; "
        "for groups that are hers turn it off with /setprivacy at BotFather, then add her again",
    )


def _webhook_settings(settings: Settings) -> Finding:
    try:
        webhook_secret(settings)
    except BotError as error:
        return Finding(False, str(error))
    if urlsplit(str(settings.telegram_webhook_url)).scheme != "https":
        return Finding(False, "Telegram calls https addresses only; correct OHLORA_TELEGRAM_WEBHOOK_URL")
    return Finding(True, "Telegram: webhook address and secret are set")


def _webhook_state(info: WebhookInfo, settings: Settings) -> list[Finding]:
    host = urlsplit(info.url).netloc
    if settings.telegram_mode == "polling":
        if not info.url:
            return []
        return [
            Finding(
                False,
                f"Telegram: this token has a webhook at {host}, so polling gets nothing; stop the program there "
                "(`serve` removes the webhook), or set OHLORA_TELEGRAM_MODE=webhook",
            )
        ]
    if not info.url:
        return [Finding(True, "Telegram: the webhook is not registered yet; `serve` does it")]
    if info.url != settings.telegram_webhook_url:
        return [
            Finding(
                False,
                f"Telegram: this token's webhook is at {host}; stop the program there, `serve` then registers yours",
            )
        ]
    if info.last_error_message:
        said = " ".join(info.last_error_message.split())[:120]
        return [Finding(False, f"Telegram cannot call the webhook ({said}); check the proxy, certificate and port")]
    return [Finding(True, "Telegram: the webhook is registered")]
