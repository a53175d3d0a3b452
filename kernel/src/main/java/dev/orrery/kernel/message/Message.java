package dev.orrery.kernel.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * One Jupyter message. The four JSON parts are kept as the bytes the sender wrote and are never
 * encoded again, so numbers, key order and unknown fields arrive as they were sent. The arrays are
 * shared, not copied: nobody may change them.
 *
 * @param channel where it travels
 * @param header JSON object in UTF-8
 * @param parentHeader JSON object in UTF-8, {@code {}} when the message answers nothing
 * @param metadata JSON object in UTF-8
 * @param content JSON object in UTF-8
 * @param buffers binary attachments, mostly none
 */
@SuppressWarnings("ArrayRecordComponent") // Copying megabytes for value semantics helps nobody.
public record Message(
    Channel channel,
    byte[] header,
    byte[] parentHeader,
    byte[] metadata,
    byte[] content,
    List<byte[]> buffers) {

  private static final byte[] EMPTY_OBJECT = {'{', '}'};

  /** Copies the list of buffers. */
  public Message {
    buffers = List.copyOf(buffers);
  }

  /** The header's fields; {@link Header#EMPTY} when the bytes are not a JSON object. */
  public Header parsedHeader() {
    return parse(header, "header");
  }

  /** The parent header's fields; {@link Header#EMPTY} when there is none or it is not JSON. */
  public Header parsedParent() {
    return parse(parentHeader, "parent header");
  }

  /** Bytes of all parts together. */
  public long size() {
    long size = (long) header.length + parentHeader.length + metadata.length + content.length;
    for (byte[] buffer : buffers) {
      size += buffer.length;
    }
    return size;
  }

  /** The same parts on another channel. */
  public Message on(Channel other) {
    return new Message(other, header, parentHeader, metadata, content, buffers);
  }

  /**
   * A message of our own, with a new id and the current time.
   *
   * @param parent what it answers; {@link Header#EMPTY} gives the parent header {@code {}}
   * @param content JSON object in UTF-8
   */
  public static Message create(
      Channel channel, String msgType, String session, Header parent, byte[] content) {
    byte[] parentHeader = parent.isEmpty() ? EMPTY_OBJECT : HeaderWriter.write(parent);
    return create(channel, msgType, session, parentHeader, content);
  }

  /** As the other {@code create}, with the parent header as the bytes to send. */
  public static Message create(
      Channel channel, String msgType, String session, byte[] parentHeader, byte[] content) {
    var header =
        new Header(
            UUID.randomUUID().toString(), session, "orrery", msgType, HeaderWriter.PROTOCOL, "");
    return new Message(
        channel, HeaderWriter.write(header), parentHeader, EMPTY_OBJECT, content, List.of());
  }

  /** As the other {@code create}, with JSON text. */
  public static Message create(
      Channel channel, String msgType, String session, Header parent, String content) {
    return create(channel, msgType, session, parent, content.getBytes(StandardCharsets.UTF_8));
  }

  private static Header parse(byte[] json, String part) {
    try {
      return HeaderReader.read(json, part);
    } catch (MalformedMessageException e) {
      return Header.EMPTY;
    }
  }

  /** Header, parent header, metadata and content, in the order the wire has them. */
  public List<byte[]> parts() {
    var parts = new ArrayList<byte[]>(4 + buffers.size());
    parts.add(header);
    parts.add(parentHeader);
    parts.add(metadata);
    parts.add(content);
    parts.addAll(buffers);
    return parts;
  }

  @Override
  public String toString() {
    return "Message[" + channel.wireName() + ' ' + parsedHeader().msgType() + ']';
  }
}
