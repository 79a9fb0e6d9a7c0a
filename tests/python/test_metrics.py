"""What /metrics says, read by Prometheus' own parser, and to whom."""

import asyncio
import importlib.util
import urllib.error
import urllib.request
from pathlib import Path

import fanwire
import pytest
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).resolve().parents[2]


async def scrape(server, **headers):
    """The answer's status, content type and text."""

    def get():
        asked = urllib.request.Request(server.url.replace("ws", "http", 1) + "metrics", headers=headers)
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return answer.status, answer.headers["content-type"], answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.headers["content-type"], refused.read().decode()

    return await asyncio.to_thread(get)


def samples_of(text):
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_says_what_the_server_counts(connect):
    async with fanwire.Server(port=0, metrics="loopback") as server, connect(server) as client:
        await client.join("a")
        await client.say("a", "hello")
        status, content_type, text = await scrape(server)
    samples = samples_of(text)
    assert (status, content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert samples[("fanwire_connections",)] == 1
    assert samples[("fanwire_rooms",)] == 1
    assert samples[("fanwire_connections_accepted_total",)] == 1
    assert samples[("fanwire_messages_received_total",)] == 2
    assert samples[("fanwire_bus_messages_skipped_total", "malformed")] == 0


async def test_every_metric_has_a_type_and_a_meaning():
    async with fanwire.Server(port=0, metrics="on") as server:
        _, _, text = await scrape(server)
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    for family in families:
        assert family.type in ("counter", "gauge"), family.name
        assert family.documentation.endswith("."), family.name


async def test_are_off_in_an_embedded_server():
    async with fanwire.Server(port=0) as server:
        assert (await scrape(server))[0] == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
async def test_on_loopback_what_a_proxy_passes_on_is_not_shown(header):
    async with fanwire.Server(port=0, metrics="loopback") as server:
        assert (await scrape(server, **{header: "192.0.2.1"}))[0] == 404
    async with fanwire.Server(port=0, metrics="on") as server:
        assert (await scrape(server, **{header: "192.0.2.1"}))[0] == 200


def test_a_wrong_setting_names_what_it_may_be():
    with pytest.raises(ValueError, match='`metrics` is "yes", but must be off, loopback or on'):
        fanwire.Server(metrics="yes")


async def test_the_reference_is_up_to_date():
    found = importlib.util.spec_from_file_location(
        "metrics_reference", ROOT / "script" / "metrics_reference.py"
    )
    assert found and found.loader
    reference = importlib.util.module_from_spec(found)
    found.loader.exec_module(reference)
    page = reference.PAGE.read_text()
    assert page == reference.page_with(page, reference.table_of(await reference.exposition()))
