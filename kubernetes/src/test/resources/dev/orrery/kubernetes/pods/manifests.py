"""What KubeSpawner makes of settings: reads a list of cases from stdin, writes a list of manifests to stdout."""

import asyncio
import json
import logging
import sys
from types import SimpleNamespace

import jupyterhub.spawner
import kubespawner.spawner
from kubernetes_asyncio.client import ApiClient
from kubernetes_asyncio.client.models import V1ObjectMeta  # noqa: F401  fails early where the client is another
from kubespawner import KubeSpawner
from kubespawner.objects import make_namespace, make_owner_reference
from traitlets.config import Config

# No cluster is there, and none is asked.
kubespawner.spawner.load_config = lambda **_: None
kubespawner.spawner.shared_client = lambda *_: None
logging.disable(logging.CRITICAL)

GIVEN = {"JUPYTERHUB_USER": "somebody", "JUPYTERHUB_API_TOKEN": "t{k}n"}


def environment(self):
    """What the hub gives, then what the settings say: all the hub's own variables are none of KubeSpawner's business."""
    return {**GIVEN, **self.environment}


jupyterhub.spawner.Spawner.get_env = environment


async def manifests(case, api):
    KubeSpawner._namespace_default = lambda _: case["namespace"]
    user = SimpleNamespace(name=case["user"], id=case["userid"], url="/user/x/")
    hub = SimpleNamespace(public_host="", url="", base_url="/hub/", api_url="")
    config = Config()
    config.KubeSpawner.update(case["settings"])
    spawner = KubeSpawner(
        config=config,
        user=user,
        hub=hub,
        orm_spawner=SimpleNamespace(name=case["server"], server=None),
        user_options=case["options"],
    )
    if "namespace" not in case["settings"] and not spawner.enable_user_namespaces:
        spawner.namespace = case["namespace"]
    if spawner.enable_user_namespaces:
        spawner.namespace = spawner._expand_user_properties(spawner.user_namespace_template)
    spawner.dns_name = spawner.dns_name_template.format(namespace=spawner.namespace, name=spawner.pod_name)
    await spawner.load_user_options()
    result = {
        "pod": await spawner.get_pod_manifest(),
        "service": spawner.get_service_manifest(make_owner_reference(spawner.pod_name, "an-uid"), spawner.port),
        "namespace": make_namespace(
            spawner.namespace,
            labels=spawner._expand_all(spawner.user_namespace_labels),
            annotations=spawner._expand_all(spawner.user_namespace_annotations),
        ),
    }
    if spawner.storage_pvc_ensure:
        result["claim"] = spawner.get_pvc_manifest()
    plain = {kind: api.sanitize_for_serialization(manifest) for kind, manifest in result.items()}
    plain["dns"] = spawner.dns_name
    return plain


async def main():
    answers = []
    async with ApiClient() as api:
        for case in json.load(sys.stdin):
            try:
                answers.append(await manifests(case, api))
            except Exception as e:  # each of them is an answer
                answers.append({"error": f"{type(e).__name__}: {e}"})
    json.dump(answers, sys.stdout)


asyncio.run(main())
