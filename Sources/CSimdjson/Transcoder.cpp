// simdjson without its exceptions: every call gives an error code.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "CBORWriter.hpp"
#include "include/CSimdjson.h"

using simdjson::dom::parser;

static_assert(CSIMDJSON_PADDING >= simdjson::SIMDJSON_PADDING, "the header states the padding");

namespace {

// Documents of this size and below never make simdjson allocate again.
constexpr size_t usual_document_size = 64 * 1024;
constexpr uint32_t depth_ceiling = 1024;

}  // namespace

struct csimdjson_transcoder {
  parser json;
  uint32_t maximum_depth;
  // A document with padding, for callers whose bytes end too early.
  recount::Buffer<uint8_t> padded;
  recount::Buffer<uint8_t> output;
  recount::Buffer<recount::Entry> entries;
};

namespace {

csimdjson_result failure(int32_t status, int32_t parser_code = 0) noexcept {
  return csimdjson_result{status, parser_code, nullptr, 0};
}

}  // namespace

csimdjson_transcoder *csimdjson_create(uint32_t maximum_depth) {
  auto *transcoder = new (std::nothrow) csimdjson_transcoder();
  if (transcoder == nullptr) return nullptr;
  transcoder->maximum_depth = maximum_depth < depth_ceiling ? maximum_depth : depth_ceiling;
  // One level of slack: this shim counts the depth itself, and is then the first to refuse.
  if (transcoder->json.allocate(usual_document_size, transcoder->maximum_depth + 2) !=
      simdjson::SUCCESS) {
    delete transcoder;
    return nullptr;
  }
  return transcoder;
}

void csimdjson_destroy(csimdjson_transcoder *transcoder) { delete transcoder; }

csimdjson_result csimdjson_transcode(
    csimdjson_transcoder *transcoder, const uint8_t *json, size_t size, size_t readable) {
  if (size > simdjson::SIMDJSON_MAXSIZE_BYTES) return failure(CSIMDJSON_TOO_LARGE);
  if (readable < size + CSIMDJSON_PADDING) {
    if (!transcoder->padded.reserve(size + CSIMDJSON_PADDING)) {
      return failure(CSIMDJSON_OUT_OF_MEMORY);
    }
    if (size > 0) std::memcpy(transcoder->padded.data, json, size);
    std::memset(transcoder->padded.data + size, ' ', CSIMDJSON_PADDING);
    json = transcoder->padded.data;
  }
  simdjson::error_code code = transcoder->json.parse(json, size, false).error();
  switch (code) {
    case simdjson::SUCCESS: break;
    case simdjson::DEPTH_ERROR: return failure(CSIMDJSON_TOO_DEEP);
    case simdjson::CAPACITY: return failure(CSIMDJSON_TOO_LARGE);
    case simdjson::MEMALLOC: return failure(CSIMDJSON_OUT_OF_MEMORY);
    default: return failure(CSIMDJSON_REFUSED, code);
  }
  if (!transcoder->output.reserve(recount::largest_encoding(size))) {
    return failure(CSIMDJSON_OUT_OF_MEMORY);
  }
  const simdjson::dom::document &document = transcoder->json.doc;
  recount::CBORWriter writer{
      document.tape.get(), document.string_buf.get(), transcoder->output.data,
      transcoder->entries, transcoder->maximum_depth};
  int32_t status = writer.document();
  if (status != CSIMDJSON_OK) return failure(status);
  uint8_t *start = transcoder->output.data;
  return csimdjson_result{CSIMDJSON_OK, 0, start, size_t(writer.end() - start)};
}

const char *csimdjson_message(int32_t parser_code) {
  return simdjson::error_message(simdjson::error_code(parser_code));
}

size_t csimdjson_line_feed(const uint8_t *bytes, size_t size) {
  if (size == 0) return 0;
  const void *found = std::memchr(bytes, '\n', size);
  return found == nullptr ? size : size_t(static_cast<const uint8_t *>(found) - bytes);
}
