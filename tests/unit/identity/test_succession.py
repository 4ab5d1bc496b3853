"""The secrets of refresh tokens, derived from the previous ones."""

from ece_adapters.crypto import KeyedSuccession, fresh_secret
from ece_domain.identity import RefreshToken

OLD, NEW = b"o" * 32, b"n" * 32


def test_the_same_token_is_always_followed_by_the_same():
    token = RefreshToken.fresh(fresh_secret)
    one, other = (token.successors(KeyedSuccession.derived_from(OLD)) for _ in range(2))

    assert one == other
    assert [each.family for each in one] == [token.family]
    assert len(one[0].secret) == 32


def test_no_two_tokens_and_no_two_installations_share_a_successor():
    tokens = [RefreshToken.fresh(fresh_secret) for _ in range(3)]
    tokens.append(RefreshToken(tokens[0].family, tokens[1].secret))
    secrets = {
        token.successors(KeyedSuccession.derived_from(key))[0].secret
        for token in tokens
        for key in (OLD, NEW)
    }

    assert len(secrets) == 8


def test_servers_with_the_old_and_the_new_secret_recognize_each_others_successors():
    token = RefreshToken.fresh(fresh_secret)
    of_old = token.successors(KeyedSuccession.derived_from(OLD, [NEW]))
    of_new = token.successors(KeyedSuccession.derived_from(NEW, [OLD]))

    assert of_old == of_new[::-1]


def test_a_succession_does_not_show_its_keys():
    assert "keys" not in repr(KeyedSuccession.derived_from(OLD))
