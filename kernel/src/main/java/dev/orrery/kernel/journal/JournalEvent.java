package dev.orrery.kernel.journal;

import dev.orrery.kernel.message.Message;

/** Something that changes a journal. The same events in the same order make the same journal. */
sealed interface JournalEvent {

  /** About what a journal keeps of it takes, in bytes. */
  default long size() {
    return 64;
  }

  /** A page asked the kernel to run a cell. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  record Asked(String session, String msgId, byte[] header, String cellId, String code)
      implements JournalEvent {
    @Override
    public long size() {
      return 64L + header.length + code.length();
    }
  }

  /** The kernel published something about a run. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  record Said(String msgId, String type, byte[] content) implements JournalEvent {
    @Override
    public long size() {
      return 64L + content.length;
    }
  }

  /** What the kernel published about a run was too much; it is only counted. */
  record Dropped(String msgId, long messages, long bytes) implements JournalEvent {}

  /** The kernel answered the request to run a cell, or asked something on behalf of the cell. */
  record Replied(String msgId, String type, Message message) implements JournalEvent {
    @Override
    public long size() {
      return 64L + message.size();
    }
  }

  /** A page answered what the kernel asked. */
  record Answered() implements JournalEvent {}

  /** Somebody has read all of a run in its notebook. */
  record Read(String msgId) implements JournalEvent {}

  /** A run is not to be known any more. */
  record Forgotten(String msgId) implements JournalEvent {}

  /** The kernel's process ended. */
  record Ended() implements JournalEvent {}

  /** A page is attached. */
  record Came(String session) implements JournalEvent {}

  /** A page is not attached any more. */
  record Left(String session) implements JournalEvent {}
}
