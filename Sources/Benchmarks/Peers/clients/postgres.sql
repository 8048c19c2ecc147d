-- A message store in the manner of message-db: one table with its three indexes, and a function
-- that writes one message under a lock of its category, so that positions become visible in order.
CREATE TABLE messages (
  global_position bigserial PRIMARY KEY,
  position bigint NOT NULL,
  time timestamptz NOT NULL DEFAULT now(),
  stream_name text NOT NULL,
  type text NOT NULL,
  data jsonb,
  metadata jsonb,
  id uuid NOT NULL
);
CREATE UNIQUE INDEX messages_id ON messages (id);
CREATE UNIQUE INDEX messages_stream ON messages (stream_name, position);
CREATE INDEX messages_category ON messages (split_part(stream_name, '-', 1), global_position);

CREATE FUNCTION write_message(
  message_id uuid, stream text, message_type text, message_data jsonb, happened timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  next_position bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(split_part(stream, '-', 1), 0));
  SELECT COALESCE(max(position), -1) + 1 INTO next_position
    FROM messages WHERE stream_name = stream;
  INSERT INTO messages (position, time, stream_name, type, data, id)
    VALUES (next_position, happened, stream, message_type, message_data, message_id);
  RETURN next_position;
END
$$;
