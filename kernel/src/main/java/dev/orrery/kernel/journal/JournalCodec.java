package dev.orrery.kernel.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.kernel.journal.JournalEvent.Answered;
import dev.orrery.kernel.journal.JournalEvent.Asked;
import dev.orrery.kernel.journal.JournalEvent.Came;
import dev.orrery.kernel.journal.JournalEvent.Dropped;
import dev.orrery.kernel.journal.JournalEvent.Ended;
import dev.orrery.kernel.journal.JournalEvent.Forgotten;
import dev.orrery.kernel.journal.JournalEvent.Left;
import dev.orrery.kernel.journal.JournalEvent.Read;
import dev.orrery.kernel.journal.JournalEvent.Replied;
import dev.orrery.kernel.journal.JournalEvent.Said;
import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Message;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How events are written: a letter for the kind, the number of its fields, and each field with its
 * length before it.
 */
final class JournalCodec {

  private static final int MAX_FIELDS = 16;

  private JournalCodec() {}

  static void write(JournalEvent event, DataOutputStream out) throws IOException {
    switch (event) {
      case Asked(var session, var msgId, var header, var cellId, var code) ->
          write(out, 'a', text(session), text(msgId), header, text(cellId), text(code));
      case Said(var msgId, var type, var content) ->
          write(out, 's', text(msgId), text(type), content);
      case Dropped(var msgId, var messages, var bytes) ->
          write(out, 'd', text(msgId), text(Long.toString(messages)), text(Long.toString(bytes)));
      case Replied(var msgId, var type, var message) ->
          write(
              out,
              'r',
              text(msgId),
              text(type),
              text(message.channel().wireName()),
              message.header(),
              message.parentHeader(),
              message.metadata(),
              message.content());
      case Answered() -> write(out, 'w');
      case Read(var msgId) -> write(out, 'k', text(msgId));
      case Forgotten(var msgId) -> write(out, 'f', text(msgId));
      case Ended() -> write(out, 'e');
      case Came(var session) -> write(out, 'c', text(session));
      case Left(var session) -> write(out, 'l', text(session));
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(UTF_8);
  }

  private static void write(DataOutputStream out, char kind, byte[]... fields) throws IOException {
    out.writeByte(kind);
    out.writeByte(fields.length);
    for (byte[] field : fields) {
      out.writeInt(field.length);
      out.write(field);
    }
  }

  /**
   * The next event.
   *
   * @param left how many bytes there can be at most
   * @return null at the end, be it in the middle of an event, or of what is none
   */
  static @Nullable JournalEvent read(DataInputStream in, long left) throws IOException {
    try {
      char kind = (char) in.readUnsignedByte();
      int count = in.readUnsignedByte();
      if (count > MAX_FIELDS) {
        return null;
      }
      var fields = new ArrayList<byte[]>(count);
      for (int i = 0; i < count; i++) {
        int length = in.readInt();
        if (length < 0 || length > left) {
          return null;
        }
        byte[] field = in.readNBytes(length);
        if (field.length < length) {
          return null;
        }
        fields.add(field);
      }
      return event(kind, fields);
    } catch (EOFException | IndexOutOfBoundsException | IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable JournalEvent event(char kind, List<byte[]> fields) {
    return switch (kind) {
      case 'a' ->
          new Asked(
              text(fields, 0), text(fields, 1), fields.get(2), text(fields, 3), text(fields, 4));
      case 's' -> new Said(text(fields, 0), text(fields, 1), fields.get(2));
      case 'd' ->
          new Dropped(
              text(fields, 0), Long.parseLong(text(fields, 1)), Long.parseLong(text(fields, 2)));
      case 'r' ->
          new Replied(
              text(fields, 0),
              text(fields, 1),
              new Message(
                  channel(text(fields, 2)),
                  fields.get(3),
                  fields.get(4),
                  fields.get(5),
                  fields.get(6),
                  List.of()));
      case 'w' -> new Answered();
      case 'k' -> new Read(text(fields, 0));
      case 'f' -> new Forgotten(text(fields, 0));
      case 'e' -> new Ended();
      case 'c' -> new Came(text(fields, 0));
      case 'l' -> new Left(text(fields, 0));
      default -> null;
    };
  }

  private static Channel channel(String name) {
    for (Channel channel : Channel.values()) {
      if (channel.wireName().equals(name)) {
        return channel;
      }
    }
    throw new IllegalArgumentException(name);
  }

  private static String text(List<byte[]> fields, int index) {
    return new String(fields.get(index), UTF_8);
  }
}
