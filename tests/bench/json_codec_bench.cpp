// Nanoseconds of the native protocol's hot path, per message: read a request, write its plain form, word it
// for members. usage: json_codec_bench [milliseconds per figure]
#include "base/room_message.hpp"
#include "protocol/json/json_codec.hpp"
#include "protocol/plain_form.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace fanwire;

constexpr std::int64_t now_ms = 1'700'000'000'000;

template <class Work>
void measure(const char* what, std::chrono::milliseconds budget, Work work) {
    using steady = std::chrono::steady_clock;
    constexpr int batch = 1'000;
    double best = 1e9;
    const auto deadline = steady::now() + budget;
    while (steady::now() < deadline) {
        const auto start = steady::now();
        for (int i = 0; i < batch; ++i) work();
        best =
            std::min(best, std::chrono::duration<double, std::nano>(steady::now() - start).count() / batch);
    }
    std::printf("%-44s %7.1f ns\n", what, best);
}

void decode(const char* what, std::chrono::milliseconds budget, std::string_view request) {
    json_codec codec(codec_kind::classic, {});
    volatile std::size_t alternative = 0;
    measure(what, budget, [&] { alternative = codec.decode(payload_kind::text, request).index(); });
    if (alternative == std::variant_npos) std::abort();
}

void encode(const char* what, std::chrono::milliseconds budget, codec_kind kind,
            const room_message& message) {
    json_codec codec(kind, {});
    std::string out;
    measure(what, budget, [&] {
        out.clear();
        codec.encode_message(message, out);
    });
}

}  // namespace

int main(int argc, char** argv) {
    const std::chrono::milliseconds budget{argc > 1 ? std::atoi(argv[1]) : 500};
    const std::string request =
        R"({"type":"message","roomId":"chat:room:1","user":"alice","text":"Hello, this is a message of quite an)"
        R"( ordinary length","id":1042})";
    std::printf("request of %zu bytes\n", request.size());
    decode("decode message", budget, request);
    decode("decode message, 4 KiB of text", budget,
           R"({"type":"message","roomId":"chat:room:1","text":")" + std::string(4096, 'x') + "\"}");
    decode(
        "decode message, nested data", budget,
        R"({"type":"message","roomId":"1","data":{"at":[12.5,-3.25,1e3],"who":{"id":7,"on":true},"tags":["a","b"]}})");
    decode("decode join", budget, R"({"type":"join","roomId":"chat:room:1"})");
    decode("decode message, escaped names", budget,
           R"({"type":"message","ro\u006fmId":"caf\u00e9:1","text":"x","key":"k\u00e9y"})");

    room_message message{"chat:room:1", {}, payload_form::plain, now_ms};
    measure("write plain form", budget, [&] {
        message.payload.clear();
        write_plain_form(message.payload, R"("alice")",
                         R"("Hello, this is a message of quite an ordinary length")", {}, now_ms);
    });
    std::printf("payload of %zu bytes\n", message.payload.size());
    encode("encode plain, classic", budget, codec_kind::classic, message);
    encode("encode plain, v1", budget, codec_kind::v1, message);
    message.form = payload_form::foreign;
    encode("encode foreign object, classic", budget, codec_kind::classic, message);
    encode("encode foreign object, v1", budget, codec_kind::v1, message);
    message.payload = "plain text from a script, with \"quotes\"";
    encode("encode foreign text, v1", budget, codec_kind::v1, message);
    return 0;
}
