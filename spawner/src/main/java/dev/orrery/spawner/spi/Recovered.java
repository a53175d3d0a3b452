package dev.orrery.spawner.spi;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was found of a start whose state was not recorded. */
public sealed interface Recovered {

  /**
   * It is there.
   *
   * @param state as the start would have told it
   */
  record Found(Map<String, Object> state) implements Recovered {

    public Found {
      state = Collections.unmodifiableMap(new LinkedHashMap<>(state));
    }
  }

  /** There is nothing of it. */
  record Nothing() implements Recovered {}

  /**
   * It can't be told; ask again, or an administrator.
   *
   * @param reason a sentence for the log
   */
  record Unknown(String reason) implements Recovered {}
}
