"""How the types of the wire read in the OpenAPI document."""

from collections.abc import Iterable, Iterator
from inspect import cleandoc, isclass
from typing import Any, get_args, get_type_hints

from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition
from msgspec import Struct
from msgspec.structs import fields

from .pagination import PageBody
from .views import AssetText, Text


class PageSchema(OpenAPISchemaPlugin):
    """Says what the items of a page are: Litestar does not see the parameter of a generic base."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return not field_definition.is_union and field_definition.is_subclass_of(PageBody)

    def to_openapi_schema(
        self,
        field_definition: FieldDefinition,
        schema_creator: Any,  # noqa: ANN401  # Litestar does not publish its type
    ) -> Schema:
        page = field_definition.type_
        [base] = page.__orig_bases__
        [item] = get_args(base)
        hints = get_type_hints(page, include_extras=True)
        hints["data"] = tuple.__class_getitem__((item, ...))
        schema: Schema = schema_creator.create_component_schema(
            field_definition,
            required=sorted(each.name for each in fields(page) if each.required),
            property_fields={
                name: FieldDefinition.from_annotation(hint, name=name)
                for name, hint in hints.items()
            },
        )
        return schema


class TextSchema(OpenAPISchemaPlugin):
    """Says that ``Text`` is text."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:  # noqa: ANN401  # any annotation
        return value in {Text, AssetText}

    def to_openapi_schema(
        self,
        field_definition: FieldDefinition,
        schema_creator: Any,  # noqa: ANN401, ARG002  # the signature is Litestar's
    ) -> Schema:
        if field_definition.annotation is AssetText:
            return Schema(type=OpenAPIType.STRING, pattern=AssetText.pattern.pattern)
        return Schema(type=OpenAPIType.STRING)


def describe_structs(
    schemas: dict[str, dict[str, Any]], handlers: Iterable[HTTPRouteHandler]
) -> None:
    """Say what Litestar leaves out: the docstring of a Struct, and that it forbids other fields."""
    for struct in set(_structs_of(handlers)):
        schema = schemas[struct.__name__]
        if struct.__doc__:
            schema["description"] = cleandoc(struct.__doc__)
        if struct.__struct_config__.forbid_unknown_fields:
            schema["additionalProperties"] = False


def structs_in(kind: Any) -> Iterator[type[Struct]]:  # noqa: ANN401  # any annotation
    """The Structs that a body is made of, itself included."""
    if isclass(kind) and issubclass(kind, Struct):
        yield kind
        for hint in get_type_hints(kind).values():
            yield from structs_in(hint)
        for base in getattr(kind, "__orig_bases__", ()):
            yield from structs_in(base)
    for part in get_args(kind):
        yield from structs_in(part)


def _structs_of(handlers: Iterable[HTTPRouteHandler]) -> Iterator[type[Struct]]:
    for handler in handlers:
        signature = handler.parsed_fn_signature
        if "data" in signature.parameters:
            yield from structs_in(signature.parameters["data"].annotation)
        yield from structs_in(signature.return_type.annotation)
        for response in (handler.responses or {}).values():
            yield from structs_in(response.data_container)
