"""docker-compose.yml and what prepares its secrets fit together."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from contracts import organisation
from contracts.topology import queues
from contracts.values import ServiceName, Source
from infra import scanning
from infra.deploy.prepare import prepare
from infra.deploy.topology import FewerPartitions, WrongCertificates, subjects_of, write_topology
from infra.identity.uploads import READ_ON, ROUND_OCTETS
from infra.local.postgres import SETTINGS
from infra.local.secrets import Secrets
from infra.local.service_process import REPOSITORY
from infra.paper import pressing
from infra.settings import Settings
from services.audit.settings import AuditSettings
from services.casework.domain.files import OCTETS_MAX
from services.casework.screens.files.screen import FILES
from services.casework.settings import CaseworkSettings
from services.ingest.inlets.extract.adapters import EXAMPLES, load_all
from services.ingest.settings import IngestSettings


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


def test_every_secret_that_is_mounted_is_prepared_and_the_other_way_round(tmp_path: Path) -> None:
    prepare(tmp_path)

    mounted = {secret["file"].removeprefix("./infra/deploy/secrets/") for secret in compose()["secrets"].values()}
    made = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    for_people = {name for name in made if name.startswith(("sources/", "operator_", "analyst_")) or name == "generated.json"}
    assert made - for_people == mounted


def test_every_service_runs_without_privileges_on_the_closed_network() -> None:
    parts = compose()["services"]

    assert {*ServiceName, "postgres", "rabbitmq", "topology", "migrations", "staff", "gateway"} == set(parts)
    for name, part in parts.items():
        assert part["read_only"] is True, name
        assert part["cap_drop"] == ["ALL"], name
        assert part["user"] not in {"", "0", "root"}, name
        assert (name == "gateway") == ("door" in part.get("networks", [])), name
    assert {name for name, network in compose()["networks"].items() if network != {"internal": True}} == {"door"}


def test_the_server_in_a_container_is_set_as_the_embedded_one() -> None:
    words = [word.removeprefix("-c").partition("=") for word in compose()["services"]["postgres"]["command"][1:]]
    told = {name: re.sub(r"\$\{\w+:-(\w+)\}", r"\1", value) for name, _, value in words}

    assert told.pop("default_toast_compression") == "lz4"
    assert told == {name: value for name, value in SETTINGS.items() if name in told}
    assert {"shared_buffers", "max_wal_size", "checkpoint_timeout", "autovacuum_naptime"} <= told.keys()


def test_no_part_can_fill_the_disk_with_its_log_or_take_the_machine() -> None:
    for name, part in compose()["services"].items():
        assert part["logging"] == {"driver": "json-file", "options": {"max-size": "10m", "max-file": "5"}}, name
        assert part["mem_limit"], name
        assert part["pids_limit"] > 0, name


def test_the_gateway_is_alone_with_each_service_on_a_network_of_that_service() -> None:
    """So that no address which changed hands leads from one service's door to another service, nor to a server."""
    parts = compose()["services"]
    networks = set(parts["gateway"]["networks"]) - {"door"}

    assert networks == {"to_casework", "to_audit", "to_ingest", "to_linker", "to_scorer"}
    for network in networks:
        assert {name for name, part in parts.items() if network in part.get("networks", [])} == {"gateway", network.removeprefix("to_")}


def test_the_gateway_looks_every_name_up_anew() -> None:
    conf = [line.strip() for line in (REPOSITORY / "infra/deploy/gateway.conf").read_text(encoding="utf-8").splitlines()]

    assert any(line.startswith("resolver 127.0.0.11 valid=") for line in conf)
    passed = [line for line in conf if "proxy_pass " in line]
    assert len(passed) == 7
    assert all("proxy_pass $" in line for line in passed)


