"""What task definitions of ECS and manifests of Kubernetes run: by small files with the truth beside them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.deployables.ecs import read_ecs
from archcheck.deployables.kubernetes import MAX_CONTAINERS, read_kubernetes
from archcheck.deployables.model import Code, Found, Stated
from archcheck.manifest.manifest import Location
from tests.deployables.trees import tree_of

TASK = """{
  "family": "web",
  "requiresCompatibilities": ["FARGATE"],
  "memory": "2048",
  "runtimePlatform": {
    "operatingSystemFamily": "LINUX",
    "cpuArchitecture": "ARM64"
  },
  "containerDefinitions": [
    {"name": "app", "image": "python:3.12-slim-bookworm", "memory": 512},
    {"name": "side", "image": "envoy:1"}
  ]
}
"""


def ecs(text):
    return read_ecs("task.json", tree_of({"task.json": text}))


def test_the_containers_of_a_task():
    app, side = ecs(TASK).deployables
    assert (app.name, side.name) == ("web/app", "web/side")
    assert app.architectures == (Stated(value="aarch64", location=Location(path="task.json", line=7)),)
    assert not app.is_default
    assert (app.platform, app.tool, app.kind) == ("fargate", "ecs", "container")
    assert (app.memory_mb, side.memory_mb) == (512, 2048)
    assert app.code == Code(kind="image", reference="python:3.12-slim-bookworm")
    assert [each.value for each in app.targets] == ["debian12:python3.12"]
    assert side.targets == ()
    assert app.location.line == 10


@pytest.mark.parametrize(
    ("task", "architectures", "is_default", "platform", "unknown"),
    [
        ({}, ["x86_64"], True, "ecs", ()),
        ({"requiresCompatibilities": ["EC2", "FARGATE"]}, ["x86_64"], True, "fargate", ()),
        ({"runtimePlatform": {"cpuArchitecture": "X86_64"}}, ["x86_64"], False, "ecs", ()),
        ({"runtimePlatform": {"operatingSystemFamily": "LINUX"}}, ["x86_64"], True, "ecs", ()),
        ({"runtimePlatform": {"cpuArchitecture": "${ARCH}"}}, [], False, "ecs",
         ("its architecture: expected X86_64 or ARM64, found '${ARCH}'",)),
        ({"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}, ["x86_64"], True, "ecs",
         ("it runs on WINDOWS_SERVER_2022_CORE, which is not Linux",)),
    ],
)  # fmt: skip
def test_tasks(task, architectures, is_default, platform, unknown):
    for document in (task | {"containerDefinitions": [{"image": "x"}]},):
        for whole in (document, {"taskDefinition": document}):
            (found,) = ecs(json.dumps(whole)).deployables
            assert [each.value for each in found.architectures] == architectures
            assert (found.is_default, found.platform, found.unknown) == (is_default, platform, unknown)
            assert found.name == "task"


@pytest.mark.parametrize(
    "text", ["{}", "[", '{"a": "b"}', '["containerDefinitions"]', '{"containerDefinitions": 1}']
)
def test_what_is_no_task(text):
    assert ecs(text) == Found()


def test_a_broken_task_is_a_problem():
    (problem,) = ecs('{"containerDefinitions": [').problems
    assert problem.message.startswith("not YAML: ")


DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      nodeSelector:
        kubernetes.io/os: linux
        kubernetes.io/arch: arm64
      containers:
        - name: app
          image: python:3.12-slim-bookworm
          resources:
            limits: {memory: 2Gi}
        - name: side
          image: envoy:1
"""


def kubernetes(text):
    found = read_kubernetes("k8s/web.yaml", tree_of({"k8s/web.yaml": text}))
    assert found.problems == ()
    return found.deployables


def test_the_containers_of_a_deployment():
    app, side = kubernetes(DEPLOYMENT)
    assert (app.name, side.name) == ("web/app", "web/side")
    assert app.architectures == (Stated(value="aarch64", location=Location(path="k8s/web.yaml", line=10)),)
    assert not app.is_default
    assert (app.memory_mb, side.memory_mb) == (2048, None)
    assert app.code == Code(kind="image", reference="python:3.12-slim-bookworm")
    assert [each.value for each in app.targets] == ["debian12:python3.12"]
    assert (app.kind, app.tool, app.platform, app.location.line) == (
        "container",
        "kubernetes",
        "kubernetes",
        12,
    )


def pod(spec):
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"image": "x"}], **spec}})  # fmt: skip


def affinity(*terms):
    expressions = [
        {
            "matchExpressions": [
                {"key": key, "operator": operator, "values": values} for key, operator, values in term
            ]
        }
        for term in terms
    ]
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": expressions}}}}  # fmt: skip


ARCH = "kubernetes.io/arch"
BOTH = [("x86_64", "the node is amd64"), ("aarch64", "the node is arm64")]


