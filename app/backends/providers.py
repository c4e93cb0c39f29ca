"""What the providers have in common, and how they differ: a table. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit, urlunsplit

from app.backends.chat import ChatRequest
from app.backends.formats import response_format
from app.errors import SettingsError
from app.request.model import Json

#: The parameters that a request can do without when a server refuses them.
OPTIONAL = frozenset({"response_format", "seed", "stream_options", "temperature"})

#: Seeds are sent as 31 bits: llama.cpp reads 32 and gives the highest a meaning.
_SEED_BITS = 0x7FFFFFFF

_CHAT = "/chat/completions"
_VERSION = re.compile(r"/v\d")


@dataclass(frozen=True, slots=True)
class Provider:
    """How one kind of server is spoken to.

    ``base_url`` is where it usually listens. ``model`` is the name to give
    where none is configured, for servers that run one model whatever it is
    called; None means that the operator must name one. ``token_limit`` is the
    parameter that limits the answer. ``strict_subset``: see ``response_format``.
    """

    base_url: str
    model: str | None = None
    token_limit: str = "max_tokens"
    strict_subset: bool = False


PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {
        "ollama": Provider("http://localhost:11434/v1"),
        "openai": Provider(
            "https://api.openai.com/v1",
            token_limit="max_completion_tokens",
            strict_subset=True,
        ),
        "lmstudio": Provider("http://localhost:1234/v1", model="local-model"),
        "llamacpp": Provider("http://localhost:8080/v1", model="default"),
    }
)


def chat_url(base_url: str) -> str:
    """The address of chat completions below ``base_url``.

    A path without a version, such as none at all, gets ``/v1``; a slash at its
    end does not matter. Raises ``SettingsError`` for what is no address.
    """
    try:
        parts = urlsplit(base_url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        parts.port  # noqa: B018  a port that is no number is found only here
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError("BaseUrl is not an http or https address")
    path = parts.path.rstrip("/").removesuffix(_CHAT)
    if not _VERSION.search(path):
        path += "/v1"
    return urlunsplit((parts.scheme, parts.netloc, path + _CHAT, parts.query, ""))


def model_name(provider_name: str, configured: str | None) -> str:
    """The model to ask for. Raises ``SettingsError`` where it must be named."""
    model = configured or PROVIDERS[provider_name].model
    if model is None:
        raise SettingsError(f"ModelName is missing: {provider_name} needs one")
    return model


def request_body(
    provider: Provider,
    model: str,
    request: ChatRequest,
    omit: Collection[str] = (),
) -> dict[str, Json]:
    """The JSON body that asks for ``request``, without the parameters in ``omit``.

    It is always a stream: a server notices that nobody listens any more only
    when it writes.
    """
    body: dict[str, Json] = {
        "model": model,
        "messages": [
            {"role": message.role, "content": message.content}
            for message in request.messages
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": request.temperature,
        "seed": request.seed & _SEED_BITS,
    }
    if request.max_tokens is not None:
        body[provider.token_limit] = request.max_tokens
    if request.schema is not None:
        wanted = response_format(request.schema, strict_subset=provider.strict_subset)
        if wanted is not None:
            body["response_format"] = wanted
    for name in omit:
        body.pop(name, None)
    return body
