"""What a message of chat.proto has to look like as a JSON Schema."""

from google.protobuf import descriptor_pb2

_TYPE = descriptor_pb2.FieldDescriptorProto
_TIME = ".google.protobuf.Timestamp"

_SCALARS = {
    _TYPE.TYPE_SFIXED64: {"$ref": "#/components/schemas/Id"},
    _TYPE.TYPE_INT64: {"$ref": "#/components/schemas/Position"},
    _TYPE.TYPE_UINT32: {"$ref": "#/components/schemas/Count"},
    _TYPE.TYPE_STRING: {"type": "string"},
    _TYPE.TYPE_BOOL: {"type": "boolean"},
    _TYPE.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
}

# Keywords that say what a value is, and not how long it may be or what it is for.
_SHAPE = ("$ref", "type", "contentEncoding")

# What only clients write: a field that they leave out is empty.
_WRITTEN_BY_CLIENTS = ("Request", "Command", "Cursor")


def read_messages(descriptor_set):
    """Returns the messages in a serialized descriptor set, by name."""
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptor_set)
    return {message.name: message for file in files.file for message in file.message_type}


def type_name(field):
    return field.type_name.rsplit(".", 1)[-1]


def _shape_of_one(field):
    if field.type != _TYPE.TYPE_MESSAGE:
        return _SCALARS[field.type]
    name = "Time" if field.type_name == _TIME else type_name(field)
    return {"$ref": f"#/components/schemas/{name}"}


def expected_shape(field):
    one = _shape_of_one(field)
    is_list = field.label == _TYPE.LABEL_REPEATED
    return {"type": "array", "items": one} if is_list else one


def shape(schema):
    """Returns the part of a property's schema that expected_shape tells."""
    found = {key: schema[key] for key in _SHAPE if key in schema}
    if "items" in schema:
        found["items"] = shape(schema["items"])
    return found


def always_printed(message):
    """Returns the fields that every JSON form of a message has."""
    return {field.name for field in message.field if not field.proto3_optional}


def is_written_by_clients(message):
    return message.name.endswith(_WRITTEN_BY_CLIENTS)
