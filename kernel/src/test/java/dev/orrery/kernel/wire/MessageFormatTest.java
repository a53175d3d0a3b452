package dev.orrery.kernel.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.MalformedMessageException;
import dev.orrery.kernel.message.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageFormatTest {

  private static final Message MESSAGE =
      Message.create(Channel.SHELL, "execute_request", "s", Header.EMPTY, "{\"code\":\"1\"}");

  @Test
  void signatureIsTheHexHmacOfTheFourParts() {
    // printf '{}{}{}{}' | openssl dgst -sha256 -hmac key
    byte[] part = "{}".getBytes(UTF_8);
    assertThat(new MessageSigner("hmac-sha256", "key").sign(part, part, part, part))
        .asString(UTF_8)
        .isEqualTo(SIGNATURE);
    assertThat(new MessageSigner("hmac-sha256", "").sign(part, part, part, part)).isEmpty();
  }

  private static final String SIGNATURE =
      "ca767b02c5bc061ed184a9a029e7f93a7f2f7ed4e8fe74120fc1212f0b008fa3";

  @Test
  void messageIsReadBackThroughIdentities() throws MalformedMessageException {
    for (String scheme : List.of("hmac-md5", "hmac-sha256", "hmac-sha512", "HMAC-SHA1")) {
      var parts = new ArrayList<byte[]>();
      parts.add("identity".getBytes(UTF_8));
      parts.addAll(format(scheme, "secret").encode(MESSAGE));
      Message read = format(scheme, "secret").decode(Channel.SHELL, parts);
      assertThat(read.parsedHeader()).isEqualTo(MESSAGE.parsedHeader());
      assertThat(read.content()).isEqualTo(MESSAGE.content());
    }
    assertThatIllegalArgumentException().isThrownBy(() -> new MessageSigner("rot13", "k"));
  }

  @Test
  void changedMessageIsRefused() {
    for (int changed = 1; changed < 6; changed++) {
      var parts = new ArrayList<>(format("hmac-sha256", "secret").encode(MESSAGE));
      byte[] other = parts.get(changed).clone();
      other[other.length - 1] ^= 1;
      parts.set(changed, other);
      assertRefused(format("hmac-sha256", "secret"), parts, "signature");
    }
    assertRefused(
        format("hmac-sha256", "another"),
        format("hmac-sha256", "secret").encode(MESSAGE),
        "signature");
  }

  @Test
  void recordedMessageCannotBePlayedBack() throws MalformedMessageException {
    MessageFormat writer = format("hmac-sha256", "secret");
    MessageFormat reader = format("hmac-sha256", "secret");
    List<byte[]> first = writer.encode(MESSAGE);
    assertThat(reader.decode(Channel.SHELL, first)).isNotNull();
    for (int i = 0; i < 15_000; i++) {
      Message other = Message.create(Channel.SHELL, "x", "s", Header.EMPTY, "{}");
      assertThat(reader.decode(Channel.SHELL, writer.encode(other))).isNotNull();
    }
    assertRefused(reader, first, "second time");
  }

  @Test
  void incompleteMessagesAreRefused() {
    MessageFormat format = format("hmac-sha256", "");
    assertRefused(format, List.of(), "delimiter");
    assertRefused(format, List.of(new byte[3], new byte[0]), "delimiter");
    List<byte[]> parts = format.encode(MESSAGE);
    assertRefused(format, parts.subList(0, 5), "JSON parts");
    var headless = new ArrayList<>(parts);
    headless.set(2, "{}".getBytes(UTF_8));
    assertRefused(format, headless, "header");
  }

  @Test
  void cellWhoseOutputWasTooLargeIsTold() {
    MessageFormat format = format("hmac-sha256", "secret");
    Message output =
        Message.create(Channel.IOPUB, "display_data", "k", MESSAGE.parsedHeader(), "{}");
    var parts = new ArrayList<>(format.encode(output));
    parts.set(5, new byte[0]);
    var oversized = new OversizedMessageException(parts, 700_000_000, 1);
    Message notice = format.noticeOf(Channel.IOPUB, oversized).orElseThrow();
    assertThat(notice.parsedParent()).isEqualTo(MESSAGE.parsedHeader());
    assertThat(notice.content()).asString(UTF_8).contains("stderr", "700 MB");
    assertThat(format.noticeOf(Channel.SHELL, oversized)).isEmpty();
    assertThat(
            format.noticeOf(
                Channel.IOPUB, new OversizedMessageException(List.of(new byte[0]), 1, 1)))
        .isEmpty();
  }

  private static MessageFormat format(String scheme, String key) {
    return new MessageFormat(new MessageSigner(scheme, key));
  }

  private static void assertRefused(MessageFormat format, List<byte[]> parts, String word) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> format.decode(Channel.SHELL, parts))
        .withMessageContaining(word);
  }
}
