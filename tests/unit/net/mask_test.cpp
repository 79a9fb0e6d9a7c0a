#include "net/mask.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

namespace fanwire {

namespace {

constexpr mask_key key{std::byte{0x12}, std::byte{0x34}, std::byte{0x56}, std::byte{0x78}};

std::vector<std::byte> some_bytes(std::size_t count) {
    std::vector<std::byte> bytes(count);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = std::byte(i * 7 & 0xFF);
    return bytes;
}

std::vector<std::byte> masked_one_by_one(std::vector<std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= key[i % 4];
    return bytes;
}

TEST(apply_mask, masks_every_length_at_every_alignment) {
    for (std::size_t count = 0; count < 140; ++count) {
        for (std::size_t ahead = 0; ahead < 9; ++ahead) {
            std::vector<std::byte> buffer(ahead);
            const auto plain = some_bytes(count);
            buffer.insert(buffer.end(), plain.begin(), plain.end());

            apply_mask(std::span(buffer).subspan(ahead), key);

            buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(ahead));
            ASSERT_EQ(buffer, masked_one_by_one(plain)) << count << " bytes at " << ahead;
        }
    }
}

TEST(apply_mask, undoes_itself) {
    auto bytes = some_bytes(77);

    apply_mask(bytes, key);
    apply_mask(bytes, key);

    EXPECT_EQ(bytes, some_bytes(77));
}

TEST(advance_mask, goes_on_where_a_piece_ended) {
    for (std::size_t cut = 0; cut <= 50; ++cut) {
        auto bytes = some_bytes(50);
        mask_key turned = key;

        apply_mask(std::span(bytes).first(cut), turned);
        advance_mask(turned, cut);
        apply_mask(std::span(bytes).subspan(cut), turned);

        ASSERT_EQ(bytes, masked_one_by_one(some_bytes(50))) << "cut at " << cut;
    }
}

}  // namespace

}  // namespace fanwire
