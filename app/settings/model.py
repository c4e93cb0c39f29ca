"""Every setting of the service, each declared once.

The keys are those of the configuration file's section ``MockLlmApi`` (contract,
section 7). To add a setting, add one declaration here and the key with its
comment to ``config.yaml``; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..addresses import Addresses
from ..words import Json, Mode
from .free import FeedName, GivenJson, KeepingPlace, Placed, Presence
from .kinds import (
    Choice,
    Flag,
    KeyOrDigest,
    Label,
    Number,
    Origin,
    OrNone,
    Password,
    Peer,
    Text,
    Url,
    Whole,
    members,
)
from .locales import NearestLocale
from .redis_url import RedisUrl
from .route_kinds import HubContextName, Method, PathPrefix
from .routes import RouteDeclaration, SpecDeclaration
from .secret import Secret
from .sections import ListOf, Section, required, section_or_none, setting

_DAY_MS = 86_400_000
_DAY_S = 86_400
_YEAR_S = 31_536_000
_MILLION = 1_000_000


class Provider(str, Enum):
    """What kind of server a backend is."""

    EMBEDDED = "embedded"
    OLLAMA = "ollama"
    OPENAI = "openai"
    LMSTUDIO = "lmstudio"
    LLAMACPP = "llamacpp"


class LogLevel(str, Enum):
    """The least that a log line must matter to be written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class FeedOverflow(str, Enum):
    """What becomes of a subscriber that cannot keep up with its feed."""

    SKIP = "skip"
    CLOSE = "close"


