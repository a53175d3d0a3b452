package dev.orrery.server.lab;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.Locale;

/** How the file of a workspace is called. */
public final class WorkspaceFile {

  /** What all of them end with. */
  public static final String EXTENSION = ".jupyterlab-workspace";

  private static final int MAX_SLUG = 128 - EXTENSION.length();

  private WorkspaceFile() {}

  /**
   * The file name of a workspace: its letters and digits, then the first digits of a hash, so that
   * two ids never share a file. Source: jupyterlab_server 2.28, {@code workspaces_handler.py}.
   *
   * @param id with or without a slash in front
   */
  public static String name(String id) {
    return slug(id) + EXTENSION;
  }

  private static String slug(String id) {
    String signature = "-" + sha256(id.startsWith("/") ? id.substring(1) : id).substring(0, 4);
    String lower = (id.startsWith("/") ? id : "/" + id).toLowerCase(Locale.ROOT);
    String ascii =
        Normalizer.normalize(lower, Normalizer.Form.NFKC).replaceAll("[^\\x00-\\x7f]", "");
    // The id's own first slash takes part in upstream's comparison with an empty base and is
    // dropped there.
    String slug = ascii.replaceAll("[^\\w\\s-]", "").strip().replaceAll("[-\\s]+", "-");
    int limit = MAX_SLUG - signature.length();
    return (slug.length() > limit ? slug.substring(0, limit) : slug) + signature;
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
