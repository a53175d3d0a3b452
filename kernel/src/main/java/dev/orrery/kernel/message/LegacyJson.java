package dev.orrery.kernel.message;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;

/**
 * The JSON object of the legacy framing. Parts are cut out of it and spliced into it as bytes, so a
 * value of 1.10 stays 1.10 and a large output is not parsed.
 */
final class LegacyJson {

  private static final byte[] EMPTY_OBJECT = {'{', '}'};

  private LegacyJson() {}

  static byte[] write(Message message) {
    Header header = message.parsedHeader();
    var out = new ByteArrayOutputStream((int) Math.min(message.size() + 256, 1 << 20));
    raw(out, "{\"header\":");
    out.writeBytes(message.header());
    raw(out, ",\"msg_id\":");
    out.writeBytes(quoted(header.msgId()));
    raw(out, ",\"msg_type\":");
    out.writeBytes(quoted(header.msgType()));
    raw(out, ",\"parent_header\":");
    out.writeBytes(message.parentHeader());
    raw(out, ",\"metadata\":");
    out.writeBytes(message.metadata());
    raw(out, ",\"content\":");
    out.writeBytes(message.content());
    if (message.buffers().isEmpty()) {
      raw(out, ",\"buffers\":[]");
    }
    raw(out, ",\"channel\":\"" + message.channel().wireName() + "\"}");
    return out.toByteArray();
  }

  static Message read(byte[] json, List<byte[]> buffers) throws MalformedMessageException {
    byte[] header = {};
    byte[] parent = EMPTY_OBJECT;
    byte[] metadata = EMPTY_OBJECT;
    byte[] content = EMPTY_OBJECT;
    Channel channel = Channel.SHELL;
    try (JsonParser parser = HeaderReader.JSON.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedMessageException("A kernel message must be a JSON object.");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (name) {
          case "header" -> header = cut(parser, json, name);
          case "parent_header" -> parent = cut(parser, json, name);
          case "metadata" -> metadata = cut(parser, json, name);
          case "content" -> content = cut(parser, json, name);
          case "channel" -> {
            if (value == JsonToken.VALUE_STRING) {
              channel = WebSocketFrames.channel(parser.getString());
            } else if (value != JsonToken.VALUE_NULL) {
              throw new MalformedMessageException(
                  "The channel of a kernel message must be a string.");
            }
          }
          default -> parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw new MalformedMessageException("Something follows the JSON of a kernel message.");
      }
    } catch (JacksonException e) {
      throw new MalformedMessageException(
          "A kernel message is not valid JSON: " + e.getOriginalMessage(), e);
    }
    if (header.length == 0) {
      throw new MalformedMessageException("A kernel message needs a header.");
    }
    HeaderReader.read(header, "header");
    return new Message(channel, header, parent, metadata, content, buffers);
  }

  private static byte[] cut(JsonParser parser, byte[] json, String part)
      throws MalformedMessageException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return EMPTY_OBJECT;
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new MalformedMessageException(
          "The " + part + " of a kernel message must be a JSON object.");
    }
    int from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    int to = (int) parser.currentLocation().getByteOffset();
    return Arrays.copyOfRange(json, from, to);
  }

  private static byte[] quoted(String value) {
    var out = new ByteArrayOutputStream(value.length() + 2);
    try (var json = HeaderReader.JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeString(value);
    }
    return out.toByteArray();
  }

  private static void raw(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}
