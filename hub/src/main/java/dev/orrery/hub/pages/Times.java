package dev.orrery.hub.pages;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as people read them. */
final class Times {

  private Times() {}

  static String iso(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** How long ago, or how long until then. */
  static String ago(Frame frame, Instant time) {
    Duration past = Duration.between(time, Instant.now());
    boolean ahead = past.isNegative();
    Duration length = past.abs();
    if (length.toMinutes() < 1) {
      return frame.say("time.now");
    }
    String key = ahead ? "time.until." : "time.";
    if (length.toHours() < 1) {
      return frame.say(key + "minutes", length.toMinutes());
    }
    return length.toDays() < 1
        ? frame.say(key + "hours", length.toHours())
        : frame.say(key + "days", length.toDays());
  }
}
