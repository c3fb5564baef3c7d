"""Load a profile's engine off the event loop; the model libraries are imported here and not before."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, cast

from bot.cli.starting import weights_folder
from bot.errors import BotError
from bot.loaded_engine import LoadedEngine
from bot.settings import Settings

if TYPE_CHECKING:
    from engine.llm.openai import OpenAiServer


async def load_engine(settings: Settings) -> LoadedEngine:
    """Load the profile that the settings name.

    Raises:
        BotError: the language server is not set up.
        engine.errors.EngineError: weights are missing or do not fit.
    """
    server = language_server(settings)
    assembly = await asyncio.to_thread(importlib.import_module, "engine.assembly")
    loaded = await assembly.load_engine(
        settings.profile,
        weights_folder(settings),
        device=settings.device,
        server=server,
        quantize=settings.quantize,
    )
    return cast(LoadedEngine, loaded)


def language_server(settings: Settings) -> OpenAiServer | None:
    """Return the server that the settings name, or None when the language models are loaded here.

    Raises:
        BotError: a setting of it is missing; the line names it.
        engine.errors.EngineError: there is no such profile.
    """
    if settings.llm_backend == "local":
        return None
    from engine.llm.openai import OpenAiServer
    from engine.profiles import find_profile

    if not (settings.openai_base_url or "").startswith(("http://", "https://")):
        raise BotError("OHLORA_OPENAI_BASE_URL is not an address; write e.g. http://127.0.0.1:8000/v1")
    named = {
        "output_message": settings.openai_model_output_message,
        "memory": settings.openai_model_memory,
        "summary": settings.openai_model_summary,
        "eyes_mouth_pose": settings.openai_model_eyes_mouth_pose,
    }
    models = {role: named[role] or settings.openai_model or "" for role in find_profile(settings.profile).roles}
    for role, model in models.items():
        if not model:
            raise BotError(
                f"no model for the role {role}; set OHLORA_OPENAI_MODEL_{role.upper()} or OHLORA_OPENAI_MODEL"
            )
    return OpenAiServer(
        base_url=settings.openai_base_url or "",
        models=models,
        style=settings.openai_style,
        key=settings.openai_api_key,
        timeout_s=settings.openai_timeout_s,
    )
