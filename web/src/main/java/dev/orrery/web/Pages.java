package dev.orrery.web;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the official pages of JupyterLab and Notebook lie in a distribution.
 *
 * @param lab a JupyterLab {@code app_dir}: {@code static}, {@code schemas}, {@code themes}
 * @param labextensions the prebuilt extensions that came with the pages
 * @param notebook Notebook's {@code static} and {@code templates}
 */
public record Pages(Path lab, Path labextensions, Path notebook) {

  /** The version of the pages in {@code lab}. */
  public static final String LAB_VERSION = "4.6.6";

  /** The version of the pages in {@code notebook}. */
  public static final String NOTEBOOK_VERSION = "7.6.5";

  /** The pages of the distribution at {@code home}; empty when it has none. */
  public static Optional<Pages> in(Path home) {
    Path share = home.resolve("share");
    Path lab = share.resolve("jupyter").resolve("lab");
    return Files.isRegularFile(lab.resolve("static").resolve("index.html"))
        ? Optional.of(
            new Pages(
                lab, share.resolve("jupyter").resolve("labextensions"), share.resolve("notebook")))
        : Optional.empty();
  }
}
