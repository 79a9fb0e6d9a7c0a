#pragma once

#include <fanwire/error.hpp>

#include "base/overloaded.hpp"
#include "protocol/codec.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace fanwire::test {

/// How often codecs did what, together.
struct codec_counts {
    std::size_t messages_encoded = 0;
};

/// A protocol for people: one line a request, one line an event. An id is a word that begins with `#`, behind
/// the first word.
///
///     join [#id] room [since]      watch [#id] pattern     leave [#id] room     unwatch [#id] pattern
///     say [#id] room [user=…] text                 shout [#id] [user=…] text
///     ping [#id]
///
/// As `classic` it is told what the native protocol tells classic clients, and messages are their payload; as
/// `v1` it is told everything, and messages are `room|payload`.
class fake_codec final : public codec {
public:
    explicit fake_codec(codec_kind kind, codec_counts* counts = nullptr) : kind_(kind), counts_(counts) {}

    [[nodiscard]] codec_kind kind() const noexcept override { return kind_; }
    [[nodiscard]] payload_kind sends() const noexcept override { return payload_kind::text; }

    [[nodiscard]] any_command decode(payload_kind, std::string_view line) override {
        // Views into what the codec holds, as with a codec that had to unescape.
        line_ = line;
        std::string_view rest = line_;
        const std::string_view verb = take_word(rest);
        request_echo echo;
        if (rest.starts_with('#')) echo.id = take_word(rest).substr(1);
        if (verb == "ping") return command::ping{echo};
        if (verb == "shout") return publish(echo, {}, rest);
        echo.room = take_word(rest);
        echo.is_pattern = verb == "watch" || verb == "unwatch";
        if (echo.room.empty()) return command::invalid{echo, errc::bad_room, "no room"};
        if (verb == "join" || verb == "watch") {
            return command::join{echo, echo.room, echo.is_pattern, rest == "since"};
        }
        if (verb == "leave" || verb == "unwatch") return command::leave{echo, echo.room, echo.is_pattern};
        if (verb == "say") return publish(echo, echo.room, rest);
        return command::invalid{echo, errc::unknown_type, "no such request"};
    }

    [[nodiscard]] bool encode(const any_event& told, std::string& out) override {
        return std::visit(
            overloaded{
                [&](const event::joined& e) {
                    return (is_v1() || !e.is_again) && say(out, "joined", e.echo, e.local ? "local" : "");
                },
                [&](const event::left& e) { return !is_silent(e.echo) && say(out, "left", e.echo); },
                [&](const event::ack& e) {
                    return !e.echo.id.empty() && say(out, "ack", {e.echo.id, {}},
                                                     e.local     ? "local"
                                                     : e.dropped ? "dropped"
                                                                 : "");
                },
                [&](const event::pong& e) { return say(out, "pong", e.echo); },
                [&](const event::error& e) {
                    say(out, "error", e.echo, error_name(e.code));
                    return e.reason.empty() || add(out, e.reason);
                },
                [&](const event::direct& e) { return say(out, "direct", {}, e.data); },
                [&](const event::welcome& e) { return is_v1() && say(out, "welcome", {}, e.client); },
                [&](const event::gap& e) {
                    return (is_v1() || e.was_asked_for) &&
                           say(out, "gap", {{}, e.room}, std::to_string(e.at));
                },
                [&](const event::moving& e) {
                    return is_v1() && say(out, "moving", {}, std::to_string(e.retry_after.count()));
                },
            },
            told);
    }

    void encode_message(const room_message& message, std::string& out) override {
        if (counts_ != nullptr) ++counts_->messages_encoded;
        if (is_v1()) out += message.room + "|";
        out += message.payload;
    }

private:
    static std::string_view take_word(std::string_view& rest) {
        const std::size_t end = rest.find(' ');
        const std::string_view word = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        return word;
    }

    static any_command publish(const request_echo& echo, std::string_view room, std::string_view rest) {
        command::publish made{.echo = echo, .room = room, .user = {}, .text = {}, .data = {}, .key = {}};
        if (rest.starts_with("user=")) made.user = take_word(rest).substr(5);
        made.text = rest;
        return made;
    }

    static bool add(std::string& out, std::string_view word) {
        if (!word.empty()) out.append(" ").append(word);
        return true;
    }
    static bool say(std::string& out, std::string_view verb, const request_echo& echo,
                    std::string_view rest = {}) {
        out += verb;
        if (!echo.id.empty()) out.append(" #").append(echo.id);
        return add(out, echo.room) && add(out, rest);
    }

    [[nodiscard]] bool is_v1() const noexcept { return kind_ == codec_kind::v1; }
    /// Classic clients are not told what they did not ask for.
    [[nodiscard]] bool is_silent(const request_echo& echo) const noexcept {
        return !is_v1() && echo.id.empty();
    }

    codec_kind kind_;
    codec_counts* counts_;
    std::string line_;
};

/// A message in plain form, as `say` and `shout` make it.
inline std::string said(std::string_view text, std::string_view user = {}, std::int64_t timestamp = 1'000) {
    std::string payload = "{\"type\":\"message\"";
    if (!user.empty()) payload.append(",\"user\":").append(user);
    if (!text.empty()) payload.append(",\"text\":").append(text);
    return payload.append(",\"timestamp\":").append(std::to_string(timestamp)).append("}");
}

}  // namespace fanwire::test
