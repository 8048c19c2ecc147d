// Growing buffers, and a blocking connection to a port of this machine.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"

char *bufferReserve(struct buffer *buffer, size_t count) {
  if (buffer->count + count > buffer->capacity) {
    size_t capacity = buffer->capacity == 0 ? 1 << 16 : buffer->capacity;
    while (capacity < buffer->count + count) capacity *= 2;
    buffer->bytes = realloc(buffer->bytes, capacity);
    buffer->capacity = capacity;
  }
  return buffer->bytes + buffer->count;
}

void bufferAdd(struct buffer *buffer, const void *bytes, size_t count) {
  memcpy(bufferReserve(buffer, count), bytes, count);
  buffer->count += count;
}

void bufferText(struct buffer *buffer, const char *text) {
  bufferAdd(buffer, text, strlen(text));
}

void bufferNumber(struct buffer *buffer, uint64_t number) {
  char digits[20];
  int first = 20;
  do {
    digits[--first] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  bufferAdd(buffer, digits + first, (size_t)(20 - first));
}

void channelOpen(struct channel *channel, int port) {
  *channel = (struct channel){.descriptor = socket(AF_INET, SOCK_STREAM, 0)};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(channel->descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
    fail("port %d: %s", port, strerror(errno));
  }
  int on = 1;
  setsockopt(channel->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void channelClose(struct channel *channel) {
  close(channel->descriptor);
  free(channel->input.bytes);
}

void channelSend(struct channel *channel, const struct buffer *output) {
  size_t sent = 0;
  while (sent < output->count) {
    ssize_t count = send(channel->descriptor, output->bytes + sent, output->count - sent, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail("the server closed the connection: %s", strerror(errno));
    sent += (size_t)count;
  }
}

/// Brings in more bytes. What has been taken is dropped first once it is much.
static void receive(struct channel *channel) {
  struct buffer *input = &channel->input;
  if (channel->start == input->count) {
    channel->start = input->count = 0;
  } else if (channel->start > 1 << 16) {
    memmove(input->bytes, input->bytes + channel->start, input->count - channel->start);
    input->count -= channel->start;
    channel->start = 0;
  }
  char *end = bufferReserve(input, 1 << 16);
  ssize_t count;
  do {
    count = recv(channel->descriptor, end, 1 << 16, 0);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) fail("the server closed the connection: %s", strerror(errno));
  input->count += (size_t)count;
}

char *channelLine(struct channel *channel, size_t *bytes) {
  size_t searched = 0;
  for (;;) {
    struct buffer *input = &channel->input;
    char *start = input->bytes + channel->start;
    size_t held = input->count - channel->start;
    char *end = held > searched ? memchr(start + searched, '\n', held - searched) : NULL;
    if (end != NULL) {
      channel->start += (size_t)(end - start) + 1;
      *bytes = (size_t)(end - start) - (end > start && end[-1] == '\r');
      return start;
    }
    searched = held;
    receive(channel);
  }
}

char *channelBytes(struct channel *channel, size_t count) {
  while (channel->input.count - channel->start < count) receive(channel);
  char *start = channel->input.bytes + channel->start;
  channel->start += count;
  return start;
}
