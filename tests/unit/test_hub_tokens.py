"""Tokens: what they prove, and to whom."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hubs.tokens import Claim, Tokens

ID = "00112233aabbccdd"
NOW_MS = 1_800_000_000_000


def test_a_token_says_which_connection_it_is_for_and_when_it_was_made() -> None:
    tokens = Tokens()
    assert tokens.read(tokens.make(ID, NOW_MS, b""), b"") == Claim(ID, NOW_MS)


def test_two_servers_of_one_secret_take_each_others_tokens() -> None:
    token = Tokens(b"secret").make(ID, NOW_MS, b"")
    assert Tokens(b"secret").read(token, b"") is not None
    assert Tokens(b"another").read(token, b"") is None


def test_a_token_is_worth_nothing_to_a_client_with_another_key() -> None:
    tokens = Tokens()
    token = tokens.make(ID, NOW_MS, b"one")
    assert tokens.read(token, b"one") is not None
    assert tokens.read(token, b"two") is None
    assert tokens.read(token, b"") is None


@given(at=st.integers(0, 29), bit=st.integers(0, 7))
def test_no_bit_of_a_token_can_be_changed(at: int, bit: int) -> None:
    tokens = Tokens(b"secret")
    raw = bytearray(urlsafe_b64decode(tokens.make(ID, NOW_MS, b"")))
    raw[at] ^= 1 << bit
    assert tokens.read(urlsafe_b64encode(raw).decode(), b"") is None


@pytest.mark.parametrize("token", ["", "x", "\xe9", "A" * 40, "A" * 4000, ID])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert Tokens().read(token, b"") is None
