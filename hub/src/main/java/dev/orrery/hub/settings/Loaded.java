package dev.orrery.hub.settings;

import dev.orrery.config.Problem;
import dev.orrery.config.Settings;
import dev.orrery.config.Trait;
import dev.orrery.hub.scopes.CustomScopes;
import dev.orrery.hub.scopes.RoleCheck;
import dev.orrery.hub.scopes.RoleDefinition;
import dev.orrery.hub.scopes.ScopeTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the settings put into the database at a start.
 *
 * @param scopes those of every hub and those of the settings
 * @param roles the default ones and those of the settings
 * @param serviceTokens names of services by their tokens
 * @param userTokens names of people by their tokens
 * @param trustTokens whether those tokens are as hard to guess as ours
 * @param serviceCheck how often is looked whether services answer; zero for never
 * @param extraRoutes targets by their path, which begins and ends with a slash
 * @param warnings what may not be meant, a sentence each
 */
public record Loaded(
    ScopeTable scopes,
    List<RoleDefinition> roles,
    List<GroupDefinition> groups,
    List<ServiceDefinition> services,
    Map<String, String> serviceTokens,
    Map<String, String> userTokens,
    boolean trustTokens,
    Duration serviceCheck,
    Map<String, String> extraRoutes,
    List<String> warnings) {

  public Loaded {
    roles = List.copyOf(roles);
    groups = List.copyOf(groups);
    services = List.copyOf(services);
    serviceTokens = Map.copyOf(serviceTokens);
    userTokens = Map.copyOf(userTokens);
    extraRoutes = Map.copyOf(extraRoutes);
    warnings = List.copyOf(warnings);
  }

  /** What a hub has whose settings say nothing. */
  public static Loaded nothing() {
    return new Loaded(
        ScopeTable.standard(),
        RoleDefinition.defaults(),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        false,
        Duration.ZERO,
        Map.of(),
        List.of());
  }

  /** The role of that name, as it is to be. */
  public Optional<RoleDefinition> role(String name) {
    return roles.stream().filter(role -> role.name().equals(name)).findFirst();
  }

  static Loaded read(Settings settings, Collection<Problem> problems) {
    var warnings = new ArrayList<String>();
    CustomScopes custom = CustomScopes.check(settings.get(LoadTraits.CUSTOM_SCOPES));
    report(settings, LoadTraits.CUSTOM_SCOPES, custom.problems(), problems);
    warnings.addAll(custom.warnings());
    settings.get(SpawnTraits.TORNADO_SETTINGS).keySet().stream()
        .filter(name -> !SpawnTraits.USED_OF_TORNADO.contains(name))
        .forEach(name ->
            warnings.add(
                "JupyterHub.tornado_settings: '"
                    + name
                    + "' changes nothing: this hub does not run on Tornado, and takes from it only "
                    + String.join(" and ", SpawnTraits.USED_OF_TORNADO)
                    + "."));
    RoleCheck roles =
        RoleCheck.of(
            custom.table(),
            settings.get(LoadTraits.LOAD_ROLES),
            settings.get(LoadTraits.EXTRA_USER_SCOPES),
            false);
    report(settings, LoadTraits.LOAD_ROLES, roles.problems(), problems);
    warnings.addAll(roles.warnings());
    var wrong = new ArrayList<String>();
    List<GroupDefinition> groups =
        GroupDefinition.read(settings.get(LoadTraits.LOAD_GROUPS), wrong);
    report(settings, LoadTraits.LOAD_GROUPS, wrong, problems);
    List<ServiceDefinition> services = services(settings, custom.table(), problems);
    return new Loaded(
        custom.table(),
        roles.roles(),
        groups,
        services,
        texts(settings, LoadTraits.SERVICE_TOKENS, problems),
        texts(settings, LoadTraits.API_TOKENS, problems),
        settings.get(LoadTraits.TRUST_TOKENS),
        Duration.ofSeconds(Math.max(0, settings.get(LoadTraits.SERVICE_CHECK_INTERVAL))),
        routes(texts(settings, LoadTraits.EXTRA_ROUTES, problems)),
        warnings);
  }

  private static List<ServiceDefinition> services(
      Settings settings, ScopeTable scopes, Collection<Problem> problems) {
    var wrong = new ArrayList<String>();
    var services = new ArrayList<ServiceDefinition>();
    var names = new HashSet<String>();
    for (Object item : settings.get(LoadTraits.SERVICES)) {
      if (!(item instanceof Map<?, ?> fields)) {
        wrong.add("A service has to be a dictionary with a name.");
        continue;
      }
      ServiceDefinition service = ServiceDefinition.read(fields, wrong);
      scopes
          .problems(service.allowedScopes())
          .forEach(problem ->
              wrong.add("The service '" + service.name() + "' can't be used: " + problem));
      if (!names.add(service.name())) {
        wrong.add("The service '" + service.name() + "' is defined twice; make it one entry.");
      }
      services.add(service);
    }
    report(settings, LoadTraits.SERVICES, wrong, problems);
    return services;
  }

  private static Map<String, String> texts(
      Settings settings, Trait<Map<String, Object>> trait, Collection<Problem> problems) {
    var texts = new LinkedHashMap<String, String>();
    settings
        .get(trait)
        .forEach((key, value) -> {
          if (value instanceof String text) {
            texts.put(key, text);
          } else {
            report(settings, trait, List.of("every value has to be a text"), problems);
          }
        });
    return texts;
  }

  private static Map<String, String> routes(Map<String, String> routes) {
    var slashed = new LinkedHashMap<String, String>();
    routes.forEach((path, target) -> slashed.put(path.endsWith("/") ? path : path + "/", target));
    return slashed;
  }

  private static void report(
      Settings settings,
      Trait<?> trait,
      Collection<String> sentences,
      Collection<Problem> problems) {
    sentences.forEach(sentence ->
        problems.add(new Problem(trait.qualifiedName(), settings.origin(trait), sentence)));
  }
}
