// What clients may write into text fields: messages, names, credentials.
//
// Each function takes one field as it came in. What passes is stored byte for byte, except user
// names and e-mail addresses, which are compared without case and so kept in lower case. All take
// well-formed UTF-8, which both encodings make sure of, and refuse anything else.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "protocol/errors.h"

namespace chat {

// Limits: 1 to kTextCodePointsMax code points, kTextBytesMax.
// Errors: kTooLarge over a limit; kInvalidArgument if empty or with U+0000.
std::expected<void, Refusal> CheckText(std::string_view text);

// Limits: 1 to kClientMsgIdBytesMax bytes.
// Errors: kInvalidArgument, also with U+0000.
std::expected<void, Refusal> CheckClientMsgId(std::string_view client_msg_id);

// Limits: 1 to kEmojiBytesMax bytes.
// Errors: kInvalidArgument, also with U+0000.
std::expected<void, Refusal> CheckEmoji(std::string_view emoji);

// Limits: 1 to kDisplayNameCodePointsMax code points.
// Errors: kInvalidArgument, also with U+0000.
std::expected<void, Refusal> CheckDisplayName(std::string_view display_name);

// Limits: 0 to kDeviceNameCodePointsMax code points.
// Errors: kInvalidArgument, also with U+0000.
std::expected<void, Refusal> CheckDeviceName(std::string_view device_name);

// Limits: 1 to kGroupNameCodePointsMax code points.
// Errors: kInvalidArgument, also with U+0000.
std::expected<void, Refusal> CheckGroupName(std::string_view group_name);

// Limits: kPasswordBytesMin to kPasswordBytesMax bytes.
// Errors: kInvalidArgument.
std::expected<void, Refusal> CheckPassword(std::string_view password);

// The name in lower case.
//
// Limits: kUsernameBytesMin to kUsernameBytesMax of letters a to z in either case, digits, _ and .
// Errors: kInvalidArgument.
std::expected<std::string, Refusal> NormalizeUsername(std::string_view username);

// The address in lower case. Its form is checked, not whether it exists.
//
// Limits: kEmailBytesMax, ASCII.
// Errors: kInvalidArgument.
// Source: the form of HTML's <input type=email>.
std::expected<std::string, Refusal> NormalizeEmail(std::string_view email);

}  // namespace chat
