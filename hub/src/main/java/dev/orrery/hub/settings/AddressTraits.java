package dev.orrery.hub.settings;

import dev.orrery.config.Trait;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Where a hub and its front door listen, and how others reach them. */
final class AddressTraits {

  static final Trait<String> BIND_URL =
      Trait.string("JupyterHub.bind_url", "", "The address people use: http://ip:port/base_url.")
          .computed("http://:8000, or what ip, port and base_url say");
  static final Trait<String> IP =
      Trait.string("JupyterHub.ip", "", "The address the front door listens on; '' for all.");
  static final Trait<Integer> PORT =
      Trait.integer("JupyterHub.port", 8000, "The port the front door listens on.")
          .check(between(0, 65_535));
  static final Trait<String> BASE_URL =
      Trait.string("JupyterHub.base_url", "/", "What all paths begin with.");
  static final Trait<String> HUB_BIND_URL =
      Trait.string("JupyterHub.hub_bind_url", "", "Where the hub itself listens.")
          .computed("http://127.0.0.1:8081, or what hub_ip and hub_port say");
  static final Trait<String> HUB_IP =
      Trait.string("JupyterHub.hub_ip", "127.0.0.1", "The address the hub itself listens on.");
  static final Trait<Integer> HUB_PORT =
      Trait.integer("JupyterHub.hub_port", 8081, "The port the hub itself listens on.")
          .check(between(0, 65_535));
  static final Trait<String> HUB_CONNECT_URL =
      Trait.string("JupyterHub.hub_connect_url", "", "How the proxy and the servers reach the hub.")
          .computed("the address it listens on");
  static final Trait<String> HUB_CONNECT_IP =
      Trait.string(
          "JupyterHub.hub_connect_ip", "", "The host by which the hub is reached, if another.");
  static final Trait<String> PUBLIC_URL =
      Trait.string("JupyterHub.public_url", "", "The address that people see, if another.");
  static final Trait<String> DEFAULT_URL =
      Trait.string("JupyterHub.default_url", "", "Where people go after they have logged in.");
  static final Trait<Boolean> REDIRECT_TO_SERVER =
      Trait.bool("JupyterHub.redirect_to_server", true, "Lead people who log in to their server.");
  static final Trait<String> PROXY_API_URL =
      Trait.string(
          "ConfigurableHTTPProxy.api_url", "http://127.0.0.1:8001", "The API of the proxy.");
  static final Trait<Boolean> PROXY_SHOULD_START =
      Trait.bool("Proxy.should_start", true, "Start a proxy beside the hub.");
  static final Trait<String> PROXY_AUTH_TOKEN =
      Trait.string("ConfigurableHTTPProxy.auth_token", "", "The secret of the proxy's API.")
          .computed("a random one")
          .env("CONFIGPROXY_AUTH_TOKEN")
          .check(token ->
              token.strip().chars().allMatch(c -> c > ' ' && c < 0x7f)
                  ? Optional.empty()
                  : Optional.of(
                      "a token is sent in a header, so it is letters, digits and signs without"
                          + " spaces; take what 'openssl rand -hex 32' prints"))
          .secret();

  static final Trait<Integer> HUB_CONNECT_PORT =
      Trait.integer("JupyterHub.hub_connect_port", 0, "The port by which it is, if another.")
          .check(between(0, 65_535));
  static final Trait<String> SSL_KEY =
      Trait.string("JupyterHub.ssl_key", "", "The private key of the front door.");
  static final Trait<String> SSL_CERT =
      Trait.string("JupyterHub.ssl_cert", "", "The certificate of the front door.");
  static final Trait<String> PID_FILE =
      Trait.string("JupyterHub.pid_file", "", "A file for the number of the hub's process.");
  static final Trait<String> PROXY_PID_FILE =
      Trait.string(
          "ConfigurableHTTPProxy.pid_file",
          "jupyterhub-proxy.pid",
          "The file that remembers the proxy.");
  static final Trait<String> PROXY_CLASS =
      Trait.string("JupyterHub.proxy_class", "", "What speaks to the proxy.")
          .computed("configurable-http-proxy")
          .check(name ->
              Set.of(
                          "",
                          "default",
                          "configurable-http-proxy",
                          "jupyterhub.proxy.ConfigurableHTTPProxy")
                      .contains(name)
                  ? Optional.empty()
                  : Optional.of(
                      "this hub speaks the API of configurable-http-proxy alone; remove it, and give"
                          + " the address of such a proxy by ConfigurableHTTPProxy.api_url"));
  static final Trait<List<String>> TRUSTED_DOWNSTREAM =
      Trait.strings(
          "JupyterHub.trusted_downstream_ips",
          List.of(),
          "Addresses of proxies before ours, whose word on the client's address is taken.");
  private static final Trait<String> FORMER_TOKEN =
      Trait.string("JupyterHub.proxy_auth_token", "", "Former name.")
          .secret()
          .deprecatedFor("ConfigurableHTTPProxy.auth_token");

  static final List<Trait<?>> ALL =
      List.of(
          HUB_CONNECT_PORT,
          SSL_KEY,
          SSL_CERT,
          PID_FILE,
          PROXY_PID_FILE,
          PROXY_CLASS,
          TRUSTED_DOWNSTREAM,
          FORMER_TOKEN,
          BIND_URL,
          IP,
          PORT,
          BASE_URL,
          HUB_BIND_URL,
          HUB_IP,
          HUB_PORT,
          HUB_CONNECT_URL,
          HUB_CONNECT_IP,
          PUBLIC_URL,
          DEFAULT_URL,
          REDIRECT_TO_SERVER,
          PROXY_API_URL,
          PROXY_SHOULD_START,
          PROXY_AUTH_TOKEN);

  private AddressTraits() {}

  static Function<Integer, Optional<String>> between(int least, int most) {
    return value ->
        value >= least && value <= most
            ? Optional.empty()
            : Optional.of("it has to be between " + least + " and " + most);
  }
}
