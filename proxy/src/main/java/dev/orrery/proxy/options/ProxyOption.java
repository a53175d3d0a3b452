package dev.orrery.proxy.options;

import java.util.Arrays;
import java.util.Optional;

/** Every option of the command line: what is read, helped with and documented comes from here. */
enum ProxyOption {
  IP("Public port", "ip", "<address>", "every address", "Address to listen on; also *."),
  PORT("Public port", "port", "<n>", "8000", "Port to listen on; 0 for any that is free."),
  SOCKET(
      "Public port",
      "socket",
      "<path>",
      "",
      "Unix socket to listen on, in the place of an address and port."),
  KEEP_ALIVE_TIMEOUT(
      "Public port",
      "keep-alive-timeout",
      "<ms>",
      "5000",
      "A client's connection without a request is closed after this many milliseconds."),
  TIMEOUT(
      "Public port",
      "timeout",
      "<ms>",
      "never",
      "A client that is silent for so many milliseconds during a request is cut off."),

  DEFAULT_TARGET(
      "Forwarding",
      "default-target",
      "<url>",
      "",
      "Where requests go that no route is for; makes the route /."),
  HOST_ROUTING(
      "Forwarding", "host-routing", "", "", "The host of a request is the first part of its path."),
  PROXY_TIMEOUT(
      "Forwarding",
      "proxy-timeout",
      "<ms>",
      "never",
      "A backend that is silent for so many milliseconds during a request is given up."),
  NO_X_FORWARD("Forwarding", "no-x-forward", "", "", "Add no X-Forwarded-… headers."),
  NO_PREPEND_PATH(
      "Forwarding",
      "no-prepend-path",
      "",
      "",
      "Leave the path of a target out of the requests to it."),
  NO_INCLUDE_PREFIX(
      "Forwarding", "no-include-prefix", "", "", "Take the path of the route off each request."),
  AUTO_REWRITE(
      "Forwarding",
      "auto-rewrite",
      "",
      "",
      "Lead redirects to a backend's host and port to the client's."),
  CHANGE_ORIGIN(
      "Forwarding", "change-origin", "", "", "Backends see their own host in the Host header."),
  PROTOCOL_REWRITE(
      "Forwarding",
      "protocol-rewrite",
      "<scheme>",
      "",
      "The scheme that redirects to a backend's host get."),
  CUSTOM_HEADER(
      "Forwarding",
      "custom-header",
      "<name:value>",
      "",
      "A header that every forwarded request gets; may be repeated."),
  STORAGE_BACKEND(
      "Forwarding",
      "storage-backend",
      "<module>",
      "",
      "Refused: routes are kept in memory, and a hub adds them again after a restart."),

  ERROR_TARGET(
      "Error pages",
      "error-target",
      "<url>",
      "",
      "Server that is asked for <url>/<status>; like a target, also at a unix socket."),
  ERROR_PATH(
      "Error pages",
      "error-path",
      "<folder>",
      "built in",
      "Folder with <status>.html and error.html; not together with --error-target."),

  MAX_CONNECTIONS(
      "Limits",
      "max-connections",
      "<n>",
      "what the limit on open files allows",
      "Connections of all clients together; 0 for no limit, as with all of these."),
  MAX_CLIENT_CONNECTIONS(
      "Limits",
      "max-client-connections",
      "<n>",
      "0",
      "Connections of one address; one too many is answered 429."),
  MAX_CLIENT_RATE(
      "Limits",
      "max-client-rate",
      "<n>",
      "0",
      "Requests a second of one address, and twice as many at once; above that, 429."),
  MAX_ROUTE_REQUESTS(
      "Limits",
      "max-route-requests",
      "<n>",
      "0",
      "Requests and WebSockets open on one route; above that, 429."),
  MAX_ROUTE_RATE(
      "Limits",
      "max-route-rate",
      "<n>",
      "0",
      "Requests a second on one route, and twice as many at once; above that, 429."),
  MAX_HEADER_SIZE(
      "Limits",
      "max-header-size",
      "<bytes>",
      "65536",
      "All headers of a request; above that, 431. At least 1024."),
  MAX_BODY_SIZE(
      "Limits", "max-body-size", "<bytes>", "0", "The body of a request; above that, 413."),
  HEADER_TIMEOUT(
      "Limits",
      "header-timeout",
      "<ms>",
      "60000",
      "How long the head of a request may take from its first byte."),
  STALL_TIMEOUT(
      "Limits",
      "stall-timeout",
      "<ms>",
      "300000",
      "A client that neither sends what it announced nor takes what is there for it is cut off."),

  API_IP("Route API", "api-ip", "<address>", "localhost", "Address of the API."),
  API_PORT("Route API", "api-port", "<n>", "--port and 1", "Port of the API."),
  API_SOCKET(
      "Route API",
      "api-socket",
      "<path>",
      "",
      "Unix socket of the API, in the place of an address and port."),

  WAIT_FOR_ROUTES(
      "Route API",
      "wait-for-routes",
      "",
      "",
      "Not ready, and 503 where no route is found, until a hub has put all routes at once."),

