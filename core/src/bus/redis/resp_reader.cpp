#include "bus/redis/resp_reader.hpp"

#include <hiredis/hiredis.h>

#include <new>

namespace fanwire {

namespace {

// hiredis moves what is left of its buffer after each reply: small slices keep that cheap.
constexpr std::size_t slice_bytes = std::size_t{16} << 10;

}  // namespace

bool resp_view::is_array() const noexcept { return part_->type == REDIS_REPLY_ARRAY; }
bool resp_view::is_error() const noexcept { return part_->type == REDIS_REPLY_ERROR; }
bool resp_view::is_nil() const noexcept { return part_->type == REDIS_REPLY_NIL; }
std::size_t resp_view::size() const noexcept { return is_array() ? part_->elements : 0; }
resp_view resp_view::operator[](std::size_t index) const noexcept {
    return resp_view(*part_->element[index]);
}

std::string_view resp_view::text() const noexcept {
    const bool has_text =
        part_->type == REDIS_REPLY_STRING || part_->type == REDIS_REPLY_STATUS || is_error();
    return has_text ? std::string_view(part_->str, part_->len) : std::string_view{};
}

std::int64_t resp_view::number() const noexcept {
    return part_->type == REDIS_REPLY_INTEGER ? part_->integer : 0;
}

void resp_reply::free_reply::operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }

void resp_reader::free_reader::operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }

resp_reader::resp_reader(std::size_t max_reply_bytes)
    : max_reply_bytes_(max_reply_bytes),
      reader_(redisReaderCreate()) {
    if (reader_ == nullptr) throw std::bad_alloc();
}

std::error_code resp_reader::next(resp_reply& out) {
    out = resp_reply();
    for (;;) {
        void* reply = nullptr;
        if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) {
            return std::make_error_code(std::errc::protocol_error);
        }
        if (reply != nullptr) {
            out = resp_reply(static_cast<redisReply*>(reply));
            return {};
        }
        if (reader_->len > max_reply_bytes_) return std::make_error_code(std::errc::message_size);
        if (fed_.empty()) return {};
        feed_slice();
    }
}

void resp_reader::feed_slice() {
    const std::string_view slice = fed_.substr(0, slice_bytes);
    fed_.remove_prefix(slice.size());
    redisReaderFeed(reader_.get(), slice.data(), slice.size());
}

}  // namespace fanwire
