"""What a model says is told apart from what it thinks, however it arrives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.thinking import Habits, Spoken

MSFT = '{"ticker":"MSFT","price":310.5}'
TSLA = '{"ticker":"TSLA","price":251.75}'
HARMONY = (
    f"<|channel|>analysis<|message|>Perhaps {TSLA}, or<|end|>"
    f"<|start|>assistant<|channel|>final <|constrain|>json<|message|>{MSFT}"
)


def said(text: str, *cuts: int, habits: Habits | None = None, cut: bool = False) -> str:
    """What is passed on of a text that comes in pieces, cut at these places."""
    answer = Spoken(habits or Habits())
    places = [0, *sorted(each % (len(text) + 1) for each in cuts), len(text)]
    pieces = [text[start:end] for start, end in zip(places, places[1:])]
    return "".join([*map(answer.feed, pieces), answer.close(is_doubtful=cut)])


THOUGHT = [
    f"<think>Not {TSLA}.</think>{MSFT}",
    f"<think>\n</think>\n\n{MSFT}",
    f"<thinking>First {TSLA}</thinking>{MSFT}",
    f"<THOUGHT>{TSLA}</THOUGHT>{MSFT}",
    f"They want a stock: {TSLA}? No.\n</think>\n{MSFT}",
    f"<think>One.</think><think>{TSLA}</think>{MSFT}",
    f"analysisThey want {TSLA}.assistantfinal{MSFT}",
    HARMONY,
    HARMONY.replace("<|end|>", ""),
    HARMONY.replace("final <|constrain|>json", "final"),
    f"<|start|>assistant{HARMONY}",
    f"<|channel|>commentary<|message|>{TSLA}<|end|><|channel|>final<|message|>{MSFT}",
]


@pytest.mark.parametrize("text", THOUGHT)
@given(st.lists(st.integers(0, 300), max_size=8))
def test_only_what_is_said_is_passed_on(text: str, cuts: list[int]) -> None:
    assert said(text, *cuts).strip() == MSFT


@pytest.mark.parametrize("text", THOUGHT)
def test_a_text_that_comes_by_the_character_is_read_the_same(text: str) -> None:
    assert said(text, *range(len(text))).strip() == MSFT


@pytest.mark.parametrize(
    "text",
    [
        f"<think>Perhaps {TSLA}",
        f"<thinking>{TSLA}</think",
        f"<|channel|>analysis<|message|>{TSLA}",
    ],
)
def test_thinking_that_is_never_closed_is_never_said(text: str) -> None:
    assert said(text) == said(text, *range(len(text))) == ""


@pytest.mark.parametrize(
    "text",
    [
        MSFT,
        f"Here you are: {MSFT}",
        f"```json\n{MSFT}\n```",
        '{"html":"<think>x</think>","end":"</think>"}',
        '```\n{"html":"<thinking>"}\n```',
        "A text < another, with {braces} and <b>tags</b>.",
        '"<|end"',
        "42",
        "",
    ],
)
def test_what_is_no_thinking_is_passed_on_as_it_is(text: str) -> None:
    assert said(text) == said(text, *range(len(text))) == text


def test_an_answer_that_begins_as_one_is_passed_on_at_once() -> None:
    answer = Spoken(Habits())
    assert [answer.feed(piece) for piece in ("```json\n", "{", '"a"')] == [
        "```json\n",
        "{",
        '"a"',
    ]


def test_prose_is_held_back_until_the_backend_is_known_not_to_think() -> None:
    habits = Habits()
    answer = Spoken(habits)
    assert answer.feed("Once upon ") == ""
    assert answer.feed("a time") == ""
    assert answer.close(is_doubtful=False) == "Once upon a time"
    assert Spoken(habits).feed("Once upon ") == "Once upon "


def test_after_its_thinking_an_answer_is_passed_on_at_once() -> None:
    answer = Spoken(Habits())
    assert answer.feed("Hmm.</think>") == ""
    assert answer.feed("Once ") == "Once "
    assert answer.feed("<think>no</think>") == ""
    assert answer.feed("upon") == "upon"


def test_a_backend_that_closes_what_it_did_not_open_always_does() -> None:
    habits = Habits()
    said(f"Hmm.</think>{MSFT}", habits=habits)
    assert Spoken(habits).feed(TSLA) == ""
    assert said(f"{TSLA} or not.</think>{MSFT}", habits=habits) == MSFT


def test_a_backend_that_no_longer_thinks_is_noticed() -> None:
    habits = Habits()
    said(f"Hmm.</think>{MSFT}", habits=habits)
    assert said(MSFT, habits=habits) == ""
    assert said(MSFT, habits=habits) == MSFT


def test_prose_of_a_cut_answer_may_be_thinking_and_is_not_passed_on() -> None:
    habits = Habits()
    assert said(f"They want {TSLA} or", cut=True, habits=habits) == ""
    assert said(f"Hmm.</think>{MSFT}", habits=habits) == MSFT


@given(st.text(alphabet='<>/think|{}" a', max_size=60), st.lists(st.integers(0, 60)))
def test_how_an_answer_is_cut_into_pieces_makes_no_difference(
    text: str, cuts: list[int]
) -> None:
    assert said(text, *cuts) == said(text)
