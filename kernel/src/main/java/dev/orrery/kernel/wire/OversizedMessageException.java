package dev.orrery.kernel.wire;

import java.io.IOException;
import java.io.Serial;
import java.util.List;

/** A message was larger than allowed and was skipped; the connection goes on. */
public final class OversizedMessageException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  private final transient List<byte[]> parts;
  private final long size;

  OversizedMessageException(List<byte[]> parts, long size, long limit) {
    super("A message of %d bytes was skipped; %d are allowed.".formatted(size, limit));
    this.parts = List.copyOf(parts);
    this.size = size;
  }

  /** What came, with an empty array for each part that was skipped. */
  public List<byte[]> parts() {
    return parts;
  }

  /** Bytes of the whole message. */
  public long size() {
    return size;
  }
}
