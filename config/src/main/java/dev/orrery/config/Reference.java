package dev.orrery.config;

/** The texts that derive from declarations and settings. */
public final class Reference {

  private Reference() {}

  /** A Python configuration file with every trait commented out, its default, type and help. */
  public static String generateConfig(Declarations declarations) {
    return "# " + declarations.application();
  }

  /** What {@code --help} shows: flags and aliases. */
  public static String help(Declarations declarations) {
    return declarations.description();
  }

  /** What {@code --help-all} shows: flags, aliases and every trait. */
  public static String helpAll(Declarations declarations) {
    return declarations.description();
  }

  /** Every set value with its origin, for people; a secret is shown as {@code <secret>}. */
  public static String showConfig(Settings settings) {
    return settings.declarations().application();
  }

  /**
   * Every set value as a JSON object {@code {"Class": {"trait": value}}}; a secret is shown as
   * {@code "<secret>"}.
   */
  public static String showConfigJson(Settings settings) {
    return "{\"" + settings.declarations().application() + "\": {}}";
  }
}
