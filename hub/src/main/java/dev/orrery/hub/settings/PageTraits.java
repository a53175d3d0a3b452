package dev.orrery.hub.settings;

import dev.orrery.config.Trait;
import java.util.List;
import java.util.Map;

/** What people see of a hub, beside their servers. */
final class PageTraits {

  static final Trait<Map<String, Object>> TEMPLATE_VARS =
      Trait.dict(
          "JupyterHub.template_vars",
          Map.of(),
          "HTML for pages: announcement, and announcement_login, _home, _spawn, _logout for one.");
  static final Trait<String> LOGO_FILE =
      Trait.string("JupyterHub.logo_file", "", "The picture at the top of each page.")
          .computed("our own");
  static final Trait<Boolean> LEGACY_STOPPED =
      Trait.bool(
          "JupyterHub.use_legacy_stopped_server_status_code",
          false,
          "Answer with 503 in place of 424 where a server is stopped.");
  static final Trait<Boolean> SHUTDOWN_ON_LOGOUT =
      Trait.bool(
          "JupyterHub.shutdown_on_logout", false, "Stop somebody's servers at their logout.");
  static final Trait<Double> IMPLICIT_SPAWN_SECONDS =
      Trait.number(
          "JupyterHub.implicit_spawn_seconds",
          0,
          "Seconds until a stopped server that somebody goes to is started; 0 for never.");
  static final Trait<String> DEFAULT_SERVER_NAME =
      Trait.string(
          "JupyterHub.default_server_name", "", "The named server that /user-redirect leads to.");
  static final Trait<String> OPTIONS_FORM =
      Trait.string("Spawner.options_form", "", "HTML of fields to be filled in before a start.");
  static final Trait<String> LANGUAGE =
      Trait.choice(
          "OrreryApp.language",
          List.of("", "en", "ko"),
          "",
          "The language of the pages; '' for the one that each browser asks for.");

  static final List<Trait<?>> ALL =
      List.of(
          TEMPLATE_VARS,
          LOGO_FILE,
          LEGACY_STOPPED,
          SHUTDOWN_ON_LOGOUT,
          IMPLICIT_SPAWN_SECONDS,
          DEFAULT_SERVER_NAME,
          OPTIONS_FORM,
          LANGUAGE);

  private PageTraits() {}
}
