package dev.orrery.kernel;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a {@code kernel.json} says. Keys it may have and we do not use are kept out, as
 * jupyter_client does.
 *
 * @param name lower-case name of its directory
 * @param resourceDir the directory, with logos and {@code kernel.js}
 * @param argv the command, with {@code {connection_file}} and the like not replaced yet
 * @param displayName for people; may be empty
 * @param language such as {@code python}; may be empty
 * @param interruptMode how it is interrupted
 * @param env added to its environment, with {@code ${VAR}} not replaced yet
 * @param metadata a JSON object, as written; do not change it
 * @param kernelProtocolVersion as written; null when absent
 * @param resources files of the directory that pages may load, by file name without extension for
 *     logos ({@code logo-32x32}) and by file name otherwise ({@code kernel.js})
 */
public record KernelSpec(
    String name,
    Path resourceDir,
    List<String> argv,
    String displayName,
    String language,
    InterruptMode interruptMode,
    Map<String, String> env,
    ObjectNode metadata,
    @Nullable String kernelProtocolVersion,
    Map<String, Path> resources) {

  /** Copies the collections, keeping their order. */
  public KernelSpec {
    argv = List.copyOf(argv);
    env = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(env));
    resources = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(resources));
  }

  /** What {@code GET /api/kernelspecs} shows under {@code spec}. A new object each time. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    var argvJson = json.putArray("argv");
    argv.forEach(argvJson::add);
    var envJson = json.putObject("env");
    env.forEach(envJson::put);
    json.put("display_name", displayName);
    json.put("language", language);
    json.put("interrupt_mode", interruptMode.wireName());
    json.set("metadata", metadata.deepCopy());
    json.put("kernel_protocol_version", kernelProtocolVersion == null ? "" : kernelProtocolVersion);
    return json;
  }
}
