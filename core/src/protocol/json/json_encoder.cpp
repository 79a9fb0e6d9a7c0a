#include "protocol/json/json_encoder.hpp"

#include "base/assert.hpp"
#include "base/overloaded.hpp"
#include "base/utf8.hpp"
#include "protocol/json/foreign_form.hpp"
#include "protocol/json/json_writer.hpp"
#include "protocol/plain_form.hpp"

#include <variant>

namespace fanwire {
namespace {

std::string_view room_key(bool is_pattern) { return is_pattern ? "pattern" : "roomId"; }

bool encode(codec_kind kind, const event::joined& told, std::string& out) {
    if (kind == codec_kind::classic && told.is_again) return false;
    json_writer(out, "joined")
        .raw(room_key(told.is_pattern), told.echo.room)
        .raw("id", told.echo.id)
        .flag("local", told.local)
        .end();
    return true;
}

bool encode(codec_kind kind, const event::left& told, std::string& out) {
    if (kind == codec_kind::classic && told.echo.id.empty()) return false;
    json_writer(out, "left").raw(room_key(told.is_pattern), told.echo.room).raw("id", told.echo.id).end();
    return true;
}

bool encode(const event::ack& told, std::string& out) {
    if (told.echo.id.empty()) return false;
    json_writer(out, "ack")
        .raw("id", told.echo.id)
        .flag("local", told.local)
        .flag("dropped", told.dropped)
        .end();
    return true;
}

bool encode(const event::pong& told, std::string& out) {
    json_writer(out, "pong").raw("id", told.echo.id).end();
    return true;
}

// The two codes that only hosts know mean to a client that it should try later.
errc as_told(errc code) {
    return code == errc::client_gone || code == errc::not_running ? errc::unavailable : code;
}

bool encode(const event::error& told, std::string& out) {
    const errc code = as_told(told.code);
    json_writer writer(out, "error");
    writer.text("code", error_name(code));
    // A host's sentence may be anything.
    if (told.reason.empty() || !is_utf8(told.reason)) {
        writer.text("message", make_error_code(code).message());
    } else {
        writer.text("message", told.reason);
    }
    writer.raw("id", told.echo.id).raw(room_key(told.echo.is_pattern), told.echo.room).end();
    return true;
}

bool encode(const event::direct& told, std::string& out) {
    json_writer(out, "direct").raw("data", told.data).end();
    return true;
}

bool encode(codec_kind kind, const event::welcome& told, std::string& out) {
    if (kind == codec_kind::classic) return false;
    json_writer writer(out, "welcome");
    writer.text("client", told.client).number("heartbeat", told.heartbeat.count()).key("limits");
    out += "{\"maxMessageBytes\":" + std::to_string(told.max_message_bytes);
    if (told.max_rooms > 0) out += ",\"maxRooms\":" + std::to_string(told.max_rooms);
    out += '}';
    writer.end();
    return true;
}

bool encode(codec_kind kind, const event::gap& told, std::string& out) {
    if (kind == codec_kind::classic) {
        if (!told.was_asked_for) return false;
        json_writer(out, "error")
            .text("code", error_name(errc::gap))
            .text("message", make_error_code(errc::gap).message())
            .text(room_key(told.is_pattern), told.room)
            .end();
        return true;
    }
    json_writer(out, "gap").text(room_key(told.is_pattern), told.room).number("at", told.at).end();
    return true;
}

bool encode(codec_kind kind, const event::moving& told, std::string& out) {
    if (kind == codec_kind::classic) return false;
    json_writer(out, "moving").number("retryAfter", told.retry_after.count()).end();
    return true;
}

}  // namespace

bool encode_event(codec_kind kind, const any_event& told, std::string& out) {
    return std::visit(overloaded{
                          [&](const event::joined& e) { return encode(kind, e, out); },
                          [&](const event::left& e) { return encode(kind, e, out); },
                          [&](const event::ack& e) { return encode(e, out); },
                          [&](const event::pong& e) { return encode(e, out); },
                          [&](const event::error& e) { return encode(e, out); },
                          [&](const event::direct& e) { return encode(e, out); },
                          [&](const event::welcome& e) { return encode(kind, e, out); },
                          [&](const event::gap& e) { return encode(kind, e, out); },
                          [&](const event::moving& e) { return encode(kind, e, out); },
                      },
                      told);
}

void encode_room_message(codec_kind kind, const room_message& message, std::string& out) {
    if (message.form != payload_form::plain) return write_foreign(kind, message, out);
    FANWIRE_ASSERT(message.payload.starts_with(plain_form_head));
    if (kind == codec_kind::classic || message.room.empty()) {
        out += message.payload;
        return;
    }
    out += plain_form_head;
    json_writer(out).text("roomId", message.room);
    out.append(message.payload, plain_form_head.size());
}

}  // namespace fanwire
