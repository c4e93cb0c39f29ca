"""The locales of generated data, and the nearest to one that is asked for."""

from __future__ import annotations

import re

from mimesis.locales import Locale

from .kinds import NotAccepted, Scalar, alternatives

#: The locales that there is data for, in lower case: ``de``, ``pt-br``, ...
LOCALES = tuple(sorted(locale.value for locale in Locale))
#: Languages that have another name there.
_LANGUAGES = {"nb": "no", "nn": "no"}


def nearest_locale(text: str) -> str | None:
    """The locale that ``text`` names, else that of its language, or None.

    Case does not matter, and ``_`` is ``-``. ``en-US`` is ``en``, and so is
    ``en_US.UTF-8``, the form of the variable ``LANG``.
    """
    parts = re.split("[.@]", text.strip().lower().replace("_", "-"))[0].split("-")
    parts[0] = _LANGUAGES.get(parts[0], parts[0])
    for length in range(len(parts), 0, -1):
        name = "-".join(parts[:length])
        if name in LOCALES:
            return name
    return None


class NearestLocale(Scalar[str]):
    """A locale, or one whose language there is data for."""

    type_name = "locale"
    accepted = alternatives(locale.value for locale in Locale)

    def read(self, value: object) -> str:
        """The nearest locale to the one named."""
        found = nearest_locale(value) if isinstance(value, str) else None
        if found is None:
            raise NotAccepted
        return found
