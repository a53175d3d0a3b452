package dev.orrery.kubernetes.manifests;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Objects of Kubernetes as maps. */
public final class Trees {

  private static final Pattern WORD_BOUNDARY = Pattern.compile("_([a-z])");

  /** Where a capital letter more is all that Python's names and the API's have not in common. */
  private static final Map<String, String> OTHERWISE =
      Map.of(
          "host_ipc", "hostIPC",
          "host_pid", "hostPID",
          "set_hostname_as_fqdn", "setHostnameAsFQDN",
          "external_i_ps", "externalIPs",
          "cluster_ip", "clusterIP");

  private Trees() {}

  /** A map in the order of the arguments: key, value, key, value. A null value is left out. */
  public static Map<String, Object> tree(@Nullable Object... keysAndValues) {
    var tree = new LinkedHashMap<String, Object>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      Object value = keysAndValues[i + 1];
      if (value != null) {
        tree.put(String.valueOf(keysAndValues[i]), value);
      }
    }
    return tree;
  }

  /**
   * A field of the API: settings may have the names that Kubernetes' Python client has, such as
   * {@code service_account_name}.
   */
  static String field(String name) {
    String otherwise = OTHERWISE.get(name);
    return otherwise != null
        ? otherwise
        : WORD_BOUNDARY.matcher(name).replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
  }

  /**
   * An object of the API as settings write it, its own fields under the API's names. What is below
   * them is as it was written.
   *
   * @throws IllegalArgumentException when it is no map; {@code trait} is named then
   */
  static Map<String, Object> object(@Nullable Object written, String trait) {
    if (!(written instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException(
          trait + " has the entry " + written + ", but each of them must be a dictionary");
    }
    var object = new LinkedHashMap<String, Object>();
    map.forEach((name, value) -> {
      if (value != null) {
        object.put(field(String.valueOf(name)), value);
      }
    });
    return object;
  }

  /** The same for each of a list. */
  static List<Map<String, Object>> objects(List<?> written, String trait) {
    return written.stream().map(one -> object(one, trait)).toList();
  }

  /** Puts fields in the place of those that are there; {@code null} removes one. */
  static void override(Map<String, Object> object, Map<?, ?> changes) {
    changes.forEach((name, value) -> {
      String field = field(String.valueOf(name));
      if (value == null) {
        object.remove(field);
      } else {
        object.put(field, value);
      }
    });
  }

  /** A tree with another one merged into it; {@code null} in that removes what has the key. */
  static Map<String, @Nullable Object> merged(Map<?, ?> base, Map<?, ?> changes) {
    var merged = new LinkedHashMap<String, @Nullable Object>();
    base.forEach((key, value) -> merged.put(String.valueOf(key), value));
    changes.forEach((name, value) -> {
      String key = String.valueOf(name);
      if (value instanceof Map<?, ?> more) {
        merged.put(key, merged(merged.get(key) instanceof Map<?, ?> old ? old : Map.of(), more));
      } else if (value == null) {
        merged.remove(key);
      } else {
        merged.put(key, value);
      }
    });
    return merged;
  }
}
