package dev.orrery.kubernetes.deploy;

import dev.orrery.kubernetes.api.Kind;

/** The objects that a notebook is made of, in the order in which they are made. */
enum Part {
  CLAIM("v1", "PersistentVolumeClaim", "pvc"),
  SETTINGS("v1", "ConfigMap", "configmap"),
  SERVICE("v1", "Service", "service"),
  DEPLOYMENT("apps/v1", "Deployment", "deployment"),
  INGRESS("networking.k8s.io/v1", "Ingress", "ingress");

  private final String apiVersion;
  private final String title;
  private final String shortName;

  Part(String apiVersion, String title, String shortName) {
    this.apiVersion = apiVersion;
    this.title = title;
    this.shortName = shortName;
  }

  /** What the API server has them under. */
  Kind kind() {
    return switch (this) {
      case CLAIM -> Kind.CLAIM;
      case SETTINGS -> Kind.CONFIG_MAP;
      case SERVICE -> Kind.SERVICE;
      case DEPLOYMENT -> Kind.DEPLOYMENT;
      case INGRESS -> Kind.INGRESS;
    };
  }

  String apiVersion() {
    return apiVersion;
  }

  /** What stands under {@code kind} in a manifest. */
  String title() {
    return title;
  }

  /** The object as kubectl takes it. */
  String called(String name) {
    return shortName + "/" + name;
  }
}
