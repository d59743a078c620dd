CREATE TABLE public.access_review_rows (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    review_id uuid NOT NULL,
    number bigint NOT NULL,
    user_id uuid NOT NULL,
    team_id uuid,
    team_name text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    made_at bigint NOT NULL,
    granted_by uuid,
    granted_at bigint,
    seen_at bigint,
    inactive bigint NOT NULL,
    decision text NOT NULL COLLATE pg_catalog."C",
    decided_by uuid,
    decided_at bigint NOT NULL,
    CONSTRAINT access_review_rows_decision CHECK ((decision = ANY (ARRAY['pending'::text, 'confirmed'::text, 'removed'::text, 'changed'::text, 'undecided'::text])))
);
ALTER TABLE ONLY public.access_review_rows FORCE ROW LEVEL SECURITY;
ALTER TABLE public.access_review_rows OWNER TO {owner_role};
CREATE TABLE public.access_reviews (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    team_id uuid,
    state text NOT NULL COLLATE pg_catalog."C",
    started_by uuid NOT NULL,
    started_at bigint NOT NULL,
    finished_by uuid,
    finished_at bigint NOT NULL,
    rights bigint NOT NULL,
    confirmed bigint NOT NULL,
    removed bigint NOT NULL,
    changed bigint NOT NULL,
    undecided bigint NOT NULL,
    CONSTRAINT access_reviews_finished CHECK (((state = 'open'::text) = (finished_at = 0))),
    CONSTRAINT access_reviews_state CHECK ((state = ANY (ARRAY['open'::text, 'finished'::text])))
);
ALTER TABLE ONLY public.access_reviews FORCE ROW LEVEL SECURITY;
ALTER TABLE public.access_reviews OWNER TO {owner_role};
CREATE TABLE public.account_links (
    client_id uuid NOT NULL,
    purpose text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    token_hash text NOT NULL COLLATE pg_catalog."C",
    user_id uuid NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    password_hash text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    locale text DEFAULT 'en'::text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT account_links_purpose_known CHECK ((purpose = ANY (ARRAY['sign_up'::text, 'reset'::text, 'change_address'::text, 'restore_address'::text])))
);
ALTER TABLE ONLY public.account_links FORCE ROW LEVEL SECURITY;
ALTER TABLE public.account_links OWNER TO {owner_role};
CREATE TABLE public.audit (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    seq bigint NOT NULL,
    prev text NOT NULL COLLATE pg_catalog."C",
    mac text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    actor_kind text NOT NULL COLLATE pg_catalog."C",
    actor_id text NOT NULL COLLATE pg_catalog."C",
    address text NOT NULL COLLATE pg_catalog."C",
    request_id text NOT NULL COLLATE pg_catalog."C",
    action text NOT NULL COLLATE pg_catalog."C",
    target_kind text NOT NULL COLLATE pg_catalog."C",
    target_id text NOT NULL COLLATE pg_catalog."C",
    result text NOT NULL COLLATE pg_catalog."C",
    detail text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY public.audit FORCE ROW LEVEL SECURITY;
ALTER TABLE public.audit OWNER TO {owner_role};
CREATE TABLE public.audit_salts (
    client_id uuid NOT NULL,
    user_id uuid NOT NULL,
    salt text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY public.audit_salts FORCE ROW LEVEL SECURITY;
ALTER TABLE public.audit_salts OWNER TO {owner_role};
CREATE TABLE public.client_audit (
    client_id uuid NOT NULL,
    seq bigint NOT NULL,
    prev text NOT NULL COLLATE pg_catalog."C",
    mac text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    actor_kind text NOT NULL COLLATE pg_catalog."C",
    actor_id text NOT NULL COLLATE pg_catalog."C",
    address text NOT NULL COLLATE pg_catalog."C",
    request_id text NOT NULL COLLATE pg_catalog."C",
    action text NOT NULL COLLATE pg_catalog."C",
    target_kind text NOT NULL COLLATE pg_catalog."C",
    target_id text NOT NULL COLLATE pg_catalog."C",
    result text NOT NULL COLLATE pg_catalog."C",
    detail text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY public.client_audit FORCE ROW LEVEL SECURITY;
ALTER TABLE public.client_audit OWNER TO {owner_role};
CREATE TABLE public.client_audit_heads (
    client_id uuid NOT NULL,
    seq bigint NOT NULL,
    mac text NOT NULL COLLATE pg_catalog."C",
    sunk bigint NOT NULL,
    salt text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY public.client_audit_heads FORCE ROW LEVEL SECURITY;
ALTER TABLE public.client_audit_heads OWNER TO {owner_role};
CREATE TABLE public.clients (
    client_id uuid NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    isolation_checked_at bigint DEFAULT 0 NOT NULL,
    isolation_complete bigint DEFAULT 0 NOT NULL
);
ALTER TABLE ONLY public.clients FORCE ROW LEVEL SECURITY;
ALTER TABLE public.clients OWNER TO {owner_role};
CREATE TABLE public.deployment_revisions (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    deployment_id uuid NOT NULL,
    revision bigint NOT NULL,
    spec text NOT NULL COLLATE pg_catalog."C",
    created_by uuid NOT NULL,
    created_at bigint NOT NULL
);
ALTER TABLE ONLY public.deployment_revisions FORCE ROW LEVEL SECURITY;
ALTER TABLE public.deployment_revisions OWNER TO {owner_role};
CREATE TABLE public.deployment_secrets (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    deployment_id uuid NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    sealed text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL
);
ALTER TABLE ONLY public.deployment_secrets FORCE ROW LEVEL SECURITY;
ALTER TABLE public.deployment_secrets OWNER TO {owner_role};
CREATE TABLE public.deployments (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    team_id uuid NOT NULL,
    sandbox_id uuid NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    stem text NOT NULL COLLATE pg_catalog."C",
    template text NOT NULL COLLATE pg_catalog."C",
    spec text NOT NULL COLLATE pg_catalog."C",
    revision bigint NOT NULL,
    version bigint NOT NULL,
    generation bigint NOT NULL,
    synced_generation bigint NOT NULL,
    restarts bigint NOT NULL,
    phase text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    message text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    deleting bigint NOT NULL,
    cpu_milli bigint NOT NULL,
    memory_bytes bigint NOT NULL,
    storage_bytes bigint NOT NULL,
    created_by uuid NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    retry_at bigint DEFAULT 0 NOT NULL,
    failures bigint DEFAULT 0 NOT NULL,
    most_replicas bigint DEFAULT 0 NOT NULL
);
ALTER TABLE ONLY public.deployments FORCE ROW LEVEL SECURITY;
ALTER TABLE public.deployments OWNER TO {owner_role};
CREATE TABLE public.entitlement_overrides (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    feature text NOT NULL COLLATE pg_catalog."C",
    value text COLLATE pg_catalog."C",
    starts_at bigint NOT NULL,
    ends_at bigint NOT NULL,
    reason text NOT NULL COLLATE pg_catalog."C",
    by_user uuid NOT NULL
);
ALTER TABLE ONLY public.entitlement_overrides FORCE ROW LEVEL SECURITY;
ALTER TABLE public.entitlement_overrides OWNER TO {owner_role};
CREATE TABLE public.feed (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    target_id text NOT NULL COLLATE pg_catalog."C",
    team_id text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY public.feed FORCE ROW LEVEL SECURITY;
ALTER TABLE public.feed OWNER TO {owner_role};
CREATE TABLE public.former_members (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL COLLATE pg_catalog."C",
    teams text NOT NULL COLLATE pg_catalog."C",
    removed_at bigint NOT NULL,
    email text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    own_will bigint DEFAULT 1 NOT NULL,
    CONSTRAINT former_members_role CHECK ((role = ANY (ARRAY['org_admin'::text, 'org_member'::text])))
);
ALTER TABLE ONLY public.former_members FORCE ROW LEVEL SECURITY;
ALTER TABLE public.former_members OWNER TO {owner_role};
CREATE TABLE public.former_team_slugs (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    team_id uuid NOT NULL,
    until bigint NOT NULL
);
ALTER TABLE ONLY public.former_team_slugs FORCE ROW LEVEL SECURITY;
ALTER TABLE public.former_team_slugs OWNER TO {owner_role};
CREATE TABLE public.given_names (
    client_id uuid NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C",
    holder text NOT NULL COLLATE pg_catalog."C",
    until bigint NOT NULL
);
ALTER TABLE ONLY public.given_names FORCE ROW LEVEL SECURITY;
ALTER TABLE public.given_names OWNER TO {owner_role};
CREATE TABLE public.idempotency_keys (
    client_id uuid NOT NULL,
    user_id uuid NOT NULL,
    key_hash text NOT NULL COLLATE pg_catalog."C",
    request_mac text NOT NULL COLLATE pg_catalog."C",
    status bigint NOT NULL,
    location text NOT NULL COLLATE pg_catalog."C",
    etag text NOT NULL COLLATE pg_catalog."C",
    body text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL
);
ALTER TABLE ONLY public.idempotency_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE public.idempotency_keys OWNER TO {owner_role};
CREATE TABLE public.installation (
    key text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY public.installation FORCE ROW LEVEL SECURITY;
ALTER TABLE public.installation OWNER TO {owner_role};
CREATE TABLE public.invitation_teams (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    invitation_id uuid NOT NULL,
    team_id uuid NOT NULL,
    team_name text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    invited_by uuid NOT NULL,
    CONSTRAINT invitation_teams_role CHECK ((role = ANY (ARRAY['team_admin'::text, 'developer'::text, 'viewer'::text])))
);
ALTER TABLE ONLY public.invitation_teams FORCE ROW LEVEL SECURITY;
ALTER TABLE public.invitation_teams OWNER TO {owner_role};
CREATE TABLE public.invitations (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    email text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    org_wide bigint NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    token_hash text NOT NULL COLLATE pg_catalog."C",
    invited_by uuid NOT NULL,
    answered_by uuid,
    version bigint NOT NULL,
    life_days bigint NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    sent_at bigint NOT NULL,
    resends_since bigint NOT NULL,
    resends bigint NOT NULL,
    told_at bigint NOT NULL,
    settled_at bigint NOT NULL,
    locale text DEFAULT 'en'::text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT invitations_accepted CHECK (((state <> 'accepted'::text) OR (answered_by IS NOT NULL))),
    CONSTRAINT invitations_role CHECK ((role = ANY (ARRAY['org_admin'::text, 'org_member'::text]))),
    CONSTRAINT invitations_settled CHECK (((state = 'pending'::text) = (settled_at = 0))),
    CONSTRAINT invitations_state CHECK ((state = ANY (ARRAY['pending'::text, 'accepted'::text, 'declined'::text, 'revoked'::text, 'expired'::text])))
);
ALTER TABLE ONLY public.invitations FORCE ROW LEVEL SECURITY;
ALTER TABLE public.invitations OWNER TO {owner_role};
CREATE TABLE public.leases (
    name text NOT NULL COLLATE pg_catalog."C",
    holder text NOT NULL COLLATE pg_catalog."C",
    fence bigint NOT NULL,
    expires_at bigint NOT NULL
);
ALTER TABLE ONLY public.leases FORCE ROW LEVEL SECURITY;
ALTER TABLE public.leases OWNER TO {owner_role};
CREATE TABLE public.login_networks (
    client_id uuid NOT NULL,
    hash text NOT NULL COLLATE pg_catalog."C",
    user_id uuid NOT NULL,
    seen_at bigint NOT NULL
);
ALTER TABLE ONLY public.login_networks FORCE ROW LEVEL SECURITY;
ALTER TABLE public.login_networks OWNER TO {owner_role};
CREATE TABLE public.mails (
    client_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    org_id uuid,
    kind text NOT NULL COLLATE pg_catalog."C",
    about_kind text NOT NULL COLLATE pg_catalog."C",
    about_id text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    sealed text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    attempts bigint NOT NULL,
    queued_at bigint NOT NULL,
    next_at bigint NOT NULL,
    give_up_at bigint NOT NULL,
    changed_at bigint NOT NULL,
    recipient text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT mails_owner CHECK ((owner_id = COALESCE(org_id, '00000000-0000-0000-0000-000000000000'::uuid))),
    CONSTRAINT mails_state CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT mails_wiped CHECK (((sealed = ''::text) OR (state = ANY (ARRAY['queued'::text, 'sending'::text]))))
);
ALTER TABLE ONLY public.mails FORCE ROW LEVEL SECURITY;
ALTER TABLE public.mails OWNER TO {owner_role};
CREATE TABLE public.org_keys (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    wrapped text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL
);
ALTER TABLE ONLY public.org_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE public.org_keys OWNER TO {owner_role};
CREATE TABLE public.org_members (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    granted_by uuid,
    granted_at bigint,
    CONSTRAINT org_members_role CHECK ((role = ANY (ARRAY['org_owner'::text, 'org_admin'::text, 'org_member'::text])))
);
ALTER TABLE ONLY public.org_members FORCE ROW LEVEL SECURITY;
ALTER TABLE public.org_members OWNER TO {owner_role};
CREATE TABLE public.org_usage (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    deployments bigint NOT NULL,
    teams bigint NOT NULL,
    members bigint NOT NULL,
    cpu_milli bigint NOT NULL,
    memory_bytes bigint NOT NULL,
    storage_bytes bigint NOT NULL,
    CONSTRAINT org_usage_not_negative CHECK (((deployments >= 0) AND (teams >= 0) AND (members >= 0) AND (cpu_milli >= 0) AND (memory_bytes >= 0) AND (storage_bytes >= 0)))
);
ALTER TABLE ONLY public.org_usage FORCE ROW LEVEL SECURITY;
ALTER TABLE public.org_usage OWNER TO {owner_role};
CREATE TABLE public.organizations (
    client_id uuid NOT NULL,
    id uuid NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    feed_seq bigint NOT NULL,
    audit_seq bigint NOT NULL,
    audit_mac text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deleted_at bigint DEFAULT 0 NOT NULL,
    audit_sunk bigint DEFAULT 0 NOT NULL,
    access_reminded_at bigint DEFAULT 0 NOT NULL,
    suspended_for text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    suspended_at bigint DEFAULT 0 NOT NULL,
    egress text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY public.organizations FORCE ROW LEVEL SECURITY;
ALTER TABLE public.organizations OWNER TO {owner_role};
CREATE TABLE public.ownership_offers (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    from_user uuid NOT NULL,
    to_user uuid NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    settled_at bigint NOT NULL,
    reason text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT ownership_offers_state CHECK ((state = ANY (ARRAY['open'::text, 'accepted'::text, 'declined'::text, 'cancelled'::text, 'expired'::text])))
);
ALTER TABLE ONLY public.ownership_offers FORCE ROW LEVEL SECURITY;
ALTER TABLE public.ownership_offers OWNER TO {owner_role};
CREATE TABLE public.plan_entitlements (
    client_id uuid NOT NULL,
    plan_key text NOT NULL COLLATE pg_catalog."C",
    plan_version bigint NOT NULL,
    feature text NOT NULL COLLATE pg_catalog."C",
    value text COLLATE pg_catalog."C"
);
ALTER TABLE ONLY public.plan_entitlements FORCE ROW LEVEL SECURITY;
ALTER TABLE public.plan_entitlements OWNER TO {owner_role};
CREATE TABLE public.plans (
    client_id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    rank bigint NOT NULL,
    created_at bigint NOT NULL
);
ALTER TABLE ONLY public.plans FORCE ROW LEVEL SECURITY;
ALTER TABLE public.plans OWNER TO {owner_role};
CREATE TABLE public.rate_limits (
    client_id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    window_start bigint NOT NULL,
    count bigint NOT NULL
);
ALTER TABLE ONLY public.rate_limits FORCE ROW LEVEL SECURITY;
ALTER TABLE public.rate_limits OWNER TO {owner_role};
CREATE TABLE public.sandboxes (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    namespace text NOT NULL COLLATE pg_catalog."C",
    claim text NOT NULL COLLATE pg_catalog."C",
    isolation text NOT NULL COLLATE pg_catalog."C",
    generation bigint NOT NULL,
    synced_generation bigint NOT NULL,
    ready bigint NOT NULL,
    reason text NOT NULL COLLATE pg_catalog."C",
    message text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    retry_at bigint DEFAULT 0 NOT NULL,
    failures bigint DEFAULT 0 NOT NULL,
    isolation_seen text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    isolation_findings bigint DEFAULT 0 NOT NULL,
    team text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY public.sandboxes FORCE ROW LEVEL SECURITY;
ALTER TABLE public.sandboxes OWNER TO {owner_role};
CREATE TABLE public.schema_migrations (
    version bigint NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at bigint NOT NULL
);
ALTER TABLE public.schema_migrations OWNER TO {owner_role};
CREATE TABLE public.sessions (
    client_id uuid NOT NULL,
    id uuid NOT NULL,
    token_hash text NOT NULL COLLATE pg_catalog."C",
    user_id uuid NOT NULL,
    created_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    auth_at bigint DEFAULT 0 NOT NULL,
    device text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    network text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY public.sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE public.sessions OWNER TO {owner_role};
CREATE TABLE public.setup_tokens (
    client_id uuid NOT NULL,
    token_hash text NOT NULL COLLATE pg_catalog."C",
    expires_at bigint NOT NULL
);
ALTER TABLE ONLY public.setup_tokens FORCE ROW LEVEL SECURITY;
ALTER TABLE public.setup_tokens OWNER TO {owner_role};
CREATE TABLE public.subscriptions (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    plan_key text NOT NULL COLLATE pg_catalog."C",
    plan_version bigint NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    period_start bigint NOT NULL,
    updated_at bigint NOT NULL
);
ALTER TABLE ONLY public.subscriptions FORCE ROW LEVEL SECURITY;
ALTER TABLE public.subscriptions OWNER TO {owner_role};
CREATE TABLE public.team_members (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    team_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    granted_by uuid,
    granted_at bigint,
    CONSTRAINT team_members_role CHECK ((role = ANY (ARRAY['team_admin'::text, 'developer'::text, 'viewer'::text])))
);
ALTER TABLE ONLY public.team_members FORCE ROW LEVEL SECURITY;
ALTER TABLE public.team_members OWNER TO {owner_role};
CREATE TABLE public.teams (
    client_id uuid NOT NULL,
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    description text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deleting bigint DEFAULT 0 NOT NULL
);
ALTER TABLE ONLY public.teams FORCE ROW LEVEL SECURITY;
ALTER TABLE public.teams OWNER TO {owner_role};
CREATE TABLE public.user_activity (
    client_id uuid NOT NULL,
    user_id uuid NOT NULL,
    seen_at bigint NOT NULL
);
ALTER TABLE ONLY public.user_activity FORCE ROW LEVEL SECURITY;
ALTER TABLE public.user_activity OWNER TO {owner_role};
CREATE TABLE public.users (
    client_id uuid NOT NULL,
    id uuid NOT NULL,
    email text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    password_hash text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    platform_admin bigint NOT NULL,
    authz_version bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    email_proved_at bigint DEFAULT 0 NOT NULL,
    locale text DEFAULT 'en'::text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY public.users FORCE ROW LEVEL SECURITY;
ALTER TABLE public.users OWNER TO {owner_role};
ALTER TABLE ONLY public.access_review_rows
    ADD CONSTRAINT access_review_rows_pkey PRIMARY KEY (client_id, org_id, review_id, number);
ALTER TABLE ONLY public.access_reviews
    ADD CONSTRAINT access_reviews_pkey PRIMARY KEY (client_id, org_id, id);
ALTER TABLE ONLY public.account_links
    ADD CONSTRAINT account_links_pkey PRIMARY KEY (client_id, purpose, subject);
ALTER TABLE ONLY public.account_links
    ADD CONSTRAINT account_links_token UNIQUE (client_id, token_hash);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (client_id, org_id, seq);
ALTER TABLE ONLY public.audit_salts
    ADD CONSTRAINT audit_salts_pkey PRIMARY KEY (client_id, user_id);
ALTER TABLE ONLY public.client_audit_heads
    ADD CONSTRAINT client_audit_heads_pkey PRIMARY KEY (client_id);
ALTER TABLE ONLY public.client_audit
    ADD CONSTRAINT client_audit_pkey PRIMARY KEY (client_id, seq);
ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_pkey PRIMARY KEY (client_id);
ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.deployment_revisions
    ADD CONSTRAINT deployment_revisions_pkey PRIMARY KEY (client_id, org_id, deployment_id, revision);
ALTER TABLE ONLY public.deployment_secrets
    ADD CONSTRAINT deployment_secrets_pkey PRIMARY KEY (client_id, org_id, deployment_id, name);
ALTER TABLE ONLY public.deployments
    ADD CONSTRAINT deployments_pkey PRIMARY KEY (client_id, org_id, id);
ALTER TABLE ONLY public.deployments
    ADD CONSTRAINT deployments_stem_taken UNIQUE (stem);
ALTER TABLE ONLY public.entitlement_overrides
    ADD CONSTRAINT entitlement_overrides_pkey PRIMARY KEY (client_id, org_id, feature);
ALTER TABLE ONLY public.feed
    ADD CONSTRAINT feed_pkey PRIMARY KEY (client_id, org_id, seq);
ALTER TABLE ONLY public.former_members
    ADD CONSTRAINT former_members_pkey PRIMARY KEY (client_id, org_id, user_id);
ALTER TABLE ONLY public.former_team_slugs
    ADD CONSTRAINT former_team_slugs_pkey PRIMARY KEY (client_id, org_id, slug);
ALTER TABLE ONLY public.given_names
    ADD CONSTRAINT given_names_pkey PRIMARY KEY (kind, hash);
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (client_id, user_id, key_hash);
ALTER TABLE ONLY public.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.invitation_teams
    ADD CONSTRAINT invitation_teams_pkey PRIMARY KEY (client_id, org_id, invitation_id, team_id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (client_id, org_id, id);
ALTER TABLE ONLY public.leases
    ADD CONSTRAINT leases_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.login_networks
    ADD CONSTRAINT login_networks_pkey PRIMARY KEY (client_id, hash);
ALTER TABLE ONLY public.mails
    ADD CONSTRAINT mails_pkey PRIMARY KEY (client_id, owner_id, id);
ALTER TABLE ONLY public.org_keys
    ADD CONSTRAINT org_keys_pkey PRIMARY KEY (client_id, org_id);
ALTER TABLE ONLY public.org_members
    ADD CONSTRAINT org_members_pkey PRIMARY KEY (client_id, org_id, user_id);
ALTER TABLE ONLY public.org_usage
    ADD CONSTRAINT org_usage_pkey PRIMARY KEY (client_id, org_id);
ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (client_id, id);
ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_slug_taken UNIQUE (client_id, slug);
ALTER TABLE ONLY public.ownership_offers
    ADD CONSTRAINT ownership_offers_pkey PRIMARY KEY (client_id, org_id, id);
ALTER TABLE ONLY public.plan_entitlements
    ADD CONSTRAINT plan_entitlements_pkey PRIMARY KEY (client_id, plan_key, plan_version, feature);
ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_pkey PRIMARY KEY (client_id, key, version);
ALTER TABLE ONLY public.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (client_id, key);
ALTER TABLE ONLY public.sandboxes
    ADD CONSTRAINT sandboxes_namespace_taken UNIQUE (namespace);
ALTER TABLE ONLY public.sandboxes
    ADD CONSTRAINT sandboxes_person UNIQUE (client_id, org_id, user_id, team);
ALTER TABLE ONLY public.sandboxes
    ADD CONSTRAINT sandboxes_pkey PRIMARY KEY (client_id, org_id, id);
ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (client_id, id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_token UNIQUE (client_id, token_hash);
ALTER TABLE ONLY public.setup_tokens
    ADD CONSTRAINT setup_tokens_pkey PRIMARY KEY (client_id, token_hash);
ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_pkey PRIMARY KEY (client_id, org_id);
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_pkey PRIMARY KEY (client_id, org_id, team_id, user_id);
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_pkey PRIMARY KEY (client_id, org_id, id);
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_slug_taken UNIQUE (client_id, org_id, slug);
ALTER TABLE ONLY public.user_activity
    ADD CONSTRAINT user_activity_pkey PRIMARY KEY (client_id, user_id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_taken UNIQUE (client_id, email);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (client_id, id);
CREATE INDEX access_reviews_by_team ON public.access_reviews USING btree (client_id, org_id, team_id, id);
CREATE UNIQUE INDEX access_reviews_one_open ON public.access_reviews USING btree (client_id, org_id) WHERE ((state = 'open'::text) AND (team_id IS NULL));
CREATE UNIQUE INDEX access_reviews_one_open_per_team ON public.access_reviews USING btree (client_id, org_id, team_id) WHERE ((state = 'open'::text) AND (team_id IS NOT NULL));
CREATE INDEX account_links_by_address ON public.account_links USING btree (client_id, address);
CREATE INDEX account_links_by_expiry ON public.account_links USING btree (expires_at);
CREATE INDEX account_links_by_user ON public.account_links USING btree (client_id, user_id);
CREATE INDEX audit_by_action ON public.audit USING btree (client_id, org_id, action, at, seq);
CREATE INDEX audit_by_actor ON public.audit USING btree (client_id, org_id, actor_id, at, seq);
CREATE INDEX audit_by_target ON public.audit USING btree (client_id, org_id, target_id, at, seq);
CREATE INDEX audit_by_time ON public.audit USING btree (client_id, org_id, at, seq);
CREATE INDEX deployments_by_name ON public.deployments USING btree (client_id, org_id, team_id, name, stem);
CREATE INDEX deployments_by_replicas ON public.deployments USING btree (client_id, org_id, deleting, most_replicas, id);
CREATE INDEX deployments_by_sandbox ON public.deployments USING btree (client_id, org_id, sandbox_id);
CREATE UNIQUE INDEX deployments_name_taken ON public.deployments USING btree (client_id, org_id, team_id, name) WHERE (deleting = 0);
CREATE INDEX deployments_unsynced ON public.deployments USING btree (id) WHERE (synced_generation < generation);
CREATE INDEX former_members_by_age ON public.former_members USING btree (removed_at);
CREATE INDEX former_team_slugs_by_team ON public.former_team_slugs USING btree (client_id, org_id, team_id, until);
CREATE INDEX given_names_by_end ON public.given_names USING btree (until) WHERE (until > 0);
CREATE INDEX given_names_by_holder ON public.given_names USING btree (client_id, holder) WHERE (holder <> ''::text);
CREATE INDEX idempotency_keys_by_age ON public.idempotency_keys USING btree (created_at);
CREATE INDEX invitation_teams_by_team ON public.invitation_teams USING btree (client_id, org_id, team_id, invitation_id);
CREATE INDEX invitations_by_age ON public.invitations USING btree (settled_at) WHERE (state <> 'pending'::text);
CREATE INDEX invitations_by_email ON public.invitations USING btree (client_id, org_id, email, sent_at);
CREATE INDEX invitations_by_expiry ON public.invitations USING btree (expires_at) WHERE (state = 'pending'::text);
CREATE UNIQUE INDEX invitations_by_token ON public.invitations USING btree (client_id, org_id, token_hash);
CREATE UNIQUE INDEX invitations_one_pending ON public.invitations USING btree (client_id, org_id, email) WHERE (state = 'pending'::text);
CREATE INDEX login_networks_by_age ON public.login_networks USING btree (seen_at);
CREATE INDEX login_networks_by_user ON public.login_networks USING btree (client_id, user_id);
CREATE INDEX mails_by_kind ON public.mails USING btree (client_id, owner_id, kind, queued_at);
CREATE INDEX mails_by_org ON public.mails USING btree (client_id, org_id);
CREATE INDEX mails_by_recipient ON public.mails USING btree (client_id, owner_id, recipient, kind, queued_at);
CREATE INDEX mails_by_subject ON public.mails USING btree (client_id, owner_id, about_kind, about_id);
CREATE INDEX mails_open ON public.mails USING btree (next_at) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text]));
CREATE INDEX mails_settled ON public.mails USING btree (changed_at) WHERE (state = ANY (ARRAY['sent'::text, 'failed'::text, 'cancelled'::text]));
CREATE INDEX org_members_by_user ON public.org_members USING btree (client_id, user_id);
CREATE UNIQUE INDEX org_members_one_owner ON public.org_members USING btree (client_id, org_id) WHERE (role = 'org_owner'::text);
CREATE INDEX organizations_ending ON public.organizations USING btree (deleted_at) WHERE (state = ANY (ARRAY['deleting'::text, 'purging'::text]));
CREATE INDEX organizations_unsunk ON public.organizations USING btree (client_id, id) WHERE (audit_sunk < audit_seq);
CREATE UNIQUE INDEX ownership_offers_one_open ON public.ownership_offers USING btree (client_id, org_id) WHERE (state = 'open'::text);
CREATE INDEX sandboxes_unsynced ON public.sandboxes USING btree (id) WHERE (synced_generation < generation);
CREATE INDEX sessions_by_expiry ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_by_user ON public.sessions USING btree (client_id, user_id);
CREATE INDEX team_members_by_member ON public.team_members USING btree (client_id, org_id, user_id);
CREATE INDEX team_members_by_user ON public.team_members USING btree (client_id, user_id);
ALTER TABLE ONLY public.access_review_rows
    ADD CONSTRAINT access_review_rows_client_id_org_id_review_id_fkey FOREIGN KEY (client_id, org_id, review_id) REFERENCES public.access_reviews(client_id, org_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.access_reviews
    ADD CONSTRAINT access_reviews_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id);
ALTER TABLE ONLY public.access_reviews
    ADD CONSTRAINT access_reviews_client_id_org_id_team_id_fkey FOREIGN KEY (client_id, org_id, team_id) REFERENCES public.teams(client_id, org_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.account_links
    ADD CONSTRAINT account_links_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(client_id);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id);
ALTER TABLE ONLY public.audit_salts
    ADD CONSTRAINT audit_salts_client_id_user_id_fkey FOREIGN KEY (client_id, user_id) REFERENCES public.users(client_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.client_audit
    ADD CONSTRAINT client_audit_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(client_id);
ALTER TABLE ONLY public.client_audit_heads
    ADD CONSTRAINT client_audit_heads_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(client_id);
ALTER TABLE ONLY public.deployment_revisions
    ADD CONSTRAINT deployment_revisions_client_id_org_id_deployment_id_fkey FOREIGN KEY (client_id, org_id, deployment_id) REFERENCES public.deployments(client_id, org_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.deployment_secrets
    ADD CONSTRAINT deployment_secrets_client_id_org_id_deployment_id_fkey FOREIGN KEY (client_id, org_id, deployment_id) REFERENCES public.deployments(client_id, org_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.deployments
    ADD CONSTRAINT deployments_client_id_created_by_fkey FOREIGN KEY (client_id, created_by) REFERENCES public.users(client_id, id);
ALTER TABLE ONLY public.deployments
    ADD CONSTRAINT deployments_client_id_org_id_sandbox_id_fkey FOREIGN KEY (client_id, org_id, sandbox_id) REFERENCES public.sandboxes(client_id, org_id, id);
ALTER TABLE ONLY public.deployments
    ADD CONSTRAINT deployments_client_id_org_id_team_id_fkey FOREIGN KEY (client_id, org_id, team_id) REFERENCES public.teams(client_id, org_id, id);
ALTER TABLE ONLY public.entitlement_overrides
    ADD CONSTRAINT entitlement_overrides_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id);
ALTER TABLE ONLY public.feed
    ADD CONSTRAINT feed_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id);
ALTER TABLE ONLY public.former_members
    ADD CONSTRAINT former_members_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id);
ALTER TABLE ONLY public.former_members
    ADD CONSTRAINT former_members_client_id_user_id_fkey FOREIGN KEY (client_id, user_id) REFERENCES public.users(client_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.former_team_slugs
    ADD CONSTRAINT former_team_slugs_client_id_org_id_team_id_fkey FOREIGN KEY (client_id, org_id, team_id) REFERENCES public.teams(client_id, org_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.given_names
    ADD CONSTRAINT given_names_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(client_id);
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_client_id_user_id_fkey FOREIGN KEY (client_id, user_id) REFERENCES public.users(client_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.invitation_teams
    ADD CONSTRAINT invitation_teams_client_id_invited_by_fkey FOREIGN KEY (client_id, invited_by) REFERENCES public.users(client_id, id);
ALTER TABLE ONLY public.invitation_teams
    ADD CONSTRAINT invitation_teams_client_id_org_id_invitation_id_fkey FOREIGN KEY (client_id, org_id, invitation_id) REFERENCES public.invitations(client_id, org_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_client_id_answered_by_fkey FOREIGN KEY (client_id, answered_by) REFERENCES public.users(client_id, id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_client_id_invited_by_fkey FOREIGN KEY (client_id, invited_by) REFERENCES public.users(client_id, id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id);
ALTER TABLE ONLY public.login_networks
    ADD CONSTRAINT login_networks_client_id_user_id_fkey FOREIGN KEY (client_id, user_id) REFERENCES public.users(client_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mails
    ADD CONSTRAINT mails_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(client_id);
ALTER TABLE ONLY public.mails
    ADD CONSTRAINT mails_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.org_keys
    ADD CONSTRAINT org_keys_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id);
ALTER TABLE ONLY public.org_members
    ADD CONSTRAINT org_members_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id);
ALTER TABLE ONLY public.org_members
    ADD CONSTRAINT org_members_client_id_user_id_fkey FOREIGN KEY (client_id, user_id) REFERENCES public.users(client_id, id);
ALTER TABLE ONLY public.org_usage
    ADD CONSTRAINT org_usage_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id);
ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(client_id);
ALTER TABLE ONLY public.ownership_offers
    ADD CONSTRAINT ownership_offers_client_id_from_user_fkey FOREIGN KEY (client_id, from_user) REFERENCES public.users(client_id, id);
ALTER TABLE ONLY public.ownership_offers
    ADD CONSTRAINT ownership_offers_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id);
ALTER TABLE ONLY public.ownership_offers
    ADD CONSTRAINT ownership_offers_client_id_to_user_fkey FOREIGN KEY (client_id, to_user) REFERENCES public.users(client_id, id);
ALTER TABLE ONLY public.plan_entitlements
    ADD CONSTRAINT plan_entitlements_client_id_plan_key_plan_version_fkey FOREIGN KEY (client_id, plan_key, plan_version) REFERENCES public.plans(client_id, key, version);
ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(client_id);
ALTER TABLE ONLY public.rate_limits
    ADD CONSTRAINT rate_limits_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(client_id);
ALTER TABLE ONLY public.sandboxes
    ADD CONSTRAINT sandboxes_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id);
ALTER TABLE ONLY public.sandboxes
    ADD CONSTRAINT sandboxes_client_id_user_id_fkey FOREIGN KEY (client_id, user_id) REFERENCES public.users(client_id, id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_client_id_user_id_fkey FOREIGN KEY (client_id, user_id) REFERENCES public.users(client_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.setup_tokens
    ADD CONSTRAINT setup_tokens_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(client_id);
ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id);
ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_client_id_plan_key_plan_version_fkey FOREIGN KEY (client_id, plan_key, plan_version) REFERENCES public.plans(client_id, key, version);
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_client_id_org_id_team_id_fkey FOREIGN KEY (client_id, org_id, team_id) REFERENCES public.teams(client_id, org_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_client_id_org_id_user_id_fkey FOREIGN KEY (client_id, org_id, user_id) REFERENCES public.org_members(client_id, org_id, user_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_client_id_org_id_fkey FOREIGN KEY (client_id, org_id) REFERENCES public.organizations(client_id, id);
ALTER TABLE ONLY public.user_activity
    ADD CONSTRAINT user_activity_client_id_user_id_fkey FOREIGN KEY (client_id, user_id) REFERENCES public.users(client_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(client_id);
ALTER TABLE public.access_review_rows ENABLE ROW LEVEL SECURITY;
CREATE POLICY access_review_rows_fleet ON public.access_review_rows TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY access_review_rows_owner ON public.access_review_rows TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY access_review_rows_tenant ON public.access_review_rows TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.access_reviews ENABLE ROW LEVEL SECURITY;
CREATE POLICY access_reviews_fleet ON public.access_reviews TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY access_reviews_owner ON public.access_reviews TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY access_reviews_tenant ON public.access_reviews TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.account_links ENABLE ROW LEVEL SECURITY;
CREATE POLICY account_links_fleet ON public.account_links TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY account_links_owner ON public.account_links TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY account_links_tenant ON public.account_links TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE public.audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY audit_fleet ON public.audit TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY audit_owner ON public.audit TO {owner_role} USING (true) WITH CHECK (true);
ALTER TABLE public.audit_salts ENABLE ROW LEVEL SECURITY;
CREATE POLICY audit_salts_fleet ON public.audit_salts TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY audit_salts_owner ON public.audit_salts TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY audit_salts_tenant ON public.audit_salts TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
CREATE POLICY audit_tenant ON public.audit TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.client_audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY client_audit_fleet ON public.client_audit TO {fleet_role} USING (true) WITH CHECK (true);
ALTER TABLE public.client_audit_heads ENABLE ROW LEVEL SECURITY;
CREATE POLICY client_audit_heads_fleet ON public.client_audit_heads TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY client_audit_heads_owner ON public.client_audit_heads TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY client_audit_heads_tenant ON public.client_audit_heads TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
CREATE POLICY client_audit_owner ON public.client_audit TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY client_audit_tenant ON public.client_audit TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE public.clients ENABLE ROW LEVEL SECURITY;
CREATE POLICY clients_fleet ON public.clients TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY clients_owner ON public.clients TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY clients_tenant ON public.clients TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE public.deployment_revisions ENABLE ROW LEVEL SECURITY;
CREATE POLICY deployment_revisions_fleet ON public.deployment_revisions TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY deployment_revisions_owner ON public.deployment_revisions TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY deployment_revisions_tenant ON public.deployment_revisions TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.deployment_secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY deployment_secrets_fleet ON public.deployment_secrets TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY deployment_secrets_owner ON public.deployment_secrets TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY deployment_secrets_tenant ON public.deployment_secrets TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.deployments ENABLE ROW LEVEL SECURITY;
CREATE POLICY deployments_fleet ON public.deployments TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY deployments_owner ON public.deployments TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY deployments_tenant ON public.deployments TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.entitlement_overrides ENABLE ROW LEVEL SECURITY;
CREATE POLICY entitlement_overrides_fleet ON public.entitlement_overrides TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY entitlement_overrides_owner ON public.entitlement_overrides TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY entitlement_overrides_tenant ON public.entitlement_overrides TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.feed ENABLE ROW LEVEL SECURITY;
CREATE POLICY feed_fleet ON public.feed TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY feed_owner ON public.feed TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY feed_tenant ON public.feed TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.former_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY former_members_fleet ON public.former_members TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY former_members_owner ON public.former_members TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY former_members_tenant ON public.former_members TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.former_team_slugs ENABLE ROW LEVEL SECURITY;
CREATE POLICY former_team_slugs_fleet ON public.former_team_slugs TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY former_team_slugs_owner ON public.former_team_slugs TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY former_team_slugs_tenant ON public.former_team_slugs TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.given_names ENABLE ROW LEVEL SECURITY;
CREATE POLICY given_names_fleet ON public.given_names TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY given_names_owner ON public.given_names TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY given_names_tenant ON public.given_names TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE public.idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY idempotency_keys_fleet ON public.idempotency_keys TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY idempotency_keys_owner ON public.idempotency_keys TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY idempotency_keys_tenant ON public.idempotency_keys TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (user_id = ( SELECT (NULLIF(current_setting('app.user'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (user_id = ( SELECT (NULLIF(current_setting('app.user'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.installation ENABLE ROW LEVEL SECURITY;
CREATE POLICY installation_fleet ON public.installation TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY installation_owner ON public.installation TO {owner_role} USING (true) WITH CHECK (true);
ALTER TABLE public.invitation_teams ENABLE ROW LEVEL SECURITY;
CREATE POLICY invitation_teams_fleet ON public.invitation_teams TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY invitation_teams_owner ON public.invitation_teams TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY invitation_teams_tenant ON public.invitation_teams TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.invitations ENABLE ROW LEVEL SECURITY;
CREATE POLICY invitations_fleet ON public.invitations TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY invitations_owner ON public.invitations TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY invitations_tenant ON public.invitations TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.leases ENABLE ROW LEVEL SECURITY;
CREATE POLICY leases_fleet ON public.leases TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY leases_owner ON public.leases TO {owner_role} USING (true) WITH CHECK (true);
ALTER TABLE public.login_networks ENABLE ROW LEVEL SECURITY;
CREATE POLICY login_networks_fleet ON public.login_networks TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY login_networks_owner ON public.login_networks TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY login_networks_tenant ON public.login_networks TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE public.mails ENABLE ROW LEVEL SECURITY;
CREATE POLICY mails_fleet ON public.mails TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY mails_owner ON public.mails TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY mails_tenant ON public.mails TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (owner_id = ( SELECT (COALESCE(NULLIF(current_setting('app.org'::text, true), ''::text), '00000000-0000-0000-0000-000000000000'::text))::uuid AS "coalesce")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (owner_id = ( SELECT (COALESCE(NULLIF(current_setting('app.org'::text, true), ''::text), '00000000-0000-0000-0000-000000000000'::text))::uuid AS "coalesce"))));
ALTER TABLE public.org_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_keys_fleet ON public.org_keys TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY org_keys_owner ON public.org_keys TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY org_keys_tenant ON public.org_keys TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.org_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_members_fleet ON public.org_members TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY org_members_owner ON public.org_members TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY org_members_tenant ON public.org_members TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND ((org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")) OR (user_id = ( SELECT (NULLIF(current_setting('app.user'::text, true), ''::text))::uuid AS "nullif"))))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.org_usage ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_usage_fleet ON public.org_usage TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY org_usage_owner ON public.org_usage TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY org_usage_tenant ON public.org_usage TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.organizations ENABLE ROW LEVEL SECURITY;
CREATE POLICY organizations_fleet ON public.organizations TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY organizations_owner ON public.organizations TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY organizations_tenant ON public.organizations TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND ((id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")) OR (id IN ( SELECT m.org_id
   FROM public.org_members m
  WHERE ((m.client_id = organizations.client_id) AND (m.user_id = ( SELECT (NULLIF(current_setting('app.user'::text, true), ''::text))::uuid AS "nullif")))))))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.ownership_offers ENABLE ROW LEVEL SECURITY;
CREATE POLICY ownership_offers_fleet ON public.ownership_offers TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY ownership_offers_owner ON public.ownership_offers TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY ownership_offers_tenant ON public.ownership_offers TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.plan_entitlements ENABLE ROW LEVEL SECURITY;
CREATE POLICY plan_entitlements_fleet ON public.plan_entitlements TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY plan_entitlements_owner ON public.plan_entitlements TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY plan_entitlements_tenant ON public.plan_entitlements TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE public.plans ENABLE ROW LEVEL SECURITY;
CREATE POLICY plans_fleet ON public.plans TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY plans_owner ON public.plans TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY plans_tenant ON public.plans TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE public.rate_limits ENABLE ROW LEVEL SECURITY;
CREATE POLICY rate_limits_fleet ON public.rate_limits TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY rate_limits_owner ON public.rate_limits TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY rate_limits_tenant ON public.rate_limits TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE public.sandboxes ENABLE ROW LEVEL SECURITY;
CREATE POLICY sandboxes_fleet ON public.sandboxes TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY sandboxes_owner ON public.sandboxes TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY sandboxes_tenant ON public.sandboxes TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY sessions_fleet ON public.sessions TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY sessions_owner ON public.sessions TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY sessions_tenant ON public.sessions TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE public.setup_tokens ENABLE ROW LEVEL SECURITY;
CREATE POLICY setup_tokens_fleet ON public.setup_tokens TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY setup_tokens_owner ON public.setup_tokens TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY setup_tokens_tenant ON public.setup_tokens TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE public.subscriptions ENABLE ROW LEVEL SECURITY;
CREATE POLICY subscriptions_fleet ON public.subscriptions TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY subscriptions_owner ON public.subscriptions TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY subscriptions_tenant ON public.subscriptions TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.team_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY team_members_fleet ON public.team_members TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY team_members_owner ON public.team_members TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY team_members_tenant ON public.team_members TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND ((org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")) OR (user_id = ( SELECT (NULLIF(current_setting('app.user'::text, true), ''::text))::uuid AS "nullif"))))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.teams ENABLE ROW LEVEL SECURITY;
CREATE POLICY teams_fleet ON public.teams TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY teams_owner ON public.teams TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY teams_tenant ON public.teams TO {tenant_role} USING (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND ((org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif")) OR (id IN ( SELECT m.team_id
   FROM public.team_members m
  WHERE ((m.client_id = teams.client_id) AND (m.org_id = teams.org_id) AND (m.user_id = ( SELECT (NULLIF(current_setting('app.user'::text, true), ''::text))::uuid AS "nullif")))))))) WITH CHECK (((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")) AND (org_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))));
ALTER TABLE public.user_activity ENABLE ROW LEVEL SECURITY;
CREATE POLICY user_activity_fleet ON public.user_activity TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY user_activity_owner ON public.user_activity TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY user_activity_tenant ON public.user_activity TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;
CREATE POLICY users_fleet ON public.users TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY users_owner ON public.users TO {owner_role} USING (true) WITH CHECK (true);
CREATE POLICY users_tenant ON public.users TO {tenant_role} USING ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((client_id = ( SELECT (NULLIF(current_setting('app.client'::text, true), ''::text))::uuid AS "nullif")));
GRANT USAGE ON SCHEMA public TO {tenant_role};
GRANT USAGE ON SCHEMA public TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_review_rows TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_review_rows TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_reviews TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_reviews TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_links TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_links TO {tenant_role};
GRANT SELECT,INSERT ON TABLE public.audit TO {fleet_role};
GRANT SELECT,INSERT ON TABLE public.audit TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_salts TO {fleet_role};
GRANT SELECT,INSERT,DELETE ON TABLE public.audit_salts TO {tenant_role};
GRANT SELECT,INSERT ON TABLE public.client_audit TO {fleet_role};
GRANT SELECT,INSERT ON TABLE public.client_audit TO {tenant_role};
GRANT SELECT,INSERT,UPDATE ON TABLE public.client_audit_heads TO {fleet_role};
GRANT SELECT,INSERT,UPDATE ON TABLE public.client_audit_heads TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.clients TO {fleet_role};
GRANT SELECT ON TABLE public.clients TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.deployment_revisions TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.deployment_revisions TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.deployment_secrets TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.deployment_secrets TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.deployments TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.deployments TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.entitlement_overrides TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.entitlement_overrides TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.feed TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.feed TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.former_members TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.former_members TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.former_team_slugs TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.former_team_slugs TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.given_names TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.given_names TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.installation TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invitation_teams TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invitation_teams TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invitations TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invitations TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.leases TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.login_networks TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.login_networks TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mails TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mails TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_keys TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_keys TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_members TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_members TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_usage TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_usage TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organizations TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organizations TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ownership_offers TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ownership_offers TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.plan_entitlements TO {fleet_role};
GRANT SELECT ON TABLE public.plan_entitlements TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.plans TO {fleet_role};
GRANT SELECT ON TABLE public.plans TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rate_limits TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rate_limits TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sandboxes TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sandboxes TO {tenant_role};
GRANT SELECT ON TABLE public.schema_migrations TO {tenant_role};
GRANT SELECT ON TABLE public.schema_migrations TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sessions TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sessions TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.setup_tokens TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.setup_tokens TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.subscriptions TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.subscriptions TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.team_members TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.team_members TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.teams TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.teams TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_activity TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_activity TO {tenant_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.users TO {fleet_role};
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.users TO {tenant_role};
