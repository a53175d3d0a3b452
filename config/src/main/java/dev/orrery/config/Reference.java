package dev.orrery.config;

/** The texts that derive from declarations and settings; none contains a secret. */
public final class Reference {

  private Reference() {}

  /**
   * A Python configuration file with every trait commented out: what it does, its type, its
   * default, and how far it is supported. With all comments before {@code c.} removed it sets the
   * declared defaults.
   */
  public static String generateConfig(Declarations declarations) {
    return GeneratedConfig.text(declarations);
  }

  /** What {@code --help} shows: flags and aliases. */
  public static String help(Declarations declarations) {
    return HelpText.options(declarations);
  }

  /** What {@code --help-all} shows: flags, aliases and every trait by class. */
  public static String helpAll(Declarations declarations) {
    return HelpText.everything(declarations);
  }

  /** Every setting by class as tables of Markdown, for documentation. */
  public static String table(Declarations declarations) {
    return SettingsTable.text(declarations);
  }

  /** Every set value with its origin, for people; a secret is shown as {@code <secret>}. */
  public static String showConfig(Settings settings) {
    return ShownConfig.text(settings);
  }

  /**
   * Every set value as a JSON object {@code {"Class": {"trait": value}}}, sorted by name; a secret
   * is the text {@code <secret>}, bytes and numbers without a JSON form are their Python literals.
   */
  public static String showConfigJson(Settings settings) {
    return ShownConfig.json(settings);
  }
}
