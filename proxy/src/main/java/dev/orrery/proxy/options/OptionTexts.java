package dev.orrery.proxy.options;

/** What people read about the options. */
final class OptionTexts {

  private static final String ENVIRONMENT =
      """
      CONFIGPROXY_AUTH_TOKEN               what callers of the API have to know
      CONFIGPROXY_SSL_KEY_PASSPHRASE       of --ssl-key
      CONFIGPROXY_API_SSL_KEY_PASSPHRASE   of --api-ssl-key
      """;

  private OptionTexts() {}

  static String help() {
    var text = new StringBuilder("Usage: orrery proxy [options]\n");
    String group = "";
    for (ProxyOption option : ProxyOption.values()) {
      if (!option.group().equals(group)) {
        group = option.group();
        text.append('\n').append(group).append('\n');
      }
      String start = "  " + option.flag() + " " + option.argument();
      text.append("%-38s ".formatted(start)).append(option.help());
      if (!option.fallback().isEmpty()) {
        text.append(" Default: ").append(option.fallback()).append('.');
      }
      text.append('\n');
    }
    return text.append("\nEnvironment\n").append(ENVIRONMENT.indent(2)).toString();
  }

  /** The same as a page of the documentation. */
  static String page() {
    var text =
        new StringBuilder(
            """
            # Options of `orrery proxy`

            Made from the table the program reads them by (`proxy/…/options/ProxyOption.java`). Names, values and defaults are
            those of configurable-http-proxy 5.3. `--name value` and `--name=value` mean the same; of an option that is
            given twice, the last counts.
            """);
    String group = "";
    for (ProxyOption option : ProxyOption.values()) {
      if (!option.group().equals(group)) {
        group = option.group();
        text.append("\n## ").append(group).append("\n\n");
        text.append("| option | default | |\n|---|---|---|\n");
      }
      text.append("| `").append((option.flag() + " " + option.argument()).strip());
      text.append("` | ").append(option.fallback());
      text.append(" | ").append(option.help().replace("<", "&lt;")).append(" |\n");
    }
    text.append("\n## Environment\n\n").append(ENVIRONMENT.indent(4));
    return text.toString();
  }
}
