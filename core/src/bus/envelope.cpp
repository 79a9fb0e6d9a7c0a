#include "bus/envelope.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace fanwire {

namespace {

/// Fields of the head. Numbers are never used again, nor given another meaning.
enum class field : std::uint8_t { user = 1, content_type = 2, reply_to = 3, kind = 4, header = 5 };

constexpr std::size_t max_length_digits = 4;
constexpr unsigned digit_bits = 7;
constexpr std::uint8_t digit_mask = 0x7F;
constexpr std::uint8_t more_digits = 0x80;

// Lengths: seven bits a byte, the lowest first; the top bit says that more follow. Four bytes at most, and
// never more than needed, so that a head has one form.

std::size_t length_digits(std::size_t length) noexcept {
    std::size_t digits = 1;
    for (; length > digit_mask; length >>= digit_bits) ++digits;
    return digits;
}

void write_length(std::string& out, std::size_t length) {
    for (; length > digit_mask; length >>= digit_bits) {
        out += static_cast<char>((length & digit_mask) | more_digits);
    }
    out += static_cast<char>(length);
}

void write_field(std::string& out, field tag, std::string_view value) {
    if (value.empty()) return;
    out += static_cast<char>(tag);
    write_length(out, value.size());
    out += value;
}

std::size_t field_bytes(std::size_t value_bytes) noexcept {
    return value_bytes == 0 ? 0 : 1 + length_digits(value_bytes) + value_bytes;
}

std::size_t value_bytes(const message_header& one) noexcept {
    return length_digits(one.name.size()) + one.name.size() + one.value.size();
}

/// What is left to read of an envelope, or of a part of it.
class remainder {
public:
    explicit remainder(std::string_view bytes) : left_(bytes) {}

    [[nodiscard]] bool is_empty() const noexcept { return left_.empty(); }
    [[nodiscard]] std::string_view rest() const noexcept { return left_; }

    std::optional<std::string_view> bytes(std::size_t length) {
        if (length > left_.size()) return {};
        const std::string_view taken = left_.substr(0, length);
        left_.remove_prefix(length);
        return taken;
    }

    std::optional<std::uint8_t> byte() {
        if (left_.empty()) return {};
        const auto first = static_cast<std::uint8_t>(left_.front());
        left_.remove_prefix(1);
        return first;
    }

    std::optional<std::size_t> length() {
        std::size_t length = 0;
        for (std::size_t digit = 0; digit < max_length_digits; ++digit) {
            const auto next = byte();
            if (!next) return {};
            length |= static_cast<std::size_t>(*next & digit_mask) << (digit * digit_bits);
            if ((*next & more_digits) != 0) continue;
            if (*next == 0 && digit != 0) return {};
            return length;
        }
        return {};
    }

    /// Bytes behind their length.
    std::optional<std::string_view> part() {
        const auto announced = length();
        return announced ? bytes(*announced) : std::nullopt;
    }

private:
    std::string_view left_;
};

class head_reader {
public:
    head_reader(message_head& out, const envelope_limits& limits) : out_(out), limits_(limits) {}

    envelope_fault read(std::string_view fields) {
        for (remainder left(fields); !left.is_empty();) {
            const auto tag = left.byte();
            const auto value = left.part();
            if (!value) return envelope_fault::malformed;
            if (const auto fault = take(*tag, *value); fault != envelope_fault::none) return fault;
        }
        return envelope_fault::none;
    }

private:
    envelope_fault take(std::uint8_t tag, std::string_view value) {
        switch (static_cast<field>(tag)) {
            case field::user:
                return take_text(value, out_.user);
            case field::content_type:
                return take_text(value, out_.content_type);
            case field::reply_to:
                return take_text(value, out_.reply_to);
            case field::kind:
                return take_kind(value);
            case field::header:
                return take_header(value);
            default:
                // A later fanwire's: it would have changed the version if readers had to know it.
                return envelope_fault::none;
        }
    }

