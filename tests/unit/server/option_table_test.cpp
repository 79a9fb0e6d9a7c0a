#include <fanwire/option_table.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <stdexcept>
#include <string>

namespace fanwire {
namespace {

std::string sentence_of(const std::function<void()>& refused) {
    try {
        refused();
    } catch (const std::invalid_argument& thrown) {
        return thrown.what();
    }
    return {};
}

bool is_number(const option_info& one) { return one.kind >= option_kind::number; }

/// A set of options with one changed; the queue is kept large enough for any message.
options with(std::string_view name, std::int64_t value) {
    options changed;
    changed.max_queue_bytes = std::size_t{1} << 30;
    set_option(changed, name, value);
    return changed;
}

TEST(option_table, has_each_name_once_with_a_help_text) {
    std::set<std::string_view> names;
    for (const option_info& one : option_table()) {
        EXPECT_TRUE(names.insert(one.name).second) << one.name;
        EXPECT_TRUE(one.help.ends_with('.')) << one.name;
    }
}

TEST(option_table, has_defaults_that_are_within_bounds) {
    EXPECT_NO_THROW(check_options(options{}));
    for (const option_info& one : option_table()) {
        if (!is_number(one)) continue;
        const auto initial = std::get<std::int64_t>(one.initial);
        EXPECT_TRUE((initial >= one.least && initial <= one.most) || (initial == 0 && !one.zero.empty()))
            << one.name;
    }
}

TEST(option_table, takes_each_number_at_its_bounds_and_not_beyond) {
    for (const option_info& one : option_table()) {
        if (!is_number(one)) continue;
        options target;
        EXPECT_NO_THROW(set_option(target, one.name, one.least)) << one.name;
        EXPECT_NO_THROW(set_option(target, one.name, one.most)) << one.name;
        EXPECT_THROW(set_option(target, one.name, one.most + 1), std::invalid_argument) << one.name;
        const std::int64_t below = one.least - 1;
        if (below != 0 || one.zero.empty()) {
            EXPECT_THROW(set_option(target, one.name, below), std::invalid_argument) << one.name;
        }
    }
}

TEST(option_table, names_what_is_no_proxy) {
    options given;
    given.trusted_proxies = {"10.0.0.0/8", "::1", "proxy.example"};

    EXPECT_EQ(
        sentence_of([&] { check_options(given); }),
        "option `trusted_proxies` has `proxy.example`, which is neither an address nor a network such as "
        "10.0.0.0/8");
    given.trusted_proxies.pop_back();
    EXPECT_NO_THROW(check_options(given));
}

TEST(option_table, wants_trusted_proxies_for_the_proxy_protocol) {
    options given;
    given.proxy_protocol = true;

    EXPECT_EQ(sentence_of([&] { check_options(given); }),
              "option `proxy_protocol` needs `trusted_proxies`, since only they may say who a client is");
    given.trusted_proxies = {"10.0.0.1"};
    EXPECT_NO_THROW(check_options(given));
}

TEST(option_table, takes_zero_only_where_it_means_something) {
    for (const option_info& one : option_table()) {
        if (!is_number(one) || one.least == 0) continue;
        options target;
        if (one.zero.empty()) {
            EXPECT_THROW(set_option(target, one.name, std::int64_t{0}), std::invalid_argument) << one.name;
        } else {
            EXPECT_NO_THROW(set_option(target, one.name, std::int64_t{0})) << one.name;
        }
    }
}

TEST(option_table, refuses_a_value_of_another_kind_and_says_what_is_wanted) {
    options target;

    EXPECT_EQ(sentence_of([&] { set_option(target, "port", std::string("80")); }),
              "option `port` must be a whole number");
    EXPECT_EQ(sentence_of([&] { set_option(target, "demo", std::int64_t{1}); }),
              "option `demo` must be true or false");
    EXPECT_EQ(sentence_of([&] { set_option(target, "origins", std::string("*")); }),
              "option `origins` must be a list of strings");
}

TEST(option_table, names_option_value_and_bounds_in_a_refusal) {
    options target;

    EXPECT_EQ(sentence_of([&] { set_option(target, "shards", std::int64_t{65}); }),
              "option `shards` is 65, but must be from 1 to 64, or 0 (one a core, at most four)");
    EXPECT_EQ(sentence_of([&] { set_option(target, "hook_timeout", std::int64_t{9}); }),
              "option `hook_timeout` is 9, but must be from 10 to 300000 milliseconds");
    EXPECT_EQ(sentence_of([&] { set_option(target, "colour", true); }), "there is no option `colour`");
}

TEST(option_table, sets_what_it_names) {
    EXPECT_EQ(with("port", 0).port, 0);
    EXPECT_EQ(with("max_message_in_bytes", 2048).max_message_in_bytes, 2048U);
    EXPECT_EQ(with("heartbeat_interval", 1500).heartbeat_interval, std::chrono::milliseconds{1500});
    options target;
    set_option(target, "origins", std::vector<std::string>{"https://a.example"});
    set_option(target, "host", std::string("::1"));
    EXPECT_EQ(target.origins, std::vector<std::string>{"https://a.example"});
    EXPECT_EQ(target.host, "::1");
}

TEST(check_options, refuses_what_was_set_out_of_bounds_without_the_table) {
    options wrong;
    wrong.max_json_depth = 0;

    EXPECT_EQ(sentence_of([&] { check_options(wrong); }),
              "option `max_json_depth` is 0, but must be from 1 to 512");
}

TEST(check_options, wants_a_queue_that_holds_the_longest_message) {
    options wrong;
    wrong.max_message_in_bytes = std::size_t{2} << 20;

    EXPECT_THROW(check_options(wrong), std::invalid_argument);
    wrong.max_queue_bytes = wrong.max_message_in_bytes;
    EXPECT_NO_THROW(check_options(wrong));
}

TEST(set_option_from_text, reads_sizes_and_durations_with_their_units) {
    options target;
    const auto bytes = [&](std::string_view text) {
        set_option_from_text(target, "max_message_in_bytes", text);
        return target.max_message_in_bytes;
    };
    const auto duration = [&](std::string_view text) {
        set_option_from_text(target, "hook_timeout", text);
        return target.hook_timeout.count();
    };

    EXPECT_EQ(bytes("2048"), 2048U);
    EXPECT_EQ(bytes("64KiB"), 65536U);
    EXPECT_EQ(bytes("1.5MiB"), 1572864U);
    EXPECT_EQ(bytes("10kB"), 10000U);
    EXPECT_EQ(duration("2"), 2000);
    EXPECT_EQ(duration("0.25"), 250);
    EXPECT_EQ(duration("250ms"), 250);
    EXPECT_EQ(duration("5min"), 300000);
}

TEST(set_option_from_text, reads_flags_lists_and_text) {
    options target;

    set_option_from_text(target, "demo", "yes");
    set_option_from_text(target, "allow_patterns", "off");
    set_option_from_text(target, "origins", "https://a.example,,https://b.example");
    set_option_from_text(target, "host", "0.0.0.0");

    EXPECT_TRUE(target.demo);
    EXPECT_FALSE(target.allow_patterns);
    EXPECT_EQ(target.origins, (std::vector<std::string>{"https://a.example", "https://b.example"}));
    EXPECT_EQ(target.host, "0.0.0.0");
}

TEST(set_option_from_text, refuses_what_is_no_value_and_shows_one) {
    options target;

    EXPECT_EQ(
        sentence_of([&] { set_option_from_text(target, "hook_timeout", "soon"); }),
        "option `hook_timeout` is \"soon\", but must be a duration such as 10 (seconds), 250ms, 10s or 5min");
    for (const std::string_view text : {"", "1.5", "-1", "1e3", "0x10", "10s", " 1", "1 "}) {
        EXPECT_THROW(set_option_from_text(target, "port", text), std::invalid_argument) << text;
    }
    for (const std::string_view text : {"1.5", "64kib", "64 KiB", "KiB", "99999999999999999999"}) {
        EXPECT_THROW(set_option_from_text(target, "max_message_in_bytes", text), std::invalid_argument)
            << text;
    }
    EXPECT_THROW(set_option_from_text(target, "demo", "maybe"), std::invalid_argument);
    EXPECT_THROW(set_option_from_text(target, "colour", "red"), std::invalid_argument);
}

}  // namespace
}  // namespace fanwire
