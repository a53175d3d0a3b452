package dev.orrery.server.lab;

import dev.orrery.http.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an installation sets in place of the schemas' defaults: {@code overrides.d}, {@code
 * overrides.json} and {@code overrides.json5} of the application's folders, then {@code
 * default_setting_overrides} of all configuration folders.
 */
final class SettingOverrides {

  private final LabFolders folders;

  SettingOverrides(LabFolders folders) {
    this.folders = folders;
  }

  /** The values by plugin. */
  ObjectNode read() {
    ObjectNode overrides = Json.object();
    for (Path settings : folders.appSettings().reversed()) {
      List<Path> files =
          new ArrayList<>(SectionFiles.parts(settings.resolve("overrides.d"), "\\.json5?"));
      files.add(settings.resolve("overrides.json"));
      files.add(settings.resolve("overrides.json5"));
      files.forEach(file ->
          JsonFile.readRelaxed(file).ifPresent(content -> SectionFiles.merge(overrides, content)));
    }
    SectionFiles.merge(
        overrides, SectionFiles.read(folders.labconfig(), "default_setting_overrides"));
    return overrides;
  }

  /** Puts the values for one plugin into its schema. */
  static void apply(ObjectNode schema, ObjectNode values) {
    ObjectNode properties =
        schema.path("properties") instanceof ObjectNode existing
            ? existing
            : schema.putObject("properties");
    values
        .properties()
        .forEach(entry -> {
          ObjectNode property =
              properties.path(entry.getKey()) instanceof ObjectNode existing
                  ? existing
                  : properties.putObject(entry.getKey());
          if (property.path("default") instanceof ObjectNode old
              && entry.getValue() instanceof ObjectNode) {
            SectionFiles.merge(old, entry.getValue());
          } else {
            property.set("default", entry.getValue());
          }
        });
  }
}
