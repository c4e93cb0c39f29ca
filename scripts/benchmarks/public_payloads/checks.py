"""Check digits."""

from __future__ import annotations

import re


def is_iban(value: str, country: str) -> bool:
    """Whether a text is an account number of a country, ISO 13616."""
    if not re.fullmatch(rf"{country}\d\d[0-9A-Z]{{11,30}}", value):
        return False
    digits = "".join(str(int(char, 36)) for char in value[4:] + value[:4])
    return int(digits) % 97 == 1
