"""The language server as the settings describe it."""

from __future__ import annotations

import pytest

from bot.cli.engine_loading import language_server
from bot.errors import BotError
from bot.settings import Settings


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, llm_backend="openai", **values)  # type: ignore[arg-type, call-arg]


def test_models_are_loaded_here_unless_a_server_is_asked_for() -> None:
    assert language_server(Settings(_env_file=None)) is None  # type: ignore[call-arg]


def test_each_role_has_its_model_or_the_general_one() -> None:
    server = language_server(
        settings(
            openai_base_url="http://127.0.0.1:8000/v1",
            openai_api_key="s3cret",
            openai_style="chat",
            openai_model="general",
            openai_model_memory="lora-memory",
            openai_timeout_s=7,
        )
    )
    assert server is not None
    assert server.models == {
        "output_message": "general",
        "memory": "lora-memory",
        "summary": "general",
        "eyes_mouth_pose": "general",
    }
    assert (server.style, server.timeout_s) == ("chat", 7)
    assert server.key is not None
    assert "s3cret" not in repr(server)


def test_v1_needs_its_one_model() -> None:
    asked = settings(profile="ohlora-v1", openai_base_url="http://localhost/v1", openai_model_output_message="lora")
    server = language_server(asked)
    assert server is not None
    assert server.models == {"output_message": "lora"}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "OHLORA_OPENAI_BASE_URL"),
        ({"openai_base_url": "127.0.0.1:8000"}, "OHLORA_OPENAI_BASE_URL"),
        ({"openai_base_url": "http://x/v1"}, "OHLORA_OPENAI_MODEL_OUTPUT_MESSAGE or OHLORA_OPENAI_MODEL"),
        ({"openai_base_url": "http://x/v1", "openai_model_output_message": "a"}, "OHLORA_OPENAI_MODEL_MEMORY"),
    ],
)
def test_what_is_missing_is_named(values: dict[str, object], told: str) -> None:
    with pytest.raises(BotError, match=told):
        language_server(settings(**values))
