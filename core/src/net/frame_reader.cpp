#include "net/frame_reader.hpp"

#include <fanwire/close_code.hpp>

#include "base/assert.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace fanwire {

namespace {

constexpr std::uint32_t reading = 0;
constexpr std::uint32_t closed = 31;
static_assert(static_cast<std::uint32_t>(ws_errc::message_too_large) < closed);
constexpr std::size_t max_fed_bytes = (1U << 27U) - 1;
constexpr std::size_t max_limit_bytes = (1U << 31U) - 1;

std::string_view as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Appends `piece`, taking memory in proportion to what has come and never beyond `limit_bytes`.
void append(std::vector<char>& message, std::string_view piece, std::size_t limit_bytes) {
    const std::size_t needed = message.size() + piece.size();
    if (needed > message.capacity()) message.reserve(std::clamp(2 * message.capacity(), needed, limit_bytes));
    message.insert(message.end(), piece.begin(), piece.end());
}

}  // namespace

struct frame_reader::unfinished {
    std::vector<std::byte> kept;  // fed bytes that are ours now; not empty only while fed_ points into it
    std::vector<char> message;    // what has come of the data message
    utf8_validator text;
    opcode message_code = opcode::text;
    bool is_inside_message = false;
    bool is_inside_frame = false;
    bool is_delivered = false;  // the caller was given `message` and may still look at it

    frame_header head;  // of the frame that is being read
    std::uint64_t left_bytes = 0;
    std::uint8_t control_bytes = 0;
    std::uint8_t header_bytes = 0;
    std::array<char, max_control_bytes> control;       // what has come of a control frame's payload
    std::array<std::byte, max_header_bytes> header{};  // what has come of a header

    [[nodiscard]] bool is_needed() const {
        return is_inside_frame || is_inside_message || header_bytes != 0 || !kept.empty();
    }
};

frame_reader::frame_reader(const frame_limits& limits)
    : max_message_bytes_(std::min(limits.max_message_bytes, max_limit_bytes) & max_limit_bytes),
      expects_masked_(limits.expect_masked ? 1U : 0U) {}

frame_reader::~frame_reader() = default;

void frame_reader::feed(std::span<std::byte> bytes) {
    forget_delivered();
    if (status_ != reading) return;
    if (fed_bytes_ == 0) {
        set_fed(bytes.data(), bytes.size());
        return;
    }
    std::vector<std::byte> joined;
    joined.reserve(fed_bytes_ + bytes.size());
    joined.insert(joined.end(), fed_, fed_ + fed_bytes_);
    joined.insert(joined.end(), bytes.begin(), bytes.end());
    state().kept = std::move(joined);
    set_fed(unfinished_->kept.data(), unfinished_->kept.size());
}

void frame_reader::keep() {
    if (fed_bytes_ == 0 || (unfinished_ && !unfinished_->kept.empty())) return;
    state().kept.assign(fed_, fed_ + fed_bytes_);
    set_fed(unfinished_->kept.data(), unfinished_->kept.size());
}

std::error_code frame_reader::next(std::optional<incoming>& out) {
    out.reset();
    forget_delivered();
    if (status_ == reading) advance(out);
    if (status_ == reading || status_ == closed) return {};
    return static_cast<ws_errc>(status_);
}

void frame_reader::advance(std::optional<incoming>& out) {
    while (!out && status_ == reading) {
        if (!is_inside_frame()) {
            frame_header head;
            if (!read_header(head)) return;
            const bool is_whole_message = is_control(head.code) || (head.is_final && !is_inside_message());
            if (is_whole_message && head.payload_bytes <= fed_bytes_) {
                read_whole_frame(head, out);
                return;
            }
            begin_frame(head);
        }
        if (!read_payload()) return;
        end_frame(out);
    }
}

/// False if more bytes are needed, or none will do.
bool frame_reader::read_header(frame_header& out) {
    if (fed_bytes_ == 0) return false;
    std::size_t earlier = unfinished_ ? unfinished_->header_bytes : 0;
    ws_errc error;
    if (earlier == 0) {
        error = parse({fed_, fed_bytes_}, out);
    } else {
        auto& header = unfinished_->header;
        const std::size_t more = std::min<std::size_t>(fed_bytes_, header.size() - earlier);
        std::copy_n(fed_, more, header.begin() + static_cast<std::ptrdiff_t>(earlier));
        error = parse({header.data(), earlier + more}, out);
    }
    if (error != ws_errc::none) {
        fail(error);
        return false;
    }
    if (out.header_bytes == 0) {
        auto& s = state();
        const auto piece = take(fed_bytes_);
        std::copy(piece.begin(), piece.end(), s.header.begin() + s.header_bytes);
        s.header_bytes = static_cast<std::uint8_t>(s.header_bytes + piece.size());
        return false;
    }
    static_cast<void>(take(out.header_bytes - earlier));
    if (unfinished_) unfinished_->header_bytes = 0;
    return true;
}

ws_errc frame_reader::parse(std::span<const std::byte> bytes, frame_header& out) const {
    const std::size_t message_bytes = is_inside_message() ? unfinished_->message.size() : 0;
    const header_rules rules{.room_bytes = max_message_bytes_ - message_bytes,
                             .expects_masked = expects_masked_ != 0,
                             .is_inside_message = is_inside_message()};
    return read_frame_header(bytes, rules, out);
}

void frame_reader::read_whole_frame(const frame_header& head, std::optional<incoming>& out) {
    const auto bytes = take(head.payload_bytes);
    if (expects_masked_ != 0) apply_mask(bytes, head.mask);
    const std::string_view payload = as_text(bytes);
    if (is_control(head.code)) {
        deliver_control(head.code, payload, out);
    } else if (head.code == opcode::text && !is_utf8(payload)) {
        fail(ws_errc::text_not_utf8);
    } else {
        deliver_message(head.code, payload, out);
    }
}

