package dev.orrery.kernel.wire;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.MalformedMessageException;
import dev.orrery.kernel.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The multipart form of a message: identities, the delimiter, a signature, four JSON parts, buffers
 * (jupyter_client's messaging.rst, "The Wire Protocol"). Not thread-safe, because the signer is
 * not.
 */
public final class MessageFormat {

  private static final byte[] DELIMITER = "<IDS|MSG>".getBytes(StandardCharsets.US_ASCII);
  private static final int JSON_PARTS = 4;

  private final MessageSigner signer;
  private final SeenSignatures seen = new SeenSignatures();

  /** A form that signs with, and checks against, {@code signer}. */
  public MessageFormat(MessageSigner signer) {
    this.signer = signer;
  }

  /** The parts to send, without identities. */
  public List<byte[]> encode(Message message) {
    var parts = new ArrayList<byte[]>(2 + JSON_PARTS + message.buffers().size());
    parts.add(DELIMITER);
    parts.add(
        signer.sign(
            message.header(), message.parentHeader(), message.metadata(), message.content()));
    parts.addAll(message.parts());
    return parts;
  }

  /**
   * What to tell in place of a message of which only the first parts came: a line on stderr for the
   * cell it belongs to. Empty when it was no output, or its headers did not come either. Its
   * signature cannot be checked, so nothing of it but the parent header is used.
   */
  public Optional<Message> noticeOf(Channel channel, OversizedMessageException oversized) {
    List<byte[]> parts = oversized.parts();
    int at = 0;
    while (at < parts.size() && !Arrays.equals(parts.get(at), DELIMITER)) {
      at++;
    }
    if (channel != Channel.IOPUB || parts.size() - at < 2 + JSON_PARTS) {
      return Optional.empty();
    }
    String text =
        "{\"name\":\"stderr\",\"text\":\"[An output of %d MB was dropped here: it is larger than the server's memory allows]\\n\"}"
            .formatted(oversized.size() / 1_000_000);
    Message notice =
        Message.create(
            channel, "stream", "", parts.get(at + 3), text.getBytes(StandardCharsets.UTF_8));
    return notice.parsedParent().isEmpty() ? Optional.empty() : Optional.of(notice);
  }

  /**
   * Reads what came on a channel. Identities before the delimiter are skipped.
   *
   * @throws MalformedMessageException when parts are missing, the signature is wrong, the message
   *     came before, or its header is empty or no JSON object
   */
  public Message decode(Channel channel, List<byte[]> parts) throws MalformedMessageException {
    int at = 0;
    while (at < parts.size() && !Arrays.equals(parts.get(at), DELIMITER)) {
      at++;
    }
    if (parts.size() - at < 2 + JSON_PARTS) {
      throw new MalformedMessageException(
          "A message of " + parts.size() + " parts lacks the delimiter or one of its JSON parts.");
    }
    byte[] signature = parts.get(at + 1);
    var message =
        new Message(
            channel,
            parts.get(at + 2),
            parts.get(at + 3),
            parts.get(at + 4),
            parts.get(at + 5),
            parts.subList(at + 2 + JSON_PARTS, parts.size()));
    if (!signer.verify(
        signature,
        message.header(),
        message.parentHeader(),
        message.metadata(),
        message.content())) {
      throw new MalformedMessageException(
          "A message on " + channel.wireName() + " has a wrong signature.");
    }
    if (signer.isSigning() && !seen.add(signature)) {
      throw new MalformedMessageException(
          "A message on " + channel.wireName() + " came a second time.");
    }
    if (message.parsedHeader().isEmpty()) {
      throw new MalformedMessageException(
          "A message on " + channel.wireName() + " has no valid header.");
    }
    return message;
  }
}
