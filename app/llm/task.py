"""One stream's questions to language models, and the check of their answers."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ..ports import Memory
from ..schema.keywords import type_names
from ..words import Json, MockRequest
from .answers import Answer, AnswerReader, Refusal
from .blend.blended import BlendedStream
from .chat import ChatRequest
from .excerpt import JsonExcerpt
from .prompts.messages import Prompts, Templates, Turn
from .prompts.schemas import counted_schema, wanted_schema
from .sent import Repetition, Sent

Schema: TypeAlias = "Mapping[str, Json] | bool"

#: What values have to fit when the caller asked for no shape.
_ANY_RECORD: Mapping[str, Json] = {"type": ["object", "array"]}

#: What a model is asked for when the caller asked for no shape.
_ANY_OBJECT: Mapping[str, Json] = {"type": "object"}

#: How many bits a seed has.
SEED_BITS = 31

#: How the temperature changes with each repetition, and with each misfit.
_WARMER = 0.4
_COOLER = 0.7
_MAX_TEMPERATURE = 2.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a question is asked; an unusable answer changes that for the next."""

    temperature: float
    complaint: str | None = None
    shows_previous: bool = True

    def after(self, refusal: Refusal) -> Attempt:
        """The next attempt: freer after a repetition, stricter after a misfit.

        A model that repeated itself copied the previous value from the prompt.
        """
        if isinstance(refusal, Repetition):
            warmer = min(self.temperature + _WARMER, _MAX_TEMPERATURE)
            return Attempt(warmer, refusal.reason, shows_previous=False)
        cooler = self.temperature * _COOLER
        return Attempt(cooler, refusal.reason, self.shows_previous)


class Task:
    """One stream's questions, the same for every model that may answer."""

    __slots__ = (
        "_most_context",
        "_repeats",
        "context",
        "blended",
        "prompts",
        "reader",
        "request",
        "rng",
        "sent",
        "wanted",
    )

    def __init__(
        self,
        request: MockRequest,
        templates: Templates,
        *,
        context: Memory | None,
        rng: random.Random,
        blended: Callable[[], BlendedStream],
    ) -> None:
        """``context`` is looked at for each question. ``rng`` gives the seeds.

        A request's own ``seed`` gives them instead, so that two streams ask the
        same. ``blended`` gives what the stream's blended sources share.
        """
        shape = request.shape
        self.request = request
        self.context = context
        self.blended = blended
        self.rng = rng if request.seed is None else random.Random(request.seed)
        #: The schema that a model is asked for; None where no shape was given.
        self.wanted: Schema | None = (
            None if shape is None else wanted_schema(shape, request.count)
        )
        self.reader = AnswerReader(self._required())
        self.sent = Sent(_ANY_OBJECT if shape is None else self.wanted, shape)
        self.prompts = Prompts(request, self.wanted, templates)
        self._most_context = templates.room
        self._repeats = False

    def question(
        self,
        number: int,
        now_ms: int,
        *,
        streaming: bool,
        attempt: Attempt,
    ) -> ChatRequest:
        """What to ask for batch ``number``; it is new each time."""
        seed = self.rng.getrandbits(SEED_BITS)
        turn = Turn(
            number=number,
            now_ms=now_ms,
            seed=seed,
            previous=self.sent.latest if attempt.shows_previous else None,
            context=self._known(),
            complaint=attempt.complaint,
            streaming=streaming,
        )
        return ChatRequest(
            messages=self.prompts.messages(turn),
            schema=self._constraint(streaming),
            seed=seed,
            temperature=attempt.temperature,
        )

    def read(self, text: str, *, is_cut: bool, strict: bool) -> Answer | Refusal:
        """The value in a model's text, if it fits and is new (see ``Sent``)."""
        found = self.reader.read(text, is_cut=is_cut)
        if isinstance(found, Refusal):
            self._repeats = False  # what it may say was perhaps too little
            return found
        return self.objection(found, strict=strict) or found

    def objection(self, answer: Answer, *, strict: bool) -> Repetition | None:
        """Why ``answer`` is not new, if so; then the next questions allow less."""
        repetition = self.sent.objection(answer, strict=strict)
        self._repeats = self._repeats or repetition is not None
        return repetition

    def excerpt(self) -> JsonExcerpt | None:
        """The filter of a streamed text; None to send all of it."""
        wanted = self.wanted if isinstance(self.wanted, Mapping) else {}
        types = type_names(wanted) if wanted else []
        if not types or not {"object", "array"}.issuperset(types):
            return None
        is_closed = wanted.get("additionalProperties") is False
        return JsonExcerpt(types, wanted.get("properties") if is_closed else None)

    def _known(self) -> str | None:
        """What the context knows now from other requests."""
        if self.context is None:
            return None
        return self.context.view().text(self._most_context)

    def _required(self) -> Schema:
        """The schema that values must fit.

        A number of elements that the caller named is part of it. The one that
        an example has is only asked for.
        """
        shape, count = self.request.shape, self.request.count
        if shape is None:
            return _ANY_RECORD
        return shape.schema if count is None else counted_schema(shape, count)

    def _constraint(self, streaming: bool) -> Mapping[str, Json] | None:
        shape = self.request.shape
        if shape is not None:
            wanted = self.wanted
            if self._repeats:
                wanted = wanted_schema(shape, self.request.count, self.rng)
            return wanted if isinstance(wanted, Mapping) else None
        # An operator's own prompt for tokens may be about prose.
        free = streaming and self.prompts.has_template(streaming)
        return None if free else _ANY_OBJECT
