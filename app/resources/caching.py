"""A cache for functions of names, which clients choose. Pure.

A name in a document may have tens of thousands of characters. A cache that
kept thousands of such names would hold hundreds of megabytes for the life of the
process, so only short names are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

#: Maximum length of all names of a cached call together, in characters.
MAX_CACHED_LENGTH = 256

_P = ParamSpec("_P")
_Result = TypeVar("_Result")


def cache_short_names(
    maxsize: int,
) -> Callable[[Callable[_P, _Result]], Callable[_P, _Result]]:
    """Decorate a function of names: cache ``maxsize`` results, for short names only.

    Arguments are texts, tuples of texts, or other hashable values of a small size.
    """

    def decorate(compute: Callable[_P, _Result]) -> Callable[_P, _Result]:
        cached: Callable[..., _Result] = lru_cache(maxsize)(compute)

        @wraps(compute)
        def call(*args: _P.args, **kwargs: _P.kwargs) -> _Result:
            length = 0
            for name in (*args, *kwargs.values()):
                if isinstance(name, str):
                    length += len(name)
                elif isinstance(name, tuple):
                    length += sum(map(len, name))
            if length > MAX_CACHED_LENGTH:
                return compute(*args, **kwargs)
            return cached(*args, **kwargs)

        return call

    return decorate
