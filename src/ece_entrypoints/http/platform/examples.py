"""Examples for the OpenAPI document, made from the examples of the fields."""

from collections.abc import Mapping
from typing import Any, Final

_BY_FORMAT: Final = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "uuid": "01987654-3210-7abc-8def-0123456789ab",
}
_BY_TYPE: Final = {"boolean": True, "integer": 1, "null": None, "number": 1, "string": "text"}


def example_of(schema: Mapping[str, Any], components: Mapping[str, Mapping[str, Any]]) -> object:
    """Something that the schema allows, with its own examples wherever it has some."""
    match schema:
        case {"$ref": str(name)}:
            return example_of(components[name.rpartition("/")[2]], components)
        case {"examples": [first, *_]} | {"enum": [first, *_]} | {"const": first}:
            return first
        case {"oneOf": [first, *_]} | {"anyOf": [first, *_]} | {"allOf": [first, *_]}:
            return example_of(first, components)
        case {"properties": fields}:
            return {name: example_of(field, components) for name, field in fields.items()}
        case {"type": "array", "items": items}:
            return [example_of(items, components)]
    return _BY_FORMAT.get(schema.get("format", ""), _BY_TYPE.get(schema.get("type", "null")))
