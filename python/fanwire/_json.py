"""Python values to JSON text, for the core."""

import json
from typing import Any

from fanwire.decisions import ABSENT

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def encode(name: str, value: Any) -> str:
    """JSON text, as short as it can be. `name` is for the sentence that says what is wrong with it."""
    try:
        text = _encoder.encode(value)
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name}: lone surrogates are not text") from None
    except ValueError as error:
        raise ValueError(f"{name}: {error}; NaN and infinities have no JSON") from None
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None
    return text


def encode_field(name: str, value: Any) -> str | None:
    """The same for a field that may be absent, which the core knows as None."""
    return None if value is ABSENT else encode(name, value)
