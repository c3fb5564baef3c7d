from discord.http import Route

from bot.discord.endpoints import Endpoints

DEFAULT = "wss://gateway.discord.gg/?v=10&encoding=json"
RESUME = "wss://gateway-us-east1-b.discord.gg/?v=10&encoding=json"


def test_rest_calls_go_to_the_base_with_discords_own_version() -> None:
    endpoints = Endpoints("http://proxy:8080/api/", None)
    assert endpoints.rest(Route("GET", "/users/@me").url) == "http://proxy:8080/api/v10/users/@me"
    assert endpoints.rest("https://elsewhere/x") == "https://elsewhere/x"
    assert Endpoints("https://discord.com/api", None).rest(Route("GET", "/x").url) == Route("GET", "/x").url


def test_the_gateway_is_the_set_one_else_the_named_one_and_resuming_keeps_its_own() -> None:
    fixed = Endpoints("https://discord.com/api", "ws://mine:1/g")
    assert fixed.gateway(DEFAULT) == fixed.gateway(RESUME) == "ws://mine:1/g?v=10&encoding=json"
    named = Endpoints("https://discord.com/api", None)
    assert named.gateway(DEFAULT) == DEFAULT
    named.remember_gateway("wss://named.example")
    assert named.gateway(DEFAULT) == "wss://named.example/?v=10&encoding=json"
    assert named.gateway(RESUME) == RESUME
