/// JSON to deterministic CBOR by simdjson, behind plain C: no exception and no C++ type crosses.
///
/// A transcoder keeps its buffers between documents and belongs to one thread at a time.
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// simdjson may read as many bytes past the end of a document; it ignores what they hold.
#define CSIMDJSON_PADDING 64

/// How a document fared.
enum csimdjson_status {
  CSIMDJSON_OK = 0,
  /// simdjson refused it; `parser_code` says how.
  CSIMDJSON_REFUSED = 1,
  /// Arrays and objects nest deeper than the limit.
  CSIMDJSON_TOO_DEEP = 2,
  /// A key occurs twice in one object.
  CSIMDJSON_DUPLICATE_KEY = 3,
  /// It has 4 GiB or more.
  CSIMDJSON_TOO_LARGE = 4,
  CSIMDJSON_OUT_OF_MEMORY = 5
};

struct csimdjson_result {
  int32_t status;
  /// simdjson's own error code where `status` is `CSIMDJSON_REFUSED`, else 0.
  int32_t parser_code;
  /// The CBOR, owned by the transcoder and valid until its next use; null unless `status` is 0.
  const uint8_t *bytes;
  size_t count;
};

struct csimdjson_transcoder;

/// Makes a transcoder for at most `maximum_depth` arrays and objects inside each other, at most
/// 1,024. Returns null where memory is short.
struct csimdjson_transcoder *csimdjson_create(uint32_t maximum_depth);

/// Frees a transcoder, or does nothing for null.
void csimdjson_destroy(struct csimdjson_transcoder *transcoder);

/// Writes the one document in `json` as CBOR: keys sorted, numbers without fraction or exponent
/// as integers, others as the shortest float.
///
/// `readable`, at least `size`, says how many bytes from `json` on may be read; where it is less
/// than `size + CSIMDJSON_PADDING`, the document is copied first.
struct csimdjson_result csimdjson_transcode(
    struct csimdjson_transcoder *transcoder, const uint8_t *json, size_t size, size_t readable);

/// simdjson's text for one of its error codes, static.
const char *csimdjson_message(int32_t parser_code);

/// The index of the first line feed in `bytes`, or `size` where there is none.
size_t csimdjson_line_feed(const uint8_t *bytes, size_t size);

#ifdef __cplusplus
}
#endif

#endif
