// simdjson's tape (doc/tape.md of simdjson) to deterministic CBOR (RFC 8949 section 4.2.1).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "include/CSimdjson.h"

namespace recount {

// Memory that grows and is kept. `T` is plain data.
template <typename T>
struct Buffer {
  T *data = nullptr;
  size_t capacity = 0;

  Buffer() = default;
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;
  ~Buffer() { std::free(data); }

  // Makes room for `count` elements, keeping those that are there. False where memory is short.
  bool reserve(size_t count) noexcept {
    if (count <= capacity) return true;
    size_t size = count < 2 * capacity ? 2 * capacity : count;
    void *grown = std::realloc(data, size * sizeof(T));
    if (grown == nullptr) return false;
    data = static_cast<T *>(grown);
    capacity = size;
    return true;
  }
};

// An entry of an object while its keys are sorted.
struct Entry {
  // Orders most keys by itself: the length and the first seven bytes, or 255 and the length.
  uint64_t rank;
  const uint8_t *key;
  uint32_t length;
  // Where the value lies on the tape.
  uint32_t value;
};

// How far a writer may store past what it keeps: it copies short strings in one step.
constexpr size_t slack = 64;

// No JSON of `size` bytes has a longer encoding. The worst is a float of three characters, nine
// bytes; a string takes its two quotes, which pay for the head, and each escape takes more
// characters than it gives bytes.
constexpr size_t largest_encoding(size_t size) { return 3 * size + slack; }

class CBORWriter {
 public:
  // `output` has room for `largest_encoding` of the document.
  CBORWriter(const uint64_t *tape, const uint8_t *strings, uint8_t *output,
             Buffer<Entry> &entries, uint32_t maximum_depth) noexcept
      : tape_(tape), strings_(strings), out_(output), entries_(entries),
        maximum_depth_(maximum_depth) {}

  // Writes the whole tape. Returns a `csimdjson_status`.
  int32_t document() noexcept { return value(1, 0); }

  // The first byte after what was written.
  uint8_t *end() const noexcept { return out_; }

 private:
  static constexpr uint64_t payload_mask = 0x00ff'ffff'ffff'ffff;

  const uint64_t *tape_;
  const uint8_t *strings_;
  uint8_t *out_;
  Buffer<Entry> &entries_;
  // The entries of all objects that are open.
  size_t entry_count_ = 0;
  uint32_t maximum_depth_;

  // The index after the value at `index`.
  size_t after(size_t index) const noexcept {
    switch (uint8_t(tape_[index] >> 56)) {
      case '[': case '{': return uint32_t(tape_[index]);
      case 'l': case 'u': case 'd': return index + 2;
      default: return index + 1;
    }
  }

  // Writes the value at `index`, which lies inside `depth` arrays and objects.
  int32_t value(size_t index, uint32_t depth) noexcept {
    uint64_t word = tape_[index];
    switch (uint8_t(word >> 56)) {
      case '"': {
        const uint8_t *text = strings_ + (word & payload_mask);
        string(text + sizeof(uint32_t), length_at(text));
        return CSIMDJSON_OK;
      }
      case 'l': signed_integer(int64_t(tape_[index + 1])); return CSIMDJSON_OK;
      case 'u': head(0x00, tape_[index + 1]); return CSIMDJSON_OK;
      case 'd': number(tape_[index + 1]); return CSIMDJSON_OK;
      case 't': *out_++ = 0xf5; return CSIMDJSON_OK;
      case 'f': *out_++ = 0xf4; return CSIMDJSON_OK;
      case 'n': *out_++ = 0xf6; return CSIMDJSON_OK;
      case '[': return depth < maximum_depth_ ? array(index, depth + 1) : CSIMDJSON_TOO_DEEP;
      default: return depth < maximum_depth_ ? object(index, depth + 1) : CSIMDJSON_TOO_DEEP;
    }
  }

  int32_t array(size_t index, uint32_t depth) noexcept {
    size_t close = size_t(uint32_t(tape_[index])) - 1;
    uint64_t count = (tape_[index] >> 32) & 0xff'ffff;
    if (count == 0xff'ffff) {
      // The tape's count is saturated.
      count = 0;
      for (size_t at = index + 1; at < close; at = after(at)) count++;
    }
    head(0x80, count);
    for (size_t at = index + 1; at < close; at = after(at)) {
      int32_t status = value(at, depth);
      if (status != CSIMDJSON_OK) return status;
    }
    return CSIMDJSON_OK;
  }

  int32_t object(size_t index, uint32_t depth) noexcept {
    size_t close = size_t(uint32_t(tape_[index])) - 1;
    size_t first = entry_count_;
    for (size_t at = index + 1; at < close; at = after(at + 1)) {
      if (!entries_.reserve(entry_count_ + 1)) return CSIMDJSON_OUT_OF_MEMORY;
      const uint8_t *text = strings_ + (tape_[at] & payload_mask);
      insert(first, text + sizeof(uint32_t), length_at(text), uint32_t(at + 1));
    }
    size_t last = entry_count_;
    if (!sort(first, last)) return CSIMDJSON_DUPLICATE_KEY;
    head(0xa0, last - first);
    for (size_t at = first; at < last; at++) {
      // Nested objects push their entries behind these, and may move the buffer.
      Entry entry = entries_.data[at];
      string(entry.key, entry.length);
      int32_t status = value(entry.value, depth);
      if (status != CSIMDJSON_OK) return status;
    }
    entry_count_ = first;
    return CSIMDJSON_OK;
  }