def test_nightly_extracts_have_a_folder_on_the_host_that_the_service_watches_and_may_empty() -> None:
    ingest = compose()["services"]["ingest"]
    dockerfile = (REPOSITORY / "infra/deploy/Dockerfile").read_text(encoding="utf-8")

    mounted = {target: (mode, source) for source, target, mode in map(parts_of, ingest["volumes"])}
    told = ingest["environment"]
    assert mounted[told["TSUNAGU_EXTRACT_FOLDER"]] == ("rw", "${TSUNAGU_EXTRACTS:-extracts}")
    assert "extracts" in compose()["volumes"]
    [installed] = [line for line in dockerfile.splitlines() if told["TSUNAGU_EXTRACT_FOLDER"] in line]
    assert "--owner=10001" in installed, "an engine's volume takes over whose folder it is"
    mode, adapters = mounted[told["TSUNAGU_EXTRACT_ADAPTERS"]]
    examples = REPOSITORY / adapters.partition(":-")[2].removesuffix("}")
    assert (mode, adapters.partition(":-")[0]) == ("ro", "${TSUNAGU_ADAPTERS")
    assert len(load_all(examples)) == len(load_all(EXAMPLES)) > 0


def test_every_setting_of_ingest_that_compose_tells_is_one() -> None:
    """So that no name is misspelt: what a service does not know it leaves alone."""
    known = {organisation.VARIABLE, *(f"TSUNAGU_{name}".upper() for name in IngestSettings.model_fields)}

    told = {name for name in compose()["services"]["ingest"]["environment"] if name != "TSUNAGU_SIGNER_STATE"}
    assert told - known == {"TSUNAGU_FORWARDED_ALLOW_IPS"} - known


def test_every_service_and_whoever_registers_staff_work_for_the_citys_own_file() -> None:
    parts = compose()["services"]

    for name in (*ServiceName, "staff"):
        [mounted] = [each["target"] for each in parts[name]["configs"] if each["source"] == "organisation"]
        assert parts[name]["environment"][organisation.VARIABLE] == mounted, name
    named = compose()["configs"]["organisation"]["file"].removesuffix("}")
    assert REPOSITORY / named.partition(":-")[2] == organisation.OWN_FILE


def test_every_setting_that_casework_alone_has_is_told_by_compose() -> None:
    own = {f"TSUNAGU_{name}".upper() for name in CaseworkSettings.model_fields.keys() - Settings.model_fields.keys()}

    assert own
    assert own <= compose()["services"]["casework"]["environment"].keys()


def test_every_setting_of_the_citys_own_sign_in_is_told_and_no_empty_secret_counts_for_more_than_its_file() -> None:
    own = {f"TSUNAGU_{name}".upper() for name in Settings.model_fields if name.startswith("oidc_")}

    for name in ServiceName:
        told = compose()["services"][name]["environment"]
        assert own <= told.keys(), name
        assert (told["TSUNAGU_OIDC_CLIENT_SECRET"], told["TSUNAGU_OIDC_CA"]) == (None, None)


def test_thresholds_of_misuse_and_the_duty_list_are_the_shells_or_not_there_at_all() -> None:
    """Compose passes a variable without a value on, and leaves it out where the shell has none: an empty text would be no JSON."""
    assert {"misuse", "duty_list"} <= AuditSettings.model_fields.keys()
    assert compose()["services"]["audit"]["environment"]["TSUNAGU_MISUSE"] is None
    assert compose()["services"]["audit"]["environment"]["TSUNAGU_DUTY_LIST"] is None


def test_the_gateway_lets_through_a_file_of_a_case_and_what_casework_reads_to_say_that_one_is_too_large() -> None:
    [(address, most)] = re.findall(r"location ~ (\S+) \{\s+proxy_pass \$service;\s+client_max_body_size (\d+)m;", delivered("gateway.conf"))
    [waits] = re.findall(r"http://casework:8080;.*?proxy_read_timeout (\d+)s;", delivered("gateway.conf"), re.DOTALL)

    assert re.search(address, FILES.address.format(person_id=UUID(int=1)))
    assert int(most) * 1024**2 >= READ_ON * (OCTETS_MAX + ROUND_OCTETS)
    assert int(waits) > max(scanning.SECONDS, pressing.SECONDS)


def overlay() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((REPOSITORY / "infra/deploy/certificates.yml").read_text(encoding="utf-8"))
    return loaded


def delivered(name: str) -> str:
    return (REPOSITORY / "infra/deploy" / name).read_text(encoding="utf-8")


def mounts(part: str) -> dict[str, str]:
    """Where the doors for certificates find what is mounted for them, and what that is; nothing of it can be written there."""
    found = {volume.split(":")[-2]: volume.rpartition(":")[0].rpartition(":")[0] for volume in overlay()["services"][part]["volumes"]}
    assert all(volume.endswith(":ro") for volume in overlay()["services"][part]["volumes"])
    return found


