package dev.orrery.kubernetes.pods;

import dev.orrery.spawner.spi.OptionsForm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The form in which somebody chooses a profile. */
record ProfileForm(Profiles profiles) implements OptionsForm {

  private static final String PROFILE = "profile";
  private static final String OTHER = "unlisted-choice";

  @Override
  public String html(Map<String, Object> last) {
    String chosen =
        last.get(PROFILE) instanceof String slug
                && profiles.all().stream().anyMatch(profile -> profile.slug().equals(slug))
            ? slug
            : profiles.usual().map(Profiles.Profile::slug).orElse("");
    var html = new StringBuilder("<div id=\"kubespawner-profiles-list\" class=\"profiles\">\n");
    for (Profiles.Profile profile : profiles.all()) {
      boolean isChosen = profile.slug().equals(chosen);
      profile(html, profile, isChosen, isChosen ? last : Map.of());
    }
    return html.append("</div>\n").toString();
  }

  private static void profile(
      StringBuilder html, Profiles.Profile profile, boolean chosen, Map<String, Object> last) {
    String id = "profile-item-" + escaped(profile.slug());
    html.append("<div class=\"profile\">\n<input type=\"radio\" name=\"profile\" id=\"")
        .append(id)
        .append("\" value=\"")
        .append(escaped(profile.slug()))
        .append(chosen ? "\" checked" : "\"")
        .append(">\n<label for=\"")
        .append(id)
        // Operators write markup here, as upstream lets them.
        .append("\"><strong>")
        .append(profile.displayName())
        .append("</strong>")
        .append(profile.description().isEmpty() ? "" : "<span>" + profile.description() + "</span>")
        .append("</label>\n");
    profile.options().forEach((name, option) -> option(html, profile, name, option, last));
    html.append("</div>\n");
  }

  private static void option(
      StringBuilder html,
      Profiles.Profile profile,
      String name,
      Profiles.Option option,
      Map<String, Object> last) {
    String id = "profile-option-" + escaped(profile.slug()) + "--" + escaped(name);
    String other = last.get(name + Profiles.UNLISTED) instanceof String text ? text : "";
    String usual =
        option.choices().entrySet().stream()
            .filter(entry -> option.usual().filter(entry.getValue()::equals).isPresent())
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(OTHER);
    String chosen = last.get(name) instanceof String choice ? choice : usual;
    html.append("<p class=\"option\"><label for=\"")
        .append(id)
        .append("\">")
        .append(escaped(option.displayName()))
        .append("</label>\n<select name=\"")
        .append(id)
        .append("\" id=\"")
        .append(id)
        .append("\">\n");
    option
        .choices()
        .forEach((key, choice) ->
            choice(html, key, choice.displayName(), other.isEmpty() && key.equals(chosen)));
    option
        .unlisted()
        .ifPresent(unlisted ->
            choice(html, OTHER, unlisted.inChoices(), !other.isEmpty() || chosen.equals(OTHER)));
    html.append("</select></p>\n");
    option.unlisted().ifPresent(unlisted -> unlisted(html, id, unlisted, other));
  }

  private static void choice(StringBuilder html, String value, String shown, boolean chosen) {
    html.append("<option value=\"")
        .append(escaped(value))
        .append(chosen ? "\" selected>" : "\">")
        .append(escaped(shown))
        .append("</option>\n");
  }

  private static void unlisted(
      StringBuilder html, String option, Profiles.Unlisted unlisted, String value) {
    String id = option + Profiles.UNLISTED;
    html.append("<p class=\"option\"><label for=\"")
        .append(id)
        .append("\">")
        .append(escaped(unlisted.displayName()))
        .append("</label>\n<input type=\"text\" name=\"")
        .append(id)
        .append("\" id=\"")
        .append(id)
        .append("\" value=\"")
        .append(escaped(value))
        .append("\" title=\"")
        .append(escaped(unlisted.message()))
        .append("\"></p>\n");
  }

  @Override
  public Map<String, Object> chosen(Map<String, List<String>> fields) {
    String slug = first(fields, PROFILE);
    var chosen = new LinkedHashMap<String, Object>();
    if (slug.isEmpty()) {
      return chosen;
    }
    chosen.put(PROFILE, slug);
    String prefix = "profile-option-" + slug + "--";
    fields.keySet().stream()
        .filter(field -> field.startsWith(prefix))
        .forEach(field -> chosen.put(field.substring(prefix.length()), first(fields, field)));
    // Without a script both the list and the field for what is not in it are sent.
    for (String name : List.copyOf(chosen.keySet())) {
      if (chosen.containsKey(name + Profiles.UNLISTED)) {
        chosen.remove(OTHER.equals(chosen.get(name)) ? name : name + Profiles.UNLISTED);
      }
    }
    return chosen;
  }

  private static String first(Map<String, List<String>> fields, String name) {
    List<String> values = fields.getOrDefault(name, List.of());
    return values.isEmpty() ? "" : values.getFirst();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
