// Every limit that a client can meet, in one place, with the relations between them asserted.
//
// Numbers only: who enforces one names it. Limits of the machine (pools, outboxes, caches) are not
// the client's business and stand beside what they bound. README.md explains each of these.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace chat {

inline constexpr std::size_t kKibibyte = 1024;
inline constexpr std::size_t kMebibyte = 1024 * kKibibyte;

// Text of a message.
inline constexpr std::size_t kTextCodePointsMax = 100'000;
inline constexpr std::size_t kTextBytesMax = 256 * kKibibyte;

// Names and credentials.
inline constexpr std::size_t kClientMsgIdBytesMax = 64;
inline constexpr std::size_t kUsernameBytesMin = 3;
inline constexpr std::size_t kUsernameBytesMax = 32;
inline constexpr std::size_t kEmailBytesMax = 254;
inline constexpr std::size_t kPasswordBytesMin = 8;
inline constexpr std::size_t kPasswordBytesMax = 1024;
inline constexpr std::size_t kDisplayNameCodePointsMax = 64;
inline constexpr std::size_t kDeviceNameCodePointsMax = 100;
inline constexpr std::size_t kGroupNameCodePointsMax = 100;
inline constexpr std::size_t kEmojiBytesMax = 64;

// Groups.
inline constexpr std::size_t kGroupMembersMax = 10'000;

// Frames and JSON.
inline constexpr std::size_t kFrameBytesMax = kMebibyte;
inline constexpr std::size_t kFragmentsMax = 1024;
inline constexpr std::chrono::seconds kFragmentedMessageTimeout{30};
inline constexpr int kInvalidFramesPerMinuteMax = 10;
// Frames over their rate: more than a queue that a client kept while it was offline.
inline constexpr int kFramesTooOftenPerMinuteMax = 1000;
inline constexpr std::size_t kJsonDepthMax = 32;

// HTTP requests.
inline constexpr std::size_t kHttpBodyBytesMax = 64 * kKibibyte;
inline constexpr std::size_t kHttpMessageBodyBytesMax = kMebibyte;
inline constexpr std::size_t kHttpLoginBodyBytesMax = 4 * kKibibyte;
inline constexpr std::size_t kHttpHeaderBytesMax = 8 * kKibibyte;
inline constexpr std::size_t kHttpHeadersMax = 100;
inline constexpr std::size_t kHttpTargetBytesMax = 12 * kKibibyte;
inline constexpr std::chrono::seconds kHttpHeaderTimeout{5};
inline constexpr std::chrono::seconds kHttpBodyTimeout{10};
inline constexpr std::chrono::seconds kWriteTimeout{10};

// Lists.
// No list in any frame or body has more items; longer ones are refused while they are read.
inline constexpr std::size_t kListItemsMax = 1000;
inline constexpr std::size_t kRequestIdsMax = 500;
inline constexpr std::size_t kPageEntriesDefault = 50;
inline constexpr std::size_t kPageEntriesMax = 200;
inline constexpr std::size_t kPageBytesMax = kMebibyte;
inline constexpr std::size_t kSyncCursorsMax = 1000;
inline constexpr std::size_t kSyncEntriesMax = 200;
inline constexpr std::size_t kSyncBytesMax = kMebibyte;
inline constexpr std::size_t kWatchUsersMax = 500;
inline constexpr std::uint32_t kUnreadCountMax = 1000;

// Search. What is looked for, and the words and pairs of characters that it falls into.
inline constexpr std::size_t kSearchQueryBytesMax = 256;
inline constexpr std::size_t kSearchTokensMax = 16;

// Signals.
inline constexpr std::size_t kReceiptMembersMax = 100;
inline constexpr std::chrono::seconds kReceiptInterval{1};
inline constexpr std::chrono::seconds kTypingLifetime{6};
inline constexpr std::chrono::milliseconds kHeartbeatIntervalDefault{5000};
inline constexpr std::chrono::milliseconds kHeartbeatTimeoutDefault{30000};
inline constexpr std::chrono::milliseconds kPresenceGraceDefault{10000};

