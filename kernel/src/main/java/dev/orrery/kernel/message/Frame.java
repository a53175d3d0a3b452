package dev.orrery.kernel.message;

/** A WebSocket frame of the legacy framing: text, or binary when the message has buffers. */
public sealed interface Frame {

  /** One JSON object. */
  record Text(String text) implements Frame {}

  /** A table of offsets, one JSON object and the buffers. */
  @SuppressWarnings("ArrayRecordComponent") // Handed to a socket at once, never compared.
  record Binary(byte[] bytes) implements Frame {}
}
