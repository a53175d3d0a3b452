package dev.orrery.server.settings;

import dev.orrery.server.hub.CookieOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads attributes of cookies by the names that upstream takes them by. */
final class CookieReader {

  private CookieOptions options;
  private final List<String> problems = new ArrayList<>();

  private CookieReader(CookieOptions usual) {
    options = usual;
  }

  static CookieReader read(CookieOptions usual, Map<String, Object> given) {
    var reader = new CookieReader(usual);
    given.forEach((key, value) -> reader.take(key.toLowerCase(Locale.ROOT), value));
    return reader;
  }

  /** What was read; each problem is told first. */
  CookieOptions options(Consumer<String> problem) {
    problems.forEach(problem);
    return options;
  }

  private void take(String key, Object value) {
    String text = value == null ? "" : value.toString();
    switch (key) {
      case "expires_days" -> age(key, text, Duration.ofDays(1));
      case "max_age" -> age(key, text, Duration.ofSeconds(1));
      case "secure" -> {
        if (value instanceof Boolean on) {
          options = with(Optional.of(on), options.path(), options.domain(), options.sameSite());
        } else {
          problems.add("secure is '" + text + "'; it has to be true or false");
        }
      }
      case "path" -> {
        if (text.matches("/[^;\\s\\p{Cntrl}]*")) {
          options = with(options.secure(), Optional.of(text), options.domain(), options.sameSite());
        } else {
          problems.add("path is '" + text + "'; it has to begin with a slash");
        }
      }
      case "domain" -> {
        if (text.matches("\\.?[A-Za-z0-9.-]+")) {
          options = with(options.secure(), options.path(), Optional.of(text), options.sameSite());
        } else {
          problems.add("domain is '" + text + "'; it has to be a host name");
        }
      }
      case "samesite" -> {
        if (text.matches("(?i)lax|strict|none")) {
          options = with(options.secure(), options.path(), options.domain(), Optional.of(text));
        } else {
          problems.add("samesite is '" + text + "'; it has to be Lax, Strict or None");
        }
      }
      case "httponly" -> {
        if (!Boolean.TRUE.equals(value)) {
          problems.add("httponly is '" + text + "'; login cookies are never shown to scripts");
        }
      }
      default ->
          problems.add(
              "'"
                  + key
                  + "' is not known; there are expires_days, max_age, secure, path, domain and"
                  + " samesite");
    }
  }

  /** Nothing stands for as long as the browser runs. */
  private void age(String key, String text, Duration unit) {
    if (text.isEmpty()) {
      age(Duration.ZERO);
    } else if (text.matches("\\d{1,9}(\\.\\d+)?")) {
      age(Duration.ofSeconds(Math.round(Double.parseDouble(text) * unit.toSeconds())));
    } else {
      problems.add(key + " is '" + text + "'; it has to be a number, or null");
    }
  }

  private void age(Duration age) {
    options =
        new CookieOptions(
            options.hostPrefix(),
            age,
            options.secure(),
            options.path(),
            options.domain(),
            options.sameSite());
  }

  private CookieOptions with(
      Optional<Boolean> secure,
      Optional<String> path,
      Optional<String> domain,
      Optional<String> sameSite) {
    return new CookieOptions(options.hostPrefix(), options.age(), secure, path, domain, sameSite);
  }
}
