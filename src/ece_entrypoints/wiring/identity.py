from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from dependency_injector import containers, providers

from ece_adapters import crypto
from ece_adapters.storage.revoked_sessions import RecentlyRevoked
from ece_domain import identity

from .settings import PasswordCost, Settings

_COSTS = {
    PasswordCost.standard: crypto.STANDARD_COST,
    PasswordCost.toy: crypto.TOY_COST,
}


class IdentityContainer(containers.DeclarativeContainer):
    begin: providers.Dependency[Any] = providers.Dependency()
    clock: providers.Dependency[Callable[[], datetime]] = providers.Dependency()
    new_id: providers.Dependency[Callable[[], UUID]] = providers.Dependency()
    settings = providers.Dependency(instance_of=Settings)
    secret: providers.Dependency[bytes] = providers.Dependency(instance_of=bytes)
    other_secrets: providers.Dependency[tuple[bytes, ...]] = providers.Dependency(default=())
    """Of servers that use the secret before this one, or the one after."""

    secrets = providers.Object(crypto.fresh_secret)
    succession = providers.Singleton(crypto.KeyedSuccession.derived_from, secret, other_secrets)
    password_cost = providers.Callable(_COSTS.__getitem__, settings.provided.password_cost)
    passwords = providers.Singleton(crypto.Argon2Passwords, password_cost)
    token_keys = providers.Singleton(crypto.KeyRing.derived_from, secret, other_secrets)
    revoked_sessions = providers.Singleton(RecentlyRevoked, begin, clock)
    """Its ``watching()`` runs as long as the application."""
    token_issuer = providers.Singleton(crypto.SignedTokenIssuer, token_keys)
    token_verifier = providers.Singleton(
        crypto.SignedTokenVerifier, token_keys, revoked_sessions, clock
    )

    register_user = providers.Singleton(
        identity.RegisterUser, begin=begin, passwords=passwords, clock=clock, new_id=new_id
    )
    log_in = providers.Singleton(
        identity.LogIn,
        begin=begin,
        passwords=passwords,
        tokens=token_issuer,
        secrets=secrets,
        clock=clock,
        new_id=new_id,
    )
    refresh_session = providers.Singleton(
        identity.RefreshSession,
        begin=begin,
        tokens=token_issuer,
        succession=succession,
        revoked=revoked_sessions,
        clock=clock,
    )
    log_out = providers.Singleton(
        identity.LogOut, begin=begin, revoked=revoked_sessions, clock=clock
    )
    change_role = providers.Singleton(
        identity.ChangeRole, begin=begin, revoked=revoked_sessions, clock=clock
    )
    get_my_account = providers.Singleton(identity.GetMyAccount, begin=begin)
    get_profile = providers.Singleton(identity.GetProfile, begin=begin)
