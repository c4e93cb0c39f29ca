"""How the providers' servers differ: a table, and requests made by it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from ..errors import SettingsError
from ..settings.model import BackendSettings, Provider
from ..words import Json
from .chat import ChatRequest
from .response_format import response_format

#: Seeds are sent as 31 bits: llama.cpp reads 32 and gives the highest a meaning.
_SEED_BITS = 0x7FFFFFFF

_CHAT = "/chat/completions"
_VERSION = re.compile(r"/v\d")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of server is spoken to.

    ``base_url`` is where it usually listens. ``model`` is the name to give where
    none is configured: anything where a server runs one model whatever it is
    called, a usual one where it loads them by name, None where the operator must
    choose. ``token_limit`` is the parameter that limits the answer.
    ``strict_subset``: see ``response_format``.
    """

    base_url: str
    model: str | None = None
    token_limit: str = "max_tokens"
    strict_subset: bool = False


class Defaults(NamedTuple):
    """A backend's settings, for what a request does not say.

    ``max_tokens`` bounds the answer, in tokens.
    """

    model: str
    max_tokens: int
    temperature: float


PROVIDERS: Mapping[Provider, Dialect] = MappingProxyType(
    {
        Provider.OLLAMA: Dialect("http://localhost:11434/v1", model="llama3.2"),
        Provider.OPENAI: Dialect(
            "https://api.openai.com/v1",
            token_limit="max_completion_tokens",
            strict_subset=True,
        ),
        Provider.LMSTUDIO: Dialect("http://localhost:1234/v1", model="local-model"),
        Provider.LLAMACPP: Dialect("http://localhost:8080/v1", model="default"),
    }
)


def chat_url(base_url: str) -> str:
    """The address of chat completions below ``base_url``.

    A path without a version gets ``/v1``; a trailing slash is ignored.
    """
    base = base_url.rstrip("/").removesuffix(_CHAT)
    return (base if _VERSION.search(urlsplit(base).path) else base + "/v1") + _CHAT


def model_name(backend: BackendSettings) -> str:
    """The model to ask for. Raises ``SettingsError`` where it must be named."""
    model = backend.model_name or PROVIDERS[backend.provider].model
    if model is None:
        raise SettingsError(
            f"backend {backend.name!r} has no ModelName;"
            f" accepted: the name of a model that {backend.provider.value} serves"
        )
    return model


def request_body(
    dialect: Dialect, defaults: Defaults, request: ChatRequest
) -> dict[str, Json]:
    """The JSON body that asks for ``request``.

    It always asks for a stream: a server notices a lost client only when it
    writes.
    """
    body: dict[str, Json] = {
        "model": defaults.model,
        "messages": [
            {"role": message.role, "content": message.content}
            for message in request.messages
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": (
            defaults.temperature if request.temperature is None else request.temperature
        ),
        "seed": request.seed & _SEED_BITS,
        dialect.token_limit: (
            defaults.max_tokens if request.max_tokens is None else request.max_tokens
        ),
    }
    if request.schema is not None:
        wanted = response_format(request.schema, strict_subset=dialect.strict_subset)
        if wanted is not None:
            body["response_format"] = wanted
    return body
