#pragma once

#include "base/frame.hpp"

#include <optional>
#include <string>
#include <vector>

namespace fanwire {

/// A name and what it stands for, as the publisher wrote both.
struct message_header {
    std::string name;
    std::string value;

    friend bool operator==(const message_header&, const message_header&) = default;
};

/// What a message says about its payload where it does not say it inside. All texts are UTF-8, and empty
/// where nothing is known.
struct message_head {
    /// Who speaks, as JSON text: the identity that the host has set.
    std::string user;
    std::string content_type;
    /// The room that answers go to.
    std::string reply_to;
    /// What the publisher said the payload is.
    std::optional<payload_kind> kind;
    /// In the publisher's order; a name may come again.
    std::vector<message_header> headers;

    friend bool operator==(const message_head&, const message_head&) = default;
};

}  // namespace fanwire
