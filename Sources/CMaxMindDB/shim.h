// Debian's libmaxminddb-dev 1.7.1. Beside the library's own calls, which the module map links,
// there are two that Swift would otherwise write with unions and arrays of C strings.
#ifndef CMAXMINDDB_SHIM_H
#define CMAXMINDDB_SHIM_H

#include <maxminddb.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// A value of a record; `type` is one of the library's MMDB_DATA_TYPE constants, 0 for none.
struct cmaxminddb_value {
  uint32_t type;
  /// UTF-8 without a zero at its end, inside the mapped file; only for texts.
  const char *text;
  size_t text_size;
  /// The value of a float or double.
  double real;
  /// The value of an unsigned integer of up to 64 bits.
  uint64_t whole;
};

/// Finds the entry of an address.
///
/// `bytes` are the address's 4 or 16 bytes, the most significant first.
/// Returns the library's error code; `found` says whether there is an entry.
static inline int cmaxminddb_find(
    const MMDB_s *database, const uint8_t *bytes, size_t size, bool *found, MMDB_entry_s *entry) {
  int code = MMDB_SUCCESS;
  MMDB_lookup_result_s result;
  if (size == 4) {
    struct sockaddr_in address = {0};
    address.sin_family = AF_INET;
    memcpy(&address.sin_addr, bytes, 4);
    result = MMDB_lookup_sockaddr(database, (const struct sockaddr *)&address, &code);
  } else {
    struct sockaddr_in6 address = {0};
    address.sin6_family = AF_INET6;
    memcpy(&address.sin6_addr, bytes, 16);
    result = MMDB_lookup_sockaddr(database, (const struct sockaddr *)&address, &code);
  }
  *found = code == MMDB_SUCCESS && result.found_entry;
  *entry = result.entry;
  return code;
}

/// Reads the value at a path of keys, which ends with the first null. A key of digits is an index.
///
/// Returns the library's error code; a path that leads nowhere is no error, its type is 0.
static inline int cmaxminddb_read(
    MMDB_entry_s entry, const char *first, const char *second, const char *third,
    struct cmaxminddb_value *value) {
  const char *path[] = {first, second, third, NULL};
  MMDB_entry_data_s data;
  memset(value, 0, sizeof *value);
  int code = MMDB_aget_value(&entry, &data, path);
  if (code == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR) return MMDB_SUCCESS;
  if (code != MMDB_SUCCESS || !data.has_data) return code;
  value->type = data.type;
  switch (data.type) {
    case MMDB_DATA_TYPE_UTF8_STRING:
      value->text = data.utf8_string;
      value->text_size = data.data_size;
      break;
    case MMDB_DATA_TYPE_DOUBLE: value->real = data.double_value; break;
    case MMDB_DATA_TYPE_FLOAT: value->real = (double)data.float_value; break;
    case MMDB_DATA_TYPE_UINT16: value->whole = data.uint16; break;
    case MMDB_DATA_TYPE_UINT32: value->whole = data.uint32; break;
    case MMDB_DATA_TYPE_UINT64: value->whole = data.uint64; break;
    default: break;
  }
  return MMDB_SUCCESS;
}

#endif
