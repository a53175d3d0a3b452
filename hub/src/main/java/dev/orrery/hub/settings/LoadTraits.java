package dev.orrery.hub.settings;

import dev.orrery.config.Trait;
import java.util.List;
import java.util.Map;

/** Who and what there is by the settings, apart from people who come by themselves. */
final class LoadTraits {

  static final Trait<List<Object>> LOAD_ROLES =
      Trait.list("JupyterHub.load_roles", List.of(), "Roles, and who has them.");
  static final Trait<Map<String, Object>> LOAD_GROUPS =
      Trait.dict("JupyterHub.load_groups", Map.of(), "Groups, who is in them, their properties.");
  static final Trait<Map<String, Object>> CUSTOM_SCOPES =
      Trait.dict("JupyterHub.custom_scopes", Map.of(), "Scopes that services give a meaning.");
  static final Trait<List<String>> EXTRA_USER_SCOPES =
      Trait.strings("JupyterHub.extra_user_scopes", List.of(), "What every user may do besides.");
  static final Trait<List<Object>> SERVICES =
      Trait.list("JupyterHub.services", List.of(), "Programs beside the hub.").secret();
  static final Trait<Integer> SERVICE_CHECK_INTERVAL =
      Trait.integer(
          "JupyterHub.service_check_interval",
          60,
          "Seconds between looks whether services answer.");
  static final Trait<Map<String, Object>> SERVICE_TOKENS =
      Trait.dict("JupyterHub.service_tokens", Map.of(), "Services by their tokens.").secret();
  static final Trait<Map<String, Object>> API_TOKENS =
      Trait.dict("JupyterHub.api_tokens", Map.of(), "People by their tokens.").secret();
  static final Trait<Boolean> TRUST_TOKENS =
      Trait.bool(
          "JupyterHub.trust_user_provided_tokens",
          false,
          "Take tokens of the settings for as hard to guess as ours, which costs less.");
  static final Trait<Map<String, Object>> EXTRA_ROUTES =
      Trait.dict("Proxy.extra_routes", Map.of(), "What else the proxy leads to, by its path.");

  static final List<Trait<?>> ALL =
      List.of(
          LOAD_ROLES,
          LOAD_GROUPS,
          CUSTOM_SCOPES,
          EXTRA_USER_SCOPES,
          SERVICES,
          SERVICE_CHECK_INTERVAL,
          SERVICE_TOKENS,
          API_TOKENS,
          TRUST_TOKENS,
          EXTRA_ROUTES);

  private LoadTraits() {}
}
