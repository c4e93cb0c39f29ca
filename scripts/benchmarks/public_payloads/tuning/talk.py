"""Chats, language models and their tools."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    counter,
    each,
    equals,
    matching,
    new,
    now,
    number,
    past,
    rising,
    same,
    text,
    unchanged,
    varied,
    varies_with,
)

#: How people talk to each other, and assistants to people.
TALK = (
    r"\b(i|i'm|i'll|i've|you|your|we|we're|let's|let|the|thanks|thank|can|could|is|"
    r"are|to|for|my|what|when|how|anyone|hello|hi|it|that|this|of|a|an|in|on)\b"
)

#: What logs and audit trails say, and people do not.
_RECORDS = (
    r"signed in|password|two-factor|account \d|replaced by|^sent to|^moved to|"
    r"^updated by|waiting for an answer|finished after|checks passed|granted|revoked|"
    r"nothing new since|requested|logged in|item "
)
#: What assistants say.
ANSWER = (
    r"\b(help|assist|here|here's|let me|sure|happy|of course|certainly|based on|"
    r"in short|answer|question|example|step|steps|would you|yes|sorry|great|"
    r"depends|means|you can|you could|first|because|try)\b"
)
_COLLEAGUES = r"late|standup|meeting|the build|have a look|fixed it|call\b|for lunch"

PAYLOADS = [
    Payload(
        "slack-message",
        "chat at work",
        "slack/events",
        {
            "token": "XXYYZZ",
            "team_id": "T123ABC456",
            "api_app_id": "A123ABC456",
            "event": {
                "type": "message",
                "channel": "C123ABC456",
                "user": "U123ABC456",
                "text": "Live long and prosper.",
                "ts": "1355517523.000005",
                "event_ts": "1355517523.000005",
                "channel_type": "channel",
            },
            "type": "event_callback",
            "event_id": "Ev123ABC456",
            "event_time": 1355517523,
            "authorizations": [
                {
                    "enterprise_id": "E123ABC456",
                    "team_id": "T123ABC456",
                    "user_id": "U123ABC456",
                    "is_bot": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": "EC123ABC456",
        },
        {
            "event.channel": matching("C[0-9A-Z]{9,10}"),
            "event.user": unchanged | matching("U[0-9A-Z]{9,10}"),
            "event.text": (text(TALK, _RECORDS), varied),
            "event.ts": (now(5), new(r"\d{10}\.\d{6}")),
            "event.event_ts": equals(lambda o, e: o["ts"]),
            "event_id": new("Ev[0-9A-Z]{9,10}"),
            "event_time": equals(lambda o, e: int(float(e["event"]["ts"]))),
            "event_context": unchanged | matching("EC[0-9A-Z]{9,10}"),
        },
    ),
    Payload(
        "discord-message-create",
        "chat of communities",
        "discord/gateway",
        {
            "t": "MESSAGE_CREATE",
            "s": 42,
            "op": 0,
            "d": {
                "id": "334385199974967042",
                "channel_id": "290926798999357250",
                "guild_id": "290926798626357999",
                "author": {
                    "id": "53908099506183680",
                    "username": "mason",
                    "discriminator": "0",
                    "avatar": "a_bab14f271d565501444b2ca3be944b25",
                },
                "content": "Supa Hot",
                "timestamp": "2017-07-11T17:27:07.299000+00:00",
                "edited_timestamp": None,
                "tts": False,
                "mention_everyone": False,
                "mentions": [],
                "mention_roles": [],
                "attachments": [],
                "embeds": [],
                "pinned": False,
                "type": 0,
                "flags": 0,
            },
        },
        {
            "s": counter(1, 20),
            "d.id": (new(r"\d{17,20}"), rising),
            "d.author.id": unchanged | matching(r"\d{17,19}"),
            "d.author.username": (varies_with("id"), matching("[a-z0-9_.]{2,32}")),
            "d.author.avatar": unchanged | matching("a?_?[0-9a-f]{32}"),
            "d.content": (text(TALK, _RECORDS), varied),
            "d.timestamp": now(5),
        },
    ),
    Payload(
        "mcp-jsonrpc",
        "tools of models",
        "mcp",
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2024-11-05",
                "capabilities": {
                    "roots": {"listChanged": True},
                    "sampling": {},
                    "elicitation": {},
                },
                "clientInfo": {
                    "name": "ExampleClient",
                    "title": "Example Client Display Name",
                    "version": "1.0.0",
                },
            },
        },
        {"id": unchanged | counter(1, 1)},
    ),
    Payload(
        "openai-chat-chunk",
        "language models",
        "v1/chat/completions",
        {
            "id": "chatcmpl-9lMQpXk2JXkTtUq0aSDfXk1b",
            "object": "chat.completion.chunk",
            "created": 1694268190,
            "model": "gpt-4o-mini",
            "service_tier": "default",
            "system_fingerprint": "fp_44709d6fcb",
            "choices": [
                {
                    "index": 0,
                    "delta": {"role": "assistant", "content": "Hello"},
                    "logprobs": None,
                    "finish_reason": None,
                }
            ],
            "usage": None,
        },
        {
            "id": (same, matching("chatcmpl-[A-Za-z0-9]{24}")),
            "created": (same, unchanged | past(1)),
            "choices.*.delta.content": (
                each("short", lambda v: 0 < len(v) < 60),
                varied,
            ),
        },
    ),
    Payload(
        "openai-response-event",
        "language models",
        "v1/responses",
        {
            "type": "response.output_text.delta",
            "sequence_number": 4,
            "item_id": "msg_67c9fdcf37fc8190ba82116e33fb28c5",
            "output_index": 0,
            "content_index": 0,
            "delta": "Hi",
            "logprobs": [],
            "obfuscation": "kXr9Wm",
        },
        {
            "sequence_number": counter(1, 1),
            "delta": (each("short", lambda v: 0 < len(v) < 60), varied),
            "obfuscation": unchanged | matching("[A-Za-z0-9]{0,16}"),
        },
    ),
    Payload(
        "anthropic-event",
        "language models",
        "v1/messages",
        {
            "id": "msg_013Zva2CMHLNnjNjJJKqJ2EF",
            "type": "message",
            "role": "assistant",
            "model": "claude-sonnet-4-20250514",
            "content": [{"type": "text", "text": "Hi! My name is Claude."}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {
                "input_tokens": 2095,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
                "output_tokens": 503,
                "service_tier": "standard",
            },
        },
        {
            "id": new("msg_01[A-Za-z0-9]{22}"),
            "content.*.text": (text(ANSWER, _COLLEAGUES), varies_with("$.id")),
            "usage.input_tokens": number(1, 200_000),
            "usage.output_tokens": number(1, 8_192),
        },
    ),
]