  METRICS_IP("Metrics", "metrics-ip", "<address>", "every address", "Address of the metrics."),
  METRICS_PORT(
      "Metrics", "metrics-port", "<n>", "no metrics", "Port that answers /metrics for Prometheus."),
  METRICS_SOCKET(
      "Metrics",
      "metrics-socket",
      "<path>",
      "",
      "Unix socket of the metrics, in the place of an address and port."),

  SSL_KEY("TLS", "ssl-key", "<file>", "", "Private key of the public port."),
  SSL_CERT("TLS", "ssl-cert", "<file>", "", "Certificate of the public port."),
  SSL_CA("TLS", "ssl-ca", "<file>", "", "Authorities whose client certificates are accepted."),
  SSL_REQUEST_CERT("TLS", "ssl-request-cert", "", "", "Ask clients for a certificate."),
  SSL_REJECT_UNAUTHORIZED(
      "TLS",
      "ssl-reject-unauthorized",
      "",
      "",
      "Taken; --ssl-request-cert refuses clients without a valid one."),
  SSL_PROTOCOL("TLS", "ssl-protocol", "<name>", "", "Not used: TLS 1.2 and 1.3 are spoken."),
  SSL_CIPHERS("TLS", "ssl-ciphers", "<list>", "", "Not used: the runtime offers its safe ones."),
  SSL_ALLOW_RC4("TLS", "ssl-allow-rc4", "", "", "Not used: RC4 is not offered in any case."),
  SSL_DHPARAM("TLS", "ssl-dhparam", "<file>", "", "Not used: these parameters are the runtime's."),
  API_SSL_KEY("TLS", "api-ssl-key", "<file>", "", "Private key of the API."),
  API_SSL_CERT("TLS", "api-ssl-cert", "<file>", "", "Certificate of the API."),
  API_SSL_CA(
      "TLS", "api-ssl-ca", "<file>", "", "Authorities whose client certificates the API accepts."),
  API_SSL_REQUEST_CERT("TLS", "api-ssl-request-cert", "", "", "Ask callers for a certificate."),
  API_SSL_REJECT_UNAUTHORIZED(
      "TLS",
      "api-ssl-reject-unauthorized",
      "",
      "",
      "Taken; --api-ssl-request-cert refuses callers without a valid one."),
  CLIENT_SSL_KEY("TLS", "client-ssl-key", "<file>", "", "Private key to show to backends."),
  CLIENT_SSL_CERT("TLS", "client-ssl-cert", "<file>", "", "Certificate to show to backends."),
  CLIENT_SSL_CA(
      "TLS", "client-ssl-ca", "<file>", "", "Authorities whose certificates of backends count."),
  CLIENT_SSL_REQUEST_CERT(
      "TLS", "client-ssl-request-cert", "", "", "Taken; backends with TLS always have one."),
  CLIENT_SSL_REJECT_UNAUTHORIZED(
      "TLS",
      "client-ssl-reject-unauthorized",
      "",
      "",
      "Taken; that is so unless --insecure is given."),
  INSECURE("TLS", "insecure", "", "", "Speak to backends whatever certificate they have."),
  REDIRECT_PORT(
      "TLS",
      "redirect-port",
      "<n>",
      "",
      "Port on which plain requests are redirected to https; needs --ssl-key and --ssl-cert."),
  REDIRECT_TO("TLS", "redirect-to", "<n>", "--port", "Port that these redirects lead to."),

  LOG_LEVEL("This process", "log-level", "<level>", "info", "debug, info, warn or error."),
  ACCESS_LOG(
      "This process",
      "access-log",
      "<file>",
      "none",
      "A line of JSON for each request that is over; - for the standard output. Gives each an id."),
  PID_FILE(
      "This process", "pid-file", "<file>", "", "File for the process id, removed at the end."),
  CHECK_CONFIG(
      "This process", "check-config", "", "", "Check the options and end, with 0 if all is well."),
  VERSION("This process", "version", "", "", "Print the version this stands in for (also -V)."),
  HELP("This process", "help", "", "", "Print this (also -h).");

  private final String group;
  private final String flag;
  private final String argument;
  private final String fallback;
  private final String help;

  ProxyOption(String group, String name, String argument, String fallback, String help) {
    this.group = group;
    this.flag = "--" + name;
    this.argument = argument;
    this.fallback = fallback;
    this.help = help;
  }

  String group() {
    return group;
  }

  /** As it is typed, {@code --port}. */
  String flag() {
    return flag;
  }

  /** What the value is called; empty when there is none. */
  String argument() {
    return argument;
  }

  boolean takesValue() {
    return !argument.isEmpty();
  }

  /** What holds when it is not given, for people; may be empty. */
  String fallback() {
    return fallback;
  }

  String help() {
    return help;
  }

  static Optional<ProxyOption> of(String flag) {
    return switch (flag) {
      case "-V" -> Optional.of(VERSION);
      case "-h" -> Optional.of(HELP);
      default -> Arrays.stream(values()).filter(option -> option.flag.equals(flag)).findFirst();
    };
  }
}
