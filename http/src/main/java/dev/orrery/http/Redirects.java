package dev.orrery.http;

/**
 * Decides where a request may be sent to, in one place. A target that a browser could take for
 * another server is replaced by the default page; open redirects were this server's most frequent
 * class of advisory.
 */
public final class Redirects {

  private final String basePath;
  private final String defaultPage;

  /**
   * Allows targets below {@code basePath}.
   *
   * @param defaultPage where a refused target leads instead; below the base path
   */
  public Redirects(String basePath, String defaultPage) {
    this.basePath = basePath;
    this.defaultPage = defaultPage;
  }

  /** {@code target} when it is a path of this server, else the default page. */
  public String safe(String target) {
    return isSafe(target) ? target : defaultPage;
  }

  private boolean isSafe(String target) {
    // Browsers read a backslash as a slash and skip control characters; two slashes begin a host.
    return target.startsWith(basePath)
        && !target.startsWith("//")
        && target.indexOf('\\') < 0
        && target.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }
}
