package dev.orrery.hub.settings;

import java.util.List;

/**
 * Something that can be plugged in, by all the names that settings have for it.
 *
 * @param packageName of Python; its class may be in any module of it
 * @param className of Python
 * @param registered names by which the package registers it
 */
record PluginName(String packageName, String className, List<String> registered) {

  PluginName {
    registered = List.copyOf(registered);
  }

  boolean isCalled(String name) {
    return registered.contains(name)
        || name.equals(packageName + "." + className)
        || name.startsWith(packageName + ".") && name.endsWith("." + className);
  }
}