def test_the_door_for_certificates_finds_what_is_laid_out_for_it_and_ingest_believes_its_network_alone() -> None:
    gateway, ingest = overlay()["services"]["gateway"], overlay()["services"]["ingest"]
    conf = delivered("certificates.conf")

    read = set(re.findall(r"^\s+ssl_\w+ (/etc/nginx/sources/[^;]+);", conf, re.MULTILINE))
    laid_out = mounts("gateway")
    assert laid_out.keys() - read == {"/etc/nginx/sources/sources.conf", "/etc/nginx/streams/sources.conf"}
    assert read == laid_out.keys() & read
    [subnet] = overlay()["networks"]["to_ingest"]["ipam"]["config"]
    assert ingest["environment"]["TSUNAGU_CERTIFICATE_GATEWAYS"] == f'["{subnet["subnet"]}"]'
    assert overlay()["networks"]["to_ingest"]["internal"] is True
    by_amqp = re.findall(r"listen (\d+);", delivered("certificates-amqp.conf"))
    assert [port.rpartition(":")[2] for port in gateway["ports"]] == re.findall(r"listen (\d+) ssl;", conf) + by_amqp


def test_the_brokers_door_for_certificates_finds_what_is_laid_out_for_it() -> None:
    told = dict(line.split(" = ") for line in delivered("rabbitmq-certificates.conf").splitlines() if not line.startswith("#"))

    laid_out = mounts("rabbitmq")
    read = {value for value in told.values() if value.startswith("/")}
    assert laid_out.keys() - read == {"/etc/rabbitmq/conf.d/30-certificates.conf", "/etc/rabbitmq/enabled_plugins"}
    assert read == laid_out.keys() & read
    for file in laid_out.values():
        assert file.startswith("${TSUNAGU_SOURCES_TLS}/") or (REPOSITORY / file).is_file(), file
    assert "rabbitmq_auth_mechanism_ssl" in delivered("rabbitmq-plugins")
    assert f"set $broker rabbitmq:{told['listeners.ssl.default']};" in delivered("certificates-amqp.conf")


def test_the_broker_is_reached_through_the_gateway_alone_and_on_a_closed_network() -> None:
    parts = overlay()["services"]

    assert {name for name, part in parts.items() if "ports" in part} == {"gateway"}
    assert {name for name, part in parts.items() if "to_rabbitmq" in part.get("networks", [])} == {"gateway", "rabbitmq"}
    assert overlay()["networks"]["to_rabbitmq"] == {"internal": True}
    assert "include /etc/nginx/streams/*.conf;" in delivered("gateway.conf").splitlines()


def test_whoever_reads_or_loads_the_names_in_certificates_is_told_them() -> None:
    told = {name for name, part in overlay()["services"].items() if "TSUNAGU_SOURCE_CERTIFICATES" in part.get("environment", {})}

    assert told == {"topology", "rabbitmq"}
    assert "TSUNAGU_SOURCE_CERTIFICATES" in compose()["services"]["ingest"]["environment"]


@pytest.mark.parametrize(
    "told",
    [
        '{"childcare": ["dn:ingest"]}',
        '{"childcare": ["dn:"]}',
        '{"childcare": ["dn:CN=a"], "disability": ["dn:CN=a"]}',
        '{"nobody": ["dn:CN=a"]}',
        '["dn:CN=a"]',
        '{"childcare": [1]}',
        '{"childcare": null}',
        "nonsense",
    ],
)
def test_names_that_cannot_be_meant_make_no_logins(told: str) -> None:
    with pytest.raises(WrongCertificates):
        subjects_of(told)


def test_whole_subjects_are_the_brokers_and_other_names_are_https_alone() -> None:
    told = '{"childcare": ["dn:CN=a,O=b", "dn:CN=c", "uri:urn:x=y"], "disability": ["cn:d", "dns:e.example"]}'

    assert subjects_of(told) == {"CN=a,O=b": Source.CHILDCARE, "CN=c": Source.CHILDCARE}
    assert subjects_of("{}") == {}