@pytest.mark.parametrize(
    ("spec", "architectures", "is_default", "unknown"),
    [
        ({}, [], True, ()),
        ({"nodeSelector": {"disk": "ssd"}}, [], True, ()),
        ({"nodeSelector": {"eks.amazonaws.com/compute-type": "fargate"}}, [("x86_64", None)], False,
         ("EKS has no arm64 on Fargate; nodes of its own would have to run it",)),
        ({"nodeSelector": {"eks.amazonaws.com/compute-type": "ec2"}}, [], True, ()),
        ({"nodeSelector": {"beta.kubernetes.io/arch": "amd64"}}, [("x86_64", None)], False, ()),
        ({"nodeSelector": {ARCH: "s390x"}}, [], False, ("its nodes: expected amd64 or arm64, found 's390x'",)),
        ({"nodeSelector": {ARCH: ["arm64"]}}, [], False, ("its nodes: expected amd64 or arm64, found \"['arm64']\"",)),
        (affinity([(ARCH, "In", ["arm64"])]), [("aarch64", None)], False, ()),
        (affinity([(ARCH, "In", ["amd64", "arm64"])]), BOTH, False, ()),
        (affinity([(ARCH, "NotIn", ["arm64"])]), [("x86_64", None)], False, ()),
        (affinity([(ARCH, "NotIn", ["s390x"])]), BOTH, False, ()),
        (affinity([(ARCH, "In", ["amd64", "arm64"]), (ARCH, "NotIn", ["amd64"])]), [("aarch64", None)], False, ()),
        (affinity([("zone", "In", ["a"])]), [], True, ()),
        (affinity([("zone", "In", ["a"])], [(ARCH, "In", ["arm64"])]), [], True, ()),
        (affinity([(ARCH, "In", ["amd64"])], [(ARCH, "In", ["arm64"])]), BOTH, False, ()),
        (affinity([(ARCH, "In", ["s390x"])]), [], False, ("its nodes: nodeAffinity leaves neither arm64 nor amd64",)),
        ({"nodeSelector": {ARCH: "arm64"}} | affinity([(ARCH, "In", ["amd64", "arm64"])]), [("aarch64", None)], False, ()),
        ({"nodeSelector": {ARCH: "arm64"}} | affinity([(ARCH, "In", ["amd64"])]), [], False,
         ("its nodes: nodeSelector and nodeAffinity ask for two architectures",)),
    ],
)  # fmt: skip
def test_the_nodes_of_a_pod(spec, architectures, is_default, unknown):
    (found,) = kubernetes(pod(spec))
    assert [(each.value, each.when) for each in found.architectures] == architectures
    assert (found.is_default, found.unknown) == (is_default, unknown)


def test_a_preference_states_nothing():
    term = {"preference": {"matchExpressions": [{"key": ARCH, "operator": "In", "values": ["arm64"]}]}}
    preferred = {"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [term]}}}
    (found,) = kubernetes(pod(preferred))
    assert (found.architectures, found.is_default) == ((), True)


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "Job"])
def test_kinds(kind):
    spec = {"containers": [{"image": "x"}], "nodeSelector": {ARCH: "arm64"}}
    document = {"apiVersion": "v1", "kind": kind, "spec": {"template": {"spec": spec}}}
    cron = {"apiVersion": "v1", "kind": "CronJob", "spec": {"jobTemplate": {"spec": document["spec"]}}}
    listed = {"apiVersion": "v1", "kind": "List", "items": [document, {"kind": "Service"}]}
    for each in (document, cron, listed):
        (found,) = kubernetes(json.dumps(each))
        assert [each.value for each in found.architectures] == ["aarch64"]


def test_several_documents_and_other_kinds():
    text = DEPLOYMENT + "---\napiVersion: v1\nkind: Service\n---\n" + pod({})
    assert [each.name for each in kubernetes(text)] == ["web/app", "web/side", "p"]
    assert kubernetes("apiVersion: x\nkind: [a]\n") == ()
    assert kubernetes("kind: Pod\nspec: {containers: [{image: x}]}\n") == ()


def test_helm_is_passed_over():
    text = "apiVersion: v1\nkind: Pod\n{{- if .Values.x }}\nspec:\n  containers: []\n{{- end }}\n"
    assert read_kubernetes("t.yaml", tree_of({"t.yaml": text})) == Found()
    (found,) = kubernetes(pod({"containers": [{"image": "{{ .Values.image }}"}]}))
    assert found.code == Code(kind="elsewhere", reference="{{ .Values.image }}")


def test_too_many_containers_are_a_problem():
    found = read_kubernetes("t.yaml", tree_of({"t.yaml": ("---\n" + pod({}) + "\n") * (MAX_CONTAINERS + 1)}))
    assert len(found.deployables) == MAX_CONTAINERS
    assert [each.message for each in found.problems] == ["only 2,000 containers are read"]


def test_bad_manifests_are_one_line():
    found = read_kubernetes("t.yaml", tree_of({"t.yaml": DEPLOYMENT + "---\napiVersion: [\n"}))
    assert len(found.deployables) == 2
    assert [each.message.startswith("not YAML: ") for each in found.problems] == [True]


KEYS = st.sampled_from(
    [
        "apiVersion",
        "kind",
        "spec",
        "template",
        "containers",
        "image",
        "name",
        "nodeSelector",
        "kubernetes.io/arch",
        "affinity",
        "nodeAffinity",
        "memory",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
        "matchExpressions",
        "key",
        "operator",
        "values",
        "containerDefinitions",
        "runtimePlatform",
        "cpuArchitecture",
        "family",
        "resources",
        "limits",
        "requiresCompatibilities",
    ]
)
VALUES = st.recursive(
    st.none()
    | st.integers()
    | st.sampled_from(["Pod", "Deployment", "arm64", "In", "kubernetes.io/arch", "1Gi", "a\nb"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


@given(st.dictionaries(KEYS, VALUES, max_size=6), st.sampled_from(["Pod", "Deployment", "CronJob", "List"]))
def test_any_document_is_read(document, kind):
    tree = tree_of({"x.json": json.dumps(document | {"apiVersion": "v1", "kind": kind})})
    for found in (read_kubernetes("x.json", tree), read_ecs("x.json", tree)):
        assert found.problems == ()
        for each in found.deployables:
            assert all("\n" not in reason for reason in each.unknown)