// Credentials that the server gives out.
inline constexpr std::chrono::minutes kAccessTokenLifetime{15};
inline constexpr std::chrono::days kRefreshTokenLifetime{30};
inline constexpr std::chrono::seconds kRefreshTokenGrace{10};
inline constexpr std::chrono::seconds kTicketLifetime{30};

// How often something may happen: `count` per `period`, and `burst` at once after a pause.
struct RateLimit {
  std::uint32_t count;
  std::chrono::seconds period;
  std::uint32_t burst;
};

inline constexpr RateLimit kSendRatePerUser{20, std::chrono::seconds(1), 60};
inline constexpr RateLimit kTypingRatePerUser{2, std::chrono::seconds(1), 2};
inline constexpr RateLimit kLoginRatePerAccount{10, std::chrono::minutes(1), 10};
inline constexpr RateLimit kLoginRatePerAddress{60, std::chrono::minutes(1), 60};
inline constexpr RateLimit kRegisterRatePerAddress{20, std::chrono::hours(1), 20};
inline constexpr RateLimit kConnectRatePerAddress{10, std::chrono::seconds(1), 10};
inline constexpr RateLimit kOtherRatePerUser{50, std::chrono::seconds(1), 100};
inline constexpr std::uint32_t kSendsPerMinute =
    kSendRatePerUser.count *
    static_cast<std::uint32_t>(std::chrono::seconds(60) / kSendRatePerUser.period);

// What the other fields of a frame or a body take at most, ids and a `ref` included.
inline constexpr std::size_t kEnvelopeBytesMax = 4 * kKibibyte;

// The longest JSON form of a legal text: every character as \u and four digits, six bytes, and
// those beyond U+FFFF, which alone take four bytes of UTF-8 and are as many as the byte limit lets
// in, as two.
inline constexpr std::size_t kEscapedTextBytesMax =
    6 * kTextCodePointsMax + 6 * ((kTextBytesMax - kTextCodePointsMax) / 3);

// One number of 64 bits in a list, quoted and with its comma.
inline constexpr std::size_t kJsonIdBytesMax = 23;

static_assert(kEscapedTextBytesMax + kEnvelopeBytesMax <= kFrameBytesMax);
static_assert(kEscapedTextBytesMax + kEnvelopeBytesMax <= kHttpMessageBodyBytesMax);
static_assert(kEscapedTextBytesMax + kEnvelopeBytesMax <= kPageBytesMax, "a page holds any entry");
static_assert(kEscapedTextBytesMax + kEnvelopeBytesMax <= kSyncBytesMax, "sync holds any entry");
// Each cursor is three numbers and their names.
static_assert(kSyncCursorsMax * (3 * kJsonIdBytesMax + 60) + kEnvelopeBytesMax <= kFrameBytesMax);
static_assert(kWatchUsersMax * kJsonIdBytesMax + kEnvelopeBytesMax <= kFrameBytesMax);
static_assert(kRequestIdsMax * kJsonIdBytesMax + kEnvelopeBytesMax <= kHttpBodyBytesMax);
// A query names its ids in the target: 19 digits each, and a comma as %2C.
static_assert(kRequestIdsMax * (19 + 3) + kKibibyte <= kHttpTargetBytesMax);
static_assert(kPasswordBytesMax + kEmailBytesMax + 4 * kDeviceNameCodePointsMax + kKibibyte <=
              kHttpLoginBodyBytesMax);
static_assert(kTextCodePointsMax <= kTextBytesMax && kTextBytesMax <= 4 * kTextCodePointsMax);
static_assert(kPageEntriesDefault <= kPageEntriesMax && kPageEntriesMax <= kListItemsMax);
static_assert(kRequestIdsMax <= kListItemsMax && kSyncCursorsMax <= kListItemsMax);
static_assert(kWatchUsersMax <= kListItemsMax);
static_assert(2 * kHeartbeatIntervalDefault <= kHeartbeatTimeoutDefault,
              "one lost beat is survived");
static_assert(kTicketLifetime < kAccessTokenLifetime &&
              kAccessTokenLifetime < kRefreshTokenLifetime);

}  // namespace chat
