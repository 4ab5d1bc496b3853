"""How the types of the wire read in the OpenAPI document."""

from inspect import cleandoc
from typing import Any, get_args

from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin
from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from .pagination import PageBody
from .views import AssetText, Text


class StrictStructs(StructSchemaPlugin):
    """Says what ``forbid_unknown_fields`` means: additionalProperties is false.

    Also says what the items of a page are: Litestar does not see the parameter of a generic base.
    """

    def to_openapi_schema(
        self,
        field_definition: FieldDefinition,
        schema_creator: Any,  # noqa: ANN401  # Litestar does not publish its type
    ) -> Schema:
        schema = super().to_openapi_schema(field_definition, schema_creator)
        struct = field_definition.type_
        if struct.__struct_config__.forbid_unknown_fields:
            schema.additional_properties = False
        if issubclass(struct, PageBody):
            [base] = struct.__orig_bases__
            [item] = get_args(base)
            items = FieldDefinition.from_annotation(tuple.__class_getitem__((item, ...)))
            data = {"data": schema_creator.for_field_definition(items)}
            schema.properties = (schema.properties or {}) | data
        schema.description = cleandoc(struct.__doc__ or "") or None
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
