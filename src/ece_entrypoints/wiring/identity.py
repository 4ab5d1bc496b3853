from dependency_injector import containers, providers

from ece_adapters import crypto
from ece_adapters.storage.revoked_sessions import RecentlyRevoked
from ece_adapters.storage.store_transaction import StoreTransaction
from ece_domain import identity
from ece_domain.kernel import Begin, Clock, NewId, RateLimiter

from .rate_limits import authentication_limits
from .settings import PasswordCost, Settings
from .typed_providers import given, needed, single

_COSTS = {
    PasswordCost.standard: crypto.STANDARD_COST,
    PasswordCost.toy: crypto.TOY_COST,
}


def _passwords(settings: Settings) -> crypto.Argon2Passwords:
    return crypto.Argon2Passwords(_COSTS[settings.password_cost])


class IdentityContainer(containers.DeclarativeContainer):
    begin: Begin[StoreTransaction] = needed()
    clock: Clock = needed()
    new_id: NewId = needed()
    settings: Settings = needed()
    rate_limiter: RateLimiter = needed()
    secret: bytes = needed()
    other_secrets: tuple[bytes, ...] = needed()
    """The previous or the next secret, while the secret is being replaced."""

    secrets = providers.Object(crypto.fresh_secret)
    succession = single(crypto.KeyedSuccession.derived_from, secret, other_secrets)
    passwords = single(_passwords, settings)
    token_keys = single(crypto.KeyRing.derived_from, secret, other_secrets)
    limits = single(authentication_limits, rate_limiter, settings)
    revoked_sessions = single(RecentlyRevoked, begin, clock)
    """Its ``watching()`` runs in the background as long as the application runs."""
    token_issuer = single(crypto.SignedTokenIssuer, given(token_keys))
    token_verifier = single(
        crypto.SignedTokenVerifier, given(token_keys), given(revoked_sessions), clock
    )

    register_user = single(
        identity.RegisterUser,
        begin=begin,
        passwords=given(passwords),
        limits=given(limits),
        clock=clock,
        new_id=new_id,
    )
    open_system_account = single(
        identity.OpenSystemAccount,
        begin=begin,
        passwords=given(passwords),
        secrets=given(secrets),
        clock=clock,
    )
    log_in = single(
        identity.LogIn,
        begin=begin,
        passwords=given(passwords),
        limits=given(limits),
        revoked=given(revoked_sessions),
        tokens=given(token_issuer),
        secrets=given(secrets),
        clock=clock,
        new_id=new_id,
    )
    refresh_session = single(
        identity.RefreshSession,
        begin=begin,
        limits=given(limits),
        tokens=given(token_issuer),
        succession=given(succession),
        revoked=given(revoked_sessions),
        clock=clock,
    )
    log_out = single(identity.LogOut, begin=begin, revoked=given(revoked_sessions), clock=clock)
    change_role = single(
        identity.ChangeRole, begin=begin, revoked=given(revoked_sessions), clock=clock
    )
    set_password = single(
        identity.SetPassword,
        begin=begin,
        passwords=given(passwords),
        revoked=given(revoked_sessions),
        clock=clock,
    )
    suspend_user = single(
        identity.SuspendUser, begin=begin, revoked=given(revoked_sessions), clock=clock
    )
    change_password = single(
        identity.ChangePassword,
        begin=begin,
        passwords=given(passwords),
        limits=given(limits),
        revoked=given(revoked_sessions),
        clock=clock,
    )
    list_my_sessions = single(identity.ListMySessions, begin=begin, clock=clock)
    end_session = single(
        identity.EndSession, begin=begin, revoked=given(revoked_sessions), clock=clock
    )
    end_all_sessions = single(
        identity.EndAllSessions, begin=begin, revoked=given(revoked_sessions), clock=clock
    )
    reinstate_user = single(identity.ReinstateUser, begin=begin, clock=clock)
    list_users = single(identity.ListUsers, begin=begin)
    get_my_account = single(identity.GetMyAccount, begin=begin)
    get_profile = single(identity.GetProfile, begin=begin)