void frame_reader::begin_frame(const frame_header& head) {
    auto& s = state();
    s.head = head;
    s.left_bytes = head.payload_bytes;
    s.is_inside_frame = true;
    if (is_control(head.code)) {
        s.control_bytes = 0;
    } else if (head.code != opcode::continuation) {
        s.is_inside_message = true;
        s.message_code = head.code;
        s.text.reset();
    }
}

/// Takes what has come of the frame's payload. False if more is needed, or none will do.
bool frame_reader::read_payload() {
    auto& s = *unfinished_;
    const auto bytes = take(static_cast<std::size_t>(std::min<std::uint64_t>(s.left_bytes, fed_bytes_)));
    if (expects_masked_ != 0) {
        apply_mask(bytes, s.head.mask);
        advance_mask(s.head.mask, bytes.size());
    }
    s.left_bytes -= bytes.size();
    const std::string_view piece = as_text(bytes);
    if (is_control(s.head.code)) {
        std::copy(piece.begin(), piece.end(), s.control.begin() + s.control_bytes);
        s.control_bytes = static_cast<std::uint8_t>(s.control_bytes + piece.size());
    } else if (s.message_code == opcode::text && !s.text.feed(piece)) {
        fail(ws_errc::text_not_utf8);
        return false;
    } else {
        const std::size_t rest =
            s.head.is_final ? piece.size() + s.left_bytes : max_message_bytes_ - s.message.size();
        append(s.message, piece, s.message.size() + rest);
    }
    return s.left_bytes == 0;
}

void frame_reader::end_frame(std::optional<incoming>& out) {
    auto& s = *unfinished_;
    s.is_inside_frame = false;
    if (is_control(s.head.code)) {
        deliver_control(s.head.code, {s.control.data(), s.control_bytes}, out);
    } else if (s.head.is_final) {
        s.is_inside_message = false;
        if (s.message_code == opcode::text && !s.text.complete()) {
            fail(ws_errc::text_not_utf8);
            return;
        }
        s.is_delivered = true;
        deliver_message(s.message_code, {s.message.data(), s.message.size()}, out);
    }
}

void frame_reader::deliver_message(opcode code, std::string_view payload, std::optional<incoming>& out) {
    const auto kind = code == opcode::text ? incoming_kind::text : incoming_kind::binary;
    out.emplace(incoming{.kind = kind, .payload = payload});
}

void frame_reader::deliver_control(opcode code, std::string_view payload, std::optional<incoming>& out) {
    if (code == opcode::close) {
        deliver_close(payload, out);
        return;
    }
    const auto kind = code == opcode::ping ? incoming_kind::ping : incoming_kind::pong;
    out.emplace(incoming{.kind = kind, .payload = payload});
}

// RFC 6455, 5.5.1: a payload begins with a status code in two bytes, and goes on with a reason in UTF-8.
void frame_reader::deliver_close(std::string_view payload, std::optional<incoming>& out) {
    auto code = static_cast<std::uint16_t>(close_code::no_status);
    if (payload.size() == 1) {
        fail(ws_errc::short_close);
        return;
    }
    if (!payload.empty()) {
        const auto high = static_cast<std::uint8_t>(payload[0]);
        const auto low = static_cast<std::uint8_t>(payload[1]);
        code = static_cast<std::uint16_t>(high << 8 | low);
        payload.remove_prefix(2);
        if (!is_sendable(code)) {
            fail(ws_errc::bad_close_status);
            return;
        }
        if (!is_utf8(payload)) {
            fail(ws_errc::close_reason_not_utf8);
            return;
        }
    }
    out.emplace(incoming{.kind = incoming_kind::close, .payload = payload, .close_code = code});
    status_ = closed;
    set_fed(nullptr, 0);
}

bool frame_reader::is_inside_frame() const noexcept { return unfinished_ && unfinished_->is_inside_frame; }

bool frame_reader::is_inside_message() const noexcept {
    return unfinished_ && unfinished_->is_inside_message;
}

std::span<std::byte> frame_reader::take(std::size_t bytes) {
    const std::span<std::byte> taken{fed_, bytes};
    set_fed(fed_ + bytes, fed_bytes_ - bytes);
    return taken;
}

void frame_reader::set_fed(std::byte* bytes, std::size_t count) {
    FANWIRE_ASSERT(count <= max_fed_bytes);
    fed_ = bytes;
    fed_bytes_ = count & max_fed_bytes;
}

/// Lets go of what the last call of `next` delivered, which its caller has done with by now.
void frame_reader::forget_delivered() {
    if (!unfinished_) return;
    auto& s = *unfinished_;
    if (fed_bytes_ == 0) s.kept = {};
    if (s.is_delivered) {
        s.message = {};
        s.is_delivered = false;
    }
    if (status_ != reading || !s.is_needed()) unfinished_.reset();
}

frame_reader::unfinished& frame_reader::state() {
    if (!unfinished_) unfinished_ = std::make_unique<unfinished>();
    return *unfinished_;
}

void frame_reader::fail(ws_errc error) {
    status_ = static_cast<std::uint32_t>(error) & closed;
    set_fed(nullptr, 0);
    unfinished_.reset();
}

std::size_t frame_reader::heap_bytes() const noexcept {
    if (!unfinished_) return 0;
    return sizeof(unfinished) + unfinished_->kept.capacity() + unfinished_->message.capacity();
}

}  // namespace fanwire