def test_a_certificates_login_that_was_taken_back_may_do_nothing_until_it_is_given_again(tmp_path: Path) -> None:
    passwords, subject = Secrets.drawn().broker, "CN=a,O=b"

    def rights(certificates: dict[str, Source]) -> list[tuple[str, str]]:
        write_topology(tmp_path, passwords, 1, certificates)
        made = json.loads((tmp_path / "definitions.json").read_text())
        assert [user["password_hash"] for user in made["users"] if user["name"] == subject] == [""]
        return [(each["write"], each["read"]) for each in made["permissions"] if each["user"] == subject]

    given = [("^(source)$", r"^(replies\.childcare)$")]
    assert rights({subject: Source.CHILDCARE}) == given
    assert rights({}) == rights({}) == [("^$", "^$")]
    assert rights({subject: Source.CHILDCARE}) == given


def parts_of(volume: str) -> tuple[str, str, str]:
    """The source of a mount, where it is mounted, and how."""
    found = re.fullmatch(r"(\$\{[^}]*\}|[^:]+):([^:]+)(?::(ro))?", volume)
    assert found is not None, volume
    return found[1], found[2], found[3] or "rw"


def test_only_the_programs_get_into_the_image() -> None:
    kept = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    dockerfile = (REPOSITORY / "infra/deploy/Dockerfile").read_text(encoding="utf-8").splitlines()

    copied = {line.split()[1] for line in dockerfile if line.startswith("COPY ") and "--from" not in line}
    assert copied == {line[1:] for line in kept if line.startswith("!")} == {"requirements.lock", "contracts", "infra", "services"}
    assert kept.index("*") < kept.index("!infra") < kept.index("infra/deploy/secrets")


@pytest.mark.parametrize("partitions", [1, 3])
def test_the_broker_is_given_the_queues_of_as_many_partitions_as_the_start_asks_for(partitions: int, tmp_path: Path) -> None:
    passwords = Secrets.drawn().broker

    write_topology(tmp_path, passwords, partitions)

    made = json.loads((tmp_path / "definitions.json").read_text())
    assert {queue["name"] for queue in made["queues"]} == {queue.name for queue in queues(partitions)}
    assert not any(password in json.dumps(made) for password in passwords.values())


def test_an_installation_may_grow_and_never_loses_a_partition_that_may_hold_events(tmp_path: Path) -> None:
    passwords = Secrets.drawn().broker
    write_topology(tmp_path, passwords, 1)
    write_topology(tmp_path, passwords, 3)
    before = (tmp_path / "definitions.json").read_bytes()

    with pytest.raises(FewerPartitions):
        write_topology(tmp_path, passwords, 2)

    assert (tmp_path / "definitions.json").read_bytes() == before


def test_broker_and_services_are_told_the_same_number_of_partitions() -> None:
    parts = compose()["services"]

    told = {name: part["environment"].get("TSUNAGU_PARTITIONS") for name, part in parts.items() if name not in {"postgres", "gateway"}}
    assert set(told.values()) == {"${TSUNAGU_PARTITIONS:-1}"}


def test_nobody_is_registered_unless_somebody_asks() -> None:
    staff = compose()["services"]["staff"]

    assert staff["profiles"] == ["staff"]
    assert [secret["target"] for secret in staff["secrets"]] == ["tsunagu_identity_database_url", "tsunagu_parking_key"]


def test_each_service_gets_its_own_secrets_only() -> None:
    parts = compose()["services"]

    for service in ServiceName:
        assert all(secret["source"].startswith(f"{service}_") for secret in parts[service]["secrets"])


def test_only_the_gateway_opens_ports_and_only_on_loopback() -> None:
    opened = {name: part["ports"] for name, part in compose()["services"].items() if "ports" in part}

    assert list(opened) == ["gateway"]
    assert all(port.startswith("127.0.0.1:") for port in opened["gateway"])


def test_the_gateway_tells_the_services_who_comes_and_over_what() -> None:
    """Cookies are Secure only where the service knows of https; the audit wants the visitor's address, not the gateway's."""
    conf = (REPOSITORY / "infra/deploy/gateway.conf").read_text(encoding="utf-8")

    told = {line.split()[1] for line in conf.splitlines() if line.strip().startswith("proxy_set_header")}
    assert {"Host", "X-Forwarded-For", "X-Forwarded-Proto"} <= told
