package dev.orrery.hub.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A way to log in by all the names that settings have for it: those by which packages register it,
 * and that of its Python class in any module of the package it comes from.
 */
public enum AuthenticatorClass {
  PAM("jupyterhub", "PAMAuthenticator", "pam", "default"),
  DUMMY("jupyterhub", "DummyAuthenticator", "dummy"),
  NULL("jupyterhub", "NullAuthenticator", "null"),
  SHARED_PASSWORD("jupyterhub", "SharedPasswordAuthenticator", "shared-password"),
  TEMPORARY("tmpauthenticator", "TmpAuthenticator", "tmp"),
  NATIVE("nativeauthenticator", "NativeAuthenticator", "native", "nativeauthenticator"),
  FIRST_USE("firstuseauthenticator", "FirstUseAuthenticator", "firstuse", "firstuseauthenticator"),
  /** Accounts of this hub, which JupyterHub does not have. */
  ACCOUNTS("orrery", "AccountAuthenticator", "accounts");

  @SuppressWarnings("ImmutableEnumChecker")
  private final PluginName name;

  AuthenticatorClass(String packageName, String className, String... names) {
    this.name = new PluginName(packageName, className, List.of(names));
  }

  /** The section of its settings. */
  public String section() {
    return name.className();
  }

  /** The name that messages have for it. */
  public String shortName() {
    return name.registered().getFirst();
  }

  /** What is called so; nothing where that is none of ours. */
  public static Optional<AuthenticatorClass> of(String name) {
    return Arrays.stream(values()).filter(known -> known.name.isCalled(name)).findFirst();
  }
}