    static envelope_fault take_text(std::string_view value, std::string& into) {
        if (value.empty() || !into.empty() || !is_utf8(value)) return envelope_fault::malformed;
        into = value;
        return envelope_fault::none;
    }

    envelope_fault take_kind(std::string_view value) {
        if (value.size() != 1 || out_.kind) return envelope_fault::malformed;
        if (value.front() != 0 && value.front() != 1) return envelope_fault::malformed;
        out_.kind = static_cast<payload_kind>(value.front());
        return envelope_fault::none;
    }

    envelope_fault take_header(std::string_view value) {
        if (out_.headers.size() == limits_.max_headers) return envelope_fault::too_large;
        remainder left(value);
        const auto name = left.part();
        if (!name || name->empty() || !is_utf8(*name) || !is_utf8(left.rest())) {
            return envelope_fault::malformed;
        }
        out_.headers.push_back({std::string(*name), std::string(left.rest())});
        return envelope_fault::none;
    }

    message_head& out_;
    const envelope_limits& limits_;
};

bool is_text(const message_head& head) {
    return is_utf8(head.user) && is_utf8(head.content_type) && is_utf8(head.reply_to) &&
           std::ranges::all_of(head.headers, [](const message_header& one) {
               return !one.name.empty() && is_utf8(one.name) && is_utf8(one.value);
           });
}

}  // namespace

std::size_t head_bytes(const message_head& head) noexcept {
    std::size_t bytes = field_bytes(head.user.size()) + field_bytes(head.content_type.size()) +
                        field_bytes(head.reply_to.size()) + (head.kind ? field_bytes(1) : 0);
    for (const message_header& one : head.headers) bytes += field_bytes(value_bytes(one));
    return bytes;
}

envelope_fault fault_of(const message_head& head, const envelope_limits& limits) {
    if (head_bytes(head) > limits.max_head_bytes || head.headers.size() > limits.max_headers) {
        return envelope_fault::too_large;
    }
    return is_text(head) ? envelope_fault::none : envelope_fault::malformed;
}

void write_envelope(const message_head& head, std::string_view payload, std::string& out) {
    out += envelope_mark;
    out += static_cast<char>(envelope_version);
    write_length(out, head_bytes(head));
    write_field(out, field::user, head.user);
    write_field(out, field::content_type, head.content_type);
    write_field(out, field::reply_to, head.reply_to);
    if (head.kind) {
        const char said = static_cast<char>(*head.kind);
        write_field(out, field::kind, {&said, 1});
    }
    for (const message_header& one : head.headers) {
        out += static_cast<char>(field::header);
        write_length(out, value_bytes(one));
        write_length(out, one.name.size());
        out += one.name;
        out += one.value;
    }
    out += payload;
}

envelope_fault read_envelope(std::string_view bytes, message_head& head, std::string_view& payload,
                             const envelope_limits& limits) {
    remainder left(bytes.substr(1));
    const auto version = left.byte();
    if (!version) return envelope_fault::malformed;
    if (*version != envelope_version) return envelope_fault::unknown_version;
    const auto length = left.length();
    if (!length) return envelope_fault::malformed;
    if (*length > limits.max_head_bytes) return envelope_fault::too_large;
    const auto fields = left.bytes(*length);
    if (!fields) return envelope_fault::malformed;
    payload = left.rest();
    head = {};
    return head_reader(head, limits).read(*fields);
}

envelope_fault open_envelope(room_message& message) {
    if (message.form != payload_form::foreign || !is_envelope(message.payload)) return envelope_fault::none;
    auto head = std::make_shared<message_head>();
    std::string_view payload;
    const envelope_fault fault = read_envelope(message.payload, *head, payload);
    if (fault != envelope_fault::none) return fault;
    message.payload.erase(0, message.payload.size() - payload.size());
    message.form = payload_form::enveloped;
    message.head = std::move(head);
    return fault;
}

}  // namespace fanwire
