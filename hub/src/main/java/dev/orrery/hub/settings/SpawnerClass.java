package dev.orrery.hub.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A way to start servers, by all the names that settings have for it. */
public enum SpawnerClass {
  LOCAL("jupyterhub", "LocalProcessSpawner", "localprocess", "default"),
  SIMPLE("jupyterhub", "SimpleLocalProcessSpawner", "simple"),
  KUBERNETES("kubespawner", "KubeSpawner");

  @SuppressWarnings("ImmutableEnumChecker")
  private final PluginName name;

  SpawnerClass(String packageName, String className, String... names) {
    this.name = new PluginName(packageName, className, List.of(names));
  }

  /** The section of its settings. */
  public String section() {
    return name.className();
  }

  /** The name that messages have for it. */
  public String shortName() {
    return name.registered().isEmpty()
        ? name.packageName() + "." + name.className()
        : name.registered().getFirst();
  }

  /** What is called so; nothing where that is none of ours. */
  public static Optional<SpawnerClass> of(String name) {
    return Arrays.stream(values()).filter(known -> known.name.isCalled(name)).findFirst();
  }
}
