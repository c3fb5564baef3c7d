"""The four roles on any OpenAI-compatible server: LoRA modules named per role, or one general instruct model.

For people without a GPU. The same rules, retries and parsing stand around it as around local models.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp
from pydantic import SecretStr

from engine.errors import EngineUnavailable
from engine.llm.instructions import INSTRUCTIONS, NOTHING
from engine.profile_types import RoleSpec
from engine.stages import Generated
from engine.turn_types import RoleName

_LARGEST_ANSWER_BYTES = 1024 * 1024
_CHUNK_BYTES = 65536
# The servers' tokenizers are not here; Korean takes about half a token a letter with those of today's models.
_LETTERS_PER_TOKEN = 2


@dataclass(frozen=True, slots=True)
class OpenAiServer:
    """A server and how to ask it.

    `style` "completions": `models` names a fine-tuned model (a LoRA module of vLLM, say) for each role, which is asked
    with the published prompts. "chat": a general instruct model, told its role by `engine.llm.instructions`.
    """

    base_url: str  # up to and including /v1
    models: Mapping[RoleName, str]
    style: Literal["completions", "chat"]
    key: SecretStr | None = field(default=None, repr=False)
    timeout_s: float = 30.0


class OpenAiGenerator:
    """A `TextGenerator` over HTTP. `close` it in the end."""

    def __init__(self, specs: Mapping[RoleName, RoleSpec], server: OpenAiServer) -> None:
        self._specs = specs
        self._server = server
        self._session: aiohttp.ClientSession | None = None

    def count_tokens(self, role: RoleName, text: str) -> int:
        """Estimate tokens by letters. See `TextGenerator.count_tokens`."""
        return math.ceil(len(text) / _LETTERS_PER_TOKEN)

    async def generate(self, role: RoleName, prompt: str, *, seed: int, temperature: float) -> Generated:
        """Sample one continuation. See `TextGenerator.generate`.

        Raises:
            EngineUnavailable: no answer in time, an error status, or an answer that is not understood.
        """
        spec = self._specs[role]
        path, body = self._request(role, spec, prompt)
        body |= {"max_tokens": spec.max_new_tokens, "temperature": temperature, "seed": seed % 2**31}
        answer = await self._ask("POST", path, body | {"stop": [spec.stop]})
        return self._read(role, spec, answer)

    async def known_models(self) -> frozenset[str]:
        """Return the names of the models that the server lists.

        Raises:
            EngineUnavailable: as for `generate`.
        """
        listed = await self._ask("GET", "/models", None)
        try:
            return frozenset(str(model["id"]) for model in listed["data"])
        except (KeyError, TypeError) as error:
            raise EngineUnavailable("The language server lists no models; check the base URL") from error

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _request(self, role: RoleName, spec: RoleSpec, prompt: str) -> tuple[str, dict[str, Any]]:
        model = self._server.models[role]
        if self._server.style == "completions":
            return "/completions", {"model": model, "prompt": prompt}
        instruction = INSTRUCTIONS[role]
        messages = [{"role": "system", "content": instruction.system}]
        for said, answered in instruction.examples:
            messages += [{"role": "user", "content": said}, {"role": "assistant", "content": answered}]
        messages.append({"role": "user", "content": prompt.removesuffix(spec.suffix).strip()})
        return "/chat/completions", {"model": model, "messages": messages}

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        url = self._server.base_url.rstrip("/") + path
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._server.timeout_s))
        headers = {"Authorization": f"Bearer {self._server.key.get_secret_value()}"} if self._server.key else {}
        try:
            async with self._session.request(
                method, url, json=body, headers=headers, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise EngineUnavailable(_status_text(response.status, url))
                content = bytearray()
                async for part in response.content.iter_chunked(_CHUNK_BYTES):
                    content += part
                    if len(content) > _LARGEST_ANSWER_BYTES:
                        raise EngineUnavailable(f"{url} sends more than an answer; check the base URL")
                return json.loads(bytes(content))
        except TimeoutError as error:
            raise EngineUnavailable(f"{url} gave no answer in {self._server.timeout_s:g} s; try again") from error
        except (aiohttp.ClientError, asyncio.IncompleteReadError, OSError) as error:
            raise EngineUnavailable(f"{url} cannot be reached ({type(error).__name__}); check the server") from error
        except ValueError as error:
            raise EngineUnavailable(
                f"{url} gave an answer that is not JSON; check that it is an OpenAI-style API"
            ) from error

    def _read(self, role: RoleName, spec: RoleSpec, answer: Any) -> Generated:
        try:
            choice = answer["choices"][0]
            chat = self._server.style == "chat"
            text = choice["message"]["content"] if chat else choice["text"]
            stopped = choice.get("finish_reason") == "stop"
            tokens = int(((answer.get("usage") or {}).get("completion_tokens")) or self.count_tokens(role, text))
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise EngineUnavailable("The language server's answer has no text in it; check the server's log") from error
        if not isinstance(text, str):
            raise EngineUnavailable("The language server's answer has no text in it; check the server's log")
        if chat:
            text = "" if text.strip() == NOTHING else f" {text.strip()}"
        if stopped and spec.stop not in text:
            text = f"{text} {spec.stop}" if chat else f"{text}{spec.stop}"
        # What ends by itself within the limit has not run on, even if the server counts its end token.
        limit = spec.max_new_tokens
        return Generated(text, min(tokens, limit - 1) if stopped else tokens)


def _status_text(status: int, url: str) -> str:
    remedy = {
        401: "check the key",
        403: "check the key",
        404: "check the base URL and the model names",
        429: "it is busy; try again later",
    }.get(status, "check the server's log" if status >= 500 else "check the request limits")
    return f"{url} answered with status {status}; {remedy}"
