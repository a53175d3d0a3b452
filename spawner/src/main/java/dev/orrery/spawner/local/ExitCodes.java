package dev.orrery.spawner.local;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** How processes ended, of the last ones. */
final class ExitCodes {

  private static final int MOST = 4096;

  private final Map<String, Integer> codes =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MOST;
        }
      };

  synchronized void put(String identity, int code) {
    codes.put(identity, code);
  }

  synchronized OptionalInt find(String identity) {
    @Nullable Integer code = codes.get(identity);
    return code == null ? OptionalInt.empty() : OptionalInt.of(code);
  }
}
