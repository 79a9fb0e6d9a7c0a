#include <fanwire/error.hpp>

#include <string>

namespace fanwire {
namespace {

struct error_words {
    std::string_view name;
    std::string_view sentence;
};

error_words words_of(errc code) noexcept {
    switch (code) {
        case errc::bad_request:
            return {"bad_request", "The request is not what the protocol allows."};
        case errc::unknown_type:
            return {"unknown_type", "The type of the request is not known here."};
        case errc::bad_room:
            return {"bad_room", "The room name is not valid."};
        case errc::forbidden:
            return {"forbidden", "This is not allowed."};
        case errc::not_member:
            return {"not_member", "The client is not in the room."};
        case errc::too_large:
            return {"too_large", "The message is over the size limit."};
        case errc::rate_limited:
            return {"rate_limited", "There were too many requests in too short a time."};
        case errc::limit_reached:
            return {"limit_reached", "A limit on how many there may be has been reached."};
        case errc::no_history:
            return {"no_history", "The room keeps no history."};
        case errc::gap:
            return {"gap", "Messages were lost, or may have been."};
        case errc::unavailable:
            return {"unavailable", "This cannot be done at the moment."};
        case errc::uncertain:
            return {"uncertain",
                    "The connection to the bus broke before its answer: it may have happened or not."};
        case errc::timeout:
            return {"timeout", "There was no answer in time."};
        case errc::expired:
            return {"expired", "The credentials have ended."};
        case errc::internal:
            break;
        case errc::client_gone:
            return {"client_gone", "The client has gone."};
        case errc::not_running:
            return {"not_running", "The server is not running."};
    }
    return {"internal", "The server made a mistake."};
}

class category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "fanwire"; }
    [[nodiscard]] std::string message(int value) const override {
        return std::string(words_of(static_cast<errc>(value)).sentence);
    }
};

}  // namespace

std::string_view error_name(errc code) noexcept { return words_of(code).name; }

const std::error_category& fanwire_category() noexcept {
    static const category instance;
    return instance;
}

}  // namespace fanwire
