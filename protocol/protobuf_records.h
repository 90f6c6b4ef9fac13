// Counts the fields in a message's bytes before anything is allocated for them.
//
// Two bytes on the wire can become an object of 64 bytes in memory; whoever takes bytes from
// strangers refuses too many records first. Only envelope.cc uses it.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstddef>
#include <string_view>

namespace chat {

// Whether `bytes`, read as a `type`, hold more than `records_max` fields in all, those of messages
// inside included. Packed numbers are one field: in memory they take what they take on the wire.
// Bytes that do not parse are counted up to where they go wrong.
bool HasMoreRecordsThan(std::size_t records_max, const google::protobuf::Descriptor& type,
                        std::string_view bytes);

}  // namespace chat