  // Objects up to this size are sorted as their keys come; a longer one by `std::sort`.
  static constexpr size_t insertion_limit = 24;

  void insert(size_t first, const uint8_t *key, uint32_t length, uint32_t value) noexcept {
    Entry entry{rank(key, length), key, length, value};
    size_t at = entry_count_++;
    if (at - first < insertion_limit) {
      for (; at > first && precedes(entry, entries_.data[at - 1]); at--) {
        entries_.data[at] = entries_.data[at - 1];
      }
    }
    entries_.data[at] = entry;
  }

  // Finishes the order. False where two keys are equal.
  bool sort(size_t first, size_t last) noexcept {
    Entry *entries = entries_.data;
    if (last - first > insertion_limit) std::sort(entries + first, entries + last, precedes);
    for (size_t at = first + 1; at < last; at++) {
      if (!precedes(entries[at - 1], entries[at])) return false;
    }
    return true;
  }

  static uint64_t rank(const uint8_t *key, uint32_t length) noexcept {
    if (length >= 255) return uint64_t(255) << 56 | length;
    // simdjson's string buffer has padding behind the last string.
    uint64_t word;
    std::memcpy(&word, key, sizeof(word));
    word = __builtin_bswap64(word);
    if (length < 7) word &= length == 0 ? 0 : ~uint64_t(0) << (64 - 8 * length);
    return uint64_t(length) << 56 | word >> 8;
  }

  // Bytewise order of the encodings: a shorter text has the smaller head. Equal ranks mean equal
  // lengths, and equal keys if these are seven or less.
  static bool precedes(const Entry &left, const Entry &right) noexcept {
    if (left.rank != right.rank) return left.rank < right.rank;
    return left.length > 7 && std::memcmp(left.key, right.key, left.length) < 0;
  }

  static uint32_t length_at(const uint8_t *text) noexcept {
    uint32_t length;
    std::memcpy(&length, text, sizeof(length));
    return length;
  }

  void string(const uint8_t *text, uint32_t length) noexcept {
    head(0x60, length);
    // Both buffers have slack for a copy of fixed size, which is faster than one of any size.
    std::memcpy(out_, text, 32);
    if (length > 32) std::memcpy(out_ + 32, text + 32, length - 32);
    out_ += length;
  }

  void signed_integer(int64_t value) noexcept {
    if (value < 0) head(0x20, ~uint64_t(value)); else head(0x00, uint64_t(value));
  }

  void head(uint8_t major, uint64_t argument) noexcept {
    if (argument < 24) {
      *out_++ = uint8_t(major | argument);
    } else if (argument <= 0xff) {
      *out_++ = major | 24;
      *out_++ = uint8_t(argument);
    } else if (argument <= 0xffff) {
      wide(major | 25, argument, 2);
    } else if (argument <= 0xffff'ffff) {
      wide(major | 26, argument, 4);
    } else {
      wide(major | 27, argument, 8);
    }
  }

  // Writes an initial byte and the last `width` bytes of `argument`, big-endian.
  void wide(uint8_t initial, uint64_t argument, unsigned width) noexcept {
    *out_++ = initial;
    uint64_t bytes = __builtin_bswap64(argument << (64 - 8 * width));
    std::memcpy(out_, &bytes, sizeof(bytes));
    out_ += width;
  }

  // Writes the shortest float that keeps a finite value. JSON has no other.
  void number(uint64_t bits) noexcept {
    double value;
    std::memcpy(&value, &bits, sizeof(value));
    // A magnitude beyond binary32 must not be converted: the result is undefined in C++.
    if (value < -3.4028234663852886e38 || value > 3.4028234663852886e38) {
      return wide(0xfb, bits, 8);
    }
    float single = float(value);
    if (double(single) != value) return wide(0xfb, bits, 8);
    uint32_t single_bits;
    std::memcpy(&single_bits, &single, sizeof(single_bits));
    uint16_t half;
    if (!half_of(single_bits, half)) return wide(0xfa, single_bits, 4);
    wide(0xf9, half, 2);
  }

  // The binary16 of a finite binary32. False where bits would be lost.
  static bool half_of(uint32_t single, uint16_t &half) noexcept {
    uint16_t sign = uint16_t(single >> 16) & 0x8000;
    int exponent = int((single >> 23) & 0xff) - 127;
    uint32_t fraction = single & 0x7f'ffff;
    if (exponent == -127) {
      half = sign;
      return fraction == 0;
    }
    if (exponent > 15 || exponent < -24) return false;
    if (exponent >= -14) {
      half = uint16_t(sign | (exponent + 15) << 10 | fraction >> 13);
      return (fraction & 0x1fff) == 0;
    }
    // A subnormal half counts in units of 2^-24: (2^23 + fraction) * 2^(exponent - 23 + 24).
    uint32_t significand = 0x80'0000 | fraction;
    unsigned shift = unsigned(-1 - exponent);
    half = uint16_t(sign | significand >> shift);
    return (significand & ((1u << shift) - 1)) == 0;
  }
};

}  // namespace recount
