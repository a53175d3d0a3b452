package dev.orrery.hub.settings;

import dev.orrery.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What people see of a hub.
 *
 * @param vars HTML of the operator's, by JupyterHub's names
 * @param logo the picture at the top; nothing for ours
 * @param stoppedStatus how it is answered that a server is stopped
 * @param stopAtLogout whether somebody's servers end with their login
 * @param implicitSpawn after how long a stopped server that somebody goes to is started; zero for
 *     never
 * @param defaultServer the server that {@code /user-redirect} leads to; mostly empty
 * @param optionsForm HTML of fields to be filled in before a start; empty for none
 * @param language of all pages; empty for the one that each browser asks for
 */
public record PageSettings(
    Map<String, String> vars,
    Optional<Path> logo,
    int stoppedStatus,
    boolean stopAtLogout,
    Duration implicitSpawn,
    String defaultServer,
    String optionsForm,
    String language) {

  public PageSettings {
    vars = Map.copyOf(vars);
  }

  static PageSettings read(Settings settings, Path folder) {
    var vars = new HashMap<String, String>();
    settings
        .get(PageTraits.TEMPLATE_VARS)
        .forEach((name, value) -> {
          if (value instanceof String text) {
            vars.put(name, text);
          }
        });
    return new PageSettings(
        vars,
        Optional.of(settings.get(PageTraits.LOGO_FILE))
            .filter(file -> !file.isEmpty())
            .map(folder::resolve),
        settings.get(PageTraits.LEGACY_STOPPED) ? 503 : 424,
        settings.get(PageTraits.SHUTDOWN_ON_LOGOUT),
        Duration.ofMillis(Math.round(settings.get(PageTraits.IMPLICIT_SPAWN_SECONDS) * 1000)),
        settings.get(PageTraits.DEFAULT_SERVER_NAME),
        settings.get(PageTraits.OPTIONS_FORM),
        settings.get(PageTraits.LANGUAGE));
  }

  /** What the operator has to say on a page: what is meant for it, or for all. */
  public String announcement(String page) {
    return vars.getOrDefault("announcement_" + page, vars.getOrDefault("announcement", ""));
  }
}