class LogFormat(str, Enum):
    """How a log line is written."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendSettings:
    """One entry of ``LlmBackends``."""

    name: str = required(
        "Name",
        Label(),
        "Name by which a request selects the backend; it must be unique.",
    )
    provider: Provider = setting(
        "Provider",
        Choice(members(Provider)),
        Provider.OLLAMA,
        "Kind of server; embedded needs none.",
    )
    base_url: str | None = setting(
        "BaseUrl",
        OrNone(Url(), "the provider's usual address"),
        None,
        "Address of the server's OpenAI-compatible API.",
    )
    model_name: str | None = setting(
        "ModelName",
        OrNone(Text(), "the provider's usual model"),
        None,
        "Model that the requests name.",
    )
    api_key: Secret | None = setting(
        "ApiKey",
        OrNone(Password(), "no key"),
        None,
        "Key that is sent as a bearer token.",
    )
    weight: int = setting(
        "Weight",
        Whole(1, _MILLION),
        1,
        "Share of the requests, relative to the other backends' weights.",
    )
    enabled: bool = setting(
        "Enabled",
        Flag(),
        True,
        "Whether the backend is used; false is as if it were not listed.",
    )
    max_tokens: int | None = setting(
        "MaxTokens",
        OrNone(Whole(1, _MILLION), "the global MaxTokens"),
        None,
        "Longest answer of this backend, in tokens.",
    )
    temperature: float | None = setting(
        "Temperature",
        OrNone(Number(0, 2), "the global Temperature"),
        None,
        "Sampling temperature of this backend's model, from 0 (deterministic) to 2.",
    )
    timeout_seconds: float | None = setting(
        "TimeoutSeconds",
        OrNone(Number(0.1, _DAY_S), "the global TimeoutSeconds"),
        None,
        "Longest time for one request to this backend, in seconds.",
    )
    max_concurrent_requests: int = setting(
        "MaxConcurrentRequests",
        Whole(1, 10_000),
        8,
        "Most requests that one worker sends to this backend at the same time.",
    )
    priority: int = setting(
        "Priority",
        Whole(-1_000, 1_000),
        0,
        "Order of use; lower priorities serve only when no higher one can.",
    )
    blend: bool = setting(
        "Blend",
        Flag(),
        False,
        "Whether its model writes texts only, and the rest of a value is simulated.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings:
    """One entry of ``Feeds``."""

    name: str = required(
        "Name",
        FeedName(),
        "Name by which requests subscribe to the feed; it must be unique.",
    )
    path: str = required(
        "Path",
        Text(),
        "Path of the feed, such as stocks/AAPL: what its data is about.",
    )
    shape: Presence[Json] | None = setting(
        "Shape",
        GivenJson(),
        None,
        "Example value, or JSON Schema, of the data.",
    )
    sse_mode: Mode | None = setting(
        "SseMode",
        OrNone(Choice(members(Mode)), "the setting SseMode"),
        None,
        "How a value is cut into events.",
    )
    interval_ms: int | None = setting(
        "IntervalMs",
        OrNone(Whole(1, _DAY_MS), "the setting ContinuousStreamingIntervalMs"),
        None,
        "Time from the start of one batch to the start of the next, in milliseconds.",
    )
    backend: str | None = setting(
        "Backend",
        OrNone(Label(), "a weighted choice"),
        None,
        "Backend that generates the data.",
    )
    history: int | None = setting(
        "History",
        OrNone(Whole(0, _MILLION), "the setting FeedHistory"),
        None,
        "Events that are kept for subscribers that come back.",
    )
    always: bool = setting(
        "Always",
        Flag(),
        False,
        "Whether the feed runs without subscribers too.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HubErrorSettings:
    """The key ``ErrorConfig`` of a hub context."""

    status_code: int = setting(
        "StatusCode", Whole(400, 599), 500, "Code of the error, as a status of HTTP."
    )
    message: str = setting(
        "Message", Text(), "Simulated error", "Message of the error."
    )
    details: str | None = setting(
        "Details", OrNone(Text(), "none"), None, "Details of the error."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HubContextSettings:
    """One entry of ``HubContexts``."""

    name: str = required(
        "Name",
        HubContextName(),
        "Name by which clients subscribe; it must be unique, in any case.",
    )
    description: str | None = setting(
        "Description",
        OrNone(Text(), "none"),
        None,
        "What the data is about; without a shape, its nouns choose the data.",
    )
    method: str = setting(
        "Method", Method(), "GET", "Method of the request that it stands for."
    )
    path: str = setting(
        "Path", Text(), "/data", "Path of the request that it stands for."
    )
    body: str | None = setting(
        "Body",
        OrNone(Text(), "none"),
        None,
        "Body of the request that it stands for.",
    )
    shape: Presence[Json] | None = setting(
        "Shape",
        GivenJson(),
        None,
        "Example value, or JSON Schema, of the data: JSON, or its text.",
    )
    is_json_schema: bool = setting(
        "IsJsonSchema",
        Flag(),
        False,
        "Whether the shape is a JSON Schema, although it may not look like one.",
    )
    api_context_name: str | None = setting(
        "ApiContextName",
        OrNone(Text(), "none"),
        None,
        "Context with whose requests the data agrees.",
    )
    backend_name: str | None = setting(
        "BackendName",
        OrNone(Label(), "a weighted choice"),
        None,
        "Backend that generates the data.",
    )
    backend_names: tuple[str, ...] = setting(
        "BackendNames",
        ListOf(Label(), of="names"),
        (),
        "Backends that take turns in generating the data, in place of BackendName.",
    )
    is_active: bool = setting(
        "IsActive", Flag(), True, "Whether data is pushed from the start."
    )
    error_config: HubErrorSettings | None = setting(
        "ErrorConfig",
        section_or_none(HubErrorSettings),
        None,
        "Error that is pushed in place of data.",
    )
    interval_ms: int | None = setting(
        "IntervalMs",
        OrNone(Whole(1, _DAY_MS), "SignalRPushIntervalMs"),
        None,
        "Time from one value to the next, in milliseconds.",
    )
    seed: int | None = setting(
        "Seed",
        OrNone(Whole(-(2**63), 2**63 - 1), "random"),
        None,
        "Seed of the built-in generator: the same data each time.",
    )


def _credentials_accepted(cors: CorsSettings) -> str | None:
    if cors.allow_credentials and "*" in cors.allowed_origins:
        return "false, or AllowedOrigins that are named, because * takes no credentials"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorsSettings:
    """The section ``Cors``."""

    allowed_origins: tuple[str, ...] = setting(
        "AllowedOrigins",
        ListOf(Origin(), of="origins"),
        ("*",),
        "Pages that may read the mock endpoints, by origin.",
    )
    allow_credentials: bool = setting(
        "AllowCredentials",
        Flag(),
        False,
        "Whether these pages may send cookies, as EventSource does withCredentials.",
        accepts=_credentials_accepted,
    )


def _apart(settings: Settings) -> str | None:
    if settings.addresses.are_apart:
        return None
    return (
        "BasePath, HubPath and ServicePath that share no path with each other or with"
        " the service's own"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration: the section ``MockLlmApi``."""

    # Continuous streams
    enable_continuous_streaming: bool = setting(
        "EnableContinuousStreaming",
        Flag(),
        False,
        "Whether a stream is continuous when the request does not say.",
    )
    continuous_streaming_interval_ms: int = setting(
        "ContinuousStreamingIntervalMs",
        Whole(1, _DAY_MS),
        2000,
        "Time from the start of one batch to the start of the next, in milliseconds.",
    )
    continuous_streaming_jitter_ms: int = setting(
        "ContinuousStreamingJitterMs",
        Whole(0, _DAY_MS),
        0,
        "Span within which a batch moves at random, half of it either way, in"
        " milliseconds; at most the interval.",
        not_above="ContinuousStreamingIntervalMs",
    )
    continuous_streaming_max_duration_seconds: int = setting(
        "ContinuousStreamingMaxDurationSeconds",
        Whole(0, _YEAR_S),
        300,
        "Longest life of a continuous stream, in seconds; 0 is unlimited.",
    )
    continuous_streaming_max_consecutive_errors: int = setting(
        "ContinuousStreamingMaxConsecutiveErrors",
        Whole(0, _MILLION),
        10,
        "Failed batches in a row that end a continuous stream; 0 means never.",
    )

    # Events
    sse_mode: Mode = setting(
        "SseMode",
        Choice(members(Mode)),
        Mode.LLM_TOKENS,
        "How a value is cut into events when the request does not say.",
    )
    include_shape_in_response: bool = setting(
        "IncludeShapeInResponse",
        Flag(),
        False,
        "Whether responses carry their schema when the request does not say.",
    )
    streaming_chunk_delay_min_ms: int = setting(
        "StreamingChunkDelayMinMs",
        Whole(0, _DAY_MS),
        0,
        "Shortest pause between the tokens or elements of a value, in milliseconds.",
        not_above="StreamingChunkDelayMaxMs",
    )
    streaming_chunk_delay_max_ms: int = setting(
        "StreamingChunkDelayMaxMs",
        Whole(0, _DAY_MS),
        0,
        "Longest pause between the tokens or elements of a value, in milliseconds.",
    )
    random_request_delay_min_ms: int = setting(
        "RandomRequestDelayMinMs",
        Whole(0, _DAY_MS),
        0,
        "Shortest pause before any response, in milliseconds.",
        not_above="RandomRequestDelayMaxMs",
    )
    random_request_delay_max_ms: int = setting(
        "RandomRequestDelayMaxMs",
        Whole(0, _DAY_MS),
        0,
        "Longest pause before any response, in milliseconds.",
    )
    heartbeat_seconds: float = setting(
        "HeartbeatSeconds",
        Number(0, _DAY_S),
        15.0,
        "Silence after which a stream sends a comment line, in seconds; 0 means never.",
    )
    locale: str = setting(
        "Locale",
        NearestLocale(),
        "en",
        "Language and country of the generated names, addresses and texts.",
    )

    # Limits
    max_items: int = setting(
        "MaxItems",
        Whole(1, _MILLION),
        1000,
        "Most elements that a request may ask for in one array.",
    )
    max_body_bytes: int = setting(
        "MaxBodyBytes",
        Whole(1, 1 << 30),
        1 << 20,
        "Largest request body, in bytes.",
    )
    max_token_text_bytes: int = setting(
        "MaxTokenTextBytes",
        Whole(1, 1 << 24),
        1 << 16,
        "Longest text of a value in LlmTokens mode, whose every event repeats what"
        " came before, in bytes of UTF-8.",
    )
    max_shape_bytes: int = setting(
        "MaxShapeBytes",
        Whole(1, 1 << 24),
        1 << 16,
        "Largest shape, in bytes of UTF-8.",
    )
    max_shape_depth: int = setting(
        "MaxShapeDepth",
        Whole(1, 200),
        64,
        "Deepest nesting of a shape, in levels of objects and arrays.",
    )
    max_event_bytes: int = setting(
        "MaxEventBytes",
        Whole(1024, 1 << 26),
        1 << 20,
        "Largest value that the embedded backend generates, in bytes of JSON.",
    )
    max_concurrent_streams: int = setting(
        "MaxConcurrentStreams",
        Whole(1, _MILLION),
        10_000,
        "Most streams that one worker holds open at the same time.",
    )
    max_streams_per_client: int = setting(
        "MaxStreamsPerClient",
        Whole(0, _MILLION),
        0,
        "Most streams that one client holds open at one worker; 0 is unlimited.",
    )
    trusted_proxies: tuple[str, ...] = setting(
        "TrustedProxies",
        ListOf(Peer(), of="addresses, networks or unix"),
        (),
        "Proxies whose X-Forwarded-For is trusted to name the client.",
    )
    write_timeout_seconds: float = setting(
        "WriteTimeoutSeconds",
        Number(0.1, _DAY_S),
        30.0,
        "Time after which a client that does not read is disconnected, in seconds.",
    )
    drain_seconds: float = setting(
        "DrainSeconds",
        Number(0, _DAY_S),
        10.0,
        "Time that regular responses have to finish at shutdown, in seconds.",
    )

    # Who may do what
    api_keys: tuple[Secret, ...] = setting(
        "ApiKeys",
        ListOf(KeyOrDigest(), of="keys"),
        (),
        "Keys for the mock endpoints, plain or as SHA-256; without any, they are open"
        " to all.",
    )
    management_api_key: Secret | None = setting(
        "ManagementApiKey",
        OrNone(KeyOrDigest(), "no key: only a client on this machine"),
        None,
        "Key for /api/manage and /metrics, plain or as SHA-256.",
    )
    cors: CorsSettings = setting(
        "Cors",
        Section(CorsSettings),
        CorsSettings(),
        "Which pages of other origins may read the mock endpoints.",
    )

    # Memory
    context_expiration_minutes: float = setting(
        "ContextExpirationMinutes",
        Number(0.01, _YEAR_S // 60),
        15.0,
        "Time after its last use when a context is forgotten, in minutes.",
    )
    max_contexts: int = setting(
        "MaxContexts",
        Whole(1, 100_000),
        1000,
        "Most contexts that are kept; the least recently used are dropped first.",
    )
    max_context_bytes: int = setting(
        "MaxContextBytes",
        Whole(1 << 20, 1 << 36),
        1 << 26,
        "Most memory that the contexts of one worker take without a Redis, in bytes.",
    )
    enable_auto_shape: bool = setting(
        "EnableAutoShape",
        Flag(),
        True,
        "Whether a path without a shape keeps the structure of its first answer.",
    )
    shape_expiration_minutes: float = setting(
        "ShapeExpirationMinutes",
        Number(0.01, _YEAR_S // 60),
        15.0,
        "Time after its last use when the shape of a path is forgotten, in minutes.",
    )

    # Several workers
    redis: Secret | None = setting(
        "Redis",
        OrNone(RedisUrl(), "no Redis: one worker knows nothing of another"),
        None,
        "Redis through which workers share state, on any number of machines.",
    )
    per_worker_state: bool = setting(
        "PerWorkerState",
        Flag(),
        False,
        "Whether several workers may serve without Redis, each with its own state.",
    )

    # Resuming
    resume_seconds: float = setting(
        "ResumeSeconds",
        Number(0, _DAY_S),
        0.0,
        "Time for which a private stream whose connection broke can go on, in seconds;"
        " 0 means never.",
    )
    resume_events: int = setting(
        "ResumeEvents",
        Whole(1, 10_000),
        16,
        "Events of such a stream that are kept for a client that missed them.",
    )
    max_parked_streams: int = setting(
        "MaxParkedStreams",
        Whole(0, _MILLION),
        1000,
        "Most streams without a connection that one worker keeps; the oldest go first.",
    )

    # Shared feeds
    feeds: tuple[Placed[FeedSettings], ...] = setting(
        "Feeds",
        ListOf(KeepingPlace(Section(FeedSettings)), of="feeds"),
        (),
        "Feeds that requests find by name; others are made when they are asked for.",
    )
    max_feeds: int = setting(
        "MaxFeeds",
        Whole(1, _MILLION),
        1000,
        "Most shared feeds at the same time.",
    )
    feed_history: int = setting(
        "FeedHistory",
        Whole(0, _MILLION),
        100,
        "Events of a feed that are kept for subscribers that come back.",
    )
    feed_history_seconds: float = setting(
        "FeedHistorySeconds",
        Number(0, _DAY_S),
        300.0,
        "Time for which an event of a feed is kept, and a feed that nobody needs, in"
        " seconds.",
    )
    feed_history_bytes: int = setting(
        "FeedHistoryBytes",
        Whole(1 << 16, 1 << 40),
        1 << 26,
        "Most memory that the events of all feeds take in one worker, in bytes; the"
        " oldest go first.",
    )
    feed_linger_seconds: float = setting(
        "FeedLingerSeconds",
        Number(0, _DAY_S),
        30.0,
        "Time for which a feed goes on after its last subscriber has left, in seconds.",
    )
    feed_queue_events: int = setting(
        "FeedQueueEvents",
        Whole(1, _MILLION),
        64,
        "Events that a subscriber may lag behind its feed.",
    )
    feed_overflow: FeedOverflow = setting(
        "FeedOverflow",
        Choice(members(FeedOverflow)),
        FeedOverflow.SKIP,
        "What becomes of a subscriber that lags more: batches are left out, or it is"
        " closed.",
    )

    # Logs
    log_level: LogLevel = setting(
        "LogLevel",
        Choice(members(LogLevel)),
        LogLevel.INFO,
        "Lowest level of the log lines that are written.",
    )
    log_format: LogFormat = setting(
        "LogFormat",
        Choice(members(LogFormat)),
        LogFormat.TEXT,
        "Format of the log lines.",
    )

    # Language models
    llm_backends: tuple[BackendSettings, ...] = setting(
        "LlmBackends",
        ListOf(Section(BackendSettings), of="backends", unique="Name"),
        (),
        "Backends that generate the data; without any, the embedded generator does.",
    )
    base_url: str | None = setting(
        "BaseUrl",
        OrNone(Url(), "no such server"),
        None,
        "Address of a single Ollama server, for when LlmBackends has no enabled entry.",
    )
    model_name: str | None = setting(
        "ModelName",
        OrNone(Text(), "the provider's usual model"),
        None,
        "Model of a single Ollama server, for when LlmBackends has no enabled entry.",
    )
    temperature: float = setting(
        "Temperature",
        Number(0, 2),
        1.2,
        "Sampling temperature of models, from 0 (deterministic) to 2.",
    )
    timeout_seconds: float = setting(
        "TimeoutSeconds",
        Number(0.1, _DAY_S),
        30.0,
        "Longest time for one request to a model, from start to end, in seconds.",
    )
    max_tokens: int = setting(
        "MaxTokens",
        Whole(1, _MILLION),
        2048,
        "Longest answer of a model, in tokens.",
    )
    max_shape_retries: int = setting(
        "MaxShapeRetries",
        Whole(0, 100),
        2,
        "Most times that a model is asked again after an answer that does not fit the"
        " shape.",
    )
    blend_batch: int = setting(
        "BlendBatch",
        Whole(1, 50),
        10,
        "Events whose texts one question asks for, where a backend blends.",
    )
    max_context_window: int = setting(
        "MaxContextWindow",
        Whole(256, 100 * _MILLION),
        4096,
        "Longest prompt and answer together, in tokens.",
    )
    custom_prompt_template: str | None = setting(
        "CustomPromptTemplate",
        OrNone(Text(), "the built-in prompt"),
        None,
        "Prompt for whole values; {method}, {path}, {body}, {shape}, {context},"
        " {timestamp} and {randomSeed} are filled in.",
    )
    custom_streaming_prompt_template: str | None = setting(
        "CustomStreamingPromptTemplate",
        OrNone(Text(), "the built-in prompt"),
        None,
        "Prompt for values that are streamed token by token, with the same fields.",
    )

    # Hubs
    enable_signalr: bool = setting(
        "EnableSignalR",
        Flag(),
        True,
        "Whether SignalR clients are served.",
    )
    hub_path: str = setting(
        "HubPath",
        PathPrefix(),
        "/hub/mock",
        "Path of the hub, to which SignalR clients connect.",
        accepts=_apart,
    )
    hub_secret: Secret | None = setting(
        "HubSecret",
        OrNone(Password(), "one that is made at the start, or kept in Redis"),
        None,
        "Secret that signs the ids of connections, the same on all machines.",
    )
    hub_contexts: tuple[Placed[HubContextSettings], ...] = setting(
        "HubContexts",
        ListOf(
            KeepingPlace(Section(HubContextSettings)),
            of="hub contexts",
        ),
        (),
        "Feeds that the hub pushes to clients that subscribe.",
    )
    original_hub_endpoints: bool = setting(
        "OriginalHubEndpoints",
        Flag(),
        False,
        "Whether hub contexts are managed at contexts below BasePath, too, as LLMApi"
        " does it, in place of data for that path.",
    )
    signalr_push_interval_ms: int = setting(
        "SignalRPushIntervalMs",
        Whole(1, _DAY_MS),
        5000,
        "Time from one value of a hub context to the next, in milliseconds.",
    )

    # Routes
    routes: tuple[Placed[RouteDeclaration], ...] = setting(
        "Routes",
        ListOf(KeepingPlace(Section(RouteDeclaration)), of="routes"),
        (),
        "Routes: what is served at the client's own paths.",
    )
    route_files: tuple[str, ...] = setting(
        "RouteFiles",
        ListOf(Text(), of="files or patterns such as routes/*.yaml"),
        (),
        "Files of further routes, in YAML or JSON, relative to this file.",
    )
    specs: tuple[Placed[SpecDeclaration], ...] = setting(
        "Specs",
        ListOf(KeepingPlace(Section(SpecDeclaration)), of="descriptions"),
        (),
        "Descriptions of APIs whose operations are served, such as OpenAPI files.",
    )
    base_path: str = setting(
        "BasePath",
        PathPrefix(),
        "/api/mock",
        "Path below which the built-in endpoints are.",
        accepts=_apart,
    )
    service_path: str | None = setting(
        "ServicePath",
        OrNone(PathPrefix(), "the root"),
        None,
        "Path below which console, documentation, health, metrics and management are.",
        accepts=_apart,
    )
    catch_all: bool = setting(
        "CatchAll",
        Flag(),
        False,
        "Whether any other path is answered as the built-in endpoints would.",
    )
    request_faults: bool | None = setting(
        "RequestFaults",
        OrNone(Flag(), "true while the service listens on a loopback address only"),
        None,
        "Whether a request may ask for faults and a virtual clock (fault, clock).",
    )
    virtual_idle_seconds: int = setting(
        "VirtualIdleSeconds",
        Whole(0, 86_400),
        300,
        "Life of a stream on a virtual clock without a call, in real seconds;"
        " 0 is unlimited.",
    )
    max_routes: int = setting(
        "MaxRoutes",
        Whole(1, _MILLION),
        10_000,
        "Most routes, those of the configuration included.",
    )
    max_route_bytes: int = setting(
        "MaxRouteBytes",
        Whole(1_000, 100 * _MILLION),
        1_048_576,
        "Longest route that is made at run time, in bytes of JSON.",
    )
    max_recordings: int = setting(
        "MaxRecordings",
        Whole(1, _MILLION),
        100,
        "Most recordings that are uploaded.",
    )
    max_recording_bytes: int = setting(
        "MaxRecordingBytes",
        Whole(1_000, 1_000 * _MILLION),
        67_108_864,
        "Longest recording, in bytes.",
    )

    max_specs: int = setting(
        "MaxSpecs",
        Whole(1, 10_000),
        50,
        "Most descriptions, those of the configuration included.",
    )
    max_spec_bytes: int = setting(
        "MaxSpecBytes",
        Whole(1_000, 1_000 * _MILLION),
        33_554_432,
        "Longest description, and longest file that one refers to, in bytes.",
    )

    # The journal
    journal_size: int = setting(
        "JournalSize",
        Whole(0, 100_000),
        1000,
        "Most requests that the journal holds, beside its 16 MB; 0 turns it off.",
    )
    journal_bodies: bool = setting(
        "JournalBodies",
        Flag(),
        False,
        "Whether the journal also keeps the bodies of requests to built-in endpoints.",
    )

    # When a model fails
    enable_retry_policy: bool = setting(
        "EnableRetryPolicy",
        Flag(),
        True,
        "Whether a request that failed before its first token is sent again.",
    )
    max_retry_attempts: int = setting(
        "MaxRetryAttempts",
        Whole(0, 100),
        3,
        "Most times that a failed request is sent again.",
    )
    retry_base_delay_seconds: float = setting(
        "RetryBaseDelaySeconds",
        Number(0, 3600),
        1.0,
        "Pause before the first retry, in seconds; it doubles with each retry.",
    )
    enable_circuit_breaker: bool = setting(
        "EnableCircuitBreaker",
        Flag(),
        True,
        "Whether a backend that keeps failing is skipped for a while.",
    )
    circuit_breaker_failure_threshold: int = setting(
        "CircuitBreakerFailureThreshold",
        Whole(1, _MILLION),
        5,
        "Failures in a row after which a backend is skipped.",
    )
    circuit_breaker_duration_seconds: float = setting(
        "CircuitBreakerDurationSeconds",
        Number(0.1, _DAY_S),
        30.0,
        "Time for which a failing backend is skipped, in seconds.",
    )

    @property
    def addresses(self) -> Addresses:
        """Where the service's endpoints are."""
        hub = self.hub_path if self.enable_signalr else ""
        is_served = self.enable_signalr and self.original_hub_endpoints
        contexts = f"{self.base_path}/contexts" if is_served else ""
        return Addresses(self.base_path, self.service_path or "", hub, contexts)

    def effective_backends(self) -> tuple[BackendSettings, ...]:
        """The backends that serve, at least one.

        These are the enabled ones of ``LlmBackends``; without any, the single
        Ollama server of ``BaseUrl`` and ``ModelName`` where either is given;
        else the embedded generator (contract, section 7).
        """
        enabled = tuple(each for each in self.llm_backends if each.enabled)
        if enabled:
            return enabled
        if self.base_url is not None or self.model_name is not None:
            return (
                BackendSettings(
                    name=Provider.OLLAMA.value,
                    provider=Provider.OLLAMA,
                    base_url=self.base_url,
                    model_name=self.model_name,
                ),
            )
        return (
            BackendSettings(name=Provider.EMBEDDED.value, provider=Provider.EMBEDDED),
        )
