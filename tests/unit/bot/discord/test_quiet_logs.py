import logging

import pytest

from bot.discord.quiet_logs import quiet_library_logs


def test_tokens_and_debug_lines_stay_out_of_the_logs(caplog: pytest.LogCaptureFixture) -> None:
    quiet_library_logs()
    quiet_library_logs()
    logger = logging.getLogger("discord.http")
    with caplog.at_level(logging.DEBUG, logger="discord.http"):
        logger.debug("%s", "what a person wrote")
        logger.warning("limited. %s %s", "POST", "https://discord.com/api/v10/webhooks/1/t0ken/messages/@original")
        logger.warning("plain %s", "line")
    assert "wrote" not in caplog.text
    assert "t0ken" not in caplog.text
    assert "webhooks/1/…/messages" in caplog.text
    assert "plain line" in caplog.text
