package dev.orrery.server.lab;

import dev.orrery.http.Exchange;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.server.access.Access;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code /lab/api/translations}: which languages there are, and what the pages say in one. */
public final class TranslationsApi {

  private static final String ENGLISH = "en";

  private final SettingOverrides overrides;
  private final LanguagePacks packs;
  private final Access access;

  /** Tells about the language packs of the environments in {@code folders}. */
  public TranslationsApi(LabSettings settings, LabFolders folders, Access access) {
    this.access = access;
    overrides = new SettingOverrides(folders);
    packs = new LanguagePacks(folders, settings.systemLocale());
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    String all = "/lab/api/translations";
    for (String pattern : List.of(all, all + "/")) {
      routes.add(Routes.Kind.API, "GET", pattern, access.api(e -> e.sendJson(200, languages())));
      routes.add(Routes.Kind.API, "OPTIONS", pattern, access::preflight);
    }
    routes.add(Routes.Kind.API, "GET", all + "/{locale}", access.api(this::translation));
    routes.add(Routes.Kind.API, "OPTIONS", all + "/{locale}", access::preflight);
  }

  private ObjectNode languages() {
    var names = new LanguageNames();
    List<String> installed = packs.locales();
    String current = packs.current(overrides.read());
    boolean pseudo = current.equals(LanguagePacks.PSEUDO_LANGUAGE);
    String reader = installed.contains(current) && !pseudo ? current : ENGLISH;
    ObjectNode answer = Json.object();
    ObjectNode data = answer.putObject("data");
    data.putObject(ENGLISH)
        .put("displayName", pseudo ? "Default" : names.shown(ENGLISH, reader))
        .put("nativeName", names.own(ENGLISH));
    List<String> unknown = new ArrayList<>();
    for (String locale : installed) {
      if (locale.equals(LanguagePacks.PSEUDO_LANGUAGE)) {
        data.putObject(locale)
            .put("displayName", "Pseudo-language")
            .put("nativeName", pseudo ? "Pseudo-language" : "to translate the UI");
      } else if (LanguageNames.isKnown(locale)) {
        data.putObject(locale)
            .put("displayName", names.shown(locale, reader))
            .put("nativeName", names.own(locale));
      } else {
        unknown.add("'" + locale + "'");
      }
    }
    return answer.put(
        "message",
        unknown.isEmpty()
            ? ""
            : unknown.stream()
                .collect(Collectors.joining(", ", "The following locales are invalid: [", "]!")));
  }

  private void translation(Exchange exchange) throws IOException {
    String asked = exchange.parameter("locale");
    String locale = asked.equals("default") ? packs.systemLocale() : asked;
    Map<String, Path> domains = packs.domains(locale);
    List<String> broken = new ArrayList<>();
    // Written one by one: all of a language is half a megabyte, and every page asks for it.
    try (OutputStream out = exchange.stream(200, "application/json")) {
      out.write(bytes("{\"data\": {"));
      String separator = "";
      for (var domain : domains.entrySet()) {
        Optional<ObjectNode> content = packs.read(locale, domain.getKey(), domain.getValue());
        if (content.isEmpty()) {
          broken.add(domain.getKey());
          continue;
        }
        out.write(bytes(separator + quoted(domain.getKey()) + ": "));
        Json.write(content.get(), out);
        separator = ", ";
      }
      String message = domains.isEmpty() ? notThere(locale) : said(broken);
      out.write(bytes("}, \"message\": " + quoted(message) + "}"));
    }
  }

  private static String said(List<String> broken) {
    return broken.isEmpty() ? "" : "Left out, because their files are broken: " + broken;
  }

  private static String notThere(String locale) {
    if (locale.equals(ENGLISH) || locale.startsWith("en_")) {
      // It needs no pack; what is said here stands in the console of the page.
      return "";
    }
    String shown = locale.replaceAll("[^\\w-]", "");
    return "Language pack '"
        + (shown.length() > 40 ? shown.substring(0, 40) : shown)
        + (LanguageNames.isKnown(locale) ? "' not installed!" : "' not valid!");
  }

  private static String quoted(String text) {
    return Json.text(JsonNodeFactory.instance.stringNode(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
