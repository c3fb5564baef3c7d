"""Load a profile's engine off the event loop; the model libraries are imported here and not before."""

from __future__ import annotations

import asyncio
import importlib
from typing import cast

from bot.cli.starting import weights_folder
from bot.loaded_engine import LoadedEngine
from bot.settings import Settings


async def load_engine(settings: Settings) -> LoadedEngine:
    """Load the profile that the settings name.

    Raises:
        engine.errors.EngineError: weights are missing or do not fit.
    """
    assembly = await asyncio.to_thread(importlib.import_module, "engine.assembly")
    loaded = await assembly.load_engine(settings.profile, weights_folder(settings), device=settings.device)
    return cast(LoadedEngine, loaded)
