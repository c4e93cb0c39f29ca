"""Requests to try in the console: one for each option, one for each event."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from ...addresses import Addresses

_FEED = "continuous=true&interval=1000&sseMode=CompleteObjects"

#: A request that shows each option at work.
_OPTION_REQUESTS: Mapping[str, str] = {
    "continuous": f"stocks?{_FEED}",
    "interval": "sensors?continuous=true&interval=250&sseMode=CompleteObjects",
    "maxDuration": "stocks?continuous=true&maxDuration=5&sseMode=CompleteObjects",
    "sseMode": "chat?continuous=true&interval=5000&sseMode=LlmTokens",
    "shape": f'stocks?{_FEED}&shape={{"ticker":"AAPL","price":150.0}}',
    "context": f"users/42?{_FEED}&contextName=session-123",
    "backend": f"stocks?{_FEED}",
    "error": "stocks?error=503&errorMessage=Closed",
    "includeSchema": 'users?includeSchema=true&shape={"name":"Ada"}',
    "count": 'logs?sseMode=ArrayItems&count=5&shape=[{"level":"info"}]',
    "seed": "users?sseMode=CompleteObjects&seed=7",
    "maxEvents": f"stocks?{_FEED}&maxEvents=5",
    "jitter": f"sensors?{_FEED}&jitter=800",
    "delay": "users?sseMode=CompleteObjects&delay=1500",
    "blend": f'logs?{_FEED}&blend=true&shape={{"level":"info","message":"Job done"}}',
    "vary": f'settings?{_FEED}&vary=all&shape={{"name":"Ada","limit":5}}',
    "fault": f"stocks?{_FEED}&fault=stall:5s@2,cut@5",
    "clock": f"stocks?{_FEED}&clock=virtual",
    "locale": "users?sseMode=CompleteObjects&locale=ja",
    "lastEventId": "stocks?sseMode=CompleteObjects&lastEventId=0-0",
    "feed": "stocks?feed=ticker&sseMode=CompleteObjects&interval=1000",
    "shared": f"stocks?{_FEED}&shared=true",
    "replay": f"stocks?{_FEED}&shared=true&replay=5",
    "autoshape": "users/42?sseMode=CompleteObjects&autoshape=false",
    "renewshape": "users/42?sseMode=CompleteObjects&renewshape=true",
}

#: A request that receives each event.
_EVENT_REQUESTS: Mapping[str, str] = {
    "Info": f"stocks?{_FEED}",
    "Gap": f"stocks?{_FEED}&shared=true",
    "Error": f"stocks?{_FEED}",
    "End": f"stocks?{_FEED}&maxDuration=3",
    "SimulatedError": "stocks?error=404",
    "Object": "users?sseMode=CompleteObjects",
    "BatchObject": f"stocks?{_FEED}",
    "Item": 'orders?sseMode=ArrayItems&shape=[{"orderId":1,"total":9.5}]',
    "BatchItem": "sensors?continuous=true&interval=3000&sseMode=ArrayItems"
    '&shape={"sensors":[{"id":"s1","temp":72}]}',
    "NoElements": "orders?sseMode=ArrayItems&shape=[]",
    "Token": "chat?sseMode=LlmTokens",
    "Content": "chat?sseMode=LlmTokens",
    "BatchToken": "chat?continuous=true&interval=5000&sseMode=LlmTokens",
    "BatchContent": "chat?continuous=true&interval=5000&sseMode=LlmTokens",
}


def try_option(name: str, addresses: Addresses) -> str:
    """A link, in Markdown, to a request that shows an option at work."""
    return _link(_OPTION_REQUESTS[name], addresses)


def try_event(name: str, addresses: Addresses) -> str:
    """A link, in Markdown, to a request that receives an event."""
    return _link(_EVENT_REQUESTS[name], addresses)


def _link(request: str, addresses: Addresses) -> str:
    stream = quote(f"{addresses.base}/stream/{request}", safe="")
    return f"[Try it]({addresses.service}/#stream={stream})"
