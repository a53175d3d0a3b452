package dev.orrery.kernel.message;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/** Writes headers of our own messages. */
final class HeaderWriter {

  /** The messaging protocol we speak. */
  static final String PROTOCOL = "5.4";

  private HeaderWriter() {}

  static byte[] write(Header header) {
    var out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = HeaderReader.JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("msg_id", header.msgId());
      json.writeStringProperty("msg_type", header.msgType());
      json.writeStringProperty("username", header.username());
      json.writeStringProperty("session", header.session());
      json.writeStringProperty("date", Instant.now().truncatedTo(ChronoUnit.MICROS).toString());
      json.writeStringProperty("version", header.version());
      if (!header.subshellId().isEmpty()) {
        json.writeStringProperty("subshell_id", header.subshellId());
      }
      json.writeEndObject();
    }
    return out.toByteArray();
  }
}
