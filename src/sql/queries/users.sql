-- name: user_created
-- rows: none
-- scope: client
INSERT INTO users (client_id, id, email, name, password_hash, state, platform_admin, authz_version,
  created_at, updated_at, email_proved_at, locale)
VALUES (:client, :id, :email, :name, :password_hash, 'active', :platform_admin, 1, :now, :now,
  :email_proved_at, :locale)
ON CONFLICT (client_id, email) DO NOTHING;

-- name: user_by_email
-- rows: optional
-- scope: client
SELECT u.id, u.email, u.name, u.platform_admin, u.state, u.authz_version, u.email_proved_at,
  u.locale, u.password_hash
FROM users AS u
WHERE u.client_id = :client AND u.email = :email;

-- name: user_by_id
-- rows: optional
-- scope: client
SELECT u.id, u.email, u.name, u.platform_admin, u.state, u.authz_version, u.email_proved_at,
  u.locale
FROM users AS u
WHERE u.client_id = :client AND u.id = :id;

-- name: user_password_set
-- rows: none
-- scope: client
UPDATE users SET password_hash = :new_hash, updated_at = :now
WHERE client_id = :client AND id = :id;

-- name: user_email_set
-- rows: none
-- scope: client
UPDATE users SET email = :email, email_proved_at = :now, authz_version = authz_version + 1,
  updated_at = :now
WHERE client_id = :client AND id = :id;

-- name: user_profile_set
-- rows: none
-- scope: client
UPDATE users SET name = :name, locale = :locale, updated_at = :now
WHERE client_id = :client AND id = :id;

-- name: user_password_replaced
-- rows: none
-- scope: client
UPDATE users SET password_hash = :new_hash, updated_at = :now
WHERE client_id = :client AND id = :id AND password_hash = :old_hash;

-- name: user_authz_raised
-- rows: none
-- scope: client
UPDATE users SET authz_version = authz_version + 1, updated_at = :now
WHERE client_id = :client AND id = :id;

-- name: platform_admin_any
-- rows: optional
-- scope: client
SELECT u.id
FROM users AS u
WHERE u.client_id = :client AND u.platform_admin = 1 AND u.state = 'active'
LIMIT 1;
