#ifndef RECOUNT_SAMPLE_EVENT_H
#define RECOUNT_SAMPLE_EVENT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/// The event of 500 bytes that every append benchmark writes, so that Recount, the plain C loop and
/// each peer store the same thing: an id of 16 bytes, a subject of 8 ("c0001234"), the type
/// "cart.updated", a time, and 420 bytes of data whose text is drawn from a small vocabulary (it
/// compresses about as well as real events do).

enum {
  sampleSubjects = 10000,
  sampleSubjectBytes = 8,
  sampleDataBytes = 420,
};

static const char sampleType[] = "cart.updated";

/// SplitMix64's output for the state `number`.
static inline uint64_t sampleMix(uint64_t number) {
  number += 0x9E3779B97F4A7C15u;
  number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9u;
  number = (number ^ (number >> 27)) * 0x94D049BB133111EBu;
  return number ^ (number >> 31);
}

/// The id of event `number` of the run `seed`: unique, in no order, like a random UUID.
static inline void sampleID(uint64_t seed, uint64_t number, unsigned char id[16]) {
  uint64_t high = sampleMix(seed ^ (number * 2));
  uint64_t low = sampleMix(number);
  memcpy(id, &high, 8);
  memcpy(id + 8, &low, 8);
}

/// The subject of event `number`: one of ten thousand, without a closing zero.
static inline void sampleSubject(uint64_t number, char subject[sampleSubjectBytes]) {
  uint64_t customer = sampleMix(number) % sampleSubjects;
  subject[0] = 'c';
  for (int index = sampleSubjectBytes - 1; index > 0; index -= 1) {
    subject[index] = (char)('0' + customer % 10);
    customer /= 10;
  }
}

/// Fills `text` with `bytes` bytes of words.
static inline void sampleText(uint64_t number, char *text, size_t bytes) {
  static const char words[32][10] = {
      "basket ", "shoes ",  "blue ",    "size ",   "checkout ", "voucher ", "42 ",      "red ",
      "jacket ", "return ", "delivery ", "later ", "gift ",     "coupon ",  "1999 ",    "wish ",
      "summer ", "sale ",   "express ", "card ",   "guest ",    "mobile ",  "promo ",   "7 ",
      "search ", "detail ", "image ",   "review ", "stars ",    "stock ",   "low ",     "cart ",
  };
  size_t filled = 0;
  uint64_t random = sampleMix(number);
  unsigned left = 12;
  while (filled < bytes) {
    if (left == 0) {
      random = sampleMix(random);
      left = 12;
    }
    const char *word = words[random & 31];
    random >>= 5;
    left -= 1;
    while (*word != 0 && filled < bytes) text[filled++] = *word++;
  }
}

#endif
