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

  private final String packageName;
  private final String className;

  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> names;

  AuthenticatorClass(String packageName, String className, String... names) {
    this.packageName = packageName;
    this.className = className;
    this.names = List.of(names);
  }

  /** The section of its settings. */
  public String section() {
    return className;
  }

  /** The name that messages have for it. */
  public String shortName() {
    return names.getFirst();
  }

  /** What is called so; nothing where that is none of ours. */
  public static Optional<AuthenticatorClass> of(String name) {
    return Arrays.stream(values()).filter(known -> known.isCalled(name)).findFirst();
  }

  private boolean isCalled(String name) {
    return names.contains(name)
        || name.equals(packageName + "." + className)
        || name.startsWith(packageName + ".") && name.endsWith("." + className);
  }
}
