package dev.orrery.server.settings;

import dev.orrery.config.Trait;
import java.util.List;

/** The settings of the JupyterLab and Notebook pages, with upstream's names and defaults. */
final class LabTraits {

  static final Trait<String> APP_DIR =
      Trait.string(
              "LabApp.app_dir",
              "",
              "A JupyterLab application folder to serve instead of the built-in pages.")
          .env("JUPYTERLAB_DIR")
          .computed("the pages of this distribution");
  static final Trait<String> USER_SETTINGS_DIR =
      Trait.string("LabApp.user_settings_dir", "", "The folder of the user's settings.")
          .env("JUPYTERLAB_SETTINGS_DIR")
          .computed("lab/user-settings in the configuration folder");
  static final Trait<String> WORKSPACES_DIR =
      Trait.string("LabApp.workspaces_dir", "", "The folder of the user's workspaces.")
          .env("JUPYTERLAB_WORKSPACES_DIR")
          .computed("lab/workspaces in the configuration folder");
  static final Trait<Boolean> CUSTOM_CSS =
      Trait.bool("LabApp.custom_css", false, "Link custom/custom.css of the configuration folder.");
  static final Trait<Boolean> EXPOSE_APP =
      Trait.bool(
          "LabApp.expose_app_in_browser",
          false,
          "Let scripts of the page reach the application object.");
  static final Trait<List<String>> EXTRA_LABEXTENSIONS_PATH =
      Trait.strings(
          "LabServerApp.extra_labextensions_path",
          List.of(),
          "Further folders of prebuilt extensions.");
  static final Trait<Boolean> NOTEBOOK_EXPOSE_APP =
      Trait.bool(
          "JupyterNotebookApp.expose_app_in_browser",
          false,
          "Let scripts of the page reach the application object.");
  static final Trait<Boolean> NOTEBOOK_CUSTOM_CSS =
      Trait.bool(
          "JupyterNotebookApp.custom_css",
          true,
          "Link custom/custom.css of the configuration folder.");

  static final Trait<Boolean> LOCK_ALL_PLUGINS =
      Trait.bool(
          "LabApp.lock_all_plugins",
          false,
          "Keep users from enabling and disabling plugins in the page.");
  static final Trait<String> PLUGIN_LEVEL =
      Trait.choice(
          "PluginManager.level",
          List.of("sys_prefix", "user", "system"),
          "sys_prefix",
          "Which configuration folder keeps the plugins that users disable in the page: the environment's, the user's or the system's.");

  static final Trait<Boolean> CORE_MODE =
      Trait.bool("LabApp.core_mode", false, "Use the pages as they were built.")
          .unsupported("that is always so");

  static final Trait<Boolean> DEV_MODE =
      Trait.bool("LabApp.dev_mode", false, "Use pages from a checkout of JupyterLab.")
          .unsupported("give the built pages by LabApp.app_dir");

  static final Trait<Boolean> DEV_EXTENSIONS =
      Trait.bool("LabApp.extensions_in_dev_mode", false, "Load extensions in dev mode.")
          .unsupported("nothing happens");

  static final Trait<Boolean> WATCH =
      Trait.bool("LabApp.watch", false, "Rebuild when sources change.")
          .unsupported("nothing is built here");

  static final Trait<Boolean> SKIP_DEV_BUILD =
      Trait.bool("LabApp.skip_dev_build", false, "Do not build in dev mode.")
          .unsupported("nothing is built here");

  static final Trait<Boolean> SPLICE_SOURCE =
      Trait.bool("LabApp.splice_source", false, "Splice sources into the build.")
          .unsupported("nothing is built here");

  static final Trait<Boolean> COLLABORATIVE =
      Trait.bool("LabApp.collaborative", false, "Edit documents together.")
          .unsupported("documents are edited by one page at a time");

  static final List<Trait<?>> NOT_YET =
      List.of(
          CORE_MODE,
          DEV_MODE,
          DEV_EXTENSIONS,
          WATCH,
          SKIP_DEV_BUILD,
          SPLICE_SOURCE,
          COLLABORATIVE,
          Trait.string("LabApp.extension_manager", "pypi", "How the extension manager installs.")
              .unsupported("extensions are listed; pip installs them"),
          Trait.string("LabApp.news_url", "", "Where news come from.")
              .orNone()
              .unsupported("no other host is asked"),
          Trait.string("LabApp.check_for_updates_class", "", "How updates are looked for.")
              .unsupported("no other host is asked"),
          Trait.strings(
                  "LabServerApp.blocked_extensions_uris",
                  List.of(),
                  "Extensions that can't be installed.")
              .unsupported("none can be installed from the page"),
          Trait.strings(
                  "LabServerApp.allowed_extensions_uris",
                  List.of(),
                  "Extensions that can be installed.")
              .unsupported("none can be installed from the page"));

  private LabTraits() {}
}
