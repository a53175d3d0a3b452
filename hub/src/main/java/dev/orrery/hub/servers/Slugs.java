package dev.orrery.hub.servers;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Predicate;

/** The names that servers get in addresses from what people call them. */
public final class Slugs {

  private static final int MOST_CHARACTERS = 30;

  private Slugs() {}

  /**
   * The name in addresses, as JupyterHub 6 makes it.
   *
   * @param taken whether there is such a server already
   */
  public static String of(String text, Predicate<String> taken) {
    String plain =
        Normalizer.normalize(text, Normalizer.Form.NFKD)
            .replaceAll("\\p{Mn}", "")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceFirst("^-", "");
    String slug = cut(plain, MOST_CHARACTERS);
    if (!slug.isEmpty() && !Character.isLetter(slug.charAt(0))) {
      slug = "x-" + cut(slug, MOST_CHARACTERS - 2);
    }
    slug = slug.replaceFirst("-+$", "");
    if (slug.isEmpty()) {
      slug = "x";
    }
    return taken.test(slug) ? cut(slug, 21).replaceFirst("-+$", "") + "-" + digits(text) : slug;
  }

  private static String cut(String text, int most) {
    return text.length() > most ? text.substring(0, most) : text;
  }

  private static String digits(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)))
          .substring(0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
